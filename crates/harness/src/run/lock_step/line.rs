//! Lines to and from another process.

use std::io::{self, BufRead as _, BufReader, Read, Write};
use std::time::{Duration, Instant};

use crossbeam_channel::{Receiver, RecvTimeoutError, Sender, bounded};

use notibench_core::engine::StopFlag;

/// Bytes of a line at the most: that of a record's histogram is a few
/// thousand, that of an hour's slices a million.
const LONGEST: u64 = 64 << 20;
/// Lines that wait to be heard at the most.
const WAITING: usize = 256;
/// How often a process that waits looks at the stop flag.
const TICK: Duration = Duration::from_millis(100);

/// Why no line came, or none went.
#[derive(Debug, thiserror::Error)]
pub(super) enum LineError {
    /// The stop flag was set.
    #[error("interrupted")]
    Interrupted,
    /// The other side has closed its end.
    #[error("it ended early")]
    Gone,
    /// It said nothing for so long.
    #[error("it said nothing for {} s", .0.as_secs())]
    Silent(Duration),
    /// What it said is no line.
    #[error("what it said cannot be read: {0}")]
    Unreadable(io::Error),
}

/// Both directions of a connection to another process.
pub(super) struct Line {
    heard: Receiver<io::Result<String>>,
    out: Box<dyn Write + Send>,
}

impl Line {
    /// Reads `from` on a thread of its own, which sleeps while nothing comes.
    ///
    /// # Errors
    /// Where that thread cannot be started.
    pub(super) fn new(
        from: impl Read + Send + 'static,
        to: impl Write + Send + 'static,
    ) -> io::Result<Self> {
        let (said, heard) = bounded(WAITING);
        let listen = move || listen(BufReader::new(from), &said);
        std::thread::Builder::new()
            .name("lines".to_owned())
            .spawn(listen)?;
        Ok(Self {
            heard,
            out: Box::new(to),
        })
    }

    pub(super) fn say(&mut self, words: &str) -> Result<(), LineError> {
        let said = writeln!(self.out, "{words}").and_then(|()| self.out.flush());
        // whatever went wrong, the other side cannot be told anything more
        said.map_err(|_| LineError::Gone)
    }

    /// The next line, waited for no longer than `patience`.
    pub(super) fn hear(&self, stop: &StopFlag, patience: Duration) -> Result<String, LineError> {
        let start = Instant::now();
        loop {
            if stop.is_set() {
                return Err(LineError::Interrupted);
            }
            match self.heard.recv_timeout(TICK) {
                Ok(Ok(line)) => return Ok(line),
                Ok(Err(error)) => return Err(LineError::Unreadable(error)),
                Err(RecvTimeoutError::Disconnected) => return Err(LineError::Gone),
                Err(RecvTimeoutError::Timeout) if start.elapsed() > patience => {
                    return Err(LineError::Silent(patience));
                }
                Err(RecvTimeoutError::Timeout) => {}
            }
        }
    }

    /// All lines that are still to come, up to the end.
    pub(super) fn rest(&self, stop: &StopFlag, patience: Duration) -> Result<String, LineError> {
        let mut text = String::new();
        loop {
            match self.hear(stop, patience) {
                Ok(line) => {
                    text += &line;
                    text.push('\n');
                }
                Err(LineError::Gone) => return Ok(text),
                Err(error) => return Err(error),
            }
        }
    }
}

/// Passes lines on until there are none, or no one hears them.
fn listen(mut from: BufReader<impl Read>, said: &Sender<io::Result<String>>) {
    loop {
        let mut bytes = Vec::new();
        let read = from.by_ref().take(LONGEST).read_until(b'\n', &mut bytes);
        let line = match read {
            Ok(0) => return,
            Ok(_) if bytes.len() as u64 == LONGEST => {
                Err(io::Error::other("a line of more than 64 MiB"))
            }
            Ok(_) => String::from_utf8(bytes)
                .map(|line| line.trim_end_matches(['\n', '\r']).to_owned())
                .map_err(|_| io::Error::other("a line that is no UTF-8")),
            Err(error) => Err(error),
        };
        let failed = line.is_err();
        if said.send(line).is_err() || failed {
            return;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(text: &'static [u8]) -> Line {
        Line::new(text, io::sink()).unwrap()
    }

    #[test]
    fn lines_come_in_order_and_end() {
        let (stop, patience) = (StopFlag::default(), Duration::from_secs(60));
        let line = line(b"one\ntwo\r\nthree\nfour");
        assert_eq!(line.hear(&stop, patience).unwrap(), "one");
        assert_eq!(line.hear(&stop, patience).unwrap(), "two");
        assert_eq!(line.rest(&stop, patience).unwrap(), "three\nfour\n");
        assert!(matches!(line.hear(&stop, patience), Err(LineError::Gone)));
    }

    #[test]
    fn silence_garbage_and_an_interruption_have_words() {
        let stop = StopFlag::default();
        let (from, _kept_open) = io::pipe().unwrap();
        let silent = Line::new(from, io::sink()).unwrap();
        let error = silent.hear(&stop, Duration::ZERO).unwrap_err();
        assert!(error.to_string().contains("said nothing"), "{error}");
        let error = line(b"\xff\n").hear(&stop, Duration::from_secs(60));
        let error = error.unwrap_err();
        assert!(error.to_string().contains("no UTF-8"), "{error}");
        stop.set();
        let error = silent.hear(&stop, Duration::from_secs(60));
        assert!(matches!(error, Err(LineError::Interrupted)));
    }

    #[test]
    fn a_side_that_has_gone_is_told_nothing() {
        let (from, to) = io::pipe().unwrap();
        drop(from);
        let mut line = Line::new(io::empty(), to).unwrap();
        assert!(matches!(line.say("go"), Err(LineError::Gone)));
    }
}

//! Lines of a file, one at a time, in bounded memory. Imports its siblings.

use std::io::{self, BufRead, Read};

use super::error::Bad;

/// Bytes of a line at the most.
pub(super) const MAX_LINE_BYTES: u64 = 1 << 20;

/// Reads the lines of `input`.
#[derive(Debug)]
pub(super) struct Lines<R> {
    input: R,
    line: Vec<u8>,
    number: u64,
}

/// One line, or why it is none.
pub(super) type Line<'a> = Result<&'a [u8], Bad>;

impl<R: BufRead> Lines<R> {
    pub(super) const fn new(input: R) -> Self {
        Self {
            input,
            line: Vec::new(),
            number: 0,
        }
    }

    /// The next line that is not blank, with its number from 1 and without
    /// its end; one that is too long is passed over and said to be bad.
    pub(super) fn next(&mut self) -> io::Result<Option<(u64, Line<'_>)>> {
        loop {
            self.line.clear();
            let limit = MAX_LINE_BYTES + 1;
            let read = (&mut self.input)
                .take(limit)
                .read_until(b'\n', &mut self.line)?;
            if read == 0 {
                return Ok(None);
            }
            self.number += 1;
            if read as u64 == limit && !self.line.ends_with(b"\n") {
                self.pass_over()?;
                let what = format!("a line of more than {MAX_LINE_BYTES} bytes");
                let bad = Bad::new(what, "an event is one short line: mend it or leave it out");
                return Ok(Some((self.number, Err(bad))));
            }
            if !self.line.trim_ascii().is_empty() {
                break;
            }
        }
        Ok(Some((self.number, Ok(self.line.trim_ascii()))))
    }

    /// Reads on behind the end of the line, and keeps none of it.
    fn pass_over(&mut self) -> io::Result<()> {
        loop {
            let waiting = self.input.fill_buf()?;
            let Some(end) = waiting.iter().position(|&byte| byte == b'\n') else {
                let length = waiting.len();
                if length == 0 {
                    return Ok(());
                }
                self.input.consume(length);
                continue;
            };
            self.input.consume(end + 1);
            return Ok(());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blank_lines_are_passed_over_and_counted() {
        let mut lines = Lines::new(&b"a\r\n\n  \nb"[..]);
        assert_eq!(lines.next().unwrap(), Some((1, Ok(&b"a"[..]))));
        assert_eq!(lines.next().unwrap(), Some((4, Ok(&b"b"[..]))));
        assert_eq!(lines.next().unwrap(), None);
    }

    #[test]
    fn a_line_without_end_takes_no_memory_and_the_next_is_read() {
        let mut text = vec![b'x'; 3 * MAX_LINE_BYTES as usize];
        text.extend(b"\nb\n");
        let mut lines = Lines::new(&text[..]);
        assert!(lines.next().unwrap().unwrap().1.is_err());
        assert!(lines.line.capacity() < 2 * MAX_LINE_BYTES as usize + 64);
        assert_eq!(lines.next().unwrap(), Some((2, Ok(&b"b"[..]))));
    }
}

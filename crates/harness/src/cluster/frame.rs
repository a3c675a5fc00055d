//! What the processes of a cluster say to each other beside the updates: a
//! length of four bytes, little-endian, then JSON.

use std::io::{self, Read, Write};

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use super::part::Part;

/// Spoken on every connection; another build may speak another.
pub(super) const PROTOCOL: &str = "notibench-cluster/2";
/// Bytes of a greeting at the most: a workload's text is in it.
pub(super) const GREETING_BYTES: usize = 1 << 20;
/// Bytes of a message at the most: histograms are in it.
pub(super) const MESSAGE_BYTES: usize = 1 << 26;

/// What all processes must have in common.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Agreement {
    /// Processes.
    pub processes: usize,
    /// The workload file's text.
    pub workload: String,
    /// Seed of the stream.
    pub seed: u64,
    /// Events of each trial.
    pub events: u64,
    /// Workers of each process.
    pub threads: usize,
    /// Events of one ingest call.
    pub batch: usize,
    /// Whether updates' words are little-endian here: they are sent as they
    /// lie in memory.
    pub little_endian: bool,
}

impl Agreement {
    /// What `other` has otherwise, in words.
    pub(super) fn difference(&self, other: &Self) -> Option<String> {
        let numbers = [
            (
                "hosts",
                other.processes.to_string(),
                self.processes.to_string(),
            ),
            ("--seed", other.seed.to_string(), self.seed.to_string()),
            (
                "--events",
                other.events.to_string(),
                self.events.to_string(),
            ),
            (
                "--threads",
                other.threads.to_string(),
                self.threads.to_string(),
            ),
            ("--batch", other.batch.to_string(), self.batch.to_string()),
        ];
        let mut numbers = numbers.into_iter();
        if let Some((name, theirs, ours)) = numbers.find(|(_, theirs, ours)| theirs != ours) {
            return Some(format!("it has {name} {theirs}, process 0 has {ours}"));
        }
        if self.little_endian != other.little_endian {
            return Some("its processor orders bytes otherwise".to_owned());
        }
        (self.workload != other.workload)
            .then(|| "its workload file has another text than process 0's".to_owned())
    }
}

/// The first thing that is said on a connection.
#[derive(Debug, Serialize, Deserialize)]
pub(super) enum Greeting {
    /// A process joins: to process 0.
    Join {
        protocol: String,
        version: String,
        process: usize,
        agreement: Box<Agreement>,
    },
    /// A connection for the updates of one trial.
    Data {
        token: u64,
        trial: u64,
        process: usize,
    },
}

/// What process 0 and another say to each other afterwards.
#[derive(Debug, Serialize, Deserialize)]
pub(super) enum Message {
    /// 0: you take part; quote this on every connection.
    Welcome { token: u64 },
    /// 0: you don't.
    Refused { why: String },
    /// Both, all the time: I am here.
    Beat,
    /// 0: log the answers to the reads at these positions.
    Sample { reads: Vec<u64> },
    /// 0: a trial begins.
    Trial { number: u64 },
    /// 0: what does your clock say? The other: so many ns.
    Clock { ns: u64 },
    /// What one of my workers logged, or a part of it, in words.
    Logged { worker: usize, words: Vec<u64> },
    /// My workers are ready.
    Ready,
    /// 0: go.
    Go,
    /// What came of my part of the trial.
    Part(Box<Part>),
    /// Nothing did.
    Failed { why: String },
    /// Nothing did, since I was interrupted: by the same key, most likely.
    Interrupted,
    /// 0: that was all.
    End,
    /// 0: the run ends early.
    Abort { why: String },
}

/// Writes a frame.
pub(super) fn send(to: &mut impl Write, what: &impl Serialize) -> io::Result<()> {
    let mut frame = vec![0; 4];
    serde_json::to_writer(&mut frame, what)?;
    let length = u32::try_from(frame.len() - 4).map_err(io::Error::other)?;
    frame[..4].copy_from_slice(&length.to_le_bytes());
    to.write_all(&frame)?;
    to.flush()
}

/// Reads a frame of at most `limit` bytes.
pub(super) fn receive<T: DeserializeOwned>(from: &mut impl Read, limit: usize) -> io::Result<T> {
    let mut length = [0; 4];
    from.read_exact(&mut length)?;
    let length = u32::from_le_bytes(length) as usize;
    if length > limit {
        let words = format!("a frame of {length} bytes, {limit} are the most");
        return Err(io::Error::new(io::ErrorKind::InvalidData, words));
    }
    let mut frame = vec![0; length];
    from.read_exact(&mut frame)?;
    serde_json::from_slice(&frame)
        .map_err(|error| io::Error::new(io::ErrorKind::InvalidData, error))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn what_is_sent_is_received() {
        let mut wire = Vec::new();
        send(&mut wire, &Message::Trial { number: 7 }).unwrap();
        send(&mut wire, &Message::Beat).unwrap();
        let mut from = wire.as_slice();
        let first = receive(&mut from, 100).unwrap();
        assert!(matches!(first, Message::Trial { number: 7 }));
        assert!(matches!(receive(&mut from, 100), Ok(Message::Beat)));
        assert!(receive::<Message>(&mut from, 100).is_err());
    }

    #[test]
    fn what_is_too_long_is_not_waited_for() {
        let http = b"GET / HTTP/1.1\r\n\r\n";
        let error = receive::<Greeting>(&mut http.as_slice(), GREETING_BYTES).unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::InvalidData);
    }

    proptest! {
        #[test]
        fn no_bytes_panic(bytes in prop::collection::vec(any::<u8>(), 0..64)) {
            let _ = receive::<Greeting>(&mut bytes.as_slice(), GREETING_BYTES);
            let mut framed = (bytes.len() as u32).to_le_bytes().to_vec();
            framed.extend(&bytes);
            prop_assert!(receive::<Message>(&mut framed.as_slice(), MESSAGE_BYTES).is_err());
        }
    }
}

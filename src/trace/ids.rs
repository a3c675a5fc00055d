//! From the ids of a trace, which are text, to 64-bit ids. Imports `unit`
//! and its siblings.

use std::collections::HashMap;

use super::error::Bad;
use crate::unit::digest::LineHasher;
use crate::unit::hash::{SharedHasher, shared_hasher};

/// What stands before a number in ids that notibench wrote itself.
pub(super) const MEMBER_PREFIX: &str = "urn:notibench:member:";
/// The same for contents.
pub(super) const CONTENT_PREFIX: &str = "urn:notibench:content:";
/// Bytes of an id at the most.
const MAX_BYTES: usize = 4_096;

/// Ids by their text. A whole number of at most 64 bits stays what it is; any
/// other text becomes a hash of 64 bits, and 64 more are kept of it, so that
/// two texts with one id are found: 24 bytes for each distinct id.
#[derive(Debug)]
pub(super) struct IdTable {
    column: &'static str,
    prefix: &'static str,
    checks: HashMap<u64, u64, SharedHasher>,
}

impl IdTable {
    /// A table of ids that stand in `column`.
    pub(super) fn new(column: &'static str, prefix: &'static str) -> Self {
        Self {
            column,
            prefix,
            checks: HashMap::with_hasher(shared_hasher()),
        }
    }

    /// The id of a text.
    pub(super) fn id(&mut self, text: &[u8]) -> Result<u64, Bad> {
        let text = text.trim_ascii();
        let text = text.strip_prefix(self.prefix.as_bytes()).unwrap_or(text);
        if text.is_empty() || text.len() > MAX_BYTES {
            let what = format!("an id of {} bytes", text.len());
            let help = format!("an id has 1 to {MAX_BYTES} bytes: mend the line or leave it out");
            return Err(Bad::of(self.column, what, help));
        }
        let (hashed, check) = hash_of(text);
        let id = number(text).unwrap_or(hashed);
        match *self.checks.entry(id).or_insert(check) {
            known if known == check => Ok(id),
            // the texts are not shown: they may name somebody
            _ => Err(Bad::of(
                self.column,
                "two different ids have the same 64-bit hash",
                "number the ids yourself, from 1 on, and write the numbers instead",
            )),
        }
    }
}

/// The number that a text is the usual way to write.
fn number(text: &[u8]) -> Option<u64> {
    let usual = text.iter().all(u8::is_ascii_digit) && (text.len() == 1 || text[0] != b'0');
    let text = std::str::from_utf8(text).ok().filter(|_| usual)?;
    text.parse().ok()
}

/// 128 bits of hash, in two halves.
pub(super) fn hash_of(text: &[u8]) -> (u64, u64) {
    let mut line = LineHasher::new(text.len() as u64);
    for part in text.chunks(8) {
        let mut word = [0; 8];
        word[..part.len()].copy_from_slice(part);
        line.word(u64::from_le_bytes(word));
    }
    let hash = line.finish().0;
    (hash as u64, (hash >> 64) as u64)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_stay_and_other_texts_are_hashed() {
        let mut table = IdTable::new("actor", MEMBER_PREFIX);
        let mut id = |text: &str| table.id(text.as_bytes());
        assert_eq!(id("17"), Ok(17));
        assert_eq!(id(" 17 "), Ok(17));
        assert_eq!(id("urn:notibench:member:17"), Ok(17));
        assert_eq!(id("18446744073709551615"), Ok(u64::MAX));
        for text in [
            "017",
            "+17",
            "ann",
            "https://a.example/ann",
            "18446744073709551616",
        ] {
            let hashed = id(text).unwrap();
            assert!(hashed > 1 << 40, "{text}: {hashed}");
            assert_eq!(id(text), Ok(hashed));
        }
        assert!(id("").is_err());
    }

    #[test]
    fn two_texts_with_one_id_are_found() {
        let mut table = IdTable::new("actor", MEMBER_PREFIX);
        let hashed = table.id(b"ann").unwrap();
        let bad = table.id(hashed.to_string().as_bytes()).unwrap_err();
        assert!(bad.what.contains("same 64-bit hash"), "{bad}");
        assert!(!bad.to_string().contains("ann"), "{bad}");
    }
}

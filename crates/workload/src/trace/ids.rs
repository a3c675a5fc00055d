//! From the ids of a trace, which are text, to 64-bit ids.

use std::collections::{HashMap, HashSet};

use super::error::{Bad, shown};
use notibench_core::unit::digest::LineHasher;
use notibench_core::unit::hash::{SharedHasher, shared_hasher};

/// What stands before a number in ids that notibench wrote itself.
pub(super) const MEMBER_PREFIX: &str = "urn:notibench:member:";
/// The same for contents.
pub(super) const CONTENT_PREFIX: &str = "urn:notibench:content:";
/// Bytes of an id at the most.
const MAX_BYTES: usize = 4_096;
/// Words that programs write where there is no value.
const NULLS: [&[u8]; 13] = [
    b"null",
    b"NULL",
    b"Null",
    b"None",
    b"nil",
    b"NIL",
    b"NaN",
    b"nan",
    b"NA",
    b"N/A",
    b"<NA>",
    b"\\N",
    b"undefined",
];

/// Ids by their text. A whole number of at most 64 bits stays what it is; any
/// other text becomes a hash of 64 bits, and 64 more are kept of it, so that
/// two texts with one id are found: 24 bytes for each distinct id.
#[derive(Debug)]
pub(super) struct IdTable {
    column: &'static str,
    prefix: &'static str,
    checks: HashMap<u64, u64, SharedHasher>,
    /// Whole numbers that were written with a fraction or an exponent.
    as_fractions: HashSet<u64, SharedHasher>,
}

impl IdTable {
    /// A table of ids that stand in `column`.
    pub(super) fn new(column: &'static str, prefix: &'static str) -> Self {
        Self {
            column,
            prefix,
            checks: HashMap::with_hasher(shared_hasher()),
            as_fractions: HashSet::with_hasher(shared_hasher()),
        }
    }

    /// The id of a text.
    pub(super) fn id(&mut self, text: &[u8]) -> Result<u64, Bad> {
        self.id_in(self.column, text)
    }

    /// The id of a text that stands in `column`.
    pub(super) fn id_in(&mut self, column: &str, text: &[u8]) -> Result<u64, Bad> {
        let text = text.trim_ascii();
        let text = text.strip_prefix(self.prefix.as_bytes()).unwrap_or(text);
        check_text(column, text)?;
        let (hashed, check) = hash_of(text);
        let whole = number(text);
        self.check_spelling(column, text, whole)?;
        let id = whole.unwrap_or(hashed);
        match *self.checks.entry(id).or_insert(check) {
            known if known == check => Ok(id),
            // the texts are not shown: they may name somebody
            _ => Err(Bad::of(
                column,
                "two different ids have the same 64-bit hash",
                "number the ids yourself, from 1 on, and write the numbers instead",
            )),
        }
    }

    /// Refuses an id that was written both as `17` and as `17.0`: it would be
    /// two members.
    fn check_spelling(&mut self, column: &str, text: &[u8], whole: Option<u64>) -> Result<(), Bad> {
        let twice = match (whole, fraction(text)) {
            (Some(whole), _) => self.as_fractions.contains(&whole),
            (None, Some(same)) => {
                self.as_fractions.insert(same);
                self.checks.contains_key(&same)
            }
            (None, None) => false,
        };
        if !twice {
            return Ok(());
        }
        let what = "one id is written as a whole number here and with a fraction there";
        let help = "write all ids without a fraction, as in 17; tables that hold numbers as \
                    floating point write 17.0";
        Err(Bad::of(column, what, help))
    }
}

/// Refuses what is no id: nothing, a word for nothing, and what is too long.
fn check_text(column: &str, text: &[u8]) -> Result<(), Bad> {
    if text.is_empty() {
        let help = "each event needs this id: fix the row, or leave it out with --skip-bad";
        return Err(Bad::of(column, "no id: there is nothing", help));
    }
    if NULLS.contains(&text) {
        let what = format!("no id: `{}` is a word for nothing", shown(text));
        let help = "leave the row out with --skip-bad; where it is a name, give it another";
        return Err(Bad::of(column, what, help));
    }
    if text.len() > MAX_BYTES {
        let what = format!("an id of {} bytes", text.len());
        let help = format!("an id has 1 to {MAX_BYTES} bytes: fix the row, or leave it out");
        return Err(Bad::of(column, what, help).counted_as("an id that is too long"));
    }
    Ok(())
}

/// The whole number that a text writes with a fraction or an exponent, as
/// tables do that hold numbers as floating point: `17.0`, `1.7e1`.
fn fraction(text: &[u8]) -> Option<u64> {
    let is_part = |byte: &u8| byte.is_ascii_digit() || b".eE+".contains(byte);
    if !text.iter().all(is_part) || !text.iter().any(|byte| b".eE".contains(byte)) {
        return None;
    }
    let value: f64 = std::str::from_utf8(text).ok()?.parse().ok()?;
    // above, a float is not exactly one whole number
    let is_whole = value.fract() == 0.0 && value < (1_u64 << 53) as f64;
    is_whole.then_some(value as u64)
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
    }

    #[test]
    fn nothing_and_words_for_nothing_are_no_ids() {
        let mut table = IdTable::new("actor", MEMBER_PREFIX);
        for (text, said) in [
            ("", "there is nothing"),
            ("  ", "there is nothing"),
            ("NULL", "`NULL`"),
            ("\\N", "a word for nothing"),
        ] {
            let bad = table.id_in("to", text.as_bytes()).unwrap_err();
            assert_eq!(bad.column.as_deref(), Some("to"));
            assert!(bad.what.contains(said), "{text}: {bad}");
        }
        assert!(table.id(b"nullable").is_ok());
    }

    #[test]
    fn one_number_in_two_spellings_is_refused() {
        for pair in [
            ["17", "17.0"],
            ["17.0", "17"],
            ["170", "1.7e2"],
            ["0.0", "0"],
        ] {
            let mut table = IdTable::new("actor", MEMBER_PREFIX);
            assert!(table.id(pair[0].as_bytes()).is_ok());
            let bad = table.id(pair[1].as_bytes()).unwrap_err();
            assert!(
                bad.to_string().contains("without a fraction"),
                "{pair:?}: {bad}"
            );
        }
        let mut table = IdTable::new("actor", MEMBER_PREFIX);
        for text in ["17.0", "18", "17.0", "1.2.3", "e", "18.5"] {
            assert!(table.id(text.as_bytes()).is_ok(), "{text}");
        }
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

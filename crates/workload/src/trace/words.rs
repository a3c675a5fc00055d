//! Words of a trace whose meaning was not said.

use std::collections::BTreeMap;

use super::error::{Bad, Place, shown};

/// Different words that are counted; more are no kinds, but texts or names.
const MAX_WORDS: usize = 64;

/// The words of a column of kinds that mean nothing yet, and how often each
/// stands there.
#[derive(Debug, Default)]
pub(super) struct UnknownWords {
    counts: BTreeMap<Vec<u8>, u64>,
    /// Occurrences of words beyond the first [`MAX_WORDS`].
    others: u64,
    first: Place,
    /// Rows since the first of them.
    rows: u64,
}

impl UnknownWords {
    pub(super) fn add(&mut self, place: Place, word: &[u8]) {
        if self.counts.is_empty() {
            self.first = place;
        }
        if self.counts.len() < MAX_WORDS || self.counts.contains_key(word) {
            *self.counts.entry(word.to_owned()).or_default() += 1;
        } else {
            self.others += 1;
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.counts.is_empty()
    }

    /// Takes note of a row that was looked at for its word alone.
    pub(super) const fn pass(&mut self) {
        self.rows += 1;
    }

    /// Rows that were looked at for their word alone.
    pub(super) const fn rows(&self) -> u64 {
        self.rows
    }

    /// All of them as one fault of `column`, at the first one's place.
    pub(super) fn bad(&self, column: &str) -> Option<(Place, Bad)> {
        if self.is_empty() {
            return None;
        }
        let mut words: Vec<(String, u64)> = self
            .counts
            .iter()
            .map(|(word, count)| (shown(word), *count))
            .collect();
        words.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
        let listed = words
            .iter()
            .map(|(word, count)| format!("`{word}` {count}"));
        let mut what = format!(
            "words that are no kinds, with how often each is there: {}",
            listed.collect::<Vec<_>>().join(", ")
        );
        if self.others > 0 {
            what.push_str(&format!(", and {} of others", self.others));
        }
        let line: Vec<String> = words
            .iter()
            .map(|(word, _)| format!("{word}=KIND"))
            .collect();
        let help = format!(
            "put a kind for each KIND, or KIND:undo where the word takes one back, and leave out \
             what is none of them with --skip-bad: --kind '{}'; `notibench list kinds` names all",
            line.join(",").replace('\'', "'\\''")
        );
        Some((self.first, Bad::of(column, what, help)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_listed_with_counts_and_nothing_is_proposed() {
        let mut words = UnknownWords::default();
        assert!(words.bad("what").is_none());
        for (line, word) in [(3, "zzz"), (4, "star"), (6, "star")] {
            words.add(Place::Line(line), word.as_bytes());
        }
        let (place, bad) = words.bad("what").unwrap();
        assert_eq!(place, Place::Line(3));
        let said = bad.to_string();
        assert!(said.contains("`star` 2, `zzz` 1"), "{said}");
        assert!(said.contains("--kind 'star=KIND,zzz=KIND'"), "{said}");
        for number in 0..100 {
            words.add(Place::Line(9), number.to_string().as_bytes());
        }
        let said = words.bad("what").unwrap().1.to_string();
        assert!(said.contains("and 38 of others"), "{said}");
    }
}

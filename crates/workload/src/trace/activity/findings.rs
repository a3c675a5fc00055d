//! What an activity comes to: events, and why others are none.

use notibench_core::event::Kind;

/// One event that an activity stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Meaning {
    pub(super) kind: Kind,
    pub(super) recipient: u64,
    pub(super) content: u64,
}

/// What an activity or one of its objects means, or why nothing.
pub(super) type Meant = Result<Meaning, String>;

/// What an activity came to: events, and why others are none.
#[derive(Debug, Default)]
pub(super) struct Findings {
    pub(super) meanings: Vec<Meaning>,
    /// For each of them the hash of its object's id, where that has one.
    pub(super) objects: Vec<Option<u64>>,
    pub(super) reasons: Vec<String>,
}

impl Findings {
    pub(super) fn add(&mut self, meant: Meant) {
        match meant {
            Ok(meaning) => self.meanings.push(meaning),
            Err(reason) => self.reasons.push(reason),
        }
    }
}

/// An event of a kind without content, where there is a recipient.
pub(super) fn plain(kind: Kind, recipient: Option<u64>, why: &str) -> Meant {
    let meaning = recipient.map(|recipient| Meaning {
        kind,
        recipient,
        content: 0,
    });
    meaning.ok_or_else(|| why.to_owned())
}

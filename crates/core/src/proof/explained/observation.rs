//! What is known of a key and of an answer: changes and answers with their
//! times, and the verdict on an answer.

use crate::event::{Event, Read};
use crate::read::Answer;

/// An event that changes a key, and when. Times are any numbers that are
/// comparable among all changes and answers of a trial, such as ns.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Change {
    /// What happened.
    pub event: Event,
    /// When its ingest call began: no answer before that may contain it.
    pub began: u64,
    /// From when on every session must see it: of an immediate engine the end
    /// of its ingest call.
    pub visible: u64,
}

/// An answer, and when it was asked for.
#[derive(Clone, Copy, Debug)]
pub struct Asked<'a> {
    /// The session's number.
    pub session: usize,
    /// When the read call began.
    pub began: u64,
    /// When it had returned.
    pub ended: u64,
    /// What was asked.
    pub read: Read,
    /// What was answered.
    pub answer: &'a Answer,
}

/// How many answers were held against the history.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Explained {
    /// Those that some set of events folds to.
    pub explained: u64,
    /// Those within every bound, of which no set was found nor excluded: too
    /// many events were in flight.
    pub bounded: u64,
}

impl Explained {
    /// All that were looked at.
    #[must_use]
    pub const fn total(&self) -> u64 {
        self.explained + self.bounded
    }
}

impl std::ops::AddAssign for Explained {
    fn add_assign(&mut self, other: Self) {
        self.explained += other.explained;
        self.bounded += other.bounded;
    }
}

/// What is wrong with an answer that nothing explains.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}", in_words(self))]
pub struct Unexplained {
    /// The session that got it.
    pub session: usize,
    /// What was asked.
    pub read: Read,
    /// When the read call began and had returned.
    pub during: [u64; 2],
    /// What was answered, and why it cannot be.
    pub why: String,
    /// The changes of the key around the read: what it was, when its call
    /// began, when it had to be visible.
    pub around: Vec<Change>,
}

impl Unexplained {
    pub(super) fn of(asked: &Asked<'_>, why: String, changes: &[Change]) -> Self {
        Self {
            session: asked.session,
            read: asked.read,
            during: [asked.began, asked.ended],
            why,
            around: nearest(asked, changes),
        }
    }
}

/// Changes that are shown around an answer, at most.
const SHOWN: usize = 4;

/// The changes whose calls ended last before the read or began last before its
/// end.
fn nearest(asked: &Asked<'_>, changes: &[Change]) -> Vec<Change> {
    let before = changes.iter().filter(|change| change.began <= asked.ended);
    let mut before: Vec<Change> = before.copied().collect();
    before.sort_by_key(|change| std::cmp::Reverse(change.began));
    before.truncate(SHOWN);
    before.reverse();
    before
}

fn in_words(it: &Unexplained) -> String {
    let of = if it.read.kind.is_of_content() {
        "content"
    } else {
        "member"
    };
    let [began, ended] = it.during;
    let mut words = format!(
        "no set of events explains an answer under load: {} of {of} {}, asked by session {} from \
         {began} to {ended} ns: {}",
        it.read.kind.name(),
        it.read.id,
        it.session,
        it.why
    );
    for (at, change) in it.around.iter().enumerate() {
        let event = &change.event;
        words += if at == 0 { "; before it " } else { ", " };
        let undo = if event.undo() { "undo of " } else { "" };
        let (index, kind, actor) = (event.index(), event.kind().name(), event.actor);
        words += &format!(
            "#{index} {undo}{kind} by {actor} (call from {}, ",
            change.began
        );
        words += &match change.visible {
            visible if visible < change.began => "visible by the end)".to_owned(),
            visible => format!("visible by {visible})"),
        };
    }
    words
}

//! What a worker logs of a trial: when each group of ingest calls and each read
//! call began and ended, and the answers to sampled reads, packed into words.

use std::ops::Range;

use notibench_core::event::{Kind, REACTION_KINDS, Read};
use notibench_core::read::{Answer, InboxGroup, InboxPage};

/// Bits of a time below the number of its stretch.
const STRETCH_SHIFT: u32 = 48;
/// Words of a group of a page.
const GROUP_WORDS: usize = 5;

/// A group of ingest calls, timed as a whole.
#[derive(Clone, Debug)]
pub(super) struct Calls {
    /// Positions of their events in the source.
    pub(super) events: Range<u64>,
    /// When the first began.
    pub(super) began: u64,
    /// When the last had returned.
    pub(super) ended: u64,
}

/// A logged answer.
#[derive(Clone, Copy, Debug)]
pub(super) struct Logged {
    pub(super) read: Read,
    pub(super) began: u64,
    pub(super) ended: u64,
    /// Where its words begin.
    at: u32,
}

/// What one worker logged. Times are ns since the start of a stretch of the
/// trial, above them the stretch's number: sessions are finished between two
/// stretches.
#[derive(Debug, Default)]
pub(crate) struct AnswerLog {
    pub(super) calls: Vec<Calls>,
    pub(super) answers: Vec<Logged>,
    words: Vec<u64>,
    /// Stretches that are over.
    stretches: u64,
    /// Answers of the read call that is going on begin here.
    open: usize,
}

/// The time `ns` in the stretch of that number, from 0.
const fn stamp(stretch: u64, ns: u64) -> u64 {
    (stretch + 1) << STRETCH_SHIFT | ns
}

/// When the stretch of that time is over at the latest.
pub(super) const fn end_of_stretch(at: u64) -> u64 {
    ((at >> STRETCH_SHIFT) + 1) << STRETCH_SHIFT
}

/// ns since the start of its stretch.
pub(super) const fn ns_of(at: u64) -> u64 {
    at & ((1 << STRETCH_SHIFT) - 1)
}

impl AnswerLog {
    /// Logs a group of ingest calls.
    #[inline]
    pub(crate) fn add_calls(&mut self, events: Range<u64>, [began, ended]: [u64; 2]) {
        self.calls.push(Calls {
            events,
            began: stamp(0, began),
            ended: stamp(0, ended),
        });
    }

    /// Logs the answer to a read of the call that is going on, if the bit of its
    /// place is set in `wanted`.
    #[inline(always)]
    pub(crate) fn add_answer(&mut self, wanted: u64, reads: &[Read], at: usize, answer: &Answer) {
        if wanted >> (at % 64) & 1 == 1 {
            // an engine may answer what it was not asked
            if let Some(read) = reads.get(at) {
                self.log(read, answer);
            }
        }
    }

    #[inline(never)]
    fn log(&mut self, read: &Read, answer: &Answer) {
        let at = self.words.len() as u32;
        match answer {
            Answer::Badge(badge) => self.words.push(u64::from(*badge)),
            Answer::Reactions(counts) => self.words.extend_from_slice(counts),
            Answer::Inbox(page) => {
                self.words.push(page.len() as u64);
                for group in page {
                    self.words.extend_from_slice(&[
                        group.kind as u64,
                        group.content,
                        group.actor,
                        group.index,
                        group.others,
                    ]);
                }
            }
            Answer::Views(_) | Answer::Pushes(_) => return,
        }
        self.answers.push(Logged {
            read: *read,
            began: 0,
            ended: 0,
            at,
        });
    }

    /// Ends the read call that is going on.
    #[inline]
    pub(crate) fn end_read(&mut self, [began, ended]: [u64; 2]) {
        for answer in &mut self.answers[self.open..] {
            (answer.began, answer.ended) = (stamp(0, began), stamp(0, ended));
        }
        self.open = self.answers.len();
    }

    /// Adds what the same worker logged in later stretches.
    pub(crate) fn add(&mut self, later: Self) {
        self.stretches += 1;
        let later_by = self.stretches << STRETCH_SHIFT;
        let first = self.words.len() as u32;
        self.words.extend(later.words);
        self.calls
            .extend(later.calls.into_iter().map(|calls| Calls {
                began: calls.began + later_by,
                ended: calls.ended + later_by,
                ..calls
            }));
        self.answers
            .extend(later.answers.into_iter().map(|answer| Logged {
                began: answer.began + later_by,
                ended: answer.ended + later_by,
                at: answer.at + first,
                ..answer
            }));
        self.open = self.answers.len();
        self.stretches += later.stretches;
    }

    /// The answer as it was given.
    pub(super) fn answer(&self, logged: &Logged) -> Answer {
        use notibench_core::event::ReadKind;
        let words = &self.words[logged.at as usize..];
        match logged.read.kind {
            ReadKind::Reactions => {
                let mut counts = [0; REACTION_KINDS];
                counts.copy_from_slice(&words[..REACTION_KINDS]);
                Answer::Reactions(counts)
            }
            ReadKind::InboxPage => {
                let groups = words[1..].chunks_exact(GROUP_WORDS).take(words[0] as usize);
                let groups = groups.map(|group| InboxGroup {
                    kind: Kind::from_bits(group[0]),
                    content: group[1],
                    actor: group[2],
                    index: group[3],
                    others: group[4],
                });
                Answer::Inbox(groups.collect::<InboxPage>())
            }
            _ => Answer::Badge(words[0] as u32),
        }
    }
}

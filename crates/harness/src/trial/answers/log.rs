//! What a worker logs of a trial: when each group of ingest calls and each read
//! call began and ended, and the answers to sampled reads, packed into words.

use std::ops::Range;

use notibench_core::event::Read;
use notibench_core::read::Answer;

/// Bits of a time below the number of its stretch.
const STRETCH_SHIFT: u32 = 48;
/// Words of a group of ingest calls and of a logged answer, on their way to
/// another process.
#[cfg(feature = "cluster")]
const CALL_WORDS: usize = 4;
#[cfg(feature = "cluster")]
const LOGGED_WORDS: usize = 5;

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
        if !answer.add_words(&mut self.words) {
            return;
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
    pub(super) fn answer(&self, logged: &Logged) -> Option<Answer> {
        Answer::from_words(logged.read.kind, &self.words[logged.at as usize..])
    }

    /// As words, for another process: how many calls, answers and words of
    /// answers, then these. Of one stretch.
    #[cfg(feature = "cluster")]
    pub(crate) fn to_words(&self) -> Vec<u64> {
        let lengths = [self.calls.len(), self.answers.len(), self.words.len()];
        let mut all: Vec<u64> = lengths.map(|length| length as u64).to_vec();
        for calls in &self.calls {
            all.extend([
                calls.events.start,
                calls.events.end,
                calls.began,
                calls.ended,
            ]);
        }
        for logged in &self.answers {
            let [id, kind] = logged.read.to_words();
            all.extend([id, kind, logged.began, logged.ended, logged.at.into()]);
        }
        all.extend(&self.words);
        all
    }

    /// What [`Self::to_words`] of another process gives, in this one's time: this
    /// one's clock shows `behind[0]` ns more than the other's at the least, and
    /// `behind[1]` at the most. A call and a read begin as early and end as late
    /// as that leaves open.
    #[cfg(feature = "cluster")]
    pub(crate) fn from_words(words: &[u64], behind: [i64; 2]) -> Option<Self> {
        let (lengths, words) = words.split_first_chunk::<3>()?;
        let [calls, answers, held] = lengths.map(|length| usize::try_from(length).ok());
        let (calls, words) = words.split_at_checked(calls?.checked_mul(CALL_WORDS)?)?;
        let (answers, words) = words.split_at_checked(answers?.checked_mul(LOGGED_WORDS)?)?;
        let [earliest, latest] = behind.map(|by| move |at: u64| later_by(at, by));
        let call = |call: &[u64]| Calls {
            events: call[0]..call[1],
            began: earliest(call[2]),
            ended: latest(call[3]),
        };
        let logged = |logged: &[u64]| {
            let read = Read::from_words([logged[0], logged[1]])?;
            let at = u32::try_from(logged[4]).ok()?;
            // that it can be read is known from here on
            Answer::from_words(read.kind, words.get(at as usize..)?)?;
            Some(Logged {
                read,
                began: earliest(logged[2]),
                ended: latest(logged[3]),
                at,
            })
        };
        let answers: Option<Vec<Logged>> = answers.chunks_exact(LOGGED_WORDS).map(logged).collect();
        let answers = answers.filter(|_| held == Some(words.len()))?;
        Some(Self {
            calls: calls.chunks_exact(CALL_WORDS).map(call).collect(),
            open: answers.len(),
            answers,
            words: words.to_vec(),
            stretches: 0,
        })
    }
}

/// A time in the first stretch, so much later, or earlier.
#[cfg(feature = "cluster")]
fn later_by(at: u64, ns: i64) -> u64 {
    stamp(0, ns_of(at).saturating_add_signed(ns))
}

#[cfg(all(test, feature = "cluster"))]
mod tests {
    use super::*;
    use notibench_core::event::ReadKind;

    fn log() -> AnswerLog {
        let mut log = AnswerLog::default();
        log.add_calls(0..64, [1_000, 2_000]);
        let reads = [ReadKind::Badge, ReadKind::Reactions].map(|kind| Read { id: 7, kind });
        log.add_answer(3, &reads, 0, &Answer::Badge(4));
        log.add_answer(3, &reads, 1, &Answer::Reactions([5; 7]));
        log.end_read([2_000, 3_000]);
        log
    }

    #[test]
    fn what_was_logged_arrives_in_the_time_of_the_other_as_wide_as_its_clock_is_unsure() {
        let log = log();
        let arrived = AnswerLog::from_words(&log.to_words(), [-100, 500]).unwrap();
        let [call] = &arrived.calls[..] else {
            panic!("{:?}", arrived.calls);
        };
        assert_eq!(call.events, 0..64);
        assert_eq!([call.began, call.ended].map(ns_of), [900, 2_500]);
        assert_eq!(
            end_of_stretch(call.began),
            end_of_stretch(log.calls[0].began)
        );
        let answers: Vec<Option<Answer>> = arrived
            .answers
            .iter()
            .map(|it| arrived.answer(it))
            .collect();
        let given = [Answer::Badge(4), Answer::Reactions([5; 7])].map(Some);
        assert_eq!(answers, given);
        for (own, arrived) in log.answers.iter().zip(&arrived.answers) {
            assert_eq!(own.read, arrived.read);
            assert_eq!([arrived.began, arrived.ended].map(ns_of), [1_900, 3_500]);
        }
    }

    #[test]
    fn what_is_cut_short_is_no_log() {
        let words = log().to_words();
        for length in 0..words.len() {
            assert!(AnswerLog::from_words(&words[..length], [0, 0]).is_none());
        }
    }
}

//! How far another process' clock is behind this one's: the answers that its
//! workers got are held against calls of this one's.
//!
//! Each question for the time bounds it from both sides: what the other says it
//! said after the question was asked and before the answer came. F. Cristian,
//! "Probabilistic clock synchronization", Distributed Computing 3, 1989.

use std::time::Instant;

use super::frame::Message;
use super::mesh::{Fault, Link};

/// Questions of one comparison: the fastest round trips bound it best.
const QUESTIONS: usize = 8;

/// ns by which the other's clock is behind, at the least and at the most.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Behind {
    pub(super) least: i64,
    pub(super) most: i64,
}

impl Behind {
    /// From a question at `asked` and an answer at `heard` that says `said`.
    fn of([asked, heard]: [u64; 2], said: u64) -> Self {
        Self {
            least: asked as i64 - said as i64,
            most: heard as i64 - said as i64,
        }
    }

    /// What is known from both, of one moment.
    fn and(self, other: Self) -> Self {
        Self {
            least: self.least.max(other.least),
            most: self.most.min(other.most),
        }
    }

    /// What holds at both moments, and between them: one clock runs faster than
    /// the other all the while.
    pub(super) fn until(self, later: Self) -> Self {
        Self {
            least: self.least.min(later.least),
            most: self.most.max(later.most),
        }
    }
}

/// Compares the clock of the process behind `link` with the ns since `zero`;
/// none where the run ends early.
pub(super) fn compare(link: &Link, zero: Instant, fault: &Fault) -> Option<Behind> {
    let now = || zero.elapsed().as_nanos() as u64;
    let mut known: Option<Behind> = None;
    for _ in 0..QUESTIONS {
        let asked = now();
        link.tell(&Message::Clock { ns: 0 });
        let said = match link.next(fault)? {
            Message::Clock { ns } => ns,
            other => {
                link.confused(&other, fault);
                return None;
            }
        };
        let behind = Behind::of([asked, now()], said);
        known = Some(known.map_or(behind, |known| known.and(behind)));
    }
    known
}

/// Answers such a question.
pub(super) fn tell(link: &Link, zero: Instant) {
    let ns = zero.elapsed().as_nanos() as u64;
    link.tell(&Message::Clock { ns });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_fastest_round_trip_bounds_it_and_a_drift_widens_it() {
        // 1,000 ns behind; on the way 300 and 50, then 20 and 100
        let before = Behind::of([5_000, 5_350], 4_300).and(Behind::of([6_000, 6_120], 5_020));
        assert_eq!((before.least, before.most), (980, 1_050));
        let after = Behind::of([9_000, 9_050], 7_990);
        let all = before.until(after);
        assert_eq!((all.least, all.most), (980, 1_060));
        // ahead
        assert_eq!(
            Behind::of([10, 20], 50),
            Behind {
                least: -40,
                most: -30
            }
        );
    }
}

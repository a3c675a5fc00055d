//! What is due and not started, of one worker: a queue of bounded length, of
//! positions in its lane.

use std::collections::VecDeque;
use std::ops::Range;

/// A bounded queue of positions that come due one after another. What comes
/// due while it is full is skipped: it is turned away, as by a real queue.
#[derive(Debug)]
pub(super) struct Backlog {
    most: u64,
    /// Positions before it have come due.
    seen: u64,
    queued: u64,
    /// Queued positions, in order.
    ranges: VecDeque<Range<u64>>,
    /// Skipped positions, in order.
    skipped: Vec<Range<u64>>,
    peak: u64,
}

impl Backlog {
    pub(super) fn new(most: u64) -> Self {
        Self {
            most,
            seen: 0,
            queued: 0,
            ranges: VecDeque::with_capacity(1_024),
            skipped: Vec::with_capacity(1_024),
            peak: 0,
        }
    }

    /// Positions before it have come due.
    #[inline(always)]
    pub(super) const fn seen(&self) -> u64 {
        self.seen
    }

    /// Everything before `until` has come due by now.
    #[inline(always)]
    pub(super) fn admit(&mut self, until: u64) {
        let arrived = until - self.seen;
        if arrived == 0 {
            return;
        }
        let admitted = arrived.min(self.most - self.queued);
        let split = self.seen + admitted;
        if admitted > 0 {
            self.queued += admitted;
            self.peak = self.peak.max(self.queued);
            match self.ranges.back_mut() {
                Some(last) if last.end == self.seen => last.end = split,
                _ => self.ranges.push_back(self.seen..split),
            }
        }
        if split < until {
            push_merged(&mut self.skipped, split..until);
        }
        self.seen = until;
    }

    /// The next positions, at most `most` of them, that follow one another;
    /// none where nothing is queued.
    #[inline(always)]
    pub(super) fn take(&mut self, most: u64) -> Option<Range<u64>> {
        let front = self.ranges.front_mut()?;
        let end = front.end.min(front.start + most);
        let taken = front.start..end;
        front.start = end;
        if front.start == front.end {
            self.ranges.pop_front();
        }
        self.queued -= taken.end - taken.start;
        Some(taken)
    }

    /// What was skipped, and the most that was ever queued.
    pub(super) fn into_parts(self) -> (Vec<Range<u64>>, u64) {
        (self.skipped, self.peak)
    }
}

/// Adds a range that begins at or after the last one's end.
#[inline(always)]
pub(super) fn push_merged(ranges: &mut Vec<Range<u64>>, next: Range<u64>) {
    match ranges.last_mut() {
        Some(last) if last.end == next.start => last.end = next.end,
        _ => ranges.push(next),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn what_comes_due_while_it_is_full_is_skipped() {
        let mut backlog = Backlog::new(10);
        backlog.admit(15);
        assert_eq!(backlog.take(4), Some(0..4));
        backlog.admit(21);
        // 15..19 found room, 19..21 none
        assert_eq!(backlog.take(100), Some(4..10));
        assert_eq!(backlog.take(100), Some(15..19));
        assert_eq!(backlog.take(100), None);
        assert_eq!(backlog.into_parts(), (vec![10..15, 19..21], 10));
    }

    proptest! {
        #[test]
        fn nothing_is_lost_and_nothing_is_there_twice(
            most in 1_u64..50,
            steps in proptest::collection::vec((0_u64..40, 1_u64..20), 1..100),
        ) {
            let mut backlog = Backlog::new(most);
            let (mut until, mut found) = (0, Vec::new());
            for (arrive, take) in steps {
                until += arrive;
                backlog.admit(until);
                prop_assert!(backlog.queued <= most);
                found.extend(backlog.take(take));
            }
            found.extend(std::iter::from_fn(|| backlog.take(7)));
            let (skipped, peak) = backlog.into_parts();
            prop_assert!(peak <= most);
            prop_assert!(found.is_sorted_by_key(|range| range.start));
            let mut all: Vec<u64> = found.into_iter().chain(skipped).flatten().collect();
            all.sort_unstable();
            prop_assert_eq!(all, (0..until).collect::<Vec<_>>());
        }
    }
}

//! Sweeps over parts that each have a lock: parts whose lock is taken are left
//! for a second pass, which waits.

/// Calls `apply` for each of up to 64 parts of a set, a bit each: one pass over
/// those that are free, in which it must not wait, then one that waits for those
/// that were not. It begins at `first`, so that sessions can start spread out.
#[inline(always)]
pub fn sweep(
    mut left: u64,
    (first, parts): (usize, usize),
    mut apply: impl FnMut(usize, bool) -> bool,
) {
    for wait in [false, true] {
        for ahead in 0..parts {
            let part = (first + ahead) % parts;
            if left >> part & 1 == 1 && apply(part, wait) {
                left &= !(1 << part);
            }
        }
        if left == 0 {
            return;
        }
    }
}

/// What is done to a part, in steps. Each prefetches the cache lines that the
/// next one reads.
pub trait Steps {
    /// A part that is locked.
    type Locked;

    /// Locks a part; without `wait`, only if the lock is free.
    fn lock(&mut self, part: usize, wait: bool) -> Option<Self::Locked>;

    /// Does what needs no further cache lines.
    fn begin(&mut self, part: usize, locked: &mut Self::Locked);

    /// Does the rest, and unlocks it.
    fn end(&mut self, part: usize, locked: Self::Locked);
}

/// Takes all steps for each of up to 64 parts of a set, in the order of
/// [`sweep`], one part after the other.
#[inline(always)]
pub fn sweep_in_steps(left: u64, order: (usize, usize), steps: &mut impl Steps) {
    sweep(left, order, |part, wait| {
        let Some(mut locked) = steps.lock(part, wait) else {
            return false;
        };
        steps.begin(part, &mut locked);
        steps.end(part, locked);
        true
    });
}

/// The same with the steps of three parts overlapping: while the cache lines of
/// one arrive, the others are processed. It holds up to three locks at a time,
/// each for longer, and never waits for one while it holds another.
#[inline(always)]
pub fn sweep_overlapped(left: u64, order: (usize, usize), steps: &mut impl Steps) {
    let (mut locked, mut begun) = (None, None);
    sweep(left, order, |part, wait| {
        let mut next = steps.lock(part, false);
        advance(steps, &mut locked, &mut begun);
        if wait && next.is_none() {
            advance(steps, &mut locked, &mut begun);
            next = steps.lock(part, true);
        }
        locked = next.map(|next| (part, next));
        locked.is_some()
    });
    while locked.is_some() || begun.is_some() {
        advance(steps, &mut locked, &mut begun);
    }
}

/// Ends the part that was begun, and begins the one that was locked.
#[inline(always)]
fn advance<S: Steps>(
    steps: &mut S,
    locked: &mut Option<(usize, S::Locked)>,
    begun: &mut Option<(usize, S::Locked)>,
) {
    if let Some((part, table)) = begun.take() {
        steps.end(part, table);
    }
    if let Some((part, mut table)) = locked.take() {
        steps.begin(part, &mut table);
        *begun = Some((part, table));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Parts of which some are locked by another session until they are waited for.
    struct Parts {
        busy: u64,
        /// What is held, and what was done.
        held: Vec<usize>,
        done: Vec<(usize, &'static str)>,
    }

    impl Steps for Parts {
        type Locked = usize;

        fn lock(&mut self, part: usize, wait: bool) -> Option<usize> {
            assert!(!wait || self.held.is_empty(), "it waits with a lock");
            if !wait && self.busy >> part & 1 == 1 {
                return None;
            }
            self.held.push(part);
            self.done.push((part, "lock"));
            Some(part)
        }

        fn begin(&mut self, part: usize, locked: &mut usize) {
            assert_eq!(part, *locked);
            self.done.push((part, "begin"));
        }

        fn end(&mut self, part: usize, locked: usize) {
            assert_eq!(part, locked);
            self.held.retain(|&held| held != part);
            self.done.push((part, "end"));
        }
    }

    #[test]
    fn every_part_goes_through_its_steps_once_and_no_wait_has_a_lock() {
        let busy = [0, 0b1000_0001, 0b0110_0000, u64::MAX].into_iter();
        for (busy, overlapping) in busy.flat_map(|busy| [(busy, false), (busy, true)]) {
            let (held, done) = (Vec::new(), Vec::new());
            let mut parts = Parts { busy, held, done };
            let (left, order) = (0b1111_0001_u64, (4, 8));
            if overlapping {
                sweep_overlapped(left, order, &mut parts);
            } else {
                sweep_in_steps(left, order, &mut parts);
            }
            assert!(parts.held.is_empty(), "{busy:b}: {:?} are held", parts.held);
            for part in 0..8 {
                let steps = parts.done.iter().filter(|(of, _)| *of == part);
                let steps: Vec<&str> = steps.map(|(_, step)| *step).collect();
                let expected: &[&str] = match left >> part & 1 {
                    1 => &["lock", "begin", "end"],
                    _ => &[],
                };
                assert_eq!(steps, expected, "{busy:b}, part {part}");
            }
        }
    }

    #[test]
    fn the_next_part_is_locked_before_a_part_is_begun() {
        let (held, done) = (Vec::new(), Vec::new());
        let mut parts = Parts {
            busy: 0,
            held,
            done,
        };
        sweep_overlapped(0b111, (0, 3), &mut parts);
        let expected = [
            (0, "lock"),
            (1, "lock"),
            (0, "begin"),
            (2, "lock"),
            (0, "end"),
            (1, "begin"),
            (1, "end"),
            (2, "begin"),
            (2, "end"),
        ];
        assert_eq!(parts.done, expected);
    }

    #[test]
    fn each_is_done_once_and_the_busy_ones_last() {
        let mut done = Vec::new();
        sweep(0b1011_0001, (4, 8), |part, wait| {
            let is_free = wait || part % 2 == 1;
            if is_free {
                done.push(part);
            }
            is_free
        });
        assert_eq!(done, [5, 7, 4, 0]);
    }
}

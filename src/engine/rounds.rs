//! Rounds over parts that are locked one by one, by sessions that would rather
//! not wait for each other. Imports nothing.

/// Calls `apply` for each of up to 64 parts of a set, a bit each: one round over
/// those that are free, in which it must not wait, then one that waits for those
/// that were not. It begins at `first`, that sessions may start spread out.
#[inline(always)]
pub(super) fn each_part(
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_is_done_once_and_the_busy_ones_last() {
        let mut done = Vec::new();
        each_part(0b1011_0001, (4, 8), |part, wait| {
            let is_free = wait || part % 2 == 1;
            if is_free {
                done.push(part);
            }
            is_free
        });
        assert_eq!(done, [5, 7, 4, 0]);
    }
}

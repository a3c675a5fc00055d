//! The search for a set of events in flight that turns a member into one that
//! an answer fits.

use super::observation::Change;
use crate::state::{Member, MemberUpdate};

/// What a search came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Search {
    /// A set was found.
    Found,
    /// There is none.
    None,
    /// None was found among those that were tried.
    Open,
}

/// Events in flight of which every subset is tried.
const ALL_SUBSETS: usize = 10;
/// States that are tried at the most where there are more.
const MOST_TRIED: usize = 4_096;

/// Looks for a set of `open` changes that, folded into `base`, gives a member
/// that `fits`. First those that a call applied in the order of its events
/// comes to; then, where they are few, every set.
pub(super) fn search(
    base: &Member,
    open: &[&Change],
    capacity: usize,
    fits: &mut dyn FnMut(&Member) -> bool,
) -> Search {
    if open.is_empty() {
        return if fits(base) {
            Search::Found
        } else {
            Search::None
        };
    }
    let calls = by_call(open);
    let states = calls
        .iter()
        .try_fold(1_usize, |all, call| all.checked_mul(call.len() + 1));
    let are_few = states.is_some_and(|states| states <= MOST_TRIED);
    if are_few && any_prefix(base, &calls, capacity, fits) {
        return Search::Found;
    }
    if open.len() > ALL_SUBSETS {
        return Search::Open;
    }
    if any_subset(base, open, capacity, fits) {
        Search::Found
    } else {
        Search::None
    }
}

/// The changes of each call, in the order of their indexes.
fn by_call<'a>(open: &[&'a Change]) -> Vec<Vec<&'a Change>> {
    let mut sorted = open.to_vec();
    sorted.sort_by_key(|change| (change.began, change.visible, change.event.index()));
    let same = |a: &&Change, b: &&Change| (a.began, a.visible) == (b.began, b.visible);
    sorted.chunk_by(same).map(<[&Change]>::to_vec).collect()
}

fn any_prefix(
    base: &Member,
    calls: &[Vec<&Change>],
    capacity: usize,
    fits: &mut dyn FnMut(&Member) -> bool,
) -> bool {
    let Some((call, others)) = calls.split_first() else {
        return fits(base);
    };
    let mut member = base.clone();
    if any_prefix(&member, others, capacity, fits) {
        return true;
    }
    call.iter().any(|change| {
        member.apply(&MemberUpdate::of(&change.event), capacity);
        any_prefix(&member, others, capacity, fits)
    })
}

fn any_subset(
    base: &Member,
    open: &[&Change],
    capacity: usize,
    fits: &mut dyn FnMut(&Member) -> bool,
) -> bool {
    let Some((change, others)) = open.split_first() else {
        return fits(base);
    };
    if any_subset(base, others, capacity, fits) {
        return true;
    }
    let mut with = base.clone();
    with.apply(&MemberUpdate::of(&change.event), capacity);
    any_subset(&with, others, capacity, fits)
}

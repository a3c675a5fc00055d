//! What all engines of two DashMaps do alike: show their state at rest, and
//! answer reads.

use std::hash::BuildHasher;

use dashmap::DashMap;
use rayon::prelude::*;

use notibench_core::event::Read;
use notibench_core::read::{Answer, answer_read};
use notibench_core::state::{Content, Member, StateMut};
use notibench_core::viewing::Views;

/// Shows every state to be changed, shards side by side.
pub(crate) fn visit_maps_mut<S: BuildHasher + Clone + Send + Sync>(
    members: &DashMap<u64, Member, S>,
    contents: &DashMap<u64, Content, S>,
    visit: &(dyn Fn(StateMut<'_>) + Sync),
) {
    members
        .par_iter_mut()
        .for_each(|mut at| visit(StateMut::Member(*at.key(), at.value_mut())));
    contents
        .par_iter_mut()
        .for_each(|mut at| visit(StateMut::Content(*at.key(), at.value_mut())));
}

/// Answers reads, one after the other; no lock is held across two look-ups.
#[inline]
pub(crate) fn read_maps<S: BuildHasher + Clone>(
    members: &DashMap<u64, Member, S>,
    contents: &DashMap<u64, Content, S>,
    views: &Views,
    reads: &[Read],
    sink: &mut impl FnMut(usize, &Answer),
) {
    for (at, read) in reads.iter().enumerate() {
        let answer = answer_read(
            read,
            views,
            |id, look| look(members.get(&id).as_deref()),
            |id, look| look(contents.get(&id).as_deref()),
        );
        sink(at, &answer);
    }
}

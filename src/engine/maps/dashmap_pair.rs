//! What all engines of two DashMaps do alike: show their state at rest, and
//! answer reads.

use std::hash::BuildHasher;

use dashmap::DashMap;
use rayon::prelude::*;

use crate::engine::read::{Answer, answer_read};
use crate::engine::state::{Content, Member, StateMut};
use crate::engine::viewing::Views;
use crate::event::Read;

/// Shows every state to be changed, shards side by side.
pub(in crate::engine) fn visit_maps_mut<S: BuildHasher + Clone + Send + Sync>(
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
pub(in crate::engine) fn read_maps<S: BuildHasher + Clone>(
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

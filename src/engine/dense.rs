//! Dense numbers of a stream's ids, for the limit probes: what finding a
//! state costs where no map is needed. Made outside the timed part; engines
//! have no use for it. Imports `event`, the shared state's updates.

use std::collections::HashMap;

use rayon::prelude::*;

use super::state::for_each_update;
use crate::event::Event;
use crate::unit::hash::{SharedHasher, shared_hasher};

/// The numbers of one event, 8 bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DensePair {
    /// Number of the member whose state changes, or [`DensePair::NONE`].
    pub member: u32,
    /// Number of the content whose state changes, or [`DensePair::NONE`].
    pub content: u32,
}

impl DensePair {
    /// The number of what an event does not change.
    pub const NONE: u32 = u32::MAX;
}

/// For each event of a stream, by its index, the dense numbers of what it
/// changes. An id's number is its rank among the sorted distinct ids of the
/// members, or of the contents, that the stream changes.
#[derive(Debug, Default)]
pub struct DenseIds {
    pairs: Vec<DensePair>,
    members: usize,
    contents: usize,
}

impl DenseIds {
    /// The numbers of a stream that starts at index 0. While it works it
    /// takes 8 bytes an event and 32 an id beside the 8 bytes an event that
    /// it gives.
    #[must_use]
    pub fn of_stream(events: &[Event]) -> Self {
        let none = DensePair {
            member: DensePair::NONE,
            content: DensePair::NONE,
        };
        let mut pairs = vec![none; events.len()];
        let members = number(events, &mut pairs, member_of, |pair| &mut pair.member);
        let contents = number(events, &mut pairs, content_of, |pair| &mut pair.content);
        Self {
            pairs,
            members,
            contents,
        }
    }

    /// The numbers of the event at `index`.
    #[inline(always)]
    #[must_use]
    pub fn of(&self, index: u64) -> DensePair {
        self.pairs[index as usize]
    }

    /// Events that have numbers.
    #[must_use]
    pub fn events(&self) -> usize {
        self.pairs.len()
    }

    /// Distinct members that the stream changes; their numbers are below it.
    #[must_use]
    pub const fn members(&self) -> usize {
        self.members
    }

    /// Distinct contents, likewise.
    #[must_use]
    pub const fn contents(&self) -> usize {
        self.contents
    }
}

/// The member that an event changes.
#[inline]
fn member_of(event: &Event) -> Option<u64> {
    let mut member = None;
    for_each_update(event, |update| member = Some(update.member), |_| ());
    member
}

/// The content that an event changes.
#[inline]
fn content_of(event: &Event) -> Option<u64> {
    let mut content = None;
    for_each_update(event, |_| (), |update| content = Some(update.content));
    content
}

/// Writes the numbers of one kind of id; gives how many there are.
fn number(
    events: &[Event],
    pairs: &mut [DensePair],
    id_of: impl Fn(&Event) -> Option<u64> + Sync,
    place: impl Fn(&mut DensePair) -> &mut u32 + Sync,
) -> usize {
    let ids = distinct(events, &id_of);
    let mut numbers: HashMap<u64, u32, SharedHasher> =
        HashMap::with_capacity_and_hasher(ids.len(), shared_hasher());
    // a stream has fewer than 2^32 events, and so fewer ids
    numbers.extend((0_u32..).zip(&ids).map(|(number, &id)| (id, number)));
    pairs.par_iter_mut().zip(events).for_each(|(pair, event)| {
        if let Some(number) = id_of(event).and_then(|id| numbers.get(&id)) {
            *place(pair) = *number;
        }
    });
    ids.len()
}

/// The distinct ids, sorted.
fn distinct(events: &[Event], id_of: &(impl Fn(&Event) -> Option<u64> + Sync)) -> Vec<u64> {
    let mut ids: Vec<u64> = Vec::with_capacity(events.len());
    ids.extend(events.iter().filter_map(id_of));
    ids.par_sort_unstable();
    ids.dedup();
    ids.shrink_to_fit();
    ids
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::check::stream;

    #[test]
    fn a_number_is_the_rank_of_an_id_among_those_that_change() {
        let events = stream(3, 5_000);
        let dense = DenseIds::of_stream(&events);
        let sorted = |id_of: fn(&Event) -> Option<u64>| {
            let ids: std::collections::BTreeSet<u64> = events.iter().filter_map(id_of).collect();
            ids.into_iter().collect::<Vec<u64>>()
        };
        let (members, contents) = (sorted(member_of), sorted(content_of));
        assert_eq!(dense.members(), members.len());
        assert_eq!(dense.contents(), contents.len());
        assert_eq!(dense.events(), events.len());
        let found = |ids: &[u64], number: u32| ids.get(number as usize).copied();
        for event in &events {
            let pair = dense.of(event.index());
            assert_eq!(found(&members, pair.member), member_of(event));
            assert_eq!(found(&contents, pair.content), content_of(event));
        }
        assert!(events.iter().any(|event| member_of(event).is_none()));
    }
}

//! Dense numbers of a stream's ids, for the limit probes: what finding a state
//! costs where no map is needed. Made outside the timed part; engines have no
//! use for it.

use std::collections::HashMap;

use rayon::prelude::*;

use crate::event::Event;
use crate::state::for_each_update;
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

/// Pairs that the list has room for, for each event, at most: where more
/// indexes are left out, they are searched.
const ROOM_AN_EVENT: usize = 4;

/// For each event of a stream, by its index, the dense numbers of what it
/// changes. An id's number is its rank among the sorted distinct ids of the
/// members, or of the contents, that the stream changes.
#[derive(Debug, Default)]
pub struct DenseIds {
    pairs: Vec<DensePair>,
    places: Places,
    events: usize,
    members: usize,
    contents: usize,
}

/// Where in the list of pairs an event's is. A stream may start at any index,
/// and may leave some out.
#[derive(Debug)]
enum Places {
    /// At the index less this one.
    From(u64),
    /// At the position of the index among these, which rise.
    Among(Vec<u64>),
}

impl Default for Places {
    fn default() -> Self {
        Self::From(0)
    }
}

impl Places {
    /// Of a stream whose indexes rise, and how long the list must be.
    fn of(events: &[Event]) -> (Self, usize) {
        let (Some(first), Some(last)) = (events.first(), events.last()) else {
            return (Self::default(), 0);
        };
        let span = (last.index() - first.index()).saturating_add(1);
        match usize::try_from(span) {
            Ok(span) if span <= events.len().saturating_mul(ROOM_AN_EVENT) => {
                (Self::From(first.index()), span)
            }
            _ => {
                let indexes = events.iter().map(Event::index).collect();
                (Self::Among(indexes), events.len())
            }
        }
    }

    /// Where the pair of one of the stream's indexes is.
    #[inline(always)]
    fn at(&self, index: u64) -> usize {
        match self {
            Self::From(first) => index.wrapping_sub(*first) as usize,
            Self::Among(indexes) => indexes.binary_search(&index).unwrap_or(usize::MAX),
        }
    }
}

impl DenseIds {
    /// The numbers of a stream whose indexes rise. While it works it takes 8
    /// bytes an event and 32 an id beside what it gives: 8 bytes an event, 32
    /// at most where the stream leaves indexes out. Where it leaves out more
    /// than three of four, each event is searched, which takes a probe time.
    #[must_use]
    pub fn of_stream(events: &[Event]) -> Self {
        let none = DensePair {
            member: DensePair::NONE,
            content: DensePair::NONE,
        };
        let mut pairs = vec![none; events.len()];
        let members = number(events, &mut pairs, member_of, |pair| &mut pair.member);
        let contents = number(events, &mut pairs, content_of, |pair| &mut pair.content);
        let (places, room) = Places::of(events);
        if room > pairs.len() {
            let mut spread = vec![none; room];
            for (event, pair) in events.iter().zip(pairs) {
                spread[places.at(event.index())] = pair;
            }
            pairs = spread;
        }
        Self {
            pairs,
            places,
            events: events.len(),
            members,
            contents,
        }
    }

    /// The numbers of the event at `index`, which must be one of the stream's.
    #[inline(always)]
    #[must_use]
    pub fn of(&self, index: u64) -> DensePair {
        self.pairs[self.places.at(index)]
    }

    /// Events that have numbers.
    #[must_use]
    pub const fn events(&self) -> usize {
        self.events
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
    use crate::event::MAX_INDEX;
    use crate::testing::stream;

    /// A whole stream, a slice of one, one of which every third event is left
    /// out, and one with hardly any left.
    fn streams() -> [Vec<Event>; 4] {
        let all = stream(3, 5_000);
        let some = |keep: fn(&&Event) -> bool| all.iter().filter(keep).copied().collect();
        [
            all.clone(),
            all[4_000..].to_vec(),
            some(|event| event.index() % 3 != 1),
            some(|event| event.index() % 97 == 5),
        ]
    }

    #[test]
    fn a_number_is_the_rank_of_an_id_among_those_that_change() {
        streams().iter().for_each(|events| ranks_are_right(events));
        assert_eq!(DenseIds::of_stream(&[]).events(), 0);
    }

    #[test]
    fn indexes_at_the_ends_of_their_range_have_numbers() {
        let numbered = |indexes: &[u64]| -> Vec<Event> {
            let events = stream(3, indexes.len() as u64);
            let renumbered = events.iter().zip(indexes).map(|(event, &index)| {
                let (actor, content) = ((event.actor, event.segment()), event.content);
                let (kind, undo) = (event.kind(), event.undo());
                Event::new(
                    index,
                    event.at_us,
                    kind,
                    undo,
                    actor,
                    event.recipient,
                    content,
                )
            });
            renumbered.collect()
        };
        let last = MAX_INDEX - 1;
        for indexes in [
            &[0, 1, (1 << 32) - 1, 1 << 32, last][..],
            &[0, last],
            &[last],
        ] {
            ranks_are_right(&numbered(indexes));
        }
    }

    fn ranks_are_right(events: &[Event]) {
        let dense = DenseIds::of_stream(events);
        let sorted = |id_of: fn(&Event) -> Option<u64>| {
            let ids: std::collections::BTreeSet<u64> = events.iter().filter_map(id_of).collect();
            ids.into_iter().collect::<Vec<u64>>()
        };
        let (members, contents) = (sorted(member_of), sorted(content_of));
        assert_eq!(dense.members(), members.len());
        assert_eq!(dense.contents(), contents.len());
        assert_eq!(dense.events(), events.len());
        let found = |ids: &[u64], number: u32| ids.get(number as usize).copied();
        for event in events {
            let pair = dense.of(event.index());
            assert_eq!(found(&members, pair.member), member_of(event));
            assert_eq!(found(&contents, pair.content), content_of(event));
        }
    }
}

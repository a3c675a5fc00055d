//! Bytes of maps and of the states in them: one way to count them for every
//! engine.

use std::iter::Sum;

use parking_lot::Mutex;

use crate::engine::memory_use::MemoryUse;
use crate::state::{Content, Member, StateRef};
use crate::unit::allocation::allocator_overhead;

/// Bytes that maps have asked the allocator for, and what it takes beyond.
#[derive(Clone, Copy, Default, Debug, PartialEq, Eq)]
pub struct Allocated {
    asked: u64,
    beyond: u64,
}

impl Allocated {
    /// One allocation.
    pub const fn once(bytes: u64) -> Self {
        Self::often(1, bytes)
    }

    /// So many allocations of one size.
    pub const fn often(count: u64, bytes: u64) -> Self {
        Self {
            asked: count * bytes,
            beyond: count * allocator_overhead(bytes),
        }
    }
}

impl Sum for Allocated {
    fn sum<I: Iterator<Item = Self>>(all: I) -> Self {
        all.fold(Self::default(), |sum, one| Self {
            asked: sum.asked + one.asked,
            beyond: sum.beyond + one.beyond,
        })
    }
}

/// The bytes that hold state, from `allocated`, which the maps take with
/// their locks; and what each member and each content has on the heap.
#[must_use]
pub fn of_maps(
    allocated: Allocated,
    members: impl Iterator<Item = MemoryUse>,
    contents: impl Iterator<Item = MemoryUse>,
) -> MemoryUse {
    let sized = |size| move |on_heap| (size as u64, on_heap);
    let members = members.map(sized(size_of::<Member>()));
    let contents = contents.map(sized(size_of::<Content>()));
    let mut in_table = 0;
    let mut used = MemoryUse::default();
    for (size, on_heap) in members.chain(contents) {
        in_table += size;
        used = used + on_heap;
    }
    MemoryUse {
        state: in_table,
        slack: 0,
        map: allocated.asked.saturating_sub(in_table),
        allocator: allocated.beyond,
        is_without_map: false,
    } + used
}

/// Of states found by a visit, and of the maps around them; where these can't
/// tell what they have allocated, of the states alone.
#[must_use]
pub fn of_states(
    visit_all: impl FnOnce(&(dyn Fn(StateRef<'_>) + Sync)),
    maps: Option<Allocated>,
) -> MemoryUse {
    let sum = Mutex::new((MemoryUse::default(), 0));
    visit_all(&|state| {
        let (size, on_heap) = match state {
            StateRef::Member(_, state) => (size_of_val(state), of_member(state)),
            StateRef::Content(_, state) => (size_of_val(state), of_content(state)),
        };
        let mut sum = sum.lock();
        *sum = (sum.0 + on_heap, sum.1 + size as u64);
    });
    let (on_heap, in_maps) = sum.into_inner();
    // a map that has less than the states in it can't tell
    let maps = maps.filter(|maps| maps.asked >= in_maps);
    let maps_or_none = maps.unwrap_or(Allocated::once(in_maps));
    on_heap
        + MemoryUse {
            state: in_maps,
            slack: 0,
            map: maps_or_none.asked.saturating_sub(in_maps),
            allocator: if maps.is_some() {
                maps_or_none.beyond
            } else {
                0
            },
            is_without_map: maps.is_none(),
        }
}

/// What a member has on the heap.
pub fn of_member(state: &Member) -> MemoryUse {
    on_heap(state.heap_bytes(), state.heap_overhead())
}

/// What a content has on the heap.
pub fn of_content(state: &Content) -> MemoryUse {
    on_heap(state.heap_bytes(), state.heap_overhead())
}

fn on_heap((used, slack): (u64, u64), overhead: u64) -> MemoryUse {
    MemoryUse {
        state: used,
        slack,
        allocator: overhead,
        ..MemoryUse::default()
    }
}

/// Of locks and whatever else stands beside the tables, in one allocation.
#[must_use]
pub const fn of_locks(bytes: usize) -> MemoryUse {
    MemoryUse {
        state: 0,
        slack: 0,
        map: bytes as u64,
        allocator: allocator_overhead(bytes as u64),
        is_without_map: false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_parts_add_up_to_what_was_allocated() {
        let tables = [10_000, 40].map(Allocated::once).into_iter().sum();
        let heap = [((48, 24), 8), ((24, 72), 16), ((0, 0), 0)];
        let members = heap.map(|(bytes, overhead)| on_heap(bytes, overhead));
        let contents = [MemoryUse::default(); 3];
        let used = of_maps(tables, members.into_iter(), contents.into_iter());
        let in_tables = 3 * size_of::<Member>() + 3 * size_of::<Content>();
        assert_eq!(used.state, in_tables as u64 + 72);
        // 10,008 is rounded up to 10,016, and 48 stays
        assert_eq!(used.allocator, 16 + 8 + 8 + 16);
        assert_eq!(
            used.total() - used.allocator,
            10_000 + 40 + (48 + 24) + (24 + 72)
        );
    }
}

//! The engine `scc`: scc's hash map, a lock for every 32 slots, fed an update
//! at a time.

use scc::HashMap;

use notibench_core::engine::map_memory::{self, Allocated, of_content, of_member};
use notibench_core::engine::{
    Engine, EngineConfig, EngineInfo, Freshness, MemoryUse, Role, Session,
};
use notibench_core::event::{Event, Read};
use notibench_core::read::{Answer, answer_read};
use notibench_core::state::Keyed;
use notibench_core::state::{
    Content, ContentUpdate, Member, MemberUpdate, StateMut, for_each_update,
};
use notibench_core::unit::hash::{SharedHasher, shared_hasher};
use notibench_core::viewing::Views;

/// The map of the states that updates `U` change.
type Map<U> = HashMap<u64, <U as Keyed>::State, SharedHasher>;

/// Two maps of scc.
#[derive(Debug)]
pub struct SccEngine {
    members: Map<MemberUpdate>,
    contents: Map<ContentUpdate>,
    inbox_capacity: usize,
    views: Views,
}

impl Engine for SccEngine {
    const INFO: EngineInfo = EngineInfo {
        name: "scc",
        role: Role::Engine,
        freshness: Freshness::Immediate,
        about: "scc's hash map, a lock for every 32 slots and growth in small steps: for many \
                threads and an even tail; gives up memory in half-filled slots",
    };
    type Session<'engine> = SccSession<'engine>;

    fn build(config: &EngineConfig) -> Self {
        Self {
            members: HashMap::with_hasher(shared_hasher()),
            contents: HashMap::with_hasher(shared_hasher()),
            inbox_capacity: config.inbox_capacity,
            views: config.views.clone(),
        }
    }

    fn session(&self, _: usize) -> SccSession<'_> {
        SccSession { engine: self }
    }

    fn visit_mut(&self, visit: &(dyn Fn(StateMut<'_>) + Sync)) {
        rayon::join(
            || {
                self.members.iter_mut_sync(|mut entry| {
                    let id = *entry.key();
                    visit(StateMut::Member(id, &mut entry));
                    true
                });
            },
            || {
                self.contents.iter_mut_sync(|mut entry| {
                    let id = *entry.key();
                    visit(StateMut::Content(id, &mut entry));
                    true
                });
            },
        );
    }

    fn memory(&self) -> MemoryUse {
        let (mut members, mut contents) = (Vec::new(), Vec::new());
        each(&self.members, |_, state| members.push(of_member(state)));
        each(&self.contents, |_, state| contents.push(of_content(state)));
        let maps = allocated_by(&self.members).into_iter();
        map_memory::of_maps(
            maps.chain(allocated_by(&self.contents)).sum(),
            members.into_iter(),
            contents.into_iter(),
        )
    }
}

/// Shows every id and its state.
fn each<S>(map: &HashMap<u64, S, SharedHasher>, mut show: impl FnMut(u64, &S)) {
    map.iter_sync(|&id, state| {
        show(id, state);
        true
    });
}

/// Bytes that a map has from the allocator, derived from its layout, since it
/// only tells its slots. Slots come in buckets of 32, with a cache line
/// each for lock and tags, and one more to align them; keys and values
/// lie in blocks of 32. States that find their bucket full go to overflow
/// buckets of 4, each with four tags, two links, two bitmaps and 16 bytes for
/// its reclamation. Outgrown slots that still await theirs are not in it.
fn allocated_by<S>(map: &HashMap<u64, S, SharedHasher>) -> [Allocated; 3] {
    const BUCKET: usize = 32;
    const OVERFLOW: usize = 4;
    // a walk moves what an unfinished growth has left in outgrown slots
    each(map, |_, _| {});
    let mut filled = vec![0_usize; map.capacity() / BUCKET];
    each(map, |id, _| filled[map.bucket_index(&id)] += 1);
    let overflows: usize = filled
        .iter()
        .map(|states| states.saturating_sub(BUCKET).div_ceil(OVERFLOW))
        .sum();
    let pair = size_of::<u64>() + size_of::<S>();
    let block = (BUCKET * pair).next_multiple_of(align_of::<u64>());
    let overflow = 48 + (OVERFLOW * pair).next_multiple_of(align_of::<u64>());
    let lines = filled.len() + usize::from(!filled.is_empty());
    [
        Allocated::once((lines * 64) as u64),
        Allocated::once((filled.len() * block) as u64),
        Allocated::often(overflows as u64, overflow as u64),
    ]
}

/// A session of [`SccEngine`].
#[derive(Debug)]
pub struct SccSession<'engine> {
    engine: &'engine SccEngine,
}

/// Applies one update under its bucket's lock: nearly every one finds its
/// state, and looking it up is less work than an entry.
#[inline]
fn apply<U: Keyed>(map: &Map<U>, update: &U, inbox_capacity: usize) {
    let found = map.update_sync(&update.id(), |_, state| {
        update.apply_to(state, inbox_capacity);
    });
    if found.is_none() {
        let mut state = map.entry_sync(update.id()).or_default();
        update.apply_to(&mut state, inbox_capacity);
    }
}

/// Shows the state of `id`, if any, under its bucket's lock.
fn show<S>(map: &HashMap<u64, S, SharedHasher>, id: u64, look: &mut dyn FnMut(Option<&S>)) {
    if map.read_sync(&id, |_, state| look(Some(state))).is_none() {
        look(None);
    }
}

impl Session for SccSession<'_> {
    fn ingest(&mut self, batch: &[Event]) {
        let SccEngine {
            members,
            contents,
            inbox_capacity,
            ..
        } = self.engine;
        for event in batch {
            for_each_update(
                event,
                |update| apply(members, &update, *inbox_capacity),
                |update| apply(contents, &update, *inbox_capacity),
            );
        }
    }

    fn read(&mut self, reads: &[Read], sink: &mut impl FnMut(usize, &Answer)) {
        let SccEngine {
            members, contents, ..
        } = self.engine;
        for (at, read) in reads.iter().enumerate() {
            let answer = answer_read(
                read,
                &self.engine.views,
                |id, look| show::<Member>(members, id, look),
                |id, look| show::<Content>(contents, id, look),
            );
            sink(at, &answer);
        }
    }

    fn finish(self) {}
}

#[cfg(test)]
mod tests {
    use super::*;
    use notibench_core::testing::agrees_with_fold;

    #[test]
    fn agrees_with_the_plain_fold() {
        for threads in [1, 2, 8] {
            agrees_with_fold::<SccEngine>(threads, 100);
        }
    }
}

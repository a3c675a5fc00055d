//! A concurrent map as an engine: what a map must do, and the engine that is
//! made of each.
//!
//! A map brings placement, locking and growth. The state that lies in it, and
//! what an update does to it, are the same for all, so that two maps differ in
//! nothing else.

use crate::engine::map_memory::{self, Allocated};
use crate::engine::{Engine, EngineConfig, EngineInfo, Freshness, MemoryUse, Role, Session};
use crate::event::{Event, Read};
use crate::read::{Answer, answer_read};
use crate::state::{
    Content, ContentUpdate, Keyed, Member, MemberUpdate, StateMut, for_each_update,
};
use crate::viewing::Views;

/// What lies in a map: the state of a member or of a content. A map may move it
/// like any value.
pub trait Value: Default + Send + Sync + 'static {}

impl Value for Member {}
impl Value for Content {}

/// A concurrent map from ids to states. An engine has two of them, one for
/// members and one for contents: [`StoreEngine`].
pub trait Store: Send + Sync + 'static {
    /// Name on the command line and in reports.
    const NAME: &'static str;

    /// When a person would pick it, and what it gives up: one line.
    const ABOUT: &'static str;

    /// A probe's map keeps no state.
    const ROLE: Role = Role::Engine;

    /// Events whose updates are gathered for one [`Store::update_many`]; 1
    /// where a map takes them one by one.
    const TOGETHER: usize = 1;

    /// The map.
    type Map<V: Value>: Send + Sync;

    /// What a worker has of a map during one batch or one group of reads: a
    /// reference, a pin of memory that is not to be reclaimed, or a lock.
    type Pin<'map, V: Value>;

    /// An empty map for `config.threads` workers.
    fn build<V: Value>(config: &EngineConfig) -> Self::Map<V>;

    /// Worker `worker` (`0..config.threads`) begins a batch or a group of reads.
    /// Members are pinned before contents.
    fn pin<V: Value>(map: &Self::Map<V>, worker: usize) -> Self::Pin<'_, V>;

    /// Calls `change` once with the state of `id`, made by `V::default()` where
    /// there is none, while no one else has it.
    fn update<V: Value>(pin: &mut Self::Pin<'_, V>, id: u64, change: impl FnOnce(&mut V));

    /// Calls `look` once with the state of `id`, or with none.
    fn look<V: Value>(pin: &mut Self::Pin<'_, V>, id: u64, look: impl FnOnce(Option<&V>));

    /// Calls `visit` once for each state, from any thread. No pin is held
    /// meanwhile.
    fn visit<V: Value>(map: &Self::Map<V>, visit: &(dyn Fn(u64, &mut V) + Sync));

    /// Bytes that the map has from the allocator, the states in it among them;
    /// none where a map can't tell.
    fn allocated<V: Value>(_map: &Self::Map<V>) -> Option<Allocated> {
        None
    }

    /// Applies the updates of up to [`Store::TOGETHER`] events, each once, in any
    /// order: for maps that overlap their own cache misses.
    #[inline]
    fn update_many<U: Keyed<State: Value>>(
        pin: &mut Self::Pin<'_, U::State>,
        updates: &[U],
        inbox_capacity: usize,
    ) {
        for update in updates {
            Self::update(pin, update.id(), |state| {
                update.apply_to(state, inbox_capacity);
            });
        }
    }
}

/// The engine of a map: one of members and one of contents.
pub struct StoreEngine<S: Store> {
    members: S::Map<Member>,
    contents: S::Map<Content>,
    inbox_capacity: usize,
    views: Views,
}

impl<S: Store> Engine for StoreEngine<S> {
    const INFO: EngineInfo = EngineInfo {
        name: S::NAME,
        role: S::ROLE,
        freshness: Freshness::Immediate,
        about: S::ABOUT,
    };
    type Session<'engine> = StoreSession<'engine, S>;

    fn build(config: &EngineConfig) -> Self {
        Self {
            members: S::build(config),
            contents: S::build(config),
            inbox_capacity: config.inbox_capacity,
            views: config.views.clone(),
        }
    }

    fn session(&self, worker: usize) -> StoreSession<'_, S> {
        StoreSession {
            engine: self,
            worker,
            members: Vec::new(),
            contents: Vec::new(),
        }
    }

    fn visit_mut(&self, visit: &(dyn Fn(StateMut<'_>) + Sync)) {
        rayon::join(
            || {
                S::visit(&self.members, &|id, state| {
                    visit(StateMut::Member(id, state));
                });
            },
            || {
                S::visit(&self.contents, &|id, state| {
                    visit(StateMut::Content(id, state));
                });
            },
        );
    }

    fn memory(&self) -> MemoryUse {
        let maps = S::allocated(&self.members).zip(S::allocated(&self.contents));
        let maps = maps.map(|maps| [maps.0, maps.1].into_iter().sum());
        map_memory::of_states(|visit| self.visit(visit), maps)
    }
}

/// A session of a [`StoreEngine`].
pub struct StoreSession<'engine, S: Store> {
    engine: &'engine StoreEngine<S>,
    worker: usize,
    members: Vec<MemberUpdate>,
    contents: Vec<ContentUpdate>,
}

impl<S: Store> StoreSession<'_, S> {
    /// An update at a time, in the order of the events.
    #[inline]
    fn ingest_singly(&self, batch: &[Event]) {
        let (engine, worker) = (self.engine, self.worker);
        let mut members = S::pin(&engine.members, worker);
        let mut contents = S::pin(&engine.contents, worker);
        for event in batch {
            for_each_update(
                event,
                |update| {
                    S::update(&mut members, update.member, |state| {
                        state.apply(&update, engine.inbox_capacity);
                    });
                },
                |update| S::update(&mut contents, update.content, |state| state.apply(&update)),
            );
        }
    }

    fn gather(&mut self, events: &[Event]) {
        self.members.clear();
        self.contents.clear();
        for event in events {
            for_each_update(
                event,
                |update| self.members.push(update),
                |update| self.contents.push(update),
            );
        }
    }

    /// So many events at a time. What needs no state is done for the first of
    /// them before the maps are pinned, which may be to lock them.
    #[inline]
    fn ingest_together(&mut self, batch: &[Event]) {
        let engine = self.engine;
        let mut chunks = batch.chunks(S::TOGETHER);
        let Some(first) = chunks.next() else { return };
        self.gather(first);
        let mut members = S::pin(&engine.members, self.worker);
        let mut contents = S::pin(&engine.contents, self.worker);
        loop {
            S::update_many(&mut members, &self.members, engine.inbox_capacity);
            S::update_many(&mut contents, &self.contents, engine.inbox_capacity);
            let Some(next) = chunks.next() else { return };
            self.gather(next);
        }
    }
}

impl<S: Store> Session for StoreSession<'_, S> {
    fn ingest(&mut self, batch: &[Event]) {
        if S::TOGETHER > 1 {
            self.ingest_together(batch);
        } else {
            self.ingest_singly(batch);
        }
    }

    fn read(&mut self, reads: &[Read], sink: &mut impl FnMut(usize, &Answer)) {
        let engine = self.engine;
        let mut members = S::pin(&engine.members, self.worker);
        let mut contents = S::pin(&engine.contents, self.worker);
        for (at, read) in reads.iter().enumerate() {
            let answer = answer_read(
                read,
                &engine.views,
                |id, look| S::look(&mut members, id, look),
                |id, look| S::look(&mut contents, id, look),
            );
            sink(at, &answer);
        }
    }

    fn finish(self) {}
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;
    use std::sync::{Mutex, MutexGuard};

    use super::*;
    use crate::testing::{agrees_in_slices, agrees_with_fold};

    /// One lock around the standard library's map, `TOGETHER` events at a time.
    struct OneLock<const TOGETHER: usize>;

    impl<const TOGETHER: usize> Store for OneLock<TOGETHER> {
        const NAME: &'static str = "one-lock";
        const ABOUT: &'static str = "simple; gives up all concurrency";
        const TOGETHER: usize = TOGETHER;
        type Map<V: Value> = Mutex<HashMap<u64, V>>;
        type Pin<'map, V: Value> = MutexGuard<'map, HashMap<u64, V>>;

        fn build<V: Value>(_: &EngineConfig) -> Self::Map<V> {
            Mutex::default()
        }
        fn pin<V: Value>(map: &Self::Map<V>, _: usize) -> Self::Pin<'_, V> {
            map.lock().unwrap()
        }
        fn update<V: Value>(pin: &mut Self::Pin<'_, V>, id: u64, change: impl FnOnce(&mut V)) {
            change(pin.entry(id).or_default());
        }
        fn look<V: Value>(pin: &mut Self::Pin<'_, V>, id: u64, look: impl FnOnce(Option<&V>)) {
            look(pin.get(&id));
        }
        fn visit<V: Value>(map: &Self::Map<V>, visit: &(dyn Fn(u64, &mut V) + Sync)) {
            let mut map = map.lock().unwrap();
            map.iter_mut().for_each(|(id, state)| visit(*id, state));
        }
    }

    #[test]
    fn a_map_agrees_with_the_plain_fold_however_many_events_it_takes_together() {
        for threads in [1, 2, 8] {
            agrees_with_fold::<StoreEngine<OneLock<1>>>(threads, 100);
            agrees_with_fold::<StoreEngine<OneLock<16>>>(threads, 100);
            agrees_with_fold::<StoreEngine<OneLock<{ usize::MAX }>>>(threads, 100);
            agrees_in_slices::<StoreEngine<OneLock<16>>>(threads);
        }
    }
}

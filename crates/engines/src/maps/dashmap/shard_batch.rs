//! Batches of one session among several: updates are grouped by shard, and each
//! shard is locked once for all of them.
//!
//! An update touches two cache lines or more, each of which tells where the next
//! one is: its control byte, its slot, and what is behind the slot. Each is
//! prefetched. Control bytes need no lock, since a hint tells where the table is;
//! where exactly a slot is, only a search under the lock can tell, so that the
//! steps of a shard best overlap with those of the shards before and after it.
//! That holds more locks, each for longer, and so depends on the load
//! ([`ApplyStrategy`]).

use dashmap::RwLockWriteGuard;

use super::batch_history::ApplyStrategy;
use super::shard_groups::{Part, Pending, SHARDS, ShardGroups};
use super::shard_lock::write_lock;
use super::shard_table::{Map, Table, TableHints, apply, likely, place, prepare_slot};
use super::shard_versions::ShardVersions;
use super::split::Split;
use notibench_core::event::Event;
use notibench_core::state::Keyed;
use notibench_core::state::{ContentUpdate, Member, MemberUpdate};
use notibench_core::unit::lock_sweep::{Steps, sweep_in_steps, sweep_overlapped};

/// Finds the shard and the part of each update; prefetches its `CONTROL` byte and
/// the `SLOT` at which its search begins.
#[inline(always)]
pub(super) fn group_by_shard<const CONTROL: bool, const SLOT: bool>(
    groups: &mut ShardGroups,
    split: &Split,
    hints: &TableHints,
    (members, contents): (&Map<MemberUpdate>, &Map<ContentUpdate>),
    batch: &[Event],
) {
    let (of_members, of_contents) = (split.members(), split.contents());
    groups.clear(of_members.len() + of_contents.len());
    for &at in of_members {
        let event = &batch[at as usize];
        let (hash, shard) = place(members, event.recipient);
        if CONTROL {
            hints.members[shard].prefetch_control(hash);
        }
        if SLOT {
            hints.members[shard].prefetch_first_slot::<MemberUpdate>(hash);
        }
        // without a branch: the kind of an event is unpredictable
        let is_engaged = usize::from(Member::is_engaged_by(event.stamp()));
        let part = [Part::Views, Part::Engagement][is_engaged];
        groups.push(part, shard, hash, at);
    }
    for &at in of_contents {
        let (hash, shard) = place(contents, batch[at as usize].content);
        if CONTROL {
            hints.contents[shard].prefetch_control(hash);
        }
        if SLOT {
            hints.contents[shard].prefetch_first_slot::<ContentUpdate>(hash);
        }
        groups.push(Part::Contents, shard, hash, at);
    }
}

/// An update that is grouped.
pub(super) trait GroupedUpdate: Keyed {
    /// Those that change a count in the slot.
    const NEAR: Part;
    /// Those that look behind it, if any do.
    const BEHIND: Option<Part>;

    /// The update that an event makes.
    fn of(event: &Event) -> Self;

    /// Updates the hint of a shard's table.
    fn update_hint(hints: &mut TableHints, shard: usize, table: &Table<Self>);
}

impl GroupedUpdate for MemberUpdate {
    const NEAR: Part = Part::Views;
    const BEHIND: Option<Part> = Some(Part::Engagement);

    #[inline(always)]
    fn of(event: &Event) -> Self {
        Self::of(event)
    }

    #[inline(always)]
    fn update_hint(hints: &mut TableHints, shard: usize, table: &Table<Self>) {
        hints.update_members(shard, table);
    }
}

impl GroupedUpdate for ContentUpdate {
    const NEAR: Part = Part::Contents;
    const BEHIND: Option<Part> = None;

    #[inline(always)]
    fn of(event: &Event) -> Self {
        Self::of(event)
    }

    #[inline(always)]
    fn update_hint(hints: &mut TableHints, shard: usize, table: &Table<Self>) {
        hints.update_contents(shard, table);
    }
}

/// What a batch does to one map, shard by shard.
pub(super) struct ShardBatch<'a, U: GroupedUpdate> {
    pub(super) map: &'a Map<U>,
    pub(super) versions: &'a ShardVersions,
    pub(super) inbox_capacity: usize,
    pub(super) batch: &'a [Event],
    pub(super) groups: &'a ShardGroups,
    pub(super) hints: &'a mut TableHints,
    pub(super) strategy: ApplyStrategy,
}

impl<U: GroupedUpdate> ShardBatch<'_, U> {
    /// Applies all updates, the shards in a sweep that begins at `first`.
    #[inline(always)]
    pub(super) fn apply_all(&mut self, first: usize) {
        let shards = match U::BEHIND {
            Some(behind) => self.groups.shards(&[U::NEAR, behind]),
            None => self.groups.shards(&[U::NEAR]),
        };
        if self.strategy == ApplyStrategy::Overlapped {
            sweep_overlapped(shards, (first, SHARDS), self);
        } else {
            sweep_in_steps(shards, (first, SHARDS), self);
        }
    }

    #[inline(always)]
    fn update(&self, pending: Pending) -> U {
        U::of(&self.batch[pending.at as usize])
    }

    #[inline(always)]
    fn near(&self, shard: usize) -> impl Iterator<Item = Pending> {
        self.groups.of(U::NEAR, shard)
    }

    #[inline(always)]
    fn behind(&self, shard: usize) -> impl Iterator<Item = Pending> {
        self.groups.of_any(U::BEHIND, shard)
    }

    #[inline(always)]
    fn prepare(&self, table: &mut Table<U>, pending: Pending) {
        let id = || self.update(pending).id();
        prepare_slot::<U>(table, pending.hash, id, self.map.hasher());
    }

    #[inline(always)]
    fn apply(&self, table: &mut Table<U>, pending: Pending) {
        let (update, hasher) = (self.update(pending), self.map.hasher());
        apply(table, pending.hash, &update, self.inbox_capacity, hasher);
    }
}

impl<'a, U: GroupedUpdate> Steps for ShardBatch<'a, U> {
    type Locked = RwLockWriteGuard<'a, Table<U>>;

    #[inline(always)]
    fn lock(&mut self, shard: usize, wait: bool) -> Option<Self::Locked> {
        let lock = &self.map.shards()[shard];
        let mut table = if wait {
            write_lock(lock)
        } else {
            lock.try_write()?
        };
        self.versions.invalidate(shard);
        for pending in self.near(shard) {
            self.prepare(&mut table, pending);
        }
        for pending in self.behind(shard) {
            self.prepare(&mut table, pending);
        }
        Some(table)
    }

    /// Applies what changes a count in the slot, while what is behind the
    /// others' slots arrives.
    #[inline(always)]
    fn begin(&mut self, shard: usize, table: &mut Self::Locked) {
        for pending in self.behind(shard) {
            if let Some(state) = likely::<U>(table, pending.hash) {
                self.update(pending).prefetch_behind(state);
            }
        }
        for pending in self.near(shard) {
            self.apply(table, pending);
        }
        for pending in self.behind(shard) {
            if let Some(state) = likely::<U>(table, pending.hash) {
                self.update(pending).prefetch_further(state);
            }
        }
    }

    #[inline(always)]
    fn end(&mut self, shard: usize, mut table: Self::Locked) {
        for pending in self.behind(shard) {
            self.apply(&mut table, pending);
        }
        U::update_hint(self.hints, shard, &table);
    }
}

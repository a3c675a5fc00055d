//! Batches of one session among several: updates are grouped by shard, and
//! each shard is locked once for all of them. Imports the shared state.
//!
//! An update looks at two lines or more, each of which tells where the next one
//! is: its control byte, its slot, and what is behind the slot. Each is asked
//! for ahead. The control bytes need no lock, since a table's place is known from
//! before; where exactly a slot is, only a search under the lock can tell, so
//! that the steps of a shard best overlap with those of the shards before and
//! after it. That takes more locks, each for longer: how it is done depends on
//! what else goes on ([`Manner`]).

use dashmap::RwLockWriteGuard;

use super::batch_history::Manner;
use super::shard_groups::{Grouping, Part, Pending, SHARDS};
use super::shard_table::{Map, Sightings, Table, apply, likely, place, prefetch_slot, write_lock};
use super::shard_versions::Versions;
use super::split::Split;
use crate::engine::shared::keyed_table::Keyed;
use crate::engine::shared::lock_sweep::{
    Steps, each_part_in_overlapping_steps, each_part_in_steps,
};
use crate::engine::state::{ContentUpdate, Member, MemberUpdate};
use crate::event::Event;

/// Finds the shard and the part of each update; asks for its `CONTROL` byte, and
/// for the `SLOT` at which its search begins.
#[inline(always)]
pub(super) fn group<const CONTROL: bool, const SLOT: bool>(
    grouping: &mut Grouping,
    split: &Split,
    sightings: &Sightings,
    (members, contents): (&Map<MemberUpdate>, &Map<ContentUpdate>),
    batch: &[Event],
) {
    let (of_members, of_contents) = (split.members(), split.contents());
    grouping.clear(of_members.len() + of_contents.len());
    for &at in of_members {
        let event = &batch[at as usize];
        let (hash, shard) = place(members, event.recipient);
        if CONTROL {
            sightings.members[shard].prefetch_control(hash);
        }
        if SLOT {
            sightings.members[shard].prefetch_first_slot::<MemberUpdate>(hash);
        }
        // without a branch: nobody can predict what an event is
        let is_engaged = usize::from(Member::is_engaged_by(event.stamp()));
        let part = [Part::Views, Part::Engagement][is_engaged];
        grouping.push(part, shard, hash, at);
    }
    for &at in of_contents {
        let (hash, shard) = place(contents, batch[at as usize].content);
        if CONTROL {
            sightings.contents[shard].prefetch_control(hash);
        }
        if SLOT {
            sightings.contents[shard].prefetch_first_slot::<ContentUpdate>(hash);
        }
        grouping.push(Part::Contents, shard, hash, at);
    }
}

/// An update that is grouped.
pub(super) trait Grouped: Keyed {
    /// Those that change a count in the slot.
    const NEAR: Part;
    /// Those that look behind it, if any do.
    const BEHIND: Option<Part>;

    /// The update that an event makes.
    fn of(event: &Event) -> Self;

    /// Remembers where a shard's table is.
    fn sight(sightings: &mut Sightings, shard: usize, table: &Table<Self>);
}

impl Grouped for MemberUpdate {
    const NEAR: Part = Part::Views;
    const BEHIND: Option<Part> = Some(Part::Engagement);

    #[inline(always)]
    fn of(event: &Event) -> Self {
        Self::of(event)
    }

    #[inline(always)]
    fn sight(sightings: &mut Sightings, shard: usize, table: &Table<Self>) {
        sightings.sight_members(shard, table);
    }
}

impl Grouped for ContentUpdate {
    const NEAR: Part = Part::Contents;
    const BEHIND: Option<Part> = None;

    #[inline(always)]
    fn of(event: &Event) -> Self {
        Self::of(event)
    }

    #[inline(always)]
    fn sight(sightings: &mut Sightings, shard: usize, table: &Table<Self>) {
        sightings.sight_contents(shard, table);
    }
}

/// What a batch does to one map, shard by shard.
pub(super) struct InShards<'a, U: Grouped> {
    pub(super) map: &'a Map<U>,
    pub(super) versions: &'a Versions,
    pub(super) inbox_capacity: usize,
    pub(super) batch: &'a [Event],
    pub(super) grouping: &'a Grouping,
    pub(super) sightings: &'a mut Sightings,
    pub(super) manner: Manner,
    /// States less those of the tables that are being worked at; in the end
    /// those that are new.
    pub(super) new: usize,
}

impl<U: Grouped> InShards<'_, U> {
    /// Applies all updates, the shards in a round that begins at `first`.
    /// Returns how many made a new state.
    #[inline(always)]
    pub(super) fn apply_all(&mut self, first: usize) -> usize {
        let shards = match U::BEHIND {
            Some(behind) => self.grouping.shards(&[U::NEAR, behind]),
            None => self.grouping.shards(&[U::NEAR]),
        };
        if self.manner == Manner::Calm {
            each_part_in_overlapping_steps(shards, (first, SHARDS), self);
        } else {
            each_part_in_steps(shards, (first, SHARDS), self);
        }
        self.new
    }

    #[inline(always)]
    fn update(&self, pending: Pending) -> U {
        U::of(&self.batch[pending.at as usize])
    }

    #[inline(always)]
    fn near(&self, shard: usize) -> impl Iterator<Item = Pending> {
        self.grouping.of(U::NEAR, shard)
    }

    #[inline(always)]
    fn behind(&self, shard: usize) -> impl Iterator<Item = Pending> {
        self.grouping.of_any(U::BEHIND, shard)
    }

    #[inline(always)]
    fn apply(&self, table: &mut Table<U>, pending: Pending) {
        let (update, hasher) = (self.update(pending), self.map.hasher());
        apply(table, pending.hash, &update, self.inbox_capacity, hasher);
    }
}

impl<'a, U: Grouped> Steps for InShards<'a, U> {
    type Locked = RwLockWriteGuard<'a, Table<U>>;

    #[inline(always)]
    fn lock(&mut self, shard: usize, wait: bool) -> Option<Self::Locked> {
        let lock = &self.map.shards()[shard];
        let table = if wait {
            write_lock(lock)
        } else {
            lock.try_write()?
        };
        self.versions.change(shard);
        if self.manner != Manner::Growing {
            for pending in self.near(shard) {
                prefetch_slot::<U>(&table, pending.hash);
            }
            for pending in self.behind(shard) {
                prefetch_slot::<U>(&table, pending.hash);
            }
        }
        self.new = self.new.wrapping_sub(table.len());
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
        self.new = self.new.wrapping_add(table.len());
        U::sight(self.sightings, shard, &table);
    }
}

//! A worker's session: folds into its own tables, reads from them and from what
//! was merged before, and helps to merge.

use std::mem;

use super::engine::{FoldReduceEngine, Folded, PARTS, Part};
use crate::shared::keyed_table::KeyedTable;
use crate::shared::tables::Tables;
use crate::shared::updates::{Updates, apply_all};
use notibench_core::engine::Session;
use notibench_core::event::{Event, Read};
use notibench_core::read::{Answer, answer_read};
use notibench_core::state::{Content, Member};
use notibench_core::unit::hash::hash_id;
use notibench_core::unit::hash_bits::part_of;

/// Events whose updates are held at a time; a larger batch is cut.
const LARGEST_HELD: usize = 4096;

/// A session of [`FoldReduceEngine`]. Dropping it without finishing loses
/// what it has folded.
#[derive(Debug)]
pub struct FoldReduceSession<'engine> {
    engine: &'engine FoldReduceEngine,
    folded: Folded,
    updates: Updates,
    /// Whether there was anything merged when the session was opened, and so
    /// something to read beside its own.
    reads_merged: bool,
    has_finished: bool,
}

impl<'engine> FoldReduceSession<'engine> {
    pub(super) fn open(engine: &'engine FoldReduceEngine) -> Self {
        engine.barrier.open();
        Self {
            engine,
            folded: Folded::default(),
            updates: Updates::default(),
            reads_merged: engine.barrier.was_released(),
            has_finished: false,
        }
    }

    /// Shows the state of `id` as far as this session knows it: what was
    /// merged before, and what it has folded itself.
    fn show<S: Clone>(
        &self,
        id: u64,
        own: &[KeyedTable<S>],
        merged: impl FnOnce(&Part) -> &KeyedTable<S>,
        merge: impl FnOnce(&mut S, &S),
        look: &mut dyn FnMut(Option<&S>),
    ) {
        let hash = hash_id(&self.engine.hasher, id);
        let part = part_of::<PARTS>(hash);
        let own = own[part].get(hash, id);
        if !self.reads_merged {
            return look(own);
        }
        let part = self.engine.parts[part].lock();
        match (merged(&part).get(hash, id), own) {
            (Some(before), Some(own)) => {
                let mut both = before.clone();
                drop(part);
                merge(&mut both, own);
                look(Some(&both));
            }
            (before, own) => look(before.or(own)),
        }
    }
}

impl Session for FoldReduceSession<'_> {
    fn ingest(&mut self, batch: &[Event]) {
        let inbox_capacity = self.engine.inbox_capacity;
        let Folded { members, contents } = &mut self.folded;
        for held in batch.chunks(LARGEST_HELD) {
            self.updates.add(held, &self.engine.hasher);
            apply_all(
                members,
                part_of::<PARTS>,
                &self.updates.members,
                inbox_capacity,
            );
            apply_all(
                contents,
                part_of::<PARTS>,
                &self.updates.contents,
                inbox_capacity,
            );
            self.updates.clear();
        }
    }

    fn read(&mut self, reads: &[Read], sink: &mut impl FnMut(usize, &Answer)) {
        let inbox_capacity = self.engine.inbox_capacity;
        let Folded { members, contents } = &self.folded;
        for (at, read) in reads.iter().enumerate() {
            let answer = answer_read(
                read,
                &self.engine.views,
                |id, look| {
                    let merge = |mine: &mut Member, own: &_| mine.merge(own, inbox_capacity);
                    self.show(id, members, |part| &part.merged.members, merge, look);
                },
                |id, look| {
                    let merge = Content::merge;
                    self.show(id, contents, |part| &part.merged.contents, merge, look);
                },
            );
            sink(at, &answer);
        }
    }

    /// Hands in what was folded, waits until every open session has, then
    /// merges with the others.
    fn finish(mut self) {
        let Folded { members, contents } = mem::take(&mut self.folded);
        let tables = members.into_iter().zip(contents);
        for (part, (members, contents)) in self.engine.parts.iter().zip(tables) {
            if members.len() + contents.len() > 0 {
                part.lock().waiting.push(Tables { members, contents });
            }
        }
        self.has_finished = true;
        if self.engine.barrier.arrive() {
            self.engine.merge();
            self.engine.barrier.leave(|| ());
        }
    }
}

impl Drop for FoldReduceSession<'_> {
    /// Lets the others not wait for a session that will not finish.
    fn drop(&mut self) {
        if !self.has_finished {
            self.engine.barrier.abandon();
        }
    }
}

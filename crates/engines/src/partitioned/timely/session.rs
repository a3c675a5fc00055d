//! A worker's session: a thread of its own that is a worker of timely dataflow,
//! too.

use std::sync::Arc;

use super::engine::TimelyEngine;
use super::flow::Flow;
use super::words::ViewUpdate;
use notibench_core::engine::Session;
use notibench_core::event::{Event, Read};
use notibench_core::read::{Answer, answer_read};
use notibench_core::state::for_each_update;
use notibench_core::unit::hash::hash_id;
use notibench_core::unit::hash_bits::owner_of;

/// A session of [`TimelyEngine`]. Its part of the dataflow is built when it
/// first ingests, since that waits for the other workers' parts.
pub struct TimelySession<'engine> {
    engine: &'engine TimelyEngine,
    worker: usize,
    flow: Option<Flow>,
    has_finished: bool,
}

impl<'engine> TimelySession<'engine> {
    pub(super) const fn new(engine: &'engine TimelyEngine, worker: usize) -> Self {
        Self {
            engine,
            worker,
            flow: None,
            has_finished: false,
        }
    }

    /// Takes part in the dataflow to its end, so that no other worker waits for
    /// this one; not where the run ends early.
    fn complete(&mut self) {
        let shared = &self.engine.shared;
        self.has_finished = true;
        if shared.stop.is_set() {
            return;
        }
        let flow = self.flow.take();
        flow.unwrap_or_else(|| self.engine.flow(self.worker))
            .finish(shared);
    }
}

impl Session for TimelySession<'_> {
    fn ingest(&mut self, batch: &[Event]) {
        let shared = Arc::clone(&self.engine.shared);
        let flow = self
            .flow
            .get_or_insert_with(|| self.engine.flow(self.worker));
        for event in batch {
            let Flow {
                members,
                views,
                contents,
                ..
            } = &mut *flow;
            for_each_update(
                event,
                |update| match ViewUpdate::of(update) {
                    Some(view) => views.send(&shared, &view),
                    None => members.send(&shared, &update),
                },
                |update| contents.send(&shared, &update),
            );
        }
        flow.ingested(batch.len(), &shared);
    }

    /// Answers from what the workers have folded so far: from the parts of this
    /// process themselves, or by asking those of the others.
    fn read(&mut self, reads: &[Read], sink: &mut impl FnMut(usize, &Answer)) {
        let (shared, views) = (&self.engine.shared, &self.engine.views);
        if self.engine.is_of_cluster {
            let flow = self
                .flow
                .get_or_insert_with(|| self.engine.flow(self.worker));
            if let Some(answers) = flow.ask(reads) {
                let answers = answers.iter().enumerate();
                return answers.for_each(|(at, answer)| sink(at, answer));
            }
        }
        let part_of = |id| {
            let hash = hash_id(&shared.hasher, id);
            (hash, &shared.parts[owner_of(hash, shared.peers)])
        };
        for (at, read) in reads.iter().enumerate() {
            let answer = answer_read(
                read,
                views,
                |id, look| {
                    let (hash, part) = part_of(id);
                    look(part.lock().members.get(hash, id));
                },
                |id, look| {
                    let (hash, part) = part_of(id);
                    look(part.lock().contents.get(hash, id));
                },
            );
            sink(at, &answer);
        }
    }

    fn pause(&mut self) {
        let shared = Arc::clone(&self.engine.shared);
        self.flow
            .get_or_insert_with(|| self.engine.flow(self.worker))
            .pause(&shared);
    }

    fn finish(mut self) {
        self.complete();
    }
}

impl Drop for TimelySession<'_> {
    /// Lets the others not wait for a session that will not finish.
    fn drop(&mut self) {
        if !self.has_finished && !std::thread::panicking() {
            self.complete();
        }
    }
}

//! Passes of a stream through an engine that is warm, for benchmarks by other
//! tools: what is timed is what a trial times, the sessions' `finish` included.

use std::hint::black_box;
use std::ops::Range;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, OnceLock};
use std::time::{Duration, Instant};

use notibench_core::engine::dense_ids::DenseIds;
use notibench_core::engine::{Engine, EngineConfig, Session};
use notibench_core::event::{Event, Read};
use notibench_core::proof::{fold_on_threads, on_every_session};
use notibench_workload::Workload;
use notibench_workload::generator::{Generator, ReadStream};

/// How passes are made.
#[derive(Clone, Copy, Debug)]
pub struct PassPlan {
    /// Sessions, each on a thread of its own; at least 1.
    pub threads: usize,
    /// Events of one ingest call; at least 1.
    pub batch: usize,
    /// Events that the engine folds before the first pass.
    pub warm_events: u64,
    /// Events of one pass.
    pub pass_events: u64,
    /// Passes over different events; then they begin again.
    pub passes: u64,
    /// Whether the workload's reads are asked between its events.
    pub reads: bool,
}

/// A stream, cut into passes.
#[derive(Debug)]
pub struct Passes {
    plan: PassPlan,
    events: Vec<Event>,
    read_stream: ReadStream,
    reads: Vec<Read>,
    dense: OnceLock<Arc<DenseIds>>,
}

/// An engine that has folded a stream's beginning, and goes on with its passes.
/// Each view counts, and no member has set anything.
#[derive(Debug)]
pub struct Warm<'a, E> {
    passes: &'a Passes,
    config: EngineConfig,
    engine: E,
    next: u64,
}

impl Passes {
    /// Of a workload's stream; 40 bytes an event, 16 a read.
    ///
    /// # Panics
    /// Where the plan has no thread, batch, event or pass.
    #[must_use]
    pub fn new(workload: &Workload, plan: PassPlan) -> Self {
        assert!(plan.threads > 0 && plan.batch > 0, "{plan:?}");
        assert!(plan.pass_events > 0 && plan.passes > 0, "{plan:?}");
        let events = plan.warm_events + plan.pass_events * plan.passes;
        let read_stream = ReadStream::new(workload, workload.seed);
        let reads = if plan.reads {
            read_stream.reads(0..read_stream.due_before(events))
        } else {
            Vec::new()
        };
        Self {
            plan,
            events: Generator::new(workload, workload.seed).events(0..events),
            read_stream,
            reads,
            dense: OnceLock::new(),
        }
    }

    /// A warm engine.
    ///
    /// # Errors
    /// Where a session panics: its message.
    pub fn warm<E: Engine>(&self) -> Result<Warm<'_, E>, String> {
        let mut config = EngineConfig::new(self.plan.threads);
        let number = || Arc::new(DenseIds::of_stream(&self.events));
        config.dense = E::NEEDS_DENSE_IDS.then(|| Arc::clone(self.dense.get_or_init(number)));
        let engine = E::build(&config);
        let before = &self.events[..self.plan.warm_events as usize];
        fold_on_threads(&engine, &config, before, self.plan.batch)?;
        Ok(Warm {
            passes: self,
            config,
            engine,
            next: 0,
        })
    }

    /// The reads that fall due while the events of `range` are ingested.
    fn reads_in(&self, range: &Range<u64>) -> &[Read] {
        if self.reads.is_empty() {
            return &[];
        }
        let due = |index| self.read_stream.due_before(index) as usize;
        &self.reads[due(range.start)..due(range.end)]
    }

    /// A worker's batches of the pass that begins at `start`.
    fn batches(&self, start: u64, worker: usize) -> impl Iterator<Item = Range<u64>> {
        let PassPlan { threads, batch, .. } = self.plan;
        let end = start + self.plan.pass_events;
        let firsts = (start..end).step_by(batch).skip(worker).step_by(threads);
        firsts.map(move |first| first..end.min(first + batch as u64))
    }
}

impl<E: Engine> Warm<'_, E> {
    /// Makes so many passes; the time that they took, each from the first
    /// session's first batch to the end of the last session's `finish`.
    ///
    /// # Errors
    /// Where a session panics: its message.
    pub fn time(&mut self, passes: u64) -> Result<Duration, String> {
        (0..passes).map(|_| self.pass()).sum()
    }

    fn pass(&mut self) -> Result<Duration, String> {
        let PassPlan {
            warm_events,
            pass_events,
            passes,
            threads,
            ..
        } = self.passes.plan;
        let start = warm_events + self.next % passes * pass_events;
        self.next += 1;
        let (ready, spans) = (AtomicUsize::new(0), Mutex::new(Vec::new()));
        on_every_session(&self.engine, &self.config, |worker, mut session| {
            ready.fetch_add(1, Ordering::AcqRel);
            // a session that panicked while it was opened never is
            while ready.load(Ordering::Acquire) < threads && !self.config.stop.is_set() {
                std::thread::yield_now();
            }
            let began = Instant::now();
            for range in self.passes.batches(start, worker) {
                session.ingest(&self.passes.events[range.start as usize..range.end as usize]);
                let reads = self.passes.reads_in(&range);
                if !reads.is_empty() {
                    session.read(reads, &mut |at, answer| {
                        black_box((at, answer));
                    });
                }
            }
            session.finish();
            let ended = Instant::now();
            spans
                .lock()
                .map_err(|e| e.to_string())?
                .push((began, ended));
            Ok(())
        })?;
        let spans = spans.into_inner().map_err(|error| error.to_string())?;
        let began = spans.iter().map(|span| span.0).min();
        let ended = spans.iter().map(|span| span.1).max();
        Ok(began
            .zip(ended)
            .map_or(Duration::ZERO, |(began, ended)| ended - began))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use notibench_core::engine::Role;
    use notibench_core::oracle::Oracle;
    use notibench_core::proof::check_snapshot;
    use notibench_engines::registry::{ENTRIES, EngineVisitor, dispatch};
    use std::path::Path;

    /// Makes passes with an engine, then compares its state with the oracle's.
    struct AsTheOracle<'a>(&'a Passes);

    impl EngineVisitor for AsTheOracle<'_> {
        type Output = ();

        fn visit<E: Engine>(self) {
            let Self(passes) = self;
            let mut warm = passes.warm::<E>().unwrap();
            let mut oracle = Oracle::new(warm.config.inbox_capacity);
            let (before, rest) = passes.events.split_at(passes.plan.warm_events as usize);
            oracle.fold_all(before);
            // the third pass is the first again
            assert!(warm.time(2).unwrap() > Duration::ZERO);
            assert!(warm.time(1).unwrap() > Duration::ZERO);
            oracle.fold_all(rest);
            oracle.fold_all(&rest[..passes.plan.pass_events as usize]);
            if E::INFO.role != Role::Probe {
                check_snapshot(&warm.engine, oracle.digest(), || oracle.snapshot())
                    .expect(E::INFO.name);
            }
        }
    }

    #[test]
    fn passes_leave_what_their_events_come_to() {
        let path = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../.."))
            .join("workloads/smoke/read_heavy.toml");
        let (workload, _) = Workload::load(&path).unwrap();
        for (threads, reads) in [(1, false), (2, true)] {
            let plan = PassPlan {
                threads,
                batch: 64,
                warm_events: 700,
                pass_events: 500,
                passes: 2,
                reads,
            };
            let passes = Passes::new(&workload, plan);
            assert_eq!(passes.reads.is_empty(), !reads);
            let dealt = (0..threads).flat_map(|worker| passes.batches(700, worker));
            assert_eq!(dealt.map(|range| range.end - range.start).sum::<u64>(), 500);
            for info in ENTRIES {
                dispatch(info.name, AsTheOracle(&passes)).unwrap();
            }
        }
    }
}

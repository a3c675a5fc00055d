//! Every engine's hot path: batches of 1,024 into warm state, one session on
//! one core, at three sizes. Whole runs with several threads, growth and
//! reads are `notibench run`'s.

mod common;

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use notibench::engine::registry::{ENTRIES, EngineVisitor, dispatch};
use notibench::engine::{Engine, EngineConfig, Session};
use notibench::event::Event;
use notibench::generator::Generator;

const BATCH: usize = 1_024;

/// Measures one engine in one group.
struct HotPath<'a, 'g> {
    group: &'a mut criterion::BenchmarkGroup<'g, criterion::measurement::WallTime>,
    members: u64,
    warm: &'a [Event],
    events: &'a [Event],
}

impl EngineVisitor for HotPath<'_, '_> {
    type Output = ();

    fn visit<E: Engine>(self) {
        // the limit probes count the whole of a stream from its start
        if E::NEEDS_DENSE_IDS {
            return;
        }
        let id = BenchmarkId::new(E::INFO.name, self.members);
        let mut batches = self.events.chunks_exact(BATCH).cycle();
        // built only where the filter of the command line lets it run
        let mut built = None;
        self.group.bench_function(id, |bencher| {
            let engine = built.get_or_insert_with(|| {
                let engine = E::build(&EngineConfig::new(1));
                let mut session = engine.session(0);
                self.warm
                    .chunks(BATCH)
                    .for_each(|batch| session.ingest(batch));
                session.finish();
                engine
            });
            let mut session = engine.session(0);
            bencher.iter(|| {
                if let Some(batch) = batches.next() {
                    session.ingest(batch);
                }
            });
            session.finish();
        });
    }
}

fn hot_path(criterion: &mut Criterion) {
    let (warm, measured) = if common::only_tested() {
        (10_240, 10_240)
    } else {
        (10_000_000, 4_096_000)
    };
    for &members in common::member_counts() {
        let workload = common::steady_week(members);
        let stream = Generator::new(&workload, workload.seed);
        let events = stream.events(0..warm + measured);
        let (warm, events) = events.split_at(warm as usize);
        let mut group = criterion.benchmark_group("engine");
        group.throughput(Throughput::Elements(BATCH as u64));
        for info in ENTRIES {
            let visitor = HotPath {
                group: &mut group,
                members,
                warm,
                events,
            };
            dispatch(info.name, visitor);
        }
        group.finish();
    }
}

criterion_group! {
    name = benches;
    config = Criterion::default().sample_size(30);
    targets = hot_path
}
criterion_main!(benches);

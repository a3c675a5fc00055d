//! Every engine's passes over warm state, `finish` included: one session at
//! three sizes; as many as processors; and with reads. An engine of one's own
//! joins by `Passes`, too (docs/ADDING-AN-ENGINE.md). Whole runs, and growth,
//! are `notibench run`'s.

mod common;

use criterion::measurement::WallTime;
use criterion::{
    BenchmarkGroup, BenchmarkId, Criterion, Throughput, criterion_group, criterion_main,
};
use notibench_core::engine::Engine;
use notibench_engines::registry::{ENTRIES, EngineVisitor, dispatch};
use notibench_harness::{PassPlan, Passes};

/// Measures one engine in one group.
struct Timed<'a, 'g> {
    group: &'a mut BenchmarkGroup<'g, WallTime>,
    parameters: &'a str,
    passes: &'a Passes,
}

impl EngineVisitor for Timed<'_, '_> {
    type Output = ();

    fn visit<E: Engine>(self) {
        let Self {
            group,
            parameters,
            passes,
        } = self;
        // warmed only where the filter of the command line lets it run
        let mut warm = None;
        group.bench_function(BenchmarkId::new(E::INFO.name, parameters), |bencher| {
            let warm = warm.get_or_insert_with(|| passes.warm::<E>().expect(E::INFO.name));
            bencher.iter_custom(|count| warm.time(count).expect(E::INFO.name));
        });
    }
}

/// One group: every engine, over the passes of a plan.
fn group(criterion: &mut Criterion, name: &str, members: u64, (threads, reads): (usize, bool)) {
    let (warm_events, pass_events, passes) = if common::only_tested() {
        (10_240, 4_096, 2)
    } else {
        (10_000_000, 262_144, 16)
    };
    let plan = PassPlan {
        threads,
        batch: 1_024,
        warm_events,
        pass_events,
        passes,
        reads,
    };
    let workload = common::steady_week(members);
    let passes = Passes::new(&workload, plan);
    let mut parameters = common::members(members);
    if threads > 1 {
        parameters += &format!(",threads={threads}");
    }
    if reads {
        parameters += &format!(",reads={}", workload.reads.per_event);
    }
    let mut group = criterion.benchmark_group(name);
    group.throughput(Throughput::Elements(pass_events));
    for info in ENTRIES {
        let timed = Timed {
            group: &mut group,
            parameters: &parameters,
            passes: &passes,
        };
        dispatch(info.name, timed);
    }
    group.finish();
}

fn alone(criterion: &mut Criterion) {
    for &members in common::member_counts() {
        group(criterion, "engine", members, (1, false));
    }
}

fn with_threads(criterion: &mut Criterion) {
    let processors = std::thread::available_parallelism().map_or(2, usize::from);
    let members = common::middle_member_count();
    group(
        criterion,
        "engine with threads",
        members,
        (processors.max(2), false),
    );
}

fn with_reads(criterion: &mut Criterion) {
    let members = common::middle_member_count();
    group(criterion, "engine with reads", members, (1, true));
}

criterion_group! {
    name = benches;
    config = Criterion::default().sample_size(30);
    targets = alone, with_threads, with_reads
}
criterion_main!(benches);

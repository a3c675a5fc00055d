//! The classifier: the policy as a match, and as the table of the hot path.

mod common;

use std::hint::black_box;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use notibench_core::policy::{classify, effect_of};
use notibench_workload::generator::Generator;

const EVENTS: u64 = 65_536;

fn classifier(criterion: &mut Criterion) {
    let workload = common::steady_week(10_000);
    let events = Generator::new(&workload, workload.seed).events(0..EVENTS);
    let mut group = criterion.benchmark_group("classifier");
    group.throughput(Throughput::Elements(EVENTS));
    group.bench_function("match", |bencher| {
        bencher.iter(|| {
            for event in &events {
                black_box(classify(event.kind(), event.undo(), event.is_self_action()));
            }
        });
    });
    group.bench_function("table", |bencher| {
        bencher.iter(|| {
            for event in &events {
                black_box(effect_of(event));
            }
        });
    });
    group.finish();
}

criterion_group!(benches, classifier);
criterion_main!(benches);

//! What measuring costs: reading the clock, recording a value, merging.

use std::hint::black_box;
use std::time::Instant;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use notibench_core::unit::mix::counter_word;
use notibench_record::stats::ServiceHistogram;

const VALUES: u64 = 4_096;

fn recorder(criterion: &mut Criterion) {
    let values: Vec<u64> = (0..VALUES)
        .map(|i| 500 + (counter_word(1, i) >> 44))
        .collect();
    let mut group = criterion.benchmark_group("recorder");
    group.throughput(Throughput::Elements(1));
    group.bench_function("clock reading", |bencher| bencher.iter(Instant::now));
    group.throughput(Throughput::Elements(VALUES));
    group.bench_function("record", |bencher| {
        let mut histogram = ServiceHistogram::new();
        bencher.iter(|| {
            for &value in &values {
                histogram.record(value);
            }
        });
        black_box(histogram.count());
    });
    group.bench_function("clock pair and record", |bencher| {
        let mut histogram = ServiceHistogram::new();
        bencher.iter(|| {
            for _ in 0..VALUES {
                let start = Instant::now();
                histogram.record(start.elapsed().as_nanos() as u64);
            }
        });
        black_box(histogram.count());
    });
    group.throughput(Throughput::Elements(1));
    group.bench_function("merge", |bencher| {
        let mut part = ServiceHistogram::new();
        values.iter().for_each(|&value| part.record(value));
        let mut whole = ServiceHistogram::new();
        bencher.iter(|| whole.merge(&part));
    });
    group.finish();
}

criterion_group!(benches, recorder);
criterion_main!(benches);

//! The generator, an event at a time on one core, beside the way one would
//! write it first: a seeded generator of the `rand` crate, `rand_distr`'s
//! Zipf and weighted choices.

mod common;

use std::hint::black_box;

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use notibench_core::event::{Event, Kind, Segment};
use notibench_core::unit::mix::stream_word;
use notibench_workload::Workload;
use notibench_workload::generator::{Generator, ReadStream, Zipf};
use rand::distr::weighted::WeightedIndex;
use rand::rngs::StdRng;
use rand::{Rng, RngExt, SeedableRng};
use rand_distr::Distribution;

const EVENTS: u64 = 65_536;

/// The generator that one would write first: sequential, no undo looked up,
/// no event times but constant ones; it does less.
struct NaiveGenerator {
    random: StdRng,
    kinds: WeightedIndex<f64>,
    segments: WeightedIndex<f64>,
    recipients: rand_distr::Zipf<f64>,
    actors: rand_distr::Zipf<f64>,
    members: u64,
    per_member: u64,
    hot_share: f64,
    hot_contents: u64,
    self_action: f64,
    undo: f64,
}

impl NaiveGenerator {
    fn new(workload: &Workload) -> Self {
        let population = &workload.population;
        let zipf = |exponent| {
            rand_distr::Zipf::new(population.members as f64, exponent).expect("a valid exponent")
        };
        Self {
            random: StdRng::seed_from_u64(workload.seed),
            kinds: WeightedIndex::new(workload.mix.kinds).expect("weights"),
            segments: WeightedIndex::new(population.segments).expect("weights"),
            recipients: zipf(population.recipient_exponent),
            actors: zipf(population.actor_exponent),
            members: population.members,
            per_member: population.contents_per_member,
            hot_share: population.hot_share,
            hot_contents: population.hot_contents,
            self_action: workload.mix.self_action,
            undo: workload.mix.undo,
        }
    }

    fn event(&mut self, index: u64) -> Event {
        let kind = Kind::ALL[self.kinds.sample(&mut self.random)];
        let undo = kind.is_undoable() && self.random.random_bool(self.undo);
        let recipient = self.recipients.sample(&mut self.random) as u64;
        let mut actor = self.actors.sample(&mut self.random) as u64;
        if kind == Kind::MarkRead || self.random.random_bool(self.self_action) {
            actor = recipient;
        }
        let segment = Segment::ALL[self.segments.sample(&mut self.random)];
        let mut content = 0;
        if kind.has_content() {
            let author = if self.random.random_bool(self.hot_share) {
                self.random.random_range(0..self.hot_contents)
            } else {
                recipient
            };
            content = author * self.per_member + self.random.random_range(0..self.per_member) + 1;
        }
        let id = |number: u64| (1_000_000_000 + number * 170) << 22 | (number & 31) << 12;
        let scattered = |rank: u64| id(rank.wrapping_mul(0x9e37_79b1) % self.members);
        let actor = (scattered(actor), segment);
        Event::new(
            index,
            index * 60_480,
            kind,
            undo,
            actor,
            scattered(recipient),
            id(content),
        )
    }
}

fn events(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("generator/event");
    group.throughput(Throughput::Elements(EVENTS));
    for &members in common::member_counts() {
        let workload = common::steady_week(members);
        let stream = Generator::new(&workload, workload.seed);
        let mut room = vec![Event::default(); EVENTS as usize];
        let mut start = 0;
        group.bench_function(
            BenchmarkId::new("notibench", common::members(members)),
            |bencher| {
                bencher.iter(|| {
                    stream.fill(start, &mut room);
                    start += EVENTS;
                    black_box(&room);
                });
            },
        );
        let mut naive = NaiveGenerator::new(&workload);
        let mut start = 0;
        group.bench_function(
            BenchmarkId::new("naive", common::members(members)),
            |bencher| {
                bencher.iter(|| {
                    for (index, event) in (start..).zip(&mut room) {
                        *event = naive.event(index);
                    }
                    start += EVENTS;
                    black_box(&room);
                });
            },
        );
    }
    group.finish();
}

fn ranks(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("generator/zipf");
    group.throughput(Throughput::Elements(EVENTS));
    for exponent in [0.0, 0.741, 0.99, 1.2] {
        let zipf = Zipf::new(1_000_000, exponent);
        group.bench_function(
            BenchmarkId::new("notibench", format!("exponent={exponent}")),
            |bencher| {
                bencher.iter(|| {
                    for i in 0..EVENTS {
                        black_box(zipf.rank(stream_word(1, 2 * i), stream_word(1, 2 * i + 1)));
                    }
                });
            },
        );
        let naive = rand_distr::Zipf::new(1e6, exponent).expect("a valid exponent");
        let mut random = StdRng::seed_from_u64(1);
        group.bench_function(
            BenchmarkId::new("rand_distr", format!("exponent={exponent}")),
            |bencher| {
                bencher.iter(|| {
                    for _ in 0..EVENTS {
                        black_box(naive.sample(&mut random));
                    }
                });
            },
        );
    }
    group.bench_function("two words alone", |bencher| {
        bencher.iter(|| {
            for i in 0..EVENTS {
                black_box((stream_word(1, 2 * i), stream_word(1, 2 * i + 1)));
            }
        });
    });
    let mut random = StdRng::seed_from_u64(1);
    group.bench_function("two words of StdRng alone", |bencher| {
        bencher.iter(|| {
            for _ in 0..EVENTS {
                black_box((random.next_u64(), random.next_u64()));
            }
        });
    });
    group.finish();
}

fn reads(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("generator/read");
    group.throughput(Throughput::Elements(EVENTS));
    let workload = common::steady_week(if common::only_tested() {
        10_000
    } else {
        1_000_000
    });
    let stream = ReadStream::new(&workload, workload.seed);
    group.bench_function("notibench", |bencher| {
        bencher.iter(|| {
            for at in 0..EVENTS {
                black_box(stream.read(at));
            }
        });
    });
    group.finish();
}

criterion_group!(benches, events, ranks, reads);
criterion_main!(benches);

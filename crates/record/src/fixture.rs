//! A plausible record for tests: three engines, the A/A control and `null`,
//! five rounds after one of warm-up.

use super::environment::{CacheNote, Environment};
use super::pass::Pass;
use super::plan::{DEFAULT_RELEVANT, Plan};
use super::role::EngineRole;
use super::schema::*;
use super::sweep::{SWEEP_SCHEMA, Sweep, SweepAxis, SweepPoint};
use crate::stats::ServiceHistogram;

const EVENTS: u64 = 1_000_000;
const EVENTS_DIGEST: &str = "0123456789abcdef0123456789abcdef";
const SNAPSHOT_DIGEST: &str = "fedcba9876543210fedcba9876543210";

/// ns per event of each engine; every round differs a little.
const ENGINES: [(&str, &str, EngineRole, f64); 5] = [
    ("dashmap-naive", "dashmap-naive", EngineRole::Engine, 500.0),
    ("dashmap", "dashmap", EngineRole::Engine, 100.0),
    ("sharded-mutex", "sharded-mutex", EngineRole::Engine, 200.0),
    ("null", "null", EngineRole::Probe, 5.0),
    (
        "dashmap-naive-again",
        "dashmap-naive",
        EngineRole::Engine,
        500.0,
    ),
];

/// ns per event of the limit probes.
const LIMITS: [(&str, f64); 4] = [
    ("limit-read", 2.0),
    ("limit-flat", 20.0),
    ("limit-state", 60.0),
    ("limit-partitioned", 40.0),
];

/// A whole record, everything proved.
pub fn record() -> Record {
    with_rounds(5)
}

/// As [`record`], with so many rounds that count.
pub fn with_rounds(rounds: usize) -> Record {
    Record {
        schema: SCHEMA.to_owned(),
        version: "0.1.0".to_owned(),
        complete: true,
        failure: None,
        ended_by: EndedBy::Rounds,
        command: ["notibench", "run", "steady_week"]
            .map(str::to_owned)
            .to_vec(),
        started: "2026-11-23T16:42:19Z".to_owned(),
        workload: WorkloadNote {
            name: "steady_week".to_owned(),
            toml: "seed = 1".to_owned(),
            trace: None,
        },
        plan: plan(rounds),
        environment: environment(),
        engines: ENGINES
            .iter()
            .map(|&(name, engine, role, _)| note(name, engine, role))
            .collect(),
        trials: (0..=rounds)
            .flat_map(|round| {
                ENGINES
                    .iter()
                    .enumerate()
                    .map(move |(turn, _)| trial(round, turn))
            })
            .collect(),
        interleaved: Vec::new(),
        weather: None,
        oracle: Some(OracleNote {
            events_digest: EVENTS_DIGEST.to_owned(),
            snapshot_digest: SNAPSHOT_DIGEST.to_owned(),
            warm_snapshot_digest: None,
            members: 90_000,
            contents: 40_000,
            expected: "matches".to_owned(),
            took_ms: 1_200,
        }),
        proofs: ENGINES
            .iter()
            .map(|&(name, _, role, _)| proof(name, role))
            .collect(),
        clock: ClockNote {
            cost_ns: 21.5,
            resolution_ns: 1,
        },
        realised: Some(realised()),
        recording: Vec::new(),
        warnings: Vec::new(),
    }
}

/// As [`record`], with the limit probes beside `null`.
pub fn with_limits() -> Record {
    let mut record = record();
    for (name, ns_per_event) in LIMITS {
        let renamed = |text: &mut String| *text = name.to_owned();
        let of_null = |engine: &str| engine == "null";
        let mut note = record.engines.iter().find(|e| of_null(&e.name)).cloned();
        note.iter_mut().for_each(|note| {
            renamed(&mut note.name);
            renamed(&mut note.engine);
        });
        record.engines.extend(note);
        let mut proof = record.proofs.iter().find(|p| of_null(&p.engine)).cloned();
        proof
            .iter_mut()
            .for_each(|proof| renamed(&mut proof.engine));
        record.proofs.extend(proof);
        let trials = record.trials.clone();
        for mut trial in trials.into_iter().filter(|t| of_null(&t.engine)) {
            renamed(&mut trial.engine);
            // 5 ns is what `null` takes; its noise stays
            trial.wall_ns = (trial.wall_ns as f64 * ns_per_event / 5.0) as u64;
            record.trials.push(trial);
        }
    }
    record
}

/// As [`with_limits`], each trial with a second pass, half as long.
pub fn with_warm_passes() -> Record {
    let mut record = with_limits();
    record.plan.warm = true;
    let digest = "ba98765432100123456789abcdefcdef";
    if let Some(oracle) = &mut record.oracle {
        oracle.warm_snapshot_digest = Some(digest.to_owned());
    }
    let warm = |trial: &Trial| Trial {
        pass: Pass::Warm,
        started_ms: 0,
        slices: None,
        wall_ns: trial.wall_ns / 2,
        snapshot_digest: trial.snapshot_digest.as_ref().map(|_| digest.to_owned()),
        ..trial.clone()
    };
    let passes = record.trials.iter().flat_map(|t| [t.clone(), warm(t)]);
    record.trials = passes.collect();
    record
}

/// As [`record`], with counts of the processors in every trial.
pub fn with_counts() -> Record {
    let mut record = record();
    record.plan.perf = true;
    for trial in &mut record.trials {
        trial.perf = Some(PerfNote {
            cycles: Some(trial.wall_ns * 6),
            instructions: Some(trial.wall_ns * 3),
            cache_misses: Some(trial.generated / 2),
            tlb_misses: None,
        });
    }
    record
}

/// A sweep of 1 and 2 threads: with 2, every engine is 1.8 times as fast.
pub fn sweep() -> Sweep {
    let point = |threads: usize, factor: f64| {
        let mut record = record();
        record.plan.threads = threads;
        for trial in &mut record.trials {
            trial.wall_ns = (trial.wall_ns as f64 / factor) as u64;
        }
        SweepPoint {
            value: threads as f64,
            record,
        }
    };
    let points = vec![point(1, 1.0), point(2, 1.8)];
    Sweep {
        schema: SWEEP_SCHEMA.to_owned(),
        version: "0.1.0".to_owned(),
        complete: true,
        command: ["notibench", "sweep", "steady_week", "--threads", "1,2"]
            .map(str::to_owned)
            .to_vec(),
        started: points[0].record.started.clone(),
        axis: SweepAxis::Threads,
        asked: points.iter().map(|point| point.value).collect(),
        interleaved: true,
        points,
    }
}

/// Four rounds in each of three processes, in which `dashmap` takes so many
/// times as long: what happens within one happens to all its rounds.
pub fn three_processes(luck: [f64; 3]) -> Record {
    let mut record = with_rounds(4);
    let of_one = std::mem::take(&mut record.trials);
    record.plan.processes = luck.len();
    for (process, luck) in luck.into_iter().enumerate() {
        record
            .trials
            .extend(of_one.iter().cloned().map(|mut trial| {
                trial.process = process;
                if trial.engine == "dashmap" {
                    trial.wall_ns = (trial.wall_ns as f64 * luck) as u64;
                }
                trial
            }));
    }
    record
}

/// The trial of that engine in that round, to be changed.
pub fn trial_mut<'r>(record: &'r mut Record, engine: &str, round: usize) -> &'r mut Trial {
    let found = record
        .trials
        .iter_mut()
        .find(|t| t.engine == engine && t.round == round);
    found.expect("the fixture has every engine in every round")
}

/// Says that the engine's final state was wrong.
pub fn break_engine(record: &mut Record, engine: &str, difference: &str) {
    let proof = record
        .proofs
        .iter_mut()
        .find(|p| p.engine == engine)
        .expect("a proof an engine");
    proof.verdict = ProofVerdict::Differs(difference.to_owned());
}

fn note(name: &str, engine: &str, role: EngineRole) -> EngineNote {
    EngineNote {
        name: name.to_owned(),
        engine: engine.to_owned(),
        role,
        freshness: "immediate".to_owned(),
        control: name != engine,
        out_of_process: false,
    }
}

fn proof(name: &str, role: EngineRole) -> EngineProof {
    let probe = role == EngineRole::Probe;
    EngineProof {
        engine: name.to_owned(),
        verdict: if probe {
            ProofVerdict::NotChecked
        } else {
            ProofVerdict::Equal
        },
        snapshots: if probe { 0 } else { 6 },
        reads: if probe { 0 } else { 2_000 },
        explained: if probe { 0 } else { 5_200 },
        bounded: 0,
    }
}

fn trial(round: usize, turn: usize) -> Trial {
    let (name, _, role, ns_per_event) = ENGINES[turn];
    // fixed noise of about 1%, other for each engine
    let noise = ((round * 7 + turn * 3) % 11) as f64 / 1_000.0;
    let wall_ns = (EVENTS as f64 * ns_per_event * (1.0 + noise)) as u64;
    let probe = role == EngineRole::Probe;
    Trial {
        engine: name.to_owned(),
        process: 0,
        round,
        group: 0,
        turn,
        warmup: round == 0,
        pass: Pass::Fresh,
        started_ms: 0,
        slices: None,
        wall_ns,
        workers: vec![WorkerStamp {
            start_ns: 10,
            end_ns: 10 + wall_ns,
            events: EVENTS,
        }],
        generated: EVENTS,
        applied: EVENTS * 9 / 10,
        discarded: EVENTS / 10,
        failed: 0,
        skipped: 0,
        notified: EVENTS / 4,
        reads: 50_000,
        ingest_service_ns: service(ns_per_event * 256.0, 5_000),
        ingest_group_calls: 4,
        read_service_ns: service(ns_per_event * 2.0, 500),
        out_of_range: 0,
        events_digest: Some(EVENTS_DIGEST.to_owned()),
        snapshot_digest: (!probe).then(|| SNAPSHOT_DIGEST.to_owned()),
        members: if probe { 0 } else { 90_000 },
        contents: if probe { 0 } else { 40_000 },
        state_bytes: if probe { 0 } else { 90_000_000 },
        slack_bytes: if probe { 0 } else { 9_000_000 },
        map_bytes: Some(if probe { 0 } else { 900_000 }),
        allocator_bytes: Some(if probe { 0 } else { 1_800_000 }),
        peak_resident_bytes: 150_000_000,
        steal_ms: 0,
        involuntary_switches: 3,
        watched_ns: 0,
        perf: None,
        open_loop: None,
        exchange: None,
        apart: None,
    }
}

fn service(typical_ns: f64, samples: u64) -> String {
    let mut histogram = ServiceHistogram::new();
    for at in 0..samples {
        // a long tail: the last of them takes ten times as long
        let part = at as f64 / samples as f64;
        histogram.record((typical_ns * (1.0 + 9.0 * part.powi(50))) as u64);
    }
    histogram.to_base64()
}

fn plan(rounds: usize) -> Plan {
    Plan {
        seed: 42,
        order_seed: 7,
        events: EVENTS,
        reads: 50_000,
        threads: 2,
        batch: 256,
        rounds,
        warmup_rounds: 1,
        inline: false,
        pin: false,
        perf: false,
        verify: true,
        baseline: "dashmap-naive".to_owned(),
        inbox_capacity: 32,
        dense: false,
        warm: false,
        relevant: DEFAULT_RELEVANT,
        precision: None,
        max_time_ms: None,
        processes: 1,
        planted_share: 0.0,
        interleaving: None,
        open_loop: None,
        cluster: None,
        apart: None,
    }
}

fn environment() -> Environment {
    Environment {
        cpu: "An Example Processor".to_owned(),
        cpu_id: None,
        cores: 2,
        os: "Linux 6.1".to_owned(),
        memory_bytes: 8 << 30,
        available_bytes: 6 << 30,
        cgroup_memory_bytes: Some(4 << 30),
        cgroup_cpus: Some(2.0),
        throttled_ms: Some(0),
        throttled_ms_end: Some(0),
        process_memory_bytes: None,
        caches: vec![CacheNote {
            level: 2,
            bytes: 2 << 20,
            shared_by: "0".to_owned(),
        }],
        governor: None,
        clock_source: Some("tsc".to_owned()),
        huge_pages: Some("madvise".to_owned()),
        load_1m: 0.1,
        load_1m_end: 1.9,
        profile: "release".to_owned(),
    }
}

fn realised() -> Realised {
    Realised {
        events: EVENTS,
        kinds: vec![
            ("profile_view".to_owned(), 600_000),
            ("post_like".to_owned(), 250_000),
            ("mark_read".to_owned(), 140_000),
        ],
        undos: 10_000,
        dispositions: vec![
            ("aggregate".to_owned(), 600_000),
            ("notify".to_owned(), 250_000),
            ("own_act".to_owned(), 140_000),
            ("retract".to_owned(), 10_000),
        ],
        self_actions: 1_000,
        recipients: 88_000,
        top_1_share: 0.0123,
        top_100_share: 0.21,
        popularity: vec![[1, 12_300], [10, 2_000], [100, 300], [88_000, 1]],
    }
}

//! What anonymity costs, engine by engine: the table of docs/ANONYMITY.md.
//! `cargo run --release --example anonymity_price -- [WORKLOAD [EVENTS [THREADS [ENGINE]]]]`.
//!
//! Every engine takes the same stream in each mode, in turns; of three trials
//! the fastest counts, since only disturbance makes one slower. Nothing is
//! verified here: `notibench verify` does that.

use std::path::Path;
use std::process::ExitCode;

use notibench::engine::registry::{ENTRIES, EngineVisitor, dispatch};
use notibench::engine::{Engine, Role, StopFlag};
use notibench::generator::{Generator, ReadStream};
use notibench::harness::{Source, TrialOutcome, TrialSetup, run_trial, views_of};
use notibench::policy::surface_of;
use notibench::workload::{ViewMode, Workload};

const TRIALS: usize = 3;
const MODES: [ViewMode; 3] = [ViewMode::Off, ViewMode::Counts, ViewMode::Released];

/// One trial of an engine on a source.
struct One<'a>(&'a Source, usize);

impl EngineVisitor for One<'_> {
    type Output = Result<TrialOutcome, String>;

    fn visit<E: Engine>(self) -> Self::Output {
        let setup = TrialSetup {
            source: self.0,
            threads: self.1,
            batch: 1_024,
            pin: false,
            perf: false,
            inbox_capacity: notibench::engine::state::INBOX_CAPACITY,
            open_loop: None,
            watcher: None,
            stop: &StopFlag::default(),
            external: None,
            on_hang: |message| panic!("{message}"),
        };
        let outcome = run_trial::<E, ()>(&setup, |_, _, _| ());
        outcome
            .map(|(outcome, ())| outcome)
            .map_err(|e| e.to_string())
    }
}

/// The same stream in one mode; without reads, which differ between them.
fn source(workload: &Workload, mode: ViewMode, events: u64) -> Result<Source, String> {
    let mut workload = workload.clone();
    workload.anonymity.mode = mode;
    workload.reads.per_event = 0.0;
    let generator = Generator::new(&workload, workload.seed);
    let reads = ReadStream::new(&workload, workload.seed);
    let source = Source::new(generator, reads, events, false);
    Ok(source.counted(views_of(&workload)?))
}

fn table(path: &str, events: u64, threads: usize, only: Option<&String>) -> Result<(), String> {
    let (workload, _) = Workload::load(Path::new(path)).map_err(|error| error.to_string())?;
    // as many events make up the whole span, so that all its weeks are there
    let workload = Workload { events, ..workload };
    let mut sources = Vec::new();
    for mode in MODES {
        sources.push(source(&workload, mode, events)?);
    }
    let mut views = 0_u64;
    sources[0].for_each(0..events, |event| {
        views += u64::from(surface_of(event.kind()).is_some() && !event.is_self_action());
    });
    println!(
        "{} · {events} events, {views} views, {threads} threads\n",
        workload.name
    );
    println!(
        "| engine | off | counts | released | a view more, counts | released | speed of off, released | bytes a state, off | counts | released |"
    );
    println!("|---|--:|--:|--:|--:|--:|--:|--:|--:|--:|");
    let is_asked = |name: &str| only.is_none_or(|only| only == name);
    let engines = ENTRIES.iter().filter(|info| info.role == Role::Engine);
    for info in engines.filter(|info| is_asked(info.name)) {
        let mut best = [f64::INFINITY; 3];
        let mut bytes = [0.0_f64; 3];
        for _ in 0..TRIALS {
            for (at, source) in sources.iter().enumerate() {
                let one = dispatch(info.name, One(source, threads));
                let outcome = one.unwrap_or_else(|| Err("no such engine".to_owned()))?;
                best[at] = best[at].min(outcome.wall_ns as f64);
                bytes[at] = bytes[at].max(outcome.bytes_a_state());
            }
        }
        let core_ns = |ns: f64, of: u64| ns * threads as f64 / of as f64;
        let more = |at: usize| core_ns(best[at] - best[0], views);
        println!(
            "| `{}` | {:.0} ns | {:.0} ns | {:.0} ns | {:.0} ns | {:.0} ns | {:.2} | {:.0} B | {:.0} B | {:.0} B |",
            info.name,
            core_ns(best[0], events),
            core_ns(best[1], events),
            core_ns(best[2], events),
            more(1),
            more(2),
            best[0] / best[2],
            bytes[0],
            bytes[1],
            bytes[2],
        );
    }
    Ok(())
}

fn main() -> ExitCode {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let number = |at: usize, default: u64| {
        words
            .get(at)
            .map_or(Ok(default), |word| word.parse::<u64>())
    };
    let path = words
        .first()
        .map_or("workloads/steady_month.toml", String::as_str);
    let cores = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    let found = match (number(1, 2_000_000), number(2, cores as u64)) {
        (Ok(events), Ok(threads)) if events > 0 && threads > 0 => {
            table(path, events, threads as usize, words.get(3))
        }
        _ => Err(
            "give a workload file, a number of events, one of threads and an engine's name"
                .to_owned(),
        ),
    };
    match found {
        Ok(()) => ExitCode::SUCCESS,
        Err(words) => {
            eprintln!("error: {words}");
            ExitCode::FAILURE
        }
    }
}

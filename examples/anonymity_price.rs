//! What anonymity costs, engine by engine: the table of docs/ANONYMITY.md.
//! `cargo run --release --example anonymity_price -- [WORKLOAD [EVENTS [THREADS [ENGINE]]]]`.
//!
//! Every engine takes the same stream in each mode, in turns.

mod price;

use std::path::Path;
use std::process::ExitCode;

use notibench_core::engine::Role;
use notibench_core::policy::surface_of;
use notibench_engines::registry::ENTRIES;
use notibench_harness::{Source, views_of};
use notibench_workload::generator::{Generator, ReadStream};
use notibench_workload::{ViewMode, Workload};

const MODES: [ViewMode; 3] = [ViewMode::Off, ViewMode::Counts, ViewMode::Released];

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
        let found = price::best_of(info.name, &sources, threads)?;
        let best: Vec<f64> = found.iter().map(|(ns, _)| *ns).collect();
        let bytes: Vec<f64> = found.iter().map(|(_, bytes)| *bytes).collect();
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
    price::main_with("workloads/steady_month.toml", table)
}

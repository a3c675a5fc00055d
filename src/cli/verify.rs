//! `verify`. Imports `harness`, `workload`.

use std::path::PathBuf;

use super::args::VerifyArgs;
use super::exit::{Failure, print};
use super::external::Guests;
use super::progress::Progress;
use super::signal::{end_process, stop_flag};
use super::traces;
use crate::engine::Role;
use crate::engine::registry::ENTRIES;
use crate::harness::{self, Contender, VerifyFailure, VerifyOptions};
use crate::unit::quantity::show_whole;
use crate::workload::{Workload, built_in_to_verify};

/// Events of a workload, and of one ingest call, at the most.
const MAX_EVENTS: u64 = 100_000_000;
const MAX_BATCH: u64 = 1 << 20;

/// `notibench verify`.
pub(super) fn verify(args: &VerifyArgs, own: &[Contender]) -> Result<(), Failure> {
    check_numbers(args)?;
    let guests = Guests::invite(own, &args.external, &args.engines)?;
    let contenders = contenders(args, &guests.contenders)?;
    let options = VerifyOptions {
        events: args.events,
        seed: args.seed,
        threads: args.threads.clone(),
        batch: args.batch,
        freshness_events: harness::FRESHNESS_EVENTS,
        stop: stop_flag(),
        on_hang: end_process,
    };
    let mut failures = Vec::new();
    if let Some(path) = &args.trace.trace {
        let limit = Some(args.events);
        let ready = traces::prepare(path, &args.trace.reading, limit)?;
        let found =
            harness::verify_trace(&ready.stream, &contenders, &options, &mut Progress::new())?;
        let events = ready.stream.note.events;
        failures.extend(tell(
            &ready.workload.name,
            events,
            args,
            &contenders,
            found,
        )?);
    } else {
        for path in &workloads(args) {
            let (workload, _) = Workload::load(path)?;
            let found = harness::verify(&workload, &contenders, &options, &mut Progress::new())?;
            failures.extend(tell(&workload.name, args.events, args, &contenders, found)?);
        }
    }
    if failures.is_empty() {
        return Ok(());
    }
    let lines: Vec<String> = failures
        .iter()
        .map(|f| {
            format!(
                "  {} on {}, {} threads: {}",
                f.engine, f.workload, f.threads, f.words
            )
        })
        .collect();
    Err(Failure::Verification(format!(
        "verification failed\n{}",
        lines.join("\n")
    )))
}

/// The workloads named, or those built in.
fn workloads(args: &VerifyArgs) -> Vec<PathBuf> {
    if args.workloads.is_empty() {
        built_in_to_verify().map(PathBuf::from).collect()
    } else {
        args.workloads.clone()
    }
}

/// Prints what one verification found, and gives its failures.
fn tell(
    name: &str,
    events: u64,
    args: &VerifyArgs,
    contenders: &[Contender],
    (failed, compared): (Vec<VerifyFailure>, u64),
) -> Result<Vec<VerifyFailure>, Failure> {
    let verdict = if failed.is_empty() {
        "equal to the oracle"
    } else {
        "DIFFERS"
    };
    let threads: Vec<String> = args.threads.iter().map(ToString::to_string).collect();
    print(&format!(
        "{name:<20} {compared} snapshots of {} engines at {} threads, {} events: {verdict}",
        contenders.len(),
        threads.join(", "),
        show_whole(events),
    ))?;
    Ok(failed)
}

fn check_numbers(args: &VerifyArgs) -> Result<(), Failure> {
    if let Some(wrong) = args
        .threads
        .iter()
        .find(|&&threads| threads == 0 || threads > 1_024)
    {
        return Err(Failure::Usage(format!(
            "--threads is {}, must be 1 to 1,024",
            show_whole(*wrong as u64)
        )));
    }
    let ranges = [
        ("--batch", args.batch as u64, MAX_BATCH),
        ("--events", args.events, MAX_EVENTS),
    ];
    for (flag, value, high) in ranges {
        if !(1..=high).contains(&value) {
            return Err(Failure::Usage(format!(
                "{flag} is {}, must be 1 to {}",
                show_whole(value),
                show_whole(high)
            )));
        }
    }
    Ok(())
}

fn contenders(args: &VerifyArgs, own: &[Contender]) -> Result<Vec<Contender>, Failure> {
    let mut named: Vec<Contender> = Vec::new();
    for name in &args.engines {
        let found = harness::find_contender(name, own)?;
        if found.info.role == Role::Probe {
            return Err(Failure::Usage(format!(
                "--engine {name} is a probe: it has no state to verify; name an engine"
            )));
        }
        if named.iter().any(|other| other.name == found.name) {
            return Err(Failure::Usage(format!("--engine {name} is given twice")));
        }
        named.push(found);
    }
    if !named.is_empty() {
        return Ok(named);
    }
    let registered = ENTRIES.iter().filter(|info| info.role != Role::Probe);
    let registered = registered.filter_map(|info| Contender::registered(info.name));
    Ok(registered.chain(own.iter().cloned()).collect())
}

//! `verify`. Imports `harness`, `workload`.

use std::path::{Path, PathBuf};

use super::args::VerifyArgs;
use super::exit::{Failure, print};
use super::progress::Progress;
use super::signal::{end_process, stop_flag};
use crate::engine::Role;
use crate::engine::registry::ENTRIES;
use crate::harness::{self, Contender, TrialError, VerifyOptions};
use crate::unit::quantity::show_whole;
use crate::workload::{Workload, workload_files};

/// Folders whose workloads are verified where none is named.
const FOLDERS: [&str; 2] = ["workloads", "workloads/smoke"];

/// `notibench verify`.
pub(super) fn verify(args: &VerifyArgs, own: &[Contender]) -> Result<(), Failure> {
    check_numbers(args)?;
    let contenders = contenders(args, own)?;
    let workloads = if args.workloads.is_empty() {
        standard_workloads()?
    } else {
        args.workloads.clone()
    };
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
    for path in &workloads {
        let (workload, _) = Workload::load(path)?;
        let verified = harness::verify(&workload, &contenders, &options, &mut Progress::new());
        let (failed, compared) = verified.map_err(|error| match error {
            TrialError::Interrupted => Failure::Interrupted(error.to_string()),
            TrialError::Panicked { .. } => Failure::Error(error.to_string()),
        })?;
        let verdict = if failed.is_empty() {
            "equal to the oracle"
        } else {
            "DIFFERS"
        };
        let threads: Vec<String> = args.threads.iter().map(ToString::to_string).collect();
        print(&format!(
            "{:<18} {compared} snapshots of {} engines at {} threads, {} events: {verdict}",
            workload.name,
            contenders.len(),
            threads.join(", "),
            show_whole(args.events),
        ))?;
        failures.extend(failed);
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

fn check_numbers(args: &VerifyArgs) -> Result<(), Failure> {
    if let Some(wrong) = args
        .threads
        .iter()
        .find(|&&threads| threads == 0 || threads > 1_024)
    {
        return Err(Failure::Usage(format!(
            "--threads is {wrong}, must be 1 to 1,024"
        )));
    }
    if args.batch == 0 || args.events == 0 || args.events > 100_000_000 {
        return Err(Failure::Usage(
            "--batch must be at least 1, --events 1 to 100,000,000".to_owned(),
        ));
    }
    Ok(())
}

fn contenders(args: &VerifyArgs, own: &[Contender]) -> Result<Vec<Contender>, Failure> {
    if !args.engines.is_empty() {
        let found = args
            .engines
            .iter()
            .map(|name| harness::find_contender(name, own));
        return Ok(found.collect::<Result<_, _>>()?);
    }
    let registered = ENTRIES.iter().filter(|info| info.role != Role::Probe);
    let registered = registered.filter_map(|info| Contender::registered(info.name));
    Ok(registered.chain(own.iter().cloned()).collect())
}

fn standard_workloads() -> Result<Vec<PathBuf>, Failure> {
    let mut found = Vec::new();
    for folder in FOLDERS {
        found.extend(workload_files(Path::new(folder)).unwrap_or_default());
    }
    if found.is_empty() {
        return Err(Failure::Usage(
            "there is no folder `workloads` here: name workload files, or change to the folder \
             that holds it"
                .to_owned(),
        ));
    }
    Ok(found)
}

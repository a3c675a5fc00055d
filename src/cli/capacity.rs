//! `capacity`: its flags, and what it does. Imports `harness`, `record`,
//! `report`, `workload`.

use std::path::PathBuf;

use clap::Args;

use super::args::{IdleMode, arrivals, duration_ns, whole};
use super::exit::{Failure, command_words, note, print};
use super::external::engines_or_default;
use super::html::{self, HtmlArgs};
use super::progress::Progress;
use super::run::{check_target, standard_path, style};
use super::signal::{end_process, stop_flag};
use crate::engine::Role;
use crate::harness::{self, CapacityOptions, CapacityRequest, Contender};
use crate::record::{Arrivals, Capacity, CapacityVerdict, Objective};
use crate::report;
use crate::report::html::Document;
use crate::unit::quantity::{parse_count, parse_share};
use crate::workload::Workload;

/// How a capacity is printed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub(super) enum CapacityFormat {
    /// Tables for a person
    Terminal,
    /// The file that is saved
    Json,
}

/// `capacity`.
#[derive(Debug, Args)]
pub(super) struct CapacityArgs {
    /// Workload file, or the name of a built-in one (`notibench list workloads`)
    workload: PathBuf,
    /// What must hold, repeatable, such as 'p99.9 < 1ms', 'max < 50ms' or 'reads p99 < 200us'
    #[arg(long, value_name = "OBJECTIVE", required = true, value_parser = harness::parse_objective)]
    slo: Vec<Objective>,
    /// Engine to search, repeatable [default: dashmap, and engines of one's own]
    #[arg(
        short = 'e',
        long = "engine",
        value_name = "NAME,…",
        value_delimiter = ','
    )]
    engines: Vec<String>,
    /// Workers [default: processors]
    #[arg(short = 't', long, value_name = "N", value_parser = whole::<usize>, allow_negative_numbers = true)]
    threads: Option<usize>,
    /// Most events of one ingest call [default: 1024]
    #[arg(long, value_name = "N", value_parser = whole::<usize>, allow_negative_numbers = true)]
    batch: Option<usize>,
    /// Seed of the stream, of arrivals and of the turns [default: the workload's]
    #[arg(long, value_name = "N", value_parser = whole::<u64>, allow_negative_numbers = true)]
    seed: Option<u64>,
    /// Pin workers to processors
    #[arg(long)]
    pin: bool,
    /// How arrivals follow one another: constant, poisson, bursts:ON/OFF [default: poisson]
    #[arg(long, value_name = "HOW", value_parser = arrivals)]
    arrivals: Option<Arrivals>,
    /// What workers do while nothing is due [default: spin]
    #[arg(long, value_enum, value_name = "HOW")]
    idle: Option<IdleMode>,
    /// Events that may be due and not started [default: 1M]
    #[arg(long, value_name = "N", value_parser = parse_count, allow_negative_numbers = true)]
    max_backlog: Option<u64>,
    /// How long a step of the search holds its rate [default: 1s]
    #[arg(long, value_name = "TIME", value_parser = duration_ns, allow_negative_numbers = true)]
    hold: Option<u64>,
    /// How long the answer is held, and the rate just above it tried [default: three times --hold]
    #[arg(long, value_name = "TIME", value_parser = duration_ns, allow_negative_numbers = true)]
    confirm: Option<u64>,
    /// How near the rate that fails must be to the answer [default: 5%]
    #[arg(long, value_name = "SHARE", value_parser = parse_share, allow_negative_numbers = true)]
    tolerance: Option<f64>,
    /// Searches of each engine; two or more give an interval [default: 3]
    #[arg(long, value_name = "N", value_parser = whole::<usize>, allow_negative_numbers = true)]
    searches: Option<usize>,
    /// Where the file goes [default: reports/<workload>-capacity-<time>.json]
    #[arg(short = 'o', long, value_name = "FILE")]
    out: Option<PathBuf>,
    /// Save nothing
    #[arg(long, conflicts_with = "out")]
    no_save: bool,
    /// What is printed on stdout
    #[arg(long, value_enum, default_value = "terminal")]
    format: CapacityFormat,
    #[command(flatten)]
    html: HtmlArgs,
}

/// `notibench capacity`.
pub(super) fn capacity(args: &CapacityArgs, own: &[Contender]) -> Result<(), Failure> {
    let (workload, toml) = Workload::load(&args.workload)?;
    let environment = harness::examine();
    let names = engines_or_default(&args.engines, own);
    let options = CapacityOptions {
        engines: names.clone(),
        threads: args.threads,
        batch: args.batch,
        seed: args.seed,
        pin: args.pin,
        arrivals: args.arrivals,
        idle: args.idle.map(IdleMode::mode),
        max_backlog: args.max_backlog,
        hold_ns: args.hold,
        confirm_ns: args.confirm,
        tolerance: args.tolerance,
        searches: args.searches,
    };
    let plan = harness::resolve_capacity(&options, &workload, &environment)?;
    let request = CapacityRequest {
        workload: &workload,
        toml,
        plan,
        slo: args.slo.clone(),
        contenders: chosen(&names, own)?,
        environment,
        command: command_words(),
        stop: stop_flag(),
        on_hang: end_process,
    };
    let path = target(args, &workload)?;
    let page = args.html.target(path.as_deref())?;
    let found = harness::capacity(&request, &mut Progress::new());
    let saved = match &path {
        Some(path) => found.save(path).map_err(Failure::from),
        None => Ok(()),
    };
    show(&found, args.format)?;
    saved?;
    if let Some(page) = page {
        html::write(&page, &[Document::Capacity(&found)])?;
    }
    if let Some(path) = path {
        note(format_args!("capacity: {}", path.display()));
    }
    verdict_of(&found)
}

/// The engines of these names, none twice, none a probe.
fn chosen(names: &[String], own: &[Contender]) -> Result<Vec<Contender>, Failure> {
    let mut contenders: Vec<Contender> = Vec::new();
    for name in names {
        let found = harness::find_contender(name, own)?;
        if found.info.role == Role::Probe {
            return Err(Failure::Usage(format!(
                "--engine {name} is a probe, which keeps no state: name an engine"
            )));
        }
        if contenders.iter().any(|other| other.name == found.name) {
            return Err(Failure::Usage(format!("--engine {name} is given twice")));
        }
        contenders.push(found);
    }
    Ok(contenders)
}

fn target(args: &CapacityArgs, workload: &Workload) -> Result<Option<PathBuf>, Failure> {
    if args.no_save {
        return Ok(None);
    }
    let stem = format!("{}-capacity", workload.name);
    let path = match &args.out {
        Some(path) => path.clone(),
        None => standard_path(&stem)?,
    };
    check_target(&path)?;
    Ok(Some(path))
}

/// Prints it.
pub(super) fn show(found: &Capacity, format: CapacityFormat) -> Result<(), Failure> {
    print(&match format {
        CapacityFormat::Terminal => report::capacity(found, &style()),
        CapacityFormat::Json => found
            .to_json()
            .map_err(|error| Failure::Error(format!("cannot write the capacity: {error}")))?,
    })
}

fn verdict_of(found: &Capacity) -> Result<(), Failure> {
    let wrong: Vec<String> = found
        .engines
        .iter()
        .filter_map(|engine| match &engine.verdict {
            CapacityVerdict::Wrong(words) => Some(format!("engine `{}`: {words}", engine.name)),
            _ => None,
        })
        .collect();
    if !wrong.is_empty() {
        let wrong = wrong.join("; ");
        return Err(Failure::Verification(format!(
            "verification failed: {wrong}"
        )));
    }
    match found.failure.as_deref() {
        None => Ok(()),
        Some("interrupted") => Err(Failure::Interrupted(
            "interrupted; the file is marked incomplete".to_owned(),
        )),
        Some(words) => Err(Failure::Error(words.to_owned())),
    }
}

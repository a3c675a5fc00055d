//! `capacity`: its flags, and what it does. Imports `harness`, `record`,
//! `report`, `workload`.

use std::path::PathBuf;

use clap::Args;

use super::args::{IdleMode, TextFormat, TraceArgs, arrivals, whole};
use super::exit::{Failure, command_words, note, print};
use super::external::engines_or_default;
use super::html::{self, HtmlArgs};
use super::progress::Progress;
use super::rescue::{self, Keeping, SoFar};
use super::run::{style, target_of};
use super::signal::{end_process, stop_flag, work_is_over, work_is_saved};
use super::traces;
use crate::engine::Role;
use crate::harness::{self, CapacityOptions, CapacityRequest, Contender};
use crate::record::{Arrivals, Capacity, CapacityVerdict, Objective, Target};
use crate::report;
use crate::report::html::Document;
use crate::unit::quantity::parse_count;
use crate::workload::Workload;

/// `capacity`.
#[derive(Debug, Args)]
pub(super) struct CapacityArgs {
    /// Workload file, or the name of a built-in one (`notibench list workloads`)
    #[arg(required_unless_present = "trace", conflicts_with = "trace")]
    workload: Option<PathBuf>,
    #[command(flatten)]
    trace: TraceArgs,
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
    /// Events of a step [default: what is due in 20 times the objective's limit at the fastest
    /// engine's closed-loop rate, 1M to 16M]
    #[arg(long, value_name = "N", value_parser = parse_count, allow_negative_numbers = true)]
    events: Option<u64>,
    /// Begin each step with an empty state, in place of what the same events left
    #[arg(long)]
    growth: bool,
    /// Searches of each engine; three or more give an interval [default: 9]
    #[arg(long, value_name = "N", value_parser = whole::<usize>, allow_negative_numbers = true)]
    searches: Option<usize>,
    /// Steps of a search [default: 8]
    #[arg(long, value_name = "N", value_parser = whole::<usize>, allow_negative_numbers = true)]
    search_steps: Option<usize>,
    /// Print every step of every search, too
    #[arg(long)]
    steps: bool,
    /// Where the file goes [default: reports/<workload>-capacity-<time>.json]
    #[arg(short = 'o', long, value_name = "FILE")]
    out: Option<PathBuf>,
    /// Save nothing
    #[arg(long, conflicts_with = "out")]
    no_save: bool,
    /// What is printed on stdout
    #[arg(long, value_enum, default_value = "terminal")]
    format: TextFormat,
    #[command(flatten)]
    html: HtmlArgs,
}

/// `notibench capacity`.
pub(super) fn capacity(args: &CapacityArgs, own: &[Contender]) -> Result<(), Failure> {
    let (workload, toml, stream) = traces::load(args.workload.as_deref(), &args.trace, None)?;
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
        events: args.events,
        growth: args.growth,
        search_steps: args.search_steps,
        searches: args.searches,
    };
    let plan = harness::resolve_capacity(&options, &workload, &environment)?;
    let request = CapacityRequest {
        workload: &workload,
        toml,
        trace: stream.as_ref(),
        plan,
        slo: args.slo.clone(),
        contenders: chosen(&names, own)?,
        environment,
        command: command_words(),
        stop: stop_flag(),
        on_hang: end_process,
    };
    let path = target(args, &workload)?;
    let page = args.html.target(path.as_ref())?;
    work_is_saved();
    let keep = {
        let (path, format, steps) = (path.clone(), args.format, args.steps);
        move |so_far: SoFar<'_>| {
            let SoFar::Capacity(found) = so_far else {
                return;
            };
            let (path, found) = (path.clone(), found.clone());
            rescue::keep(move |why| save_unfinished(found, path.as_ref(), format, steps, why));
        }
    };
    let found = harness::capacity(&request, &mut Keeping::new(&mut Progress::new(), keep));
    work_is_over();
    let saved = path.as_ref().map(|target| found.save(target)).transpose();
    show(&found, args.format, args.steps)?;
    let page = page.map_or(Ok(()), |page| {
        html::write_beside(&saved, &page, &[Document::Capacity(&found)])
    });
    if let Some(path) = saved? {
        note(format_args!("capacity: {}", path.display()));
    }
    page?;
    verdict_of(&found)
}

/// Saves and prints what was found before the process has to end.
fn save_unfinished(
    mut found: Capacity,
    path: Option<&Target>,
    format: TextFormat,
    steps: bool,
    why: &str,
) {
    found.complete = false;
    found.failure = Some(why.to_owned());
    let saved = path.map(|target| found.save(target)).transpose();
    // nothing is left to do where it can't be printed
    let _ = show(&found, format, steps);
    rescue::say_saved(saved, "capacity");
}

/// The engines of these names, none twice, none a probe.
pub(super) fn chosen(names: &[String], own: &[Contender]) -> Result<Vec<Contender>, Failure> {
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

fn target(args: &CapacityArgs, workload: &Workload) -> Result<Option<Target>, Failure> {
    if args.no_save {
        return Ok(None);
    }
    let stem = format!("{}-capacity", workload.name);
    target_of(&stem, args.out.as_deref()).map(Some)
}

/// Prints it; on a terminal with every step where `steps` is set.
pub(super) fn show(found: &Capacity, format: TextFormat, steps: bool) -> Result<(), Failure> {
    print(&match format {
        TextFormat::Terminal => report::capacity(found, steps, &style()),
        TextFormat::Json => found
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

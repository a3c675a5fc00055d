//! `capacity`.

use crate::args::capacity::CapacityArgs;
use crate::args::open_loop::IdleMode;
use crate::args::output::TextFormat;
use crate::engines::{chosen, engines_or_default};
use crate::exit::{Failure, command_words};
use crate::progress::Progress;
use crate::results::Destination;
use crate::save::target_of;
use crate::show::show_as;
use crate::signal::{on_hang, stop_flag, work_is_over, work_is_saved};
use crate::traces;
use crate::unfinished::{self, PartialResults, SoFar};
use notibench_harness::{self as harness, CapacityOptions, CapacityRequest, Contender};
use notibench_record::{Capacity, CapacityVerdict, RunFailure, Target};
use notibench_report as report;
use notibench_report::html::Document;
use notibench_workload::Workload;

/// `notibench capacity`.
pub(crate) fn capacity(args: &CapacityArgs, own: &[Contender]) -> Result<(), Failure> {
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
        on_hang: on_hang(args.stall),
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
            unfinished::keep(move |why| save_unfinished(found, path.as_ref(), format, steps, why));
        }
    };
    let found = harness::capacity(
        &request,
        &mut PartialResults::new(&mut Progress::new(), keep),
    );
    work_is_over();
    let destination = Destination {
        what: "capacity",
        target: path,
        page,
    };
    destination.deliver(
        |target| found.save(target),
        || show(&found, args.format, args.steps),
        Document::Capacity(&found),
        "",
    )?;
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
    found.failure = Some(why.into());
    let saved = path.map(|target| found.save(target)).transpose();
    // nothing is left to do where it can't be printed
    let _ = show(&found, format, steps);
    unfinished::say_saved(saved, "capacity");
}

fn target(args: &CapacityArgs, workload: &Workload) -> Result<Option<Target>, Failure> {
    if args.no_save {
        return Ok(None);
    }
    let stem = format!("{}-capacity", workload.name);
    target_of(&stem, args.out.as_deref()).map(Some)
}

/// Prints it; on a terminal with every step where `steps` is set.
pub(crate) fn show(found: &Capacity, format: TextFormat, steps: bool) -> Result<(), Failure> {
    show_as(
        format,
        || found.to_json(),
        |style| report::capacity(found, steps, style),
    )
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
    match &found.failure {
        None => Ok(()),
        Some(RunFailure::Interrupted) => Err(Failure::Interrupted(
            "interrupted; the file is marked incomplete".to_owned(),
        )),
        Some(RunFailure::Error(words)) => Err(Failure::Error(words.clone())),
    }
}

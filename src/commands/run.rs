//! `run`, and what it shares with `rerun`.

use std::io::IsTerminal as _;
use std::sync::Arc;
use std::time::Duration;

use super::{lock_step, processes};
use crate::args::external::ExternalArgs;
use crate::args::measurement::options;
use crate::args::output::{LengthArgs, OutputArgs, OutputFormat};
use crate::args::run::RunArgs;
use crate::cluster::Member;
use crate::engines::AvailableEngines;
use crate::exit::{Failure, command_words, note, say};
use crate::paths::is_same;
use crate::progress::observer;
use crate::results::Destination;
use crate::save::{check_target, target_path};
use crate::show::show_of;
use crate::signal::{on_hang, stop_flag, work_begins_anew, work_is_over, work_is_saved};
use crate::traces;
use crate::unfinished::{self, PartialResults, SoFar};
use crate::verdict::verdict_of;
use notibench_core::snapshot::write_ndjson;
use notibench_core::unit::atomic_file::write_atomically;
use notibench_harness::{self as harness, Contender, RunOptions, RunRequest};
use notibench_record::{Pass, Record, Target};
use notibench_report as report;
use notibench_report::html::Document;

/// `notibench run`.
pub(crate) fn run(args: &RunArgs, own: &[Contender]) -> Result<(), Failure> {
    run_as(args, own, Member::of(&args.cluster)?)
}

/// The same, as one process of a cluster where `member` says so.
pub(crate) fn run_as(
    args: &RunArgs,
    own: &[Contender],
    mut member: Option<Member>,
) -> Result<(), Failure> {
    let environment = harness::examine();
    let (workload, toml, stream) =
        traces::load(args.workload.as_deref(), &args.trace, args.trials.events)?;
    let mut options = options_of(args);
    options.recorded = stream.as_ref().map(|stream| Arc::clone(&stream.events));
    if let Some(member) = &member {
        member.fill(&mut options, own)?;
    }
    let available = AvailableEngines::with_external(own, &args.external, &options.engines)?;
    available.add_maps_to(&mut options.engines);
    let (contenders, baseline) = lock_step::choose_contenders(&options, &available.contenders)?;
    let plan = harness::resolve(&options, &workload, &contenders, baseline, &environment)?;
    traces::check_plan(&plan, stream.as_ref())?;
    let mut request = RunRequest {
        wait_quiet: args.trials.wait_quiet.map(Duration::from_nanos),
        workload: &workload,
        toml,
        trace: stream.as_ref(),
        plan,
        views: harness::views_of(&workload).map_err(Failure::Error)?,
        contenders,
        environment,
        command: command_words(),
        stop: stop_flag(),
        on_hang: on_hang(args.stall),
        process: 0,
    };
    check_snapshot_target(args)?;
    if let Some(member) = &mut member
        && !member.take_part(args, &mut request)?
    {
        return Ok(());
    }
    if options.lock_step.is_some() {
        return lock_step::run(&request, args.output.format);
    }
    let printed = ReportOptions::of(&args.output, args.length);
    let record = run_and_show(&request, printed, &args.external, args.live)?;
    // of a run that ended early there is none
    verdict_of(&record)?;
    if args.open_loop.require_rate {
        require_rate(&record)?;
    }
    if let Some(path) = &args.snapshot {
        work_begins_anew();
        let snapshot = harness::snapshot_of_first(&request);
        work_is_over();
        let (snapshot, digest) = snapshot?;
        let found = digest.to_string();
        let expected = record.oracle.as_ref().map(|oracle| &oracle.snapshot_digest);
        if expected.is_some_and(|expected| *expected != found) {
            return Err(Failure::Verification(format!(
                "the snapshot's state has the digest {found}, the oracle's another: {} was not written",
                path.display()
            )));
        }
        write_atomically(path, |out| write_ndjson(&snapshot, out))?;
        note(format_args!("snapshot: {}", path.display()));
    }
    Ok(())
}

fn options_of(args: &RunArgs) -> RunOptions {
    let (open_loop, apart) = args.apart.options(args.open_loop.options());
    RunOptions {
        threads: args.threads,
        batch: args.batch,
        perf: args.perf,
        relevant: args.comparison.relevant,
        precision: args.comparison.precision,
        max_time_ms: args.comparison.max_time,
        processes: args.comparison.processes,
        lock_step: args.comparison.lock_step,
        planted_share: args.comparison.plant.unwrap_or(0.0),
        open_loop,
        apart,
        ..options(&args.engines, &args.trials)
    }
}

/// Refuses a snapshot's file that could not be written, or that the record
/// would replace.
fn check_snapshot_target(args: &RunArgs) -> Result<(), Failure> {
    let Some(path) = &args.snapshot else {
        return Ok(());
    };
    let out = args.output.save.out.as_deref();
    if out.is_some_and(|out| is_same(out, path)) {
        return Err(Failure::Usage(format!(
            "--out and --snapshot both name {}: the one would replace the other",
            path.display()
        )));
    }
    check_target(path)
}

/// What is printed and saved of a run.
#[derive(Clone, Copy)]
pub(crate) struct ReportOptions<'a> {
    output: &'a OutputArgs,
    /// Whether the report is printed in short.
    brief: bool,
}

impl<'a> ReportOptions<'a> {
    pub(crate) fn of(output: &'a OutputArgs, length: LengthArgs) -> Self {
        let brief = length.is_brief(std::io::stdout().is_terminal());
        Self { output, brief }
    }
}

/// Runs, saves the record, prints the report.
pub(crate) fn run_and_show(
    request: &RunRequest<'_>,
    ReportOptions { output, brief }: ReportOptions<'_>,
    external: &ExternalArgs,
    live: bool,
) -> Result<Record, Failure> {
    let path = target_path(&request.workload.name, &output.save)?;
    let page = output.html.target(path.as_ref())?;
    if request.plan.perf
        && let Some(words) = harness::no_counters()
    {
        say(format_args!("warning: {words}"));
    }
    let in_processes = request.plan.processes > 1;
    if in_processes && live {
        return Err(Failure::Usage(
            "--live shows the trials of one process: leave it out, or --processes".to_owned(),
        ));
    }
    work_is_saved();
    let keep = {
        let (path, format) = (path.clone(), output.format);
        move |so_far: SoFar<'_>| {
            let SoFar::Run(_, record) = so_far else {
                return;
            };
            let (path, record) = (path.clone(), record.clone());
            unfinished::keep(move |why| save_unfinished(record, path.as_ref(), format, brief, why));
        }
    };
    let mut shown = observer(live)?;
    let mut observer = PartialResults::new(shown.as_mut(), keep);
    let record = if in_processes {
        processes::run(request, external, &mut observer)?
    } else {
        harness::run(request, &mut observer)
    };
    // what it shows goes before the report comes
    drop(shown);
    work_is_over();
    let more = if brief && output.format == OutputFormat::Terminal {
        "; `notibench report` of it shows all"
    } else {
        ""
    };
    let destination = Destination {
        what: "record",
        target: path,
        page,
    };
    destination.deliver(
        |target| record.save(target),
        || show_of(&record, output.format, brief, None, Pass::Fresh),
        Document::Run(&record),
        more,
    )?;
    Ok(record)
}

/// Saves and prints what was measured before the process has to end.
fn save_unfinished(
    mut record: Record,
    path: Option<&Target>,
    format: OutputFormat,
    brief: bool,
    why: &str,
) {
    record.complete = false;
    record.failure = Some(why.into());
    let saved = path.map(|target| record.save(target)).transpose();
    // nothing is left to do where it can't be printed
    let _ = show_of(&record, format, brief, None, Pass::Fresh);
    unfinished::say_saved(saved, "record");
}

/// Fails where an engine missed the offered rate.
fn require_rate(record: &Record) -> Result<(), Failure> {
    let missed = report::missed_rates(record);
    if missed.is_empty() {
        return Ok(());
    }
    Err(Failure::Error(format!(
        "--require-rate: {}; lower --rate, or raise --max-backlog where events were skipped",
        missed.join("; ")
    )))
}

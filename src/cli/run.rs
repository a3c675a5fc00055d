//! `run` and `rerun`. Imports `harness`, `record`, `report`, `workload`.

use std::path::{Path, PathBuf};

use super::args::{self, ChildArgs, OutputArgs, OutputFormat, RerunArgs, RunArgs};
use super::cluster::Member;
use super::exit::{Failure, print};
use super::external::Guests;
use super::html;
use super::lock_step;
use super::paths::is_same;
use super::processes;
use super::progress::observer;
use super::signal::{end_process, stop_flag};
use super::traces;
use crate::engine::snapshot::write_ndjson;
use crate::harness::{self, Contender, RunOptions, RunRequest, TraceStream};
use crate::record::{Pass, ProofVerdict, Record, default_path};
use crate::report::html::Document;
use crate::report::{self, Style};
use crate::unit::atomic_file::{check_writable, write_atomically};
use crate::workload::Workload;

/// `notibench run`.
pub(super) fn run(args: &RunArgs, own: &[Contender]) -> Result<(), Failure> {
    run_as(args, own, Member::of(&args.cluster)?)
}

/// The same, as one process of a cluster where `member` says so.
pub(super) fn run_as(
    args: &RunArgs,
    own: &[Contender],
    mut member: Option<Member>,
) -> Result<(), Failure> {
    let environment = harness::examine();
    let (workload, toml, stream) = load(args)?;
    let mut options = options_of(args);
    if let Some(member) = &member {
        member.fill(&mut options)?;
    }
    let guests = Guests::invite(own, &args.external, &options.engines)?;
    let (contenders, baseline) = lock_step::choose_contenders(&options, &guests.contenders)?;
    let plan = harness::resolve(&options, &workload, &contenders, baseline, &environment)?;
    traces::check_plan(&plan, stream.as_ref())?;
    let mut request = RunRequest {
        workload: &workload,
        toml,
        trace: stream.as_ref(),
        plan,
        views: harness::views_of(&workload).map_err(Failure::Error)?,
        contenders,
        environment,
        command: std::env::args().collect(),
        stop: stop_flag(),
        on_hang: end_process,
        process: args.comparison.child.number.unwrap_or(0),
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
    let record = run_and_show(&request, &args.output, args.comparison.child, args.live)?;
    // of a run that ended early there is none
    verdict_of(&record)?;
    if args.open_loop.require_rate {
        require_rate(&record)?;
    }
    if let Some(path) = &args.snapshot {
        let (snapshot, digest) = harness::snapshot_of_first(&request)?;
        let found = digest.to_string();
        let expected = record.oracle.as_ref().map(|oracle| &oracle.snapshot_digest);
        if expected.is_some_and(|expected| *expected != found) {
            return Err(Failure::Verification(format!(
                "the snapshot's state has the digest {found}, the oracle's another: {} was not written",
                path.display()
            )));
        }
        write_atomically(path, |out| write_ndjson(&snapshot, out))?;
    }
    Ok(())
}

/// The workload that is run, its text, and the trace in place of its stream.
fn load(args: &RunArgs) -> Result<(Workload, String, Option<TraceStream>), Failure> {
    match (&args.workload, &args.trace.trace) {
        (_, Some(path)) => {
            let limit = args.trials.events;
            let ready = traces::prepare(path, &args.trace.reading, limit)?;
            Ok((ready.workload, ready.toml, Some(ready.stream)))
        }
        (Some(path), None) => {
            let (workload, toml) = Workload::load(path)?;
            Ok((workload, toml, None))
        }
        (None, None) => Err(Failure::Usage("name a workload file, or --trace".into())),
    }
}

fn options_of(args: &RunArgs) -> RunOptions {
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
        open_loop: args.open_loop.options(),
        ..args::options(&args.engines, &args.trials)
    }
}

/// Refuses a snapshot's file that could not be written, or that the record
/// would replace.
fn check_snapshot_target(args: &RunArgs) -> Result<(), Failure> {
    let Some(path) = &args.snapshot else {
        return Ok(());
    };
    let out = args.output.out.as_deref();
    if out.is_some_and(|out| is_same(out, path)) {
        return Err(Failure::Usage(format!(
            "--out and --snapshot both name {}: the one would replace the other",
            path.display()
        )));
    }
    check_target(path)
}

/// `notibench rerun`.
pub(super) fn rerun(args: &RerunArgs, own: &[Contender]) -> Result<(), Failure> {
    let before = Record::load(&args.record)?;
    let name = format!("{} (in {})", before.workload.name, args.record.display());
    let mut workload = Workload::parse(&name, &before.workload.toml)?;
    workload.name.clone_from(&before.workload.name);
    let engines: Vec<String> = before.engines.iter().map(|e| e.engine.clone()).collect();
    let guests = Guests::invite(own, &args.external, &engines)?;
    let contenders = before
        .engines
        .iter()
        .map(|note| {
            let found = harness::find_contender(&note.engine, &guests.contenders)?;
            Ok(if note.control {
                found.as_control()
            } else {
                found
            })
        })
        .collect::<Result<Vec<_>, harness::PlanError>>()?;
    if !contenders.iter().any(|c| c.name == before.plan.baseline) {
        return Err(Failure::Error(format!(
            "{}: the record is damaged: its baseline `{}` is not among its engines",
            args.record.display(),
            before.plan.baseline
        )));
    }
    let environment = harness::examine();
    let stream = match &before.workload.trace {
        Some(note) => Some(traces::prepare_again(note)?),
        None => None,
    };
    let request = RunRequest {
        workload: &workload,
        toml: before.workload.toml.clone(),
        trace: stream.as_ref(),
        plan: harness::resolve_again(&before.plan, &workload, &contenders, &environment)?,
        views: harness::views_of(&workload).map_err(Failure::Error)?,
        contenders,
        environment,
        command: std::env::args().collect(),
        stop: stop_flag(),
        on_hang: end_process,
        process: args.child.number.unwrap_or(0),
    };
    let record = run_and_show(&request, &args.output, args.child, false)?;
    if let (Some(before), Some(now)) = (&before.oracle, &record.oracle) {
        let same = before.events_digest == now.events_digest
            && before.snapshot_digest == now.snapshot_digest;
        if !same {
            return Err(Failure::Verification(format!(
                "this build makes other events or another final state than the record's: events \
                 {} then, {} now; snapshot {} then, {} now",
                before.events_digest,
                now.events_digest,
                before.snapshot_digest,
                now.snapshot_digest
            )));
        }
        eprintln!(
            "the same events and the same final state as in {}",
            args.record.display()
        );
    }
    verdict_of(&record)
}

/// Runs, saves the record, prints the report.
fn run_and_show(
    request: &RunRequest<'_>,
    output: &OutputArgs,
    child: ChildArgs,
    live: bool,
) -> Result<Record, Failure> {
    if output.format.is_of_histograms() {
        return Err(Failure::Usage(
            "histograms are exported from a saved record: `notibench report RECORD --format hlog`, \
             or hgrm"
                .to_owned(),
        ));
    }
    let path = target_path(&request.workload.name, output)?;
    let page = output.html.target(path.as_deref())?;
    if request.plan.perf
        && let Some(words) = harness::no_counters()
    {
        eprintln!("warning: {words}");
    }
    let in_processes = request.plan.processes > 1 && child.number.is_none();
    if in_processes && live {
        return Err(Failure::Usage(
            "--live shows the trials of one process: leave it out, or --processes".to_owned(),
        ));
    }
    let record = if in_processes {
        processes::run(request)?
    } else {
        harness::run(request, observer(live)?.as_mut())
    };
    let saved = match &path {
        Some(path) => record.save(path).map_err(Failure::from),
        None => Ok(()),
    };
    // the report is printed even where the record could not be saved
    match show(&record, output.format) {
        // a reader that goes hides no failure of the run
        Ok(()) | Err(Failure::ReaderGone) => {}
        Err(failure) => return Err(failure),
    }
    let page = page.map_or(Ok(()), |page| html::write(&page, &[Document::Run(&record)]));
    saved?;
    if let Some(path) = path {
        eprintln!("record: {}", path.display());
    }
    page?;
    Ok(record)
}

pub(super) fn show(record: &Record, format: OutputFormat) -> Result<(), Failure> {
    show_of(record, format, None, Pass::Fresh)
}

/// The same; of histograms only those of `engine`, and of one kind of pass.
pub(super) fn show_of(
    record: &Record,
    format: OutputFormat,
    engine: Option<&str>,
    pass: Pass,
) -> Result<(), Failure> {
    print(&match format {
        OutputFormat::Hlog => report::hlog(record, engine, pass).map_err(Failure::Usage)?,
        OutputFormat::Hgrm => report::hgrm(record, engine, pass).map_err(Failure::Usage)?,
        OutputFormat::Json => report::json(record),
        OutputFormat::Csv => report::csv(record),
        OutputFormat::Markdown => report::markdown(record),
        OutputFormat::GithubActionBenchmark => report::github_action(record),
        OutputFormat::Terminal => report::terminal(record, &style()),
    })
}

pub(super) fn style() -> Style {
    let style = Style::for_stdout();
    let wanted = std::env::var("COLUMNS")
        .ok()
        .and_then(|columns| columns.parse::<usize>().ok());
    Style {
        width: wanted.map_or(style.width, |columns| columns.clamp(40, 240)),
        ..style
    }
}

/// Where the record goes; refused before the run where it can't be written.
pub(super) fn target_path(stem: &str, output: &OutputArgs) -> Result<Option<PathBuf>, Failure> {
    if output.no_save {
        return Ok(None);
    }
    let standard = default_path(stem, jiff::Timestamp::now());
    let path = match &output.out {
        None => {
            if let Some(folder) = standard.parent() {
                std::fs::create_dir_all(folder).map_err(|error| {
                    Failure::Error(format!(
                        "cannot make the folder {} for the record: {error}; name another with \
                         --out, or give --no-save",
                        folder.display()
                    ))
                })?;
            }
            standard
        }
        Some(folder) if folder.is_dir() => {
            folder.join(standard.file_name().unwrap_or(standard.as_os_str()))
        }
        Some(file) => file.clone(),
    };
    check_target(&path)?;
    Ok(Some(path))
}

/// Refuses a target that could not be written after a long run.
pub(super) fn check_target(path: &Path) -> Result<(), Failure> {
    check_writable(path).map_err(|error| {
        Failure::Error(format!(
            "cannot write {}: {error}; choose a folder that exists and that you may write to",
            path.display()
        ))
    })
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

/// What a record comes to.
pub(super) fn verdict_of(record: &Record) -> Result<(), Failure> {
    let wrong: Vec<String> = record
        .proofs
        .iter()
        .filter_map(|proof| match &proof.verdict {
            ProofVerdict::Differs(words) => Some(format!("engine `{}`: {words}", proof.engine)),
            _ => None,
        })
        .collect();
    if !wrong.is_empty() {
        return Err(Failure::Verification(format!(
            "verification failed: {}",
            wrong.join("; ")
        )));
    }
    match &record.failure {
        Some(words) if words == "interrupted" => Err(Failure::Interrupted(
            "interrupted; the record is marked incomplete".to_owned(),
        )),
        Some(words) if record.complete => Err(Failure::Verification(words.clone())),
        Some(words) => Err(Failure::Error(words.clone())),
        None => match report::failures(record).into_iter().next() {
            Some(words) => Err(Failure::Verification(words)),
            None => Ok(()),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::record::fixture;

    #[test]
    fn a_record_whose_events_are_not_conserved_is_no_success() {
        let mut record = fixture::record();
        assert!(verdict_of(&record).is_ok());
        record.trials[0].applied -= 1;
        match verdict_of(&record) {
            Err(Failure::Verification(words)) => {
                assert!(words.contains("not conserved"), "{words}");
            }
            other => panic!("{other:?}"),
        }
    }
}

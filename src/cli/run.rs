//! `run`, and what it shares with `rerun`. Imports `harness`, `record`, `report`, `workload`.

use std::io::IsTerminal as _;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use super::args::{self, ExternalArgs, LengthArgs, OutputArgs, OutputFormat, RunArgs, SaveArgs};
use super::cluster::Member;
use super::exit::{Failure, command_words, note, print, say};
use super::external::Guests;
use super::html;
use super::lock_step;
use super::paths::is_same;
use super::processes;
use super::progress::observer;
use super::rescue::{self, Keeping, SoFar};
use super::signal::{end_process, stop_flag, work_begins_anew, work_is_over, work_is_saved};
use super::traces;
use crate::engine::snapshot::write_ndjson;
use crate::harness::{self, Contender, RunOptions, RunRequest};
use crate::record::{Pass, ProofVerdict, Record, Target};
use crate::report::html::Document;
use crate::report::{self, Style};
use crate::unit::atomic_file::{check_writable, write_atomically};

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
    let (workload, toml, stream) =
        traces::load(args.workload.as_deref(), &args.trace, args.trials.events)?;
    let mut options = options_of(args);
    options.recorded = stream.as_ref().map(|stream| Arc::clone(&stream.events));
    if let Some(member) = &member {
        member.fill(&mut options, own)?;
    }
    let guests = Guests::invite(own, &args.external, &options.engines)?;
    let (contenders, baseline) = lock_step::choose_contenders(&options, &guests.contenders)?;
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
        on_hang: end_process,
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
    let printed = Printed::of(&args.output, args.length);
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
pub(super) struct Printed<'a> {
    output: &'a OutputArgs,
    /// Whether the report is printed in short.
    brief: bool,
}

impl<'a> Printed<'a> {
    pub(super) fn of(output: &'a OutputArgs, length: LengthArgs) -> Self {
        let brief = length.is_brief(std::io::stdout().is_terminal());
        Self { output, brief }
    }
}

/// Runs, saves the record, prints the report.
pub(super) fn run_and_show(
    request: &RunRequest<'_>,
    Printed { output, brief }: Printed<'_>,
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
            rescue::keep(move |why| save_unfinished(record, path.as_ref(), format, brief, why));
        }
    };
    let mut shown = observer(live)?;
    let mut observer = Keeping::new(shown.as_mut(), keep);
    let record = if in_processes {
        processes::run(request, external, &mut observer)?
    } else {
        harness::run(request, &mut observer)
    };
    // what it shows goes before the report comes
    drop(shown);
    work_is_over();
    let saved = path.as_ref().map(|target| record.save(target)).transpose();
    // the report is printed even where the record could not be saved
    show_of(&record, output.format, brief, None, Pass::Fresh)?;
    let page = page.map_or(Ok(()), |page| {
        html::write_beside(&saved, &page, &[Document::Run(&record)])
    });
    if let Some(path) = saved? {
        let more = if brief && output.format == OutputFormat::Terminal {
            "; `notibench report` of it shows all"
        } else {
            ""
        };
        note(format_args!("record: {}{more}", path.display()));
    }
    page?;
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
    record.failure = Some(why.to_owned());
    let saved = path.map(|target| record.save(target)).transpose();
    // nothing is left to do where it can't be printed
    let _ = show_of(&record, format, brief, None, Pass::Fresh);
    rescue::say_saved(saved, "record");
}

/// Prints a record, its report in short or whole; of histograms only those of `engine`, and of one kind of pass.
pub(super) fn show_of(
    record: &Record,
    format: OutputFormat,
    brief: bool,
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
        OutputFormat::Bencher => report::bencher(record),
        OutputFormat::Terminal if brief => report::brief(record, &style()),
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

/// Where a record goes that was given no place; makes its folder.
pub(super) fn standard_target(stem: &str) -> Result<Target, Failure> {
    let target = Target::fresh(stem, jiff::Timestamp::now());
    if let Some(folder) = target.path().parent() {
        std::fs::create_dir_all(folder).map_err(|error| {
            Failure::Error(format!(
                "cannot make the folder {} for the record: {error}; name another with --out, or \
                 give --no-save",
                folder.display()
            ))
        })?;
    }
    Ok(target)
}

/// Where the record goes; refused before the run where it can't be written.
pub(super) fn target_path(stem: &str, save: &SaveArgs) -> Result<Option<Target>, Failure> {
    if save.no_save {
        return Ok(None);
    }
    target_of(stem, save.out.as_deref()).map(Some)
}

/// The same, given the value of `--out`.
pub(super) fn target_of(stem: &str, out: Option<&Path>) -> Result<Target, Failure> {
    let target = match out {
        None => standard_target(stem)?,
        Some(folder) if folder.is_dir() => Target::fresh_in(folder, stem, jiff::Timestamp::now()),
        Some(file) => Target::from(file),
    };
    check_target(target.path())?;
    Ok(target)
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

//! `sweep`: the same run at each value of one axis.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use parking_lot::Mutex;

use crate::args::measurement::options;
use crate::args::output::TextFormat;
use crate::args::sweep::SweepArgs;
use crate::exit::{Failure, command_words};
use crate::progress::Progress;
use crate::results::Destination;
use crate::save::target_path;
use crate::show::show_as;
use crate::signal::{on_hang, stop_flag, work_is_over, work_is_saved};
use crate::traces;
use crate::unfinished::{self, PartialResults, SoFar};
use crate::verdict::verdict_of;
use notibench_core::unit::quantity::parse_count;
use notibench_harness::{
    self as harness, ApartOptions, Contender, RunOptions, RunRequest, SweepRequest,
};
use notibench_record::{Pass, Record, Sweep, SweepAxis, SweepPoint, Target};
use notibench_report as report;
use notibench_report::html::Document;
use notibench_workload::{Change, Workload, with_change};

/// `notibench sweep`.
pub(crate) fn sweep(args: &SweepArgs, own: &[Contender]) -> Result<(), Failure> {
    // not after hours
    let axes = Axes::of(args);
    let (axis, values) = axes.swept()?;
    let (workload, toml, stream) =
        traces::load(args.workload.as_deref(), &args.trace, args.trials.events)?;
    axes.check_trace(args)?;
    let points: Vec<Point> = values
        .iter()
        .map(|&value| axes.point(axis, value, &workload, &toml, args))
        .collect::<Result<_, _>>()?;
    let environment = harness::examine();
    let command = command_words();
    let runs = points
        .iter()
        .map(|point| {
            let (contenders, baseline) = harness::choose_contenders(&point.options, own)?;
            let plan = harness::resolve(
                &point.options,
                &point.workload,
                &contenders,
                baseline,
                &environment,
            )?;
            traces::check_plan(&plan, stream.as_ref())?;
            let run = RunRequest {
                wait_quiet: args.trials.wait_quiet.map(Duration::from_nanos),
                workload: &point.workload,
                toml: point.toml.clone(),
                trace: stream.as_ref(),
                plan,
                views: harness::views_of(&point.workload).map_err(Failure::Error)?,
                contenders,
                environment: environment.clone(),
                command: command.clone(),
                stop: stop_flag(),
                on_hang: on_hang(args.stall),
                process: 0,
            };
            Ok((point.value, run))
        })
        .collect::<Result<Vec<_>, Failure>>()?;
    let request = SweepRequest {
        axis,
        points: runs,
        command,
    };
    let stem = format!("{}-{}", workload.name, axis.name());
    run_and_show(&request, &stem, args)
}

/// The values of the five axes, each perhaps empty.
struct Axes {
    values: [(SweepAxis, Vec<f64>); 5],
}

/// One run of the sweep.
struct Point {
    value: f64,
    workload: Workload,
    toml: String,
    options: RunOptions,
}

impl Axes {
    fn of(args: &SweepArgs) -> Self {
        let sizes = |values: &[usize]| values.iter().map(|&value| value as f64).collect();
        let members = args.members.iter().map(|&value| value as f64).collect();
        Self {
            values: [
                (SweepAxis::Threads, sizes(&args.threads)),
                (SweepAxis::Members, members),
                (SweepAxis::Zipf, args.zipf.clone()),
                (SweepAxis::Batch, sizes(&args.batch)),
                (SweepAxis::Readers, sizes(&args.readers)),
            ],
        }
    }

    /// The one axis that has several values, and those.
    fn swept(&self) -> Result<(SweepAxis, &[f64]), Failure> {
        for (axis, values) in &self.values {
            let repeated = (1..values.len()).find(|&at| values[..at].contains(&values[at]));
            if let Some(at) = repeated {
                return Err(Failure::Usage(format!(
                    "--{} has {} twice: give each value once",
                    axis.name(),
                    axis.show(values[at])
                )));
            }
        }
        let several: Vec<&(SweepAxis, Vec<f64>)> =
            self.values.iter().filter(|(_, v)| v.len() > 1).collect();
        match &several[..] {
            [(axis, values)] => Ok((*axis, values)),
            [] => Err(Failure::Usage(
                "nothing to sweep: give one of --threads 1,2,4,8, --members 10k,100k,1M, --zipf \
                 0,0.74,0.99, --batch 1,16,256 or --readers 0,1,2 (with --writers 1) two values \
                 or more"
                    .to_owned(),
            )),
            [(one, _), (other, _), ..] => Err(Failure::Usage(format!(
                "--{} and --{} both have several values: a sweep has exactly one axis, so give \
                 one of them a single value, or make two sweeps",
                one.name(),
                other.name()
            ))),
        }
    }

    /// Refuses to change what a trace is.
    fn check_trace(&self, args: &SweepArgs) -> Result<(), Failure> {
        let changes = [SweepAxis::Members, SweepAxis::Zipf];
        let mut given = self.values.iter();
        let changed = given.find(|(axis, values)| changes.contains(axis) && !values.is_empty());
        match changed.filter(|_| args.trace.trace.is_some()) {
            None => Ok(()),
            Some((axis, _)) => Err(Failure::Usage(format!(
                "--{} changes how a stream is generated, and a trace is as it is: sweep \
                 --threads or --batch, or sweep the workload that `notibench fit` makes of it",
                axis.name()
            ))),
        }
    }

    /// The value that a flag has at a point: the point's own, or the flag's
    /// single one.
    fn at(&self, flag: SweepAxis, axis: SweepAxis, value: f64) -> Option<f64> {
        let single = || {
            let (_, values) = self.values.iter().find(|(other, _)| *other == flag)?;
            values.first().copied()
        };
        if flag == axis { Some(value) } else { single() }
    }

    fn point(
        &self,
        axis: SweepAxis,
        value: f64,
        workload: &Workload,
        toml: &str,
        args: &SweepArgs,
    ) -> Result<Point, Failure> {
        let at = |flag| self.at(flag, axis, value);
        let size = |flag| at(flag).map(|value| value as usize);
        let changes = [
            at(SweepAxis::Members).map(|value| Change::Members(value as u64)),
            at(SweepAxis::Zipf).map(Change::RecipientExponent),
        ];
        let (workload, toml) = changed(workload, toml, args, changes.into_iter().flatten())?;
        let options = RunOptions {
            threads: size(SweepAxis::Threads),
            batch: size(SweepAxis::Batch),
            apart: ApartOptions {
                writers: args.writers,
                readers: size(SweepAxis::Readers),
                ..ApartOptions::default()
            },
            ..options(&args.engines, &args.trials)
        };
        Ok(Point {
            value,
            workload,
            toml,
            options,
        })
    }
}

/// The workload with these values changed, read again from its changed text
/// as a rerun will read it.
fn changed(
    workload: &Workload,
    toml: &str,
    args: &SweepArgs,
    changes: impl Iterator<Item = Change>,
) -> Result<(Workload, String), Failure> {
    let path = args.workload.as_deref().unwrap_or(Path::new(""));
    let mut name = path.to_string_lossy().into_owned();
    let mut text = toml.to_owned();
    for change in changes {
        text = with_change(&text, change)
            .map_err(|what| Failure::Error(format!("cannot change {}: {what}", path.display())))?;
        name += &match change {
            Change::Members(members) => format!(" with --members {members}"),
            Change::RecipientExponent(exponent) => format!(" with --zipf {exponent}"),
        };
    }
    let mut parsed = Workload::parse(&name, &text)?;
    parsed.name.clone_from(&workload.name);
    Ok((parsed, text))
}

/// Runs, saves, prints; the code says what came of it.
fn run_and_show(request: &SweepRequest<'_>, stem: &str, args: &SweepArgs) -> Result<(), Failure> {
    let path = target_path(stem, &args.save)?;
    let page = args.html.target(path.as_ref())?;
    work_is_saved();
    let keep = {
        let (path, format) = (path.clone(), args.format);
        let so_far = Arc::new(Mutex::new(request.without_points()));
        move |found: SoFar<'_>| {
            let SoFar::Run(value, record) = found else {
                return;
            };
            note_point(&mut so_far.lock(), value.unwrap_or_default(), record);
            let (so_far, path) = (Arc::clone(&so_far), path.clone());
            unfinished::keep(move |why| {
                save_unfinished(&mut so_far.lock(), path.as_ref(), format, why);
            });
        }
    };
    let sweep = harness::sweep(
        request,
        &mut PartialResults::new(&mut Progress::new(), keep),
    );
    work_is_over();
    let destination = Destination {
        what: "sweep",
        target: path,
        page,
    };
    destination.deliver(
        |target| sweep.save(target),
        || show(&sweep, args.format, Pass::Fresh),
        Document::Sweep(&sweep),
        "",
    )?;
    verdict(&sweep)
}

/// Adds what a point has measured so far, in place of what it had before.
fn note_point(sweep: &mut Sweep, value: f64, record: &Record) {
    let record = record.clone();
    let points = &mut sweep.points;
    match points.iter_mut().find(|point| point.value == value) {
        Some(point) => point.record = record,
        None => points.push(SweepPoint { value, record }),
    }
}

/// Saves and prints what was measured before the process has to end.
fn save_unfinished(sweep: &mut Sweep, path: Option<&Target>, format: TextFormat, why: &str) {
    let place = |value: &f64| sweep.asked.iter().position(|asked| asked == value);
    sweep.points.sort_by_key(|point| place(&point.value));
    for point in sweep.points.iter_mut().filter(|p| !p.record.complete) {
        point.record.failure = Some(why.into());
    }
    let saved = path.map(|target| sweep.save(target)).transpose();
    // nothing is left to do where it can't be printed
    let _ = show(sweep, format, Pass::Fresh);
    unfinished::say_saved(saved, "sweep");
}

/// Prints a sweep.
pub(crate) fn show(sweep: &Sweep, format: TextFormat, pass: Pass) -> Result<(), Failure> {
    if pass == Pass::Warm && !sweep.points.iter().any(|point| point.record.plan.warm) {
        return Err(Failure::Usage(
            "the sweep has no passes over warm state: leave out --pass, or sweep again with --warm"
                .to_owned(),
        ));
    }
    show_as(
        format,
        || sweep.to_json(),
        |style| report::sweep(sweep, pass, style),
    )
}

/// What a sweep comes to: an engine that is wrong weighs more than a run that
/// failed, and that more than an interruption.
fn verdict(sweep: &Sweep) -> Result<(), Failure> {
    let weight = |failure: &Failure| match failure {
        Failure::Verification(_) => 3,
        Failure::Error(_) => 2,
        _ => 1,
    };
    let mut gravest: Option<Failure> = None;
    for point in &sweep.points {
        let Err(failure) = verdict_of(&point.record) else {
            continue;
        };
        let place = format!("{} {}", sweep.axis.name(), sweep.axis.show(point.value));
        let failure = match failure {
            Failure::Verification(words) => Failure::Verification(format!("at {place}: {words}")),
            Failure::Error(words) => Failure::Error(format!("at {place}: {words}")),
            Failure::Interrupted(_) => interrupted(),
            other => other,
        };
        if gravest
            .as_ref()
            .is_none_or(|found| weight(found) < weight(&failure))
        {
            gravest = Some(failure);
        }
    }
    match gravest {
        Some(failure) => Err(failure),
        // stopped between two points
        None if !sweep.complete => Err(interrupted()),
        None => Ok(()),
    }
}

fn interrupted() -> Failure {
    Failure::Interrupted("interrupted; the sweep is marked incomplete".to_owned())
}

/// One point of a sweep, as `--point` names it.
pub(crate) fn find_point<'s>(sweep: &'s Sweep, text: &str) -> Result<&'s SweepPoint, Failure> {
    let found = sweep.points.iter().find(|point| {
        let same = |number: f64| number == point.value;
        sweep.axis.show(point.value) == text
            || text.parse().is_ok_and(same)
            || parse_count(text).is_ok_and(|count| same(count as f64))
    });
    found.ok_or_else(|| {
        let known = sweep
            .points
            .iter()
            .map(|point| sweep.axis.show(point.value));
        Failure::Usage(format!(
            "the sweep has no point `{text}`; its {} are {}",
            sweep.axis.name(),
            known.collect::<Vec<_>>().join("; ")
        ))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use notibench_record::fixture;

    #[test]
    fn a_wrong_engine_weighs_more_than_an_interruption() {
        let mut sweep = fixture::sweep();
        assert!(verdict(&sweep).is_ok());
        sweep.complete = false;
        assert!(matches!(verdict(&sweep), Err(Failure::Interrupted(_))));
        let first = &mut sweep.points[0].record;
        (first.complete, first.failure) = (false, Some("interrupted".into()));
        assert!(matches!(verdict(&sweep), Err(Failure::Interrupted(_))));
        sweep.points[1].record.complete = false;
        sweep.points[1].record.failure = Some("engine `e`: worker 0 panicked".into());
        assert!(
            matches!(verdict(&sweep), Err(Failure::Error(words)) if words.contains("threads 2"))
        );
        fixture::break_engine(&mut sweep.points[0].record, "dashmap", "member 7");
        assert!(
            matches!(verdict(&sweep), Err(Failure::Verification(words)) if words.contains("threads 1"))
        );
    }

    #[test]
    fn a_point_is_found_however_its_value_is_written() {
        let mut sweep = fixture::sweep();
        sweep.axis = SweepAxis::Members;
        sweep.points[1].value = 10_000.0;
        for text in ["10k", "10000", "10_000"] {
            assert_eq!(find_point(&sweep, text).unwrap().value, 10_000.0);
        }
        assert!(
            matches!(find_point(&sweep, "3"), Err(Failure::Usage(words)) if words.contains("10k"))
        );
    }
}

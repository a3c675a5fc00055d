//! `choose`: which engine to take for a workload or a log, in five lines.

use std::path::Path;
use std::time::Duration;

use crate::args::choose::ChooseArgs;
use crate::commands::describe::{Fitted, fitted};
use crate::engines::AvailableEngines;
use crate::exit::{Failure, command_words, note, print};
use crate::progress::observer;
use crate::save::target_path;
use crate::signal::{on_hang, stop_flag};
use crate::verdict::verdict_of;
use notibench_core::engine::{EngineInfo, Freshness, Role};
use notibench_engines::registry::ENTRIES;
use notibench_harness::{
    self as harness, Contender, OpenLoopOptions, Rate, RunOptions, RunRequest,
};
use notibench_record::Record;
use notibench_report::{self as report, AtRate, Summary};
use notibench_workload::Workload;

/// Events of a trial, at least: a log of a few thousand tells how its events
/// are, and no time can be taken of so few.
const FEWEST_EVENTS: u64 = 1_000_000;
/// The half-width at which rounds end.
const PRECISION: f64 = 0.03;
/// How long, and how often, events arrive at a rate.
const AT_RATE: Duration = Duration::from_secs(2);
const ROUNDS_AT_RATE: usize = 3;
/// Rates at which response times are measured, as multiples of the log's own.
const TIMES: [u64; 2] = [1, 10];
/// The lowest rate that is measured: of fewer events no percentile is known.
const LOWEST_PER_S: f64 = 10_000.0;

/// `notibench choose`.
pub(crate) fn choose(args: &ChooseArgs, own: &[Contender]) -> Result<(), Failure> {
    let (workload, toml, own_per_s) = workload_of(args)?;
    let target = target_path(&workload.name, &args.save)?;
    let available = AvailableEngines::with_external(own, &args.external, &args.engines)?;
    let mut engines = candidates(&args.engines, &available.contenders);
    available.add_maps_to(&mut engines);
    let asked = Asked {
        args,
        workload: &workload,
        toml,
        available: &available.contenders,
    };
    let record = asked.run(RunOptions {
        // of one engine there is no ratio
        precision: (engines.len() > 1).then_some(PRECISION),
        engines,
        events: Some(args.events.unwrap_or(workload.events.max(FEWEST_EVENTS))),
        max_time_ms: Some(args.max_time),
        ..RunOptions::default()
    })?;
    let saved = target.map(|target| record.save(&target)).transpose()?;
    let summary = Summary::of(&record);
    let mut at_rates: Vec<AtRate> = Vec::new();
    if let Some(leader) = summary.of_kind(false).next() {
        for times in TIMES {
            let per_s = own_per_s * times as f64;
            let measured_per_s = per_s.max(LOWEST_PER_S);
            // a rate that it can't take in a closed loop needs no open one
            let record = match at_rates.last() {
                Some(last) if last.measured_per_s >= measured_per_s => last.record.clone(),
                _ => (measured_per_s < leader.events_per_s)
                    .then(|| asked.at_rate(&leader.name, measured_per_s))
                    .transpose()?,
            };
            at_rates.push(AtRate {
                times,
                per_s,
                measured_per_s,
                record,
            });
        }
    }
    print(&report::choice(&record, &at_rates))?;
    if let Some(path) = saved {
        note(format_args!(
            "record: {}; `notibench report` of it shows all",
            path.display()
        ));
    }
    verdict_of(&record)
}

/// The workload, or the one that is fitted to the log, with its text; and the
/// events a second of either.
fn workload_of(args: &ChooseArgs) -> Result<(Workload, String, f64), Failure> {
    let Some(trace) = &args.trace else {
        let path = args.workload.as_deref().unwrap_or(Path::new(""));
        let (workload, toml) = Workload::load(path)?;
        let per_s = workload.events as f64 / (workload.span_us as f64 / 1e6);
        return Ok((workload, toml, per_s));
    };
    let Fitted { toml, events_per_s } = fitted(trace, &args.reading, None)?;
    let name = trace
        .file_stem()
        .unwrap_or(trace.as_os_str())
        .to_string_lossy();
    let mut workload = Workload::parse(&name, &toml)?;
    workload.name = name.into_owned();
    Ok((workload, toml, events_per_s))
}

/// All engines whose reads are immediate, one's own among them.
fn candidates(named: &[String], own: &[Contender]) -> Vec<String> {
    if !named.is_empty() {
        return named.to_vec();
    }
    let is_one =
        |info: &EngineInfo| info.role == Role::Engine && info.freshness == Freshness::Immediate;
    let registered = ENTRIES.iter().filter(|info| is_one(info));
    let registered = registered.map(|info| info.name.to_owned()).collect();
    let own: Vec<Contender> = own
        .iter()
        .filter(|own| own.info.role != Role::Ablation)
        .cloned()
        .collect();
    harness::with_own(registered, &own)
}

/// What is asked, of which several runs are made.
struct Asked<'a> {
    args: &'a ChooseArgs,
    workload: &'a Workload,
    toml: String,
    available: &'a [Contender],
}

impl Asked<'_> {
    fn run(&self, options: RunOptions) -> Result<Record, Failure> {
        let options = RunOptions {
            threads: self.args.threads,
            ..options
        };
        let environment = harness::examine();
        let (contenders, baseline) = harness::choose_contenders(&options, self.available)?;
        let plan = harness::resolve(&options, self.workload, &contenders, baseline, &environment)?;
        let request = RunRequest {
            wait_quiet: None,
            workload: self.workload,
            toml: self.toml.clone(),
            trace: None,
            plan,
            views: harness::views_of(self.workload).map_err(Failure::Error)?,
            contenders,
            environment,
            command: command_words(),
            stop: stop_flag(),
            on_hang: on_hang(self.args.stall),
            process: 0,
        };
        let mut shown = observer(false)?;
        Ok(harness::run(&request, shown.as_mut()))
    }

    /// The engine alone while events arrive at a rate.
    fn at_rate(&self, engine: &str, per_s: f64) -> Result<Record, Failure> {
        // in thousandths of an event a second
        let rate = Rate {
            events: (per_s * 1e3).round() as u64,
            per_ns: 1_000_000_000_000,
        };
        self.run(RunOptions {
            engines: vec![engine.to_owned()],
            rounds: Some(ROUNDS_AT_RATE),
            open_loop: OpenLoopOptions {
                rate: Some(rate),
                duration_ns: Some(AT_RATE.as_nanos() as u64),
                ..OpenLoopOptions::default()
            },
            ..RunOptions::default()
        })
    }
}

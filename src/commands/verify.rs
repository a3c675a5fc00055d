//! `verify`.

use std::path::PathBuf;

use crate::args::verify::VerifyArgs;
use crate::engines::AvailableEngines;
use crate::exit::{Failure, print};
use crate::progress::Progress;
use crate::signal::{on_hang, stop_flag};
use crate::traces;
use notibench_core::engine::Role;
use notibench_core::unit::quantity::{counted, show_whole};
use notibench_engines::registry::ENTRIES;
use notibench_harness::{self as harness, Contender, Verified, VerifyFailure, VerifyOptions};
use notibench_report::answers_under_load;
use notibench_workload::{Workload, built_in_to_verify};

/// Fewer members than this leave much unseen.
const FEW_MEMBERS: u64 = 1_000;
/// The workload on which the tests' broken engines are all caught.
const PROVING: &str = "smoke/from_zero";
/// Events of a workload, and of one ingest call, at the most.
const MAX_EVENTS: u64 = 100_000_000;
const MAX_BATCH: u64 = 1 << 20;

/// `notibench verify`.
pub(crate) fn verify(args: &VerifyArgs, own: &[Contender]) -> Result<(), Failure> {
    check_numbers(args)?;
    let available = AvailableEngines::with_external(own, &args.external, &args.engines)?;
    let contenders = contenders(args, &available.contenders)?;
    let options = VerifyOptions {
        events: args.events,
        seed: args.seed,
        threads: args.threads.clone(),
        batch: args.batch,
        freshness_events: harness::FRESHNESS_EVENTS,
        stop: stop_flag(),
        on_hang: on_hang(args.stall),
    };
    let mut blind = BlindSpots::default();
    let mut failures = Vec::new();
    if args.trace.trace.is_some() {
        let ready = traces::prepare(&args.trace, Some(args.events))?;
        let (workload, stream) = (&ready.workload, &ready.stream);
        let mut progress = Progress::new();
        let found = harness::verify_trace(workload, stream, &contenders, &options, &mut progress)?;
        let events = ready.stream.note.events;
        blind.note(&ready.workload, &found);
        failures.extend(tell(
            &ready.workload.name,
            events,
            args,
            &contenders,
            found,
        )?);
    } else {
        traces::refuse_rules(&args.trace)?;
        for path in &workloads(args) {
            let (workload, _) = Workload::load(path)?;
            let found = harness::verify(&workload, &contenders, &options, &mut Progress::new())?;
            blind.note(&workload, &found);
            failures.extend(tell(&workload.name, args.events, args, &contenders, found)?);
        }
    }
    if failures.is_empty() {
        return blind.in_words().iter().try_for_each(|words| print(words));
    }
    let lines: Vec<String> = failures
        .iter()
        .map(|f| {
            format!(
                "  {} on {}, {}: {}",
                f.engine,
                f.workload,
                counted(f.threads, "thread"),
                f.words
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
    found: Verified,
) -> Result<Vec<VerifyFailure>, Failure> {
    let compared = found.compared;
    let verdict = if found.failures.is_empty() {
        "equal to the oracle"
    } else {
        "DIFFERS"
    };
    let threads: Vec<String> = args.threads.iter().map(ToString::to_string).collect();
    print(&format!(
        "{name:<20} {} of {} at {}, {}: {verdict}{}",
        counted(compared, "snapshot"),
        counted(contenders.len(), "engine"),
        match &args.threads[..] {
            [1] => "1 thread".to_owned(),
            _ => format!("{} threads", threads.join(", ")),
        },
        counted(events, "event"),
        answers_under_load(found.answers.explained, found.answers.bounded),
    ))?;
    Ok(found.failures)
}

/// What a verification that found nothing may have missed.
#[derive(Debug, Default)]
struct BlindSpots {
    /// The most members that a stream had.
    members: u64,
    with_threads: u64,
    one_by_one: u64,
}

impl BlindSpots {
    fn note(&mut self, workload: &Workload, found: &Verified) {
        self.members = self.members.max(workload.population.members);
        self.with_threads += found.with_threads;
        self.one_by_one += found.one_by_one;
    }

    fn in_words(&self) -> Vec<String> {
        let mut words = Vec::new();
        if self.members < FEW_MEMBERS {
            words.push(format!(
                "note: {} at the most: states are seldom made, tables hardly grow, and \
                 what is named is named again at once; an engine that loses an update while it \
                 makes a state, or that lags more than it declares, may pass; verify {PROVING}, \
                 too",
                counted(self.members, "member")
            ));
        }
        if self.one_by_one > 0 {
            words.push(format!(
                "note: in {} of {} with several threads no two threads ingested at one \
                 time: what goes wrong between them can't be seen there; give more --events",
                show_whole(self.one_by_one),
                counted(self.with_threads, "trial")
            ));
        }
        words
    }
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

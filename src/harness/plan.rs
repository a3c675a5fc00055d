//! From what was asked to what is run: engines, sizes, limits. Imports
//! `record`, `engine`, `generator`, `event`, `workload`.

use std::sync::Arc;

use std::num::NonZeroUsize;

use super::contender::Contender;
use super::fit::is_inline;
use super::memory::{RunSizes, memory_limit, predict};
use super::plan_cluster::cluster_plan;
use super::plan_error::PlanError;
use super::plan_open_loop::{OpenLoopOptions, Settled, settle, whole_run};
use super::plan_rounds::{in_range, interleaving, rounds_plan};
use super::weeks::fits_weeks;
use crate::engine::registry::ENTRIES;
use crate::engine::state::INBOX_CAPACITY;
use crate::engine::{EngineInfo, Role};
use crate::event::Event;
use crate::generator::{Generator, ReadStream};
use crate::record::{ClusterPlan, Environment, Plan};
use crate::workload::Workload;

/// Engines of a run that names none.
const DEFAULT_ENGINES: [&str; 4] = ["dashmap", "dashmap-naive", "sharded-mutex", "partitioned"];
/// The baseline, where it takes part and no other was named.
const DEFAULT_BASELINE: &str = "dashmap-naive";
/// The probe of every run.
const PROBE: &str = "null";
/// Counters are 32 bits wide, so that a member's state stays small.
const MAX_EVENTS: u64 = 1 << 31;
/// Threads at the most: more than this is a slip of the finger.
const MAX_THREADS: usize = 1_024;
/// Events of one ingest call at the most.
const MAX_BATCH: usize = 1 << 20;

/// What a run was asked for; what is `None` is the workload's or our choice.
#[derive(Clone, Debug, Default)]
pub struct RunOptions {
    /// Names of engines, in order; empty: the default ones.
    pub engines: Vec<String>,
    /// Every engine of the registry, and every probe.
    pub all: bool,
    /// The limit probes, beside the engines chosen.
    pub limits: bool,
    /// A second pass of each trial, over warm state.
    pub warm: bool,
    /// The engine that ratios are taken to.
    pub baseline: Option<String>,
    /// Workers; as many as processors unless told.
    pub threads: Option<usize>,
    /// Events of each trial.
    pub events: Option<u64>,
    /// Rounds that count.
    pub rounds: Option<usize>,
    /// Rounds thrown away before them.
    pub warmup_rounds: Option<usize>,
    /// Seed of the stream.
    pub seed: Option<u64>,
    /// Events of one ingest call.
    pub batch: Option<usize>,
    /// Pin workers to cores.
    pub pin: bool,
    /// Read the processors' counters around each trial.
    pub perf: bool,
    /// Generate inside the timed part even where the stream fits.
    pub inline: bool,
    /// Leave out the proof.
    pub no_verify: bool,
    /// How large a difference must be to matter, as a fraction.
    pub relevant: Option<f64>,
    /// Half-width of the intervals at which rounds end, as a fraction.
    pub precision: Option<f64>,
    /// When no further round begins, in ms after the first.
    pub max_time_ms: Option<u64>,
    /// Processes that each make the whole run.
    pub processes: Option<usize>,
    /// Slowdown planted into every engine, as a fraction of its own time.
    pub planted_share: f64,
    /// Each engine's whole trial alone, in place of interleaved rounds.
    pub isolated: bool,
    /// What a slice of an interleaved round takes on average, in µs.
    pub slice_us: Option<u64>,
    /// Seed of the order of turns; drawn where none is given.
    pub order_seed: Option<u64>,
    /// Processes in lock-step, this one among them: each round is interleaved,
    /// and they share the memory.
    pub lock_step: Option<NonZeroUsize>,
    /// How arrivals are scheduled, where they are.
    pub open_loop: OpenLoopOptions,
    /// Processes that make trials together, each with `threads` workers; none:
    /// this one alone.
    pub cluster: Option<usize>,
    /// Events of a trace, whose times a schedule follows; none: the workload's.
    pub recorded: Option<Arc<Vec<Event>>>,
}

/// Chooses the engines: those named, then the A/A control, then `null`; and
/// the baseline. `own` are engines beside the registry's.
///
/// # Errors
/// Unknown names, names given twice, a probe as a baseline.
pub fn choose_contenders(
    options: &RunOptions,
    own: &[Contender],
) -> Result<(Vec<Contender>, String), PlanError> {
    let names = names_of(options, own);
    let mut contenders: Vec<Contender> = Vec::new();
    for name in &names {
        if contenders.iter().any(|other| other.name == *name) {
            return Err(PlanError::Conflict(format!(
                "--engine {name} is given twice"
            )));
        }
        contenders.push(find_contender(name, own)?);
    }
    let ranked = |name: &str| {
        contenders
            .iter()
            .any(|c| c.name == name && c.info.role != Role::Probe)
    };
    let baseline = match &options.baseline {
        Some(name) if ranked(name) => name.clone(),
        Some(name) => {
            let found = find_contender(name, own)?;
            if found.info.role == Role::Probe {
                return Err(PlanError::Conflict(format!(
                    "--baseline {name} is a probe: ratios are taken to an engine"
                )));
            }
            contenders.push(found);
            name.clone()
        }
        None if ranked(DEFAULT_BASELINE) => DEFAULT_BASELINE.to_owned(),
        None => contenders
            .iter()
            .filter(|contender| contender.info.role != Role::Probe)
            // the registry's first: records of other builds have that one, too
            .min_by_key(|contender| is_of(own, &contender.name))
            .map(|contender| contender.name.clone())
            .ok_or_else(|| {
                PlanError::Conflict(
                    "only probes were asked for: add an engine with --engine".to_owned(),
                )
            })?,
    };
    let beside = contenders
        .iter()
        .any(|c| c.info.role == Role::Engine && c.name != baseline);
    if options.precision.is_some() && !beside {
        return Err(PlanError::Conflict(
            "--precision is that of ratios, and there is one engine: add another with --engine"
                .to_owned(),
        ));
    }
    let control = contenders
        .iter()
        // an open loop compares response times at one rate, not speed
        .find(|c| c.name == baseline && !options.open_loop.is_asked())
        .map(Contender::as_control);
    contenders.extend(control);
    if !contenders.iter().any(|contender| contender.name == PROBE) {
        contenders.push(find_contender(PROBE, own)?);
    }
    Ok((contenders, baseline))
}

/// Names of all who take part, but for the baseline, the control and `null`.
fn names_of(options: &RunOptions, own: &[Contender]) -> Vec<String> {
    let registered = |wanted: &dyn Fn(&EngineInfo) -> bool| {
        let wanted = ENTRIES.iter().filter(|info| wanted(info));
        wanted.map(|info| info.name.to_owned()).collect::<Vec<_>>()
    };
    let is_limit = |info: &EngineInfo| info.role == Role::Probe && info.name != PROBE;
    let mut names = if options.all {
        with_own(registered(&|info| info.role == Role::Engine), own)
    } else if options.engines.is_empty() {
        with_own(DEFAULT_ENGINES.map(str::to_owned).to_vec(), own)
    } else {
        options.engines.clone()
    };
    if options.limits || (options.all && !options.open_loop.is_asked()) {
        // of a stream that is generated inline `--all` means what there is
        let may_be_had = |name: &str| options.limits || !options.inline || !needs_dense_ids(name);
        let limits = registered(&is_limit).into_iter();
        let more: Vec<String> = limits
            .filter(|name| may_be_had(name) && !names.contains(name))
            .collect();
        names.extend(more);
    }
    names
}

/// Engines that a command takes where none is named, and after them the
/// user's own: no default leaves those out.
#[must_use]
pub fn with_own(mut names: Vec<String>, own: &[Contender]) -> Vec<String> {
    for contender in own {
        if !names.contains(&contender.name) {
            names.push(contender.name.clone());
        }
    }
    names
}

/// Whether an engine of that name is one of the user's own.
fn is_of(own: &[Contender], name: &str) -> bool {
    own.iter().any(|contender| contender.name == name)
}

fn needs_dense_ids(name: &str) -> bool {
    Contender::registered(name).is_some_and(|contender| contender.needs_dense_ids)
}

/// The contender of a name, of the user's own or the registry's.
///
/// # Errors
/// Where there is none.
pub fn find_contender(name: &str, own: &[Contender]) -> Result<Contender, PlanError> {
    own.iter()
        .find(|contender| contender.info.name == name)
        .cloned()
        .or_else(|| Contender::registered(name))
        .ok_or_else(|| {
            let known: Vec<&str> = ENTRIES
                .iter()
                .map(|info| info.name)
                .chain(own.iter().map(|contender| contender.info.name))
                .collect();
            PlanError::unknown_engine(name, &known)
        })
}

/// Settles every number of a run, and whether its stream is made beforehand:
/// it is where it fits in a quarter of the memory.
///
/// # Errors
/// Numbers out of range; more memory than there is.
pub fn resolve(
    options: &RunOptions,
    workload: &Workload,
    contenders: &[Contender],
    baseline: String,
    env: &Environment,
) -> Result<Plan, PlanError> {
    whole_run(options)?;
    fits_weeks(options, workload)?;
    let cluster = cluster_plan(options, workload)?;
    let seed = options.seed.unwrap_or(workload.seed);
    let at_us = event_times(options, workload, seed);
    let open_loop = settle(&options.open_loop, options.events, workload, &*at_us)?;
    let events = events_of(options, workload, open_loop.as_ref())?;
    let threads = threads_of(options, cluster, env)?;
    let batch = options.batch.unwrap_or(1_024);
    let batch = in_range("--batch", batch as u64, 1, MAX_BATCH as u64)? as usize;
    let reads = reads_of(cluster, workload, seed, events);
    let verify = !options.no_verify;
    let sizes = RunSizes {
        events,
        reads,
        threads,
        batch,
        inbox_capacity: INBOX_CAPACITY,
        verify,
        warm: options.warm,
    };
    let mut need = predict(workload, &sizes, contenders);
    need.schedule = open_loop.as_ref().map_or(0, |open| open.memory(threads));
    let limit = memory_limit(env) / options.lock_step.map_or(1, |n| n.get() as u64);
    let inline = is_inline(options.inline, &need, limit)?;
    need.stream = if inline { 0 } else { need.stream };
    let interleaving = interleaving(options, contenders, &need, limit)?;
    let rounds = rounds_plan(options, interleaving.is_some())?;
    Ok(Plan {
        seed,
        order_seed: options.order_seed.unwrap_or_else(drawn),
        events,
        reads,
        threads,
        batch,
        rounds: rounds.rounds,
        warmup_rounds: rounds.warmup_rounds,
        inline,
        pin: options.pin,
        perf: options.perf,
        verify,
        baseline,
        inbox_capacity: INBOX_CAPACITY,
        dense: need.dense > 0,
        warm: options.warm,
        relevant: rounds.relevant,
        precision: rounds.precision,
        max_time_ms: rounds.max_time_ms,
        processes: rounds.processes,
        planted_share: rounds.planted_share,
        interleaving,
        open_loop: open_loop.map(|open| open.plan),
        cluster,
    })
}

/// Events of a pass.
fn events_of(
    options: &RunOptions,
    workload: &Workload,
    open_loop: Option<&Settled>,
) -> Result<u64, PlanError> {
    let asked = options.events.unwrap_or(workload.events);
    // a second pass counts everything twice
    let most = MAX_EVENTS / if options.warm { 2 } else { 1 };
    in_range(
        events_flag(&options.open_loop),
        open_loop.map_or(asked, Settled::events),
        1,
        most,
    )
}

/// A seed from the operating system; where that gives none, from the time.
pub(super) fn drawn() -> u64 {
    let now = std::time::SystemTime::UNIX_EPOCH.elapsed();
    getrandom::u64().unwrap_or_else(|_| now.map_or(0, |since| since.as_nanos() as u64))
}

/// Event time of a position in the stream that a run is of, in µs from its
/// start: of a trace, as it was read; else as the workload makes it.
fn event_times<'a>(
    options: &'a RunOptions,
    workload: &Workload,
    seed: u64,
) -> Box<dyn Fn(u64) -> u64 + 'a> {
    match options.recorded.as_deref() {
        // more events than there are is refused once the plan is made
        Some(events) => Box::new(|position| {
            let last = events.len().saturating_sub(1);
            let event = events.get(usize::try_from(position).map_or(last, |at| at.min(last)));
            event.map_or(0, |event| event.at_us - events[0].at_us)
        }),
        None => {
            let generator = Generator::new(workload, seed);
            Box::new(move |position| generator.event(position).at_us)
        }
    }
}

/// The flags that say how many events there are.
fn events_flag(open_loop: &OpenLoopOptions) -> &'static str {
    match (open_loop.rate, open_loop.duration_ns) {
        (Some(_), Some(_)) => "the number of events in --duration at --rate",
        _ => "--events",
    }
}

/// Workers, of all processes where there are several.
fn threads_of(
    options: &RunOptions,
    cluster: Option<ClusterPlan>,
    env: &Environment,
) -> Result<usize, PlanError> {
    let threads = options.threads.unwrap_or(env.cores);
    let threads = threads.saturating_mul(cluster.map_or(1, |cluster| cluster.processes));
    let threads = in_range("--threads", threads as u64, 1, MAX_THREADS as u64)?;
    Ok(threads as usize)
}

/// Reads of a trial; the processes of a cluster fold, and are asked nothing.
fn reads_of(cluster: Option<ClusterPlan>, workload: &Workload, seed: u64, events: u64) -> u64 {
    match cluster {
        Some(_) => 0,
        None => ReadStream::new(workload, seed).due_before(events),
    }
}

/// The plan of a record, to be run again exactly.
///
/// # Errors
/// Where it can't be: the record was damaged, this build keeps another inbox,
/// or this machine has too little memory.
pub fn resolve_again(
    before: &Plan,
    workload: &Workload,
    contenders: &[Contender],
    env: &Environment,
) -> Result<Plan, PlanError> {
    let refused = |why: String| PlanError::NotAsRecorded(why);
    if before.cluster.is_some() {
        return Err(refused(
            "its trials were made by a cluster, which a record does not bring together: give \
             `notibench cluster` its workload and seed"
                .to_owned(),
        ));
    }
    let options = RunOptions {
        threads: Some(before.threads),
        events: Some(before.events),
        rounds: Some(before.rounds),
        warmup_rounds: Some(before.warmup_rounds),
        seed: Some(before.seed),
        batch: Some(before.batch),
        pin: before.pin,
        perf: before.perf,
        inline: before.inline,
        no_verify: !before.verify,
        warm: before.warm,
        relevant: Some(before.relevant),
        precision: before.precision,
        max_time_ms: before.max_time_ms,
        processes: Some(before.processes),
        planted_share: before.planted_share,
        isolated: before.interleaving.is_none(),
        slice_us: before.interleaving.map(|how| how.slice_us),
        order_seed: Some(before.order_seed),
        ..RunOptions::default()
    };
    let mut now = resolve(&options, workload, contenders, before.baseline.clone(), env)
        .map_err(|error| refused(error.to_string()))?;
    now.open_loop = before.open_loop;
    if now.inbox_capacity != before.inbox_capacity {
        return Err(refused(format!(
            "its inbox keeps {}, this build's {}: use the notibench that wrote it",
            before.inbox_capacity, now.inbox_capacity
        )));
    }
    if now.reads != before.reads {
        return Err(refused(format!(
            "it has {} reads, but its workload makes {}: it is damaged, or of another build",
            before.reads, now.reads
        )));
    }
    if now.inline && !before.inline {
        return Err(refused(
            "its stream was made beforehand, and is too large for that here: take a machine \
             with more memory"
                .to_owned(),
        ));
    }
    Ok(now)
}

#[cfg(test)]
#[path = "plan_tests.rs"]
mod tests;

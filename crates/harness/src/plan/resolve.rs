//! From what was asked to what is run: sizes, limits.

use crate::contender::Contender;
use crate::plan::apart::{apart_plan, fits_apart};
use crate::plan::cluster::cluster_plan;
use crate::plan::error::PlanError;
use crate::plan::memory::{RunSizes, memory_limit, predict};
use crate::plan::memory_budget::is_inline;
use crate::plan::open_loop::{Settled, settle, whole_run};
use crate::plan::options::{ApartOptions, DEFAULT_BATCH, OpenLoopOptions, RunOptions, drawn};
use crate::plan::rounds::{in_range, interleaving, rounds_plan};
use crate::trial::source::endless::ENDLESS;
use notibench_core::state::INBOX_CAPACITY;
use notibench_core::unit::quantity::counted;
use notibench_record::{ClusterPlan, Environment, Plan};
use notibench_workload::generator::{Generator, ReadStream};
use notibench_workload::{ViewMode, Workload};

/// Counters are 32 bits wide, so that a member's state stays small.
const MAX_EVENTS: u64 = 1 << 31;
/// Threads at the most: more than this is a slip of the finger.
const MAX_THREADS: usize = 1_024;
/// Events of one ingest call at the most.
const MAX_BATCH: usize = 1 << 20;

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
    fits_epochs(options, workload)?;
    fits_apart(options)?;
    let cluster = cluster_plan(options, workload)?;
    let seed = options.seed.unwrap_or(workload.seed);
    let at_us = event_times(options, workload, seed);
    let open_loop = settle(&options.open_loop, options.events, workload, &*at_us)?;
    let events = events_of(options, workload, open_loop.as_ref())?;
    let apart = apart_plan(options, workload, events)?;
    let threads = match apart {
        Some(apart) => apart.writers + apart.readers,
        None => threads_of(options, cluster, env)?,
    };
    let batch = options.batch.unwrap_or(DEFAULT_BATCH);
    let batch = in_range("--batch", batch as u64, 1, MAX_BATCH as u64)? as usize;
    let due = ReadStream::new(workload, seed).due_before(events);
    let verify = !options.no_verify;
    let sizes = RunSizes {
        events,
        reads: apart.map_or(due, |_| ENDLESS),
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
        reads: apart.map_or(due, |_| 0),
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
        apart,
    })
}

/// Refuses what weeks can't be had with.
///
/// # Errors
/// A second pass, an open loop.
fn fits_epochs(options: &RunOptions, workload: &Workload) -> Result<(), PlanError> {
    let name = &workload.name;
    if workload.anonymity.mode == ViewMode::Off {
        return Ok(());
    }
    let conflict = |words: String| Err(PlanError::Conflict(words));
    if options.warm {
        return conflict(format!(
            "--warm passes over the same weeks twice, and `{name}` closes each once: leave out \
             --warm"
        ));
    }
    if options.open_loop.is_asked() {
        return conflict(format!(
            "an open loop goes on while a week is closed, and `{name}` closes weeks while nothing \
             else is done: leave out --rate and what belongs to it, or take a workload whose \
             [anonymity] is off"
        ));
    }
    Ok(())
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

/// What would be asked for to get the plan of a record.
fn options_of(before: &Plan) -> RunOptions {
    RunOptions {
        threads: before.apart.is_none().then_some(before.threads),
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
        isolated_rounds: before.interleaving.map(|how| how.isolated_rounds),
        slice_us: before.interleaving.map(|how| how.slice_us),
        order_seed: Some(before.order_seed),
        apart: ApartOptions {
            writers: before.apart.map(|apart| apart.writers),
            readers: before.apart.map(|apart| apart.readers),
            ..ApartOptions::default()
        },
        ..RunOptions::default()
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
    let mut now = resolve(
        &options_of(before),
        workload,
        contenders,
        before.baseline.clone(),
        env,
    )
    .map_err(|error| refused(error.to_string()))?;
    now.open_loop = before.open_loop;
    if let (Some(now), Some(before)) = (&mut now.apart, before.apart) {
        (now.events_per_s, now.reads_per_s) = (before.events_per_s, before.reads_per_s);
    }
    if now.inbox_capacity != before.inbox_capacity {
        return Err(refused(format!(
            "its inbox keeps {}, this build's {}: use the notibench that wrote it",
            before.inbox_capacity, now.inbox_capacity
        )));
    }
    if now.apart != before.apart {
        return Err(refused(
            "its writers and readers are not those that its other numbers give: it is damaged, \
             or of another build"
                .to_owned(),
        ));
    }
    if now.reads != before.reads {
        return Err(refused(format!(
            "it has {}, but its workload makes {}: it is damaged, or of another build",
            counted(before.reads, "read"),
            now.reads
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
#[path = "resolve_tests.rs"]
mod tests;

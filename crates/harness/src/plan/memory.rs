//! How much memory there is, and how much a run will need: it is predicted
//! before the run, and refused over the limit.

use crate::contender::Contender;
use crate::host::weather::MOST_BYTES;
use notibench_core::engine::ExpectedLoad;
use notibench_core::engine::dense_ids::DensePair;
use notibench_core::event::{Event, Kind, Read};
use notibench_core::policy::{EPOCH_US, surface_of};
use notibench_core::state::{Content, InboxEntry, Member};
use notibench_record::Environment;
use notibench_workload::{ViewMode, Workload};

/// Bytes beside the stream and the state: code, histograms, buffers.
const FIXED: u64 = 64 << 20;

/// What a run will need, in bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Prediction {
    /// The stream, made beforehand.
    pub stream: u64,
    /// The largest state of an engine, at most.
    pub state: u64,
    /// The oracle, at most; 0 where nothing is verified.
    pub oracle: u64,
    /// Dense numbers of the stream's ids; 0 where no limit probe takes part.
    pub dense: u64,
    /// What making them takes for a while.
    pub numbering: u64,
    /// The most that a contender holds beyond its state.
    pub held: u64,
    /// Which; empty where none holds anything.
    pub holder: &'static str,
    /// Of an open loop: intended starts, and histograms by interval.
    pub schedule: u64,
}

/// The sizes of a run that its memory depends on.
#[derive(Clone, Copy, Debug)]
pub struct RunSizes {
    /// Events of a pass.
    pub events: u64,
    /// Reads of a pass.
    pub reads: u64,
    /// Workers.
    pub threads: usize,
    /// Events of one ingest call.
    pub batch: usize,
    /// Entries that an inbox keeps.
    pub inbox_capacity: usize,
    /// Whether an oracle is asked.
    pub verify: bool,
    /// Whether a second pass goes over the state of the first.
    pub warm: bool,
}

impl Prediction {
    /// What is needed at one time, in bytes: the oracle is gone before the
    /// first trial.
    #[must_use]
    pub fn peak(&self, inline: bool) -> u64 {
        let stream = if inline { 0 } else { self.stream };
        let state = self.state + self.held;
        stream + self.schedule + self.dense + state.max(self.oracle).max(self.numbering) + FIXED
    }
}

impl Prediction {
    /// Whether `engines` engines, all alive, fit into `limit` bytes.
    #[must_use]
    pub fn is_together(&self, engines: usize, limit: u64) -> bool {
        let beside = self.stream + self.schedule + self.dense + FIXED;
        let each = self.state.saturating_add(self.held);
        each.saturating_mul(engines as u64).saturating_add(beside) <= limit
    }

    /// Groups into which `engines` engines are cut so that those of each group,
    /// one of them the baseline, fit into `limit` bytes together; none where
    /// not even two do.
    #[must_use]
    pub fn groups(&self, engines: usize, limit: u64) -> Option<usize> {
        let beside = self.stream + self.schedule + self.dense + FIXED + MOST_BYTES;
        let each = (self.state + self.held).max(1);
        let fit = usize::try_from(limit.saturating_sub(beside) / each).unwrap_or(usize::MAX);
        (fit >= 2).then(|| engines.saturating_sub(1).div_ceil(fit - 1).max(1))
    }
}

/// Memory that this process may use: the smallest of the control group's
/// limit, the process's own limits, and what is available.
#[must_use]
pub fn memory_limit(env: &Environment) -> u64 {
    // where the machine does not say, nothing is refused
    let available = if env.available_bytes == 0 {
        u64::MAX
    } else {
        env.available_bytes
    };
    let limits = [env.cgroup_memory_bytes, env.process_memory_bytes];
    limits.into_iter().flatten().fold(available, u64::min)
}

/// Predicts the memory of a run: an upper bound, as if every event touched
/// members and contents evenly.
#[must_use]
pub fn predict(workload: &Workload, sizes: &RunSizes, contenders: &[Contender]) -> Prediction {
    let RunSizes { events, reads, .. } = *sizes;
    let touched = Touched::by(workload, events);
    let Touched {
        members,
        contents,
        notifying,
        noted,
    } = touched;
    let share = events.div_ceil(sizes.threads.max(1) as u64);
    let load = ExpectedLoad {
        threads: sizes.threads,
        batch: sizes.batch,
        events,
        notifying,
        share_bytes: Touched::by(workload, share).state_bytes(share, sizes.inbox_capacity),
        warm: sizes.warm,
    };
    let held = contenders
        .iter()
        .map(|contender| ((contender.held_bytes)(&load), contender.info.name))
        .filter(|(bytes, _)| *bytes > 0)
        .max_by_key(|(bytes, _)| *bytes);
    let (held, holder) = held.unwrap_or_default();
    let pushes = match workload.settings.pushes_per_day {
        // a sum a member and day, in a table between 7/16 and 7/8 full
        Some(_) => notifying * 2 * 25,
        None => 0,
    };
    // the oracle keeps every key, in maps of its own
    let oracle = if sizes.verify {
        members * 2 * 376
            + contents * 2 * 148
            + notifying * 2 * 56
            + 2 * pushes
            // a set of its own for each surface of each object that is viewed
            + noted.min(2 * members + contents) * 192
            + noted * 2 * 9
    } else {
        0
    };
    let dense = contenders.iter().any(Contender::needs_dense_ids);
    let if_dense = |bytes: u64| if dense { bytes } else { 0 };
    Prediction {
        dense: if_dense(events * bytes_of::<DensePair>()),
        // a list of ids, sorted, and a hash map of them
        numbering: if_dense(events * 8 + members.max(contents) * (8 + 2 * 17)),
        held,
        holder,
        stream: events * bytes_of::<Event>() + reads * bytes_of::<Read>(),
        state: touched.state_bytes(events, sizes.inbox_capacity) + pushes,
        oracle,
        schedule: 0,
    }
}

/// What some events touch, at most.
#[derive(Clone, Copy, Debug)]
struct Touched {
    members: u64,
    contents: u64,
    /// Events that come near an inbox.
    notifying: u64,
    /// Views of one week, where their viewers are noted; else none.
    noted: u64,
}

impl Touched {
    /// Of an object whose views are shown: what lies behind its pointer, and
    /// the numbers themselves with what the allocator takes.
    const SHOWN_BYTES: u64 = (Member::ENGAGED_BYTES + Member::HIGH_BYTES) as u64 + 96;

    fn by(workload: &Workload, events: u64) -> Self {
        let population = &workload.population;
        let share = |wanted: &dyn Fn(Kind) -> bool| -> f64 {
            let kinds = Kind::ALL.into_iter().zip(workload.mix.kinds);
            let fresh: f64 = kinds
                .filter(|(kind, _)| wanted(*kind))
                .map(|(_, share)| share)
                .sum();
            (fresh + workload.mix.undo + workload.mix.duplicate).min(1.0)
        };
        let week = if workload.anonymity.mode == ViewMode::Off {
            0.0
        } else {
            // twice the mean: weeks differ with the shape of time
            (2.0 * EPOCH_US as f64 / workload.span_us as f64).min(1.0)
        };
        let views = share(&|kind| surface_of(kind).is_some());
        let with_content = (events as f64 * share(&Kind::has_content)) as u64;
        Self {
            members: population.members.min(events),
            contents: (population.members * population.contents_per_member).min(with_content),
            notifying: (events as f64 * share(&|kind| kind.notify_slot().is_some())) as u64,
            noted: (events as f64 * views * week) as u64,
        }
    }

    /// Bytes of the state that `events` events make.
    fn state_bytes(&self, events: u64, inbox_capacity: usize) -> u64 {
        let Self {
            members,
            contents,
            notifying,
            noted,
        } = *self;
        let entries = notifying.min(members * inbox_capacity as u64);
        // a hash table is between 7/16 and 7/8 full; inboxes grow by doubling
        members * 2 * (bytes_of::<Member>() + 9)
            + contents * 2 * (bytes_of::<Content>() + 9)
            + entries * 2 * InboxEntry::BYTES
            + members.min(notifying) * Member::ENGAGED_BYTES as u64
            // what is beyond a byte was added by 256 events at least
            + events / 256 * Member::HIGH_BYTES as u64
            // what is shown had about ten viewers, few excepted
            + (noted / 8).min(members + contents) * Self::SHOWN_BYTES
            // a pair of 16 bytes; a table is between 5/16 and 5/8 full
            + noted * 52
    }
}

const fn bytes_of<T>() -> u64 {
    size_of::<T>() as u64
}

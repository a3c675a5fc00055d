//! How much memory there is, and how much a run will need: it is predicted
//! before the run, and refused over the limit. Imports `workload`, `engine`.

use crate::engine::dense::DensePair;
use crate::engine::state::{Content, InboxEntry, Member};
use crate::event::{Event, Read};
use crate::record::Environment;
use crate::workload::Workload;

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
    /// What `limit-partitioned` gathers beside its state.
    pub gathered: u64,
    /// Of an open loop: intended starts, and histograms by interval.
    pub schedule: u64,
}

impl Prediction {
    /// What is needed at one time, in bytes: the oracle is gone before the
    /// first trial.
    #[must_use]
    pub fn peak(&self, inline: bool) -> u64 {
        let stream = if inline { 0 } else { self.stream };
        let state = self.state + self.gathered;
        stream + self.schedule + self.dense + state.max(self.oracle).max(self.numbering) + FIXED
    }
}

/// Memory that this process may use: the smaller of the control group's
/// limit and what is available.
#[must_use]
pub fn memory_limit(env: &Environment) -> u64 {
    // where the machine does not say, nothing is refused
    let available = if env.available_bytes == 0 {
        u64::MAX
    } else {
        env.available_bytes
    };
    env.cgroup_memory_bytes.unwrap_or(u64::MAX).min(available)
}

/// Predicts the memory of a run of `events` events and `reads` reads: an
/// upper bound, as if every event touched members and contents evenly. With
/// `dense`, limit probes take part.
#[must_use]
pub fn predict(
    workload: &Workload,
    events: u64,
    reads: u64,
    inbox_capacity: usize,
    verify: bool,
    dense: bool,
) -> Prediction {
    let population = &workload.population;
    let share = |wanted: &dyn Fn(crate::event::Kind) -> bool| -> f64 {
        let kinds = crate::event::Kind::ALL.into_iter().zip(workload.mix.kinds);
        let fresh: f64 = kinds
            .filter(|(kind, _)| wanted(*kind))
            .map(|(_, share)| share)
            .sum();
        (fresh + workload.mix.undo + workload.mix.duplicate).min(1.0)
    };
    let notifying = (events as f64 * share(&|kind| kind.notify_slot().is_some())) as u64;
    let with_content = (events as f64 * share(&crate::event::Kind::has_content)) as u64;
    let members = population.members.min(events);
    let contents = (population.members * population.contents_per_member).min(with_content);
    let entries = notifying.min(members * inbox_capacity as u64);
    let size = |bytes: usize| bytes as u64;
    // a hash table is between 7/16 and 7/8 full; inboxes grow by doubling
    let state = members * 2 * (size(size_of::<Member>()) + 9)
        + contents * 2 * (size(size_of::<Content>()) + 9)
        + entries * 2 * InboxEntry::BYTES
        + members.min(notifying) * size(Member::ENGAGED_BYTES)
        // what is beyond a byte was added by 256 events at least
        + events / 256 * size(Member::HIGH_BYTES);
    // the oracle keeps every key, in maps of its own
    let oracle = if verify {
        members * 2 * 360 + contents * 2 * 140 + notifying * 2 * 56
    } else {
        0
    };
    let if_dense = |bytes: u64| if dense { bytes } else { 0 };
    Prediction {
        dense: if_dense(events * size(size_of::<DensePair>())),
        // a list of ids, sorted, and a hash map of them
        numbering: if_dense(events * 8 + members.max(contents) * (8 + 2 * 17)),
        // 4 bytes an event, 32 one that notifies, and a quarter more
        gathered: if_dense(events * 5 + notifying * 40),
        stream: events * size(size_of::<Event>()) + reads * size(size_of::<Read>()),
        state,
        oracle,
        schedule: 0,
    }
}

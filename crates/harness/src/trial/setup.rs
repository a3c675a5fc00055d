//! What a trial is made from, the engine apart.

use std::sync::Arc;
use std::time::Duration;

use crate::trial::open_loop::OpenLoop;
use crate::trial::share::Share;
use crate::trial::source::Source;
use crate::trial::watch::Watcher;
use notibench_core::engine::StopFlag;
use notibench_core::state::INBOX_CAPACITY;
use notibench_record::ApartPlan;

/// Everything that a trial needs but the engine.
#[derive(Clone, Copy, Debug)]
pub struct TrialSetup<'a> {
    /// The stream.
    pub source: &'a Source,
    /// Workers.
    pub threads: usize,
    /// Events of one ingest call, at least 1.
    pub batch: usize,
    /// Whether workers are pinned to cores.
    pub pin: bool,
    /// Whether the processors' counters are read around the timed part.
    pub perf: bool,
    /// Entries that an inbox keeps.
    pub inbox_capacity: usize,
    /// Address of the server of an engine out of process; a contender has it.
    pub external: Option<&'a Arc<str>>,
    /// Slowdown on purpose, as a share of the engine's own time; 0: none. A
    /// contender has it.
    pub planted_share: f64,
    /// When each event is to start; none: a closed loop.
    pub open_loop: Option<&'a OpenLoop>,
    /// Of a trial that several processes make together, this one's part;
    /// none: all of it.
    pub share: Option<&'a Share<'a>>,
    /// Which workers only write and which only read; none: each does both.
    pub apart: Option<ApartPlan>,
    /// Who looks at it while it runs.
    pub watcher: Option<&'a dyn Watcher>,
    /// Ends the trial early; set on an interruption.
    pub stop: &'a StopFlag,
    /// When a call of the engine's is taken for one that hangs, and what then.
    pub on_hang: OnHang,
}

impl<'a> TrialSetup<'a> {
    /// A closed loop of one process, none of whose workers is pinned, counted
    /// or looked at; inboxes keep what they usually keep.
    #[must_use]
    pub const fn new(
        source: &'a Source,
        (threads, batch): (usize, usize),
        stop: &'a StopFlag,
        on_hang: OnHang,
    ) -> Self {
        Self {
            source,
            threads,
            batch,
            pin: false,
            perf: false,
            inbox_capacity: INBOX_CAPACITY,
            external: None,
            planted_share: 0.0,
            open_loop: None,
            share: None,
            apart: None,
            watcher: None,
            stop,
            on_hang,
        }
    }
}

/// What is done about an engine that hangs.
#[derive(Clone, Copy, Debug)]
pub struct OnHang {
    /// Time without an event or an answer after which it is taken to hang;
    /// none: [`Self::USUAL`], four times as long for an engine out of process.
    pub after: Option<Duration>,
    /// Called with the words where a worker can't be stopped: it must end the
    /// process.
    pub end: fn(&str),
}

impl OnHang {
    /// The time where none is asked for.
    pub const USUAL: Duration = Duration::from_secs(30);

    /// Ends the process so, after the usual time.
    #[must_use]
    pub const fn new(end: fn(&str)) -> Self {
        Self { after: None, end }
    }
}

//! The planted faults: what they are called, how often they strike.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use notibench_core::engine::Freshness;
use notibench_core::event::Event;

/// Further events within which the deferred engines declare to show an event.
pub(crate) const LAG: usize = 4_000;
/// How far ahead of its call an event is applied, in events of the stream.
pub(crate) const AHEAD: usize = 2_000;

pub(crate) const RIGHT: u8 = 0;
pub(crate) const OLD_ANSWER: u8 = 1;
pub(crate) const HALF_OLD_PAGE: u8 = 2;
pub(crate) const OTHER_BADGE: u8 = 3;
pub(crate) const EARLY_RETURN: u8 = 4;
pub(crate) const AHEAD_OF_CALL: u8 = 5;
pub(crate) const BACK_IN_TIME: u8 = 6;
pub(crate) const LOST_WAKE_UP: u8 = 7;
pub(crate) const RIGHT_DEFERRED: u8 = 8;

/// A planted fault.
#[derive(Clone, Copy)]
pub(crate) struct Fault {
    /// Name of its engine.
    pub(crate) name: &'static str,
    /// What it does.
    pub(crate) about: &'static str,
    /// It strikes once in so many, in a trial of a million events.
    pub(crate) one_in: u64,
    /// What is counted.
    pub(crate) of: &'static str,
    /// What its engine declares.
    pub(crate) freshness: Freshness,
}

const fn fault(
    name: &'static str,
    (one_in, of): (u64, &'static str),
    about: &'static str,
) -> Fault {
    Fault {
        name,
        about,
        one_in,
        of,
        freshness: Freshness::Immediate,
    }
}

const fn deferred(fault: Fault) -> Fault {
    Fault {
        freshness: Freshness::Deferred {
            within: Some(LAG as u64),
        },
        ..fault
    }
}

/// Every fault, by number; the first and the last are none.
pub(crate) const ALL: [Fault; 9] = [
    fault("right", (u64::MAX, ""), "nothing is wrong: the control"),
    fault(
        "old-answer",
        (10_000, "answers"),
        "a cache answers from before a completed write",
    ),
    fault(
        "half-old-page",
        (500, "pages"),
        "a page is half of the inbox of now, half of the one shown before",
    ),
    fault(
        "other-badge",
        (1_000, "events"),
        "a badge is counted beside the inbox, and misses an update until the member's next one",
    ),
    fault(
        "early-return",
        (1, "calls"),
        "a call returns before its last update is applied",
    ),
    fault(
        "ahead-of-call",
        (1_000, "events"),
        "an event is shown 2,000 events before its call begins",
    ),
    deferred(fault(
        "back-in-time",
        (50, "answers"),
        "an answer is of a copy that lags, within what is declared, after one of a newer copy",
    )),
    deferred(fault(
        "lost-wake-up",
        (300, "wake-ups"),
        "buffers wait for 8,000 events, where 4,000 are declared: about 1% of all events",
    )),
    deferred(fault(
        "right-deferred",
        (u64::MAX, ""),
        "nothing is wrong, and 1,000 events are deferred: the control",
    )),
];

/// Events of a trial, for which faults keep their number.
static EVENTS: AtomicU64 = AtomicU64::new(EVENTS_USUAL);
const EVENTS_USUAL: u64 = 1_000_000;
/// How many times rarer than usual they are.
static RARER: AtomicU64 = AtomicU64::new(1);
/// The stream of the trials that go on.
static STREAM: Mutex<Option<Arc<Vec<Event>>>> = Mutex::new(None);

/// Says what the next trials are: their stream, and how many times rarer than
/// usual faults strike in it.
pub(crate) fn set_trials(stream: Vec<Event>, rarer: u64) {
    EVENTS.store(stream.len() as u64, Ordering::Relaxed);
    RARER.store(rarer, Ordering::Relaxed);
    *STREAM.lock().unwrap_or_else(PoisonError::into_inner) = Some(Arc::new(stream));
}

/// The stream of the trials that go on.
pub(crate) fn stream() -> Arc<Vec<Event>> {
    let stream = STREAM.lock().unwrap_or_else(PoisonError::into_inner);
    stream.clone().unwrap_or_default()
}

/// When a fault strikes.
pub(crate) struct Strikes {
    period: u64,
    seen: u64,
    due: u64,
}

impl Strikes {
    /// Once in so many, in a trial of a million events; a shorter trial has as
    /// many strikes.
    pub(crate) fn every(one_in: u64) -> Self {
        let (events, rarer) = (
            EVENTS.load(Ordering::Relaxed),
            RARER.load(Ordering::Relaxed),
        );
        let period = u128::from(one_in) * u128::from(events) / u128::from(EVENTS_USUAL);
        let period = u64::try_from(period).unwrap_or(u64::MAX);
        Self {
            period: period.max(1).saturating_mul(rarer),
            seen: 0,
            due: 0,
        }
    }

    /// Counts one, of which the fault may be due from then on.
    pub(crate) fn count(&mut self) {
        self.seen += 1;
        self.due += u64::from(self.seen.is_multiple_of(self.period));
    }

    /// Whether it is due, and strikes as soon as it makes a difference.
    pub(crate) const fn is_due(&self) -> bool {
        self.due > 0
    }

    /// It struck.
    pub(crate) const fn struck(&mut self) {
        self.due = self.due.saturating_sub(1);
    }

    /// Counts one, and whether it strikes there.
    pub(crate) fn strikes(&mut self) -> bool {
        self.count();
        let strikes = self.is_due();
        self.struck();
        strikes
    }
}

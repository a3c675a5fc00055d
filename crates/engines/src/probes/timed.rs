//! Probes that keep nothing and whose service time is known, for the harness to
//! be checked against: one with a single stall, one with a pace. They are in no
//! registry.

use std::hint::{black_box, spin_loop};
use std::time::{Duration, Instant};

use notibench_core::engine::{
    Engine, EngineConfig, EngineInfo, Freshness, MemoryUse, Role, Session,
};
use notibench_core::event::{Event, Read};
use notibench_core::read::Answer;
use notibench_core::state::StateMut;

/// What a service time is made of.
pub trait Pace: Send + Sync + 'static {
    /// Name, role, freshness, advice.
    const INFO: EngineInfo;

    /// How long a batch of `batch` events takes that begins after `before`
    /// events of its session.
    fn of_batch(before: u64, batch: u64) -> Duration;
}

/// No time for any event, but for one stall.
#[derive(Debug)]
pub struct OneStall;

impl OneStall {
    /// The event of a session that stalls.
    pub const EVENT: u64 = 20_000;
    /// How long.
    pub const LENGTH: Duration = Duration::from_millis(100);
}

impl Pace for OneStall {
    const INFO: EngineInfo = probe("one-stall", "does nothing, but for one stall of 100 ms");

    fn of_batch(before: u64, batch: u64) -> Duration {
        if (before..before + batch).contains(&Self::EVENT) {
            Self::LENGTH
        } else {
            Duration::ZERO
        }
    }
}

/// The same time for each event.
#[derive(Debug)]
pub struct Steady;

impl Steady {
    /// Of one event.
    pub const EVENT: Duration = Duration::from_micros(1);
}

impl Pace for Steady {
    const INFO: EngineInfo = probe(
        "steady-pace",
        "does nothing, and takes 1 µs an event over it",
    );

    fn of_batch(_: u64, batch: u64) -> Duration {
        Self::EVENT * batch as u32
    }
}

const fn probe(name: &'static str, about: &'static str) -> EngineInfo {
    EngineInfo {
        name,
        role: Role::Probe,
        freshness: Freshness::Immediate,
        about,
    }
}

/// Does nothing, and takes the time that `P` says.
#[derive(Debug)]
pub struct TimedProbe<P>(std::marker::PhantomData<P>);

impl<P: Pace> Engine for TimedProbe<P> {
    const INFO: EngineInfo = P::INFO;
    type Session<'engine> = TimedSession<P>;

    fn build(_: &EngineConfig) -> Self {
        Self(std::marker::PhantomData)
    }

    fn session(&self, _: usize) -> TimedSession<P> {
        TimedSession {
            taken: 0,
            pace: std::marker::PhantomData,
        }
    }

    fn visit_mut(&self, _: &(dyn Fn(StateMut<'_>) + Sync)) {}

    fn memory(&self) -> MemoryUse {
        MemoryUse::default()
    }
}

/// A session of [`TimedProbe`].
#[derive(Debug)]
pub struct TimedSession<P> {
    /// Events so far.
    taken: u64,
    pace: std::marker::PhantomData<P>,
}

impl<P: Pace> Session for TimedSession<P> {
    fn ingest(&mut self, batch: &[Event]) {
        let start = Instant::now();
        let takes = P::of_batch(self.taken, batch.len() as u64);
        self.taken += batch.len() as u64;
        black_box(batch);
        // a sleep would end late; the processor's time is what is planted
        while start.elapsed() < takes {
            spin_loop();
        }
    }

    fn read(&mut self, reads: &[Read], sink: &mut impl FnMut(usize, &Answer)) {
        (0..reads.len()).for_each(|at| sink(at, &Answer::Badge(0)));
    }

    fn finish(self) {}
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_batch_stalls_and_a_pace_is_the_same_for_all() {
        let stalls = |before, batch| OneStall::of_batch(before, batch) == OneStall::LENGTH;
        assert!(stalls(OneStall::EVENT, 1) && stalls(OneStall::EVENT - 9, 10));
        assert!(!stalls(OneStall::EVENT - 10, 10) && !stalls(OneStall::EVENT + 1, 10));
        assert_eq!(Steady::of_batch(7, 1_000), Duration::from_millis(1));
    }
}

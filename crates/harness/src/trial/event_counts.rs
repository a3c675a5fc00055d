//! What events come to when they are counted one by one.

use std::ops::Range;

use rayon::prelude::*;

use crate::trial::open_loop::IngestedEvents;
use crate::trial::source::{Source, split};
use notibench_core::admission::is_dropped;
use notibench_core::event::Event;
use notibench_core::policy::{Disposition, MemberSettings, effect_of};
use notibench_core::unit::digest::Digest;

/// Events that one task of a parallel pass looks at.
const CHUNK: u64 = 1 << 16;

/// What a pass over events counts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct EventCounts {
    pub(crate) events: u64,
    pub(crate) discarded: u64,
    pub(crate) notified: u64,
    pub(crate) retracted: u64,
    pub(crate) aggregated: u64,
    pub(crate) digest: Digest,
}

impl EventCounts {
    pub(crate) fn add(mut self, event: &Event, settings: &MemberSettings) -> Self {
        let disposition = match effect_of(event).disposition {
            _ if is_dropped(settings, event) => Disposition::Discard,
            disposition => disposition,
        };
        self.events += 1;
        self.discarded += u64::from(disposition == Disposition::Discard);
        self.notified += u64::from(disposition == Disposition::Notify);
        self.retracted += u64::from(disposition == Disposition::Retract);
        self.aggregated += u64::from(disposition == Disposition::Aggregate);
        self.digest += event.digest();
        self
    }

    pub(crate) fn merge(mut self, other: Self) -> Self {
        self.events += other.events;
        self.discarded += other.discarded;
        self.notified += other.notified;
        self.retracted += other.retracted;
        self.aggregated += other.aggregated;
        self.digest += other.digest;
        self
    }
}

impl Source {
    /// Counts the events of `ranges` as they lie in memory now, in parallel.
    pub(crate) fn counts(&self, ranges: &[Range<u64>]) -> EventCounts {
        let chunks: Vec<Range<u64>> = ranges
            .iter()
            .flat_map(|range| split(range, CHUNK))
            .collect();
        chunks
            .into_par_iter()
            .map(|chunk| {
                let (mut counts, settings) = (EventCounts::default(), self.views().settings());
                self.for_each(chunk, |event| counts = counts.add(event, settings));
                counts
            })
            .reduce(EventCounts::default, EventCounts::merge)
    }

    /// Counts the events that were taken as they lie in memory now.
    pub(crate) fn counts_of_taken(&self, taken: &IngestedEvents) -> EventCounts {
        if taken.events() == self.events() {
            return self.counts(std::slice::from_ref(&(0..self.events())));
        }
        self.counts_where(|index| taken.contains(index))
    }

    fn counts_where(&self, wanted: impl Fn(u64) -> bool + Sync) -> EventCounts {
        let chunks: Vec<Range<u64>> = split(&(0..self.events()), CHUNK).collect();
        let count = |chunk: Range<u64>| {
            let (mut counts, settings) = (EventCounts::default(), self.views().settings());
            let mut index = chunk.start;
            self.for_each(chunk, |event| {
                if wanted(index) {
                    counts = counts.add(event, settings);
                }
                index += 1;
            });
            counts
        };
        let all_counts = chunks.into_par_iter().map(count);
        all_counts.reduce(EventCounts::default, EventCounts::merge)
    }
}

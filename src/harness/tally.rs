//! What events come to when they are counted one by one. Imports `source`,
//! `engine`, `policy`, `event`.

use std::ops::Range;

use rayon::prelude::*;

use super::open_loop::Taken;
use super::source::{Source, split};
use crate::engine::admission::is_dropped;
use crate::event::Event;
use crate::policy::{Disposition, MemberSettings, effect_of};
use crate::unit::digest::Digest;

/// Events that one task of a parallel pass looks at.
const CHUNK: u64 = 1 << 16;

/// What a pass over events counts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Tally {
    pub(super) events: u64,
    pub(super) discarded: u64,
    pub(super) notified: u64,
    pub(super) retracted: u64,
    pub(super) aggregated: u64,
    pub(super) digest: Digest,
}

impl Tally {
    pub(super) fn add(mut self, event: &Event, settings: &MemberSettings) -> Self {
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

    pub(super) fn merge(mut self, other: Self) -> Self {
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
    pub(super) fn tally(&self, ranges: &[Range<u64>]) -> Tally {
        let chunks: Vec<Range<u64>> = ranges
            .iter()
            .flat_map(|range| split(range, CHUNK))
            .collect();
        chunks
            .into_par_iter()
            .map(|chunk| {
                let (mut tally, settings) = (Tally::default(), self.views().settings());
                self.for_each(chunk, |event| tally = tally.add(event, settings));
                tally
            })
            .reduce(Tally::default, Tally::merge)
    }

    /// Counts the events that were taken as they lie in memory now.
    pub(super) fn tally_taken(&self, taken: &Taken) -> Tally {
        if taken.events() == self.events() {
            return self.tally(std::slice::from_ref(&(0..self.events())));
        }
        self.tally_where(|index| taken.contains(index))
    }

    fn tally_where(&self, wanted: impl Fn(u64) -> bool + Sync) -> Tally {
        let chunks: Vec<Range<u64>> = split(&(0..self.events()), CHUNK).collect();
        let count = |chunk: Range<u64>| {
            let (mut tally, settings) = (Tally::default(), self.views().settings());
            let mut index = chunk.start;
            self.for_each(chunk, |event| {
                if wanted(index) {
                    tally = tally.add(event, settings);
                }
                index += 1;
            });
            tally
        };
        let tallies = chunks.into_par_iter().map(count);
        tallies.reduce(Tally::default, Tally::merge)
    }
}

//! What events come to when they are counted one by one. Imports `engine`,
//! `policy`, `event`.

use crate::engine::viewing::is_dropped;
use crate::event::Event;
use crate::policy::{Disposition, MemberSettings, effect_of};
use crate::unit::digest::Digest;

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

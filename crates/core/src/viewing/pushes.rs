//! How often each member was told something, by day: what a daily cap on pushes
//! looks at. One module shared by all engines, beside the state: without a cap
//! nothing is counted.
//!
//! A sum by member and day, whatever came first: an undo takes nothing back,
//! since what has rung has rung.

use std::mem;
use std::sync::atomic::{AtomicU32, Ordering};

use crossbeam_utils::CachePadded;
use hashbrown::HashMap;
use parking_lot::Mutex;

use crate::event::Event;
use crate::policy::{Disposition, MemberSettings, day_of, effect_of};
use crate::unit::hash::{SharedHasher, hash_id, shared_hasher};
use crate::unit::hash_bits::part_of;

/// Parts that are locked by themselves.
const STRIPES: usize = 256;
/// Notifications by member and day: one slot a sum, and no list a
/// member that would have to be allocated.
type Stripe = Mutex<HashMap<(u64, u32), u32, SharedHasher>>;

/// Sums of notifications by member and day.
#[derive(Debug)]
pub(crate) struct Pushes {
    per_day: u32,
    /// The last day on which anything rang.
    last_day: AtomicU32,
    hasher: SharedHasher,
    stripes: Box<[CachePadded<Stripe>]>,
}

impl Pushes {
    /// None where there is no cap.
    pub(crate) fn of(settings: &MemberSettings) -> Option<Self> {
        let stripe = || CachePadded::new(Mutex::new(HashMap::with_hasher(shared_hasher())));
        Some(Self {
            per_day: settings.pushes_per_day?.get(),
            last_day: AtomicU32::new(0),
            hasher: shared_hasher(),
            stripes: (0..STRIPES).map(|_| stripe()).collect(),
        })
    }

    fn stripe(&self, member: u64) -> &Stripe {
        let hash = hash_id(&self.hasher, member);
        &self.stripes[part_of::<STRIPES>(hash)]
    }

    /// Counts what rings of a batch, from which blocked pairs' events are gone.
    pub(crate) fn count(&self, batch: &[Event]) {
        let rings = |event: &&Event| effect_of(event).disposition == Disposition::Notify;
        let mut last_day = 0;
        for event in batch.iter().filter(rings) {
            let day = day_of(event.at_us);
            let mut stripe = self.stripe(event.recipient).lock();
            *stripe.entry((event.recipient, day)).or_default() += 1;
            last_day = last_day.max(day);
        }
        if last_day > self.last_day.load(Ordering::Relaxed) {
            self.last_day.fetch_max(last_day, Ordering::Relaxed);
        }
    }

    /// Pushes sent to a member: of each day as many as rang, up to the cap.
    pub(crate) fn sent_to(&self, member: u64) -> u64 {
        let last_day = self.last_day.load(Ordering::Relaxed);
        let stripe = self.stripe(member).lock();
        let counts = (0..=last_day).filter_map(|day| stripe.get(&(member, day)));
        counts
            .map(|&count| u64::from(count.min(self.per_day)))
            .sum()
    }

    /// Bytes of the sums.
    pub(crate) fn bytes(&self) -> u64 {
        let of_stripe = |stripe: &CachePadded<Stripe>| {
            // a slot and its tag
            stripe.lock().capacity() * (size_of::<((u64, u32), u32)>() + 1)
        };
        let stripes = self.stripes.iter().map(of_stripe).sum::<usize>();
        (stripes + mem::size_of_val(&*self.stripes)) as u64
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::event::{Kind, Segment};
    use crate::policy::DAY_US;
    use std::num::NonZeroU32;

    fn pushes(per_day: u32) -> Pushes {
        let settings = MemberSettings {
            pushes_per_day: NonZeroU32::new(per_day),
            ..MemberSettings::default()
        };
        Pushes::of(&settings).unwrap()
    }

    fn event(index: u64, at_us: u64, kind: Kind, undo: bool) -> Event {
        Event::new(index, at_us, kind, undo, (7, Segment::Other), 9, 5)
    }

    #[test]
    fn each_day_has_a_cap_of_its_own_and_undos_take_nothing_back() {
        let pushes = pushes(2);
        let on = |day: u64, index: u64| event(index, day * DAY_US, Kind::PostLike, false);
        // out of order, three on the first day and one on the third
        pushes.count(&[on(2, 0), on(0, 1), on(0, 2), on(0, 3)]);
        assert_eq!(pushes.sent_to(9), 3);
        pushes.count(&[event(4, 0, Kind::PostLike, true)]);
        pushes.count(&[event(5, 0, Kind::ProfileView, false)]);
        pushes.count(&[event(6, 0, Kind::MarkRead, false)]);
        assert_eq!(pushes.sent_to(9), 3);
        // the last microsecond of a day, and the first of the next
        pushes.count(&[event(7, 2 * DAY_US - 1, Kind::PostLike, false), on(2, 8)]);
        assert_eq!(pushes.sent_to(9), 5);
        assert_eq!(pushes.sent_to(10), 0);
        assert!(pushes.bytes() > 0);
    }

    #[test]
    fn without_a_cap_nothing_is_counted() {
        assert!(Pushes::of(&MemberSettings::default()).is_none());
    }
}

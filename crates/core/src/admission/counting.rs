//! How a session counts views where each viewer counts once an epoch: a batch's
//! views are grouped by the stripe of the seen set, each locked once.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use super::held_back::held_back;
use crate::event::Event;
use crate::policy::{Disposition, LANES, Surface, effect_of, epoch_of, surface_of};
use crate::unit::lock_sweep::sweep;
use crate::viewing::seen_set::{STRIPES, SURFACES, SeenKey, TableHint};
use crate::viewing::{Epochs, OpenEpoch, Views};

/// Batches of fewer events are looked at one by one.
const SMALLEST_GROUPED: usize = 8;
/// What a session counts views with, where each viewer counts once.
#[derive(Debug)]
pub(super) struct ViewFilter {
    epochs: Arc<Epochs>,
    open: Option<Arc<OpenEpoch>>,
    /// Where its sweeps over the stripes begin.
    first_stripe: usize,
    room: Room,
}

/// Room that is used again for each batch.
#[derive(Debug, Default)]
struct Room {
    admitted: Vec<Event>,
    waiting: Vec<Waiting>,
    /// By stripe, the last view that waits for it, plus one; 0: none.
    last: [u32; STRIPES],
    hints: [[TableHint; SURFACES]; STRIPES],
}

/// A view that waits for its stripe.
#[derive(Clone, Copy, Debug)]
struct Waiting {
    key: SeenKey,
    /// Its position in the batch.
    at: u32,
    /// Another that waits for the same stripe, plus one; 0: none.
    next: u32,
}

impl ViewFilter {
    /// For the epoch that is open now; none where each view counts.
    pub(super) fn of(views: &Views, worker: usize) -> Option<Self> {
        let epochs = views.epochs.as_ref()?;
        Some(Self {
            // next to each other's stripes no two of up to 32 workers start
            first_stripe: worker * 13 % STRIPES,
            open: epochs.open.read().clone(),
            epochs: Arc::clone(epochs),
            room: Room::default(),
        })
    }

    /// The batch as it is to be counted: events that are no views, first views,
    /// and others that change nothing.
    pub(super) fn admitted(&mut self, batch: &[Event]) -> &[Event] {
        self.room.admitted.clear();
        if batch.len() < SMALLEST_GROUPED {
            self.count_one_by_one(batch);
        } else {
            self.classify(batch);
            self.sort_by_stripe();
            self.note_by_stripe();
        }
        &self.room.admitted
    }

    /// The class of an event; of a view, with the viewer in place of its token.
    #[inline(always)]
    fn class_of(&self, event: &Event) -> EventClass {
        let effect = effect_of(event);
        if effect.disposition != Disposition::Aggregate {
            return EventClass::Other;
        }
        let epoch = epoch_of(event.at_us);
        let is_open = self.open.as_deref().is_some_and(|open| open.epoch == epoch);
        let Some(surface) = surface_of(event.kind()).filter(|_| is_open) else {
            self.epochs.failed.fetch_add(1, Ordering::Relaxed);
            return EventClass::Failed;
        };
        let is_content = usize::from(surface == Surface::Content);
        EventClass::View(SeenKey {
            surface,
            object: [event.recipient, event.content][is_content],
            token: event.actor,
        })
    }

    fn count_one_by_one(&mut self, batch: &[Event]) {
        for event in batch {
            let admitted = match (self.class_of(event), &self.open) {
                (EventClass::Other, _) => *event,
                (EventClass::View(mut key), Some(open)) => {
                    key.token = open.key.token(key.surface, key.object, key.token);
                    match open.seen.note(&key) {
                        true => self.epochs.hidden.counted(event),
                        false => held_back(event),
                    }
                }
                _ => held_back(event),
            };
            self.room.admitted.push(admitted);
        }
    }

    /// Copies the batch, and notes which of it are views.
    fn classify(&mut self, batch: &[Event]) {
        self.room.waiting.clear();
        for (at, event) in (0..).zip(batch) {
            let class = self.class_of(event);
            let room = &mut self.room;
            let admitted = match class {
                EventClass::Failed => held_back(event),
                EventClass::Other => *event,
                EventClass::View(key) => {
                    let next = 0;
                    room.waiting.push(Waiting { key, at, next });
                    self.epochs.hidden.counted(event)
                }
            };
            room.admitted.push(admitted);
        }
    }

    /// Puts tokens in place of viewers, and sorts the views by stripe.
    fn sort_by_stripe(&mut self) {
        let Some(open) = &self.open else { return };
        let Room {
            waiting,
            last,
            hints,
            ..
        } = &mut self.room;
        *last = [0; STRIPES];
        let mut number = 0;
        for views in waiting.chunks_mut(LANES) {
            let (mut tokens, mut tweaks) = ([0; LANES], [0; LANES]);
            for ((token, tweak), Waiting { key, .. }) in
                tokens.iter_mut().zip(&mut tweaks).zip(&*views)
            {
                *token = key.token;
                *tweak = open.key.tweak(key.surface, key.object);
            }
            open.key.tokens(&mut tokens, &tweaks);
            for (view, token) in views.iter_mut().zip(tokens) {
                view.key.token = token;
                let stripe = view.key.stripe();
                hints[stripe][view.key.surface as usize].prefetch(token);
                number += 1;
                view.next = std::mem::replace(&mut last[stripe], number);
            }
        }
    }

    /// Notes the views of each stripe; those that are not the first of their
    /// viewer are held back. Of two in one batch either may be first: a view's
    /// index says nothing.
    fn note_by_stripe(&mut self) {
        let Some(open) = &self.open else { return };
        let Room {
            admitted,
            waiting,
            last,
            hints,
        } = &mut self.room;
        let used = (0..STRIPES).filter(|&stripe| last[stripe] != 0);
        let used = used.fold(0, |set, stripe| set | 1 << stripe);
        sweep(used, (self.first_stripe, STRIPES), |stripe, wait| {
            let Some(mut pairs) = open.seen.stripe(stripe, wait) else {
                return false;
            };
            let mut next = last[stripe];
            while let Some(view) = (next as usize).checked_sub(1).map(|at| waiting[at]) {
                if !pairs.note(&view.key) {
                    let event = &mut admitted[view.at as usize];
                    *event = held_back(event);
                }
                next = view.next;
            }
            hints[stripe] = pairs.hints();
            true
        });
    }
}

/// What an event is.
enum EventClass {
    /// No view: it is the engine's to decide.
    Other,
    /// A view of another epoch than the open one, which is counted as failed.
    Failed,
    View(SeenKey),
}

#[cfg(test)]
#[path = "counting/tests.rs"]
mod tests;

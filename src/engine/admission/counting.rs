//! How a session counts views where each viewer counts once an epoch: a batch's
//! views are grouped by the stripe of the seen set, each locked once. Imports
//! `event`, `policy`, how views are counted.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use super::held_back::held_back;
use crate::engine::shared::lock_sweep::each_part;
use crate::engine::viewing::seen_set::{STRIPES, SURFACES, Sight, Whereabouts};
use crate::engine::viewing::{Epochs, OpenEpoch, Views};
use crate::event::Event;
use crate::policy::{Disposition, LANES, Surface, effect_of, epoch_of, surface_of};

/// Batches of fewer events are looked at one by one.
const SMALLEST_GROUPED: usize = 8;
/// What a session counts views with, where each viewer counts once.
#[derive(Debug)]
pub(super) struct Counting {
    epochs: Arc<Epochs>,
    open: Option<Arc<OpenEpoch>>,
    /// Where its rounds over the stripes begin.
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
    whereabouts: [[Whereabouts; SURFACES]; STRIPES],
}

/// A view that waits for its stripe.
#[derive(Clone, Copy, Debug)]
struct Waiting {
    sight: Sight,
    /// Its position in the batch.
    at: u32,
    /// Another that waits for the same stripe, plus one; 0: none.
    next: u32,
}

impl Counting {
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
            self.look_one_by_one(batch);
        } else {
            self.look(batch);
            self.sort_by_stripe();
            self.note_by_stripe();
        }
        &self.room.admitted
    }

    /// What an event is; of a view, the viewer in place of its token.
    #[inline(always)]
    fn look_at(&self, event: &Event) -> Looked {
        let effect = effect_of(event);
        if effect.disposition != Disposition::Aggregate {
            return Looked::Other;
        }
        let epoch = epoch_of(event.at_us);
        let is_open = self.open.as_deref().is_some_and(|open| open.epoch == epoch);
        let Some(surface) = surface_of(event.kind()).filter(|_| is_open) else {
            self.epochs.failed.fetch_add(1, Ordering::Relaxed);
            return Looked::Failed;
        };
        let is_content = usize::from(surface == Surface::Content);
        Looked::View(Sight {
            surface,
            object: [event.recipient, event.content][is_content],
            token: event.actor,
        })
    }

    fn look_one_by_one(&mut self, batch: &[Event]) {
        for event in batch {
            let admitted = match (self.look_at(event), &self.open) {
                (Looked::Other, _) => *event,
                (Looked::View(mut sight), Some(open)) => {
                    sight.token = open.key.token(sight.surface, sight.object, sight.token);
                    match open.sights.note(&sight) {
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
    fn look(&mut self, batch: &[Event]) {
        self.room.waiting.clear();
        for (at, event) in (0..).zip(batch) {
            let looked = self.look_at(event);
            let room = &mut self.room;
            let admitted = match looked {
                Looked::Failed => held_back(event),
                Looked::Other => *event,
                Looked::View(sight) => {
                    let next = 0;
                    room.waiting.push(Waiting { sight, at, next });
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
            whereabouts,
            ..
        } = &mut self.room;
        *last = [0; STRIPES];
        let mut number = 0;
        for views in waiting.chunks_mut(LANES) {
            let (mut tokens, mut tweaks) = ([0; LANES], [0; LANES]);
            for ((token, tweak), Waiting { sight, .. }) in
                tokens.iter_mut().zip(&mut tweaks).zip(&*views)
            {
                *token = sight.token;
                *tweak = open.key.tweak(sight.surface, sight.object);
            }
            open.key.tokens(&mut tokens, &tweaks);
            for (view, token) in views.iter_mut().zip(tokens) {
                view.sight.token = token;
                let stripe = view.sight.stripe();
                whereabouts[stripe][view.sight.surface as usize].prefetch(token);
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
            whereabouts,
        } = &mut self.room;
        let used = (0..STRIPES).filter(|&stripe| last[stripe] != 0);
        let used = used.fold(0, |set, stripe| set | 1 << stripe);
        each_part(used, (self.first_stripe, STRIPES), |stripe, wait| {
            let Some(mut pairs) = open.sights.stripe(stripe, wait) else {
                return false;
            };
            let mut next = last[stripe];
            while let Some(view) = (next as usize).checked_sub(1).map(|at| waiting[at]) {
                if !pairs.note(&view.sight) {
                    let event = &mut admitted[view.at as usize];
                    *event = held_back(event);
                }
                next = view.next;
            }
            whereabouts[stripe] = pairs.places();
            true
        });
    }
}

/// What an event is.
enum Looked {
    /// No view: it is the engine's to decide.
    Other,
    /// A view of another epoch than the open one, which is counted as failed.
    Failed,
    View(Sight),
}

#[cfg(test)]
mod tests;

//! What stands before every engine's session and decides what of a batch
//! counts. What blocked pairs do to each other is held back. Where each viewer
//! counts once an epoch, a view that is not the viewer's first of that object is
//! held back, too, and a hidden viewer's comes under the segment `other`. Imports
//! the contract, `event`, `policy`, how views are counted.

mod close;
mod counting;
mod held_back;

use std::sync::Arc;

use crate::engine::contract::{Engine, Role, Session};
use crate::engine::read::Answer;
use crate::engine::viewing::Views;
use crate::engine::viewing::pushes::Pushes;
use crate::event::{Event, Read};
use crate::policy::{Disposition, MemberSettings, Share, effect_of};
use counting::ViewFilter;
use held_back::held_back;

/// Events looked at together at most: what was asked for ahead of time must
/// still be near when it is their turn.
const LARGEST_GROUPED: usize = 1_024;

/// Opens the session of that worker, with what admits its events before it.
/// The epoch that is open now is the session's. Probes are not held back:
/// they count nothing.
pub fn open_session<'engine, E: Engine>(
    engine: &'engine E,
    views: &Views,
    worker: usize,
) -> Admitting<E::Session<'engine>> {
    let is_counted = E::INFO.role != Role::Probe;
    Admitting {
        session: engine.session(worker),
        blocking: is_counted.then(|| BlockFilter::of(views)).flatten(),
        counting: is_counted.then(|| ViewFilter::of(views, worker)).flatten(),
        pushes: views.pushes.clone().filter(|_| is_counted),
    }
}

/// A session behind what admits its events.
#[derive(Debug)]
pub struct Admitting<S> {
    session: S,
    blocking: Option<BlockFilter>,
    counting: Option<ViewFilter>,
    pushes: Option<Arc<Pushes>>,
}

impl<S: Session> Session for Admitting<S> {
    #[inline]
    fn ingest(&mut self, batch: &[Event]) {
        let batch = match &mut self.blocking {
            None => batch,
            Some(blocking) => blocking.admitted(batch),
        };
        if let Some(pushes) = &self.pushes {
            pushes.count(batch);
        }
        match &mut self.counting {
            None => self.session.ingest(batch),
            Some(counting) => {
                for batch in batch.chunks(LARGEST_GROUPED) {
                    self.session.ingest(counting.admitted(batch));
                }
            }
        }
    }

    #[inline]
    fn read(&mut self, reads: &[Read], sink: &mut impl FnMut(usize, &Answer)) {
        self.session.read(reads, sink);
    }

    fn pause(&mut self) {
        self.session.pause();
    }

    fn finish(self) {
        self.session.finish();
    }
}

/// What holds back what blocked pairs do to each other.
#[derive(Debug)]
struct BlockFilter {
    settings: MemberSettings,
    admitted: Vec<Event>,
}

impl BlockFilter {
    /// None where no member blocks another.
    fn of(views: &Views) -> Option<Self> {
        let settings = *views.settings();
        (settings.blocked != Share::NONE).then(|| Self {
            settings,
            admitted: Vec::new(),
        })
    }

    fn admitted(&mut self, batch: &[Event]) -> &[Event] {
        self.admitted.clear();
        let Self { settings, admitted } = self;
        admitted.extend(batch.iter().map(|event| match is_dropped(settings, event) {
            true => held_back(event),
            false => *event,
        }));
        admitted
    }
}

/// Whether an event is dropped before it is folded: it rings, or takes back
/// what rang, between two members of whom one has blocked the other.
#[inline(always)]
#[must_use]
pub fn is_dropped(settings: &MemberSettings, event: &Event) -> bool {
    let disposition = effect_of(event).disposition;
    matches!(disposition, Disposition::Notify | Disposition::Retract)
        && settings.is_blocked(event.actor, event.recipient)
}

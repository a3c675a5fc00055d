//! What stands before every engine's session and decides what of a batch
//! counts. What blocked pairs do to each other is held back. Where each viewer
//! counts once an epoch, a view that is not the viewer's first of that object
//! is held back, too, and a hidden viewer's comes under the segment `other`.

mod any_engine;
mod close;
mod counting;
mod held_back;
mod slowdown;

use std::sync::Arc;

use crate::engine::{Engine, Role, Session};
use crate::event::{Event, Read};
use crate::policy::{Disposition, MemberSettings, Share, effect_of};
use crate::read::Answer;
use crate::viewing::Views;
use crate::viewing::pushes::Pushes;
pub use any_engine::{AnyEngine, AnySession};
use counting::ViewFilter;
use held_back::held_back;
use slowdown::Slowdown;

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
    let blocking = is_counted.then(|| BlockFilter::of(views)).flatten();
    let counting = is_counted.then(|| ViewFilter::of(views, worker)).flatten();
    let pushes = views.pushes.clone().filter(|_| is_counted);
    Admitting {
        session: engine.session(worker),
        slowdown: Slowdown::NONE,
        is_transparent: blocking.is_none() && counting.is_none() && pushes.is_none(),
        blocking,
        counting,
        pushes,
    }
}

/// A session behind what admits its events.
#[derive(Debug)]
pub struct Admitting<S> {
    session: S,
    slowdown: Slowdown,
    /// Whether every batch goes to the session as it is, at full speed.
    is_transparent: bool,
    blocking: Option<BlockFilter>,
    counting: Option<ViewFilter>,
    pushes: Option<Arc<Pushes>>,
}

impl<S: Session> Admitting<S> {
    /// Slows the session down by a share of its own time, to see whether a
    /// comparison finds that: 0.03 makes each call take 3% longer. 0 is no
    /// slowdown.
    #[must_use]
    pub fn slowed_by(self, share: f64) -> Self {
        let slowdown = Slowdown::by(share);
        Self {
            is_transparent: self.is_transparent && slowdown.is_none(),
            slowdown,
            ..self
        }
    }

    /// Ingests what is admitted of a batch.
    #[inline(never)]
    fn ingest_admitted(&mut self, batch: &[Event]) {
        let batch = match &mut self.blocking {
            None => batch,
            Some(blocking) => blocking.admitted(batch),
        };
        if let Some(pushes) = &self.pushes {
            pushes.count(batch);
        }
        match &mut self.counting {
            None => {
                let start = self.slowdown.start();
                self.session.ingest(batch);
                Slowdown::end(start);
            }
            Some(counting) => {
                for batch in batch.chunks(LARGEST_GROUPED) {
                    let admitted = counting.admitted(batch);
                    let start = self.slowdown.start();
                    self.session.ingest(admitted);
                    Slowdown::end(start);
                }
            }
        }
    }
}

impl<S: Session> Session for Admitting<S> {
    #[inline]
    fn ingest(&mut self, batch: &[Event]) {
        if self.is_transparent {
            self.session.ingest(batch);
        } else {
            self.ingest_admitted(batch);
        }
    }

    #[inline]
    fn read(&mut self, reads: &[Read], sink: &mut impl FnMut(usize, &Answer)) {
        let start = self.slowdown.start();
        self.session.read(reads, sink);
        Slowdown::end(start);
    }

    fn pause(&mut self) {
        let start = self.slowdown.start();
        self.session.pause();
        Slowdown::end(start);
    }

    fn finish(self) {
        let start = self.slowdown.start();
        self.session.finish();
        Slowdown::end(start);
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

#[cfg(test)]
mod tests;

//! What happens: events, their kinds, segments, and reads. Imports
//! floor 0 only.

mod kind;
mod read;
mod segment;
mod stamp;
mod text;

pub use kind::{Kind, NOTIFY_KINDS, REACTION_KINDS};
pub use read::{Read, ReadKind};
pub use segment::Segment;
pub use stamp::{MAX_INDEX, Stamp};
pub use text::{COLUMNS, EventFormat};

use crate::unit::digest::{Digest, LineHasher};

/// One event, 40 bytes. Read it through its methods.
///
/// The first word packs what an inbox must keep: index (56 bits), segment
/// (3), undo (1), kind (4), from the top; so two such words compare as their
/// indexes do.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Event {
    /// index, segment, undo and kind, packed; see [`Event::stamp`].
    stamp: Stamp,
    /// Event time in µs from the stream's start.
    pub at_us: u64,
    /// Who acts.
    pub actor: u64,
    /// Whom it concerns.
    pub recipient: u64,
    /// What it is about; 0: nothing.
    pub content: u64,
}

impl Event {
    /// An event. `index` must be below [`MAX_INDEX`].
    #[inline(always)]
    #[must_use]
    pub const fn new(
        index: u64,
        at_us: u64,
        kind: Kind,
        undo: bool,
        (actor, segment): (u64, Segment),
        recipient: u64,
        content: u64,
    ) -> Self {
        let stamp = Stamp::new(index, segment, undo, kind);
        Self {
            stamp,
            at_us,
            actor,
            recipient,
            content,
        }
    }

    /// The same event by an actor of that segment.
    #[inline(always)]
    #[must_use]
    pub const fn with_segment(&self, segment: Segment) -> Self {
        let stamp = Stamp::new(self.index(), segment, self.undo(), self.kind());
        Self { stamp, ..*self }
    }

    /// Position in the stream.
    #[inline(always)]
    #[must_use]
    pub const fn index(&self) -> u64 {
        self.stamp.index()
    }

    /// What happened.
    #[inline(always)]
    #[must_use]
    pub const fn kind(&self) -> Kind {
        self.stamp.kind()
    }

    /// Whether it takes back an earlier event of this kind.
    #[inline(always)]
    #[must_use]
    pub const fn undo(&self) -> bool {
        self.stamp.undo()
    }

    /// The actor's segment.
    #[inline(always)]
    #[must_use]
    pub const fn segment(&self) -> Segment {
        self.stamp.segment()
    }

    /// The packed word: index (from bit 8), segment (bits 5 to 7), undo
    /// (bit 4), kind (bits 0 to 3).
    #[inline(always)]
    #[must_use]
    pub const fn stamp(&self) -> Stamp {
        self.stamp
    }

    /// Whether the actor is the recipient.
    #[inline(always)]
    #[must_use]
    pub const fn is_self_action(&self) -> bool {
        self.actor == self.recipient
    }

    /// Hash of every field, to be summed into an event-multiset digest.
    #[inline]
    #[must_use]
    pub const fn digest(&self) -> Digest {
        let mut line = LineHasher::new(0);
        line.word(self.stamp.word());
        line.word(self.at_us);
        line.word(self.actor);
        line.word(self.recipient);
        line.word(self.content);
        line.finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn packing_keeps_every_field() {
        for kind in Kind::ALL {
            for segment in Segment::ALL {
                for undo in [false, true] {
                    let event = Event::new(MAX_INDEX - 1, 5, kind, undo, (7, segment), 8, 9);
                    assert_eq!(event.index(), MAX_INDEX - 1);
                    assert_eq!(
                        (event.kind(), event.undo(), event.segment()),
                        (kind, undo, segment)
                    );
                }
            }
        }
    }

    #[test]
    fn an_event_is_forty_bytes() {
        assert_eq!(size_of::<Event>(), 40);
    }
}

//! What one event does to one member and to one content.

use crate::event::{Event, Stamp};
use crate::policy::effect_of;

/// An update of one member, 32 bytes: what is left of the event once its
/// recipient is known to change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MemberUpdate {
    /// Whose state changes.
    pub member: u64,
    /// The event's index, segment, undo and kind.
    pub stamp: Stamp,
    /// Who acted.
    pub actor: u64,
    /// What it was about; 0: nothing.
    pub content: u64,
}

impl MemberUpdate {
    /// What the event does to its recipient, if it does anything to it.
    #[inline(always)]
    #[must_use]
    pub const fn of(event: &Event) -> Self {
        Self {
            member: event.recipient,
            stamp: event.stamp(),
            actor: event.actor,
            content: event.content,
        }
    }
}

/// An update of one content, 16 bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ContentUpdate {
    /// Which content's state changes.
    pub content: u64,
    /// The event's index, segment, undo and kind.
    pub stamp: Stamp,
}

impl ContentUpdate {
    /// What the event does to its content, if it does anything to it.
    #[inline(always)]
    #[must_use]
    pub const fn of(event: &Event) -> Self {
        Self {
            content: event.content,
            stamp: event.stamp(),
        }
    }
}

/// Calls `member` and `content` with the updates that the event makes: none,
/// one or both. Where a viewer counts once an epoch, events that count nothing
/// were held back before: [`open_session`](crate::admission::open_session).
#[inline(always)]
pub fn for_each_update(
    event: &Event,
    member: impl FnOnce(MemberUpdate),
    content: impl FnOnce(ContentUpdate),
) {
    let effect = effect_of(event);
    if effect.touches_member {
        member(MemberUpdate::of(event));
    }
    if effect.touches_content {
        content(ContentUpdate::of(event));
    }
}

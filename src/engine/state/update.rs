//! What one event does to one member and to one content. Imports `event`,
//! `policy`.

use crate::event::{Event, Kind, Segment, Stamp};
use crate::policy::effect_of;

/// An update of one member, 32 bytes: what is left of the event once its
/// recipient is known to change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MemberUpdate {
    /// Whose state changes.
    pub member: u64,
    /// The event's index, segment, undo and kind.
    pub stamp: Stamp,
    /// Who acted; where a viewer is counted once, what stands for the viewer.
    pub actor: u64,
    /// What it was about; 0: nothing.
    pub content: u64,
}

/// The stamp of a view that counts its viewer once an epoch, and no more of
/// the event. A view has no undo: in an update of one, that bit says this.
#[inline(always)]
#[must_use]
pub const fn stamp_of_viewer(kind: Kind, segment: Segment) -> Stamp {
    Stamp::new(0, segment, true, kind)
}

impl MemberUpdate {
    /// A view of a member by who is counted once, [`stamp_of_viewer`].
    #[inline(always)]
    #[must_use]
    pub const fn of_viewer(member: u64, token: u64, stamp: Stamp) -> Self {
        Self {
            member,
            stamp,
            actor: token,
            content: 0,
        }
    }

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

/// An update of one content, 24 bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ContentUpdate {
    /// Which content's state changes.
    pub content: u64,
    /// The event's index, segment, undo and kind.
    pub stamp: Stamp,
    /// Where a viewer is counted once, what stands for the viewer; else 0.
    pub viewer: u64,
}

impl ContentUpdate {
    /// A view of a content by who is counted once, [`stamp_of_viewer`].
    #[inline(always)]
    #[must_use]
    pub const fn of_viewer(content: u64, token: u64, stamp: Stamp) -> Self {
        Self {
            content,
            stamp,
            viewer: token,
        }
    }

    /// What the event does to its content, if it does anything to it.
    #[inline(always)]
    #[must_use]
    pub const fn of(event: &Event) -> Self {
        Self {
            content: event.content,
            stamp: event.stamp(),
            viewer: 0,
        }
    }
}

/// Calls `member` and `content` with the updates that the event makes: none,
/// one or both. Each view counts; where a viewer counts once, it is
/// [`Viewing::for_each_update`](crate::engine::viewing::Viewing) that says so.
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

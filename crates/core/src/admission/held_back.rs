//! An event that changes nothing, in place of one that is held back.

use crate::event::Event;

/// In place of an event that is to change nothing: one by whom it concerns,
/// which the policy discards. A batch keeps its length, by which engines tell
/// how much they have put off.
pub(super) const fn held_back(event: &Event) -> Event {
    let mut event = *event;
    event.recipient = event.actor;
    event
}

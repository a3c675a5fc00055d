//! [`classify`] as a table of one byte a case, for the hot path.

use super::{Disposition, classify};
use crate::event::{Event, Kind};

/// What one event does: its disposition and whose state it touches.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Effect {
    /// What becomes of the event.
    pub disposition: Disposition,
    /// Whether the recipient's state changes.
    pub touches_member: bool,
    /// Whether the content's state changes.
    pub touches_content: bool,
}

impl Effect {
    const fn of(kind: Kind, undo: bool, is_self: bool) -> Self {
        let disposition = classify(kind, undo, is_self);
        let (touches_member, touches_content) = match disposition {
            Disposition::Discard => (false, false),
            Disposition::Aggregate => {
                let content = matches!(kind, Kind::ContentView);
                (!content, content)
            }
            Disposition::Notify | Disposition::Retract => (true, kind.has_content()),
            Disposition::OwnAct => (true, false),
        };
        Self {
            disposition,
            touches_member,
            touches_content,
        }
    }
}

/// Every case: kind in the lowest four bits, undo in bit 4, self in bit 5.
pub static EFFECTS: [Effect; 64] = {
    let mut effects = [Effect::of(Kind::ProfileView, false, false); 64];
    let mut case = 0;
    while case < 64 {
        effects[case] = Effect::of(Kind::from_bits(case as u64), case & 16 != 0, case & 32 != 0);
        case += 1;
    }
    effects
};

/// The effect of one event: [`classify`] by table look-up.
#[inline(always)]
#[must_use]
pub fn effect_of(event: &Event) -> Effect {
    let case = (event.stamp().word() & 31) | u64::from(event.is_self_action()) << 5;
    EFFECTS[case as usize]
}

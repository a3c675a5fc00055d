//! What members have set, as the oracle applies it: one rule after the other,
//! to lists.

use super::{MemberHistory, Oracle};
use crate::event::{Event, Kind};
use crate::policy::{Disposition, classify};
use crate::snapshot::InboxLine;

/// Foremost first: where several tell of one thing, the first is shown.
const PRECEDENCE: [Kind; 4] = [
    Kind::PostMention,
    Kind::PostTag,
    Kind::CommentTag,
    Kind::PostComment,
];

impl Oracle {
    /// Whether an event is between a blocked pair, and would ring or take back.
    pub(super) fn is_blocked(&self, event: &Event) -> bool {
        let rings = matches!(
            classify(event.kind(), event.undo(), event.is_self_action()),
            Disposition::Notify | Disposition::Retract
        );
        rings
            && self
                .counting
                .settings
                .is_blocked(event.actor, event.recipient)
    }

    /// Notes the day on which an event rang, where pushes are capped by day.
    pub(super) fn push(&mut self, event: &Event) {
        if self.caps_pushes() {
            let day = event.at_us / (24 * 60 * 60 * 1_000_000);
            *self.member(event.recipient).rung.entry(day).or_default() += 1;
        }
    }

    /// Whether pushes are capped by day.
    pub(super) fn caps_pushes(&self) -> bool {
        self.counting.settings.pushes_per_day.is_some()
    }

    /// Of each day as many as rang, but no more than the cap.
    pub(super) fn pushes_sent_to(&self, id: u64) -> u64 {
        let Some(cap) = self.counting.settings.pushes_per_day else {
            return 0;
        };
        let member = self.members.get(&id);
        let days = member.into_iter().flat_map(|member| member.rung.values());
        days.map(|&rung| rung.min(u64::from(cap.get()))).sum()
    }

    /// The kept actions of member `id` that are shown, newest first.
    pub(super) fn shown(&self, id: u64, member: &MemberHistory) -> Vec<InboxLine> {
        let settings = &self.counting.settings;
        let mut shown = member.newest(self.inbox_capacity);
        shown.retain(|entry| !entry.undone);
        shown.retain(|entry| settings.shows(id, entry.actor, entry.kind));
        if settings.precedence {
            for (at, kind) in PRECEDENCE.iter().enumerate() {
                let foremost: Vec<(u64, u64)> = shown
                    .iter()
                    .filter(|entry| entry.kind == *kind)
                    .map(|entry| (entry.content, entry.actor))
                    .collect();
                let behind = &PRECEDENCE[at + 1..];
                shown.retain(|entry| {
                    !(behind.contains(&entry.kind)
                        && foremost.contains(&(entry.content, entry.actor)))
                });
            }
        }
        shown
    }
}

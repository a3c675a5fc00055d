//! The policy as rows that a person reads; `notibench policy` prints them.

use super::{Disposition, EFFECTS, Effect};
use crate::event::Kind;

/// One row: a kind, fresh or undone, acting on another member.
#[derive(Clone, Copy, Debug)]
pub struct TableRow {
    /// The kind.
    pub kind: Kind,
    /// Whether the row is for its undo.
    pub undo: bool,
    /// What the event does.
    pub effect: Effect,
}

impl TableRow {
    /// What changes, in words.
    #[must_use]
    pub fn what_changes(&self) -> &'static str {
        match (self.effect.disposition, self.kind) {
            (Disposition::Discard, _) => "nothing: no state, no allocation",
            (Disposition::Aggregate, Kind::ProfileView) => {
                "recipient's profile views, by the actor's segment"
            }
            (Disposition::Aggregate, Kind::PictureView) => {
                "recipient's picture views, by the actor's segment"
            }
            (Disposition::Aggregate, _) => "the content's views, by the actor's segment",
            (Disposition::Notify, _) if self.effect.touches_content => {
                "recipient's delivered count +1, inbox; the content's reaction count +1"
            }
            (Disposition::Notify, _) => "recipient's delivered count +1, inbox",
            (Disposition::Retract, _) if self.effect.touches_content => {
                "the same counts -1; the inbox entry becomes a tombstone; never rings"
            }
            (Disposition::Retract, _) => {
                "the same count -1; the inbox entry becomes a tombstone; never rings"
            }
            (Disposition::OwnAct, _) => "recipient's read mark = max(mark, this index)",
        }
    }
}

/// The whole policy: every kind, then the undo of each kind that has one.
#[must_use]
pub fn table() -> Vec<TableRow> {
    let row = |kind: Kind, undo: bool| TableRow {
        kind,
        undo,
        effect: EFFECTS[kind as usize | usize::from(undo) << 4],
    };
    let fresh = Kind::ALL.into_iter().map(|kind| row(kind, false));
    let undone = Kind::ALL
        .into_iter()
        .filter(|kind| kind.is_undoable())
        .map(|kind| row(kind, true));
    fresh.chain(undone).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::policy::classify;

    /// The design's table, row by row: kind, undo, content, disposition,
    /// touches the member, touches the content.
    const CONTRACT: [(&str, bool, bool, &str, bool, bool); 21] = [
        ("profile_view", false, false, "aggregate", true, false),
        ("picture_view", false, false, "aggregate", true, false),
        ("content_view", false, true, "aggregate", false, true),
        ("picture_download", false, false, "discard", false, false),
        ("picture_save", false, false, "discard", false, false),
        ("post_like", false, true, "notify", true, true),
        ("post_comment", false, true, "notify", true, true),
        ("article_like", false, true, "notify", true, true),
        ("article_share", false, true, "notify", true, true),
        ("post_tag", false, true, "notify", true, true),
        ("comment_tag", false, true, "notify", true, true),
        ("post_mention", false, true, "notify", true, true),
        ("skill_endorse", false, false, "notify", true, false),
        ("member_follow", false, false, "notify", true, false),
        ("message_reply", false, false, "notify", true, false),
        ("mark_read", false, false, "own act", true, false),
        ("post_like", true, true, "retract", true, true),
        ("article_like", true, true, "retract", true, true),
        ("article_share", true, true, "retract", true, true),
        ("skill_endorse", true, false, "retract", true, false),
        ("member_follow", true, false, "retract", true, false),
    ];

    #[test]
    fn the_table_is_the_contract_row_by_row() {
        let rows = table();
        assert_eq!(rows.len(), CONTRACT.len());
        for (row, (kind, undo, content, disposition, member, touches_content)) in
            rows.iter().zip(CONTRACT)
        {
            assert_eq!(row.kind.name(), kind);
            assert_eq!(row.undo, undo, "{kind}");
            assert_eq!(row.kind.has_content(), content, "{kind}");
            assert_eq!(row.effect.disposition.name(), disposition, "{kind}");
            assert_eq!(row.effect.touches_member, member, "{kind}");
            assert_eq!(row.effect.touches_content, touches_content, "{kind}");
        }
    }

    #[test]
    fn self_actions_are_discarded_but_for_the_read_mark() {
        for kind in Kind::ALL {
            for undo in [false, true] {
                let expected = if kind == Kind::MarkRead && !undo {
                    Disposition::OwnAct
                } else {
                    Disposition::Discard
                };
                assert_eq!(classify(kind, undo, true), expected, "{kind:?} undo {undo}");
            }
        }
    }

    #[test]
    fn an_undo_of_what_cannot_be_undone_is_discarded() {
        for kind in Kind::ALL.into_iter().filter(|kind| !kind.is_undoable()) {
            assert_eq!(
                classify(kind, true, false),
                Disposition::Discard,
                "{kind:?}"
            );
        }
    }

    #[test]
    fn viewing_never_notifies() {
        for (case, effect) in EFFECTS.iter().enumerate() {
            if (case & 15) <= Kind::PictureSave as usize {
                assert_ne!(effect.disposition, Disposition::Notify);
            }
        }
    }
}

//! The classes of a draw: sixteen kinds, undo, duplicate; and what a kind says
//! of an event's content.

use super::alias::{self, Column};
use crate::WriteMix;
use notibench_core::event::Kind;

/// Choices of a draw: 16 kinds, undo, duplicate; a power of two of columns.
pub(super) const CLASS_BITS: u32 = 5;
/// The class of undos.
pub(super) const UNDO: usize = Kind::ALL.len();
/// What the kind of an event says of its content: looked up instead of
/// decided, since kinds follow one another without a pattern that a branch
/// predictor could learn.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct KindTraits {
    /// All ones where there is a content, else 0.
    pub(super) has_content: u64,
    /// The newest of the author's contents that may be meant…
    pub(super) newest_slot: u64,
    /// …and how many from it on backwards.
    pub(super) slots: u64,
    /// Whether the content is the actor's own, not the recipient's.
    pub(super) by_actor: bool,
    /// All ones where the content may be one of the hot ones, else 0.
    pub(super) may_be_hot: u32,
    /// Whether the recipient is then the hot content's author.
    pub(super) concerns_author: bool,
    /// Whether the actor is the recipient whatever was drawn.
    pub(super) is_own_act: bool,
}

impl KindTraits {
    /// Of the slots of an author's contents, 0 is the article, the others
    /// posts, the newest last.
    fn of(kind: Kind, per_member: u64) -> Self {
        let (newest_slot, slots) = match kind {
            Kind::ArticleLike | Kind::ArticleShare => (0, 0),
            Kind::ContentView => (per_member - 1, per_member),
            _ => (per_member - 1, per_member - 1),
        };
        let has_content = kind.has_content();
        // a tag or mention stands in something that the actor wrote, or a
        // comment on it
        let by_actor = matches!(kind, Kind::PostTag | Kind::PostMention | Kind::CommentTag);
        let stands_anywhere = has_content && !matches!(kind, Kind::PostTag | Kind::PostMention);
        Self {
            has_content: if has_content { u64::MAX } else { 0 },
            newest_slot,
            slots,
            by_actor,
            may_be_hot: if stands_anywhere { u32::MAX } else { 0 },
            concerns_author: !by_actor,
            is_own_act: kind == Kind::MarkRead,
        }
    }
}

pub(super) fn class_traits(per_member: u64) -> [KindTraits; 1 << CLASS_BITS] {
    let mut traits = [KindTraits::default(); 1 << CLASS_BITS];
    for kind in Kind::ALL {
        traits[kind as usize] = KindTraits::of(kind, per_member);
    }
    traits
}

/// Columns for choosing a class: with `copies` all 18, else fresh kinds only.
pub(super) fn class_columns(mix: &WriteMix, copies: bool) -> Box<[Column; 1 << CLASS_BITS]> {
    let mut weights = mix.kinds.to_vec();
    weights.extend(if copies {
        [mix.undo, mix.duplicate]
    } else {
        [0.0; 2]
    });
    weights.resize(1 << CLASS_BITS, 0.0);
    let mut columns = Box::new([Column::default(); 1 << CLASS_BITS]);
    columns.copy_from_slice(&alias::columns(&weights));
    columns
}

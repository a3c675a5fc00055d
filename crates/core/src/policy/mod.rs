//! The rule: what an event does. One small pure function,
//! [`classify`], to be checked against the table in docs/POLICY.md line by
//! line; what members have set; and what is counted and shown of views. Imports `event`, `unit`.

mod effect;
mod noise;
mod permutation;
mod release;
mod settings;
mod share;
mod surface;
mod table;

pub use effect::{EFFECTS, Effect, effect_of};
pub use noise::{Epsilon, NOISE_KEY_WORDS, NoiseKey, SurfaceNoise};
pub use permutation::{LANES, PERMUTATION_KEY_WORDS, PermutationKey};
pub use release::{EPOCH_US, HiddenShare, Release, ReleaseRule, epoch_of, surface_of};
pub use settings::{DAY_US, MemberSettings, day_of, rank_of};
pub use share::Share;
pub use surface::Surface;
pub use table::{TableRow, table};

use crate::event::Kind;

/// What becomes of an event.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Hash)]
#[repr(u8)]
pub enum Disposition {
    /// Nothing: no state changes.
    Discard = 0,
    /// Counted anonymously, by the actor's segment.
    Aggregate,
    /// Rings the recipient's bell, naming the actor.
    Notify,
    /// Takes a notification back, silently.
    Retract,
    /// The recipient's own read mark.
    OwnAct,
}

impl Disposition {
    /// Every disposition, in order.
    pub const ALL: [Self; 5] = [
        Self::Discard,
        Self::Aggregate,
        Self::Notify,
        Self::Retract,
        Self::OwnAct,
    ];

    /// Its name in tables and reports.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Discard => "discard",
            Self::Aggregate => "aggregate",
            Self::Notify => "notify",
            Self::Retract => "retract",
            Self::OwnAct => "own act",
        }
    }
}

/// The seed policy. `is_self` says that the actor is the recipient.
///
/// An undo of a kind that can't be undone is discarded.
#[must_use]
pub const fn classify(kind: Kind, undo: bool, is_self: bool) -> Disposition {
    use Kind::*;
    match kind {
        MarkRead if !undo => Disposition::OwnAct,
        _ if is_self => Disposition::Discard,
        PostLike | ArticleLike | ArticleShare | SkillEndorse | MemberFollow if undo => {
            Disposition::Retract
        }
        _ if undo => Disposition::Discard,
        ProfileView | PictureView | ContentView => Disposition::Aggregate,
        PictureDownload | PictureSave => Disposition::Discard,
        PostLike | PostComment | ArticleLike | ArticleShare | PostTag | CommentTag
        | PostMention | SkillEndorse | MemberFollow | MessageReply => Disposition::Notify,
        MarkRead => Disposition::Discard,
    }
}

//! The sixteen kinds of event.

/// What happened. The order is that of the policy's table.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, PartialOrd, Ord)]
#[repr(u8)]
pub enum Kind {
    /// A profile was looked at.
    ProfileView = 0,
    /// A profile picture was looked at.
    PictureView,
    /// A post or article was looked at.
    ContentView,
    /// A profile picture was downloaded.
    PictureDownload,
    /// A profile picture was saved.
    PictureSave,
    /// A post was liked.
    PostLike,
    /// A post was commented on.
    PostComment,
    /// An article was liked.
    ArticleLike,
    /// An article was shared.
    ArticleShare,
    /// A member was tagged in a post.
    PostTag,
    /// A member was tagged in a comment.
    CommentTag,
    /// A member was mentioned in a post.
    PostMention,
    /// A skill was endorsed.
    SkillEndorse,
    /// A member was followed.
    MemberFollow,
    /// A message was replied to.
    MessageReply,
    /// A member read what was delivered so far.
    MarkRead,
}

/// How many kinds can notify: `PostLike` to `MessageReply`.
pub const NOTIFY_KINDS: usize = 10;
/// How many kinds count as reactions of a content: `PostLike` to `PostMention`.
pub const REACTION_KINDS: usize = 7;
/// The first kind that can notify.
const FIRST_NOTIFY: u8 = Kind::PostLike as u8;

impl Kind {
    /// Every kind, in order.
    pub const ALL: [Self; 16] = [
        Self::ProfileView,
        Self::PictureView,
        Self::ContentView,
        Self::PictureDownload,
        Self::PictureSave,
        Self::PostLike,
        Self::PostComment,
        Self::ArticleLike,
        Self::ArticleShare,
        Self::PostTag,
        Self::CommentTag,
        Self::PostMention,
        Self::SkillEndorse,
        Self::MemberFollow,
        Self::MessageReply,
        Self::MarkRead,
    ];

    /// The kind in the lowest four bits of `bits`.
    #[inline(always)]
    #[must_use]
    pub const fn from_bits(bits: u64) -> Self {
        Self::ALL[(bits & 15) as usize]
    }

    /// Its name in workload files, streams, snapshots and reports.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::ProfileView => "profile_view",
            Self::PictureView => "picture_view",
            Self::ContentView => "content_view",
            Self::PictureDownload => "picture_download",
            Self::PictureSave => "picture_save",
            Self::PostLike => "post_like",
            Self::PostComment => "post_comment",
            Self::ArticleLike => "article_like",
            Self::ArticleShare => "article_share",
            Self::PostTag => "post_tag",
            Self::CommentTag => "comment_tag",
            Self::PostMention => "post_mention",
            Self::SkillEndorse => "skill_endorse",
            Self::MemberFollow => "member_follow",
            Self::MessageReply => "message_reply",
            Self::MarkRead => "mark_read",
        }
    }

    /// The kind of that name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == name)
    }

    /// Whether its events carry a content id.
    #[must_use]
    pub const fn has_content(self) -> bool {
        matches!(self, Self::ContentView) || self.reaction_slot().is_some()
    }

    /// Whether an event of this kind can be taken back.
    #[must_use]
    pub const fn is_undoable(self) -> bool {
        matches!(
            self,
            Self::PostLike
                | Self::ArticleLike
                | Self::ArticleShare
                | Self::SkillEndorse
                | Self::MemberFollow
        )
    }

    /// Position among the kinds that notify (`0..NOTIFY_KINDS`).
    #[inline(always)]
    #[must_use]
    pub const fn notify_slot(self) -> Option<usize> {
        let slot = (self as u8).wrapping_sub(FIRST_NOTIFY) as usize;
        if slot < NOTIFY_KINDS {
            Some(slot)
        } else {
            None
        }
    }

    /// Position among the kinds that a content counts (`0..REACTION_KINDS`).
    #[inline(always)]
    #[must_use]
    pub const fn reaction_slot(self) -> Option<usize> {
        let slot = (self as u8).wrapping_sub(FIRST_NOTIFY) as usize;
        if slot < REACTION_KINDS {
            Some(slot)
        } else {
            None
        }
    }

    /// The kind at a position among those that notify.
    ///
    /// # Panics
    /// Where `slot` is not below [`NOTIFY_KINDS`].
    #[must_use]
    pub const fn from_notify_slot(slot: usize) -> Self {
        assert!(slot < NOTIFY_KINDS);
        Self::ALL[slot + FIRST_NOTIFY as usize]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_names_and_slots_agree() {
        for (number, kind) in Kind::ALL.into_iter().enumerate() {
            assert_eq!(kind as usize, number);
            assert_eq!(Kind::from_name(kind.name()), Some(kind));
            assert_eq!(Kind::from_bits(number as u64 | 0xf0), kind);
            if let Some(slot) = kind.notify_slot() {
                assert_eq!(Kind::from_notify_slot(slot), kind);
            }
        }
        assert_eq!(
            Kind::ALL
                .iter()
                .filter(|k| k.notify_slot().is_some())
                .count(),
            NOTIFY_KINDS
        );
        assert_eq!(
            Kind::ALL
                .iter()
                .filter(|k| k.reaction_slot().is_some())
                .count(),
            REACTION_KINDS
        );
        assert_eq!(Kind::from_name("post_likes"), None);
    }
}

//! Reads: operations of the workload that ask an engine something.

/// What is asked.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, PartialOrd, Ord)]
#[repr(u8)]
pub enum ReadKind {
    /// How many live entries lie above a member's read mark.
    Badge = 0,
    /// The first groups of a member's inbox.
    InboxPage,
    /// A content's reaction counts.
    Reactions,
    /// Who viewed a member's profile: the last release.
    WhoViewed,
    /// Who viewed a content: the last release.
    ContentViews,
    /// How many pushes a member was sent, under a cap a day.
    Pushes,
}

impl ReadKind {
    /// Every kind, in order.
    pub const ALL: [Self; 6] = [
        Self::Badge,
        Self::InboxPage,
        Self::Reactions,
        Self::WhoViewed,
        Self::ContentViews,
        Self::Pushes,
    ];

    /// Whether it asks about a content, not a member.
    #[must_use]
    pub const fn is_of_content(self) -> bool {
        matches!(self, Self::Reactions | Self::ContentViews)
    }

    /// Whether it asks for what was released of views.
    #[must_use]
    pub const fn is_of_views(self) -> bool {
        matches!(self, Self::WhoViewed | Self::ContentViews)
    }

    /// Whether the answer is made from a member's inbox or a content's reactions.
    #[must_use]
    pub const fn is_of_state(self) -> bool {
        matches!(self, Self::Badge | Self::InboxPage | Self::Reactions)
    }

    /// Its name in workload files and reports.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Badge => "badge",
            Self::InboxPage => "inbox_page",
            Self::Reactions => "reactions",
            Self::WhoViewed => "who_viewed",
            Self::ContentViews => "content_views",
            Self::Pushes => "pushes",
        }
    }
}

/// One read: of a member (badge, inbox page, who viewed, pushes) or of a content
/// (reactions, content views).
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Read {
    /// Member id, or content id where [`ReadKind::is_of_content`].
    pub id: u64,
    /// What is asked of it.
    pub kind: ReadKind,
}

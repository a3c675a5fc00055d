//! Reads: operations of the workload that ask an engine something. Imports
//! nothing.

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
}

impl ReadKind {
    /// Every kind, in order.
    pub const ALL: [Self; 3] = [Self::Badge, Self::InboxPage, Self::Reactions];

    /// Its name in workload files and reports.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Badge => "badge",
            Self::InboxPage => "inbox_page",
            Self::Reactions => "reactions",
        }
    }
}

/// One read: of a member (badge, inbox page) or of a content (reactions).
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Read {
    /// Member id, or content id for [`ReadKind::Reactions`].
    pub id: u64,
    /// What is asked of it.
    pub kind: ReadKind,
}

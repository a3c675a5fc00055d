//! The state of a member and of a content, their updates and their reads: one
//! module, shared by all engines but the oracle. Every part is a sum, a
//! maximum, or a bounded set with a total order, so that no order of arrival
//! matters.

mod content;
mod counts;
mod inbox;
mod keyed;
mod member;
mod release;
mod update;
mod visited;

pub use content::Content;
pub use inbox::{Inbox, InboxEntry};
pub use keyed::Keyed;
pub use member::Member;
pub use release::ReleaseOf;
pub use update::{ContentUpdate, MemberUpdate, for_each_update};
pub use visited::{StateMut, StateRef};

/// Entries that an inbox keeps, unless a config says otherwise.
pub const INBOX_CAPACITY: usize = 32;

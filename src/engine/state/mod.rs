//! The state of a member and of a content, their updates and their reads:
//! one module, shared by all engines but the oracle. Every part is a sum, a
//! maximum, or a bounded set with a total order, so that no order of arrival
//! matters. Imports `event`, `policy`.

mod content;
mod counts;
mod inbox;
mod member;
mod update;

pub use content::Content;
pub use inbox::{Inbox, InboxEntry};
pub use member::Member;
pub use update::{ContentUpdate, MemberUpdate, for_each_update};

use crate::event::Segment;
use crate::policy::Surface;

/// What is shown of the counts of one surface, by segment; 0: nothing.
pub type ReleaseOf<'a> = &'a mut dyn FnMut([u32; Segment::COUNT], Surface) -> [u32; Segment::COUNT];

/// Entries that an inbox keeps, unless a config says otherwise.
pub const INBOX_CAPACITY: usize = 32;

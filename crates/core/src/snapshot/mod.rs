//! The final state as lines: one a member, one a content, with their digest. An
//! engine's snapshot must equal the oracle's, bit for bit.

mod difference;
mod lines;
mod text;
mod whole;

pub use difference::{answer_difference, first_difference};
pub use lines::{ContentLine, InboxLine, MemberLine};
pub use text::write_ndjson;
pub use whole::{Snapshot, SnapshotDigest};

//! Bytes of hash tables, counted from their capacities: one way for every
//! engine. Imports the shared state.

use super::MemoryUse;
use super::state::{Content, Member};

/// Bytes of tables of members and contents, from the room they have, the
/// inboxes of the members in them, and how many contents there are.
///
/// `member_room` and `content_room` are what hashbrown calls capacity: 7/8
/// of the slots. Each slot has the key, the value and one control byte.
#[must_use]
pub(super) fn of_tables(
    member_room: u64,
    content_room: u64,
    inboxes: impl Iterator<Item = (u64, u64)>,
    contents: u64,
) -> MemoryUse {
    let member = size_of::<Member>() as u64;
    let content = size_of::<Content>() as u64;
    let mut members = 0;
    let (mut used, mut slack) = (0, 0);
    for (inbox_used, inbox_slack) in inboxes {
        members += 1;
        used += inbox_used;
        slack += inbox_slack;
    }
    let slots = |room: u64| room * 8 / 7;
    let table = slots(member_room) * (member + 9) + slots(content_room) * (content + 9);
    let in_table = members * member + contents * content;
    MemoryUse {
        state: in_table + used,
        slack,
        map: table.saturating_sub(in_table),
    }
}

//! How the state lies in Redis: keys, fields, members of sorted sets, and how a
//! state is made of them again.

use ::redis::Pipeline;

use notibench_core::event::{Kind, NOTIFY_KINDS, REACTION_KINDS, Segment, Stamp};
use notibench_core::state::{Content, ContentUpdate, InboxEntry, Member, MemberUpdate};

/// Says whose the database is.
pub(super) const LEASE: &[u8] = b"notibench:lease";
/// Read marks of all members.
pub(super) const MARKS: &[u8] = b"marks";
/// Scores are doubles: whole numbers below this are exact.
const EXACT: u64 = 1 << 53;

/// What `HGETALL` gives: fields and counts.
pub(super) type Counts = Vec<(Vec<u8>, i64)>;
/// What a range `WITHSCORES` gives.
pub(super) type Scores = Vec<(Vec<u8>, f64)>;

/// A field of a hash: what it counts, and the number of the segment or slot.
pub(super) type Field = [u8; 2];

/// Whose hash a count is in; the key's first letter.
pub(super) const OF_MEMBER: u8 = b'm';
pub(super) const OF_CONTENT: u8 = b'c';

const PROFILE: u8 = b'p';
const PICTURE: u8 = b'i';
const DELIVERED: u8 = b'd';
const VIEWS: u8 = b'v';
/// What is shown of the last closed week, of each of the three.
const PROFILE_SHOWN: u8 = b'P';
const PICTURE_SHOWN: u8 = b'I';
const VIEWS_SHOWN: u8 = b'V';
const REACTIONS: u8 = b'r';

fn field(letter: u8, at: usize) -> Field {
    [letter, b'0' + at as u8]
}

/// The count of a member that an update changes, if it changes one.
pub(super) fn member_field(update: &MemberUpdate) -> Option<Field> {
    let kind = update.stamp.kind();
    match kind {
        Kind::ProfileView => Some(field(PROFILE, update.stamp.segment() as usize)),
        Kind::PictureView => Some(field(PICTURE, update.stamp.segment() as usize)),
        _ => kind.notify_slot().map(|slot| field(DELIVERED, slot)),
    }
}

/// The count of a content that an update changes.
pub(super) fn content_field(update: &ContentUpdate) -> Field {
    match update.stamp.kind().reaction_slot() {
        Some(slot) => field(REACTIONS, slot),
        None => field(VIEWS, update.stamp.segment() as usize),
    }
}

/// The field of a content's reactions of that slot.
pub(super) fn reaction_field(slot: usize) -> Field {
    field(REACTIONS, slot)
}

/// A key of a state of that letter.
pub(super) fn key(letter: u8, id: u64) -> Vec<u8> {
    let mut digits = itoa::Buffer::new();
    let digits = digits.format(id).as_bytes();
    let mut key = Vec::with_capacity(2 + digits.len());
    key.extend_from_slice(&[letter, b':']);
    key.extend_from_slice(digits);
    key
}

pub(super) fn member_key(id: u64) -> Vec<u8> {
    key(OF_MEMBER, id)
}

pub(super) fn content_key(id: u64) -> Vec<u8> {
    key(OF_CONTENT, id)
}

pub(super) fn inbox_key(id: u64) -> Vec<u8> {
    key(b'i', id)
}

/// Letter and id of a key of a state.
pub(super) fn parse_key(key: &[u8]) -> Option<(u8, u64)> {
    match key {
        [letter, b':', digits @ ..] => Some((*letter, parse_id(digits)?)),
        _ => None,
    }
}

/// An id in decimal.
pub(super) fn parse_id(digits: &[u8]) -> Option<u64> {
    std::str::from_utf8(digits).ok()?.parse().ok()
}

/// Bytes of an action's key: kind, content, actor.
pub(super) type ActionKey = [u8; 17];

/// The member of an inbox's sorted set that an action is.
pub(super) fn action_key(update: &MemberUpdate) -> ActionKey {
    let mut key = [0; 17];
    key[0] = update.stamp.kind() as u8;
    key[1..9].copy_from_slice(&update.content.to_be_bytes());
    key[9..].copy_from_slice(&update.actor.to_be_bytes());
    key
}

/// The score of an action: twice its index, and one more for an undo. None
/// where a double could not hold it.
pub(super) fn score_of(stamp: Stamp) -> Option<u64> {
    let score = stamp.index() << 1 | u64::from(stamp.undo());
    (score < EXACT).then_some(score)
}

fn entry_of(action: &[u8], score: f64) -> Option<InboxEntry> {
    let (&kind, ids) = action.split_first()?;
    let (content, actor) = ids.split_at_checked(8)?;
    let (kind, score) = (Kind::from_bits(u64::from(kind)), score as u64);
    Some(InboxEntry {
        // a snapshot knows no segment of an entry
        stamp: Stamp::new(score >> 1, Segment::Other, score & 1 != 0, kind),
        actor: u64::from_be_bytes(actor.try_into().ok()?),
        content: u64::from_be_bytes(content.try_into().ok()?),
    })
}

/// Asks for the K newest entries of a member's inbox, as [`Scores`].
pub(super) fn ask_inbox(pipeline: &mut Pipeline, member: u64, capacity: usize) {
    pipeline
        .cmd("ZREVRANGE")
        .arg(inbox_key(member))
        .arg(0)
        .arg(capacity - 1)
        .arg("WITHSCORES");
}

/// The counts of one letter, by segment or slot. A count wraps at 2^32, as
/// those of the shared state do.
fn counts_of<const N: usize>(counts: &Counts, letter: u8) -> [u32; N] {
    let mut found = [0; N];
    for (field, count) in counts {
        if let [first, digit] = field[..]
            && first == letter
            && let Some(slot) = found.get_mut(usize::from(digit.wrapping_sub(b'0')))
        {
            *slot = *count as u32;
        }
    }
    found
}

/// A member's state of what Redis holds of it.
pub(super) fn member_of(
    counts: &Counts,
    entries: &Scores,
    mark: Option<u64>,
    capacity: usize,
) -> Member {
    let profile: [u32; Segment::COUNT] = counts_of(counts, PROFILE);
    let picture: [u32; Segment::COUNT] = counts_of(counts, PICTURE);
    let delivered: [u32; NOTIFY_KINDS] = counts_of(counts, DELIVERED);
    let entries = entries
        .iter()
        .filter_map(|(action, score)| entry_of(action, *score));
    let mut member = Member::of_counts(profile, picture, delivered.map(|count| count as i32));
    member.add_inbox(entries, mark, capacity);
    member.showing(&[
        counts_of(counts, PROFILE_SHOWN),
        counts_of(counts, PICTURE_SHOWN),
    ])
}

/// A content's state of what Redis holds of it.
pub(super) fn content_of(counts: &Counts) -> Content {
    let reactions: [u32; REACTION_KINDS] = counts_of(counts, REACTIONS);
    Content::of_counts(
        counts_of(counts, VIEWS),
        reactions.map(|count| count as i32),
    )
    .showing(&counts_of(counts, VIEWS_SHOWN))
}

/// Counts of views by the letter of their fields.
pub(super) type Views<const N: usize> = [(u8, [u32; Segment::COUNT]); N];

/// What a member holds of views.
pub(super) fn views_of_member(member: &Member) -> Views<4> {
    let [profile, picture] = member.shown_views();
    [
        (PROFILE, member.profile_views()),
        (PICTURE, member.picture_views()),
        (PROFILE_SHOWN, profile),
        (PICTURE_SHOWN, picture),
    ]
}

/// What a content holds of views.
pub(super) fn views_of_content(content: &Content) -> Views<2> {
    [
        (VIEWS, content.views()),
        (VIEWS_SHOWN, content.shown_views()),
    ]
}

/// Writes what has changed of a state's views, as where a week is closed; a
/// count of zero has no field.
pub(super) fn keep_views<const N: usize>(
    pipeline: &mut Pipeline,
    key: &[u8],
    before: &Views<N>,
    now: &Views<N>,
) {
    for ((letter, before), (_, now)) in before.iter().zip(now) {
        for (slot, (before, now)) in before.iter().zip(now).enumerate() {
            match (before == now, *now) {
                (true, _) => {}
                (false, 0) => {
                    pipeline.cmd("HDEL").arg(key).arg(&field(*letter, slot));
                }
                (false, count) => {
                    pipeline
                        .cmd("HSET")
                        .arg(key)
                        .arg(&field(*letter, slot))
                        .arg(count);
                }
            }
        }
    }
}

//! The final state as lines: one a member, one a content, with their digest.
//! An engine's snapshot must equal the oracle's, bit for bit. Imports `event`
//! and the shared state.

mod difference;
mod text;

pub use difference::{answer_difference, first_difference};
pub use text::write_ndjson;

use crossbeam_utils::CachePadded;
use parking_lot::Mutex;

use super::Engine;
use super::state::{Content, Member};
use super::viewing::{ReleasedViews, Views};
use crate::event::{Kind, NOTIFY_KINDS, REACTION_KINDS, Segment};
use crate::policy::Surface;
use crate::unit::digest::{Digest, LineHasher};

/// What [`Engine::visit`] shows.
#[derive(Clone, Copy, Debug)]
pub enum StateRef<'a> {
    /// A member's id and state.
    Member(u64, &'a Member),
    /// A content's id and state.
    Content(u64, &'a Content),
}

/// What [`Engine::visit_mut`] shows.
#[derive(Debug)]
pub enum StateMut<'a> {
    /// A member's id and state.
    Member(u64, &'a mut Member),
    /// A content's id and state.
    Content(u64, &'a mut Content),
}

impl StateMut<'_> {
    /// The same to look at alone.
    #[must_use]
    pub const fn as_ref(&self) -> StateRef<'_> {
        match self {
            Self::Member(id, state) => StateRef::Member(*id, state),
            Self::Content(id, state) => StateRef::Content(*id, state),
        }
    }
}

/// One member's line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MemberLine {
    /// Id.
    pub member: u64,
    /// Delivered counts, by notify slot.
    pub delivered: [i64; NOTIFY_KINDS],
    /// Kept entries, newest first.
    pub inbox: Vec<InboxLine>,
    /// Highest index marked as read.
    pub read_mark: Option<u64>,
    /// Profile views by segment.
    pub profile_views: [u64; Segment::COUNT],
    /// Picture views by segment.
    pub picture_views: [u64; Segment::COUNT],
}

/// One kept inbox entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct InboxLine {
    /// Index of the winning event.
    pub index: u64,
    /// Its kind.
    pub kind: Kind,
    /// Who acted.
    pub actor: u64,
    /// What it was about; 0: nothing.
    pub content: u64,
    /// Whether it is a tombstone.
    pub undone: bool,
}

/// One content's line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ContentLine {
    /// Id.
    pub content: u64,
    /// Views by segment.
    pub views: [u64; Segment::COUNT],
    /// Reactions by slot.
    pub reactions: [i64; REACTION_KINDS],
}

/// Tag of a member's line in its hash.
const MEMBER_TAG: u64 = 1;
/// Tag of a content's line in its hash.
const CONTENT_TAG: u64 = 2;

impl MemberLine {
    /// The line of a member's state.
    #[must_use]
    pub fn of(member: u64, state: &Member) -> Self {
        let inbox = state
            .inbox()
            .rev()
            .map(|entry| InboxLine {
                index: entry.index(),
                kind: entry.kind(),
                actor: entry.actor,
                content: entry.content,
                undone: entry.undone(),
            })
            .collect();
        Self {
            member,
            delivered: state.delivered().map(i64::from),
            inbox,
            read_mark: state.read_mark(),
            profile_views: state.profile_views().map(u64::from),
            picture_views: state.picture_views().map(u64::from),
        }
    }

    /// Live entries above the read mark.
    #[must_use]
    pub fn badge(&self) -> u32 {
        let above = |entry: &&InboxLine| {
            !entry.undone && self.read_mark.is_none_or(|mark| entry.index > mark)
        };
        self.inbox.iter().filter(above).count() as u32
    }

    /// The line's hash: a word for each number that is not zero, each under
    /// a word that says which it is. docs/FORMAT.md specifies it.
    #[must_use]
    pub fn digest(&self) -> Digest {
        let mut line = LineHasher::new(MEMBER_TAG);
        line.word(self.member);
        absorb_counts(
            &mut line,
            1,
            self.delivered.iter().map(|&count| count as u64),
        );
        absorb_counts(&mut line, 2, self.profile_views.iter().copied());
        absorb_counts(&mut line, 3, self.picture_views.iter().copied());
        if let Some(mark) = self.read_mark {
            line.word(4 << 8);
            line.word(mark);
        }
        for entry in &self.inbox {
            line.word(5 << 8 | u64::from(entry.undone) << 4 | entry.kind as u64);
            line.word(entry.index);
            line.word(entry.actor);
            line.word(entry.content);
        }
        line.finish()
    }
}

impl ContentLine {
    /// The line of a content's state.
    #[must_use]
    pub fn of(content: u64, state: &Content) -> Self {
        Self {
            content,
            views: state.views().map(u64::from),
            reactions: state.reactions().map(i64::from),
        }
    }

    /// The line's hash, as for [`MemberLine::digest`].
    #[must_use]
    pub fn digest(&self) -> Digest {
        let mut line = LineHasher::new(CONTENT_TAG);
        line.word(self.content);
        absorb_counts(&mut line, 1, self.views.iter().copied());
        absorb_counts(
            &mut line,
            2,
            self.reactions.iter().map(|&count| count as u64),
        );
        line.finish()
    }
}

/// The line of one state.
enum Line {
    Member(MemberLine),
    Content(ContentLine),
}

/// The line of a state, if it has one: the whole of it, or, where `views` are
/// released, what is shown of it.
fn line_of(state: StateRef<'_>, views: &Views) -> Option<Line> {
    let is_shown = views.are_released();
    match state {
        StateRef::Member(id, member) if is_shown => member.is_engaged().then(|| {
            let [profile, picture] = member.shown_views();
            Line::Member(MemberLine {
                profile_views: numbers_of(views.released_views(Surface::Profile, id, &profile)),
                picture_views: numbers_of(views.released_views(Surface::Picture, id, &picture)),
                ..MemberLine::of(id, member)
            })
        }),
        StateRef::Content(id, content) if is_shown => content.has_reactions().then(|| {
            let shown = views.released_views(Surface::Content, id, &content.shown_views());
            Line::Content(ContentLine {
                views: numbers_of(shown),
                ..ContentLine::of(id, content)
            })
        }),
        StateRef::Member(id, member) => member
            .is_present()
            .then(|| Line::Member(MemberLine::of(id, member))),
        StateRef::Content(id, content) => content
            .is_present()
            .then(|| Line::Content(ContentLine::of(id, content))),
    }
}

/// What a line shows of released views.
fn numbers_of(views: Option<ReleasedViews>) -> [u64; Segment::COUNT] {
    let viewers = views.map(|views| views.release.viewers);
    viewers.unwrap_or_default().map(u64::from)
}

fn absorb_counts(line: &mut LineHasher, field: u64, counts: impl Iterator<Item = u64>) {
    for (slot, count) in counts.enumerate() {
        if count != 0 {
            line.word(field << 8 | slot as u64);
            line.word(count);
        }
    }
}

/// A whole snapshot: lines sorted by id.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Snapshot {
    /// Members that have state, by id.
    pub members: Vec<MemberLine>,
    /// Contents that have state, by id.
    pub contents: Vec<ContentLine>,
}

/// How large a snapshot is, and its digest.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct SnapshotDigest {
    /// Lines of members.
    pub members: u64,
    /// Lines of contents.
    pub contents: u64,
    /// Sum of the hashes of all lines.
    pub digest: Digest,
    /// Sum of all delivered counts: notifications less those taken back.
    pub delivered: i64,
    /// Sum of all views, of profiles, pictures and contents.
    pub views: u64,
}

impl std::iter::Sum for SnapshotDigest {
    /// Adds the digests of disjoint parts of a snapshot.
    fn sum<I: Iterator<Item = Self>>(parts: I) -> Self {
        parts.fold(Self::default(), |total, part| Self {
            members: total.members + part.members,
            contents: total.contents + part.contents,
            digest: total.digest + part.digest,
            delivered: total.delivered + part.delivered,
            views: total.views + part.views,
        })
    }
}

impl SnapshotDigest {
    /// The digest of an engine at rest, without making its snapshot.
    #[must_use]
    pub fn of<E: Engine>(engine: &E) -> Self {
        Self::seen_as(engine, &Views::default())
    }

    /// The digest of what anybody may see of it, [`Snapshot::shown`].
    #[must_use]
    pub fn shown<E: Engine>(engine: &E, views: &Views) -> Self {
        Self::seen_as(engine, views)
    }

    fn seen_as<E: Engine>(engine: &E, views: &Views) -> Self {
        // a sum for each pool thread, so that the visits don't contend
        let slots = rayon::current_num_threads() + 1;
        let sums: Vec<CachePadded<Mutex<Self>>> =
            (0..slots).map(|_| CachePadded::default()).collect();
        engine.visit(&|state| {
            let slot = rayon::current_thread_index().map_or(0, |thread| thread + 1);
            sums[slot % slots].lock().add(state, views);
        });
        sums.iter().map(|sum| *sum.lock()).sum()
    }

    /// Adds a member's line.
    pub(super) fn add_member(&mut self, line: &MemberLine) {
        self.members += 1;
        self.digest += line.digest();
        self.delivered += line.delivered.iter().sum::<i64>();
        self.views += line
            .profile_views
            .iter()
            .chain(&line.picture_views)
            .sum::<u64>();
    }

    /// Adds a content's line.
    pub(super) fn add_content(&mut self, line: &ContentLine) {
        self.contents += 1;
        self.digest += line.digest();
        self.views += line.views.iter().sum::<u64>();
    }

    fn add(&mut self, state: StateRef<'_>, views: &Views) {
        match line_of(state, views) {
            Some(Line::Member(line)) => self.add_member(&line),
            Some(Line::Content(line)) => self.add_content(&line),
            None => {}
        }
    }
}

impl Snapshot {
    /// Sorts lines into a snapshot.
    #[must_use]
    pub fn from_lines(mut members: Vec<MemberLine>, mut contents: Vec<ContentLine>) -> Self {
        members.sort_unstable_by_key(|line| line.member);
        contents.sort_unstable_by_key(|line| line.content);
        Self { members, contents }
    }

    /// The snapshot of an engine at rest.
    #[must_use]
    pub fn of<E: Engine>(engine: &E) -> Self {
        Self::seen_as(engine, &Views::default())
    }

    /// What anybody may see of an engine at rest. Where views are released
    /// that is the last releases in place of counts, and no line of a member
    /// or content that has nothing but views: being there would tell that
    /// somebody looked.
    #[must_use]
    pub fn shown<E: Engine>(engine: &E, views: &Views) -> Self {
        Self::seen_as(engine, views)
    }

    fn seen_as<E: Engine>(engine: &E, views: &Views) -> Self {
        let lines = Mutex::new((Vec::new(), Vec::new()));
        engine.visit(&|state| {
            let line = line_of(state, views);
            let mut lines = lines.lock();
            match line {
                Some(Line::Member(line)) => lines.0.push(line),
                Some(Line::Content(line)) => lines.1.push(line),
                None => {}
            }
        });
        let (members, contents) = lines.into_inner();
        Self::from_lines(members, contents)
    }

    /// Its size and digest.
    #[must_use]
    pub fn digest(&self) -> SnapshotDigest {
        let mut digest = SnapshotDigest::default();
        self.members.iter().for_each(|line| digest.add_member(line));
        self.contents
            .iter()
            .for_each(|line| digest.add_content(line));
        digest
    }
}

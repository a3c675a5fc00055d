//! A whole snapshot, and its size and digest.

use crossbeam_utils::CachePadded;
use parking_lot::Mutex;

use super::lines::{ContentLine, MemberLine};
use crate::admission::AnyEngine;
use crate::event::Segment;
use crate::policy::Surface;
use crate::state::StateRef;
use crate::unit::digest::Digest;
use crate::viewing::{ReleasedViews, Views};

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
    pub fn of(engine: &dyn AnyEngine) -> Self {
        Self::seen_as(engine, &Views::default())
    }

    /// The digest of what anybody may see of it, [`Snapshot::shown`].
    #[must_use]
    pub fn shown(engine: &dyn AnyEngine, views: &Views) -> Self {
        Self::seen_as(engine, views)
    }

    fn seen_as(engine: &dyn AnyEngine, views: &Views) -> Self {
        // a sum for each pool thread, so that the visits don't contend
        let slots = rayon::current_num_threads() + 1;
        let sums: Vec<CachePadded<Mutex<Self>>> =
            (0..slots).map(|_| CachePadded::default()).collect();
        engine.visit_states(&|state| {
            let slot = rayon::current_thread_index().map_or(0, |thread| thread + 1);
            sums[slot % slots].lock().add(state, views);
        });
        sums.iter().map(|sum| *sum.lock()).sum()
    }

    /// Adds a member's line.
    pub fn add_member(&mut self, line: &MemberLine) {
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
    pub fn add_content(&mut self, line: &ContentLine) {
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
    pub fn of(engine: &dyn AnyEngine) -> Self {
        Self::seen_as(engine, &Views::default())
    }

    /// What anybody may see of an engine at rest. Where views are released
    /// that is the last releases in place of counts, and no line of a member
    /// or content that has nothing but views: being there would tell that
    /// somebody looked.
    #[must_use]
    pub fn shown(engine: &dyn AnyEngine, views: &Views) -> Self {
        Self::seen_as(engine, views)
    }

    fn seen_as(engine: &dyn AnyEngine, views: &Views) -> Self {
        let lines = Mutex::new((Vec::new(), Vec::new()));
        engine.visit_states(&|state| {
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

//! What reads answer: badge, inbox page, reactions, released views; and how a
//! page is grouped.

mod words;

use arrayvec::ArrayVec;

use super::state::{Content, InboxEntry, Member};
use super::viewing::{ReleasedViews, Views};
use crate::event::{Kind, REACTION_KINDS, Read, ReadKind};
use crate::policy::{MemberSettings, Surface, rank_of};

/// Groups on one page of an inbox.
pub const PAGE_GROUPS: usize = 10;

/// The answer to one read. A page is held in place: an answer lives on its
/// session's stack, and is shown, never stored.
#[allow(clippy::large_enum_variant)]
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Answer {
    /// Live entries above the read mark; saturates at the inbox's capacity.
    Badge(u32),
    /// The newest groups, newest first.
    Inbox(InboxPage),
    /// Reaction counts by kind, never below zero.
    Reactions([u64; REACTION_KINDS]),
    /// What was released of the last closed epoch's views of a profile or a
    /// content; nothing before the first is closed.
    Views(Option<ReleasedViews>),
    /// Pushes sent to a member: of each day as many as rang, up to the cap;
    /// none where there is no cap.
    Pushes(u64),
}

/// The newest groups of an inbox, newest first.
pub type InboxPage = ArrayVec<InboxGroup, PAGE_GROUPS>;

/// "A and N others" did one kind of thing to one content.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct InboxGroup {
    /// What they did.
    pub kind: Kind,
    /// To what; 0: nothing.
    pub content: u64,
    /// A: the newest live entry's actor.
    pub actor: u64,
    /// Its index.
    pub index: u64,
    /// N.
    pub others: u64,
}

impl InboxGroup {
    /// Whether N needs the content's count: likes, comments and shares.
    #[must_use]
    pub const fn needs_count(&self) -> bool {
        counts_from_content(self.kind)
    }

    /// Raises N to what the content's count says.
    pub const fn raise_to_count(&mut self, count: u64) {
        if count > self.others + 1 {
            self.others = count - 1;
        }
    }
}

const fn counts_from_content(kind: Kind) -> bool {
    matches!(
        kind,
        Kind::PostLike | Kind::PostComment | Kind::ArticleLike | Kind::ArticleShare
    )
}

/// Whether a kept entry of member `id` is shown: it is live, nothing that the
/// member has set is against it, and no other kept entry tells of the same thing
/// and goes before it.
fn is_shown(id: u64, member: &Member, settings: &MemberSettings, entry: &InboxEntry) -> bool {
    if entry.undone() || settings.show_all() {
        return !entry.undone();
    }
    let passes = |entry: &InboxEntry| settings.shows(id, entry.actor, entry.kind());
    let is_foremost = || {
        let Some(rank) = rank_of(entry.kind()).filter(|_| settings.precedence) else {
            return true;
        };
        let of_the_same = |other: &InboxEntry| {
            (other.content, other.actor) == (entry.content, entry.actor) && !other.undone()
        };
        let goes_before = |other: &InboxEntry| rank_of(other.kind()) > Some(rank) && passes(other);
        !member
            .inbox()
            .any(|other| of_the_same(&other) && goes_before(&other))
    };
    passes(entry) && is_foremost()
}

/// The badge of member `id`: shown entries above its read mark.
#[inline]
#[must_use]
pub fn badge_of(id: u64, member: &Member, settings: &MemberSettings) -> u32 {
    if settings.show_all() {
        return member.badge();
    }
    let mark = member.read_mark();
    let is_above = |entry: &InboxEntry| mark.is_none_or(|mark| entry.index() > mark);
    let counts = |entry: &InboxEntry| is_above(entry) && is_shown(id, member, settings, entry);
    member.inbox().filter(counts).count() as u32
}

/// The page of member `id`, each N from its shown entries alone. Where
/// [`InboxGroup::needs_count`], the caller raises N by the content's count,
/// read after the member's lock was released.
#[must_use]
pub fn page_of(id: u64, member: &Member, settings: &MemberSettings) -> InboxPage {
    // newest first
    let shown = member.inbox().rev();
    let shown = shown.filter(|entry| is_shown(id, member, settings, entry));
    let mut page = InboxPage::new();
    for entry in shown {
        let (kind, content) = (entry.kind(), entry.content);
        match page
            .iter_mut()
            .find(|group| group.kind == kind && group.content == content)
        {
            Some(group) => group.others += 1,
            None => {
                let group = InboxGroup {
                    kind,
                    content,
                    actor: entry.actor,
                    index: entry.index(),
                    others: 0,
                };
                // a full page still counts the others of the groups it holds
                let _ = page.try_push(group);
            }
        }
    }
    page
}

/// Answers one read from a shared store. `member` and `content` look an id up
/// and show its state, if any, to what they are given; each holds its lock no
/// longer than that.
pub fn answer_read(
    read: &Read,
    views: &Views,
    member: impl FnOnce(u64, &mut dyn FnMut(Option<&Member>)),
    mut content: impl FnMut(u64, &mut dyn FnMut(Option<&Content>)),
) -> Answer {
    let mut reactions_of = |id: u64| {
        let mut counts = [0; REACTION_KINDS];
        content(id, &mut |state| {
            if let Some(state) = state {
                counts = state.shown_reactions();
            }
        });
        counts
    };
    match read.kind {
        ReadKind::Badge => {
            let mut badge = 0;
            member(read.id, &mut |state| {
                badge = state.map_or(0, |state| badge_of(read.id, state, views.settings()));
            });
            Answer::Badge(badge)
        }
        ReadKind::InboxPage => {
            let mut page = InboxPage::new();
            member(read.id, &mut |state| {
                if let Some(state) = state {
                    page = page_of(read.id, state, views.settings());
                }
            });
            raise_groups(&mut page, &mut reactions_of);
            Answer::Inbox(page)
        }
        ReadKind::Reactions => Answer::Reactions(reactions_of(read.id)),
        ReadKind::WhoViewed => {
            let mut answer = None;
            member(read.id, &mut |state| {
                answer = profile_views_of(read.id, state, views);
            });
            Answer::Views(answer)
        }
        ReadKind::ContentViews => {
            let mut answer = None;
            content(read.id, &mut |state| {
                answer = content_views_of(read.id, state, views);
            });
            Answer::Views(answer)
        }
        ReadKind::Pushes => Answer::Pushes(views.pushes_sent_to(read.id)),
    }
}

/// What is released of a profile's views; `state` is its member's, if any.
#[must_use]
pub fn profile_views_of(id: u64, state: Option<&Member>, views: &Views) -> Option<ReleasedViews> {
    if views.showing().is_live() {
        let counts = state.map(Member::profile_views).unwrap_or_default();
        return views.live_views(Surface::Profile, id, &counts);
    }
    let shown = state.map(|state| state.shown_views()[0]);
    views.released_views(Surface::Profile, id, &shown.unwrap_or_default())
}

/// What is released of a content's views; `state` is the content's, if any.
#[must_use]
pub fn content_views_of(id: u64, state: Option<&Content>, views: &Views) -> Option<ReleasedViews> {
    if views.showing().is_live() {
        let counts = state.map(Content::views).unwrap_or_default();
        return views.live_views(Surface::Content, id, &counts);
    }
    let shown = state.map(Content::shown_views);
    views.released_views(Surface::Content, id, &shown.unwrap_or_default())
}

/// Raises each group's N by its content's count, where it needs it.
pub fn raise_groups(
    page: &mut InboxPage,
    reactions_of: &mut impl FnMut(u64) -> [u64; REACTION_KINDS],
) {
    for group in page.iter_mut().filter(|group| group.needs_count()) {
        if let Some(slot) = group.kind.reaction_slot() {
            group.raise_to_count(reactions_of(group.content)[slot]);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::event::{Event, REACTION_KINDS, Segment};
    use crate::policy::Share;
    use crate::state::{ContentUpdate, INBOX_CAPACITY, MemberUpdate};

    const MEMBER: u64 = 9;

    fn event(index: u64, kind: Kind, actor: u64, content: u64) -> Event {
        let actor = (actor, Segment::Other);
        Event::new(index, 0, kind, false, actor, MEMBER, content)
    }

    fn member(events: &[Event]) -> Member {
        let mut member = Member::default();
        for event in events {
            member.apply(&MemberUpdate::of(event), INBOX_CAPACITY);
        }
        member
    }

    fn page(events: &[Event], settings: &MemberSettings) -> Vec<(u64, u64, u64)> {
        let page = page_of(MEMBER, &member(events), settings);
        let shown = page.iter().map(|it| (it.index, it.actor, it.others));
        shown.collect()
    }

    #[test]
    fn a_page_has_a_group_a_kind_and_content_the_newest_first() {
        let events = [
            event(1, Kind::PostLike, 70, 5),
            event(2, Kind::PostComment, 71, 5),
            event(3, Kind::PostLike, 72, 6),
            event(4, Kind::PostLike, 73, 5),
            event(5, Kind::MemberFollow, 74, 0),
            // the same once more
            event(6, Kind::PostLike, 73, 5),
        ];
        let mut events = events.to_vec();
        let undo = Event::new(7, 0, Kind::PostLike, true, (73, Segment::Other), MEMBER, 5);
        let none = MemberSettings::default();
        assert_eq!(
            page(&events, &none),
            [(6, 73, 1), (5, 74, 0), (3, 72, 0), (2, 71, 0)]
        );
        events.push(undo);
        assert_eq!(
            page(&events, &none),
            [(5, 74, 0), (3, 72, 0), (2, 71, 0), (1, 70, 0)]
        );
    }

    #[test]
    fn a_full_page_still_counts_the_others_of_its_groups() {
        let events: Vec<Event> = (0..PAGE_GROUPS as u64 + 5)
            .flat_map(|content| {
                let like = |actor| event(content * 2 + actor, Kind::PostLike, actor, 1 + content);
                [like(0), like(1)]
            })
            .collect();
        let page = page(&events, &MemberSettings::default());
        assert_eq!(page.len(), PAGE_GROUPS);
        assert!(
            page.iter()
                .all(|&(_, actor, others)| (actor, others) == (1, 1))
        );
        assert_eq!(page[0].0, events.last().unwrap().index());
    }

    #[test]
    fn a_badge_counts_what_is_shown_above_the_mark() {
        let mut events = vec![
            event(1, Kind::PostLike, 70, 5),
            event(2, Kind::PostComment, 71, 5),
            event(3, Kind::PostMention, 71, 5),
        ];
        let badge = |events: &[Event], settings| badge_of(MEMBER, &member(events), settings);
        let none = MemberSettings::default();
        // who is mentioned in a comment is not told of the comment, too
        let foremost = MemberSettings {
            precedence: true,
            ..none
        };
        let nobody = MemberSettings {
            muted: Share::new(1.0),
            ..none
        };
        let badges = |events: &[Event]| [&none, &foremost, &nobody].map(|it| badge(events, it));
        assert_eq!(badges(&events), [3, 2, 0]);
        events.push(Event::new(
            2,
            0,
            Kind::MarkRead,
            false,
            (MEMBER, Segment::Other),
            MEMBER,
            0,
        ));
        assert_eq!(badges(&events), [1, 1, 0]);
    }

    #[test]
    fn a_count_raises_a_group_and_never_lowers_it() {
        let settings = MemberSettings::default();
        let events = [
            event(1, Kind::PostLike, 70, 5),
            event(2, Kind::PostLike, 71, 5),
            event(3, Kind::PostTag, 71, 5),
        ];
        let raised = |count: u64| {
            let mut page = page_of(MEMBER, &member(&events), &settings);
            let mut asked = Vec::new();
            raise_groups(&mut page, &mut |content| {
                asked.push(content);
                [count; REACTION_KINDS]
            });
            assert_eq!(asked, [5], "a tag is told without the content's count");
            page.iter().map(|group| group.others).collect::<Vec<u64>>()
        };
        assert_eq!(raised(0), [0, 1]);
        assert_eq!(raised(2), [0, 1]);
        assert_eq!(raised(7), [0, 6]);
    }

    #[test]
    fn a_read_looks_at_its_own_id_and_at_the_contents_that_it_shows() {
        let own = member(&[event(1, Kind::PostLike, 70, 5)]);
        let mut content = Content::default();
        for index in 0..4 {
            content.apply(&ContentUpdate::of(&event(index, Kind::PostLike, 70, 5)));
        }
        let answer = |id, kind| {
            answer_read(
                &Read { id, kind },
                &Views::default(),
                |id, look| look((id == MEMBER).then_some(&own)),
                |id, look| look((id == 5).then_some(&content)),
            )
        };
        assert_eq!(answer(MEMBER, ReadKind::Badge), Answer::Badge(1));
        let Answer::Inbox(page) = answer(MEMBER, ReadKind::InboxPage) else {
            panic!("a page was asked for");
        };
        assert_eq!(page[0].others, 3, "by the content's count");
        let slot = Kind::PostLike.reaction_slot().unwrap();
        let Answer::Reactions(counts) = answer(5, ReadKind::Reactions) else {
            panic!("counts were asked for");
        };
        assert_eq!(counts[slot], 4);
        assert_eq!(counts.iter().sum::<u64>(), 4);
        // of what has no state there is nothing to tell
        assert_eq!(answer(1, ReadKind::Badge), Answer::Badge(0));
        assert_eq!(
            answer(1, ReadKind::InboxPage),
            Answer::Inbox(InboxPage::new())
        );
        let nothing = Answer::Reactions([0; REACTION_KINDS]);
        assert_eq!(answer(1, ReadKind::Reactions), nothing);
        assert_eq!(answer(1, ReadKind::WhoViewed), Answer::Views(None));
    }
}

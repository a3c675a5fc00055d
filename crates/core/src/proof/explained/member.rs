//! Answers about a member: badge and inbox page are of one inbox at one moment,
//! of which only the events in flight are open.

use std::collections::{HashMap, HashSet};

use super::content::ContentHistory;
use super::observation::{Asked, Change, Explained, Unexplained};
use super::search::{Search, search};
use crate::event::{Event, Kind};
use crate::policy::{Disposition, MemberSettings, effect_of};
use crate::read::{Answer, InboxGroup, InboxPage, badge_of, page_of};
use crate::state::{InboxEntry, Member, MemberUpdate};

/// Events in flight of which a set is looked for: a deferred engine may keep
/// all of a stream to itself, and then only what it shows is held against it.
const MOST_IN_FLIGHT: usize = 256;

/// Every change of one member's inbox and read mark.
#[derive(Debug)]
pub struct MemberHistory<'a> {
    id: u64,
    capacity: usize,
    settings: &'a MemberSettings,
    contents: &'a HashMap<u64, ContentHistory>,
    /// In the order in which they became visible.
    changes: Vec<Change>,
    /// By index of the event, the first of them whose call began.
    by_index: HashMap<u64, Change>,
    /// When their calls began, sorted.
    began: Vec<u64>,
    /// The longest time between a call's begin and when it is visible.
    longest: u64,
}

/// What is known of a read before the search.
struct Case<'h> {
    /// Everything that the answer must contain.
    base: Member,
    /// The changes that it may contain.
    open: Vec<&'h Change>,
}

impl<'a> MemberHistory<'a> {
    /// Of the changes of member `id`, in any order; those that change neither
    /// inbox nor read mark are left out. `contents` has those that a page of
    /// the member may name; of another one any count is explained.
    #[must_use]
    pub fn new(
        id: u64,
        changes: impl IntoIterator<Item = Change>,
        contents: &'a HashMap<u64, ContentHistory>,
        (settings, capacity): (&'a MemberSettings, usize),
    ) -> Self {
        let of_inbox = |change: &Change| changes_inbox(&change.event);
        let mut changes: Vec<Change> = changes.into_iter().filter(of_inbox).collect();
        changes.sort_by_key(|change| (change.visible, change.event.index()));
        let spans = changes.iter().map(|it| it.visible.saturating_sub(it.began));
        let longest = spans.max().unwrap_or(0);
        let mut by_index: HashMap<u64, Change> = HashMap::with_capacity(changes.len());
        for change in &changes {
            let first = by_index.entry(change.event.index()).or_insert(*change);
            if change.began < first.began {
                *first = *change;
            }
        }
        let mut began: Vec<u64> = changes.iter().map(|change| change.began).collect();
        began.sort_unstable();
        Self {
            id,
            capacity,
            settings,
            contents,
            changes,
            by_index,
            began,
            longest,
        }
    }

    /// Holds answers to `badge` and `inbox_page` against the history; other
    /// reads are left out. `asked` in the order in which the reads began.
    ///
    /// # Errors
    /// The first answer that nothing explains.
    pub fn explain(&self, asked: &[Asked<'_>]) -> Result<Explained, Box<Unexplained>> {
        let mut found = Explained::default();
        let (mut settled, mut over) = (Member::default(), 0);
        // by session: the events that its earlier answers showed
        let mut shown: HashMap<usize, Vec<(u64, u64)>> = HashMap::new();
        for asked in asked {
            let is_of_inbox = matches!(asked.answer, Answer::Badge(_) | Answer::Inbox(_));
            if !is_of_inbox {
                continue;
            }
            while let Some(change) = self.changes.get(over).filter(|it| it.visible < asked.began) {
                settled.apply(&MemberUpdate::of(&change.event), self.capacity);
                over += 1;
            }
            let in_flight = self.began.partition_point(|&at| at <= asked.ended) - over;
            if in_flight > MOST_IN_FLIGHT {
                if let Answer::Inbox(page) = asked.answer {
                    for group in page {
                        let shown = self.check_shown(group, asked);
                        shown.map_err(|why| Unexplained::of(asked, why, &self.changes))?;
                    }
                }
                found.bounded += 1;
                continue;
            }
            let shown = shown.entry(asked.session).or_default();
            let case = self.case(&settled, over, asked, shown);
            let outcome = match asked.answer {
                Answer::Badge(badge) => self.explain_badge(*badge, &case),
                Answer::Inbox(page) => self.explain_page(page, &case, asked),
                _ => Ok(Search::Found),
            };
            match outcome {
                Ok(Search::Found) => found.explained += 1,
                Ok(Search::Open) => found.bounded += 1,
                Ok(Search::None) => return Err(self.unexplained(asked, &case)),
                Err(why) => return Err(Box::new(Unexplained::of(asked, why, &self.changes))),
            }
            if let Answer::Inbox(page) = asked.answer {
                shown.extend(page.iter().map(|group| (asked.ended, group.index)));
            }
        }
        Ok(found)
    }

    /// What an answer must contain, what its session's earlier answers showed
    /// among it, and what it may.
    fn case(
        &self,
        settled: &Member,
        over: usize,
        asked: &Asked<'_>,
        shown: &mut Vec<(u64, u64)>,
    ) -> Case<'_> {
        let mut case = Case {
            base: settled.clone(),
            open: Vec::new(),
        };
        // reads of one call have no order among themselves
        let earlier = |&&(ended, _): &&(u64, u64)| ended <= asked.began;
        let known: HashSet<u64> = shown.iter().filter(earlier).map(|it| it.1).collect();
        let mut in_flight = HashSet::new();
        for change in &self.changes[over..] {
            if change.visible.saturating_sub(self.longest) > asked.ended {
                break;
            }
            if change.began > asked.ended {
                continue;
            }
            in_flight.insert(change.event.index());
            if known.contains(&change.event.index()) {
                let update = MemberUpdate::of(&change.event);
                case.base.apply(&update, self.capacity);
            } else {
                case.open.push(change);
            }
        }
        // what is in flight no more is settled
        shown.retain(|(ended, index)| *ended > asked.began || in_flight.contains(index));
        let lowest = case.base.inbox().next().map(|entry| entry.index());
        let is_full = case.base.inbox().count() >= self.capacity;
        case.open.retain(|change| {
            let passes = lowest.is_none_or(|lowest| !is_full || change.event.index() > lowest);
            passes || change.event.kind() == Kind::MarkRead
        });
        case
    }

    fn explain_badge(&self, badge: u32, case: &Case<'_>) -> Result<Search, String> {
        let of = |member: &Member| badge_of(self.id, member, self.settings);
        let found = search(&case.base, &case.open, self.capacity, &mut |member| {
            of(member) == badge
        });
        // each event in flight adds or takes away one, unless it is a mark or
        // lets another be shown
        let is_plain = self.settings.show_all()
            && case.open.iter().all(|it| it.event.kind() != Kind::MarkRead);
        let (near, room) = (of(&case.base), case.open.len() as u32);
        if found == Search::Open && is_plain && near.abs_diff(badge) > room {
            return Err(format!(
                "{badge}, which {room} events in flight cannot make of {near}"
            ));
        }
        Ok(found)
    }

    fn explain_page(
        &self,
        page: &InboxPage,
        case: &Case<'_>,
        asked: &Asked<'_>,
    ) -> Result<Search, String> {
        for group in page {
            self.check_shown(group, asked)?;
        }
        if self.settings.show_all() {
            check_newest(page, case, self.capacity)?;
        }
        Ok(search(
            &case.base,
            &case.open,
            self.capacity,
            &mut |member| {
                let of_it = page_of(self.id, member, self.settings);
                of_it.len() == page.len()
                    && of_it
                        .iter()
                        .zip(page)
                        .all(|(own, shown)| self.fits(own, shown, asked))
            },
        ))
    }

    /// Whether a group of a page is what an inbox shows, its count raised by
    /// the content's at some moment within the read.
    fn fits(&self, own: &InboxGroup, shown: &InboxGroup, asked: &Asked<'_>) -> bool {
        let without = |group: &InboxGroup| InboxGroup {
            others: 0,
            ..*group
        };
        if without(own) != without(shown) {
            return false;
        }
        let slot = own.kind.reaction_slot().filter(|_| own.needs_count());
        let Some(slot) = slot else {
            return own.others == shown.others;
        };
        let content = self.contents.get(&own.content);
        // of a content that is not known any count may be
        let [least, most] = content.map_or([0, u64::MAX], |content| {
            content.count_bounds(slot, asked.began, asked.ended)
        });
        let (live, all) = (own.others + 1, shown.others + 1);
        if all == live {
            least <= live
        } else {
            all > live && (least..=most).contains(&all)
        }
    }

    /// A shown entry is an event of this member whose call had begun.
    fn check_shown(&self, group: &InboxGroup, asked: &Asked<'_>) -> Result<(), String> {
        let Some(change) = self.by_index.get(&group.index) else {
            return Err(format!(
                "it shows event #{}, which is none of this member's",
                group.index
            ));
        };
        if change.began > asked.ended {
            return Err(format!(
                "it shows event #{}, whose call had not begun",
                group.index
            ));
        }
        let event = &change.event;
        let found = (event.kind(), event.content, event.actor, event.undo());
        if found != (group.kind, group.content, group.actor, false) {
            return Err(format!(
                "it shows event #{} as {} of {} by {}, which it is not",
                group.index,
                group.kind.name(),
                group.content,
                group.actor
            ));
        }
        Ok(())
    }

    fn unexplained(&self, asked: &Asked<'_>, case: &Case<'_>) -> Box<Unexplained> {
        let why = match asked.answer {
            Answer::Badge(badge) => format!(
                "{badge}, where what was settled makes {}, and {} events were in flight",
                badge_of(self.id, &case.base, self.settings),
                case.open.len()
            ),
            Answer::Inbox(page) => format!(
                "a page {}, where what was settled makes one {}, and {} events were in flight",
                groups_in_words(page),
                groups_in_words(&page_of(self.id, &case.base, self.settings)),
                case.open.len()
            ),
            _ => String::new(),
        };
        Box::new(Unexplained::of(asked, why, &self.changes))
    }
}

fn changes_inbox(event: &Event) -> bool {
    let effect = effect_of(event);
    effect.touches_member && effect.disposition != Disposition::Aggregate
}

/// Where the newest entry that must be there is no key of an event in flight,
/// and few of those can go before it, the page begins with it or with one of
/// them.
fn check_newest(page: &InboxPage, case: &Case<'_>, capacity: usize) -> Result<(), String> {
    let live = case.base.inbox().rev().find(|entry| !entry.undone());
    let Some(newest) = live else {
        return Ok(());
    };
    let key = (newest.kind(), newest.content, newest.actor);
    let key_of = |event: &Event| (event.kind(), event.content, event.actor);
    let tombstones = case.base.inbox().rev();
    let tombstones = tombstones.take_while(InboxEntry::undone).count();
    let is_open = case.open.iter().any(|change| key_of(&change.event) == key);
    if is_open || tombstones + case.open.len() >= capacity {
        return Ok(());
    }
    match page.first() {
        Some(first) if first.index >= newest.index() => Ok(()),
        Some(first) => Err(format!(
            "a page that begins with event #{}, where #{} had to be there",
            first.index,
            newest.index()
        )),
        None => Err(format!(
            "an empty page, where event #{} had to be there",
            newest.index()
        )),
    }
}

fn groups_in_words(page: &InboxPage) -> String {
    let groups = page.iter().take(3).map(|group| {
        format!(
            "#{} {} by {} and {} others",
            group.index,
            group.kind.name(),
            group.actor,
            group.others
        )
    });
    match page.len() {
        0 => "of nothing".to_owned(),
        1..=3 => format!("of {}", groups.collect::<Vec<String>>().join(", ")),
        all => format!(
            "of {} groups ({}, …)",
            all,
            groups.collect::<Vec<String>>().join(", ")
        ),
    }
}

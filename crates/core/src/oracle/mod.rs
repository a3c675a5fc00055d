//! The oracle: the table of the policy folded by a sequential program, slow and
//! obviously right. It shares no state, update, merge or grouping with the
//! engines.
//!
//! It keeps, for every member, the last action of every key (kind, content,
//! actor) without bound, and takes the K newest only when asked.

mod counting;
mod parts;
mod sample;
mod settings;
mod views;

use std::collections::{BTreeMap, HashMap};

use super::read::{Answer, InboxGroup, InboxPage, PAGE_GROUPS};
use super::snapshot::{ContentLine, InboxLine, MemberLine, Snapshot, SnapshotDigest};
use super::state::INBOX_CAPACITY;
use crate::event::{Event, Kind, NOTIFY_KINDS, REACTION_KINDS, Read, ReadKind};
use crate::policy::{Disposition, classify};
use crate::unit::mix::mix;
use counting::{Counting, ViewHistory};

/// What an action in an inbox is about: kind, content, actor.
type Key = (Kind, u64, u64);

/// The action with the highest index of one key.
#[derive(Clone, Copy, Debug)]
struct LastAction {
    index: u64,
    undone: bool,
}

/// All that happened to one member.
#[derive(Debug, Default)]
struct MemberHistory {
    delivered: [i64; NOTIFY_KINDS],
    profile: ViewHistory,
    picture: ViewHistory,
    /// How often it rang, by day; only where pushes are capped.
    rung: BTreeMap<u64, u64>,
    read_mark: Option<u64>,
    last_actions: HashMap<Key, LastAction>,
}

/// All that happened to one content.
#[derive(Debug, Default)]
struct ContentHistory {
    views: ViewHistory,
    reactions: [i64; REACTION_KINDS],
}

/// The oracle, or the part of it that [`Oracle::fold_partition`] folded.
#[derive(Debug)]
pub struct Oracle {
    inbox_capacity: usize,
    counting: Counting,
    members: HashMap<u64, MemberHistory>,
    contents: HashMap<u64, ContentHistory>,
}

impl Default for Oracle {
    fn default() -> Self {
        Self::new(INBOX_CAPACITY)
    }
}

impl Oracle {
    /// An oracle that has seen nothing; `inbox_capacity` is K.
    #[must_use]
    pub fn new(inbox_capacity: usize) -> Self {
        Self {
            inbox_capacity,
            counting: Counting::default(),
            members: HashMap::new(),
            contents: HashMap::new(),
        }
    }

    /// K.
    #[must_use]
    pub const fn inbox_capacity(&self) -> usize {
        self.inbox_capacity
    }

    /// Folds one event.
    pub fn fold(&mut self, event: &Event) {
        self.fold_those(event, |_| true);
    }

    /// Folds events, one after the other.
    pub fn fold_all<'a>(&mut self, events: impl IntoIterator<Item = &'a Event>) {
        for event in events {
            self.fold(event);
        }
    }

    /// Folds what events do to the members and contents of part `part` of
    /// `parts`, an id's part being a function of the id alone. Oracles that
    /// folded all the parts of a stream add up, in their digests and by
    /// [`Oracle::unite`], to one that folded it whole.
    ///
    /// # Panics
    /// Where `part` is not below `parts`.
    pub fn fold_partition<'a>(
        &mut self,
        events: impl IntoIterator<Item = &'a Event>,
        part: usize,
        parts: usize,
    ) {
        assert!(part < parts, "part {part} of {parts}");
        for event in events {
            self.fold_those(event, |id| part_of(id, parts) == part);
        }
    }

    /// What one event does to those members and contents that are `mine`.
    fn fold_those(&mut self, event: &Event, mine: impl Fn(u64) -> bool) {
        let kind = event.kind();
        if self.is_blocked(event) {
            return;
        }
        let member_is_mine = mine(event.recipient);
        let content_is_mine = mine(event.content);
        match classify(kind, event.undo(), event.is_self_action()) {
            Disposition::Discard => {}
            Disposition::Aggregate => self.view(event, mine),
            Disposition::Notify => {
                if member_is_mine {
                    self.member(event.recipient).act(event, 1);
                    self.push(event);
                }
                if content_is_mine {
                    self.react(event, 1);
                }
            }
            Disposition::Retract => {
                if member_is_mine {
                    self.member(event.recipient).act(event, -1);
                }
                if content_is_mine {
                    self.react(event, -1);
                }
            }
            Disposition::OwnAct => {
                if member_is_mine {
                    let member = self.member(event.recipient);
                    member.read_mark = member.read_mark.max(Some(event.index()));
                }
            }
        }
    }

    fn member(&mut self, id: u64) -> &mut MemberHistory {
        self.members.entry(id).or_default()
    }

    fn content(&mut self, id: u64) -> &mut ContentHistory {
        self.contents.entry(id).or_default()
    }

    fn react(&mut self, event: &Event, change: i64) {
        if let Some(slot) = event.kind().reaction_slot() {
            self.content(event.content).reactions[slot] += change;
        }
    }

    /// The snapshot of all that was folded.
    #[must_use]
    pub fn snapshot(&self) -> Snapshot {
        Snapshot::from_lines(
            self.member_lines().collect(),
            self.content_lines().collect(),
        )
    }

    /// Its size and digest, without making it.
    #[must_use]
    pub fn digest(&self) -> SnapshotDigest {
        let mut total = SnapshotDigest::default();
        self.member_lines().for_each(|line| total.add_member(&line));
        self.content_lines()
            .for_each(|line| total.add_content(&line));
        total
    }

    fn member_lines(&self) -> impl Iterator<Item = MemberLine> {
        let lines = self
            .members
            .iter()
            .map(|(&id, member)| member.line(id, self.inbox_capacity));
        lines.filter(|line| {
            line.read_mark.is_some()
                || !line.inbox.is_empty()
                || line.delivered.iter().any(|&count| count != 0)
                || line.profile_views.iter().any(|&count| count != 0)
                || line.picture_views.iter().any(|&count| count != 0)
        })
    }

    fn content_lines(&self) -> impl Iterator<Item = ContentLine> {
        let lines = self.contents.iter().map(|(&content, history)| ContentLine {
            content,
            views: history.views.counts,
            reactions: history.reactions,
        });
        lines.filter(|line| {
            line.views.iter().any(|&count| count != 0)
                || line.reactions.iter().any(|&count| count != 0)
        })
    }

    /// The answer to one read. It looks through all that a member ever got:
    /// ask for distinct ids, as [`Oracle::sample_reads`] gives them.
    #[must_use]
    pub fn answer(&self, read: &Read) -> Answer {
        match read.kind {
            ReadKind::Badge => {
                let live_above = |member: &MemberHistory| {
                    let shown = self.shown(read.id, member);
                    let above =
                        |entry: &&InboxLine| member.read_mark.is_none_or(|mark| entry.index > mark);
                    shown.iter().filter(above).count()
                };
                Answer::Badge(self.members.get(&read.id).map_or(0, live_above) as u32)
            }
            ReadKind::InboxPage => Answer::Inbox(self.page(read.id)),
            ReadKind::Reactions => {
                let mut shown = [0; REACTION_KINDS];
                if let Some(content) = self.contents.get(&read.id) {
                    shown = content.reactions.map(|count| count.max(0) as u64);
                }
                Answer::Reactions(shown)
            }
            ReadKind::WhoViewed => Answer::Views(self.shown_profile(read.id)),
            ReadKind::ContentViews => Answer::Views(self.shown_content(read.id)),
            ReadKind::Pushes => Answer::Pushes(self.pushes_sent_to(read.id)),
        }
    }

    /// The newest groups of the member's live entries, newest first.
    fn page(&self, id: u64) -> InboxPage {
        let Some(member) = self.members.get(&id) else {
            return InboxPage::new();
        };
        let live = self.shown(id, member);
        let mut page = InboxPage::new();
        for (at, newest) in live.iter().enumerate() {
            let same_group =
                |other: &&InboxLine| (other.kind, other.content) == (newest.kind, newest.content);
            if live[..at].iter().any(|earlier| same_group(&earlier)) {
                continue;
            }
            let in_group = live.iter().filter(same_group).count() as i64;
            let people = match newest.kind {
                Kind::PostLike | Kind::PostComment | Kind::ArticleLike | Kind::ArticleShare => {
                    in_group.max(self.count(newest.content, newest.kind))
                }
                _ => in_group,
            };
            page.push(InboxGroup {
                kind: newest.kind,
                content: newest.content,
                actor: newest.actor,
                index: newest.index,
                others: (people - 1).max(0) as u64,
            });
            if page.len() == PAGE_GROUPS {
                break;
            }
        }
        page
    }

    /// A content's count of one kind, as it is: perhaps below zero.
    fn count(&self, content: u64, kind: Kind) -> i64 {
        match (self.contents.get(&content), kind.reaction_slot()) {
            (Some(history), Some(slot)) => history.reactions[slot],
            _ => 0,
        }
    }
}

impl MemberHistory {
    /// An action that notifies (`change` is 1) or takes back (-1).
    fn act(&mut self, event: &Event, change: i64) {
        if let Some(slot) = event.kind().notify_slot() {
            self.delivered[slot] += change;
        }
        let this = LastAction {
            index: event.index(),
            undone: change < 0,
        };
        let last = self
            .last_actions
            .entry((event.kind(), event.content, event.actor))
            .or_insert(this);
        if this.index > last.index {
            *last = this;
        }
    }

    /// The `capacity` last actions with the highest indexes, newest first.
    fn newest(&self, capacity: usize) -> Vec<InboxLine> {
        let mut actions: Vec<InboxLine> = self
            .last_actions
            .iter()
            .map(|(&(kind, content, actor), last)| InboxLine {
                index: last.index,
                kind,
                actor,
                content,
                undone: last.undone,
            })
            .collect();
        actions.sort_unstable_by_key(|action| std::cmp::Reverse(action.index));
        actions.truncate(capacity);
        actions
    }

    /// Whether there is more than views.
    fn is_engaged(&self) -> bool {
        self.read_mark.is_some()
            || !self.last_actions.is_empty()
            || self.delivered.iter().any(|&count| count != 0)
    }

    fn line(&self, member: u64, capacity: usize) -> MemberLine {
        MemberLine {
            member,
            delivered: self.delivered,
            inbox: self.newest(capacity),
            read_mark: self.read_mark,
            profile_views: self.profile.counts,
            picture_views: self.picture.counts,
        }
    }
}

/// The part, of `parts`, that an id belongs to: mixed, so that ids with a
/// pattern spread over all of them.
fn part_of(id: u64, parts: usize) -> usize {
    (mix(id) % parts as u64) as usize
}

#[cfg(test)]
mod tests;

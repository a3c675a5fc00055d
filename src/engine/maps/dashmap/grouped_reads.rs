//! How a session reads: what it has answered, and nothing has changed since, it
//! answers again without a lock; the rest of a call is grouped by shard, so
//! that each shard is locked once for all of it, and once more for the counts
//! of the contents on its inbox pages. Imports the shared state.

use super::answer_cache::{Kept, KeptAnswers, Support};
use super::read_source::Maps;
use super::shard_groups::{Grouping, Part, each_of};
use super::shard_table::{Sightings, place, read_lock};
use super::single_session::read_in_order;
use crate::engine::maps::dashmap_pair::read_maps;
use crate::engine::read::{Answer, InboxPage, badge_of, page_of};
use crate::engine::state::{ContentUpdate, MemberUpdate};
use crate::engine::viewing::Views;
use crate::event::{REACTION_KINDS, Read, ReadKind};

/// Reads that are grouped together, at most.
const TOGETHER: usize = 64;

/// A content that an answer needs.
#[derive(Clone, Copy, Debug)]
struct Wanted {
    content: u64,
    /// Whose answer: its position in the unfinished ones.
    answer: usize,
    /// Which group of a page; of no meaning for reactions.
    group: usize,
}

/// An answer to which contents are still to be added.
#[derive(Debug)]
struct Unfinished {
    at: usize,
    hash: u64,
    is_worth_keeping: bool,
    kept: Kept,
}

/// Answers on their way, and what they need.
#[derive(Debug, Default)]
struct Desk {
    unfinished: Vec<Unfinished>,
    wanted: Vec<Wanted>,
}

impl Desk {
    /// Asks for the contents that the last answer needs.
    fn ask_for_contents(&mut self) {
        let Some((last, before)) = self.unfinished.split_last() else {
            return;
        };
        let answer = before.len();
        let mut want = |content, group| {
            self.wanted.push(Wanted {
                content,
                answer,
                group,
            });
        };
        match &last.kept.answer {
            Answer::Inbox(page) => page
                .iter()
                .enumerate()
                .filter(|(_, group)| group.needs_count())
                .for_each(|(at, group)| want(group.content, at)),
            _ => want(last.kept.read.id, 0),
        }
    }
}

/// What a session has answered, and scratch memory for reads.
#[derive(Debug)]
pub(super) struct Reader {
    kept: KeptAnswers,
    grouping: Grouping,
    desk: Desk,
}

impl Reader {
    pub(super) fn new() -> Self {
        Self {
            kept: KeptAnswers::new(),
            grouping: Grouping::new(),
            desk: Desk::default(),
        }
    }

    /// Answers reads.
    pub(super) fn read(
        &mut self,
        maps: Maps<'_>,
        sightings: &Sightings,
        reads: &[Read],
        sink: &mut impl FnMut(usize, &Answer),
    ) {
        for (turn, some) in reads.chunks(TOGETHER).enumerate() {
            let first = turn * TOGETHER;
            let mut sink = |at: usize, answer: &Answer| sink(first + at, answer);
            self.answer_kept(maps, sightings, some, &mut sink);
            self.look_at_members(maps, some, &mut sink);
            self.look_at_contents(maps, sightings);
            for done in &mut self.desk.unfinished {
                sink(done.at, &done.kept.answer);
                if done.is_worth_keeping {
                    self.kept.keep(done.hash, &mut done.kept);
                }
            }
            self.desk.unfinished.clear();
        }
    }

    /// Answers reads of the only session.
    pub(super) fn read_alone(
        &mut self,
        maps: Maps<'_>,
        reads: &[Read],
        sink: &mut impl FnMut(usize, &Answer),
    ) {
        read_in_order(maps, &mut self.kept, reads, sink);
    }

    /// Answers what was kept, and groups the rest.
    fn answer_kept(
        &mut self,
        maps: Maps<'_>,
        sightings: &Sightings,
        reads: &[Read],
        sink: &mut impl FnMut(usize, &Answer),
    ) {
        self.grouping.clear(reads.len());
        for (at, read) in reads.iter().enumerate() {
            if read.kind.is_of_views() || read.kind == ReadKind::Pushes {
                // a release is looked up, and drawn anew: it changes by the week;
                // pushes are counted beside the state
                let one = std::slice::from_ref(read);
                let mut sink = |_, answer: &Answer| sink(at, answer);
                read_maps(maps.members, maps.contents, maps.views, one, &mut sink);
                continue;
            }
            // both maps have the same hasher, and as many shards
            let (hash, shard) = place(maps.members, read.id);
            if read.kind == ReadKind::Badge {
                let version = maps.versions.members.now(shard);
                if let Some(badge) = self.kept.badge(hash, read.id, version) {
                    sink(at, &Answer::Badge(badge));
                    continue;
                }
            } else if let Some(answer) = self.kept.answer(hash, read, maps.versions) {
                sink(at, answer);
                continue;
            }
            if read.kind == ReadKind::Reactions {
                let nothing = Answer::Reactions([0; REACTION_KINDS]);
                let is_worth_keeping = self.kept.was_asked(hash, read);
                self.desk.unfinished.push(Unfinished {
                    at,
                    hash,
                    is_worth_keeping,
                    kept: Kept::new(*read, nothing),
                });
                self.desk.ask_for_contents();
                continue;
            }
            if sightings.are_far() {
                sightings.members[shard].prefetch_control(hash);
                sightings.members[shard].prefetch_first_slot::<MemberUpdate>(hash);
            }
            self.grouping.push(Part::Views, shard, hash, at as u32);
        }
    }

    /// Answers badges, and begins inbox pages.
    fn look_at_members(
        &mut self,
        maps: Maps<'_>,
        reads: &[Read],
        sink: &mut impl FnMut(usize, &Answer),
    ) {
        let Self {
            kept,
            grouping,
            desk,
        } = self;
        let mut badges = [0; TOGETHER];
        let (versions, settings) = (&maps.versions.members, maps.views.settings());
        for shard in each_of(grouping.shards(&[Part::Views])) {
            let concerned = || grouping.of(Part::Views, shard);
            let table = read_lock(&maps.members.shards()[shard]);
            let version = versions.now(shard);
            for pending in concerned() {
                let (hash, at) = (pending.hash, pending.at as usize);
                let read = reads[at];
                let find = || {
                    let found = table.get(hash, |slot| slot.0 == read.id);
                    found.map(|(_, state)| state.get())
                };
                if read.kind == ReadKind::Badge {
                    // asked twice in this call, perhaps
                    badges[at] = kept.badge(hash, read.id, version).unwrap_or_else(|| {
                        let badge = find().map_or(0, |state| badge_of(read.id, state, settings));
                        if kept.was_asked(hash, &read) {
                            kept.keep_badge(hash, read.id, versions.keep(shard), badge);
                        }
                        badge
                    });
                    continue;
                }
                let is_worth_keeping = kept.was_asked(hash, &read);
                let mut support = Support::default();
                if is_worth_keeping {
                    support.add_members(versions, shard);
                }
                let page =
                    find().map_or_else(InboxPage::new, |state| page_of(read.id, state, settings));
                desk.unfinished.push(Unfinished {
                    at,
                    hash,
                    is_worth_keeping,
                    kept: Kept {
                        read,
                        answer: Answer::Inbox(page),
                        support,
                    },
                });
                desk.ask_for_contents();
            }
            drop(table);
            for at in concerned().map(|pending| pending.at as usize) {
                if reads[at].kind == ReadKind::Badge {
                    sink(at, &Answer::Badge(badges[at]));
                }
            }
        }
    }

    /// Adds the contents' counts to the answers that need them.
    fn look_at_contents(&mut self, maps: Maps<'_>, sightings: &Sightings) {
        let Self { grouping, desk, .. } = self;
        let Desk { unfinished, wanted } = desk;
        if wanted.is_empty() {
            return;
        }
        grouping.clear(wanted.len());
        for (at, wanted) in (0..).zip(&*wanted) {
            let (hash, shard) = place(maps.contents, wanted.content);
            if sightings.are_far() {
                sightings.contents[shard].prefetch_control(hash);
                sightings.contents[shard].prefetch_first_slot::<ContentUpdate>(hash);
            }
            grouping.push(Part::Contents, shard, hash, at);
        }
        for shard in each_of(grouping.shards(&[Part::Contents])) {
            let table = read_lock(&maps.contents.shards()[shard]);
            for pending in grouping.of(Part::Contents, shard) {
                let wanted = wanted[pending.at as usize];
                let found = table.get(pending.hash, |slot| slot.0 == wanted.content);
                let unfinished = &mut unfinished[wanted.answer];
                if let Some((_, state)) = found {
                    unfinished.kept.add(wanted.group, state.get());
                }
                if unfinished.is_worth_keeping {
                    let support = &mut unfinished.kept.support;
                    support.add_contents(&maps.versions.contents, shard);
                }
            }
        }
        wanted.clear();
    }
}

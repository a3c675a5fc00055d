//! How a session reads: cached answers that are still valid take no lock; the
//! rest of a call is grouped by shard, so that each shard is locked once for
//! all of it, and once more for the counts of the contents on its inbox pages.

use super::answer_cache::{AnswerCache, CachedAnswer, Dependencies};
use super::read_source::Maps;
use super::shard_groups::{Part, ShardGroups, each_of};
use super::shard_lock::read_lock;
use super::shard_table::{TableHints, place};
use super::single_session::read_in_order;
use crate::maps::dashmap_pair::read_maps;
use notibench_core::event::{REACTION_KINDS, Read, ReadKind};
use notibench_core::read::{Answer, InboxPage, badge_of, page_of};
use notibench_core::state::{ContentUpdate, MemberUpdate};

/// Reads that are grouped together, at most.
const TOGETHER: usize = 64;

/// A content whose counts an answer needs.
#[derive(Clone, Copy, Debug)]
struct ContentLookup {
    content: u64,
    /// The answer, by its position among the partial ones.
    answer: usize,
    /// Which group of a page; of no meaning for reactions.
    group: usize,
}

/// An answer that still lacks counts of contents.
#[derive(Debug)]
struct PartialAnswer {
    at: usize,
    hash: u64,
    is_worth_caching: bool,
    cached: CachedAnswer,
}

/// Partial answers of a call, and the contents that they need.
#[derive(Debug, Default)]
struct ReadsInProgress {
    partial: Vec<PartialAnswer>,
    lookups: Vec<ContentLookup>,
}

impl ReadsInProgress {
    /// Adds the contents that the last answer needs.
    fn add_lookups(&mut self) {
        let Some((last, before)) = self.partial.split_last() else {
            return;
        };
        let answer = before.len();
        let mut look_up = |content, group| {
            self.lookups.push(ContentLookup {
                content,
                answer,
                group,
            });
        };
        match &last.cached.answer {
            Answer::Inbox(page) => page
                .iter()
                .enumerate()
                .filter(|(_, group)| group.needs_count())
                .for_each(|(at, group)| look_up(group.content, at)),
            _ => look_up(last.cached.read.id, 0),
        }
    }
}

/// Cached answers of a session, and scratch memory for reads.
#[derive(Debug)]
pub(super) struct Reader {
    cache: AnswerCache,
    groups: ShardGroups,
    in_progress: ReadsInProgress,
}

impl Reader {
    pub(super) fn new() -> Self {
        Self {
            cache: AnswerCache::new(),
            groups: ShardGroups::new(),
            in_progress: ReadsInProgress::default(),
        }
    }

    /// Answers reads.
    pub(super) fn read(
        &mut self,
        maps: Maps<'_>,
        hints: &TableHints,
        reads: &[Read],
        sink: &mut impl FnMut(usize, &Answer),
    ) {
        for (turn, some) in reads.chunks(TOGETHER).enumerate() {
            let first = turn * TOGETHER;
            let mut sink = |at: usize, answer: &Answer| sink(first + at, answer);
            self.answer_cached(maps, hints, some, &mut sink);
            self.look_at_members(maps, some, &mut sink);
            self.look_at_contents(maps, hints);
            for done in &mut self.in_progress.partial {
                sink(done.at, &done.cached.answer);
                if done.is_worth_caching {
                    self.cache.insert(done.hash, &mut done.cached);
                }
            }
            self.in_progress.partial.clear();
        }
    }

    /// Answers reads of the only session.
    pub(super) fn read_alone(
        &mut self,
        maps: Maps<'_>,
        reads: &[Read],
        sink: &mut impl FnMut(usize, &Answer),
    ) {
        read_in_order(maps, &mut self.cache, reads, sink);
    }

    /// Answers from the cache, and groups the rest.
    fn answer_cached(
        &mut self,
        maps: Maps<'_>,
        hints: &TableHints,
        reads: &[Read],
        sink: &mut impl FnMut(usize, &Answer),
    ) {
        self.groups.clear(reads.len());
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
                let version = maps.versions.members.current(shard);
                if let Some(badge) = self.cache.badge(hash, read.id, version) {
                    sink(at, &Answer::Badge(badge));
                    continue;
                }
            } else if let Some(answer) = self.cache.answer(hash, read, maps.versions) {
                sink(at, answer);
                continue;
            }
            if read.kind == ReadKind::Reactions {
                let nothing = Answer::Reactions([0; REACTION_KINDS]);
                let is_worth_caching = self.cache.was_asked(hash, read);
                self.in_progress.partial.push(PartialAnswer {
                    at,
                    hash,
                    is_worth_caching,
                    cached: CachedAnswer::new(*read, nothing),
                });
                self.in_progress.add_lookups();
                continue;
            }
            if hints.exceed_cache() {
                hints.members[shard].prefetch_control(hash);
                hints.members[shard].prefetch_first_slot::<MemberUpdate>(hash);
            }
            self.groups.push(Part::Views, shard, hash, at as u32);
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
            cache,
            groups,
            in_progress,
        } = self;
        let mut badges = [0; TOGETHER];
        let (versions, settings) = (&maps.versions.members, maps.views.settings());
        for shard in each_of(groups.shards(&[Part::Views])) {
            let concerned = || groups.of(Part::Views, shard);
            let table = read_lock(&maps.members.shards()[shard]);
            let version = versions.current(shard);
            for pending in concerned() {
                let (hash, at) = (pending.hash, pending.at as usize);
                let read = reads[at];
                let find = || {
                    let found = table.get(hash, |slot| slot.0 == read.id);
                    found.map(|(_, state)| state.get())
                };
                if read.kind == ReadKind::Badge {
                    // asked twice in this call, perhaps
                    badges[at] = cache.badge(hash, read.id, version).unwrap_or_else(|| {
                        let badge = find().map_or(0, |state| badge_of(read.id, state, settings));
                        if cache.was_asked(hash, &read) {
                            cache.cache_badge(hash, read.id, versions.mark_cached(shard), badge);
                        }
                        badge
                    });
                    continue;
                }
                let is_worth_caching = cache.was_asked(hash, &read);
                let mut dependencies = Dependencies::default();
                if is_worth_caching {
                    dependencies.add_members(versions, shard);
                }
                let page =
                    find().map_or_else(InboxPage::new, |state| page_of(read.id, state, settings));
                in_progress.partial.push(PartialAnswer {
                    at,
                    hash,
                    is_worth_caching,
                    cached: CachedAnswer {
                        read,
                        answer: Answer::Inbox(page),
                        dependencies,
                    },
                });
                in_progress.add_lookups();
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
    fn look_at_contents(&mut self, maps: Maps<'_>, hints: &TableHints) {
        let Self {
            groups,
            in_progress,
            ..
        } = self;
        let ReadsInProgress { partial, lookups } = in_progress;
        if lookups.is_empty() {
            return;
        }
        groups.clear(lookups.len());
        for (at, lookup) in (0..).zip(&*lookups) {
            let (hash, shard) = place(maps.contents, lookup.content);
            if hints.exceed_cache() {
                hints.contents[shard].prefetch_control(hash);
                hints.contents[shard].prefetch_first_slot::<ContentUpdate>(hash);
            }
            groups.push(Part::Contents, shard, hash, at);
        }
        for shard in each_of(groups.shards(&[Part::Contents])) {
            let table = read_lock(&maps.contents.shards()[shard]);
            for pending in groups.of(Part::Contents, shard) {
                let lookup = lookups[pending.at as usize];
                let found = table.get(pending.hash, |slot| slot.0 == lookup.content);
                let partial = &mut partial[lookup.answer];
                if let Some((_, state)) = found {
                    partial.cached.add(lookup.group, state.get());
                }
                if partial.is_worth_caching {
                    let dependencies = &mut partial.cached.dependencies;
                    dependencies.add_contents(&maps.versions.contents, shard);
                }
            }
        }
        lookups.clear();
    }
}

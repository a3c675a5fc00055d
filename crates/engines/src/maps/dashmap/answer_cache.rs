//! Cached answers of a session, each with the versions of the shards that it
//! was made from: it is valid until one of them changes.
//!
//! Only what was asked twice is cached: caching an answer takes the cache line of
//! the shard's version away from the cores that write to it.

use super::shard_versions::ShardVersions;
use notibench_core::event::{Read, ReadKind};
use notibench_core::read::{Answer, InboxPage};
use notibench_core::state::Content;

/// Cached badges, 24 bytes each.
const BADGES: usize = 512;
/// Other cached answers, half a kilobyte each.
const ANSWERS: usize = 64;
/// Reads known to have been asked once.
const ASKED: usize = 512;

/// The versions of both maps' shards.
#[derive(Debug)]
pub(super) struct MapVersions {
    pub(super) members: ShardVersions,
    pub(super) contents: ShardVersions,
}

/// The shards that an answer was made from, as sets, and the sum of their
/// versions then. Versions only grow: the sum is the same while each is.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Dependencies {
    members: u64,
    contents: u64,
    versions: u64,
}

impl Dependencies {
    pub(super) fn add_members(&mut self, versions: &ShardVersions, shard: usize) {
        add(&mut self.members, &mut self.versions, versions, shard);
    }

    pub(super) fn add_contents(&mut self, versions: &ShardVersions, shard: usize) {
        add(&mut self.contents, &mut self.versions, versions, shard);
    }

    /// Whether none of the shards has changed.
    fn holds(&self, versions: &MapVersions) -> bool {
        let sum = sum_of(&versions.members, self.members)
            .wrapping_add(sum_of(&versions.contents, self.contents));
        self.members | self.contents != 0 && sum == self.versions
    }
}

/// A shard that is in the set already stays at the version that it had first:
/// if it has changed since, the answer must not be cached.
fn add(set: &mut u64, sum: &mut u64, versions: &ShardVersions, shard: usize) {
    let version = versions.mark_cached(shard);
    if *set >> shard & 1 == 0 {
        *set |= 1 << shard;
        *sum = sum.wrapping_add(version);
    }
}

fn sum_of(versions: &ShardVersions, mut set: u64) -> u64 {
    let mut sum = 0_u64;
    while set != 0 {
        sum = sum.wrapping_add(versions.current(set.trailing_zeros() as usize));
        set &= set - 1;
    }
    sum
}

/// An inbox page or reaction counts.
#[derive(Clone, Debug)]
pub(super) struct CachedAnswer {
    pub(super) read: Read,
    pub(super) answer: Answer,
    pub(super) dependencies: Dependencies,
}

impl CachedAnswer {
    /// An answer that was made from nothing yet.
    pub(super) fn new(read: Read, answer: Answer) -> Self {
        Self {
            read,
            answer,
            dependencies: Dependencies::default(),
        }
    }

    /// Adds a content: its counts are the answer, or raise a group of it.
    pub(super) fn add(&mut self, group: usize, content: &Content) {
        let counts = content.shown_reactions();
        match &mut self.answer {
            Answer::Inbox(page) => {
                let group = &mut page[group];
                if let Some(slot) = group.kind.reaction_slot() {
                    group.raise_to_count(counts[slot]);
                }
            }
            answer => *answer = Answer::Reactions(counts),
        }
    }
}

/// A badge and what it was made from. The default is of no member: every id and
/// every version may occur, so only `badge` can say that nothing is cached.
#[derive(Clone, Copy, Debug, Default)]
struct CachedBadge {
    member: u64,
    version: u64,
    badge: Option<u32>,
}

/// The cached answers of a session.
#[derive(Debug)]
pub(super) struct AnswerCache {
    badges: Box<[CachedBadge]>,
    answers: Box<[CachedAnswer]>,
    asked: Box<[Option<Read>]>,
}

impl AnswerCache {
    pub(super) fn new() -> Self {
        let read = Read {
            id: 0,
            kind: ReadKind::Badge,
        };
        // without dependencies: it holds for no read
        let nothing = CachedAnswer::new(read, Answer::Inbox(InboxPage::new()));
        Self {
            badges: vec![CachedBadge::default(); BADGES].into(),
            answers: vec![nothing; ANSWERS].into(),
            asked: vec![None; ASKED].into(),
        }
    }

    /// The badge of a member, if it is cached and the member's shard still has
    /// that version.
    #[inline(always)]
    pub(super) fn badge(&self, hash: u64, member: u64, version: u64) -> Option<u32> {
        let cached = &self.badges[hash as usize % BADGES];
        let holds = cached.member == member && cached.version == version;
        cached.badge.filter(|_| holds)
    }

    /// Caches a badge made from a shard with this version.
    #[inline(always)]
    pub(super) fn cache_badge(&mut self, hash: u64, member: u64, version: u64, badge: u32) {
        self.badges[hash as usize % BADGES] = CachedBadge {
            member,
            version,
            badge: Some(badge),
        };
    }

    /// Any other answer, if it is cached and valid.
    #[inline(always)]
    pub(super) fn answer(&self, hash: u64, read: &Read, versions: &MapVersions) -> Option<&Answer> {
        let cached = &self.answers[hash as usize % ANSWERS];
        (cached.read == *read && cached.dependencies.holds(versions)).then_some(&cached.answer)
    }

    /// Caches any other answer, in exchange for the one that makes room.
    pub(super) fn insert(&mut self, hash: u64, cached: &mut CachedAnswer) {
        std::mem::swap(&mut self.answers[hash as usize % ANSWERS], cached);
    }

    /// Whether an answer is worth caching: the same was asked before.
    #[inline(always)]
    pub(super) fn was_asked(&mut self, hash: u64, read: &Read) -> bool {
        let asked = &mut self.asked[hash as usize % ASKED];
        asked.replace(*read) == Some(*read)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_holds_until_one_of_its_shards_changes() {
        let versions = MapVersions {
            members: ShardVersions::new(4),
            contents: ShardVersions::new(4),
        };
        let read = Read {
            id: 7,
            kind: ReadKind::InboxPage,
        };
        let mut cache = AnswerCache::new();
        assert_eq!(cache.answer(1, &read, &versions), None);
        for (is_content, shard, holds) in [(false, 2, true), (true, 2, false), (false, 1, false)] {
            let mut dependencies = Dependencies::default();
            dependencies.add_members(&versions.members, 1);
            dependencies.add_contents(&versions.contents, 0);
            dependencies.add_contents(&versions.contents, 2);
            dependencies.add_contents(&versions.contents, 0);
            let answer = Answer::Inbox(InboxPage::new());
            cache.insert(
                1,
                &mut CachedAnswer {
                    read,
                    answer: answer.clone(),
                    dependencies,
                },
            );
            assert_eq!(cache.answer(1, &read, &versions), Some(&answer));
            let other = Read { id: 8, ..read };
            assert_eq!(cache.answer(1, &other, &versions), None);
            let changed = [&versions.members, &versions.contents][usize::from(is_content)];
            changed.invalidate(shard);
            assert_eq!(cache.answer(1, &read, &versions).is_some(), holds);
        }
    }

    #[test]
    fn nothing_is_cached_or_asked_before_it_was() {
        let versions = MapVersions {
            members: ShardVersions::new(4),
            contents: ShardVersions::new(4),
        };
        for id in [0, 1, u64::MAX] {
            let mut cache = AnswerCache::new();
            // a shard of which no answer is cached, and one of which an answer is
            for version in [versions.members.current(0), versions.members.mark_cached(1)] {
                assert_eq!(cache.badge(0, id, version), None, "{id} at {version}");
                cache.cache_badge(0, id, version, 0);
                assert_eq!(cache.badge(0, id, version), Some(0), "{id} at {version}");
                cache = AnswerCache::new();
            }
            for read in ReadKind::ALL.map(|kind| Read { id, kind }) {
                assert_eq!(cache.answer(0, &read, &versions), None);
                assert!(!cache.was_asked(0, &read), "{read:?}");
            }
        }
    }

    #[test]
    fn only_what_is_asked_again_is_worth_caching() {
        let mut cache = AnswerCache::new();
        let [badge, page, ..] = ReadKind::ALL.map(|kind| Read { id: 5, kind });
        let asked = [badge, badge, page, badge, badge].map(|read| cache.was_asked(9, &read));
        assert_eq!(asked, [false, true, false, false, true]);
    }
}

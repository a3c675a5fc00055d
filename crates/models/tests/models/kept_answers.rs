//! A model of answers that the default engine keeps with the versions of their
//! shards: one that is told again is never from before a write that had returned,
//! nor older than what the session was told before.

use std::sync::Arc;

use loom::sync::RwLock;
use loom::sync::atomic::{AtomicU64, Ordering};

use super::answer_cache::{AnswerCache, CachedAnswer, Dependencies, MapVersions};
use super::shard_versions::ShardVersions;
use crate::event::{Kind, Read, ReadKind};
use crate::read::{Answer, InboxGroup};
use crate::{Fault, check};

const NOT_INVALIDATED: Fault = Fault::OfModel("a write leaves the version as it is");
const INVALIDATED_LATE: Fault = Fault::OfModel("a write changes the version without the lock");
const MARKED_LATE: Fault = Fault::OfModel("an answer is kept without the lock");

const MEMBER: usize = 0;
const CONTENT: usize = 1;
const SHARD: usize = 0;

/// A map of one member and one of one content, a shard each, with a count that
/// each write raises.
struct Maps {
    versions: MapVersions,
    shards: [RwLock<u64>; 2],
    /// Writes that have returned.
    returned: [AtomicU64; 2],
    fault: Fault,
}

impl Maps {
    fn write(&self, map: usize) {
        let versions = [&self.versions.members, &self.versions.contents][map];
        let mut shard = self.shards[map].write().unwrap();
        if ![NOT_INVALIDATED, INVALIDATED_LATE].contains(&self.fault) {
            versions.invalidate(SHARD);
        }
        *shard += 1;
        let writes = *shard;
        drop(shard);
        if self.fault == INVALIDATED_LATE {
            versions.invalidate(SHARD);
        }
        self.returned[map].store(writes, Ordering::Release);
    }
}

/// A session that reads, as the engine's does.
struct Session {
    maps: Arc<Maps>,
    cache: AnswerCache,
    told: [u64; 2],
}

impl Session {
    fn new(maps: &Arc<Maps>) -> Self {
        Self {
            maps: Arc::clone(maps),
            cache: AnswerCache::new(),
            told: [0; 2],
        }
    }

    /// The count of the member alone, kept as a badge.
    fn badge(&mut self) {
        let maps = &self.maps;
        let returned = maps.returned[MEMBER].load(Ordering::Acquire);
        let versions = &maps.versions.members;
        let kept = self.cache.badge(0, 0, versions.current(SHARD));
        let badge = kept.unwrap_or_else(|| {
            let mut shard = Some(maps.shards[MEMBER].read().unwrap());
            let badge = shard.as_ref().map_or(0, |shard| **shard as u32);
            if maps.fault == MARKED_LATE {
                shard = None;
            }
            let version = versions.mark_cached(SHARD);
            self.cache.cache_badge(0, 0, version, badge);
            drop(shard);
            badge
        });
        self.told(MEMBER, u64::from(badge), returned);
    }

    /// The counts of both, from one lock after the other, kept as a page.
    fn page(&mut self) {
        let maps = &self.maps;
        let returned = [MEMBER, CONTENT].map(|map| maps.returned[map].load(Ordering::Acquire));
        let read = Read {
            id: 0,
            kind: ReadKind::InboxPage,
        };
        let kept = self.cache.answer(0, &read, &maps.versions);
        let counts = if let Some(Answer::Inbox(page)) = kept {
            [page[0].index, page[0].others]
        } else {
            let mut dependencies = Dependencies::default();
            let member = maps.shards[MEMBER].read().unwrap();
            dependencies.add_members(&maps.versions.members, SHARD);
            let mut counts = [*member, 0];
            drop(member);
            let content = maps.shards[CONTENT].read().unwrap();
            counts[CONTENT] = *content;
            dependencies.add_contents(&maps.versions.contents, SHARD);
            drop(content);
            let group = InboxGroup {
                kind: Kind::PostLike,
                content: 0,
                actor: 0,
                index: counts[MEMBER],
                others: counts[CONTENT],
            };
            let answer = Answer::Inbox(std::iter::once(group).collect());
            let mut page = CachedAnswer::new(read, answer);
            page.dependencies = dependencies;
            self.cache.insert(0, &mut page);
            counts
        };
        self.told(MEMBER, counts[MEMBER], returned[MEMBER]);
        self.told(CONTENT, counts[CONTENT], returned[CONTENT]);
    }

    fn told(&mut self, map: usize, count: u64, returned: u64) {
        assert!(count >= returned, "from before a write that had returned");
        assert!(count >= self.told[map], "older than what was told before");
        self.told[map] = count;
    }
}

fn maps(fault: Fault) -> Arc<Maps> {
    Arc::new(Maps {
        versions: MapVersions {
            members: ShardVersions::new(1),
            contents: ShardVersions::new(1),
        },
        shards: [RwLock::new(0), RwLock::new(0)],
        returned: [AtomicU64::new(0), AtomicU64::new(0)],
        fault,
    })
}

const FAULTS: [Fault; 3] = [NOT_INVALIDATED, INVALIDATED_LATE, MARKED_LATE];

#[test]
fn a_kept_answer_holds_until_its_shards_change() {
    check(Some(3), &FAULTS, |fault| {
        let maps = maps(fault);
        let mut session = Session::new(&maps);
        let writer = loom::thread::spawn(move || {
            maps.write(MEMBER);
            maps.write(CONTENT);
            maps.write(MEMBER);
        });
        session.badge();
        session.page();
        session.badge();
        session.page();
        writer.join().unwrap();
    });
}

#[test]
fn two_sessions_may_keep_answers_of_one_shard() {
    check(Some(3), &[NOT_INVALIDATED, MARKED_LATE], |fault| {
        let maps = maps(fault);
        let [mut own, mut other] = [Session::new(&maps), Session::new(&maps)];
        let writer = loom::thread::spawn(move || {
            maps.write(MEMBER);
            maps.write(MEMBER);
        });
        let reader = loom::thread::spawn(move || {
            other.badge();
            other.badge();
        });
        own.badge();
        own.badge();
        writer.join().unwrap();
        reader.join().unwrap();
    });
}

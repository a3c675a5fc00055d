//! The engine's connection, and walks through its keys.

use std::collections::HashMap;

use parking_lot::Mutex;

use super::connection::{Lease, Link};
use super::layout;
use super::layout::{Counts, LEASE, MARKS, parse_key};
use notibench_core::state::StateMut;
use notibench_core::viewing::Views;

/// States fetched in one pipeline.
pub(super) const FETCHED: usize = 1_000;

/// One database of a Redis server, which is the engine's alone.
#[derive(Debug)]
pub struct RedisEngine {
    pub(super) address: String,
    pub(super) inbox_capacity: usize,
    pub(super) views: Views,
    /// The connection for visits of the whole state.
    pub(super) link: Mutex<Link>,
    pub(super) lease: Lease,
    /// Bytes that the server used while it was empty.
    pub(super) empty_bytes: u64,
}

/// What was found by a walk through the keys.
#[derive(Debug, Default)]
pub(super) struct Found {
    pub(super) members: Vec<u64>,
    pub(super) contents: Vec<u64>,
    pub(super) marks: HashMap<u64, u64>,
}

impl RedisEngine {
    pub(super) fn visit_members(
        &self,
        link: &mut Link,
        ids: &[u64],
        marks: &HashMap<u64, u64>,
        visit: &(dyn Fn(StateMut<'_>) + Sync),
    ) {
        let mut pipeline = ::redis::pipe();
        for &id in ids {
            pipeline.cmd("HGETALL").arg(layout::member_key(id));
            layout::ask_inbox(&mut pipeline, id, self.inbox_capacity);
        }
        let replies: Vec<::redis::Value> = link.ask(&pipeline);
        let mut replies = replies.into_iter();
        let mut changes = ::redis::pipe();
        for &id in ids {
            let counts: Counts = link.next(&mut replies);
            let entries = link.next(&mut replies);
            let mark = marks.get(&id).copied();
            let mut member = layout::member_of(&counts, &entries, mark, self.inbox_capacity);
            let before = layout::views_of_member(&member);
            visit(StateMut::Member(id, &mut member));
            let now = layout::views_of_member(&member);
            layout::keep_views(&mut changes, &layout::member_key(id), &before, &now);
        }
        tell(link, &changes);
    }
}

/// Sends what there is: an empty pipeline is an error.
pub(super) fn tell(link: &mut Link, pipeline: &::redis::Pipeline) {
    if !pipeline.is_empty() {
        link.tell(pipeline);
    }
}

impl Drop for RedisEngine {
    /// Leaves the database as empty as it was found.
    fn drop(&mut self) {
        self.lease.give_back(self.link.get_mut());
    }
}

/// Every id that has a key, each once: a walk by cursor may show a key twice.
pub(super) fn find(link: &mut Link) -> Found {
    let mut found = Found::default();
    let mut cursor = 0;
    loop {
        let mut scan = ::redis::cmd("SCAN");
        scan.arg(cursor).arg("COUNT").arg(FETCHED);
        let (next, keys): (u64, Vec<Vec<u8>>) = link.ask_one(&scan);
        for key in keys.iter().filter(|key| key.as_slice() != LEASE) {
            match parse_key(key) {
                Some((b'm' | b'i', id)) => found.members.push(id),
                Some((b'c', id)) => found.contents.push(id),
                _ => {}
            }
        }
        cursor = next;
        if cursor == 0 {
            break;
        }
    }
    loop {
        let from = found.marks.len();
        let mut range = ::redis::cmd("ZRANGE");
        range.arg(MARKS).arg(from).arg(from + FETCHED - 1);
        let marks: layout::Scores = link.ask_one(range.arg("WITHSCORES"));
        for (member, score) in &marks {
            if let Some(member) = layout::parse_id(member) {
                found.marks.insert(member, *score as u64);
            }
        }
        if marks.len() < FETCHED {
            break;
        }
    }
    found.members.extend(found.marks.keys());
    for ids in [&mut found.members, &mut found.contents] {
        ids.sort_unstable();
        ids.dedup();
    }
    found
}

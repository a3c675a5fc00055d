//! The engine `redis`: the state in a Redis server, out of process, reached
//! over a socket by one connection a session; in the cargo feature `redis`.
//! Imports the contract, the shared state.
//!
//! A batch is combined in the client, then sent as one pipeline of plain
//! commands. Each of them commutes with those of other clients, so that no
//! lock, script or transaction is needed:
//!
//! | key | type | holds | changed by |
//! |---|---|---|---|
//! | `m:<member>` | hash | counts of views and deliveries | `HINCRBY` |
//! | `c:<content>` | hash | counts of views and reactions | `HINCRBY` |
//! | `i:<member>` | sorted set | inbox: key of an action → stamp | `ZADD GT`, then cut to K |
//! | `marks` | sorted set | member → read mark | `ZADD GT` |
//!
//! **The inbox is exact.** `GT` lets a key's stamp only rise, which is "the
//! highest index wins", and cutting keeps the K highest. What was cut and
//! comes back with a lower stamp than it had is no danger: when it was cut, K
//! keys lay above it; their stamps only rise, so that K keys lie above what
//! it had for ever, and the cut that follows each `ZADD` takes it again. A
//! reader asks for the K highest, and never sees what is about to be cut.

mod combine;
mod connection;
mod layout;
mod server;
mod session;

#[cfg(test)]
mod tests;

pub use connection::check_address;
pub use server::PrivateServer;

use std::collections::HashMap;

use parking_lot::Mutex;

use self::connection::{Lease, Link};
use self::layout::{Counts, LEASE, MARKS, parse_key};
use super::snapshot::StateMut;
use super::viewing::Views;
use super::{Engine, EngineConfig, EngineInfo, Freshness, MemoryUse, Role};
use session::RedisSession;

/// States fetched in one pipeline.
const FETCHED: usize = 1_000;

/// One database of a Redis server, which is the engine's alone.
#[derive(Debug)]
pub struct RedisEngine {
    address: String,
    inbox_capacity: usize,
    views: Views,
    /// The connection of whoever looks at the whole state.
    link: Mutex<Link>,
    lease: Lease,
    /// Bytes that the server used while it was empty.
    empty_bytes: u64,
}

/// What was found by a walk through the keys.
#[derive(Debug, Default)]
struct Found {
    members: Vec<u64>,
    contents: Vec<u64>,
    marks: HashMap<u64, u64>,
}

impl Engine for RedisEngine {
    const INFO: EngineInfo = EngineInfo {
        name: "redis",
        role: Role::Engine,
        freshness: Freshness::Immediate,
        about: "state in a Redis server that other programs share and that outlives this one; \
                gives up most of the speed to a socket",
    };
    const OUT_OF_PROCESS: bool = true;
    type Session<'engine> = RedisSession<'engine>;

    fn build(config: &EngineConfig) -> Self {
        let address = config.external.as_deref().unwrap_or_default();
        let mut link = Link::open(address);
        let lease = Lease::take(&mut link);
        let empty_bytes = link.used_memory();
        Self {
            address: address.to_owned(),
            inbox_capacity: config.inbox_capacity,
            views: config.views.clone(),
            link: Mutex::new(link),
            lease,
            empty_bytes,
        }
    }

    fn session(&self, _: usize) -> RedisSession<'_> {
        RedisSession::new(self, Link::open(&self.address))
    }

    /// Shows copies of what the server holds; of what is changed, views alone are
    /// written back: closing a week changes nothing else.
    fn visit_mut(&self, visit: &(dyn Fn(StateMut<'_>) + Sync)) {
        let mut link = self.link.lock();
        let found = find(&mut link);
        for ids in found.members.chunks(FETCHED) {
            self.visit_members(&mut link, ids, &found.marks, visit);
        }
        for ids in found.contents.chunks(FETCHED) {
            let mut pipeline = ::redis::pipe();
            for &id in ids {
                pipeline.cmd("HGETALL").arg(layout::content_key(id));
            }
            let counts: Vec<Counts> = link.ask(&pipeline);
            let mut changes = ::redis::pipe();
            for (&id, counts) in ids.iter().zip(&counts) {
                let mut content = layout::content_of(counts);
                let before = layout::views_of_content(&content);
                visit(StateMut::Content(id, &mut content));
                let now = layout::views_of_content(&content);
                layout::keep_views(&mut changes, &layout::content_key(id), &before, &now);
            }
            tell(&mut link, &changes);
        }
    }

    /// What the server uses beyond what it used while it was empty, buffers of
    /// connections among it, some tens of KiB each: it says no more, so that
    /// all of it is called state.
    fn memory(&self) -> MemoryUse {
        let used = self.link.lock().used_memory();
        MemoryUse {
            state: used.saturating_sub(self.empty_bytes),
            ..MemoryUse::default()
        }
    }
}

impl RedisEngine {
    fn visit_members(
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
fn tell(link: &mut Link, pipeline: &::redis::Pipeline) {
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
fn find(link: &mut Link) -> Found {
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

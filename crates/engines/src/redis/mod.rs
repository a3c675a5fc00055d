//! The engine `redis`: the state in a Redis server, out of process, reached
//! over a socket by one connection a session; in the cargo feature `redis`.
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
mod engine;
mod layout;
mod server;
mod session;

pub use connection::check_address;
pub use engine::RedisEngine;
pub use server::PrivateServer;
pub use session::RedisSession;

use parking_lot::Mutex;

use connection::{Lease, Link};
use engine::{FETCHED, find, tell};
use layout::Counts;
use notibench_core::engine::{Engine, EngineConfig, EngineInfo, Freshness, MemoryUse, Role};
use notibench_core::state::StateMut;

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

#[cfg(test)]
mod tests;

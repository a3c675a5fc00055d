//! An engine of one's own, outside the library: one lock around two maps. Run
//! it like the command itself, which now knows one engine more:
//! `cargo run --release --example custom_engine -- verify workloads/smoke/pair.toml`.

use std::{collections::HashMap, process::ExitCode, sync::Mutex};

use notibench::engine::read::{Answer, answer_read};
use notibench::engine::snapshot::StateRef;
use notibench::engine::state::{Content, Member, MemberUpdate, for_each_update};
use notibench::engine::{Engine, EngineConfig, EngineInfo, Freshness, MemoryUse, Role, Session};
use notibench::event::{Event, Read};
use notibench::harness::Contender;

struct OneLock(Mutex<(HashMap<u64, Member>, HashMap<u64, Content>)>, usize);

impl Engine for OneLock {
    const INFO: EngineInfo = EngineInfo {
        name: "one-lock",
        role: Role::Engine,
        freshness: Freshness::Immediate,
        about: "the standard library's map behind one lock: simple; gives up all concurrency",
    };
    type Session<'engine> = &'engine Self;
    fn build(config: &EngineConfig) -> Self {
        Self(Mutex::default(), config.inbox_capacity)
    }
    fn session(&self, _worker: usize) -> &Self {
        self
    }
    fn visit(&self, visit: &(dyn Fn(StateRef<'_>) + Sync)) {
        let (members, contents) = &*self.0.lock().unwrap();
        for (id, state) in members {
            visit(StateRef::Member(*id, state));
        }
        for (id, state) in contents {
            visit(StateRef::Content(*id, state));
        }
    }
    fn memory(&self) -> MemoryUse {
        let (members, contents) = &*self.0.lock().unwrap();
        let mut used = MemoryUse::default();
        used.state += (size_of::<Content>() * contents.len()) as u64;
        for member in members.values() {
            used.state += size_of::<Member>() as u64 + member.heap_bytes().0;
        }
        used
    }
}

impl Session for &OneLock {
    fn ingest(&mut self, batch: &[Event]) {
        let (members, contents) = &mut *self.0.lock().unwrap();
        for event in batch {
            let member = |update: MemberUpdate| {
                let state = members.entry(update.member).or_default();
                state.apply(&update, self.1);
            };
            for_each_update(event, member, |update| {
                contents.entry(update.content).or_default().apply(&update);
            });
        }
    }
    fn read(&mut self, reads: &[Read], sink: &mut impl FnMut(usize, &Answer)) {
        let (members, contents) = &*self.0.lock().unwrap();
        for (at, read) in reads.iter().enumerate() {
            let member = |id, look: &mut dyn FnMut(Option<&Member>)| look(members.get(&id));
            let answer = answer_read(read, member, |id, look| look(contents.get(&id)));
            sink(at, &answer);
        }
    }
    fn finish(self) {}
}

fn main() -> ExitCode {
    notibench::cli::main_with(&[Contender::of::<OneLock>()])
}

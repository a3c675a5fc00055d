//! An engine of one's own, outside the library: one lock around two maps. Run
//! it like the command itself, which now knows one engine more:
//! `cargo run --release --example custom_engine -- verify workloads/smoke/from_zero.toml`.

use std::{collections::HashMap, process::ExitCode, sync::Mutex};

use notibench_core::engine::{Engine, EngineConfig, EngineInfo, Freshness, Role, Session};
use notibench_core::event::{Event, Read};
use notibench_core::read::{Answer, answer_read};
use notibench_core::state::StateMut;
use notibench_core::state::{Content, Member, MemberUpdate, for_each_update};
use notibench_harness::Contender;

struct OneLock {
    maps: Mutex<(HashMap<u64, Member>, HashMap<u64, Content>)>,
    config: EngineConfig,
}

struct OneLockSession<'engine>(&'engine OneLock);

impl Engine for OneLock {
    const INFO: EngineInfo = EngineInfo {
        name: "one-lock",
        role: Role::Engine,
        freshness: Freshness::Immediate,
        about: "the standard library's map behind one lock: simple; gives up all concurrency",
    };
    type Session<'engine> = OneLockSession<'engine>;
    fn build(config: &EngineConfig) -> Self {
        Self {
            maps: Mutex::default(),
            config: config.clone(),
        }
    }
    fn session(&self, _worker: usize) -> OneLockSession<'_> {
        OneLockSession(self)
    }
    fn visit_mut(&self, visit: &(dyn Fn(StateMut<'_>) + Sync)) {
        let (members, contents) = &mut *self.maps.lock().unwrap();
        members
            .iter_mut()
            .for_each(|(id, state)| visit(StateMut::Member(*id, state)));
        contents
            .iter_mut()
            .for_each(|(id, state)| visit(StateMut::Content(*id, state)));
    }
}

impl Session for OneLockSession<'_> {
    fn ingest(&mut self, batch: &[Event]) {
        let (members, contents) = &mut *self.0.maps.lock().unwrap();
        for event in batch {
            let member = |update: MemberUpdate| {
                let state = members.entry(update.member).or_default();
                state.apply(&update, self.0.config.inbox_capacity);
            };
            for_each_update(event, member, |update| {
                contents.entry(update.content).or_default().apply(&update);
            });
        }
    }
    fn read(&mut self, reads: &[Read], sink: &mut impl FnMut(usize, &Answer)) {
        let (members, contents) = &*self.0.maps.lock().unwrap();
        for (at, read) in reads.iter().enumerate() {
            let member = |id, look: &mut dyn FnMut(Option<&Member>)| look(members.get(&id));
            let content = |id, look: &mut dyn FnMut(Option<&Content>)| look(contents.get(&id));
            sink(
                at,
                &answer_read(read, &self.0.config.views, member, content),
            );
        }
    }
    fn finish(self) {}
}

fn main() -> ExitCode {
    notibench::main_with(&[Contender::of::<OneLock>()])
}

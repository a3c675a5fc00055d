//! An engine behind a pointer, for what is not timed: proofs, walks and the
//! close of an epoch are compiled once, and not for each engine.

use super::{Admitting, open_session};
use crate::engine::{Engine, EngineInfo, MemoryUse, Session};
use crate::event::{Event, Read};
use crate::read::Answer;
use crate::state::{StateMut, StateRef};
use crate::viewing::Views;

/// An [`Engine`] of any type.
pub trait AnyEngine: Send + Sync {
    /// What is known of it.
    fn info(&self) -> &'static EngineInfo;

    /// The session of that worker, with what admits its events before it. It
    /// stays on the thread that opens it.
    fn open(&self, views: &Views, worker: usize) -> Box<dyn AnySession + '_>;

    /// As [`Engine::visit_mut`].
    fn visit_states_mut(&self, visit: &(dyn Fn(StateMut<'_>) + Sync));

    /// As [`Engine::visit`].
    fn visit_states(&self, visit: &(dyn Fn(StateRef<'_>) + Sync));

    /// As [`Engine::memory`].
    fn memory_use(&self) -> MemoryUse;
}

/// A [`Session`] of any type.
pub trait AnySession {
    /// As [`Session::ingest`].
    fn ingest(&mut self, batch: &[Event]);

    /// As [`Session::read`].
    fn read(&mut self, reads: &[Read], sink: &mut dyn FnMut(usize, &Answer));

    /// As [`Session::finish`].
    fn finish(self: Box<Self>);
}

impl<E: Engine> AnyEngine for E {
    fn info(&self) -> &'static EngineInfo {
        &E::INFO
    }

    fn open(&self, views: &Views, worker: usize) -> Box<dyn AnySession + '_> {
        Box::new(open_session(self, views, worker))
    }

    fn visit_states_mut(&self, visit: &(dyn Fn(StateMut<'_>) + Sync)) {
        self.visit_mut(visit);
    }

    fn visit_states(&self, visit: &(dyn Fn(StateRef<'_>) + Sync)) {
        self.visit(visit);
    }

    fn memory_use(&self) -> MemoryUse {
        self.memory()
    }
}

impl<S: Session> AnySession for Admitting<S> {
    fn ingest(&mut self, batch: &[Event]) {
        Session::ingest(self, batch);
    }

    fn read(&mut self, reads: &[Read], mut sink: &mut dyn FnMut(usize, &Answer)) {
        Session::read(self, reads, &mut sink);
    }

    fn finish(self: Box<Self>) {
        Session::finish(*self);
    }
}

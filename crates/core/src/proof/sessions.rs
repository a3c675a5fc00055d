//! Sessions of an engine, each driven on a thread of its own, since an engine
//! may need all its sessions at work at once.

use std::thread;

use crate::admission::{Admitting, AnyEngine, open_session};
use crate::engine::{Engine, EngineConfig, StopFlag};
use crate::event::Event;

/// Folds `events` in batches of `batch`, dealt in turn to one session a
/// thread, and finishes the sessions.
///
/// # Errors
/// Where a session panics: its message.
///
/// # Panics
/// Where `batch` is 0.
pub fn fold_on_threads(
    engine: &dyn AnyEngine,
    config: &EngineConfig,
    events: &[Event],
    batch: usize,
) -> Result<(), String> {
    on_threads(config, &|worker| {
        let mut session = engine.open(&config.views, worker);
        for share in events.chunks(batch).skip(worker).step_by(config.threads) {
            session.ingest(share);
        }
        session.finish();
        Ok(())
    })
}

/// Opens every session of an engine on a thread of its own and gives it to
/// `work`; the error of the lowest worker that has one.
pub fn on_every_session<E: Engine>(
    engine: &E,
    config: &EngineConfig,
    work: impl Fn(usize, Admitting<E::Session<'_>>) -> Result<(), String> + Sync,
) -> Result<(), String> {
    on_threads(config, &|worker| {
        work(worker, open_session(engine, &config.views, worker))
    })
}

/// Calls `work` on a thread for each worker; the error of the lowest worker that
/// has one, or its panic.
pub(super) fn on_threads(
    config: &EngineConfig,
    work: &(dyn Fn(usize) -> Result<(), String> + Sync),
) -> Result<(), String> {
    thread::scope(|scope| {
        let spawn = |worker| {
            scope.spawn(move || {
                let _stop = StopOnPanic(&config.stop);
                work(worker)
            })
        };
        let workers: Vec<_> = (0..config.threads).map(spawn).collect();
        let mut verdict = Ok(());
        for (worker, handle) in workers.into_iter().enumerate() {
            let said = handle
                .join()
                .unwrap_or_else(|panic| Err(panic_words(worker, &*panic)));
            verdict = verdict.and(said);
        }
        verdict
    })
}

pub(super) fn panic_words(worker: usize, panic: &(dyn std::any::Any + Send)) -> String {
    let message = panic.downcast_ref::<&str>().copied();
    let message = message.or_else(|| panic.downcast_ref::<String>().map(String::as_str));
    format!(
        "session {worker} panicked: {}",
        message.unwrap_or("it gave no message")
    )
}

/// Lets the other sessions give up their waits when this one panics.
struct StopOnPanic<'a>(&'a StopFlag);

impl Drop for StopOnPanic<'_> {
    fn drop(&mut self) {
        if thread::panicking() {
            self.0.set();
        }
    }
}

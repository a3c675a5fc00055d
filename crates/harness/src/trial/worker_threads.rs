//! A trial's workers as threads: opened, let go together, waited for. A worker
//! that panics ends the trial, and the process where the others can't be
//! stopped.

use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::mpsc;
use std::time::{Duration, Instant};

use crate::trial::call_board::{Call, CallBoard, CallWatch};
use crate::trial::error::TrialError;
use crate::trial::setup::{OnHang, TrialSetup};
use notibench_core::engine::StopFlag;
use notibench_core::unit::quantity::{counted, show_ns};
use parking_lot::Mutex;

/// How long workers may take to stop after another has panicked, or after an
/// interruption.
const GRACE: Duration = Duration::from_millis(1_200);

/// The workers of a trial, and how they are watched.
pub(crate) struct WorkerThreads<'a> {
    pub(crate) setup: &'a TrialSetup<'a>,
    /// Name of the engine that a worker drives, for errors.
    pub(crate) engine: &'a (dyn Fn(usize) -> String + Sync),
    /// Ends the trial: set on an interruption, a panic and a stall alike.
    pub(crate) stop: &'a StopFlag,
    /// How often it is looked whether all is well.
    pub(crate) tick: Duration,
    /// The calls in which the workers stand.
    pub(crate) calls: &'a CallBoard,
}

type Finished = (usize, Result<(), Box<dyn Any + Send>>);

impl WorkerThreads<'_> {
    /// Calls `work` on a thread for each worker: when it is ready, it calls what
    /// it is given, which returns when all are, after `at_start` on this thread.
    /// `at_tick` is called on this one while they work. Gives what `work` gave, in
    /// the order in which they ended.
    pub(crate) fn run<R: Send>(
        &self,
        work: &(dyn Fn(usize, &dyn Fn()) -> R + Sync),
        at_start: &mut dyn FnMut(),
        at_tick: &mut dyn FnMut(),
    ) -> Result<Vec<R>, TrialError> {
        let reports = Mutex::new(Vec::with_capacity(self.setup.threads));
        self.run_bodies(
            &|worker, started| {
                let report = work(worker, started);
                reports.lock().push(report);
            },
            at_start,
            at_tick,
        )?;
        Ok(reports.into_inner())
    }

    fn run_bodies(
        &self,
        body: &(dyn Fn(usize, &dyn Fn()) + Sync),
        at_start: &mut dyn FnMut(),
        at_tick: &mut dyn FnMut(),
    ) -> Result<(), TrialError> {
        let cores = if self.setup.pin {
            core_affinity::get_core_ids().unwrap_or_default()
        } else {
            vec![]
        };
        let threads = self.setup.threads;
        let (ready, go) = (AtomicUsize::new(0), AtomicBool::new(false));
        let (done, finished) = mpsc::channel();
        let mut watch = self.calls.watch();
        std::thread::scope(|scope| {
            for worker in 0..threads {
                let (ready, go, done) = (&ready, &go, done.clone());
                let (calls, stop) = (self.calls, self.stop);
                let core = cores.get(worker % cores.len().max(1)).copied();
                let on_thread = move || {
                    if let Some(core) = core {
                        core_affinity::set_for_current(core);
                    }
                    let result = catch_unwind(AssertUnwindSafe(|| {
                        calls.begin(worker, Call::Open);
                        body(worker, &|| {
                            calls.begin(worker, Call::None);
                            ready.fetch_add(1, Ordering::AcqRel);
                            while !go.load(Ordering::Acquire) && !stop.is_set() {
                                std::thread::yield_now();
                            }
                        });
                        calls.begin(worker, Call::None);
                    }));
                    if result.is_err() {
                        stop.set();
                    }
                    // the receiver outlives every worker
                    let _ = done.send((worker, result));
                };
                let builder = std::thread::Builder::new().name(format!("worker {worker}"));
                if let Err(error) = builder.spawn_scoped(scope, on_thread) {
                    // those that wait for the start give up
                    self.stop.set();
                    return Err(TrialError::NoThread {
                        worker,
                        workers: threads,
                        why: error.to_string(),
                    });
                }
            }
            while ready.load(Ordering::Acquire) < threads && !self.stop.is_set() {
                if self.setup.stop.is_set() || self.stalled(&mut watch).is_some() {
                    self.stop.set();
                }
                std::thread::yield_now();
            }
            at_start();
            go.store(true, Ordering::Release);
            self.collect(&finished, &mut watch, at_tick)
        })
    }

    /// Why the trial is given up, where its workers stand in calls that do not
    /// end.
    fn stalled(&self, watch: &mut CallWatch<'_>) -> Option<TrialError> {
        let after = self.setup.on_hang.after.unwrap_or(OnHang::USUAL);
        watch.stalled(after).map(|calls| TrialError::Stalled {
            engine: (self.engine)(calls.worker()),
            calls: calls.to_string(),
            after: show_ns(after.as_nanos() as f64),
        })
    }

    /// Waits for every worker; passes an interruption on, and gives up on
    /// workers that don't stop after another has panicked.
    fn collect(
        &self,
        finished: &mpsc::Receiver<Finished>,
        watch: &mut CallWatch<'_>,
        at_tick: &mut dyn FnMut(),
    ) -> Result<(), TrialError> {
        let mut failure: Option<TrialError> = None;
        let mut left = self.setup.threads;
        let mut failed_at = Instant::now();
        let mut interrupted_at = None;
        while left > 0 {
            match finished.recv_timeout(self.tick) {
                Ok((_, Ok(()))) => left -= 1,
                Ok((worker, Err(payload))) => {
                    left -= 1;
                    failure.get_or_insert_with(|| {
                        failed_at = Instant::now();
                        TrialError::Panicked {
                            engine: (self.engine)(worker),
                            worker,
                            message: message_of(payload.as_ref()),
                        }
                    });
                }
                Err(mpsc::RecvTimeoutError::Timeout) => {
                    at_tick();
                    if failure.is_none() {
                        failure = self.stalled(watch);
                        if failure.is_some() {
                            self.stop.set();
                            failed_at = Instant::now();
                        }
                    }
                    if self.setup.stop.is_set() {
                        self.stop.set();
                        let at: &mut Instant = interrupted_at.get_or_insert_with(Instant::now);
                        if at.elapsed() > GRACE {
                            (self.setup.on_hang.end)(&format!(
                                "engine `{}`: {left} of {} did not stop within {} ms of \
                                 the interruption",
                                (self.engine)(0),
                                counted(self.setup.threads, "worker"),
                                GRACE.as_millis()
                            ));
                        }
                    }
                    if let Some(failure) = &failure {
                        // a machine under load makes a tick longer than it is
                        if failed_at.elapsed() > GRACE {
                            (self.setup.on_hang.end)(&format!(
                                "{failure}\nanother worker did not stop"
                            ));
                        }
                    }
                }
                Err(mpsc::RecvTimeoutError::Disconnected) => break,
            }
        }
        failure.map_or(Ok(()), Err)
    }
}

/// What a panic said.
pub(crate) fn message_of(payload: &(dyn Any + Send)) -> String {
    let text = payload.downcast_ref::<&str>().map(ToString::to_string);
    text.or_else(|| payload.downcast_ref::<String>().cloned())
        .unwrap_or_else(|| "without a message".to_owned())
}

#[cfg(test)]
#[path = "worker_threads_tests.rs"]
mod tests;

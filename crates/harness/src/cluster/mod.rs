//! Trials that several processes make together: process 0 leads, proves and
//! records; each other makes its share of the stream whenever it is told to. In
//! the cargo feature `cluster`.

mod clocks;
mod frame;
mod join;
mod mesh;
mod part;

#[cfg(test)]
mod tests;

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use parking_lot::Mutex;

use super::contender::{ClusterTrials, Contender};
use crate::proof::expectation::Expectation;
use crate::proof::inspect::{Finding, Proved, accounts, explained};
use crate::run::request::{RunRequest, setup_of};
use crate::trial::answers::{AnswerLog, AnswerSample};
use crate::trial::error::TrialError;
use crate::trial::outcome::TrialOutcome;
use crate::trial::run::run_trial;
use crate::trial::setup::TrialSetup;
use crate::trial::share::Share;
use crate::trial::source::Source;
use clocks::Behind;
pub use frame::Agreement;
use frame::Message;
use join::share_of;
pub use join::{ClusterError, ClusterOptions};
use mesh::{Fault, Link, Mesh};
use notibench_core::engine::links::Links;
use notibench_core::engine::{Engine as _, EngineConfig, StopFlag};
use notibench_core::unit::quantity::counted;
use notibench_engines::partitioned::timely::TimelyEngine;
use notibench_record::{ExchangeNote, Pass, Plan};
use notibench_workload::generator::{Generator, ReadStream};
use part::Part;

/// How much later than a worker a link may notice that a process has gone.
const NOTICE: Duration = Duration::from_millis(500);

/// Words of a message of what was logged, at most.
const LOGGED_WORDS: usize = 1 << 20;

/// What the processes of a run must have in common.
#[must_use]
pub fn agreement(plan: &Plan, workload: &str) -> Agreement {
    let processes = plan.cluster.map_or(1, |cluster| cluster.processes);
    Agreement {
        processes,
        workload: workload.to_owned(),
        seed: plan.seed,
        events: plan.events,
        threads: plan.threads / processes,
        batch: plan.batch,
        little_endian: cfg!(target_endian = "little"),
    }
}

/// Process 0 of a cluster that has come together. Dropping it lets the others
/// end.
#[derive(Debug)]
pub struct Leader {
    mesh: Mesh,
    trials: AtomicU64,
}

impl Leader {
    /// Waits until all other processes have come. `is_lost` is asked meanwhile
    /// whether one of them can't come any more, and why.
    ///
    /// # Errors
    /// Where one does not come, or was started for another run; where `stop`
    /// is set.
    pub fn gather(
        options: &ClusterOptions,
        agreement: &Agreement,
        stop: &StopFlag,
        is_lost: &dyn Fn() -> Option<String>,
    ) -> Result<Self, ClusterError> {
        Ok(Self {
            mesh: join::lead(options, agreement, stop, is_lost)?,
            trials: AtomicU64::new(0),
        })
    }

    /// Connections that were closed since no process of this run was behind them.
    #[must_use]
    pub fn strays(&self) -> u64 {
        self.mesh.door.strays.load(Ordering::Relaxed)
    }

    /// Waits until every process is ready, then lets all go. Gives how far
    /// their clocks are behind.
    fn start_together(&self, zero: Instant) -> Vec<Behind> {
        let fault = &self.mesh.fault;
        let ready = |link: &Link| match link.next(fault)? {
            Message::Ready => clocks::compare(link, zero, fault),
            other => {
                link.confused(&other, fault);
                None
            }
        };
        let clocks: Option<Vec<Behind>> = self.mesh.links.iter().map(ready).collect();
        if clocks.is_some() {
            self.mesh.tell_all(&Message::Go);
        }
        clocks.unwrap_or_default()
    }

    /// Adds what the other processes measured; `clocks` is how far theirs were
    /// behind before the trial.
    fn add_parts(
        &self,
        outcome: &mut TrialOutcome,
        zero: Instant,
        clocks: &[Behind],
    ) -> Result<(), TrialError> {
        let fault = &self.mesh.fault;
        let ended = || cause(fault, TrialError::Interrupted);
        let garbled = |what: &str| TrialError::Cluster(format!("a process' part: {what}"));
        if clocks.len() < self.mesh.links.len() {
            return Err(ended());
        }
        for (link, before) in self.mesh.links.iter().zip(clocks) {
            let mut logs: Vec<Vec<u64>> = Vec::new();
            let part = loop {
                match link.next(fault).ok_or_else(ended)? {
                    Message::Logged { worker, words } if worker < outcome.workers.len() => {
                        logs.resize(logs.len().max(worker + 1), Vec::new());
                        logs[worker].extend(words);
                    }
                    Message::Part(part) => break part,
                    other => {
                        link.confused(&other, fault);
                        return Err(ended());
                    }
                }
            };
            let after = clocks::compare(link, zero, fault).ok_or_else(ended)?;
            let behind = before.until(after);
            for words in logs {
                let log = AnswerLog::from_words(&words, [behind.least, behind.most]);
                let log = log.ok_or_else(|| garbled("what a worker logged is cut short"))?;
                outcome.logs.push(log);
            }
            part.add_to(outcome).map_err(|what| garbled(&what))?;
        }
        Ok(())
    }
}

impl Contender {
    /// The same, its trials made by several processes.
    #[must_use]
    pub fn spread(&self, leader: Arc<Leader>) -> Self {
        self.with_trials_by(leader)
    }
}

impl ClusterTrials for Leader {
    fn trial(
        &self,
        setup: &TrialSetup<'_>,
        expected: Option<&Expectation<'_>>,
    ) -> Result<Proved, TrialError> {
        let number = self.trials.fetch_add(1, Ordering::Relaxed);
        if let Some(sample) = setup.source.sample().filter(|_| number == 0) {
            let reads = sample.reads().to_vec();
            self.mesh.tell_all(&Message::Sample { reads });
        }
        self.mesh.tell_all(&Message::Trial { number });
        let (zero, clocks) = (Instant::now(), Mutex::default());
        let gate = || *clocks.lock() = self.start_together(zero);
        let (mut outcome, ours) = run_share(&self.mesh, setup, number, (zero, &gate))
            .map_err(|error| cause(&self.mesh.fault, error))?;
        outcome.exchange = Some(ours);
        self.add_parts(&mut outcome, zero, &clocks.lock())?;
        let finding = inspect(setup, &outcome, expected);
        Ok((outcome, finding))
    }

    fn broken(&self) -> Option<String> {
        self.mesh.fault.words().cloned()
    }
}

/// What a trial's error comes to. Where a process goes, timely dataflow panics
/// in the others' workers, maybe before the link to it has noticed.
fn cause(fault: &Fault, error: TrialError) -> TrialError {
    let deadline = Instant::now() + NOTICE;
    while error != TrialError::Interrupted && !fault.is_stopped() && Instant::now() < deadline {
        thread::sleep(mesh::TICK);
    }
    match fault.words() {
        Some(words) => TrialError::Cluster(words.clone()),
        None if fault.is_stopped() => TrialError::Interrupted,
        None => error,
    }
}

/// One process' part of a trial; `setup.threads` are all processes' workers.
fn run_share(
    mesh: &Mesh,
    setup: &TrialSetup<'_>,
    number: u64,
    (zero, gate): (Instant, &(dyn Fn() + Sync)),
) -> Result<(TrialOutcome, ExchangeNote), TrialError> {
    let sockets = mesh.sockets(number).ok_or(TrialError::Interrupted)?;
    let processes = mesh.hosts.len();
    let links = Arc::new(Links::new(mesh.process, sockets));
    let share = Share {
        range: share_of(mesh.process, processes, setup.source.events()),
        links: Arc::clone(&links),
        zero,
        gate,
    };
    let setup = TrialSetup {
        threads: setup.threads / processes,
        share: Some(&share),
        ..*setup
    };
    run_trial::<TimelyEngine, _>(&setup, |engine| {
        let [updates, updates_away] = engine.sent_updates();
        ExchangeNote {
            updates,
            updates_away,
            bytes_away: 0,
        }
    })
    .map(|(outcome, exchange)| {
        // counted to the end: the connections are closed now
        let bytes_away = links.sent_bytes.load(Ordering::Relaxed);
        (
            outcome,
            ExchangeNote {
                bytes_away,
                ..exchange
            },
        )
    })
}

/// Holds what all processes came to together against the oracle, and the answers
/// that all their workers logged against the calls of all.
fn inspect(
    setup: &TrialSetup<'_>,
    outcome: &TrialOutcome,
    expected: Option<&Expectation<'_>>,
) -> Finding {
    let accounted = accounts(outcome, Pass::Fresh);
    let Some(expected) = expected else {
        return Finding {
            wrong: accounted.err(),
            ..Finding::default()
        };
    };
    let (found, oracle) = (&outcome.snapshot, &expected.fresh.snapshot);
    let checks = || {
        if outcome.counts.digest != expected.events_digest {
            return Err(format!(
                "the events ingested by all processes have digest {}, the generator's {}",
                outcome.counts.digest, expected.events_digest
            ));
        }
        if found != oracle {
            return Err(format!(
                "all processes together hold {} and {} of digest {}, should be \
                 {} and {} of {}; the engine in one process shows the first difference",
                counted(found.members, "member"),
                counted(found.contents, "content"),
                found.digest,
                oracle.members,
                oracle.contents,
                oracle.digest
            ));
        }
        accounted?;
        let mut config = EngineConfig::new(setup.threads);
        config.views = setup.source.views().afresh();
        config.inbox_capacity = setup.inbox_capacity;
        let freshness = TimelyEngine::INFO.freshness;
        explained(freshness, &config, outcome, expected, Pass::Fresh)
    };
    let checked = checks();
    Finding {
        explained: checked.as_ref().copied().unwrap_or_default(),
        wrong: checked.err(),
        checked: true,
        ..Finding::default()
    }
}

/// Another process than 0: makes its share of every trial until process 0
/// says that it was the last. Gives the number of trials.
///
/// # Errors
/// Where process 0 does not answer, refuses, or ends early; where `stop` is
/// set.
pub fn follow(
    request: &RunRequest<'_>,
    options: &ClusterOptions,
    told: &mut dyn FnMut(&str),
) -> Result<u64, ClusterError> {
    let plan = &request.plan;
    let share = share_of(options.process, options.hosts.len(), plan.events);
    let generator = Generator::new(request.workload, plan.seed);
    let mesh = join::join(options, &agreement(plan, &request.toml), &request.stop)?;
    told("joined process 0; generating this process' share of the stream");
    let reads = ReadStream::new(request.workload, plan.seed);
    let source = Source::part(generator, reads, share, plan.events, plan.inline);
    let mut source = source.counted(request.views.clone());
    let link = &mesh.links[0];
    let (mut trials, mut zero) = (0, Instant::now());
    loop {
        match link.next(&mesh.fault) {
            Some(Message::Sample { reads }) => {
                let sample = Arc::new(AnswerSample::to_log(reads));
                source = source.with_sample(Some(sample));
            }
            Some(Message::Trial { number }) => {
                zero = Instant::now();
                make_share(&mesh, &setup_of(request, &source), number, zero)?;
                trials += 1;
            }
            Some(Message::Clock { .. }) => clocks::tell(link, zero),
            Some(Message::End) => return Ok(trials),
            Some(other) => link.confused(&other, &mesh.fault),
            None => return Err(ClusterError::of(&mesh.fault)),
        }
    }
}

/// Makes this process' share of a trial, and says what came of it.
fn make_share(
    mesh: &Mesh,
    setup: &TrialSetup<'_>,
    number: u64,
    zero: Instant,
) -> Result<(), ClusterError> {
    let link = &mesh.links[0];
    let gate = || {
        link.tell(&Message::Ready);
        loop {
            match link.next(&mesh.fault) {
                Some(Message::Clock { .. }) => clocks::tell(link, zero),
                Some(Message::Go) | None => return,
                Some(other) => return link.confused(&other, &mesh.fault),
            }
        }
    };
    match run_share(mesh, setup, number, (zero, &gate)) {
        Ok((outcome, exchange)) => {
            for (worker, log) in outcome.logs.iter().enumerate() {
                for words in log.to_words().chunks(LOGGED_WORDS) {
                    let words = words.to_vec();
                    link.tell(&Message::Logged { worker, words });
                }
            }
            link.tell(&Message::Part(Box::new(Part::of(&outcome, exchange))));
            Ok(())
        }
        Err(error) => {
            let error = match cause(&mesh.fault, error) {
                TrialError::Interrupted => ClusterError::Interrupted,
                other => ClusterError::Broken(other.to_string()),
            };
            // an interruption is told where the mesh goes
            if let ClusterError::Broken(why) = &error {
                link.tell(&Message::Failed { why: why.clone() });
            }
            Err(error)
        }
    }
}

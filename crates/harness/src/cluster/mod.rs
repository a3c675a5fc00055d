//! Trials that several processes make together: process 0 leads, proves and
//! records; each other makes its share of the stream whenever it is told to. In
//! the cargo feature `cluster`.

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

use super::contender::{ClusterTrials, Contender};
use crate::proof::expectation::Expectation;
use crate::proof::inspect::{Finding, Proved, accounts};
use crate::run::request::{RunRequest, setup_of};
use crate::trial::error::TrialError;
use crate::trial::outcome::TrialOutcome;
use crate::trial::run::run_trial;
use crate::trial::setup::TrialSetup;
use crate::trial::share::Share;
use crate::trial::source::Source;
pub use frame::Agreement;
use frame::Message;
use join::share_of;
pub use join::{ClusterError, ClusterOptions};
use mesh::{Fault, Mesh};
use notibench_core::engine::StopFlag;
use notibench_core::engine::links::Links;
use notibench_core::unit::quantity::counted;
use notibench_engines::partitioned::timely::TimelyEngine;
use notibench_record::{ExchangeNote, Pass, Plan};
use notibench_workload::generator::{Generator, ReadStream};
use part::Part;

/// How much later than a worker a link may notice that a process has gone.
const NOTICE: Duration = Duration::from_millis(500);

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

    /// Waits until every process is ready, then lets all go.
    fn start_together(&self) {
        for link in &self.mesh.links {
            match link.next(&self.mesh.fault) {
                Some(Message::Ready) => {}
                Some(other) => link.confused(&other, &self.mesh.fault),
                None => return,
            }
        }
        self.mesh.tell_all(&Message::Go);
    }

    fn parts(&self) -> Result<Vec<Part>, TrialError> {
        let part_of = |link: &mesh::Link| match link.next(&self.mesh.fault) {
            Some(Message::Part(part)) => Ok(*part),
            Some(other) => {
                link.confused(&other, &self.mesh.fault);
                Err(cause(&self.mesh.fault, TrialError::Interrupted))
            }
            None => Err(cause(&self.mesh.fault, TrialError::Interrupted)),
        };
        self.mesh.links.iter().map(part_of).collect()
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
        self.mesh.tell_all(&Message::Trial { number });
        let gate = || self.start_together();
        let (mut outcome, ours) = run_share(&self.mesh, setup, number, &gate)
            .map_err(|error| cause(&self.mesh.fault, error))?;
        outcome.exchange = Some(ours);
        for part in self.parts()? {
            part.add_to(&mut outcome)
                .map_err(|what| TrialError::Cluster(format!("a process' part: {what}")))?;
        }
        let finding = inspect(&outcome, expected);
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
    gate: &(dyn Fn() + Sync),
) -> Result<(TrialOutcome, ExchangeNote), TrialError> {
    let sockets = mesh.sockets(number).ok_or(TrialError::Interrupted)?;
    let processes = mesh.hosts.len();
    let links = Arc::new(Links::new(mesh.process, sockets));
    let share = Share {
        range: share_of(mesh.process, processes, setup.source.events()),
        links: Arc::clone(&links),
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

/// Holds what all processes came to together against the oracle.
fn inspect(outcome: &TrialOutcome, expected: Option<&Expectation<'_>>) -> Finding {
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
        accounted
    };
    Finding {
        wrong: checks().err(),
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
    let source = source.counted(request.views.clone());
    let setup = setup_of(request, &source);
    let link = &mesh.links[0];
    let mut trials = 0;
    loop {
        let message = link.next(&mesh.fault);
        match message {
            Some(Message::Trial { number }) => {
                let gate = || {
                    link.tell(&Message::Ready);
                    if let Some(other) = link.next(&mesh.fault)
                        && !matches!(other, Message::Go)
                    {
                        link.confused(&other, &mesh.fault);
                    }
                };
                match run_share(&mesh, &setup, number, &gate) {
                    Ok((outcome, exchange)) => {
                        trials += 1;
                        link.tell(&Message::Part(Box::new(Part::of(&outcome, exchange))));
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
                        return Err(error);
                    }
                }
            }
            Some(Message::End) => return Ok(trials),
            Some(other) => link.confused(&other, &mesh.fault),
            None => return Err(ClusterError::of(&mesh.fault)),
        }
    }
}

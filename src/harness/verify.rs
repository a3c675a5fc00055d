//! `verify`: engines against the oracle at several numbers of threads, and
//! their declared freshness, without figures. Imports its siblings.

use super::contender::Contender;
use super::proof::Expectation;
use super::source::{Source, TraceStream};
use super::trial::{TrialError, TrialSetup};
use super::watch::Observer;
use super::weeks::views_of;
use crate::engine::state::INBOX_CAPACITY;
use crate::engine::{Role, StopFlag};
use crate::generator::{Generator, ReadStream};
use crate::workload::Workload;

/// How a verification is made.
#[derive(Clone, Debug)]
pub struct VerifyOptions {
    /// Events of each workload.
    pub events: u64,
    /// Seed; the workload's unless told.
    pub seed: Option<u64>,
    /// Numbers of threads.
    pub threads: Vec<usize>,
    /// Events of one ingest call.
    pub batch: usize,
    /// Events of the prefix on which freshness is checked.
    pub freshness_events: u64,
    /// Set on an interruption.
    pub stop: StopFlag,
    /// Called where a worker can't be stopped, after another's panic or an
    /// interruption.
    pub on_hang: fn(&str),
}

/// One engine that is not right.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VerifyFailure {
    /// Which.
    pub engine: String,
    /// On what.
    pub workload: String,
    /// With how many threads.
    pub threads: usize,
    /// The first difference, in words.
    pub words: String,
}

/// Verifies every contender on one workload; gives the failures and the
/// number of snapshots compared.
///
/// # Errors
/// A worker's panic, or an interruption.
pub fn verify(
    workload: &Workload,
    contenders: &[Contender],
    options: &VerifyOptions,
    observer: &mut dyn Observer,
) -> Result<(Vec<VerifyFailure>, u64), TrialError> {
    let seed = options.seed.unwrap_or(workload.seed);
    let source = Source::new(
        Generator::new(workload, seed),
        ReadStream::new(workload, seed),
        options.events,
        false,
    )
    .counted(views_of(workload).map_err(TrialError::NoRandomKey)?);
    verify_source(&workload.name, &source, contenders, options, observer)
}

/// Verifies every contender on a trace, like [`verify`].
///
/// # Errors
/// A worker's panic, or an interruption.
pub fn verify_trace(
    trace: &TraceStream,
    contenders: &[Contender],
    options: &VerifyOptions,
    observer: &mut dyn Observer,
) -> Result<(Vec<VerifyFailure>, u64), TrialError> {
    let source = Source::of_trace(trace);
    verify_source(&trace.note.path, &source, contenders, options, observer)
}

fn verify_source(
    name: &str,
    source: &Source,
    contenders: &[Contender],
    options: &VerifyOptions,
    observer: &mut dyn Observer,
) -> Result<(Vec<VerifyFailure>, u64), TrialError> {
    observer.stage(name);
    let expected = Expectation::of(source, INBOX_CAPACITY, false, &options.stop);
    let expected = expected.ok_or(TrialError::Interrupted)?;
    let mut failures = Vec::new();
    let mut compared = 0;
    let total = contenders.len() * options.threads.len();
    for (at, contender) in contenders.iter().enumerate() {
        for (step, &threads) in options.threads.iter().enumerate() {
            observer.turn(at * options.threads.len() + step, total, &contender.name);
            let setup = TrialSetup {
                source,
                threads,
                batch: options.batch,
                pin: false,
                perf: false,
                inbox_capacity: INBOX_CAPACITY,
                external: None,
                open_loop: None,
                share: None,
                watcher: None,
                stop: &options.stop,
                on_hang: options.on_hang,
            };
            let (outcome, finding) = contender.trial(&setup, Some(&expected))?;
            compared += u64::from(finding.checked);
            let conserved = (outcome.tally.events == source.events()).then_some(());
            let lost = || {
                format!(
                    "{} of {} events arrived",
                    outcome.tally.events,
                    source.events()
                )
            };
            let fresh = if step == 0 && contender.info.role != Role::Probe {
                contender.check_freshness(&setup, options.freshness_events)
            } else {
                Ok(())
            };
            let fresh = fresh.map_err(|words| {
                format!(
                    "its reads are not {}: {words}",
                    contender.info.freshness.name()
                )
            });
            let verdict = conserved
                .ok_or_else(lost)
                .and(finding.wrong.map_or(Ok(()), Err))
                .and(fresh);
            if let Err(words) = verdict {
                failures.push(VerifyFailure {
                    engine: contender.name.clone(),
                    workload: name.to_owned(),
                    threads,
                    words,
                });
            }
        }
    }
    Ok((failures, compared))
}

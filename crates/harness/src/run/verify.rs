//! `verify`: engines against the oracle at several numbers of threads, and
//! their declared freshness, without figures.

use crate::contender::Contender;
use crate::plan::views::views_of;
use crate::proof::expectation::Expectation;
use crate::trial::answers::sampled;
use crate::trial::error::TrialError;
use crate::trial::setup::OnHang;
use crate::trial::setup::TrialSetup;
use crate::trial::source::Source;
use crate::trial::trace_stream::TraceStream;
use crate::trial::watch::Observer;
use notibench_core::engine::{Role, StopFlag};
use notibench_core::proof::explained::Explained;
use notibench_core::state::INBOX_CAPACITY;
use notibench_core::unit::quantity::counted;
use notibench_record::WorkerStamp;
use notibench_workload::Workload;
use notibench_workload::generator::{Generator, ReadStream};

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
    pub on_hang: OnHang,
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

/// What a verification found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Verified {
    /// Engines that are not right.
    pub failures: Vec<VerifyFailure>,
    /// Snapshots compared.
    pub compared: u64,
    /// Answers under load that were checked against what had been written.
    pub answers: Explained,
    /// Trials with several workers.
    pub with_threads: u64,
    /// Of those, trials in which no two workers ingested at one time.
    pub one_by_one: u64,
}

/// Verifies every contender on one workload.
///
/// # Errors
/// A worker's panic, or an interruption.
pub fn verify(
    workload: &Workload,
    contenders: &[Contender],
    options: &VerifyOptions,
    observer: &mut dyn Observer,
) -> Result<Verified, TrialError> {
    let seed = options.seed.unwrap_or(workload.seed);
    let source = Source::new(
        Generator::new(workload, seed),
        ReadStream::new(workload, seed),
        options.events,
        false,
    )
    .counted(views_of(workload).map_err(TrialError::NoRandomKey)?);
    let source = sampled(source, seed);
    verify_source(&workload.name, &source, contenders, options, observer)
}

/// Verifies every contender on a trace, like [`verify`]; the reads beside it
/// are those of `workload`.
///
/// # Errors
/// A worker's panic, or an interruption.
pub fn verify_trace(
    workload: &Workload,
    trace: &TraceStream,
    contenders: &[Contender],
    options: &VerifyOptions,
    observer: &mut dyn Observer,
) -> Result<Verified, TrialError> {
    let seed = options.seed.unwrap_or(workload.seed);
    let source = sampled(
        Source::of_trace(trace, ReadStream::new(workload, seed)),
        seed,
    );
    verify_source(&trace.note.path, &source, contenders, options, observer)
}

fn verify_source(
    name: &str,
    source: &Source,
    contenders: &[Contender],
    options: &VerifyOptions,
    observer: &mut dyn Observer,
) -> Result<Verified, TrialError> {
    observer.stage(name);
    let expected = Expectation::of(source, INBOX_CAPACITY, false, &options.stop);
    let expected = expected.ok_or(TrialError::Interrupted)?;
    let mut verified = Verified::default();
    let total = contenders.len() * options.threads.len();
    for (at, contender) in contenders.iter().enumerate() {
        for (step, &threads) in options.threads.iter().enumerate() {
            observer.turn(at * options.threads.len() + step, total, &contender.name);
            let setup = TrialSetup::new(
                source,
                (threads, options.batch),
                &options.stop,
                options.on_hang,
            );
            let (outcome, finding) = contender.trial(&setup, Some(&expected))?;
            verified.compared += u64::from(finding.checked);
            verified.answers += finding.explained;
            verified.with_threads += u64::from(threads > 1);
            verified.one_by_one += u64::from(threads > 1 && !overlap(&outcome.workers));
            let (arrived, all) = (outcome.counts.events, source.events());
            let conserved = (arrived == all).then_some(());
            let lost = || format!("{arrived} of {} arrived", counted(all, "event"));
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
                verified.failures.push(VerifyFailure {
                    engine: contender.name.clone(),
                    workload: name.to_owned(),
                    threads,
                    words,
                });
            }
        }
    }
    Ok(verified)
}

/// Whether two workers that had events were at work at one time.
fn overlap(workers: &[WorkerStamp]) -> bool {
    let mut busy: Vec<&WorkerStamp> = workers.iter().filter(|w| w.events > 0).collect();
    busy.sort_unstable_by_key(|worker| worker.start_ns);
    busy.windows(2).any(|two| two[1].start_ns < two[0].end_ns)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn workers_overlap_where_one_starts_before_another_ends() {
        let worker = |start_ns, end_ns, events| WorkerStamp {
            start_ns,
            end_ns,
            events,
        };
        let [first, second] = [worker(10, 20, 5), worker(19, 30, 5)];
        assert!(overlap(&[second, first]));
        assert!(!overlap(&[first, worker(20, 30, 5)]));
        assert!(!overlap(&[first, worker(12, 14, 0)]), "it had no event");
        assert!(!overlap(&[first]) && !overlap(&[]));
    }
}

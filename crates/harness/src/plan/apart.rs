//! From what was asked of writers and readers apart to how many there are, and
//! how much of the stream fills the state before.

use crate::plan::error::PlanError;
use crate::plan::options::RunOptions;
use crate::plan::rounds::in_range;
use notibench_record::ApartPlan;
use notibench_workload::{ViewMode, Workload};

/// Of the stream's events one in so many fills the state, at its beginning.
const FILLED: u64 = 2;
/// Threads of a role at the most.
const MAX_THREADS: u64 = 1_024;
/// Events at the least: fewer leave no slices to compare.
const FEWEST_EVENTS: u64 = 64;

/// The roles that were asked for, of a stream of `events` events.
///
/// # Errors
/// What can't be had with them; numbers out of range.
pub(crate) fn apart_plan(
    options: &RunOptions,
    workload: &Workload,
    events: u64,
) -> Result<Option<ApartPlan>, PlanError> {
    let conflict = |words: String| Err(PlanError::Conflict(words));
    let (writers, readers) = match (options.apart.writers, options.apart.readers) {
        (None, None) => return Ok(None),
        (Some(writers), Some(readers)) => (writers as u64, readers as u64),
        (None, Some(readers)) => {
            return conflict(format!(
                "--readers {readers} asks what readers and writers cost each other, and no \
                 thread only writes: give --writers 1 beside it, or leave it out and let each of \
                 --threads do both"
            ));
        }
        (Some(writers), None) => {
            return conflict(format!(
                "--writers {writers} asks what readers and writers cost each other, and no \
                 thread only reads: give --readers 1 beside it, or leave it out and let each of \
                 --threads do both"
            ));
        }
    };
    unfit(options)?;
    let writers = in_range("--writers", writers, 1, MAX_THREADS)? as usize;
    let readers = in_range("--readers", readers, 0, MAX_THREADS)? as usize;
    in_range(
        "--writers and --readers together",
        (writers + readers) as u64,
        1,
        MAX_THREADS,
    )?;
    let name = &workload.name;
    if workload.anonymity.mode != ViewMode::Off {
        return conflict(format!(
            "--writers and --readers go on while a week is closed, and `{name}` closes weeks \
             while nothing else is done: take a workload whose [anonymity] is off"
        ));
    }
    if readers > 0 && workload.reads.per_event <= 0.0 {
        let fix = match options.recorded {
            Some(_) => "give --reads-per-event 1",
            None => "give it [reads], as workloads/steady_week.toml has, or take another workload",
        };
        return conflict(format!(
            "--readers {readers} ask the workload's reads, and `{name}` has none: {fix}"
        ));
    }
    if events < FEWEST_EVENTS {
        return Err(PlanError::OutOfRange {
            flag: "--events",
            value: events.to_string(),
            range: format!("{FEWEST_EVENTS} or more with --writers and --readers"),
        });
    }
    Ok(Some(ApartPlan {
        writers,
        readers,
        filled: events / FILLED,
    }))
}

/// Refuses what can't be had with roles apart.
fn unfit(options: &RunOptions) -> Result<(), PlanError> {
    let refused = [
        (
            "--threads",
            options.threads.is_some(),
            "its threads both write and read",
        ),
        (
            "--rate, or another flag of an open loop,",
            options.open_loop.is_asked(),
            "writers and readers apart go on as fast as they can",
        ),
        (
            "--warm",
            options.warm,
            "the stream's first half fills the state before anything is measured",
        ),
        (
            "--limits",
            options.limits || options.all,
            "the limit probes (and --all, which has them) answer no read",
        ),
        (
            "--perf",
            options.perf,
            "the processors' counters do not tell slices of one kind from another's",
        ),
        (
            "a cluster",
            options.cluster.is_some(),
            "its processes are asked nothing",
        ),
        (
            "--lock-step",
            options.lock_step.is_some(),
            "two builds are compared with threads that do both",
        ),
    ];
    match refused.into_iter().find(|(_, is_asked, _)| *is_asked) {
        None => Ok(()),
        Some((flag, _, why)) => Err(PlanError::Conflict(format!(
            "{flag} can't be had with --writers and --readers: {why}; leave out the one or the \
             others"
        ))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::options::{ApartOptions, OpenLoopOptions};
    use notibench_workload::fixture::workload;

    fn asked(writers: Option<usize>, readers: Option<usize>) -> RunOptions {
        RunOptions {
            apart: ApartOptions { writers, readers },
            ..RunOptions::default()
        }
    }

    fn refused(options: &RunOptions, workload: &Workload) -> String {
        apart_plan(options, workload, 1_000)
            .unwrap_err()
            .to_string()
    }

    #[test]
    fn half_of_the_stream_fills_the_state() {
        let plan = apart_plan(&asked(Some(2), Some(3)), &workload(), 1_001);
        let wanted = ApartPlan {
            writers: 2,
            readers: 3,
            filled: 500,
        };
        assert_eq!(plan, Ok(Some(wanted)));
        assert_eq!(apart_plan(&asked(None, None), &workload(), 1), Ok(None));
    }

    #[test]
    fn one_role_without_the_other_is_refused_with_what_to_give() {
        let words = refused(&asked(None, Some(1)), &workload());
        assert!(words.contains("give --writers 1"), "{words}");
        let words = refused(&asked(Some(1), None), &workload());
        assert!(words.contains("give --readers 1"), "{words}");
        let words = refused(&asked(Some(0), Some(1)), &workload());
        assert!(
            words.contains("--writers is 0, must be 1 to 1,024"),
            "{words}"
        );
        let words = refused(&asked(Some(1), Some(1_024)), &workload());
        assert!(
            words.contains("--writers and --readers together"),
            "{words}"
        );
    }

    #[test]
    fn what_can_not_be_had_with_roles_is_refused_by_name() {
        type Change = fn(&mut RunOptions);
        let changes: [(&str, Change); 7] = [
            ("--threads", |options| options.threads = Some(2)),
            ("--rate", |options| {
                options.open_loop = OpenLoopOptions {
                    duration_ns: Some(1),
                    ..OpenLoopOptions::default()
                };
            }),
            ("--warm", |options| options.warm = true),
            ("--limits", |options| options.limits = true),
            ("--all", |options| options.all = true),
            ("--perf", |options| options.perf = true),
            ("a cluster", |options| options.cluster = Some(2)),
        ];
        for (flag, change) in changes {
            let mut options = asked(Some(1), Some(1));
            change(&mut options);
            let words = refused(&options, &workload());
            assert!(
                words.contains(flag) && words.contains("leave out"),
                "{words}"
            );
        }
    }

    #[test]
    fn a_workload_that_does_not_fit_is_refused() {
        let mut silent = workload();
        silent.reads.per_event = 0.0;
        let words = refused(&asked(Some(1), Some(1)), &silent);
        assert!(
            words.contains("`test` has none: give it [reads]"),
            "{words}"
        );
        // where no thread reads there is nothing to ask
        assert!(apart_plan(&asked(Some(1), Some(0)), &silent, 1_000).is_ok());
        let mut weeks = workload();
        weeks.anonymity.mode = ViewMode::Counts;
        let words = refused(&asked(Some(1), Some(1)), &weeks);
        assert!(words.contains("[anonymity] is off"), "{words}");
        let words = apart_plan(&asked(Some(1), Some(1)), &workload(), 63);
        let words = words.unwrap_err().to_string();
        assert!(
            words.contains("--events is 63, must be 64 or more"),
            "{words}"
        );
    }
}

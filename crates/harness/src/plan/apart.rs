//! From what was asked of writers and readers apart to how many there are, and
//! how much of the stream fills the state before.

use crate::plan::error::PlanError;
use crate::plan::options::{ApartOptions, DEFAULT_BATCH, OpenLoopOptions, RunOptions};
use crate::plan::rate::Rate;
use crate::plan::rounds::in_range;
use crate::trial::worker::{READ_GROUP, group_calls};
use notibench_core::unit::quantity::show_whole;
use notibench_record::ApartPlan;
use notibench_workload::{ViewMode, Workload};

/// Of the stream's events one in so many fills the state, at its beginning.
const FILLED: u64 = 2;
/// Threads of a role at the most.
const MAX_THREADS: u64 = 1_024;
/// Operations a second at the most: one a ns.
const MAX_PER_S: f64 = 1e9;
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
    let Some((writers, readers)) = roles(&options.apart)? else {
        return Ok(None);
    };
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
    let batch = options.batch.unwrap_or(DEFAULT_BATCH);
    let group = (group_calls(batch.max(1)) * batch * writers) as u64;
    Ok(Some(ApartPlan {
        writers,
        readers,
        filled: events / FILLED,
        events_per_s: rate("--rate", options.apart.events_rate, group)?,
        reads_per_s: rate(
            "--read-rate",
            options.apart.reads_rate,
            READ_GROUP * readers as u64,
        )?,
    }))
}

/// Threads that only write and threads that only read; none where each does both.
///
/// # Errors
/// One role without the other, a rate without roles.
fn roles(asked: &ApartOptions) -> Result<Option<(u64, u64)>, PlanError> {
    let words = match (asked.writers, asked.readers) {
        (None, None) if asked.reads_rate.is_some() => {
            "--read-rate is of threads that only read: give --writers 1 --readers 1 beside it"
                .to_owned()
        }
        (None, None) => return Ok(None),
        (Some(writers), Some(readers)) => return Ok(Some((writers as u64, readers as u64))),
        (None, Some(readers)) => format!(
            "--readers {readers} asks what readers and writers cost each other, and no thread \
             only writes: give --writers 1 beside it, or leave it out and let each of --threads \
             do both"
        ),
        (Some(writers), None) => format!(
            "--writers {writers} asks what readers and writers cost each other, and no thread \
             only reads: give --readers 1 beside it, or leave it out and let each of --threads \
             do both"
        ),
    };
    Err(PlanError::Conflict(words))
}

/// A rate at which each thread has a group a second at least: nothing is known
/// of the time between two.
fn rate(flag: &'static str, asked: Option<Rate>, group: u64) -> Result<Option<f64>, PlanError> {
    let Some(rate) = asked else {
        return Ok(None);
    };
    let per_s = rate.per_s();
    if per_s < group as f64 || per_s > MAX_PER_S {
        return Err(PlanError::OutOfRange {
            flag,
            value: format!("{per_s}/s"),
            range: format!(
                "{}/s to {}/s with --writers and --readers: a group of calls a second, at least",
                show_whole(group),
                show_whole(MAX_PER_S as u64)
            ),
        });
    }
    Ok(Some(per_s))
}

/// Refuses what can't be had with roles apart, where they are asked for.
///
/// # Errors
/// The first of it.
pub(crate) fn fits_apart(options: &RunOptions) -> Result<(), PlanError> {
    if !options.apart.is_asked() {
        return Ok(());
    }
    let refused = [
        (
            "--threads",
            options.threads.is_some(),
            "its threads both write and read",
        ),
        (
            "--duration, or another flag of an open loop but --rate,",
            options.open_loop != OpenLoopOptions::default(),
            "it goes through the stream once",
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
            "its workers are not in one process",
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
    use notibench_workload::fixture::workload;

    fn asked(writers: Option<usize>, readers: Option<usize>) -> RunOptions {
        RunOptions {
            apart: ApartOptions {
                writers,
                readers,
                ..ApartOptions::default()
            },
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
            events_per_s: None,
            reads_per_s: None,
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
            ("--duration", |options| {
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
            let words = fits_apart(&options).unwrap_err().to_string();
            assert!(
                words.contains(flag) && words.contains("leave out"),
                "{words}"
            );
        }
    }

    #[test]
    fn a_rate_is_kept_where_each_thread_has_a_group_a_second() {
        let per_s = |events| Rate {
            events,
            per_ns: 1_000_000_000,
        };
        let mut options = asked(Some(2), Some(3));
        options.apart.events_rate = Some(per_s(2_048));
        options.apart.reads_rate = Some(per_s(192));
        let plan = apart_plan(&options, &workload(), 1_000).unwrap().unwrap();
        assert_eq!(plan.events_per_s, Some(2_048.0));
        assert_eq!(plan.reads_per_s, Some(192.0));
        options.apart.reads_rate = Some(per_s(191));
        let words = refused(&options, &workload());
        assert!(
            words.starts_with("--read-rate is 191/s, must be 192/s to"),
            "{words}"
        );
        options.apart.events_rate = Some(per_s(2_047));
        let words = refused(&options, &workload());
        assert!(
            words.starts_with("--rate is 2047/s, must be 2,048/s to"),
            "{words}"
        );
        options.apart.writers = None;
        options.apart.readers = None;
        let words = refused(&options, &workload());
        assert!(words.contains("give --writers 1 --readers 1"), "{words}");
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

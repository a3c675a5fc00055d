//! From what was asked to how rounds are repeated, ended and compared.

use crate::contender::Contender;
use crate::plan::error::PlanError;
use crate::plan::memory::Prediction;
use crate::plan::options::RunOptions;
use notibench_core::engine::Role;
use notibench_core::unit::quantity::show_whole;
use notibench_record::{DEFAULT_RELEVANT, InterleavingPlan};

/// Rounds at the most.
const MAX_ROUNDS: u64 = 10_000;
/// Rounds where none are asked for and nothing else ends them.
const DEFAULT_ROUNDS: usize = 5;
/// Time for a run that is to be precise and has no other end: 10 minutes.
const DEFAULT_MAX_TIME_MS: u64 = 600_000;
/// Half-width at which interleaved rounds end where nothing was asked for.
const DEFAULT_PRECISION: f64 = 0.03;
/// Interleaved rounds at the most then: of a short stream a minute would hold
/// thousands, each with its histograms in the record.
const MOST_INTERLEAVED: usize = 100;
/// When they end at the latest then: after a minute.
const DEFAULT_INTERLEAVED_MS: u64 = 60_000;
/// What a slice takes on average, in µs: long beside the change of turns,
/// short beside the noise of the machine.
pub(crate) const DEFAULT_SLICE_US: u64 = 10_000;
/// Rounds of each engine alone beside the interleaved ones: the fewest that
/// give an interval and support percentiles.
const ISOLATED_ROUNDS: usize = 3;
/// Processes at the most.
const MAX_PROCESSES: u64 = 1_000;
/// A share larger than this is a slip of the finger.
const MAX_SHARE: f64 = 10.0;

/// How rounds are repeated, ended and compared: a part of the plan.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct RoundsPlan {
    pub(crate) rounds: usize,
    pub(crate) warmup_rounds: usize,
    pub(crate) relevant: f64,
    pub(crate) precision: Option<f64>,
    pub(crate) max_time_ms: Option<u64>,
    pub(crate) processes: usize,
    pub(crate) planted_share: f64,
}

/// How interleaved rounds are made; none where each engine has its whole trial
/// alone: where that was asked for, in an open loop, in a cluster, and where
/// two engines would share one server. In lock-step all rounds are interleaved.
///
/// # Errors
/// Where they cannot be, and are to be in lock-step.
pub(crate) fn interleaving(
    options: &RunOptions,
    contenders: &[Contender],
    need: &Prediction,
    limit: u64,
) -> Result<Option<InterleavingPlan>, PlanError> {
    let beyond = contenders.iter().filter(|c| c.out_of_process).count();
    let is_engine = |c: &&Contender| c.info.role != Role::Probe && !c.control;
    // one engine alone has no other to take turns with
    let alone = contenders.iter().filter(is_engine).count() < 2;
    let asked = options.slice_us.unwrap_or(DEFAULT_SLICE_US);
    let cannot = options.open_loop.is_asked() || options.cluster.is_some() || beyond > 1;
    if options.lock_step.is_some() {
        if options.isolated || cannot || !need.is_together(contenders.len(), limit) {
            return Err(PlanError::Conflict(
                "--lock-step: this run cannot be interleaved with those of other processes: they \
                 do not fit into the memory together, or have no slices"
                    .to_owned(),
            ));
        }
        return Ok(Some(InterleavingPlan {
            slice_us: asked,
            isolated_rounds: 0,
            groups: 1,
        }));
    }
    if options.isolated || alone || cannot {
        return Ok(None);
    }
    // of roles apart every round has the same slices, alone and beside
    let usual = if options.apart.is_asked() {
        0
    } else {
        ISOLATED_ROUNDS
    };
    let plan = |groups| InterleavingPlan {
        slice_us: asked,
        isolated_rounds: options.isolated_rounds.unwrap_or(usual),
        groups,
    };
    Ok(need.groups(contenders.len(), limit).map(plan))
}

/// Settles them. Where the run is to be precise, rounds that were not asked
/// for have no limit but the time: 10 minutes where none was given, either.
/// Where neither rounds nor an end were asked for, interleaved rounds aim at a
/// precision, for a minute.
///
/// # Errors
/// Numbers out of range; what can't be had together.
pub(crate) fn rounds_plan(
    options: &RunOptions,
    interleaved: bool,
) -> Result<RoundsPlan, PlanError> {
    let asked = [
        options.rounds.is_some(),
        options.precision.is_some(),
        options.max_time_ms.is_some(),
        options.processes.is_some(),
    ];
    if interleaved && !asked.contains(&true) {
        let options = RunOptions {
            rounds: Some(MOST_INTERLEAVED),
            precision: Some(DEFAULT_PRECISION),
            max_time_ms: Some(DEFAULT_INTERLEAVED_MS),
            ..options.clone()
        };
        return rounds_plan(&options, interleaved);
    }
    let precise = options.precision.is_some();
    // a trial of an open loop is long, and has a warm-up of its own
    let open_loop = options.open_loop.is_asked();
    let default_rounds = match (precise, open_loop) {
        (true, _) => MAX_ROUNDS as usize,
        (false, true) => 1,
        (false, false) => DEFAULT_ROUNDS,
    };
    let without_end = precise && options.rounds.is_none() && options.max_time_ms.is_none();
    let plan = RoundsPlan {
        rounds: options.rounds.unwrap_or(default_rounds),
        warmup_rounds: options.warmup_rounds.unwrap_or(usize::from(!open_loop)),
        relevant: options.relevant.unwrap_or(DEFAULT_RELEVANT),
        precision: options.precision,
        max_time_ms: options
            .max_time_ms
            .or(without_end.then_some(DEFAULT_MAX_TIME_MS)),
        processes: options.processes.unwrap_or(1),
        planted_share: options.planted_share,
    };
    let counts = [
        ("--rounds", plan.rounds as u64, 1, MAX_ROUNDS),
        ("--warmup-rounds", plan.warmup_rounds as u64, 0, MAX_ROUNDS),
        ("--processes", plan.processes as u64, 1, MAX_PROCESSES),
    ];
    for (flag, value, low, high) in counts {
        in_range(flag, value, low, high)?;
    }
    check_shares(&plan)?;
    if plan.processes > 1 && precise {
        return Err(PlanError::Conflict(
            "--precision looks at the rounds of one process, and --processes makes several: give \
             one of them"
                .to_owned(),
        ));
    }
    Ok(plan)
}

/// Refuses shares that are a slip of the finger.
fn check_shares(plan: &RoundsPlan) -> Result<(), PlanError> {
    let shares = [
        ("--relevant", plan.relevant),
        ("--precision", plan.precision.unwrap_or(0.0)),
        ("--plant", plan.planted_share),
    ];
    for (flag, share) in shares {
        if !(0.0..=MAX_SHARE).contains(&share) {
            return Err(PlanError::OutOfRange {
                flag,
                value: format!("{}%", share * 100.0),
                range: "0% to 1000%".to_owned(),
            });
        }
    }
    Ok(())
}

/// `value` where it lies in the range, both ends included.
///
/// # Errors
/// Where it does not.
pub(crate) fn in_range(
    flag: &'static str,
    value: u64,
    low: u64,
    high: u64,
) -> Result<u64, PlanError> {
    if (low..=high).contains(&value) {
        return Ok(value);
    }
    Err(PlanError::OutOfRange {
        flag,
        value: show_whole(value),
        range: format!("{} to {}", show_whole(low), show_whole(high)),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_run_that_is_to_be_precise_ends_some_time() {
        let settle = |precision, rounds, max_time_ms| {
            let plan = rounds_plan(
                &RunOptions {
                    precision,
                    rounds,
                    max_time_ms,
                    ..RunOptions::default()
                },
                false,
            )
            .unwrap();
            (plan.rounds, plan.max_time_ms)
        };
        assert_eq!(settle(None, None, None), (5, None));
        assert_eq!(settle(None, None, Some(7)), (5, Some(7)));
        assert_eq!(settle(Some(0.01), None, None), (10_000, Some(600_000)));
        assert_eq!(settle(Some(0.01), Some(30), None), (30, None));
        assert_eq!(settle(Some(0.01), None, Some(7)), (10_000, Some(7)));
    }

    #[test]
    fn what_can_not_be_meant_is_refused() {
        let refused = |change: fn(&mut RunOptions)| {
            let mut options = RunOptions::default();
            change(&mut options);
            rounds_plan(&options, false).unwrap_err().to_string()
        };
        for (change, said) in [
            (
                (|o| o.processes = Some(0)) as fn(&mut RunOptions),
                "--processes is 0, must be 1 to 1,000",
            ),
            (
                |o| o.planted_share = 11.0,
                "--plant is 1100%, must be 0% to 1000%",
            ),
            (|o| o.relevant = Some(f64::NAN), "--relevant is NaN%"),
            (
                |o| (o.processes, o.precision) = (Some(2), Some(0.01)),
                "give one of them",
            ),
        ] {
            let words = refused(change);
            assert!(words.contains(said), "{words}");
        }
    }
}

//! Two builds whose processes took the same slices in turn, the old one twice:
//! changes from rounds of the same turn, the old build beside itself, and what
//! the intervals' width comes from.

use std::collections::BTreeMap;

use super::comparison::{BySlice, Change, Comparison, Method, Spread};
use super::gate::{Gate, GateVerdict};
use super::inputs::Builds;
use crate::style::plain;
use notibench_core::unit::quantity::{counted, show_ns};
use notibench_record::stats::{VarianceSplit, geometric_mean, paired_ratio};
use notibench_record::{Pass, Record, Trial};

/// Times per event of each side, turn by turn and round by round: those that
/// all processes of the turn have. The old side's are of its first process,
/// or geometric means of both.
type Pairs = Vec<Vec<(f64, f64)>>;

/// The new build beside both processes of the old one.
pub(super) fn change(builds: &Builds<'_>, again: &[Record], engine: &str) -> Option<Change> {
    let interval_of = |pairs: &Pairs| change_of(engine, pairs, builds.gate);
    interval_of(&pairs(builds, again, engine))
}

/// What slices in turn tell of these engines.
pub(super) fn by_slice(
    builds: &Builds<'_>,
    (again, slice_us): (&[Record], u64),
    engines: &[String],
) -> BySlice {
    let beside_itself = |engine: &String| {
        let both = builds.turns.iter().zip(again);
        let pairs = both.map(|([old, _], again)| {
            let [first, second] = [old, again].map(|record| rounds(record, engine, builds.pass));
            let both = first
                .iter()
                .filter_map(|(at, old)| Some((*second.get(at)?, *old)));
            both.collect()
        });
        change_of(engine, &pairs.collect(), None)
    };
    let spread = |engine: &String| {
        let logs = |pairs: &Vec<(f64, f64)>| -> Vec<f64> {
            pairs.iter().map(|(new, old)| (old / new).ln()).collect()
        };
        let groups: Vec<Vec<f64>> = pairs(builds, again, engine).iter().map(logs).collect();
        Some(Spread {
            engine: engine.clone(),
            split: VarianceSplit::of(&groups)?,
        })
    };
    BySlice {
        slice_us,
        rounds: builds.turns.first().map_or(0, |[old, _]| old.plan.rounds),
        again: engines.iter().filter_map(beside_itself).collect(),
        spreads: engines.iter().filter_map(spread).collect(),
    }
}

fn pairs(builds: &Builds<'_>, again: &[Record], engine: &str) -> Pairs {
    let of_turn = |([old, new], again): (&[Record; 2], &Record)| {
        let [old, again, new] = [old, again, new].map(|record| rounds(record, engine, builds.pass));
        let own = new.iter().filter_map(|(at, new)| {
            let old = geometric_mean(&[*old.get(at)?, *again.get(at)?])?;
            Some((*new, old))
        });
        own.collect()
    };
    builds.turns.iter().zip(again).map(of_turn).collect()
}

/// ns per event of each round.
fn rounds(record: &Record, engine: &str, pass: Pass) -> BTreeMap<usize, f64> {
    let trials = record.compared(engine, pass);
    trials
        .filter_map(|trial| Some((trial.round, Trial::ns_per_event(trial)?)))
        .collect()
}

/// The change of turns, each of which is one observation: the geometric mean
/// of its rounds.
fn change_of(engine: &str, pairs: &Pairs, gate: Option<Gate>) -> Option<Change> {
    let side = |turn: &[(f64, f64)], of: fn(&(f64, f64)) -> f64| {
        geometric_mean(&turn.iter().map(of).collect::<Vec<_>>())
    };
    let turns: Vec<(f64, f64)> = pairs
        .iter()
        .filter_map(|turn| Some((side(turn, |pair| pair.0)?, side(turn, |pair| pair.1)?)))
        .collect();
    let [old, new] = [side(&turns, |pair| pair.1)?, side(&turns, |pair| pair.0)?];
    let interval = paired_ratio(&turns);
    Some(Change {
        engine: engine.to_owned(),
        figures: [old, new],
        ratio: old / new,
        interval,
        gate: gate.map(|gate| GateVerdict::of(interval.as_ref(), gate.slower)),
    })
}

/// How processes took turns, for the head of a report.
pub(super) fn heading(comparison: &Comparison) -> Option<String> {
    let Method::Builds {
        apart, order_seed, ..
    } = &comparison.method
    else {
        return None;
    };
    let how = match (&comparison.by_slice, apart) {
        (Some(found), _) => format!(
            "in lock-step: a process of each build and a second one of the old, alive at the same \
             time, took the same slices of the stream in turn, of about {}",
            show_ns(found.slice_us as f64 * 1e3)
        ),
        (None, Some(why)) => format!(
            "whole processes in turn, and not slices, which are steadier: {}",
            plain(why)
        ),
        (None, None) => "whole processes in turn (--isolated)".to_owned(),
    };
    Some(format!("{how}; drawn with --order-seed {order_seed}"))
}

/// What figures of slices in turn rest on, a paragraph each.
pub(super) fn notes(comparison: &Comparison, found: &BySlice) -> Vec<String> {
    let (turns, warmup) = match comparison.method {
        Method::Builds {
            turns,
            warmup_turns,
            ..
        } => (turns, warmup_turns),
        Method::Records { .. } => (0, 0),
    };
    let mut notes = vec![format!(
        "old, new: wall time per event, the sum of its slices and of finishing. new ÷ old: speed, \
         above 1 the new build is faster. All are geometric means over {} (after \
         {warmup} of warm-up) of {} each, with new processes in each turn; the old side is \
         that of both its processes. Processes are the sampling unit: intervals are Student's t \
         on the turns' mean log-ratios. (A/A): the old build's second process vs its first.",
        counted(turns, "turn"),
        counted(found.rounds, "round")
    )];
    notes.extend(found.spreads.iter().map(Spread::words));
    if found.spreads.is_empty() {
        notes.push(
            "what processes and what rounds add to the width of intervals can be told apart with \
             at least two --turns and two --rounds"
                .to_owned(),
        );
    }
    notes
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::compare::comparison::DominantVariance;
    use crate::compare::comparison::Spread;

    fn spread(groups: &[Vec<f64>]) -> Spread {
        Spread {
            engine: "dashmap".to_owned(),
            split: VarianceSplit::of(groups).unwrap(),
        }
    }

    #[test]
    fn what_helps_is_said() {
        let processes = spread(&[vec![0.10, 0.11], vec![-0.10, -0.11], vec![0.0, 0.01]]);
        assert_eq!(processes.dominant(), DominantVariance::Processes);
        assert!(processes.words().contains("more processes help"));
        assert!(processes.words().ends_with("twice the --turns to 71%"));
        let rounds = spread(&[vec![0.10, -0.10], vec![-0.10, 0.11]]);
        assert_eq!(rounds.dominant(), DominantVariance::Rounds);
        assert_eq!(rounds.dominant().flag(), Some("--rounds"));
        assert!(rounds.words().contains("more rounds help"));
        // as many rounds as divide what comes from within them: 8 of 2
        let within = rounds.split.within;
        assert!(
            (rounds.rounds_for(0.25).unwrap() - 8.0).abs() < 1e-9,
            "{within}"
        );
        assert_eq!(processes.rounds_for(0.25), None);
        let still = spread(&[vec![0.0, 0.0], vec![0.0, 0.0]]);
        assert_eq!(still.dominant().flag(), None);
    }
}

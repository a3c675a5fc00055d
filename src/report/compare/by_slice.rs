//! Two builds whose processes took the same slices in turn, the old one twice:
//! changes from rounds of the same turn, the old build beside itself, and
//! what the intervals' width comes from. Imports `record`, `stats` and the
//! parts beside it.

use std::collections::BTreeMap;

use super::{Builds, Change, Comparison, Gate, GateVerdict, Method};
use crate::record::{Pass, Record, Trial};
use crate::report::text::{plain, show_percent};
use crate::stats::{VarianceSplit, geometric_mean, paired_ratio};
use crate::unit::quantity::{counted, show_ns};

/// How processes came to be compared.
#[derive(Clone, Copy, Debug)]
pub enum Taking<'a> {
    /// Whole processes in turn: why, where slices in turn were wanted.
    Processes(Option<&'a str>),
    /// Slices in turn.
    Slices {
        /// The record of the old build's second process of each turn that
        /// counts.
        again: &'a [Record],
        /// What a slice takes on average, in µs.
        slice_us: u64,
    },
}

/// What slices in turn tell beyond the changes.
#[derive(Clone, Debug, PartialEq)]
pub struct BySlice {
    /// What a slice takes on average, in µs.
    pub slice_us: u64,
    /// Rounds that count in each process.
    pub rounds: usize,
    /// The old build beside itself, engine by engine.
    pub again: Vec<Change>,
    /// Where the width of each engine's interval comes from.
    pub spreads: Vec<Spread>,
}

/// Where the width of an engine's interval comes from.
#[derive(Clone, Debug, PartialEq)]
pub struct Spread {
    /// Its name.
    pub engine: String,
    /// Variances of log-ratios between turns, which have processes of their
    /// own, and between rounds within them.
    pub split: VarianceSplit,
}

/// What narrows an interval with less to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Helps {
    /// More rounds in each process.
    Rounds,
    /// More turns, each of new processes.
    Processes,
    /// Nothing varies.
    Neither,
}

impl Helps {
    /// The flag that gives more of it.
    #[must_use]
    pub const fn flag(self) -> Option<&'static str> {
        match self {
            Self::Rounds => Some("--rounds"),
            Self::Processes => Some("--turns"),
            Self::Neither => None,
        }
    }
}

impl Spread {
    /// More rounds help where they can take away at least half of the
    /// variance: they need no new processes, streams and oracles.
    #[must_use]
    pub fn helps(&self) -> Helps {
        let VarianceSplit {
            between, within, ..
        } = self.split;
        if between + within <= 0.0 {
            Helps::Neither
        } else if self.split.share_within() >= 0.5 {
            Helps::Rounds
        } else {
            Helps::Processes
        }
    }

    /// Rounds of each process with which the variance of the result is this
    /// part of what it is; none where no number of them does.
    pub(super) fn rounds_for(&self, part: f64) -> Option<f64> {
        let VarianceSplit {
            between,
            within,
            per_group,
            ..
        } = self.split;
        let of_rounds = part * (between + within / per_group) - between;
        (of_rounds > 0.0).then(|| within / of_rounds)
    }

    /// Standard deviations between processes and between rounds, as fractions.
    #[must_use]
    pub fn deviations(&self) -> [f64; 2] {
        [self.split.between, self.split.within].map(|variance| variance.sqrt().exp_m1())
    }

    fn words(&self) -> String {
        let [between, within] = self.deviations().map(show_percent);
        let [rounds, turns] = [
            self.split.with_twice_a_group(),
            self.split.with_twice_the_groups(),
        ]
        .map(|factor| format!("{:.0}%", factor * 100.0));
        let helps = match self.helps() {
            Helps::Rounds => "more rounds help",
            Helps::Processes => "more processes help",
            Helps::Neither => "nothing varies",
        };
        format!(
            "{}: {helps}: standard deviation {between} between processes, {within} between \
             rounds of one; twice the --rounds would narrow the interval to about {rounds} of its \
             width, twice the --turns to {turns}",
            plain(&self.engine)
        )
    }
}

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

    fn spread(groups: &[Vec<f64>]) -> Spread {
        Spread {
            engine: "dashmap".to_owned(),
            split: VarianceSplit::of(groups).unwrap(),
        }
    }

    #[test]
    fn what_helps_is_said() {
        let processes = spread(&[vec![0.10, 0.11], vec![-0.10, -0.11], vec![0.0, 0.01]]);
        assert_eq!(processes.helps(), Helps::Processes);
        assert!(processes.words().contains("more processes help"));
        assert!(processes.words().ends_with("twice the --turns to 71%"));
        let rounds = spread(&[vec![0.10, -0.10], vec![-0.10, 0.11]]);
        assert_eq!(rounds.helps(), Helps::Rounds);
        assert_eq!(rounds.helps().flag(), Some("--rounds"));
        assert!(rounds.words().contains("more rounds help"));
        // as many rounds as divide what comes from within them: 8 of 2
        let within = rounds.split.within;
        assert!(
            (rounds.rounds_for(0.25).unwrap() - 8.0).abs() < 1e-9,
            "{within}"
        );
        assert_eq!(processes.rounds_for(0.25), None);
        let still = spread(&[vec![0.0, 0.0], vec![0.0, 0.0]]);
        assert_eq!(still.helps().flag(), None);
    }
}

//! A comparison of two sides, and what it says of each engine.

use super::gate::Gate;
use super::gate::{Decision, GateVerdict, slowdown};
use super::warning::CompareWarning;
use crate::figures::show_percent;
use crate::style::plain;
use notibench_record::stats::{RatioInterval, VarianceSplit};
use notibench_record::{Pass, Plan, Record, Weather};

/// A comparison of two sides.
#[derive(Clone, Debug, PartialEq)]
pub struct Comparison {
    /// How they were compared.
    pub method: Method,
    /// The passes that the figures are of.
    pub pass: Pass,
    /// Name of the workload.
    pub workload: String,
    /// How the first side was run.
    pub plan: Plan,
    /// The two sides, the old one first.
    pub sides: [Side; 2],
    /// Of records: how fast the machine was meanwhile, where each says it.
    pub weather: [Option<Weather>; 2],
    /// Each engine that both sides have.
    pub changes: Vec<Change>,
    /// The A/A control of both records, beside itself.
    pub control: Option<Change>,
    /// Of builds that took slices in turn: what that tells beyond the changes.
    pub by_slice: Option<BySlice>,
    /// Engines of which only one side has figures: the old one, the new one.
    pub unmatched: [Vec<String>; 2],
    /// Digests of the events and of the final state that both came to, where
    /// they are known and the same.
    pub digests: [Option<String>; 2],
    /// What the gate lets pass, where there is one.
    pub gate: Option<Gate>,
    /// What a reader should know first.
    pub warnings: Vec<CompareWarning>,
}

/// How two sides were compared.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Method {
    /// Two builds in turns of new processes: of one each, or of three in
    /// lock-step.
    Builds {
        /// Turns that count.
        turns: usize,
        /// Turns thrown away before them.
        warmup_turns: usize,
        /// Whether both are one file, byte for byte.
        identical: bool,
        /// What the orders of turns, and slices, were drawn from.
        order_seed: u64,
        /// Why whole processes took turns and not slices, where slices were
        /// wanted.
        apart: Option<String>,
    },
    /// Two records, each with its own ratios to this baseline: nothing pairs
    /// their rounds.
    Records {
        /// Name of the baseline in both.
        baseline: String,
    },
}

impl Method {
    /// What the two sides are called.
    #[must_use]
    pub fn sides(&self) -> [&'static str; 2] {
        match self {
            Self::Builds { .. } => ["old", "new"],
            Self::Records { .. } => ["before", "after"],
        }
    }
}

/// One side.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Side {
    /// The executable, or the record's file.
    pub path: String,
    /// Version of notibench.
    pub version: String,
    /// When its first run started, RFC 3339, UTC.
    pub started: String,
}

impl Side {
    pub(super) fn of(path: &str, record: &Record) -> Self {
        Self {
            path: path.to_owned(),
            version: record.version.clone(),
            started: record.started.clone(),
        }
    }
}

/// What became of one engine.
#[derive(Clone, Debug, PartialEq)]
pub struct Change {
    /// Its name.
    pub engine: String,
    /// The two sides' figures: of builds ns per event, the geometric mean of the turns; of
    /// records the ratio to the baseline.
    pub figures: [f64; 2],
    /// The new side's speed beside the old one's: above 1 is faster.
    pub ratio: f64,
    /// Its interval; none where there are too few rounds.
    pub interval: Option<RatioInterval>,
    /// What the gate says of it, where there is one.
    pub gate: Option<GateVerdict>,
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
pub enum DominantVariance {
    /// More rounds in each process.
    Rounds,
    /// More turns, each of new processes.
    Processes,
    /// Nothing varies.
    Neither,
}

impl DominantVariance {
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
    pub fn dominant(&self) -> DominantVariance {
        let VarianceSplit {
            between, within, ..
        } = self.split;
        if between + within <= 0.0 {
            DominantVariance::Neither
        } else if self.split.share_within() >= 0.5 {
            DominantVariance::Rounds
        } else {
            DominantVariance::Processes
        }
    }

    /// Rounds of each process with which the variance of the result is this
    /// part of what it is; none where no number of them does.
    pub(in crate::compare) fn rounds_for(&self, part: f64) -> Option<f64> {
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

    pub(super) fn words(&self) -> String {
        let [between, within] = self.deviations().map(show_percent);
        let [rounds, turns] = [
            self.split.with_twice_a_group(),
            self.split.with_twice_the_groups(),
        ]
        .map(|factor| format!("{:.0}%", factor * 100.0));
        let helps = match self.dominant() {
            DominantVariance::Rounds => "more rounds help",
            DominantVariance::Processes => "more processes help",
            DominantVariance::Neither => "nothing varies",
        };
        format!(
            "{}: {helps}: standard deviation {between} between processes, {within} between \
             rounds of one; twice the --rounds would narrow the interval to about {rounds} of its \
             width, twice the --turns to {turns}",
            plain(&self.engine)
        )
    }
}

impl Comparison {
    /// The engines of which the gate says this.
    pub(in crate::compare) fn gated(&self, verdict: GateVerdict) -> Vec<&Change> {
        let wanted = |change: &&Change| change.gate == Some(verdict);
        self.changes.iter().filter(wanted).collect()
    }

    /// The engines that became slower beyond the threshold.
    #[must_use]
    pub fn regressions(&self) -> Vec<&Change> {
        self.gated(GateVerdict::Regressed)
    }

    /// What the gate says; none where there is no gate.
    #[must_use]
    pub fn decision(&self) -> Option<Decision> {
        self.gate?;
        Some(if self.failure().is_some() {
            Decision::Failed
        } else if self.gated(GateVerdict::Unsure).is_empty() {
            Decision::Passed
        } else {
            Decision::Unsure
        })
    }

    /// Why the gate fails, in a sentence; none where it doesn't.
    #[must_use]
    pub fn failure(&self) -> Option<String> {
        let gate = self.gate?;
        let names = |verdict| {
            let engines = self.gated(verdict).into_iter();
            engines.map(|change| plain(&change.engine)).collect()
        };
        let slower = self.regressions().into_iter().map(|change| {
            let percent = show_percent(slowdown(change.ratio));
            format!("{} by {percent}", plain(&change.engine))
        });
        let [old, new] = self.method.sides();
        let threshold = show_percent(gate.slower);
        let missing = self.unmatched[0].iter().map(|engine| plain(engine));
        let unsure = if gate.fail_unsure {
            names(GateVerdict::Unsure)
        } else {
            vec![]
        };
        let reasons: [(String, Vec<String>); 4] = [
            (format!("slower by more than {threshold}"), slower.collect()),
            (
                format!("not judged, since only the {old} side has figures, not the {new} one"),
                missing.collect(),
            ),
            (
                "not judged, since there are too few turns or rounds for an interval".to_owned(),
                names(GateVerdict::Unknown),
            ),
            (
                format!("a slowdown of {threshold} is not excluded (--fail-unsure)"),
                unsure,
            ),
        ];
        let found = reasons.iter().filter(|(_, engines)| !engines.is_empty());
        let said: Vec<String> = found
            .map(|(why, engines)| format!("{why}: {}", engines.join(", ")))
            .collect();
        (!said.is_empty()).then(|| said.join("; "))
    }
}

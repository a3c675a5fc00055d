//! The gate of a comparison: what it says of one engine, and of all. Every
//! output takes its words from here. Imports the comparison, `stats`, and the
//! report's own parts.

use super::{Change, Comparison};
use crate::report::text::{plain, show_percent};
use crate::stats::{RatioInterval, Verdict};

/// What the gate lets pass.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Gate {
    /// The slowdown that passes, as a fraction.
    pub slower: f64,
    /// Whether it fails, too, where such a slowdown can't be excluded.
    pub fail_unsure: bool,
}

/// What the gate says of one engine.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum GateVerdict {
    /// The whole interval lies within the threshold.
    Passed,
    /// Not failed for want of proof: the interval reaches beyond the
    /// threshold.
    Unsure,
    /// Significantly slower, and by more than the threshold.
    Regressed,
    /// There is no interval to judge by.
    Unknown,
}

/// What the gate says of a comparison.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Decision {
    /// Every engine of the old side passed.
    Passed,
    /// None regressed and all were judged, at least one of them unsurely.
    Unsure,
    /// An engine regressed, is missing, or can't be judged; or one is unsure
    /// where that fails, too.
    Failed,
}

impl GateVerdict {
    /// In words, for reports.
    #[must_use]
    pub const fn words(self) -> &'static str {
        match self {
            Self::Passed => "passed",
            Self::Unsure => "not failed,\nbut unsure",
            Self::Regressed => "REGRESSED",
            Self::Unknown => "cannot say",
        }
    }

    /// Its name in JSON.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Passed => "passed",
            Self::Unsure => "unsure",
            Self::Regressed => "regressed",
            Self::Unknown => "unknown",
        }
    }

    /// Regressed where the interval excludes 1 and the estimate is beyond the
    /// threshold; unsure where the interval reaches beyond it.
    pub(super) fn of(interval: Option<&RatioInterval>, threshold: f64) -> Self {
        let Some(interval) = interval else {
            return Self::Unknown;
        };
        let slower = interval.verdict() == Verdict::Slower;
        if slower && slowdown(interval.ratio) > threshold {
            Self::Regressed
        } else if slowdown(interval.low) > threshold {
            Self::Unsure
        } else {
            Self::Passed
        }
    }
}

impl Decision {
    /// In words, the same in every output.
    #[must_use]
    pub const fn words(self) -> &'static str {
        match self {
            Self::Passed => "passed",
            Self::Unsure => "not failed, but unsure",
            Self::Failed => "FAILED",
        }
    }

    /// Its name in JSON.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Passed => "passed",
            Self::Unsure => "unsure",
            Self::Failed => "failed",
        }
    }
}

/// How much more time a speed ratio below 1 means, as a fraction: 0.03 is 3%
/// more time per event. Below zero where it is faster.
pub(super) fn slowdown(ratio: f64) -> f64 {
    ratio.recip() - 1.0
}

impl Comparison {
    /// The engines of which the gate says this.
    pub(super) fn gated(&self, verdict: GateVerdict) -> Vec<&Change> {
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
        let missing = self.alone[0].iter().map(|engine| plain(engine));
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

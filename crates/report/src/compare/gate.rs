//! The gate of a comparison: what it says of one engine, and of all. Every
//! output takes its words from here.

use notibench_record::stats::{RatioInterval, Verdict};

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

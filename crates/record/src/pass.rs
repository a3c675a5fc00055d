//! What state a timed run found.

use serde::{Deserialize, Serialize};

/// What state a timed run found.
#[derive(Clone, Copy, Debug, Default, Serialize, Deserialize, PartialEq, Eq, Hash)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Pass {
    /// None: it grew within the time.
    #[default]
    Fresh,
    /// What the fresh pass of the same trial left.
    Warm,
}

impl Pass {
    /// Its name in reports.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Fresh => "fresh",
            Self::Warm => "warm",
        }
    }

    /// How often the stream has been folded at its end.
    #[must_use]
    pub const fn folds(self) -> usize {
        match self {
            Self::Fresh => 1,
            Self::Warm => 2,
        }
    }
}

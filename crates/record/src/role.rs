//! What a contestant is to a run.

use serde::{Deserialize, Serialize};

/// What a contestant is to a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum EngineRole {
    /// Verified, and ranked.
    Engine,
    /// Verified against its own definition, and shown apart.
    Ablation,
    /// Keeps no state; never ranked.
    Probe,
}

impl EngineRole {
    /// Its name in records.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Engine => "engine",
            Self::Ablation => "ablation",
            Self::Probe => "probe",
        }
    }
}

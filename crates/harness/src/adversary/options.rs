//! How the game of two worlds is played.

use notibench_core::engine::StopFlag;

/// How the game is played.
#[derive(Clone, Debug)]
pub struct AdversaryOptions {
    /// Trials of each attack.
    pub trials: u64,
    /// Of the worlds.
    pub seed: u64,
    /// Set on an interruption.
    pub stop: StopFlag,
}

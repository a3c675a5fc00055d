//! What is compared: records of two builds, turn by turn, or two saved ones.

use super::gate::Gate;
use notibench_record::{Pass, Record};

/// What two builds left, turn by turn.
#[derive(Clone, Copy, Debug)]
pub struct Builds<'a> {
    /// The executables, the old one first.
    pub paths: [&'a str; 2],
    /// Whether both are one file, byte for byte.
    pub identical: bool,
    /// The turns that count, each with the old build's record and the new
    /// one's.
    pub turns: &'a [[Record; 2]],
    /// How their processes took turns.
    pub turn_unit: TurnUnit<'a>,
    /// What the orders of turns, and slices, were drawn from.
    pub order_seed: u64,
    /// Turns that were thrown away before them.
    pub warmup_turns: usize,
    /// The passes that are compared.
    pub pass: Pass,
    /// What the gate lets pass, where there is one.
    pub gate: Option<Gate>,
}

/// How processes came to be compared.
#[derive(Clone, Copy, Debug)]
pub enum TurnUnit<'a> {
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

/// A record, and where it came from.
#[derive(Clone, Copy, Debug)]
pub struct RecordFile<'a> {
    /// Its file, for the words.
    pub path: &'a str,
    /// What is in it.
    pub record: &'a Record,
}

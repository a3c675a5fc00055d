//! What is known of the machine: its processors, limits and counters, its
//! clock, and how busy its memory is.

pub(super) mod clock;
pub(super) mod control_group;
pub(super) mod counters;
pub(super) mod environment;
pub(super) mod weather;

//! From what was asked to what is run: numbers are settled, and what can't be
//! had, or does not fit the memory, is refused.

mod apart;
mod cluster;
pub(super) mod contenders;
pub(super) mod error;
pub(super) mod memory;
mod memory_budget;
pub(super) mod open_loop;
pub(super) mod options;
pub(super) mod rate;
pub(super) mod resolve;
pub(super) mod rounds;
pub(super) mod views;

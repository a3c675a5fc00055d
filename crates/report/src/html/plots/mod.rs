//! The plots: one file each, from a record to the data that the script draws.

pub(super) mod apart;
pub(super) mod capacity;
pub(super) mod heat;
pub(super) mod memory;
pub(super) mod open_loop;
pub(super) mod percentiles;
pub(super) mod popularity;
pub(super) mod ratios;
pub(super) mod stream_parts;
pub(super) mod sweep;
pub(super) mod throughput;
pub(super) mod weather;

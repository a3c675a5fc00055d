//! Plain parts: mixing, digests, quantities, encodings, caches, sweeps over
//! locks, files that are replaced whole, command lines, terminals.

pub mod address;
pub mod allocation;
pub mod atomic_file;
pub mod cache;
pub mod command_line;
pub mod digest;
pub mod encoding;
pub mod hash;
pub mod hash_bits;
pub mod lock_sweep;
pub mod mix;
pub mod prefetch;
pub mod quantity;
pub mod sync;
pub mod terminal;

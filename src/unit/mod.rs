//! Floor 0, plain parts: mixing, digests, quantities, encodings, caches, files
//! that are replaced whole, command lines, terminals. Imports nothing of this
//! crate.

pub mod address;
pub mod allocation;
pub mod atomic_file;
pub mod cache;
pub mod command_line;
pub mod digest;
pub mod encoding;
pub mod hash;
pub mod hash_bits;
pub mod mix;
pub mod prefetch;
pub mod quantity;
pub mod terminal;

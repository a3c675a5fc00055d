//! Floor 0, plain parts: mixing, digests, quantities, encodings, files
//! that are replaced whole. Imports nothing of this crate.

pub mod address;
pub mod atomic_file;
pub mod digest;
pub mod encoding;
pub mod hash;
pub mod mix;
pub mod prefetch;
pub mod quantity;

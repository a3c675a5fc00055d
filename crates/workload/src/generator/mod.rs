//! The stream: every event and read a pure function of (workload,
//! seed, index).
//!
//! Everything random about event `i` comes from five words of a
//! counter-based generator at positions `5 i` to `5 i + 4`, so any slice can
//! be made again by anyone, in any order, on any number of threads.

mod alias;
mod classes;
mod ids;
mod reads;
mod stream;
mod time;
mod zipf;

pub use reads::ReadStream;
pub use stream::Generator;
pub use zipf::Zipf;

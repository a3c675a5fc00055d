//! Maps from shared libraries: the C interface of `include/notibench.h`, and the
//! engine that is made of each map of a library.
//!
//! All `unsafe` of the interface stands in this crate. What a library promises
//! is written in the header; a library that breaks a promise about memory can
//! end the process, and one that loses or invents updates is found by the proof
//! after each trial.

// they panic where their reader has gone
#![cfg_attr(not(test), deny(clippy::print_stdout, clippy::print_stderr))]

mod contender;
mod layout;
mod library;
mod map;
mod null_map;

pub use contender::{contender_of, null_contender};
pub use library::{Library, LibraryError, LibraryMap};
pub use map::{InLibrary, SingleForeignMap, address_of};

//! What is asked of the engines: workload files, read strictly into a
//! [`Workload`]; [`generator`], the stream that a workload describes; [`trace`],
//! streams that were recorded.

// they panic where their reader has gone
#![cfg_attr(not(test), deny(clippy::print_stdout, clippy::print_stderr))]

mod anonymity;
mod built_in;
mod edit;
mod error;
mod fields;
#[cfg(any(test, feature = "fixtures"))]
pub mod fixture;
pub mod generator;
mod homes;
mod load;
mod mix;
mod parse;
mod population;
mod scalars;
mod settings;
mod spec;
mod suggest;
mod syntax;
mod time;
pub mod trace;
mod units;
mod write;

pub use built_in::{built_in_names, built_in_text, built_in_to_verify};
pub use edit::{Change, with_change};
pub use error::WorkloadError;
pub use load::{Summary, built_in_summaries, summaries, workload_files};
pub use spec::{
    Anonymity, IdScheme, Population, ReadMix, Settings, TimeShape, ViewMode, Workload, WriteMix,
};
pub use suggest::nearest;
pub use units::{parse_duration_us, show_duration_us};

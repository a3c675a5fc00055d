//! Bytes of any kind as a trace of `TraceFormat::ActivityLines`.
#![no_main]

mod common;

use libfuzzer_sys::fuzz_target;
use notibench_workload::trace::{ActivityOptions, AuthorRule, TraceFormat, TraceOptions};

fuzz_target!(|bytes: &[u8]| {
    let format = TraceFormat::ActivityLines;
    common::read_both(format, bytes, TraceOptions::default());
    let rules = ["addressee", "https://*/users/{}/*"].map(AuthorRule::new);
    let activities = ActivityOptions {
        by_order: true,
        authors: rules.into_iter().flatten().collect(),
    };
    let inferred = TraceOptions {
        activities,
        ..TraceOptions::default()
    };
    common::read_both(format, bytes, inferred);
});

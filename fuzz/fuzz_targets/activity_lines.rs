//! Bytes of any kind as a trace of `TraceFormat::ActivityLines`.
#![no_main]

mod common;

use libfuzzer_sys::fuzz_target;
use notibench::trace::{TraceFormat, TraceOptions};

fuzz_target!(|bytes: &[u8]| {
    common::read_both(TraceFormat::ActivityLines, bytes, TraceOptions::default());
});

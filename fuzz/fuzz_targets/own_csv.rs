//! Bytes of any kind as a trace of `TraceFormat::Csv`.
#![no_main]

mod common;

use libfuzzer_sys::fuzz_target;
use notibench_workload::trace::{TraceFormat, TraceOptions};

fuzz_target!(|bytes: &[u8]| {
    common::read_both(TraceFormat::Csv, bytes, TraceOptions::default());
});

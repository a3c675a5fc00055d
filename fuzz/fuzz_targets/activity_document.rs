//! Bytes of any kind as a trace of `TraceFormat::ActivityDocument`.
#![no_main]

mod common;

use libfuzzer_sys::fuzz_target;
use notibench::trace::{TraceFormat, TraceOptions};

fuzz_target!(|bytes: &[u8]| {
    common::read_both(TraceFormat::ActivityDocument, bytes, TraceOptions::default());
});

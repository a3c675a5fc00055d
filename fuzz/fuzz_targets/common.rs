//! What every target of traces does: read, and hold what comes out to what a
//! stream is.

use notibench_core::event::Event;
use notibench_workload::trace::{Trace, TraceFormat, TraceOptions, read};

/// Reads `bytes` twice, bad entries being errors and being skipped.
pub fn read_both(format: TraceFormat, bytes: &[u8], options: TraceOptions) {
    for skip_bad in [false, true] {
        let options = TraceOptions {
            skip_bad,
            ..options.clone()
        };
        match read("fuzzed", format, bytes, &options) {
            Ok(trace) => check(&trace),
            Err(error) => assert!(!error.to_string().is_empty()),
        }
    }
}

fn check(trace: &Trace) {
    let is_later =
        |pair: &[Event]| pair[0].index() < pair[1].index() && pair[0].at_us <= pair[1].at_us;
    assert!(trace.events.windows(2).all(is_later));
    for event in &trace.events {
        assert_eq!(event.kind().has_content(), event.content != 0);
        assert!(!event.undo() || event.kind().is_undoable());
    }
}

//! Traces: every format written and read back, bytes of any kind, and
//! activities by the table of docs/FORMAT.md.

mod activities;
mod arbitrary;
mod command_line;
mod fits;
mod foreign;
mod inferred;
mod lists;
mod round_trip;
mod slices;
mod tables;

#[allow(dead_code)]
#[path = "../common/binary.rs"]
mod binary;

use notibench_core::event::{Event, Kind, Segment};
use notibench_workload::trace::{
    self, Mapping, TimeUnit, Trace, TraceError, TraceFormat, TraceOptions,
};

/// The formats that need no mapping.
const PLAIN: [TraceFormat; 4] = [
    TraceFormat::Csv,
    TraceFormat::Ndjson,
    TraceFormat::ActivityLines,
    TraceFormat::ActivityDocument,
];

fn read(format: TraceFormat, text: &[u8]) -> Result<Trace, TraceError> {
    trace::read("a trace", format, text, &TraceOptions::default())
}

fn words(list: &[&str]) -> Vec<String> {
    list.iter().map(|&word| word.to_owned()).collect()
}

fn mapping(map: &[&str], kinds: &[&str], unit: TimeUnit) -> Mapping {
    Mapping::new(&words(map), &words(kinds), unit, b',').unwrap()
}

fn event(index: u64, at_us: u64, kind: Kind, actor: u64, recipient: u64) -> Event {
    let content = if kind.has_content() { 9 } else { 0 };
    let actor = (actor, Segment::Founder);
    Event::new(index, at_us, kind, false, actor, recipient, content)
}

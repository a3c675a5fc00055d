//! Memory per member, broken down.

use crate::html::article::Figure;
use crate::html::plot::{Axis, Bar, PlotData, Stack, Unit};
use crate::model::memory::MemoryParts;
use crate::model::summary::{EngineLine, Summary};
use crate::style::plain;
use notibench_core::unit::quantity::show_bytes;
use notibench_record::Record;

/// The plot; none where no engine keeps state.
pub(in super::super) fn figure(record: &Record, summary: &Summary) -> Option<Figure> {
    let bar = |line: &EngineLine| {
        let parts = MemoryParts::of(record, &line.name, summary.pass)?;
        Some(Bar {
            name: plain(&line.name),
            values: vec![
                parts.state,
                parts.slack,
                parts.map?,
                parts.allocator.unwrap_or(0.0),
            ],
            label: show_bytes(line.bytes_per_member?),
        })
    };
    let lines = summary.ranked.iter().chain(&summary.ablations);
    let bars: Vec<Bar> = lines.filter_map(bar).collect();
    let shape = PlotData::Stack(Stack {
        x: Axis::linear("bytes per member that has state", Unit::Bytes),
        parts: ["state", "slack", "map", "allocator"]
            .map(str::to_owned)
            .to_vec(),
        bars,
    });
    let reading = "Medians over the rounds, by where the bytes are: states of members and \
                   contents, empty room in them, the maps beyond the states, and what the \
                   allocator takes beyond all of these.";
    (shape.marks() > 0).then(|| Figure::new("memory", "Memory by member", reading, shape))
}

//! The section of memory per member.

use super::block::Block;
use crate::model::memory::{MemoryParts, in_all};
use crate::model::rounds::over_rounds;
use crate::model::summary::{EngineLine, Summary};
use crate::style::{Style, plain};
use notibench_core::unit::quantity::{counted, show_bytes};
use notibench_record::Record;

/// Stands for what was not counted, or what the record doesn't know.
pub(crate) const NOT_COUNTED: &str = "not counted";

/// The table of all engines and ablations that keep state; empty without any.
pub(crate) fn section(record: &Record, summary: &Summary, style: Style) -> String {
    block(record, summary).map_or_else(String::new, |block| block.draw(style) + "\n")
}

/// The same as a block.
pub(crate) fn block(record: &Record, summary: &Summary) -> Option<Block> {
    let header = [
        "engine",
        "state",
        "slack",
        "map",
        "allocator",
        "in all",
        "whole",
    ];
    let mut rows = vec![header.map(str::to_owned).to_vec()];
    let lines = summary.ranked.iter().chain(&summary.ablations);
    rows.extend(lines.filter_map(|line| row(record, summary, line)));
    if rows.len() == 1 {
        return None;
    }
    let members = record.oracle.as_ref().map_or_else(String::new, |oracle| {
        format!(" of all {}", counted(oracle.members, "member"))
    });
    let unknown = if rows.iter().flatten().any(|cell| cell == NOT_COUNTED) {
        "; not counted: by the engine, or in a record of before, and in no sum"
    } else {
        ""
    };
    let words = format!(
        "state: of members and contents, inbox entries among it; slack: empty room, as in inboxes; \
         map: keys, control bytes, empty slots, locks; allocator: headers and rounding, computed by \
         glibc's rules; whole: the bytes{members} together; medians over the rounds{unknown}"
    );
    Some(Block {
        title: "memory: bytes per member that has state".to_owned(),
        rows,
        notes: vec![words],
    })
}

fn row(record: &Record, summary: &Summary, line: &EngineLine) -> Option<Vec<String>> {
    let parts = MemoryParts::of(record, &line.name, summary.pass)?;
    let whole = over_rounds(record, &line.name, summary.pass, &in_all);
    let bytes = |bytes: Option<f64>| bytes.map_or_else(|| NOT_COUNTED.to_owned(), show_bytes);
    Some(vec![
        plain(&line.name),
        show_bytes(parts.state),
        show_bytes(parts.slack),
        bytes(parts.map),
        bytes(parts.allocator),
        bytes(line.bytes_per_member),
        bytes(whole),
    ])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::memory::MemoryParts;
    use notibench_record::Pass;
    use notibench_record::Trial;
    use notibench_record::fixture;

    #[test]
    fn a_map_that_was_not_counted_is_said_to_be_and_stands_in_no_sum() {
        let mut record = fixture::record();
        let of_it = |trial: &&mut Trial| trial.engine == "dashmap";
        for trial in record.trials.iter_mut().filter(of_it) {
            trial.map_bytes = None;
        }
        let summary = Summary::of(&record);
        let line = summary.ranked.iter().find(|line| line.name == "dashmap");
        assert_eq!(line.unwrap().bytes_per_member, None);
        let text = section(&record, &summary, Style::default());
        let row = text.lines().find(|line| line.contains("dashmap ")).unwrap();
        assert_eq!(row.matches(NOT_COUNTED).count(), 3, "{text}");
        let table = crate::text::terminal::terminal(&record, &Style::default());
        let row = table
            .lines()
            .find(|line| line.contains("dashmap "))
            .unwrap();
        assert!(row.contains(NOT_COUNTED), "{table}");
        assert!(crate::export::markdown::markdown(&record).contains(NOT_COUNTED));
    }

    #[test]
    fn the_parts_add_up_to_the_bytes_per_member() {
        let record = fixture::record();
        let parts = MemoryParts::of(&record, "dashmap", Pass::Fresh).unwrap();
        assert_eq!(
            (parts.state, parts.slack, parts.map),
            (1e3, 100.0, Some(10.0))
        );
        assert_eq!(parts.allocator, Some(20.0));
        let line = &Summary::of(&record).ranked[0];
        assert!((line.bytes_per_member.unwrap() - 1_130.0).abs() < 1e-9);
        assert_eq!(MemoryParts::of(&record, "null", Pass::Fresh), None);
        let text = section(&record, &Summary::of(&record), Style::default());
        let row = text.lines().find(|line| line.starts_with("  dashmap "));
        let cells: Vec<&str> = row.unwrap().split("  ").map(str::trim).collect();
        let cells: Vec<&str> = cells.into_iter().filter(|cell| !cell.is_empty()).collect();
        assert_eq!(
            cells,
            [
                "dashmap", "1000 B", "100 B", "10.0 B", "20.0 B", "1.10 KiB", "97.0 MiB"
            ]
        );
    }

    #[test]
    fn an_old_record_does_not_know_the_allocators_part() {
        let mut record = fixture::record();
        for trial in &mut record.trials {
            trial.allocator_bytes = None;
        }
        let parts = MemoryParts::of(&record, "dashmap", Pass::Fresh).unwrap();
        assert_eq!(parts.allocator, None);
        let line = &Summary::of(&record).ranked[0];
        assert!((line.bytes_per_member.unwrap() - 1_110.0).abs() < 1e-9);
        let text = section(&record, &Summary::of(&record), Style::default());
        let flat = text.split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(
            flat.contains("not counted: by the engine, or in a record"),
            "{text}"
        );
    }
}

//! The section of what the processors counted.

use super::block::Block;
use crate::model::counters::CountsPerEvent;
use crate::model::summary::Summary;
use crate::style::{Style, plain};
use notibench_record::{Pass, Record};

/// What the counts are called.
pub(crate) const NAMES: [&str; 4] = ["cycles", "instructions", "cache misses", "TLB misses"];

/// The table, probes included; empty where nothing was counted.
pub(crate) fn section(record: &Record, summary: &Summary, style: Style) -> String {
    block(record, summary).map_or_else(String::new, |block| block.draw(style) + "\n")
}

/// The same as a block.
pub(crate) fn block(record: &Record, summary: &Summary) -> Option<Block> {
    let mut rows = vec![vec!["engine".to_owned()]];
    rows[0].extend(NAMES.map(str::to_owned));
    rows[0].push("instructions\nper cycle".to_owned());
    let ranked = summary.ranked.iter().chain(&summary.ablations);
    for line in ranked.chain(&summary.probes) {
        let counts = CountsPerEvent::of(record, &line.name, summary.pass);
        if counts.each().iter().all(Option::is_none) {
            continue;
        }
        let ratio = counts.instructions.zip(counts.cycles);
        let ratio = ratio.map(|(instructions, cycles)| instructions / cycles);
        let ratio = ratio.filter(|ratio| ratio.is_finite());
        let cells = counts.each().into_iter().chain([ratio]);
        let mut row = vec![plain(&line.name)];
        row.extend(cells.map(|cell| cell.map_or_else(|| "-".to_owned(), show)));
        rows.push(row);
    }
    if rows.len() == 1 {
        return None;
    }
    let title = match summary.pass {
        Pass::Fresh => "counted by the processors, per event",
        Pass::Warm => "counted by the processors, per event over warm state",
    };
    let note = "in user mode, over all threads of the process, from the start of the timed part \
                to its end; medians over the rounds; `-`: not counted on this machine";
    Some(Block {
        title: title.to_owned(),
        rows,
        notes: vec![note.to_owned()],
    })
}

/// Three digits or so.
pub(crate) fn show(value: f64) -> String {
    match value {
        v if v >= 1e5 => format!("{v:.2e}"),
        v if v >= 99.95 => format!("{v:.0}"),
        v if v >= 9.995 => format!("{v:.1}"),
        v if v >= 0.0095 || v == 0.0 => format!("{v:.2}"),
        v => format!("{v:.1e}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::counters::CountsPerEvent;
    use crate::model::rounds::over_rounds;
    use notibench_record::PerfNote;
    use notibench_record::Trial;
    use notibench_record::fixture;

    #[test]
    fn counts_are_divided_by_events_and_what_is_not_counted_is_left_out() {
        let record = fixture::with_counts();
        let summary = Summary::of(&record);
        let name = &summary.ranked[0].name;
        let counts = CountsPerEvent::of(&record, name, Pass::Fresh);
        let median = over_rounds(&record, name, Pass::Fresh, &Trial::ns_per_event);
        assert!((counts.cycles.unwrap() - 6.0 * median.unwrap()).abs() < 1e-9);
        assert_eq!(counts.cache_misses, Some(0.5));
        assert_eq!(counts.tlb_misses, None);
        let text = section(&record, &summary, Style::default());
        let row = text.lines().find(|line| line.starts_with("  dashmap "));
        let cells: Vec<&str> = row.unwrap().split_whitespace().collect();
        assert_eq!(cells[3..], ["0.50", "-", "0.50"], "{text}");
    }

    #[test]
    fn no_misses_at_all_are_a_figure() {
        let mut record = fixture::with_counts();
        for trial in &mut record.trials {
            trial.perf = Some(PerfNote {
                tlb_misses: Some(0),
                ..PerfNote::default()
            });
        }
        let counts = CountsPerEvent::of(&record, "dashmap", Pass::Fresh);
        assert_eq!((counts.cycles, counts.tlb_misses), (None, Some(0.0)));
    }

    #[test]
    fn without_counts_there_is_no_table() {
        let record = fixture::record();
        let summary = Summary::of(&record);
        assert_eq!(section(&record, &summary, Style::default()), "");
    }
}

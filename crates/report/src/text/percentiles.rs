//! The section of percentiles.

use super::block::Block;
use crate::figures::show_percent;
use crate::model::percentiles::{QUANTILES, Row, Timed, rows};
use crate::model::summary::Summary;
use crate::style::{Style, plain};
use notibench_core::unit::quantity::{show_ns, show_whole};
use notibench_record::Record;
use notibench_record::stats::Tail;

/// The section of percentiles; empty where nothing was timed.
pub(crate) fn section(record: &Record, summary: &Summary, style: Style) -> String {
    let drawn: Vec<String> = blocks(record, summary)
        .iter()
        .map(|block| block.draw(style) + "\n")
        .collect();
    drawn.concat()
}

/// The same as blocks; what is said of both stands under the last.
pub(crate) fn blocks(record: &Record, summary: &Summary) -> Vec<Block> {
    let ingest = rows(record, summary, Timed::Ingest);
    let reads = rows(record, summary, Timed::Read);
    let mut blocks = Vec::new();
    if !ingest.is_empty() {
        let mut calls: Vec<u64> = ingest
            .iter()
            .flat_map(|row| row.group_calls.clone())
            .collect();
        calls.sort_unstable();
        calls.dedup();
        let title = format!(
            "service time of groups of {} of {}",
            listed(&calls, "ingest call"),
            listed(&[record.plan.batch as u64], "event"),
        );
        blocks.push(part(title, &ingest, calls.len() > 1));
    }
    if !reads.is_empty() {
        let title = "service time of groups of reads".to_owned();
        blocks.push(part(title, &reads, false));
    }
    if let Some(last) = blocks.last_mut() {
        let note = "closed loop: these are times of whole groups, back to back, not of single \
                    events; rounds merged, never averaged; `-`: fewer than 100 samples, or fewer \
                    than 3 rounds, beyond it";
        last.notes.push(note.to_owned());
    }
    blocks
}

fn part(title: String, rows: &[Row], name_groups: bool) -> Block {
    let mut cells = vec![vec!["engine".to_owned(), "groups".to_owned()]];
    cells[0].extend(QUANTILES.iter().map(|(_, name)| (*name).to_owned()));
    cells[0].push("max".to_owned());
    for row in rows {
        let mut name = plain(&row.engine);
        if name_groups {
            name = format!("{name} (groups of {})", listed(&row.group_calls, "call"));
        }
        let mut line = vec![name, show_whole(row.merged.count())];
        line.extend(QUANTILES.iter().map(|&(quantile, _)| {
            row.with_tail(quantile).map_or_else(
                || "-".to_owned(),
                |(ns, tail)| show_ns(ns as f64) + mark(tail),
            )
        }));
        line.push(show_ns(row.merged.max() as f64));
        cells.push(line);
    }
    Block {
        title,
        rows: cells,
        notes: shares(rows).into_iter().collect(),
    }
}

/// The mark of a percentile whose tail is of one round for the most part.
pub(crate) fn mark(tail: Tail) -> &'static str {
    if tail.is_of_one() { " ‡" } else { "" }
}

/// How much of each percentile's tail is of one round; none where no
/// percentile is supported.
fn shares(rows: &[Row]) -> Option<String> {
    let largest = |&(quantile, name): &(f64, &str)| {
        let tails = rows.iter().filter_map(|row| row.with_tail(quantile));
        let largest = tails.map(|(_, tail)| tail.largest_share).reduce(f64::max)?;
        Some(format!("{name} {}", show_percent(largest)))
    };
    let shown: Vec<String> = QUANTILES.iter().filter_map(largest).collect();
    (!shown.is_empty()).then(|| {
        format!(
            "largest share of one round in the samples at or beyond a percentile, of any engine: \
             {}; ‡: more than half",
            shown.join(", ")
        )
    })
}

/// `4 ingest calls`, `4 or 8 ingest calls`.
fn listed(counts: &[u64], thing: &str) -> String {
    let numbers: Vec<String> = counts.iter().map(|&count| show_whole(count)).collect();
    let ending = if counts == [1] { "" } else { "s" };
    format!("{} {thing}{ending}", numbers.join(" or "))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::percentiles::Row;
    use notibench_record::stats::ServiceHistogram;

    fn round(samples: u64, ns: u64) -> ServiceHistogram {
        let mut histogram = ServiceHistogram::new();
        histogram.record_n(ns, samples);
        histogram
    }

    fn row_of(rounds: Vec<ServiceHistogram>) -> Row {
        let mut merged = ServiceHistogram::new();
        rounds.iter().for_each(|round| merged.merge(round));
        Row {
            engine: "e".to_owned(),
            group_calls: vec![1],
            merged,
            at: (0..rounds.len()).map(|round| (0, round)).collect(),
            rounds,
        }
    }

    #[test]
    fn a_tail_of_one_round_supports_no_percentile() {
        let mut slow = round(9_000, 100);
        slow.record_n(1_000_000, 1_000);
        let row = row_of(vec![slow.clone(), round(10_000, 100), round(10_000, 100)]);
        assert_eq!(row.supported(0.5), Some(100));
        assert_eq!(
            row.supported(0.99),
            None,
            "its samples are all of one round"
        );
        let row = row_of(vec![slow.clone(), slow.clone(), slow]);
        assert!(row.supported(0.99).unwrap() >= 999_000);
    }

    #[test]
    fn a_tail_that_is_mostly_of_one_round_is_marked_and_its_share_is_said() {
        let tail = |samples| {
            let mut round = round(10_000, 100);
            round.record_n(1_000_000, samples);
            round
        };
        let lucky = row_of(vec![tail(1_000), tail(2), tail(1)]);
        let even = row_of(vec![tail(330), tail(340), tail(330)]);
        let block = part("title".to_owned(), &[lucky, even], false);
        let cells = |row: usize| block.rows[row].join(" | ");
        assert!(
            cells(1).contains("100 ns | 100 ns | 1.00 ms ‡"),
            "{}",
            cells(1)
        );
        assert!(
            cells(2).contains("1.00 ms") && !cells(2).contains('‡'),
            "{}",
            cells(2)
        );
        // of 10,000 equal samples in each the median has a third
        assert!(block.notes[0].contains("p50 3"), "{}", block.notes[0]);
        assert!(block.notes[0].contains("p99 99.7%"), "{}", block.notes[0]);
    }

    #[test]
    fn few_samples_support_no_percentile() {
        let row = row_of(vec![round(50, 7), round(50, 7), round(50, 7)]);
        assert_eq!(row.supported(0.5), None);
    }
}

//! The section of speed along the stream.

use super::block::Block;
use crate::figures::{of_pass, show_ends, show_ratio};
use crate::model::stream_parts::{PartRatio, StreamParts, compared};
use crate::model::summary::Summary;
use crate::style::plain;
use notibench_record::Record;

/// The ratios as a table; none without interleaved rounds, or with too few
/// slices.
pub(crate) fn block(record: &Record, summary: &Summary) -> Option<Block> {
    let along = StreamParts::of_slices(record, summary.pass)?;
    let mut rows = vec![vec!["engine".to_owned()]];
    rows[0].extend((0..along.parts).map(|part| along.place(part)));
    rows.extend(compared(record, summary).map(|(name, shown)| {
        let cell = |part: Option<PartRatio>| match part {
            None => "-".to_owned(),
            Some(PartRatio { ratio, interval }) => {
                let ends = interval.map_or_else(String::new, |i| format!("\n{}", show_ends(&i)));
                show_ratio(ratio) + &ends
            }
        };
        let cells = along.ratios(name).into_iter().map(cell);
        std::iter::once(shown).chain(cells).collect()
    }));
    let title = format!(
        "speed beside {} along the stream{}",
        plain(&record.plan.baseline),
        of_pass(summary.pass)
    );
    (rows.len() > 1).then(|| Block {
        title,
        rows,
        notes: vec![
            "each column is a part of the stream's events: times are the sums of its slices, \
             ratios geometric means over rounds, with 95% intervals"
                .to_owned(),
        ],
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::stream_parts::StreamParts;
    use notibench_record::Pass;
    use notibench_record::fixture;
    use notibench_record::fixture_in_turn;

    #[test]
    fn the_ratio_grows_or_falls_along_the_stream() {
        let record = fixture_in_turn::record();
        let found = StreamParts::of_slices(&record, Pass::Fresh).unwrap();
        let ratios = found.ratios("dashmap");
        assert_eq!(ratios.len(), 10);
        for (at, part) in ratios.into_iter().enumerate() {
            let part = part.unwrap();
            let wanted = if at < 5 { 3.0 } else { 1.5 };
            assert!((part.ratio - wanted).abs() < 0.1, "{at}: {part:?}");
            let interval = part.interval.unwrap();
            assert!(interval.low <= part.ratio && part.ratio <= interval.high);
        }
        // of the sums: 300 beside 150 on average
        let ratio = record.ratio("dashmap").unwrap();
        assert!((ratio.ratio - 2.0).abs() < 0.05, "{ratio:?}");
    }

    #[test]
    fn a_part_has_slices_of_every_round() {
        let mut record = fixture_in_turn::record();
        // 40 slices of a round, then 6, then 3: parts of at least two each
        for (slices, parts) in [(40, Some(10)), (6, Some(3)), (3, None)] {
            let ends = |count: u64| {
                let each = (1..=count).map(|at| at * record.plan.events / count);
                notibench_record::spaced(&each.collect::<Vec<_>>())
            };
            let ends = ends(slices);
            record.interleaved[0].slice_ends = ends;
            let found = StreamParts::of_slices(&record, Pass::Fresh);
            assert_eq!(found.map(|found| found.parts), parts);
        }
        assert!(StreamParts::of_slices(&fixture::record(), Pass::Fresh).is_none());
    }

    #[test]
    fn the_table_has_every_engine_and_every_part() {
        let record = fixture_in_turn::record();
        let block = block(&record, &Summary::of(&record)).unwrap();
        let names: Vec<&str> = block.rows.iter().map(|row| row[0].as_str()).collect();
        assert_eq!(names, ["engine", "dashmap", "sharded-mutex", "A/A control"]);
        assert_eq!(block.rows[0][1], "0–10%");
        assert!(block.rows.iter().all(|row| row.len() == 11));
        assert!(block.rows[1][1].contains("\n["), "{:?}", block.rows[1]);
        let plain = fixture::record();
        assert!(super::block(&plain, &Summary::of(&plain)).is_none());
    }
}

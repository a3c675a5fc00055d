//! The section of limits: each engine's speed as a share of the limit probes'.

use super::block::Block;
use crate::figures::show_percent;
use crate::model::limits::{LimitShare, limits, shares};
use crate::model::summary::{EngineLine, Summary};
use crate::style::{Style, plain};
use notibench_record::{Pass, Record};

/// The shares of all limits, short: `59.8 / 39.9%`, in the order of [`limits`];
/// `-` for one that is not known.
pub(crate) fn show_shares(record: &Record, engine: &str, pass: Pass) -> String {
    let found = shares(record, engine, pass);
    let shown = limits(record).into_iter().map(|limit| {
        let share = found.iter().find(|share| share.limit == limit)?;
        Some(show_percent(share.share).replace('%', ""))
    });
    let shown: Vec<String> = shown
        .map(|share| share.unwrap_or_else(|| "-".to_owned()))
        .collect();
    format!("{}%", shown.join(" / "))
}

/// A share with its interval: `62.0% [60.1%, 63.9%]`.
pub(crate) fn show_share_and_ends(share: &LimitShare) -> String {
    let ends = share.interval.map_or_else(String::new, |interval| {
        let [low, high] = [interval.low, interval.high].map(show_percent);
        format!(" [{low}, {high}]")
    });
    format!("{}{ends}", show_percent(share.share))
}

/// The table of shares, with intervals; empty where no limit probe ran.
pub(crate) fn section(record: &Record, summary: &Summary, style: Style) -> String {
    block(record, summary).map_or_else(String::new, |block| block.draw(style) + "\n")
}

/// The same as a block.
pub(crate) fn block(record: &Record, summary: &Summary) -> Option<Block> {
    let limits = limits(record);
    let lines: Vec<&EngineLine> = summary.ranked.iter().chain(&summary.ablations).collect();
    if limits.is_empty() || lines.is_empty() {
        return None;
    }
    let mut rows = vec![vec!["engine".to_owned()]];
    rows[0].extend(limits.iter().map(|limit| format!("of {limit}")));
    for line in lines {
        let found = shares(record, &line.name, summary.pass);
        let mut row = vec![plain(&line.name)];
        row.extend(limits.iter().map(|limit| {
            let share = found.iter().find(|share| share.limit == *limit);
            share.map_or_else(|| "-".to_owned(), show_share_and_ends)
        }));
        rows.push(row);
    }
    let title = match summary.pass {
        Pass::Fresh => "share of the machine's limit",
        Pass::Warm => "share of the machine's limit, over warm state",
    };
    let note = "the probe's ns per event ÷ the engine's, paired by round, with 95% intervals: at \
                100% an engine is as fast as the probe, which leaves out what docs/METHODOLOGY.md \
                says";
    Some(Block {
        title: title.to_owned(),
        rows,
        notes: vec![note.to_owned()],
    })
}

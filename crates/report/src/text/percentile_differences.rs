//! The section of percentiles beside the baseline's.

use super::block::Block;
use super::engine_table::sign;
use crate::figures::{show_ends, show_ratio, show_share};
use crate::model::percentile_differences::{
    PercentileDifference, QUANTILES, compared, percentile_differences,
};
use crate::model::summary::Summary;
use crate::style::{Style, plain};
use notibench_record::Record;
use notibench_record::stats::Judgement;

/// The section; empty where nothing can be compared.
pub(crate) fn section(record: &Record, summary: &Summary, style: Style) -> String {
    block(record, summary).map_or_else(String::new, |block| block.draw(style) + "\n")
}

/// The same as a block.
pub(crate) fn block(record: &Record, summary: &Summary) -> Option<Block> {
    let found = percentile_differences(record, summary);
    if found.is_empty() {
        return None;
    }
    let mut rows = vec![vec!["engine".to_owned()]];
    rows[0].extend(QUANTILES.map(|(_, name)| name.to_owned()));
    for line in compared(summary) {
        let cell = |(_, name)| {
            let of_it = |d: &&PercentileDifference| d.engine == line.name && d.percentile == name;
            found
                .iter()
                .find(of_it)
                .map_or_else(|| "-".to_owned(), shown)
        };
        let mut row = vec![plain(&line.name)];
        row.extend(QUANTILES.map(cell));
        rows.push(row);
    }
    let title = format!(
        "service time of ingest groups vs {}",
        plain(&record.plan.baseline)
    );
    Some(Block {
        title,
        rows,
        notes: vec![legend(record, &found)],
    })
}

fn shown(difference: &PercentileDifference) -> String {
    let interval = &difference.interval;
    format!(
        "{} {} {}{}",
        sign(difference.judgement),
        show_ratio(interval.ratio),
        show_ends(interval),
        if difference.of_one_round { " ‡" } else { "" }
    )
}

fn legend(record: &Record, found: &[PercentileDifference]) -> String {
    let threshold = show_share(record.plan.relevant);
    let unit = if record.plan.processes > 1 {
        "processes"
    } else {
        "rounds"
    };
    let mut words = format!(
        "the baseline's percentile over the engine's, above 1 shorter: of all {unit} merged, with \
         95% intervals by leaving out each in turn. ▲ shorter, ▼ longer"
    );
    if found.len() > 1 {
        words += &format!(
            ": significant with all {} taken together (Holm, 5%), so that ≈ may stand beside an \
             interval without 1",
            found.len()
        );
    }
    if found.iter().any(|d| d.of_one_round) {
        words += "; ‡: more than half of the samples beyond it are of one round";
    }
    let is_small = |d: &&PercentileDifference| {
        d.judgement.direction().is_some() && !matches!(d.judgement, Judgement::Relevant(_))
    };
    let small: Vec<String> = found
        .iter()
        .filter(is_small)
        .map(|d| format!("{} {}", plain(&d.engine), d.percentile))
        .collect();
    if !small.is_empty() {
        words += &format!("; perhaps by less than {threshold}: {}", small.join(", "));
    }
    words
}

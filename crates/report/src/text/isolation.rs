//! Interleaved beside isolated rounds as a table.

use super::columns::draw;
use crate::figures::{show_ends, show_ratio};
use crate::markdown_table::{code, table_with_legend};
use crate::model::isolation::{IsolationEffect, is_apart};
use crate::style::{Style, plain, wrap};
use notibench_core::unit::quantity::show_whole;
use notibench_record::stats::RatioInterval;

/// The table for a person.
#[must_use]
pub fn isolation_effects_terminal(found: &[IsolationEffect], style: &Style) -> String {
    if found.is_empty() {
        return format!("{NOTHING}\n");
    }
    draw(&rows(found, plain), *style) + &wrap("  ", &legend(found), style.width)
}

/// The table in Markdown.
#[must_use]
pub fn isolation_effects_markdown(found: &[IsolationEffect]) -> String {
    if found.is_empty() {
        return format!("{NOTHING}\n");
    }
    table_with_legend(&rows(found, code), &legend(found))
}

const NOTHING: &str = "no run has interleaved rounds and three isolated ones: --isolated-rounds 3";

fn legend(found: &[IsolationEffect]) -> String {
    let apart = found.iter().filter(|both| is_apart(both)).count();
    let width = |of: fn(&IsolationEffect) -> &RatioInterval| {
        let widths: Vec<f64> = found
            .iter()
            .map(|both| of(both).relative_width() / 2.0)
            .collect();
        notibench_record::stats::median(&widths)
            .map_or("-".to_owned(), |it| format!("{:.1}%", it * 100.0))
    };
    format!(
        "ratios of speed to the baseline of each run, above 1 faster, with 95% intervals. The last \
         column is the interleaved ratio as a multiple of the isolated one, Welch's interval; * \
         marks those that exclude 1: {apart} of {} (1 in 20 by chance). Half-widths, medians: {} \
         interleaved, {} isolated.",
        show_whole(found.len() as u64),
        width(|both| &both.interleaved),
        width(|both| &both.isolated),
    )
}

fn rows(found: &[IsolationEffect], name: impl Fn(&str) -> String) -> Vec<Vec<String>> {
    let ratio = |it: &RatioInterval| format!("{} {}", show_ratio(it.ratio), show_ends(it));
    let head = [
        "workload",
        "threads",
        "state",
        "engine",
        "interleaved",
        "isolated",
        "interleaved ÷ isolated",
    ];
    let mut rows = vec![head.map(str::to_owned).to_vec()];
    rows.extend(found.iter().map(|both| {
        let engine = if both.control {
            "A/A control".to_owned()
        } else {
            name(&both.engine)
        };
        let mark = if is_apart(both) { " *" } else { "" };
        vec![
            name(&both.workload),
            show_whole(both.threads as u64),
            both.pass.name().to_owned(),
            engine,
            ratio(&both.interleaved),
            ratio(&both.isolated),
            ratio(&both.difference) + mark,
        ]
    }));
    rows
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::isolation::IsolationEffect;
    use crate::model::isolation::is_apart;
    use crate::model::isolation::isolation_effects;
    use notibench_record::Pass;
    use notibench_record::Record;
    use notibench_record::Saved;
    use notibench_record::fixture;
    use notibench_record::fixture_in_turn;

    fn of(record: Record) -> Vec<IsolationEffect> {
        isolation_effects(&[Saved::Run(Box::new(record))], Pass::Fresh)
    }

    #[test]
    fn an_engine_whose_ratio_depends_on_the_way_is_marked() {
        // alone five times as fast as the baseline, in turn twice
        let found = of(fixture_in_turn::record());
        let dashmap = found.iter().find(|both| both.engine == "dashmap").unwrap();
        assert!(is_apart(dashmap), "{dashmap:?}");
        assert!((dashmap.difference.ratio - 0.4).abs() < 0.01, "{dashmap:?}");
        let control = found.iter().find(|both| both.control).unwrap();
        assert!(!is_apart(control), "{control:?}");
        let table = isolation_effects_markdown(&found);
        let marked = table.lines().filter(|line| line.ends_with(" * |"));
        assert_eq!(
            marked.count(),
            found.iter().filter(|both| is_apart(both)).count()
        );
        assert!(table.contains("A/A control"), "{table}");
    }

    #[test]
    fn a_run_of_one_kind_of_rounds_has_no_row() {
        assert_eq!(of(fixture::record()), []);
        assert_eq!(isolation_effects_markdown(&[]), format!("{NOTHING}\n"));
    }
}

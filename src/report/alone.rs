//! Every engine's ratio to the baseline in interleaved rounds and in isolated
//! ones, over several records: one table. Imports `record`, `stats` and the
//! sections beside it.

use super::columns::draw;
use super::markdown::{code, line, words};
use super::summary::Summary;
use super::text::{Style, plain, show_ends, show_ratio, wrap};
use crate::record::{Pass, Record, Saved};
use crate::stats::{RatioInterval, Verdict, paired_ratio, unpaired_ratio};
use crate::unit::quantity::show_whole;

/// Both ratios of one engine in one run.
#[derive(Clone, Debug, PartialEq)]
pub struct TwoWays {
    /// Name of the workload.
    pub workload: String,
    /// Workers.
    pub threads: usize,
    /// What state the passes found.
    pub pass: Pass,
    /// The engine's name.
    pub engine: String,
    /// Whether it is the baseline's second copy.
    pub control: bool,
    /// Its speed to the baseline's in interleaved rounds.
    pub interleaved: RatioInterval,
    /// The same in isolated rounds.
    pub isolated: RatioInterval,
    /// The former ratio as a multiple of the latter.
    pub difference: RatioInterval,
}

/// Both ratios of every engine of the files' runs, in their order, of those
/// passes. A run without rounds of both kinds has none.
#[must_use]
pub fn two_ways(files: &[Saved], pass: Pass) -> Vec<TwoWays> {
    let mut found = Vec::new();
    for file in files {
        match file {
            Saved::Run(record) => of_record(record, pass, &mut found),
            Saved::Sweep(sweep) => {
                for point in &sweep.points {
                    of_record(&point.record, pass, &mut found);
                }
            }
            Saved::Capacity(_) | Saved::Selftest(_) => {}
        }
    }
    found
}

fn of_record(record: &Record, pass: Pass, found: &mut Vec<TwoWays>) {
    if record.interleaved.is_empty() {
        return;
    }
    let summary = Summary::of_pass(record, pass);
    let ranked = summary.ranked.iter().map(|line| (line.name.clone(), false));
    let control = record.engines.iter().filter(|note| note.control);
    let control = control.map(|note| (note.name.clone(), true));
    for (engine, control) in ranked.chain(control) {
        if engine == record.plan.baseline {
            continue;
        }
        let interleaved = record.paired_times(&engine, pass);
        let isolated = record.paired_times_alone(&engine, pass);
        let all = (
            paired_ratio(&interleaved),
            paired_ratio(&isolated),
            unpaired_ratio(&isolated, &interleaved),
        );
        if let (Some(interleaved), Some(isolated), Some(difference)) = all {
            found.push(TwoWays {
                workload: record.workload.name.clone(),
                threads: record.plan.threads,
                pass,
                engine,
                control,
                interleaved,
                isolated,
                difference,
            });
        }
    }
}

/// The table for a person.
#[must_use]
pub fn two_ways_terminal(found: &[TwoWays], style: &Style) -> String {
    if found.is_empty() {
        return format!("{NOTHING}\n");
    }
    draw(&rows(found, plain), *style) + &wrap("  ", &legend(found), style.width)
}

/// The table in Markdown.
#[must_use]
pub fn two_ways_markdown(found: &[TwoWays]) -> String {
    if found.is_empty() {
        return format!("{NOTHING}\n");
    }
    let rows = rows(found, code);
    let rule: Vec<String> = rows[0].iter().map(|_| "---".to_owned()).collect();
    let mut text = line(&rows[0]) + &line(&rule);
    for row in &rows[1..] {
        text += &line(row);
    }
    format!("{text}\n{}\n", words(&legend(found)))
}

const NOTHING: &str = "no run has interleaved rounds and three isolated ones: --isolated-rounds 3";

/// Whether the two ratios differ by more than their noise.
fn is_apart(both: &TwoWays) -> bool {
    both.difference.verdict() != Verdict::NoDifferenceSeen
}

fn legend(found: &[TwoWays]) -> String {
    let apart = found.iter().filter(|both| is_apart(both)).count();
    let width = |of: fn(&TwoWays) -> &RatioInterval| {
        let widths: Vec<f64> = found
            .iter()
            .map(|both| of(both).relative_width() / 2.0)
            .collect();
        crate::stats::median(&widths).map_or("-".to_owned(), |it| format!("{:.1}%", it * 100.0))
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

fn rows(found: &[TwoWays], name: impl Fn(&str) -> String) -> Vec<Vec<String>> {
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
    use crate::record::{fixture, fixture_in_turn};

    fn of(record: Record) -> Vec<TwoWays> {
        two_ways(&[Saved::Run(Box::new(record))], Pass::Fresh)
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
        let table = two_ways_markdown(&found);
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
        assert_eq!(two_ways_markdown(&[]), format!("{NOTHING}\n"));
    }
}

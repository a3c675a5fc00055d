//! The fastest engine of each run as a table.

use super::columns::draw;
use crate::figures::{show_ends, show_ratio};
use crate::markdown_table::{code, table_with_legend};
use crate::model::winners::{Winner, WinnersChoice};
use crate::style::{Style, plain, wrap};
use notibench_core::unit::quantity::{show_ns, show_whole};
use notibench_record::Pass;
use notibench_record::stats::RatioInterval;

/// The winners as a table for a person.
#[must_use]
pub fn winners_terminal(winners: &[Winner], choice: &WinnersChoice, style: &Style) -> String {
    if winners.is_empty() {
        return format!("{NOTHING}\n");
    }
    let rows = rows(winners, choice, plain);
    let legend = legend(choice, plain);
    draw(&rows, *style) + &wrap("  ", &legend, style.width)
}

/// The winners as a table in Markdown.
#[must_use]
pub fn winners_markdown(winners: &[Winner], choice: &WinnersChoice) -> String {
    if winners.is_empty() {
        return format!("{NOTHING}\n");
    }
    table_with_legend(&rows(winners, choice, code), &legend(choice, plain))
}

const NOTHING: &str = "no run has a figure";

fn legend(choice: &WinnersChoice, name: impl Fn(&str) -> String) -> String {
    let mut text = "wall time per event, and ratios of speed, above 1 faster, with simultaneous \
                    95% intervals: geometric means over the rounds, Student's t on log-ratios of \
                    those that both ran, widened for the number of rivals in the run (Šidák). \
                    Engines whose reads may lag behind are compared among themselves."
        .to_owned();
    if !choice.without.is_empty() {
        let left_out: Vec<String> = choice.without.iter().map(|engine| name(engine)).collect();
        text += &format!(" Left out: {}.", left_out.join(", "));
    }
    text
}

fn rows(
    winners: &[Winner],
    choice: &WinnersChoice,
    name: impl Fn(&str) -> String,
) -> Vec<Vec<String>> {
    let points = winners.iter().any(|winner| winner.point.is_some());
    let warm = winners.iter().any(|winner| winner.pass == Pass::Warm);
    let ratio = |found: &Option<(String, RatioInterval)>| match found {
        Some((other, interval)) => format!(
            "{} {} {}",
            show_ratio(interval.ratio),
            show_ends(interval),
            name(other)
        ),
        None => "-".to_owned(),
    };
    let mut head = vec!["workload".to_owned(), "threads".to_owned()];
    head.extend(points.then(|| "point".to_owned()));
    head.extend(warm.then(|| "state".to_owned()));
    head.extend(["kind", "fastest", "ns/event", "vs the next"].map(str::to_owned));
    if let Some(engine) = &choice.beside {
        head.push(format!("{} vs the fastest other", name(engine)));
    }
    let mut rows = vec![head];
    for winner in winners {
        let mut row = vec![name(&winner.workload), show_whole(winner.threads as u64)];
        if points {
            row.push(winner.point.clone().unwrap_or_default());
        }
        if warm {
            row.push(winner.pass.name().to_owned());
        }
        let kind = if winner.deferred {
            "deferred"
        } else {
            "immediate"
        };
        row.push(kind.to_owned());
        row.push(name(&winner.engine));
        row.push(show_ns(winner.ns_per_event));
        row.push(ratio(&winner.next));
        if choice.beside.is_some() {
            row.push(ratio(&winner.beside));
        }
        rows.push(row);
    }
    rows
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::winners::WinnersChoice;
    use crate::model::winners::winners;
    use notibench_record::Saved;
    use notibench_record::fixture;

    fn beside(engine: &str) -> WinnersChoice {
        WinnersChoice {
            beside: Some(engine.to_owned()),
            without: Vec::new(),
        }
    }

    #[test]
    fn the_fastest_of_each_kind_stands_beside_the_next() {
        let mut record = fixture::record();
        let deferred = record.engines.iter_mut().find(|e| e.name == "dashmap");
        deferred.unwrap().freshness = "deferred".to_owned();
        let found = winners(&[Saved::Run(Box::new(record))], &WinnersChoice::default());
        let names: Vec<(&str, bool)> = found
            .iter()
            .map(|winner| (winner.engine.as_str(), winner.deferred))
            .collect();
        assert_eq!(names, [("sharded-mutex", false), ("dashmap", true)]);
        let (next, interval) = found[0].next.as_ref().unwrap();
        assert_eq!(next, "dashmap-naive");
        assert!((interval.ratio - 2.5).abs() < 0.1, "{interval:?}");
        assert_eq!(found[1].next, None);
    }

    #[test]
    fn an_engine_that_is_not_the_fastest_is_held_against_the_one_that_is() {
        let files = [Saved::Sweep(fixture::sweep())];
        let found = winners(&files, &beside("sharded-mutex"));
        let threads: Vec<usize> = found.iter().map(|winner| winner.threads).collect();
        assert_eq!(threads, [1, 2]);
        for winner in &found {
            assert_eq!(winner.point, None, "threads have their own column");
            let (rival, interval) = winner.beside.as_ref().unwrap();
            assert_eq!(rival, "dashmap");
            assert!((interval.ratio - 0.5).abs() < 0.05, "{interval:?}");
        }
        let (rival, _) = winners(&files, &beside("dashmap"))[0]
            .beside
            .clone()
            .unwrap();
        assert_eq!(rival, "sharded-mutex");
    }

    #[test]
    fn what_is_left_out_wins_nothing() {
        let choice = WinnersChoice {
            beside: None,
            without: vec!["dashmap".to_owned()],
        };
        let found = winners(&[Saved::Sweep(fixture::sweep())], &choice);
        assert!(found.iter().all(|winner| winner.engine == "sharded-mutex"));
        assert!(winners_markdown(&found, &choice).contains("Left out: dashmap."));
    }

    #[test]
    fn the_tables_look_like_this() {
        let files = [
            Saved::Sweep(fixture::sweep()),
            Saved::Run(Box::new(fixture::with_warm_passes())),
        ];
        let choice = beside("dashmap");
        let found = winners(&files, &choice);
        let style = Style {
            color: false,
            width: 120,
        };
        insta::assert_snapshot!(winners_terminal(&found, &choice, &style));
        insta::assert_snapshot!(winners_markdown(&found, &choice));
    }

    #[test]
    fn a_record_without_a_figure_has_no_winner() {
        let mut record = fixture::record();
        record.trials.clear();
        let found = winners(&[Saved::Run(Box::new(record))], &WinnersChoice::default());
        assert_eq!(
            winners_markdown(&found, &WinnersChoice::default()),
            "no run has a figure\n"
        );
    }
}

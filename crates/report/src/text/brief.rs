//! The report in short, for a terminal: failures, the answer, one table,
//! whether it can be trusted, and the gravest warnings.

use super::answer::headline;
use super::engine_table::{draw_engines, engine_rows, groups, show_versus};
use super::terminal::{incomplete, of_gravity, title};
use super::{apart, apart_answer, columns, open_loop, open_loop_answer, stopping};
use crate::model::badges::{State, badges};
use crate::model::failure::failures;
use crate::model::summary::Summary;
use crate::style::{Style, plain, wrap};
use crate::warning::collect;
use notibench_core::unit::quantity::counted;
use notibench_record::{Pass, Record};

/// Lines that it has at most at 100 columns, with one to spare for the line
/// that names the record.
const LINES: usize = 39;
/// Rows of the table that are shown in any case.
const FEWEST_ROWS: usize = 4;
/// Failures and warnings that are shown, and lines that each may take.
const SHOWN: usize = 3;
const LINES_EACH: usize = 2;

/// The report of a record in short: at most 39 lines at 100 columns. A pure
/// function of both.
#[must_use]
pub fn brief(record: &Record, style: &Style) -> String {
    let style = *style;
    let summary = Summary::of(record);
    let mut head = alarms(record, style);
    head += &title(record, style);
    head += &format!(
        "\n{}\n",
        style.bold(wrap("", &answer(record, &summary), style.width).trim_end())
    );
    let tail = trust(record, &summary, style) + &warnings(record, &summary, style);
    let taken = head.lines().count() + tail.lines().count() + 2;
    let room = LINES.saturating_sub(taken);
    format!("{head}\n{}\n{tail}", table(record, &summary, style, room))
}

/// What must be seen before any figure, as far as there is room.
fn alarms(record: &Record, style: Style) -> String {
    let mut words: Vec<(&str, String)> = Vec::new();
    words.extend(stopping::planted(record).map(|words| ("PLANTED  ", words)));
    let all = failures(record);
    let shown = all.iter().take(SHOWN);
    words.extend(shown.map(|failure| ("FAILED  ", plain(failure))));
    if all.len() > SHOWN {
        words.push((
            "FAILED  ",
            format!("{} more (--verbose)", all.len() - SHOWN),
        ));
    }
    words.extend(incomplete(record).map(|words| ("", words)));
    let line = |(label, words): &(&str, String)| {
        style.red(&clipped(&wrap(label, words, style.width))) + "\n"
    };
    let text: String = words.iter().map(line).collect();
    if text.is_empty() { text } else { text + "\n" }
}

/// The first lines of a text, and an ellipsis where there are more; without
/// a line break at its end.
fn clipped(text: &str) -> String {
    let mut lines: Vec<&str> = text.lines().collect();
    let more = lines.len() > LINES_EACH;
    lines.truncate(LINES_EACH);
    lines.join("\n") + if more { " …" } else { "" }
}

fn answer(record: &Record, summary: &Summary) -> String {
    match (&record.plan.open_loop, &record.plan.apart) {
        (Some(plan), _) => open_loop_answer::headline(record, plan),
        (None, Some(plan)) => apart_answer::headline(record, summary, plan),
        (None, None) => headline(record, summary),
    }
}

/// The table, in so many lines as there is room for.
fn table(record: &Record, summary: &Summary, style: Style, room: usize) -> String {
    let is_of_engines = record.plan.open_loop.is_none() && record.plan.apart.is_none();
    let (title, rows) = match (&record.plan.open_loop, &record.plan.apart) {
        (Some(_), _) => open_loop_rows(record),
        (None, Some(_)) => apart::short_rows(record, summary),
        (None, None) => rows(record, summary),
    };
    let drawn = |kept: usize| {
        let left_out = rows.len().saturating_sub(kept);
        let rows = &rows[..kept];
        let mut text = style.heading(&title);
        text += &if is_of_engines {
            draw_engines(rows, style)
        } else {
            columns::draw(rows, style)
        };
        if left_out > 0 {
            text += &format!("  {left_out} more (--verbose)\n");
        }
        text
    };
    let fewest = rows.len().min(FEWEST_ROWS + 1);
    let fitting = (fewest..=rows.len()).rev().map(drawn);
    let mut fitting = fitting.skip_while(|text| text.lines().count() > room);
    fitting.next().unwrap_or_else(|| drawn(fewest))
}

/// The rows of all engines, those with deferred reads and ablations below a
/// row that says so; ratios over warm state in a column of their own.
fn rows(record: &Record, summary: &Summary) -> (String, Vec<Vec<String>>) {
    let warm = Summary::of_pass(record, Pass::Warm);
    let mut found: Option<(String, Vec<Vec<String>>)> = None;
    for (title, lines) in groups(summary) {
        let mut rows = engine_rows(record, &lines, summary.pass);
        if let (true, Some(at)) = (record.plan.warm, place(&rows, "×")) {
            let heads = ["warm:".to_owned() + "\n" + &rows[0][at]];
            let cells = lines.iter().map(|line| {
                let all = warm.ranked.iter().chain(&warm.ablations);
                let found = all.clone().find(|other| other.name == line.name);
                found.map_or_else(|| "-".to_owned(), |line| show_versus(&line.versus))
            });
            let cells: Vec<String> = heads.into_iter().chain(cells).collect();
            for (row, cell) in rows.iter_mut().zip(cells) {
                row.insert(at + 1, cell);
            }
        }
        // the time per event says as much
        if let Some(at) = place(&rows, "ns per\nnotif.") {
            rows.iter_mut().for_each(|row| drop(row.remove(at)));
        }
        match &mut found {
            None => found = Some((title, rows)),
            Some((_, all)) => {
                // as short as a name
                let kind = if title.starts_with("ablations") {
                    "ablations:"
                } else {
                    "deferred reads (*):"
                };
                all.push(vec![kind.to_owned()]);
                all.extend(rows.into_iter().skip(1));
            }
        }
    }
    found.unwrap_or_default()
}

/// Where the column is whose heading begins so.
fn place(rows: &[Vec<String>], head: &str) -> Option<usize> {
    rows.first()?.iter().position(|cell| cell.starts_with(head))
}

/// The response times of events, or the rates where there are none.
fn open_loop_rows(record: &Record) -> (String, Vec<Vec<String>>) {
    let mut blocks = open_loop::blocks(record).into_iter();
    let rates = blocks.next().unwrap_or_default();
    let times = blocks.next().unwrap_or_default();
    if times.title.starts_with("events") {
        (times.title, times.rows)
    } else {
        ("rates".to_owned(), rates.rows)
    }
}

/// What is as it should be by its name, what is not in words.
fn trust(record: &Record, summary: &Summary, style: Style) -> String {
    let shown: Vec<String> = badges(record, summary)
        .iter()
        .map(|badge| match badge.state {
            State::Good => format!("{} {}", badge.state.sign(), badge.label),
            _ => format!("{} {}: {}", badge.state.sign(), badge.label, badge.words),
        })
        .collect();
    wrap("trust  ", &shown.join(" · "), style.width)
}

fn warnings(record: &Record, summary: &Summary, style: Style) -> String {
    let all = collect(record, summary);
    let shown = all.iter().take(SHOWN);
    let mut text: String = shown
        .map(|warning| {
            let lines = wrap("warning: ", &warning.to_string(), style.width);
            of_gravity(warning, &clipped(&lines), style) + "\n"
        })
        .collect();
    match all.len().saturating_sub(SHOWN) {
        0 => {}
        more => text += &format!("{} (--verbose)\n", counted(more, "more warning")),
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use notibench_record::fixture;
    use notibench_record::{fixture_apart, fixture_open_loop};

    fn at(record: &Record, width: usize) -> String {
        let color = false;
        brief(record, &Style { color, width })
    }

    /// As many engines as a registry may have, every second one deferred.
    fn crowded() -> Record {
        let mut record = fixture::with_warm_passes();
        for number in 0..14 {
            let name = format!("engine-of-ones-own-{number}");
            let mut note = record.engines[1].clone();
            note.name.clone_from(&name);
            note.engine.clone_from(&name);
            if number % 2 == 0 {
                note.freshness = "deferred".to_owned();
            }
            record.engines.push(note);
            let mut proof = record.proofs[1].clone();
            proof.engine.clone_from(&name);
            record.proofs.push(proof);
            let of_it = |trial: &&notibench_record::Trial| trial.engine == "dashmap";
            let mut trials: Vec<_> = record.trials.iter().filter(of_it).cloned().collect();
            trials
                .iter_mut()
                .for_each(|trial| trial.engine.clone_from(&name));
            record.trials.extend(trials);
        }
        record
    }

    #[test]
    fn the_short_report_looks_like_this() {
        let mut record = fixture::with_warm_passes();
        record.engines[2].freshness = "deferred".to_owned();
        record
            .warnings
            .push("the harness says so: --seed".to_owned());
        insta::assert_snapshot!(at(&record, 100));
    }

    #[test]
    fn it_has_at_most_forty_lines_with_that_of_the_record() {
        let mut worst = crowded();
        for name in [
            "sharded-mutex",
            "engine-of-ones-own-1",
            "dashmap",
            "dashmap-naive",
        ] {
            fixture::break_engine(&mut worst, name, &"a difference in many words ".repeat(40));
        }
        worst.complete = false;
        for number in 0..9 {
            let said = format!("{number} {}", "words of the harness ".repeat(30));
            worst.warnings.push(said);
        }
        for record in [
            fixture::record(),
            crowded(),
            worst,
            fixture_open_loop::record(),
            fixture_apart::record(),
        ] {
            let text = at(&record, 100);
            assert!(text.lines().count() < 40, "{text}");
            assert!(
                text.lines().all(|line| line.chars().count() <= 102),
                "{text}"
            );
        }
    }

    #[test]
    fn failures_and_the_gravest_warnings_stand_in_it_and_the_rest_is_counted() {
        let mut record = fixture::record();
        fixture::break_engine(&mut record, "sharded-mutex", "member 7: badge 3, not 2");
        for round in 0..=5 {
            fixture::trial_mut(&mut record, "dashmap-naive-again", round).wall_ns *= 2;
        }
        let more = (0..4).map(|number| format!("said {number}"));
        record.warnings.extend(more);
        let text = at(&record, 100);
        assert!(
            text.starts_with("FAILED  sharded-mutex: wrong final state: member 7"),
            "{text}"
        );
        let flat = text.split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(
            flat.contains("✗ A/A control: the baseline differs from itself (p < 0.001): 0.5"),
            "{text}"
        );
        assert!(
            text.contains("warning: the baseline differs from itself"),
            "{text}"
        );
        assert!(
            text.contains("said 1") && !text.contains("said 2"),
            "{text}"
        );
        assert!(text.ends_with("2 more warnings (--verbose)\n"), "{text}");
    }

    #[test]
    fn a_run_that_went_well_is_warned_of_nothing_and_trusted_in_a_line() {
        let text = at(&fixture::record(), 100);
        assert!(!text.contains("warning"), "{text}");
        assert_eq!(
            text.lines().last(),
            Some("trust  ✓ proof · ✓ events · ✓ A/A control · ✓ harness · ✓ disturbance")
        );
    }
}

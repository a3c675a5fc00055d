//! The report as GitHub's Markdown, to be pasted into a pull request.

use crate::figures::{roles, rounds, show_ends, show_ratio};
use crate::markdown_table::{code, line, words};
use crate::model::failure::failures;
use crate::model::limits::{limits, shares};
use crate::model::outcome::{Outcome, outcomes, passes, ratio_of, verdict_words};
use crate::model::summary::{EngineLine, Proof, Summary, Versus};
use crate::text::block::Block;
use crate::text::engine_table::OUT_OF_PROCESS;
use crate::text::limits::show_share_and_ends;
use crate::text::memory::NOT_COUNTED;
use crate::text::{apart, open_loop, trust};
use crate::warning::collect;
use notibench_core::unit::quantity::{counted, show_bytes, show_count, show_ns, show_whole};
use notibench_record::{EngineNote, EngineRole, Pass, Record};

/// Lines of the trust block that a reader of a pull request can do without.
const LEFT_OUT: [&str; 4] = ["realised mix", "dispositions", "recipients", "limits"];

/// The report of a record as Markdown: failures, the table of engines and
/// probes, warnings; what makes it believable is folded away.
#[must_use]
pub fn markdown(record: &Record) -> String {
    let summary = Summary::of(record);
    let mut text = format!(
        "### {} · {}\n\n",
        code(&record.workload.name),
        words(&record.started)
    );
    text += &shape(record);
    for failure in failures(record) {
        text += &format!("**FAILED** {}\n\n", words(&failure));
    }
    if !record.complete {
        let trials = counted(record.trials.len(), "trial");
        text += &format!("**incomplete**: ended after {trials}\n\n");
    }
    let tables = apart::blocks(record, &summary);
    for block in &tables {
        text += &of_block(block);
    }
    for summary in passes(record).into_iter().filter(|_| tables.is_empty()) {
        if summary.pass == Pass::Warm {
            text += "The same stream once more, over the state that the first pass left:\n\n";
        }
        text += &table(record, &summary);
    }
    if tables.is_empty() {
        text += &legend(record, &summary);
    }
    for block in open_loop::blocks(record) {
        text += &of_block(&block);
    }
    for warning in collect(record, &summary) {
        text += &format!("> **warning** {}\n\n", words(&warning.to_string()));
    }
    text += "<details><summary>What makes this believable</summary>\n\n";
    for (label, what) in trust::lines(record, &summary) {
        if !LEFT_OUT.contains(&label) {
            text += &format!("- **{label}** {}\n", words(&what));
        }
    }
    text += "\n</details>\n";
    text
}

fn shape(record: &Record) -> String {
    let plan = &record.plan;
    let workers = match &plan.apart {
        Some(apart) => format!(" a trial, {}", roles(apart)),
        None => format!(
            " and {} a trial, threads {}",
            counted(plan.reads, "read"),
            plan.threads
        ),
    };
    format!(
        "{}{workers}, batches of {}, {} after {} of warm-up, seed {}\n\n",
        counted(plan.events, "event"),
        show_whole(plan.batch as u64),
        rounds(plan.rounds),
        plan.warmup_rounds,
        plan.seed,
    )
}

/// The main table: engines fastest first, then ablations and probes, then
/// those that have no figure.
fn table(record: &Record, summary: &Summary) -> String {
    let limits = limits(record);
    let mut header: Vec<String> = ["engine", "events/s", "ns per event", "ns per notification"]
        .map(str::to_owned)
        .to_vec();
    header.push(format!("× {} [95% interval]", code(&record.plan.baseline)));
    header.push("verdict".to_owned());
    header.extend(limits.iter().map(|limit| format!("of `{limit}`")));
    header.extend(["bytes per member", "proof"].map(str::to_owned));
    let mut text = line(&header);
    text += &line(
        &header
            .iter()
            .enumerate()
            .map(|(at, _)| {
                // names to the left, figures to the right
                if at == 0 { ":--" } else { "--:" }.to_owned()
            })
            .collect::<Vec<_>>(),
    );
    for (note, outcome) in outcomes(record, summary) {
        let mut cells = match outcome {
            Outcome::Measured(line) => figures(record, note, line, summary.pass),
            // the trust block says what the control shows
            Outcome::Control(_) => continue,
            Outcome::Wrong(error) => vec![
                code(&note.name),
                format!("**no figure**: {}", words(&error.difference)),
            ],
            Outcome::Unmeasured => vec![code(&note.name), "no round that counts".to_owned()],
        };
        if matches!(outcome, Outcome::Wrong(_)) {
            cells.resize(header.len() - 1, String::new());
            cells.push("**✗ wrong**".to_owned());
        }
        cells.resize(header.len(), String::new());
        text += &line(&cells);
    }
    text.push('\n');
    text
}

/// A table of the terminal's report: its first row is the header, its first
/// column names.
fn of_block(block: &Block) -> String {
    let mut text = String::new();
    if !block.title.is_empty() {
        text += &format!("{}:\n\n", words(&block.title));
    }
    for (at, cells) in block.rows.iter().enumerate() {
        text += &line(&cells.iter().map(|cell| words(cell)).collect::<Vec<_>>());
        if at == 0 {
            let ends = (0..cells.len()).map(|at| if at == 0 { ":--" } else { "--:" }.to_owned());
            text += &line(&ends.collect::<Vec<_>>());
        }
    }
    text.push('\n');
    for note in &block.notes {
        text += &format!("{}\n\n", words(note));
    }
    text
}

fn figures(record: &Record, note: &EngineNote, line: &EngineLine, pass: Pass) -> Vec<String> {
    let probe = note.role == EngineRole::Probe;
    let number =
        |value: Option<f64>, show: fn(f64) -> String| value.map_or_else(|| "-".to_owned(), show);
    let mark = match (note.role, line.deferred) {
        (EngineRole::Engine, false) => "",
        (EngineRole::Engine, true) => " \\*",
        (EngineRole::Ablation, _) => " (ablation)",
        (EngineRole::Probe, _) => " (probe)",
    };
    let outside = if line.out_of_process { " †" } else { "" };
    let mut cells = vec![
        format!("{}{mark}{outside}", code(&line.name)),
        show_count(line.events_per_s),
        show_ns(line.ns_per_event),
        number(line.ns_per_notification.filter(|_| !probe), show_ns),
        if probe {
            String::new()
        } else {
            ratio(&line.versus)
        },
        verdict_words(&line.versus, record.plan.relevant),
    ];
    let found = shares(record, &line.name, pass);
    cells.extend(limits(record).iter().map(|limit| {
        let share = found.iter().find(|share| share.limit == *limit);
        share.map_or_else(String::new, show_share_and_ends)
    }));
    cells.push(match line.bytes_per_member {
        _ if probe => "-".to_owned(),
        None => NOT_COUNTED.to_owned(),
        Some(bytes) => show_bytes(bytes),
    });
    let proof = match line.proof {
        Proof::Equal => "✓",
        Proof::NotChecked if probe => "",
        Proof::NotChecked => "none",
    };
    cells.push(proof.to_owned());
    cells
}

fn ratio(versus: &Versus) -> String {
    match (versus, ratio_of(versus)) {
        (Versus::Baseline, _) => "1".to_owned(),
        (Versus::None(why), _) => format!("n/a ({why})"),
        (_, (Some(ratio), Some(interval))) => {
            format!("{} {}", show_ratio(ratio), show_ends(interval))
        }
        (_, (Some(ratio), None)) => format!("{} (no interval)", show_ratio(ratio)),
        _ => String::new(),
    }
}

fn legend(record: &Record, summary: &Summary) -> String {
    let mut text = String::new();
    if summary.intervals().next().is_some() {
        text += &format!(
            "Ratios are geometric means over rounds, above 1 faster than {}; intervals are \
             Student's t on paired log-ratios.",
            code(&record.plan.baseline)
        );
    }
    if !limits(record).is_empty() {
        text += " A share is the probe's ns per event ÷ the engine's.";
    }
    let mut compared = summary.ranked.iter().chain(&summary.ablations);
    if compared.any(|line| line.deferred) {
        text += " \\* deferred: reads may lag behind events; compare with its own kind first.";
    }
    let mut compared = summary.ranked.iter().chain(&summary.ablations);
    if compared.any(|line| line.out_of_process) {
        text += &format!(" † {OUT_OF_PROCESS}.");
    }
    if text.is_empty() {
        return text;
    }
    format!("{}\n\n", text.trim_start())
}

#[cfg(test)]
mod tests {
    use super::*;
    use notibench_record::fixture;
    use notibench_record::fixture_open_loop;

    #[test]
    fn the_report_is_a_table_with_its_proof_folded_away() {
        insta::assert_snapshot!(markdown(&fixture::with_limits()));
    }

    #[test]
    fn an_open_loop_has_its_tables() {
        let text = markdown(&fixture_open_loop::record());
        for cell in ["achieved/s", "peak backlog", "| response |", "| service |"] {
            assert!(text.contains(cell), "no {cell} in\n{text}");
        }
        // each table is as wide as its header
        for table in text.split("\n\n").filter(|part| part.starts_with("| ")) {
            let widths: Vec<usize> = table
                .lines()
                .map(|line| line.matches('|').count())
                .collect();
            assert!(widths.iter().all(|width| *width == widths[0]), "{table}");
        }
        assert!(!markdown(&fixture::record()).contains("achieved/s"));
    }

    /// The lines of the table, each as its cells.
    fn cells(text: &str) -> Vec<Vec<&str>> {
        let lines = text.lines().filter(|line| line.starts_with('|'));
        lines
            .map(|line| line.trim_matches('|').split('|').map(str::trim).collect())
            .collect()
    }

    #[test]
    fn a_wrong_engine_is_a_row_without_a_figure() {
        let mut record = fixture::with_limits();
        fixture::break_engine(&mut record, "dashmap", "member 7: badge 3, not 2");
        let text = markdown(&record);
        let rows = cells(&text);
        let row = rows.iter().find(|row| row[0] == "`dashmap`").unwrap();
        assert_eq!(row[1], "**no figure**: member 7: badge 3, not 2");
        assert_eq!(row[row.len() - 1], "**✗ wrong**");
        assert!(row[2..row.len() - 1].iter().all(|cell| cell.is_empty()));
        assert!(text.contains("**FAILED** dashmap: wrong final state"));
    }

    #[test]
    fn hostile_words_stay_words() {
        let hostile = "a|b<script>`c`\n\n# d @e #1 http://f.g www.h.i ![j](k) \\| </details> *l*";
        let mut record = fixture::record();
        record.workload.name = hostile.to_owned();
        record.plan.baseline = hostile.to_owned();
        record.environment.cpu = hostile.to_owned();
        record.warnings.push(hostile.to_owned());
        record.command.push(hostile.to_owned());
        let renamed = |name: &mut String| {
            if name == "dashmap-naive" {
                *name = hostile.to_owned();
            }
        };
        record.engines.iter_mut().for_each(|e| renamed(&mut e.name));
        record
            .trials
            .iter_mut()
            .for_each(|t| renamed(&mut t.engine));
        record
            .proofs
            .iter_mut()
            .for_each(|p| renamed(&mut p.engine));
        fixture::break_engine(&mut record, "sharded-mutex", hostile);
        let text = markdown(&record);
        for word in [
            "<script>", "`c`", "@e", " #1", "http://", "www.", "![j]", "*l*", "\\|",
        ] {
            assert!(!text.contains(word), "{word} in\n{text}");
        }
        assert_eq!(text.matches("</details>").count(), 1, "{text}");
        // a line of the table for each engine but the control, all as wide
        let rows = cells(&text);
        assert_eq!(rows.len(), 2 + record.engines.len() - 1, "{text}");
        assert!(rows.iter().all(|row| row.len() == rows[0].len()), "{text}");
    }

    #[test]
    fn one_round_and_none_make_no_nonsense() {
        let text = markdown(&fixture::with_rounds(1));
        assert!(text.contains("(no interval)"), "{text}");
        let mut record = fixture::record();
        record.trials.clear();
        record.complete = false;
        let text = markdown(&record);
        assert!(
            text.contains("| `dashmap` | no round that counts |"),
            "{text}"
        );
        assert!(text.contains("**incomplete**"), "{text}");
        assert!(!text.contains("NaN"), "{text}");
    }
}

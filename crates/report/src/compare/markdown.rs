//! A comparison as Markdown, to paste into a pull request.

use std::fmt::Write as _;

use super::answer::answer;
use super::comparison::Comparison;
use super::terminal::{heading, notes, rows, title};
use crate::markdown_table::words;

/// The comparison as Markdown: a heading, a table, what it rests on.
#[must_use]
pub fn markdown(comparison: &Comparison) -> String {
    let mut text = format!("### {}\n\n", words(&title(comparison)));
    if let Some(failure) = comparison.failure() {
        let _ = write!(text, "**GATE FAILED** {}\n\n", words(&failure));
    }
    for sentence in answer(comparison) {
        let _ = writeln!(text, "{}\n", words(&sentence));
    }
    for (at, row) in rows(comparison).iter().enumerate() {
        let cells: Vec<String> = row.iter().map(|cell| words(cell)).collect();
        let _ = writeln!(text, "| {} |", cells.join(" | "));
        if at == 0 {
            let rule = std::iter::once("---").chain(row.iter().skip(1).map(|_| "---:"));
            let _ = writeln!(text, "|{}|", rule.collect::<Vec<_>>().join("|"));
        }
    }
    text.push('\n');
    for line in heading(comparison).into_iter().chain(notes(comparison)) {
        let _ = writeln!(text, "- {}", words(&line));
    }
    for warning in &comparison.warnings {
        let _ = writeln!(text, "- **warning** {}", words(&warning.to_string()));
    }
    text
}

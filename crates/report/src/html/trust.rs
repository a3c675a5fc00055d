//! The trust block of a page: at a glance, and line by line.

use super::article::Article;
use crate::model::badges;
use crate::model::summary::Summary;
use crate::text::trust;
use notibench_record::Record;

/// Lines that stay folded: of the stream and of the machine.
const FOLDED: [&str; 5] = [
    "realised mix",
    "dispositions",
    "recipients",
    "limits",
    "machine",
];
/// Fills in the trust block of a run.
pub(super) fn fill(article: &mut Article, record: &Record, summary: &Summary) {
    article.badges = badges::badges(record, summary);
    let lines = trust::lines(record, summary).into_iter();
    // the page says at its end what made it
    for (label, words) in lines.filter(|(label, _)| *label != "made by") {
        let target = if FOLDED.contains(&label) {
            &mut article.more_trust
        } else {
            &mut article.trust
        };
        push(target, label, words);
    }
}

/// Adds a line; a label that stands already is not said again.
pub(super) fn push(lines: &mut Vec<(String, String)>, label: &str, words: String) {
    let said = lines.iter().rev().find(|(label, _)| !label.is_empty());
    let again = said.is_some_and(|(last, _)| last == label);
    let label = if again { "" } else { label };
    lines.push((label.to_owned(), words));
}

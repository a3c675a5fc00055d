//! What a comparison says of each engine, in a sentence: the one place that
//! words it for every output.

use super::comparison::{Change, Comparison, Method};
use crate::figures::{show_percent, within};
use crate::style::plain;
use notibench_record::stats::Verdict;

impl Change {
    /// The verdict in words; `n/a` where there is no interval.
    #[must_use]
    pub fn verdict_words(&self) -> &'static str {
        let verdict = self.interval.map(|interval| interval.verdict());
        verdict.map_or("n/a", Verdict::words)
    }
}

/// A sentence an engine.
pub(crate) fn answer(comparison: &Comparison) -> Vec<String> {
    let [_, new] = comparison.method.sides();
    let what = match comparison.method {
        Method::Builds { .. } => "build",
        Method::Records { .. } => "record",
    };
    let changes = comparison.changes.iter();
    changes
        .map(|change| sentence(change, &format!("the {new} {what}")))
        .collect()
}

fn sentence(change: &Change, new: &str) -> String {
    let name = plain(&change.engine);
    let Some(interval) = &change.interval else {
        return format!("{name}: there is no interval to judge by.");
    };
    let detectable = match interval.verdict() {
        Verdict::NoDifferenceSeen => format!(
            "; the detectable difference is {} (80% power)",
            show_percent(interval.minimum_detectable)
        ),
        Verdict::Faster | Verdict::Slower => String::new(),
    };
    format!(
        "{name}: {}, {:.3} times as fast in {new}{}{detectable}.",
        change.verdict_words(),
        change.ratio,
        within(interval, |value| format!("{value:.3}"))
    )
}

//! What a reader needs in order to believe a sweep, or not to: proofs,
//! controls, the harness's share and the streams, point by point; and its
//! warnings.

use super::engine_table::show_versus;
use super::trust::{Line, block, environment, made_by};
use crate::figures::show_percent;
use crate::model::summary::Versus;
use crate::model::sweep::{PointView, SweepView};
use crate::style::{Style, plain, wrap};
use crate::warning::{Warning, collect};
use notibench_core::unit::quantity::{counted, show_bytes, show_whole};
use notibench_record::ProofVerdict;

/// The block, and the warnings below it.
pub(crate) fn section(view: &SweepView<'_>, style: Style) -> String {
    let mut text = format!("\n{}", block(lines(view), style));
    text += &wrap("  ", WHOLE, style.width);
    text + &warnings(view, style)
}

/// How one point is shown whole.
pub(crate) const WHOLE: &str = "a point's whole report: notibench report FILE --point VALUE";

/// What the block says, line by line.
pub(crate) fn lines(view: &SweepView<'_>) -> Vec<Line> {
    let mut lines = vec![("proof", proofs(view))];
    let digests = view.merged(|point| {
        let oracle = point.record.oracle.iter();
        let words = |oracle: &notibench_record::OracleNote| {
            format!(
                "state {}, events {}",
                plain(&oracle.snapshot_digest),
                plain(&oracle.events_digest)
            )
        };
        oracle.map(words).collect()
    });
    lines.extend(
        digests
            .into_iter()
            .map(|(at, words)| ("oracle", at + &words)),
    );
    let control = |point: &PointView<'_>| {
        let control = point.summary.control.as_ref()?;
        (!matches!(control.versus, Versus::None(_))).then(|| show_versus(&control.versus))
    };
    lines.extend(by_point(view, control).map(|words| ("A/A control", words)));
    let harness = |point: &PointView<'_>| {
        let share = point.summary.harness.as_ref()?.of_fastest?;
        Some(format!(
            "{} of the fastest engine's time",
            show_percent(share)
        ))
    };
    lines.extend(by_point(view, harness).map(|words| ("harness", words)));
    if !view.sweep.axis.shares_stream() {
        lines.extend(by_point(view, recipients).map(|words| ("recipients", words)));
    }
    let peak = |point: &PointView<'_>| {
        let (trials, rounds) = (&point.record.trials, &point.record.interleaved);
        let of_trials = trials.iter().map(|trial| trial.peak_resident_bytes).max()?;
        // where no engine was ever alone, that of all together
        let together = rounds.iter().map(|round| round.peak_resident_bytes).max();
        let most = if of_trials > 0 { of_trials } else { together? };
        Some(show_bytes(most as f64))
    };
    lines.extend(by_point(view, peak).map(|words| ("peak resident", words)));
    lines.extend(machine(view));
    lines.push(made_by(&view.sweep.version, &view.sweep.command));
    lines
}

/// `1: …; 2: …`; nothing where no point has it.
fn by_point(
    view: &SweepView<'_>,
    words: impl Fn(&PointView<'_>) -> Option<String>,
) -> Option<String> {
    let parts: Vec<String> = view
        .points
        .iter()
        .filter_map(|point| Some(format!("{}: {}", point.label, words(point)?)))
        .collect();
    (!parts.is_empty()).then(|| parts.join("; "))
}

fn proofs(view: &SweepView<'_>) -> String {
    let proofs = || view.points.iter().flat_map(|point| &point.record.proofs);
    let snapshots: u64 = proofs().map(|proof| proof.snapshots).sum();
    let of = |wanted: fn(&ProofVerdict) -> bool| proofs().any(|proof| wanted(&proof.verdict));
    let state = if of(|verdict| matches!(verdict, ProofVerdict::Differs(_))) {
        "NOT every final state is the oracle's: see above"
    } else if of(|verdict| *verdict == ProofVerdict::Equal) {
        "every final state that was compared is equal to the oracle's"
    } else {
        return "none: no final state was compared".to_owned();
    };
    format!("{state} ({})", counted(snapshots, "snapshot"))
}

fn recipients(point: &PointView<'_>) -> Option<String> {
    let realised = point.record.realised.as_ref()?;
    Some(format!(
        "{} distinct, the most frequent gets {}, the top hundred {}",
        show_whole(realised.recipients),
        show_percent(realised.top_1_share),
        show_percent(realised.top_100_share)
    ))
}

/// The machine when the first point began; its load at the end of the last.
fn machine(view: &SweepView<'_>) -> Vec<Line> {
    let (Some(first), Some(last)) = (view.points.first(), view.points.last()) else {
        return Vec::new();
    };
    let mut machine = first.record.environment.clone();
    machine.load_1m_end = last.record.environment.load_1m_end;
    machine.throttled_ms_end = last.record.environment.throttled_ms_end;
    environment(&machine)
}

/// Every warning, with the points that it is of before it.
pub(crate) fn all_warnings(view: &SweepView<'_>) -> Vec<String> {
    let found = view.merged(|point| {
        let warnings = collect(point.record, &point.summary).into_iter();
        // of the points beyond the processors the table tells already
        warnings
            .filter(|warning| {
                !(point.oversubscribed && matches!(warning, Warning::Oversubscribed { .. }))
            })
            .map(|warning| warning.to_string())
            .collect()
    });
    let found = found.into_iter();
    found.map(|(place, words)| place + &words).collect()
}

fn warnings(view: &SweepView<'_>, style: Style) -> String {
    let mut text = String::new();
    for words in all_warnings(view) {
        let line = wrap("warning: ", &words, style.width);
        text.push('\n');
        text += &style.yellow(line.trim_end());
    }
    if !text.is_empty() {
        text.push('\n');
    }
    text
}

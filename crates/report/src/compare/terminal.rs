//! A comparison as text for a terminal.

use super::answer::answer;
use super::by_slice;
use super::comparison::{Change, Comparison, Method, Side};
use crate::figures::{of_pass, show_near_one, show_percent, show_ratio};
use crate::style::{Style, plain, wrap};
use crate::text::columns::draw;
use crate::text::stopping::planned;
use crate::text::terminal::shape;
use crate::text::weather;
use notibench_core::unit::quantity::{counted, show_ns};
use notibench_record::Weather;
use notibench_record::stats::Verdict;

/// The comparison as text: a failed gate first, then the two sides, the
/// table, what it rests on, and warnings. A pure function of both.
#[must_use]
pub fn terminal(comparison: &Comparison, style: &Style) -> String {
    let style = *style;
    let mut text = String::new();
    if let Some(failure) = comparison.failure() {
        text += &style.red(wrap("GATE FAILED  ", &failure, style.width).trim_end());
        text += "\n\n";
    }
    text += &style.bold(&title(comparison));
    text.push('\n');
    for sentence in answer(comparison) {
        text += &wrap("  ", &sentence, style.width);
    }
    text.push('\n');
    for line in heading(comparison) {
        text += &wrap("  ", &line, style.width);
    }
    text.push('\n');
    text += &draw(&rows(comparison), style);
    text.push('\n');
    for line in notes(comparison) {
        text += &wrap("  ", &line, style.width);
    }
    for warning in &comparison.warnings {
        let line = wrap("warning: ", &warning.to_string(), style.width);
        text.push('\n');
        text += &style.yellow(line.trim_end());
    }
    if !comparison.warnings.is_empty() {
        text.push('\n');
    }
    text
}

pub(crate) fn title(comparison: &Comparison) -> String {
    let workload = plain(&comparison.workload);
    let pass = of_pass(comparison.pass);
    match &comparison.method {
        Method::Builds { turns, .. } => {
            format!(
                "{workload} · two builds in {}{pass}",
                counted(*turns, "turn")
            )
        }
        Method::Records { .. } => format!("{workload} · two records, unpaired{pass}"),
    }
}

/// The sides, and how they were run.
pub(crate) fn heading(comparison: &Comparison) -> Vec<String> {
    let names = comparison.method.sides();
    let mut lines: Vec<String> = names
        .iter()
        .zip(&comparison.sides)
        .map(|(name, side)| side_line(name, side))
        .collect();
    lines.extend(weather_lines(names, &comparison.weather));
    if let Method::Builds {
        identical: true, ..
    } = comparison.method
    {
        lines.push("both are one file, byte for byte".to_owned());
    }
    lines.extend(by_slice::heading(comparison));
    let each = match comparison.method {
        Method::Builds { .. } => "each process: ",
        Method::Records { .. } => "",
    };
    lines.push(format!(
        "{each}{}",
        shape(&comparison.plan, &planned(&comparison.plan))
    ));
    lines
}

fn side_line(name: &str, side: &Side) -> String {
    format!(
        "{name}: {} (notibench {}, {})",
        plain(&side.path),
        plain(&side.version),
        plain(&side.started)
    )
}

/// How fast the machine was on both sides, where a side says it.
fn weather_lines(names: [&str; 2], sides: &[Option<Weather>; 2]) -> Vec<String> {
    let words = sides
        .each_ref()
        .map(|it| it.as_ref().and_then(weather::words));
    if words.iter().all(Option::is_none) {
        return Vec::new();
    }
    let mut lines: Vec<String> = names
        .iter()
        .zip(words)
        .map(|(name, words)| {
            let words = words.unwrap_or_else(|| "how fast the machine was is not known".to_owned());
            format!("{name}: {words}")
        })
        .collect();
    if let [Some(before), Some(after)] = sides {
        let beside = weather::beside([before, after]).into_iter();
        lines.extend(beside.map(|words| format!("{} ÷ {}: {words}", names[1], names[0])));
    }
    lines
}

/// The table, its header first.
pub(crate) fn rows(comparison: &Comparison) -> Vec<Vec<String>> {
    let [old, new] = comparison.method.sides();
    let mut header = vec![
        "engine".to_owned(),
        old.to_owned(),
        new.to_owned(),
        format!("{new} ÷ {old}\n[95% interval]"),
        "verdict".to_owned(),
        "detectable\ndifference".to_owned(),
    ];
    if let Some(gate) = comparison.gate {
        header.push(format!("gate\n{}", show_percent(gate.slower)));
    }
    let mut rows = vec![header];
    for change in &comparison.changes {
        let mut row = row(comparison, change, plain(&change.engine));
        row.extend(change.gate.map(|gate| gate.words().to_owned()));
        rows.push(row);
    }
    for again in comparison.by_slice.iter().flat_map(|found| &found.again) {
        let mut row = row(comparison, again, format!("{} (A/A)", plain(&again.engine)));
        row.extend(comparison.gate.map(|_| "-".to_owned()));
        rows.push(row);
    }
    if let Some(control) = &comparison.control {
        let mut row = row(comparison, control, "A/A control".to_owned());
        row.extend(comparison.gate.map(|_| "-".to_owned()));
        rows.push(row);
    }
    rows
}

fn row(comparison: &Comparison, change: &Change, name: String) -> Vec<String> {
    let show = match comparison.method {
        Method::Builds { .. } => show_ns,
        Method::Records { .. } => show_ratio,
    };
    let [old, new] = change.figures.map(show);
    let (ratio, verdict, effect) = match &change.interval {
        Some(interval) => (
            show_near_one(change.ratio, interval),
            change.verdict_words().to_owned(),
            show_percent(interval.minimum_detectable),
        ),
        None => (
            format!("{} n/a", show_ratio(change.ratio)),
            change.verdict_words().to_owned(),
            "-".to_owned(),
        ),
    };
    vec![name, old, new, ratio, verdict, effect]
}

/// What the figures rest on, a paragraph each.
pub(crate) fn notes(comparison: &Comparison) -> Vec<String> {
    let [old, new] = comparison.method.sides();
    let mut notes = match (&comparison.method, &comparison.by_slice) {
        (_, Some(found)) => by_slice::notes(comparison, found),
        (
            Method::Builds {
                turns,
                warmup_turns,
                ..
            },
            None,
        ) => vec![format!(
            "{old}, {new}: wall time per event. {new} ÷ {old}: speed, above 1 the new build is \
             faster. All are geometric means over {} (after {warmup_turns} of \
             warm-up), in each of which each build ran once, in shuffled order. Processes are the \
             sampling unit; intervals are Student's t on paired log-ratios.",
            counted(*turns, "turn")
        )],
        (Method::Records { baseline }, None) => vec![format!(
            "{old}, {new}: speed as a multiple of {}'s in the same record, so that the machine's \
             speed of that day cancels. {new} ÷ {old}: above 1 the engine became faster vs \
             that baseline. UNPAIRED: intervals are Welch's t on the difference of mean \
             log-ratios. They cover the noise of rounds, not the luck of two processes (layout, \
             allocator), and what the baseline gained or lost, too, is not seen; `compare --exe \
             OLD --exe NEW` covers both.",
            plain(baseline)
        )],
    };
    notes.push("detectable difference: the smallest change that is seen with 80% power".to_owned());
    notes.extend(gate_note(comparison));
    for (name, alone) in [old, new].iter().zip(&comparison.unmatched) {
        if !alone.is_empty() {
            let listed = alone.iter().map(|engine| plain(engine));
            let listed: Vec<String> = listed.collect();
            notes.push(format!("figures only {name}: {}", listed.join(", ")));
        }
    }
    let [events, state] = &comparison.digests;
    let digests = [("events", events), ("final state", state)];
    for (what, digest) in digests {
        if let Some(digest) = digest {
            notes.push(format!("the same {what} on both sides: {}", plain(digest)));
        }
    }
    notes
}

fn gate_note(comparison: &Comparison) -> Option<String> {
    let threshold = show_percent(comparison.gate?.slower);
    let decision = comparison.decision()?.words();
    let unjudged = match &comparison.method {
        Method::Builds { .. } => String::new(),
        Method::Records { baseline } => {
            format!(". The baseline {} itself is not judged", plain(baseline))
        }
    };
    Some(format!(
        "gate: {decision}; it fails where an engine is significantly {} and by more than \
         {threshold} of the time per event, is missing, or has no interval. Unsure: the interval \
         reaches beyond {threshold}; --fail-unsure fails then, too{unjudged}",
        Verdict::Slower
    ))
}

//! The tables of engines.

use super::columns::draw_dropping;
use super::limits::show_shares;
use super::memory::NOT_COUNTED;
use crate::figures::{rounds, show_ends, show_give_or_take, show_percent, show_ratio, show_share};
use crate::model::limits::limits;
use crate::model::summary::{EngineLine, Proof, Summary, Versus};
use crate::style::{Style, plain, wrap};
use notibench_core::unit::quantity::{show_bytes, show_count, show_ns};
use notibench_record::stats::{Direction, Judgement, RatioInterval};
use notibench_record::{Pass, Record};

pub(super) use super::columns::draw;

/// Columns of the table of engines that give way where it is too wide, the
/// first one first. Names, ratios and proofs stay.
const GIVE_WAY: [&str; 5] = [
    "ns per notif.",
    "share of limits",
    "bytes per member",
    "ns per event",
    "events/s",
];

/// The engines that have no figure, and why.
pub(crate) fn errors(summary: &Summary, style: Style) -> String {
    let mut text = String::new();
    for error in &summary.errors {
        let words = format!("no figure: {}", plain(&error.difference));
        let line = wrap(
            &format!("  {}  ✗ ", plain(&error.name)),
            &words,
            style.width,
        );
        text += &style.red(line.trim_end());
        text.push('\n');
    }
    if !summary.errors.is_empty() {
        text.push('\n');
    }
    text
}

/// The tables of engines, ablations and probes, errors before them.
pub(crate) fn section(record: &Record, summary: &Summary, style: Style) -> String {
    let mut text = errors(summary, style);
    for (title, lines) in groups(summary) {
        text += &style.heading(&title);
        text += &draw_engines(&engine_rows(record, &lines, summary.pass), style);
        text.push('\n');
    }
    if summary
        .ranked
        .iter()
        .chain(&summary.ablations)
        .next()
        .is_some()
    {
        text += &legend(record, summary, style);
        text.push('\n');
    }
    if !summary.probes.is_empty() {
        text += &style.heading("probes: what the harness and the machine take; not ranked");
        text += &draw(&probe_rows(&summary.probes), style);
        text.push('\n');
    }
    if !summary.unmeasured.is_empty() {
        let names: Vec<String> = summary.unmeasured.iter().map(|name| plain(name)).collect();
        text += &wrap("no round that counts: ", &names.join(", "), style.width);
        text.push('\n');
    }
    text
}

/// The tables of the second passes, over warm state; empty where there were
/// none.
pub(crate) fn warm_section(record: &Record, style: Style) -> String {
    let summary = Summary::of_pass(record, Pass::Warm);
    let mut text = String::new();
    for (title, lines) in groups(&summary) {
        text += &style.heading(&title);
        text += &draw_engines(&engine_rows(record, &lines, Pass::Warm), style);
        text += &wrap(
            "  ",
            "the same stream once more, over the state that the trial above left; ratios are of \
             these passes alone",
            style.width,
        );
        text.push('\n');
    }
    if !summary.probes.is_empty() {
        text += &style.heading("probes over warm state");
        text += &draw(&probe_rows(&summary.probes), style);
        text.push('\n');
    }
    text
}

/// The tables of engines and ablations, each with its title: engines with
/// immediate and with deferred reads apart, since these are two services.
pub(crate) fn groups(summary: &Summary) -> Vec<(String, Vec<&EngineLine>)> {
    let [immediate, deferred] = [false, true].map(|kind| summary.of_kind(kind).collect::<Vec<_>>());
    let over = match summary.pass {
        Pass::Fresh => "",
        Pass::Warm => " over warm state",
    };
    let kind = if deferred.is_empty() {
        ""
    } else {
        " with immediate reads"
    };
    let all = [
        (format!("engines{kind}{over}, fastest first"), immediate),
        (
            format!("engines with deferred reads (*){over}, fastest first"),
            deferred,
        ),
        (
            format!("ablations{over}"),
            summary.ablations.iter().collect(),
        ),
    ];
    let has_any = |(_, lines): &(String, Vec<_>)| !lines.is_empty();
    all.into_iter().filter(has_any).collect()
}

/// A table of engines as text.
pub(crate) fn draw_engines(rows: &[Vec<String>], style: Style) -> String {
    draw_dropping(rows, &GIVE_WAY, style)
}

/// The rows of a table of engines or ablations, its header first.
pub(crate) fn engine_rows(record: &Record, lines: &[&EngineLine], pass: Pass) -> Vec<Vec<String>> {
    let shares = !limits(record).is_empty();
    let versus = format!("× {}\n[95% interval]", plain(&record.plan.baseline));
    let mut header = vec!["engine", "events/s", "ns per\nevent", "ns per\nnotif."];
    header.push(versus.as_str());
    if shares {
        header.push("share of\nlimits");
    }
    header.extend(["bytes per\nmember", "proof"]);
    let mut rows = vec![header.into_iter().map(str::to_owned).collect::<Vec<_>>()];
    let number =
        |value: Option<f64>, show: fn(f64) -> String| value.map_or_else(|| "-".to_owned(), show);
    for line in lines {
        let deferred = if line.deferred { " *" } else { "" };
        let outside = if line.out_of_process { " †" } else { "" };
        let mut row = vec![
            format!("{}{deferred}{outside}", plain(&line.name)),
            show_give_or_take(line.events_per_s, line.speed.as_ref(), show_count),
            show_ns(line.ns_per_event),
            number(line.ns_per_notification, show_ns),
        ];
        row.push(show_versus(&line.versus));
        if shares {
            row.push(show_shares(record, &line.name, pass));
        }
        row.push(
            line.bytes_per_member
                .map_or_else(|| NOT_COUNTED.to_owned(), show_bytes),
        );
        row.push(
            if line.proof == Proof::Equal {
                "✓"
            } else {
                "none"
            }
            .to_owned(),
        );
        rows.push(row);
    }
    rows
}

/// The rows of a table of probes, its header first.
pub(crate) fn probe_rows(lines: &[EngineLine]) -> Vec<Vec<String>> {
    let header = ["probe", "events/s", "ns per event", "core-ns per event"];
    let mut rows = vec![header.map(str::to_owned).to_vec()];
    rows.extend(lines.iter().map(|line| {
        vec![
            plain(&line.name),
            show_count(line.events_per_s),
            show_ns(line.ns_per_event),
            show_ns(line.core_ns_per_event),
        ]
    }));
    rows
}

/// A ratio with its interval, or why there is none.
pub(crate) fn show_versus(versus: &Versus) -> String {
    match versus {
        Versus::Baseline => "1 (baseline)".to_owned(),
        Versus::None(why) => format!("n/a ({why})"),
        Versus::Ratio {
            ratio,
            interval: None,
            rounds: count,
        } => {
            format!("{} n/a ({})", show_ratio(*ratio), rounds(*count))
        }
        Versus::Ratio {
            ratio,
            interval: Some(interval),
            ..
        } => {
            // the mark is the same whatever is relevant
            let sign = sign(Judgement::of(interval, 0.0));
            format!("{sign} {} {}", show_ratio(*ratio), show_ends(interval))
        }
    }
}

/// The mark of a significant difference, and of none.
pub(crate) fn sign(judgement: Judgement) -> &'static str {
    match judgement.direction() {
        Some(Direction::Faster) => "▲",
        Some(Direction::Slower) => "▼",
        None => "≈",
    }
}

/// What the marks mean, the verdicts in words, and what the table has no
/// room for.
fn legend(record: &Record, summary: &Summary, style: Style) -> String {
    let notes = notes(record, summary);
    let wrapped = notes.iter().map(|note| wrap("  ", note, style.width));
    wrapped.collect()
}

/// The same, a paragraph each.
pub(crate) fn notes(record: &Record, summary: &Summary) -> Vec<String> {
    let mut notes = vec![
        "notif.: an event whose disposition is notify; ±: the larger half of the 95% interval; \
         times are geometric means over the rounds, as ratios are"
            .to_owned(),
    ];
    if !limits(record).is_empty() {
        let words = format!("share of limits: of {}", limits(record).join(" / of "));
        notes.push(words);
    }
    notes.extend(verdicts(record, summary));
    let listed = |figure: &dyn Fn(&EngineLine) -> String| {
        let all = all(summary).map(|line| format!("{} {}", plain(&line.name), figure(line)));
        all.collect::<Vec<_>>().join(", ")
    };
    let threads = record.plan.threads;
    if threads > 1 {
        let core = listed(&|line| show_ns(line.core_ns_per_event));
        notes.push(format!("core time per event (× {threads} threads): {core}"));
    }
    let peaks = listed(&|line| show_bytes(line.peak_resident_bytes as f64));
    notes.push(format!("peak resident size of the process: {peaks}"));
    if all(summary).any(|line| line.deferred) {
        let words = "* deferred: its reads may lag behind its events; compare with its own kind \
                     first";
        notes.push(words.to_owned());
    }
    if all(summary).any(|line| line.out_of_process) {
        notes.push(format!("† {OUT_OF_PROCESS}"));
    }
    if all(summary).any(|line| line.proof != Proof::Equal) {
        notes.push("proof none: the final state was not looked at".to_owned());
    }
    notes
}

/// What the mark † says.
pub(crate) const OUT_OF_PROCESS: &str = "out of process: its state lies in a server beyond a \
    socket, which is in its time; its bytes are the server's, and its peak is without them";

/// Engines and ablations.
fn all(summary: &Summary) -> impl Iterator<Item = &EngineLine> {
    summary.ranked.iter().chain(&summary.ablations)
}

fn verdicts(record: &Record, summary: &Summary) -> Option<String> {
    let threshold = show_share(record.plan.relevant);
    let judge = |interval| Judgement::of(interval, record.plan.relevant);
    let mut found: Vec<String> = Vec::new();
    for judgement in JUDGEMENTS {
        let names: Vec<String> = summary
            .intervals()
            .filter(|(_, interval)| judge(interval) == judgement)
            .map(|(name, _)| plain(name))
            .collect();
        if !names.is_empty() {
            let (sign, words) = (sign(judgement), judgement.words(&threshold));
            found.push(format!("{sign} {words}: {}", names.join(", ")));
        }
    }
    if found.is_empty() {
        return None;
    }
    let unit = if record.plan.processes > 1 {
        "processes"
    } else {
        "rounds"
    };
    let floored = below_floor(summary).map_or_else(String::new, |words| format!(" {words}"));
    Some(format!(
        "vs {}: {}. By more than {threshold} (--relevant) where it says no less. Ratios are \
         geometric means over {unit}, above 1 faster; intervals are Student's t on paired \
         log-ratios.{floored}",
        plain(&record.plan.baseline),
        found.join("; ")
    ))
}

/// Which engines show no difference though their intervals exclude 1.
fn below_floor(summary: &Summary) -> Option<String> {
    let excludes_1 = |interval: &RatioInterval| interval.low > 1.0 || interval.high < 1.0;
    let found: Vec<(&str, &RatioInterval)> = summary
        .intervals()
        .filter(|(_, interval)| interval.is_below_floor() && excludes_1(interval))
        .collect();
    let (_, first) = found.first()?;
    let names: Vec<String> = found.iter().map(|(name, _)| plain(name)).collect();
    Some(format!(
        "≈ stands beside an interval without 1 where the A/A control deviates from 1 by more ({}): \
         {}.",
        show_percent(first.floor.exp_m1()),
        names.join(", ")
    ))
}

/// What can be said of a difference, in the order in which it is listed.
const JUDGEMENTS: [Judgement; 8] = [
    Judgement::Relevant(Direction::Faster),
    Judgement::PerhapsRelevant(Direction::Faster),
    Judgement::Irrelevant(Direction::Faster),
    Judgement::NoRelevantDifference,
    Judgement::NoDifferenceSeen,
    Judgement::Irrelevant(Direction::Slower),
    Judgement::PerhapsRelevant(Direction::Slower),
    Judgement::Relevant(Direction::Slower),
];

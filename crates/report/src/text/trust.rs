//! The trust block: what a reader needs in order to believe the figures, or not
//! to.

use std::fmt::Write as _;

use super::interleaved::slices_words;
use super::open_loop::recording_words;
use super::stopping::ended;
use super::weather;
use crate::figures::{rounds, show_near_one, show_percent, show_ratio};
use crate::model::control::ControlVerdict;
use crate::model::failure::{difference, unconserved};
use crate::model::summary::{Summary, Versus, control_interval};
use crate::style::{Style, plain, wrap};
use notibench_core::unit::command_line::quoted;
use notibench_core::unit::quantity::{counted, show_bytes, show_ns, show_whole};
use notibench_record::stats::RatioInterval;
use notibench_record::{
    EngineNote, EngineRole, Environment, ProofVerdict, Realised, Record, Trial,
};

/// Width of the column of labels.
const LABEL: usize = 16;

/// What the block says, line by line, each with its label.
pub(crate) fn lines(record: &Record, summary: &Summary) -> Vec<Line> {
    let mut lines = proofs(record);
    lines.push(("events", conservation(record)));
    if let Some(control) = control(summary, record.plan.relevant) {
        lines.push(("A/A control", control));
    }
    if record.plan.open_loop.is_some() {
        let words = recording_words(record);
        lines.extend(words.into_iter().map(|words| ("recording", words)));
    } else {
        lines.push(("harness", harness(record, summary)));
    }
    lines.push(("clock", clock(record)));
    lines.extend(slices_words(record).map(|words| ("slices", words)));
    let weather = record.weather.as_ref().and_then(weather::words);
    lines.extend(weather.map(|words| ("weather", words)));
    if let Some(words) = ended(record) {
        lines.push(("ended by", words));
    }
    if let Some(effect) = detectable(summary) {
        lines.push(("detectable", effect));
    }
    if let Some(realised) = &record.realised {
        lines.extend(workload(realised));
    }
    lines.push(("disturbance", disturbance(record)));
    lines.extend(watched(record));
    lines.extend(environment(&record.environment));
    lines.push(made_by(&record.version, &record.command));
    lines
}

const MADE_BY: &str = "made by";

/// Which notibench wrote it, and the command line, which a shell reads.
pub(crate) fn made_by(version: &str, command: &[String]) -> Line {
    let words = format!("notibench {}: {}", plain(version), quoted(command));
    (MADE_BY, words)
}

/// The block.
pub(crate) fn section(record: &Record, summary: &Summary, style: Style) -> String {
    block(lines(record, summary), style)
}

/// Lines under the heading `trust`, each label once.
pub(crate) fn block(lines: Vec<Line>, style: Style) -> String {
    let mut text = style.heading("trust");
    let mut last = "";
    for (label, words) in lines {
        let shown = if label == last { "" } else { label };
        last = label;
        let start = format!("  {shown:LABEL$}");
        if label == MADE_BY {
            // a line break would end the command where it is pasted
            let _ = writeln!(text, "{start}{words}");
        } else {
            text += &wrap(&start, &words, style.width);
        }
    }
    text
}

/// A label, and what stands beside it.
pub(crate) type Line = (&'static str, String);

fn proofs(record: &Record) -> Vec<Line> {
    let mut lines = Vec::new();
    match &record.oracle {
        None => lines.push((
            "oracle",
            "none in this record: no final state was compared".to_owned(),
        )),
        Some(oracle) => {
            let expected = match oracle.expected.as_str() {
                "matches" => "as the workload's file expects",
                "unknown" if record.workload.trace.is_some() => "of a trace, which expects none",
                "unknown" => "the workload's file expects none for this seed and length",
                _ => "NOT what the workload's file expects",
            };
            let state = format!("state {} ({expected})", plain(&oracle.snapshot_digest));
            let size = format!(
                "{}, {}, in {}",
                counted(oracle.members, "member"),
                counted(oracle.contents, "content"),
                show_ns(oracle.took_ms as f64 * 1e6),
            );
            lines.push(("oracle", state));
            lines.push(("oracle", format!("events {}", plain(&oracle.events_digest))));
            lines.push(("oracle", size));
        }
    }
    lines.extend(
        record
            .engines
            .iter()
            .map(|engine| ("proof", proof(record, engine))),
    );
    lines
}

fn proof(record: &Record, engine: &EngineNote) -> String {
    let name = plain(&engine.name);
    if let Some(words) = difference(record, engine) {
        return format!("{name}: WRONG: {}", plain(&words));
    }
    let found = record
        .proofs
        .iter()
        .find(|proof| proof.engine == engine.name);
    match found.map(|proof| (&proof.verdict, proof)) {
        Some((ProofVerdict::Equal, proof)) => format!(
            "{name}: equal to the oracle's ({}, {} compared){}",
            counted(proof.snapshots, "snapshot"),
            counted(proof.reads, "read"),
            answers_under_load(proof.explained, proof.bounded)
        ),
        _ if engine.role == EngineRole::Probe => format!("{name}: a probe, which keeps no state"),
        _ => format!("{name}: not checked"),
    }
}

/// What is said, behind a proof, of the answers that were logged while others
/// wrote; nothing where there were none.
#[must_use]
pub fn answers_under_load(explained: u64, bounded: u64) -> String {
    match (explained, bounded) {
        (0, 0) => String::new(),
        (_, 0) => format!("; {} under load explained", counted(explained, "answer")),
        _ => format!(
            "; {} under load explained, {} more within bounds",
            counted(explained, "answer"),
            show_whole(bounded)
        ),
    }
}

fn conservation(record: &Record) -> String {
    let broken = record
        .trials
        .iter()
        .filter(|trial| unconserved(trial).is_some())
        .count();
    let sum = |part: fn(&notibench_record::Trial) -> u64| {
        show_whole(
            record
                .trials
                .iter()
                .fold(0, |sum: u64, t| sum.saturating_add(part(t))),
        )
    };
    let (state, sign) = if broken == 0 {
        ("conserved".to_owned(), '=')
    } else {
        (
            format!(
                "NOT conserved in {broken} of {}",
                counted(record.trials.len(), "trial")
            ),
            '≠',
        )
    };
    format!(
        "{state} over all trials: generated {} {sign} applied {} + discarded {} + failed {} + \
         skipped {}",
        sum(|t| t.generated),
        sum(|t| t.applied),
        sum(|t| t.discarded),
        sum(|t| t.failed),
        sum(|t| t.skipped)
    )
}

fn control(summary: &Summary, relevant: f64) -> Option<String> {
    let control = summary.control.as_ref()?;
    let words = match (&control.versus, control_interval(summary)) {
        (Versus::Ratio { ratio, .. }, Some(interval)) => {
            let control = ControlVerdict::of(interval, relevant);
            let fix = match control {
                ControlVerdict::Differs => ": don't trust differences of this size",
                ControlVerdict::Equal | ControlVerdict::TooWide => "",
            };
            let ratio = show_near_one(*ratio, interval);
            let seen = control.words(interval, relevant);
            format!("ratio {ratio}: {seen}{fix}")
        }
        (
            Versus::Ratio {
                ratio,
                rounds: count,
                ..
            },
            None,
        ) => {
            format!("ratio {} n/a ({})", show_ratio(*ratio), rounds(*count))
        }
        (Versus::None(why), _) => format!("n/a ({why})"),
        (Versus::Baseline, _) => return None,
    };
    Some(words)
}

fn harness(record: &Record, summary: &Summary) -> String {
    let where_made = if record.plan.inline {
        "events are generated inside the timed part"
    } else {
        "events are made beforehand, outside the timed part"
    };
    let Some(harness) = summary.harness else {
        return format!("{where_made}; what the harness takes is not known without `null`");
    };
    let null = format!("null takes {} per event", show_ns(harness.ns_per_event));
    let Some(share) = harness.of_fastest else {
        return format!("{null}; {where_made}");
    };
    let part = if record.plan.inline {
        "generator"
    } else {
        "harness"
    };
    let near = if share > 0.2 {
        "is near"
    } else {
        "is not near"
    };
    format!(
        "{null}: the harness takes {} of the fastest engine's time, so the {part} {near} the \
         bottleneck; {where_made}",
        show_percent(share)
    )
}

fn clock(record: &Record) -> String {
    let clock = record.clock;
    format!(
        "one reading costs {}; its smallest step is {}",
        show_ns(clock.cost_ns),
        show_ns(clock.resolution_ns as f64)
    )
}

fn detectable(summary: &Summary) -> Option<String> {
    let of = |interval: &RatioInterval| show_percent(interval.minimum_detectable);
    let mut parts: Vec<String> = summary
        .intervals()
        .map(|(name, i)| format!("{} {}", plain(name), of(i)))
        .collect();
    parts.extend(control_interval(summary).map(|interval| format!("A/A control {}", of(interval))));
    (!parts.is_empty()).then(|| format!("difference (80% power): {}", parts.join(", ")))
}

fn workload(realised: &Realised) -> Vec<Line> {
    let share = |count: u64| show_percent(count as f64 / realised.events.max(1) as f64);
    let listed = |counts: &[(String, u64)]| {
        let mut counts: Vec<&(String, u64)> = counts.iter().filter(|(_, n)| *n > 0).collect();
        counts.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
        let parts: Vec<String> = counts
            .iter()
            .map(|(name, count)| format!("{} {}", plain(name), share(*count)))
            .collect();
        parts.join(", ")
    };
    vec![
        (
            "realised mix",
            format!(
                "{}; undos {}",
                listed(&realised.kinds),
                share(realised.undos)
            ),
        ),
        ("dispositions", listed(&realised.dispositions)),
        (
            "recipients",
            format!(
                "{} distinct in {}; the most frequent gets {}, the top hundred {}; \
                 self-actions {}",
                show_whole(realised.recipients),
                counted(realised.events, "event"),
                show_percent(realised.top_1_share),
                show_percent(realised.top_100_share),
                share(realised.self_actions)
            ),
        ),
    ]
}

fn disturbance(record: &Record) -> String {
    let steal = || record.disturbances().map(|(steal_ms, _)| steal_ms);
    let switches = || record.disturbances().map(|(_, switches)| switches);
    let total =
        |values: &mut dyn Iterator<Item = u64>| show_whole(values.fold(0, u64::saturating_add));
    let unit = if record.interleaved.is_empty() {
        "trial"
    } else {
        "round"
    };
    format!(
        "steal {} ms in all, at most {} ms a {unit}; involuntary switches {} in all, at most {} a \
         {unit}",
        total(&mut steal()),
        show_whole(steal().max().unwrap_or(0)),
        total(&mut switches()),
        show_whole(switches().max().unwrap_or(0))
    )
}

/// What a screen took that was drawn within trials.
fn watched(record: &Record) -> Option<Line> {
    let sum = |part: fn(&Trial) -> u64| record.trials.iter().map(part).fold(0, u64::saturating_add);
    let watched = sum(|trial| trial.watched_ns);
    if watched == 0 {
        return None;
    }
    let share = watched as f64 / sum(|trial| trial.wall_ns).max(1) as f64;
    let words = format!(
        "a screen was drawn while trials ran, outside the workers' threads: {} in all, {} of the \
         trials' time; without --live it takes nothing",
        show_ns(watched as f64),
        show_percent(share)
    );
    Some(("disturbance", words))
}

pub(crate) fn environment(machine: &Environment) -> Vec<Line> {
    let or_unknown =
        |value: &Option<String>| value.as_deref().map_or_else(|| "unknown".to_owned(), plain);
    let memory = |bytes: u64| show_bytes(bytes as f64);
    let limits = format!(
        "cgroup: memory {}, processors {}",
        machine
            .cgroup_memory_bytes
            .map_or_else(|| "unlimited".to_owned(), memory),
        machine
            .cgroup_cpus
            .map_or_else(|| "unlimited".to_owned(), |cpus| cpus.to_string()),
    );
    let kernel = format!(
        "governor {}, clock source {}, huge pages {}, load {:.2} before and {:.2} after, {} build",
        or_unknown(&machine.governor),
        or_unknown(&machine.clock_source),
        or_unknown(&machine.huge_pages),
        machine.load_1m,
        machine.load_1m_end,
        plain(&machine.profile),
    );
    let own = format!(
        "{}, {}, {} of memory ({} available), {}",
        plain(&machine.processor()),
        counted(machine.cores, "processor"),
        memory(machine.memory_bytes),
        memory(machine.available_bytes),
        plain(&machine.os),
    );
    vec![("limits", limits), ("machine", own), ("machine", kernel)]
}

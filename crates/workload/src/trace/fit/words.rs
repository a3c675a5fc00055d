//! What is said of a fit: the `about` of its workload, and the comments of its
//! file.

use super::daytime::PEAK_LIMITS;
use super::{Fit, Fitted, FittedZipf};
use notibench_core::unit::quantity::show_whole;

/// What stands at the end of a fitted file: a trace has no reads.
const READS: &str = "
# A trace has no reads, so a run of this file measures ingest alone. For reads
# beside the events take off the comment signs; these numbers are an example,
# not an estimate.
# [reads]
# per_event = 0.25
# exponent = 0.8
# mix = { badge = 6, inbox_page = 3, reactions = 1 }
";

/// The text of a fitted file: the workload, with comments where it holds what
/// the trace does not say.
#[must_use]
pub fn file(fit: &Fit) -> String {
    let mut text = fit.workload.to_toml();
    if !fit.has_segments {
        let header = "[population.segments]";
        let comment = format!("{header}          # even: the trace names none");
        text = text.replacen(header, &comment, 1);
    }
    text + READS
}

/// What the fitted workload models, and how well, in sentences.
#[must_use]
pub fn about(fit: &Fit, source: &str) -> String {
    let among = if fit.plain_only {
        " (of events without content)"
    } else {
        ""
    };
    let mut lines = vec![
        format!("Fitted to {source}."),
        String::new(),
        "Estimates, each with its interval at 95% where it has one:".to_owned(),
        format!("recipient_exponent {}{among};", zipf(&fit.recipients)),
        format!("actor_exponent {};", zipf(&fit.actors)),
        members(fit),
        format!("undo {}.", interval(&fit.undo)),
    ];
    lines.push(match &fit.peak_to_mean {
        Some(peak) if peak.value > PEAK_LIMITS.1 => format!(
            "A day's peak_to_mean is above {0}, the most that a workload can have: {0} is written.",
            PEAK_LIMITS.1
        ),
        Some(peak) => format!(
            "A day's peak_to_mean {}, as of a single time zone.",
            interval(peak)
        ),
        None => "No day and night was found: time is constant.".to_owned(),
    });
    lines.push(String::new());
    lines.push(
        "The intervals hold if the law does. Distance is that of Kolmogorov and Smirnov: how far \
         the share of ids that occur at most c times is from the law's, at most. Duplicates are \
         repetitions beyond chance; contents and the hot ones are estimates without an interval; \
         reads are not in a trace."
            .to_owned(),
    );
    if !fit.has_segments {
        lines.push("The trace names no segments: even ones are written.".to_owned());
    }
    for (role, of) in [("recipient", &fit.recipients), ("actor", &fit.actors)] {
        lines.extend(no_law(role, of));
        lines.extend(top(role, of));
    }
    lines.join("\n")
}

fn members(fit: &Fit) -> String {
    let many = show_whole(fit.workload.population.members);
    match &fit.members {
        None => format!("members {many}: those that occur in the trace;"),
        Some(of) if of.high.is_infinite() => format!(
            "members {many} (at least {}; the trace sets no upper end), of which some may not \
             have been seen;",
            show_whole(of.low as u64)
        ),
        Some(of) => format!(
            "members {many} ({} to {}), of which some may not have been seen;",
            show_whole(of.low as u64),
            show_whole(of.high.ceil() as u64)
        ),
    }
}

fn no_law(role: &str, of: &FittedZipf) -> Option<String> {
    let words = || {
        format!(
            "Zipf's law does not hold for the {role}s: a distance of {:.3}, and chance gives \
             {:.3} at most in nineteen of twenty. Their exponent is the one whose ranks \
             come closest to the shares of events.",
            of.distance, of.by_chance
        )
    };
    (!of.is_law).then(words)
}

/// Says that the most frequent is off, where it is.
fn top(role: &str, of: &FittedZipf) -> Option<String> {
    let share = |count: f64| 100.0 * count / (of.events[0] as f64).max(1.0);
    let words = || {
        format!(
            "The most frequent {role} has {:.2}% of the trace's events, and {:.2}% ({:.2}% to \
             {:.2}%) of this workload's: who is that frequent is not modelled well.",
            share(of.events[1] as f64),
            share(of.top.value),
            share(of.top.low),
            share(of.top.high)
        )
    };
    of.is_top_off().then(words)
}

fn zipf(of: &FittedZipf) -> String {
    let exponent = match of.is_law {
        true => interval(&of.exponent),
        false => format!(
            "{:.4} (no interval: the law does not hold)",
            of.exponent.value
        ),
    };
    format!("{exponent}, distance {:.3}", of.distance)
}

fn interval(of: &Fitted) -> String {
    format!("{:.4} ({:.4} to {:.4})", of.value, of.low, of.high)
}

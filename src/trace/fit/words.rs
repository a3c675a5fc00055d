//! What is said of a fit: the `about` of its workload. Imports its parent.

use super::{Fit, Fitted, FittedZipf};
use crate::unit::quantity::show_whole;

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
        "Estimates, each with its interval at 95%:".to_owned(),
        format!("recipient_exponent {}{among};", zipf(&fit.recipients)),
        format!("actor_exponent {};", zipf(&fit.actors)),
        format!(
            "members {} ({} to {}), of which some may not have been seen;",
            show_whole(fit.workload.population.members),
            show_whole(fit.members.low as u64),
            show_whole(fit.members.high.ceil() as u64)
        ),
        format!("undo {}.", interval(&fit.undo)),
    ];
    match &fit.peak_to_mean {
        Some(peak) => lines.push(format!(
            "A day's peak_to_mean {}, as of a single time zone.",
            interval(peak)
        )),
        None => lines.push("No day and night was found: time is constant.".to_owned()),
    }
    lines.push(String::new());
    lines.push(
        "The intervals hold if the law does. Distance is that of Kolmogorov and Smirnov: how far \
         the share of ids that occur at most c times is from the law's, at most. Duplicates are repetitions beyond chance; contents and the hot ones are estimates \
         without an interval; reads are not in a trace."
            .to_owned(),
    );
    for (who, of) in [("recipients", &fit.recipients), ("actors", &fit.actors)] {
        if !of.is_law {
            lines.push(format!(
                "Zipf's law does not hold for the {who}: a distance of {:.3}, and chance gives \
                 {:.3} at most in nineteen of twenty. Their exponent is the one whose ranks \
                 come closest to the shares of events.",
                of.distance, of.by_chance
            ));
        }
    }
    lines.join("\n")
}

fn zipf(of: &FittedZipf) -> String {
    format!("{}, distance {:.3}", interval(&of.exponent), of.distance)
}

fn interval(of: &Fitted) -> String {
    format!("{:.4} ({:.4} to {:.4})", of.value, of.low, of.high)
}

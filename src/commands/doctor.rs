//! `doctor`: what on this machine would spoil a measurement.

use super::list::table;
use crate::exit::{Failure, print};
use notibench_core::unit::quantity::{counted, show_bytes, show_ns};
use notibench_harness as harness;
use notibench_record::Spread;

/// `notibench doctor`.
pub(crate) fn doctor() -> Result<(), Failure> {
    let clock = harness::measure_clock();
    let environment = harness::examine();
    let findings = harness::findings(&environment, clock.cost_ns);
    let mut table = table(&["", "what", "found", "how to fix it"]);
    let spoiled = findings
        .iter()
        .filter(|finding| finding.fix.is_some())
        .count();
    for finding in findings {
        let mark = if finding.fix.is_some() { "!" } else { "✓" };
        table.add_row([
            mark.to_owned(),
            finding.what.to_owned(),
            finding.found,
            finding.fix.unwrap_or_default(),
        ]);
    }
    let weather = harness::weather_now(&environment);
    if let (Some(step), Some(load)) = (weather.step_ns(), weather.load_ns()) {
        let spread = |of: Spread| {
            let [least, median, most] = [of.least, of.median, of.most].map(show_ns);
            format!("{least}, {median}, {most}")
        };
        let found = format!(
            "a load from {}: {}; a step of arithmetic: {} (least, median, most of a second)",
            show_bytes(weather.bytes as f64),
            spread(load),
            spread(step)
        );
        table.add_row(["", "weather", &found, ""]);
    }
    let summary = match spoiled {
        0 => "nothing here would spoil a measurement".to_owned(),
        some => format!("{} would spoil a measurement", counted(some, "thing")),
    };
    print(&format!("{table}\n\n{summary}"))
}

//! `doctor`: what on this machine would spoil a measurement. Imports
//! `harness`.

use super::exit::{Failure, print};
use super::list::table;
use crate::harness;

/// `notibench doctor`.
pub(super) fn doctor() -> Result<(), Failure> {
    let clock = harness::measure_clock();
    let findings = harness::findings(&harness::examine(), clock.cost_ns);
    let mut table = table(&["", "what", "found", "how to mend it"]);
    let spoiled = findings
        .iter()
        .filter(|finding| finding.mend.is_some())
        .count();
    for finding in findings {
        let mark = if finding.mend.is_some() { "!" } else { "✓" };
        table.add_row([
            mark.to_owned(),
            finding.what.to_owned(),
            finding.found,
            finding.mend.unwrap_or_default(),
        ]);
    }
    let summary = match spoiled {
        0 => "nothing here would spoil a measurement".to_owned(),
        1 => "1 thing would spoil a measurement".to_owned(),
        many => format!("{many} things would spoil a measurement"),
    };
    print(&format!("{table}\n\n{summary}"))
}

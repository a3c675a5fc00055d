//! Every engine's ratio to the baseline in interleaved rounds and in isolated
//! ones.

use super::summary::Summary;
use notibench_record::stats::{RatioInterval, Verdict, paired_ratio, unpaired_ratio};
use notibench_record::{Pass, Record, Saved};

/// Both ratios of one engine in one run.
#[derive(Clone, Debug, PartialEq)]
pub struct IsolationEffect {
    /// Name of the workload.
    pub workload: String,
    /// Workers.
    pub threads: usize,
    /// What state the passes found.
    pub pass: Pass,
    /// The engine's name.
    pub engine: String,
    /// Whether it is the baseline's second copy.
    pub control: bool,
    /// Its speed to the baseline's in interleaved rounds.
    pub interleaved: RatioInterval,
    /// The same in isolated rounds.
    pub isolated: RatioInterval,
    /// The former ratio as a multiple of the latter.
    pub difference: RatioInterval,
}

/// Both ratios of every engine of the files' runs, in their order, of those
/// passes. A run without rounds of both kinds has none.
#[must_use]
pub fn isolation_effects(files: &[Saved], pass: Pass) -> Vec<IsolationEffect> {
    let mut found = Vec::new();
    for file in files {
        match file {
            Saved::Run(record) => of_record(record, pass, &mut found),
            Saved::Sweep(sweep) => {
                for point in &sweep.points {
                    of_record(&point.record, pass, &mut found);
                }
            }
            Saved::Capacity(_) | Saved::Selftest(_) => {}
        }
    }
    found
}

fn of_record(record: &Record, pass: Pass, found: &mut Vec<IsolationEffect>) {
    if record.interleaved.is_empty() {
        return;
    }
    let summary = Summary::of_pass(record, pass);
    let ranked = summary.ranked.iter().map(|line| (line.name.clone(), false));
    let control = record.engines.iter().filter(|note| note.control);
    let control = control.map(|note| (note.name.clone(), true));
    for (engine, control) in ranked.chain(control) {
        if engine == record.plan.baseline {
            continue;
        }
        let interleaved = record.paired_times(&engine, pass);
        let isolated = record.paired_times_alone(&engine, pass);
        let all = (
            paired_ratio(&interleaved),
            paired_ratio(&isolated),
            unpaired_ratio(&isolated, &interleaved),
        );
        if let (Some(interleaved), Some(isolated), Some(difference)) = all {
            found.push(IsolationEffect {
                workload: record.workload.name.clone(),
                threads: record.plan.threads,
                pass,
                engine,
                control,
                interleaved,
                isolated,
                difference,
            });
        }
    }
}

/// Whether the two ratios differ by more than their noise.
pub(crate) fn is_apart(both: &IsolationEffect) -> bool {
    both.difference.verdict() != Verdict::NoDifferenceSeen
}

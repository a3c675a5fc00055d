//! Which warnings a comparison calls for.

use super::comparison::{Change, Comparison, DominantVariance};
use super::gate::GateVerdict;
use super::inputs::RecordFile;
use super::warning::{CompareWarning, FEW, More};
use crate::model::summary::Summary;
use crate::warning::collect;
use notibench_record::stats::Verdict;
use notibench_record::{ProofVerdict, Record};

/// The warnings of two builds' turns, the gravest first.
pub(in crate::compare) fn of_builds(
    comparison: &Comparison,
    turns: &[[Record; 2]],
) -> Vec<CompareWarning> {
    let mut found = Vec::new();
    if let Some(turn) = turns.first() {
        unfit_builds(comparison, [&turn[0], &turn[1]], &mut found);
    }
    let again = comparison.by_slice.iter().flat_map(|found| &found.again);
    found.extend(again.filter_map(|change| {
        let interval = change.interval?;
        let differs = interval.verdict() != Verdict::NoDifferenceSeen;
        differs.then(|| CompareWarning::AgainDiffers(change.engine.clone(), interval))
    }));
    if turns.iter().flatten().any(is_unproved) {
        found.push(CompareWarning::NotProved);
    }
    if turns.len() < FEW {
        found.push(CompareWarning::FewTurns(turns.len()));
    }
    let more = more_needed(comparison, turns.len());
    of_intervals(comparison, more, "--turns", &mut found);
    let trials = turns.iter().flatten().flat_map(|record| &record.trials);
    let steal_ms = trials.fold(0, |sum: u64, t| sum.saturating_add(t.steal_ms));
    if steal_ms > 0 {
        found.push(CompareWarning::Steal(steal_ms));
    }
    found
}

/// The warnings of two records, the gravest first.
pub(in crate::compare) fn of_records(
    comparison: &Comparison,
    files: [RecordFile<'_>; 2],
    differences: Vec<String>,
) -> Vec<CompareWarning> {
    let mut found = Vec::new();
    if !differences.is_empty() {
        found.push(CompareWarning::Unlike(differences));
    }
    let records = files.map(|file| file.record);
    unfit_builds(comparison, records, &mut found);
    let control = comparison.control.as_ref().and_then(|c| c.interval);
    if let Some(interval) = control.filter(|i| i.verdict() != Verdict::NoDifferenceSeen) {
        found.push(CompareWarning::ControlDiffers(interval));
    }
    if records.into_iter().any(is_unproved) {
        found.push(CompareWarning::NotProved);
    }
    for (side, record) in comparison.method.sides().into_iter().zip(records) {
        if record.plan.rounds < FEW {
            found.push(CompareWarning::FewRounds(side, record.plan.rounds));
        }
    }
    of_intervals(comparison, More::OfRecords, "--rounds", &mut found);
    for file in files {
        let own = collect(file.record, &Summary::of(file.record)).len();
        if own > 0 {
            found.push(CompareWarning::OfItsOwn(file.path.to_owned(), own));
        }
    }
    found
}

/// Sides whose times say nothing of an engine.
fn unfit_builds(comparison: &Comparison, records: [&Record; 2], found: &mut Vec<CompareWarning>) {
    for (side, record) in comparison.method.sides().into_iter().zip(records) {
        if record.plan.planted_share > 0.0 {
            found.push(CompareWarning::Planted(side, record.plan.planted_share));
        }
        if record.environment.profile == "debug" {
            found.push(CompareWarning::DebugBuild(side));
        }
    }
}

/// Whether an engine that is compared was not checked against the oracle.
fn is_unproved(record: &Record) -> bool {
    let names = super::sides::compared(record);
    record
        .proofs
        .iter()
        .any(|proof| names.contains(&proof.engine) && proof.verdict == ProofVerdict::NotChecked)
}

/// Engines of which a slowdown of the threshold is not excluded.
fn blind(comparison: &Comparison) -> impl Iterator<Item = &Change> {
    comparison.gated(GateVerdict::Unsure).into_iter()
}

/// What would make the smallest effect of every unsure engine as small as the
/// threshold: more rounds where they are what helps all of these engines, by
/// how their variance splits; else more turns.
fn more_needed(comparison: &Comparison, turns: usize) -> More {
    let parts =
        || blind(comparison).filter_map(|change| Some((change, part_wanted(comparison, change)?)));
    let rounds: Option<Vec<usize>> = parts()
        .map(|(change, part)| {
            let mut spreads = comparison.by_slice.iter().flat_map(|found| &found.spreads);
            let spread = spreads.find(|spread| spread.engine == change.engine)?;
            let rounds = spread.rounds_for(part)?.ceil();
            (spread.dominant() == DominantVariance::Rounds).then_some(rounds as usize)
        })
        .collect();
    let most = rounds.and_then(|rounds| rounds.into_iter().max());
    if let Some(rounds) = most {
        return More::RoundsOfEach(rounds);
    }
    let turns = parts().map(|(_, part)| (turns as f64 / part).ceil() as usize);
    More::Turns(turns.max())
}

/// The part of the variance at which the smallest effect is the threshold:
/// the effect is as the variance's root. At most a half: where the effect is
/// small enough and the estimate lies near the threshold, only a much
/// narrower interval tells.
fn part_wanted(comparison: &Comparison, change: &Change) -> Option<f64> {
    let effect = change.interval?.minimum_detectable.ln_1p();
    let wanted = comparison.gate?.slower.ln_1p();
    let part = (wanted / effect).powi(2).min(0.5);
    (part > 0.0).then_some(part)
}

fn of_intervals(
    comparison: &Comparison,
    more: More,
    flag: &'static str,
    found: &mut Vec<CompareWarning>,
) {
    let engines: Vec<(String, f64)> = blind(comparison)
        .filter_map(|c| Some((c.engine.clone(), c.interval?.minimum_detectable)))
        .collect();
    if let (Some(gate), false) = (comparison.gate, engines.is_empty()) {
        found.push(CompareWarning::Blind {
            threshold: gate.slower,
            engines,
            more,
        });
    }
    let named = |wanted: &dyn Fn(&Change) -> bool| -> Vec<String> {
        let changes = comparison.changes.iter().filter(|change| wanted(change));
        changes.map(|change| change.engine.clone()).collect()
    };
    let without = named(&|change| change.interval.is_none());
    if !without.is_empty() {
        found.push(CompareWarning::NoInterval(without));
    }
    let correlated = named(&|change| change.interval.is_some_and(|i| i.correlated));
    if !correlated.is_empty() {
        found.push(CompareWarning::Correlated(correlated, flag));
    }
}

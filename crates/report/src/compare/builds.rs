//! Two builds that took turns: pairs of processes, or three in lock-step.

use super::by_slice;
use super::collect_warnings::of_builds;
use super::comparison::{Change, Comparison, Method, Side};
use super::gate::GateVerdict;
use super::inputs::{Builds, TurnUnit};
use super::sides::{
    Refusal, changes_of, check_usable, compared, digests, plan_differences, shared_digests, split,
};
use notibench_record::stats::{geometric_mean, median, paired_ratio};
use notibench_record::{Pass, Record, Trial};

/// Refuses a turn whose two processes did not do the same work; `paths` are
/// for the words.
///
/// # Errors
/// Where a record is incomplete or wrong, was not run like the other, or has
/// other events or another final state.
pub fn check_turn(paths: [&str; 2], turn: [&Record; 2]) -> Result<(), Refusal> {
    let [old, new] = turn;
    check_usable(paths[0], old)?;
    check_usable(paths[1], new)?;
    let differences = plan_differences(old, new);
    if !differences.is_empty() {
        return Err(Refusal::Unlike {
            what: "the two builds",
            differences,
            fix: "give the flag that settles it, such as --batch or --threads",
        });
    }
    let whose = ["events", "final state"];
    for ((what, one), other) in whose.into_iter().zip(digests(old)).zip(digests(new)) {
        if one != other {
            let show = |digest: Option<String>| digest.unwrap_or_else(|| "none".to_owned());
            return Err(Refusal::Wrong(format!(
                "the two builds come to another {what}, so that their times are not of one work: \
                 digest {} of {}, {} of {}",
                show(one),
                paths[0],
                show(other),
                paths[1]
            )));
        }
    }
    Ok(())
}

/// The new build beside the old one; the interval is of the turns' ratios. Of
/// whole processes in turn each is one observation, the median of its rounds;
/// of slices in turn each turn is one, the geometric mean of its rounds' ratios.
///
/// # Errors
/// Where a turn is refused, or no engine is in all records.
pub fn compare_builds(builds: &Builds<'_>) -> Result<Comparison, Refusal> {
    for turn in builds.turns {
        check_turn(builds.paths, [&turn[0], &turn[1]])?;
    }
    if let TurnUnit::Slices { again, .. } = builds.turn_unit {
        for ([old, _], again) in builds.turns.iter().zip(again) {
            check_turn([builds.paths[0]; 2], [old, again])?;
        }
    }
    let Some([old, new]) = builds.turns.first() else {
        return Err(Refusal::Unusable(
            "there is no turn that counts: give --turns".to_owned(),
        ));
    };
    let (both, mut unmatched) = split(old, new);
    let changes = changes_of(both.clone(), &mut unmatched, |engine| {
        match builds.turn_unit {
            TurnUnit::Processes(_) => change(builds, engine),
            TurnUnit::Slices { again, .. } => by_slice::change(builds, again, engine),
        }
    });
    if changes.is_empty() {
        return Err(Refusal::Unusable(format!(
            "the two builds have no engine to compare: the old one ran {}, the new one {}; name \
             one with --engine",
            compared(old).join(", "),
            compared(new).join(", ")
        )));
    }
    let mut comparison = Comparison {
        method: Method::Builds {
            turns: builds.turns.len(),
            warmup_turns: builds.warmup_turns,
            identical: builds.identical,
            order_seed: builds.order_seed,
            apart: match builds.turn_unit {
                TurnUnit::Processes(why) => why.map(str::to_owned),
                TurnUnit::Slices { .. } => None,
            },
        },
        by_slice: match builds.turn_unit {
            TurnUnit::Processes(_) => None,
            TurnUnit::Slices { again, slice_us } => {
                Some(by_slice::by_slice(builds, (again, slice_us), &both))
            }
        },
        pass: builds.pass,
        workload: new.workload.name.clone(),
        plan: new.plan.clone(),
        sides: [
            Side::of(builds.paths[0], old),
            Side::of(builds.paths[1], new),
        ],
        weather: [None, None],
        changes,
        control: None,
        unmatched,
        digests: shared_digests(old, new),
        gate: builds.gate,
        warnings: Vec::new(),
    };
    comparison.warnings = of_builds(&comparison, builds.turns);
    Ok(comparison)
}

fn change(builds: &Builds<'_>, engine: &str) -> Option<Change> {
    // the engine's time and the baseline's, as an interval takes them
    let pairs: Vec<(f64, f64)> = builds
        .turns
        .iter()
        .filter_map(|[old, new]| {
            Some((
                time(new, engine, builds.pass)?,
                time(old, engine, builds.pass)?,
            ))
        })
        .collect();
    // of the same kind as the ratio, so that it is their quotient: medians
    // of turns that differ a lot would contradict it
    let times =
        |of: fn(&(f64, f64)) -> f64| geometric_mean(&pairs.iter().map(of).collect::<Vec<_>>());
    let [old, new] = [times(|pair| pair.1)?, times(|pair| pair.0)?];
    let interval = paired_ratio(&pairs);
    Some(Change {
        engine: engine.to_owned(),
        figures: [old, new],
        ratio: old / new,
        interval,
        gate: builds
            .gate
            .map(|gate| GateVerdict::of(interval.as_ref(), gate.slower)),
    })
}

/// ns per event of one process, the median of its rounds. The baseline runs
/// twice a round, as itself and as its A/A control: both are the engine.
fn time(record: &Record, engine: &str, pass: Pass) -> Option<f64> {
    let registered = &record.engines.iter().find(|n| n.name == engine)?.engine;
    let names = record.engines.iter().filter(|n| n.engine == *registered);
    let times: Vec<f64> = names
        .flat_map(|note| record.counted(&note.name, pass))
        .filter_map(Trial::ns_per_event)
        .collect();
    median(&times)
}

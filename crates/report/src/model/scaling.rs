//! How engines scale in a sweep: speed-ups, and the Universal Scalability Law.

use std::collections::BTreeSet;

use super::summary::Versus;
use super::sweep::{PointView, SweepView};
use notibench_record::stats::{
    UslFit, UslRefusal, fit_usl, geometric_mean, paired_ratio, unpaired_ratio,
};

/// The engine's rounds at a point: number of the round, ns per event.
fn rounds_of(point: &PointView<'_>, engine: &str) -> Vec<(usize, f64)> {
    point
        .record
        .compared(engine, point.summary.pass)
        .filter_map(|trial| Some((trial.round, trial.ns_per_event()?)))
        .collect()
}

/// The speed of an engine at a point beside its own at the first point: paired
/// by rounds where the points took turns, else unpaired.
pub(crate) fn speed_up(view: &SweepView<'_>, point: &PointView<'_>, engine: &str) -> Versus {
    let first = &view.points[0];
    if first.line(engine).is_none() {
        return Versus::None("no first");
    }
    let (before, after) = (rounds_of(first, engine), rounds_of(point, engine));
    if view.sweep.interleaved {
        let pairs: Vec<(f64, f64)> = after
            .iter()
            .filter_map(|(round, own)| {
                let (_, base) = before.iter().find(|(other, _)| other == round)?;
                Some((*own, *base))
            })
            .collect();
        let ratios: Vec<f64> = pairs.iter().map(|(own, base)| base / own).collect();
        return geometric_mean(&ratios).map_or(Versus::None("no shared round"), |ratio| {
            Versus::Ratio {
                ratio,
                interval: paired_ratio(&pairs),
                rounds: pairs.len(),
            }
        });
    }
    // speeds as ratios to one event a ns
    let speeds = |rounds: &[(usize, f64)]| -> Vec<(f64, f64)> {
        rounds.iter().map(|(_, ns)| (*ns, 1.0)).collect()
    };
    let mean = |rounds: &[(usize, f64)]| {
        let times: Vec<f64> = rounds.iter().map(|(_, ns)| *ns).collect();
        geometric_mean(&times)
    };
    match (mean(&before), mean(&after)) {
        (Some(base), Some(own)) => Versus::Ratio {
            ratio: base / own,
            interval: unpaired_ratio(&speeds(&before), &speeds(&after)),
            rounds: before.len().min(after.len()),
        },
        _ => Versus::None("no round"),
    }
}

/// The law of one engine: from the rounds that all of its points have.
pub(crate) fn law(view: &SweepView<'_>, engine: &str) -> Result<UslFit, UslRefusal> {
    let measured: Vec<&PointView<'_>> = view
        .points
        .iter()
        .filter(|point| point.line(engine).is_some())
        .collect();
    let rounds: Vec<Vec<(usize, f64)>> = measured.iter().map(|p| rounds_of(p, engine)).collect();
    let of = |all: &Vec<(usize, f64)>| all.iter().map(|(r, _)| *r).collect::<BTreeSet<usize>>();
    let shared = rounds.iter().map(of).reduce(|a, b| &a & &b);
    let shared = shared.unwrap_or_default();
    let points: Vec<(usize, Vec<f64>)> = measured
        .iter()
        .zip(&rounds)
        .map(|(point, rounds)| {
            let kept = rounds.iter().filter(|(round, _)| shared.contains(round));
            let events_per_s = kept.map(|(_, ns)| 1e9 / ns).collect();
            (point.record.plan.threads, events_per_s)
        })
        .collect();
    let processors = view.points.first();
    let processors = processors.map_or(0.0, |p| p.record.environment.usable_processors());
    fit_usl(&points, processors)
}

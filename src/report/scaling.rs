//! How engines scale in a sweep: speed-ups, and the Universal Scalability Law
//! or why it is not fitted. Imports `record`, `stats` and its siblings.

use std::collections::BTreeSet;

use super::block::Block;
use super::summary::Versus;
use super::sweep::{PointView, View};
use super::text::{listed, plain, show_percent, show_ratio};
use crate::stats::{
    Estimate, Peak, UslFit, UslRefusal, fit_usl, geometric_mean, paired_ratio, unpaired_ratio,
};
use crate::unit::quantity::show_count;

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
pub(super) fn speed_up(view: &View<'_>, point: &PointView<'_>, engine: &str) -> Versus {
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
pub(super) fn law(view: &View<'_>, engine: &str) -> Result<UslFit, UslRefusal> {
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

/// What is said of the law: a table of the engines that it was fitted to, and
/// in words why it was not to the others.
pub(super) fn block(view: &View<'_>) -> Block {
    let mut rows = vec![
        [
            "engine",
            "λ events/s",
            "σ",
            "κ",
            "worst miss",
            "greatest at",
        ]
        .map(str::to_owned)
        .to_vec(),
    ];
    let mut refused: Vec<(Vec<String>, String)> = Vec::new();
    let mut counts = String::new();
    let mut lacking: Vec<String> = Vec::new();
    for engine in &view.engines {
        match law(view, engine) {
            Ok(fit) => {
                let numbers: Vec<String> = fit.counts.iter().map(ToString::to_string).collect();
                counts = numbers.join(", ");
                rows.push(row(engine, &fit));
                lacking.extend(fit.lack_of_fit.map(|_| plain(engine)));
            }
            Err(refusal) => {
                let words = refusal.to_string();
                match refused.iter_mut().find(|(_, known)| *known == words) {
                    Some((engines, _)) => engines.push(plain(engine)),
                    None => refused.push((vec![plain(engine)], words)),
                }
            }
        }
    }
    let mut notes = Vec::new();
    if rows.len() > 1 {
        notes.push(format!(
            "throughput = λN / (1 + σ(N − 1) + κN(N − 1)), at {counts} threads: λ one thread's, σ \
             contention, κ coherency [95% intervals from the rounds, supposing that the law \
             holds]; worst miss: by how much the curve misses a point; greatest at √((1 − σ)/κ) \
             threads, told up to twice the threads measured"
        ));
    } else {
        rows.clear();
    }
    if !lacking.is_empty() {
        notes.push(format!(
            "no intervals for {}: the law misses these points by more than the noise of the rounds \
             explains (F-test of lack of fit, 5%), so that intervals would hold no true value; what \
             is shown is the nearest curve of the law",
            listed(&lacking)
        ));
    }
    for (engines, words) in refused {
        let all = engines.len() == view.engines.len();
        let who = if all {
            "any engine".to_owned()
        } else {
            engines.join(", ")
        };
        notes.push(format!("not fitted to {who}: {words}"));
    }
    Block {
        title: "Universal Scalability Law".to_owned(),
        rows,
        notes,
    }
}

fn row(engine: &str, fit: &UslFit) -> Vec<String> {
    let ends = |estimate: &Estimate, show: fn(f64) -> String| {
        let [value, low, high] = [estimate.value, estimate.low, estimate.high].map(show);
        match fit.lack_of_fit {
            None => format!("{value}\n[{low}, {high}]"),
            Some(_) => value,
        }
    };
    let share = |value: f64| {
        if value == 0.0 {
            "0".to_owned()
        } else {
            show_ratio(value)
        }
    };
    let peak = match &fit.peak {
        Peak::At(at) => ends(at, show_ratio),
        Peak::Beyond => "beyond twice\nthe threads".to_owned(),
        Peak::NoneSeen => "none seen\n(κ may be 0)".to_owned(),
    };
    vec![
        plain(engine),
        ends(&fit.lambda, show_count),
        ends(&fit.sigma, share),
        ends(&fit.kappa, share),
        show_percent(fit.misfit),
        peak,
    ]
}

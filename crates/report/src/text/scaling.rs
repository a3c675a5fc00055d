//! The Universal Scalability Law as a table, or why it is not fitted.

use super::block::Block;
use crate::figures::{listed, show_percent, show_ratio};
use crate::model::scaling::law;
use crate::model::sweep::SweepView;
use crate::style::plain;
use notibench_core::unit::quantity::show_count;
use notibench_record::stats::{Estimate, Peak, UslFit};

/// What is said of the law: a table of the engines that it was fitted to, and
/// in words why it was not to the others.
pub(crate) fn block(view: &SweepView<'_>) -> Block {
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

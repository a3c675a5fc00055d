//! How ratios, shares and intervals are written.

use notibench_core::unit::quantity::{counted, show_bytes, show_count};
use notibench_record::stats::RatioInterval;
use notibench_record::{ApartPlan, ApartRole, CacheNote, Pass, Plan};

/// A ratio to three digits or so: `5.31`, `0.042`.
pub(crate) fn show_ratio(ratio: f64) -> String {
    match ratio.abs() {
        r if !(1e-3..1e5).contains(&r) => format!("{ratio:.2e}"),
        r if r >= 100.0 => format!("{ratio:.0}"),
        r if r >= 9.995 => format!("{ratio:.1}"),
        r if r >= 0.0995 => format!("{ratio:.2}"),
        _ => format!("{ratio:.3}"),
    }
}

/// The ends of an interval: `[5.20, 5.42]`.
pub(crate) fn show_ends(interval: &RatioInterval) -> String {
    format!(
        "[{}, {}]",
        show_ratio(interval.low),
        show_ratio(interval.high)
    )
}

/// A ratio that is likely near 1, with its interval, a digit more than
/// elsewhere: `0.983 [0.853, 1.133]`.
pub(crate) fn show_near_one(ratio: f64, interval: &RatioInterval) -> String {
    let (low, high) = (interval.low, interval.high);
    if [low, high].iter().all(|end| (0.1..10.0).contains(end)) {
        format!("{ratio:.3} [{low:.3}, {high:.3}]")
    } else {
        format!("{} {}", show_ratio(ratio), show_ends(interval))
    }
}

/// A fraction in percent: `3.2%`.
pub(crate) fn show_percent(fraction: f64) -> String {
    let percent = fraction * 100.0;
    match percent.abs() {
        p if p >= 1e6 => format!("{percent:.1e}%"),
        p if p >= 99.95 || p == 0.0 => format!("{percent:.0}%"),
        p if p >= 0.995 => format!("{percent:.1}%"),
        p if p >= 0.01 => format!("{percent:.2}%"),
        _ => "under 0.01%".to_owned(),
    }
}

/// A share that a person gave, as they would write it: `2%`, `0.5%`.
pub(crate) fn show_share(share: f64) -> String {
    format!("{}%", (share * 1e6).round() / 1e4)
}

/// `1 round`, `5 rounds`.
pub(crate) fn rounds(count: usize) -> String {
    counted(count, "round")
}

/// The workers of a run: `2 threads`; where each has one role, `1 writer and 1
/// reader`.
pub(crate) fn workers(plan: &Plan) -> String {
    let all = || counted(plan.threads, "thread");
    plan.apart.as_ref().map_or_else(all, roles)
}

/// `1 writer and 2 readers`.
pub(crate) fn roles(plan: &ApartPlan) -> String {
    let [writers, readers] = [ApartRole::Writer, ApartRole::Reader].map(|role| of_role(plan, role));
    format!("{writers} and {readers}")
}

/// `1 writer`, `2 readers at 1.00M/s`.
pub(crate) fn of_role(plan: &ApartPlan, role: ApartRole) -> String {
    let threads = match role {
        ApartRole::Writer => counted(plan.writers, "writer"),
        ApartRole::Reader => counted(plan.readers, "reader"),
    };
    match plan.rate(role) {
        Some(per_s) => format!("{threads} at {}/s", show_count(per_s)),
        None => threads,
    }
}

/// `a`, `a and b`, `a, b and c`.
pub(crate) fn listed(names: &[String]) -> String {
    match names {
        [] => "nothing".to_owned(),
        [one] => one.clone(),
        [most @ .., last] => format!("{} and {last}", most.join(", ")),
    }
}

/// A cache's level and size: `L2 2.00 MiB`.
pub(crate) fn cache_words(cache: &CacheNote) -> String {
    format!("L{} {}", cache.level, show_bytes(cache.bytes as f64))
}

/// ` (95% interval 2.86 to 3.27)`.
pub(crate) fn within(interval: &RatioInterval, show: impl Fn(f64) -> String) -> String {
    let (low, high) = (show(interval.low), show(interval.high));
    format!(" (95% interval {low} to {high})")
}

/// A figure with the larger half of its interval, which is not symmetric:
/// `15.3M ± 2.6%`.
pub(crate) fn show_give_or_take(
    value: f64,
    interval: Option<&RatioInterval>,
    show: impl Fn(f64) -> String,
) -> String {
    let half = |i: &RatioInterval| (i.high / i.ratio - 1.0).max(1.0 - i.low / i.ratio);
    let half = interval.map_or_else(String::new, |i| format!(" ± {}", show_percent(half(i))));
    format!("{}{half}", show(value))
}

/// What a heading says of the passes that its figures are of.
pub(crate) const fn of_pass(pass: Pass) -> &'static str {
    match pass {
        Pass::Fresh => "",
        Pass::Warm => ", over warm state",
    }
}

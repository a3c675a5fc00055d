//! Day and night of a fitted workload.

use std::f64::consts::{PI, TAU};

use super::super::Trace;
use super::estimate::{Fitted, QUANTILE};
use crate::TimeShape;

const DAY_US: i64 = 86_400_000_000;
/// Days that must be whole for days to be told.
const FEWEST_DAYS: i64 = 2;
/// Local hour at which a workload's days are busiest.
const PEAK_HOUR: f64 = 14.0;
/// Below this mean resultant length a day is flat.
const FLAT: f64 = 0.05;
/// Rayleigh's statistic N R² above which chance alone is no explanation: its
/// p-value is about exp(-N R²).
const RAYLEIGH: f64 = 20.0;
/// Limits of `time.peak_to_mean`.
pub(super) const PEAK_LIMITS: (f64, f64) = (1.0, 8.0);
/// Days from a Monday to 1970-01-01, a Thursday.
const THURSDAY: i64 = 3;

/// The shape of days, where there are enough of them and they are not flat.
///
/// A zone's rate is ((1 + cos)/2)^k. Its mean resultant length is k / (k + 1)
/// (Cartwright's distribution of directions, 1963), so k comes from that of
/// the times of day, and the busiest hour from their mean direction. Several
/// zones can't be told from one that is less peaked: one is given.
pub(super) fn fit(trace: &Trace) -> Option<(TimeShape, Fitted)> {
    let origin = trace.origin_us.unwrap_or(
        // a stream's own time begins on a Monday, midnight
        -THURSDAY * DAY_US,
    );
    let first = i64::try_from(trace.events.first()?.at_us).ok()?;
    let last = i64::try_from(trace.events.last()?.at_us).ok()?;
    let days = (last - first).saturating_add(DAY_US / 1_000) / DAY_US;
    if days < FEWEST_DAYS {
        return None;
    }
    let times = || {
        let at = trace.events.iter().map(|event| event.at_us as i64);
        at.filter(move |at| at - first < days * DAY_US)
            .map(move |at| origin.saturating_add(at))
    };
    let (mut sin, mut cos, mut count) = (0.0, 0.0, 0.0);
    for at in times() {
        let angle = at.rem_euclid(DAY_US) as f64 / DAY_US as f64 * TAU;
        sin += angle.sin();
        cos += angle.cos();
        count += 1.0;
    }
    let resultant = (sin * sin + cos * cos).sqrt() / count;
    if resultant < FLAT || count * resultant * resultant < RAYLEIGH {
        return None;
    }
    let peak_hour = (sin.atan2(cos) / TAU * 24.0).rem_euclid(24.0);
    let mut utc = PEAK_HOUR - peak_hour;
    if utc < -12.0 {
        utc += 24.0;
    }
    let utc = (utc * 4.0).round() / 4.0;
    let peak = peak_of(resultant, count);
    let weekend = weekend_of(times(), utc);
    let shape = TimeShape::Diurnal {
        peak_to_mean: peak.value.clamp(PEAK_LIMITS.0, PEAK_LIMITS.1),
        weekend,
        zones: vec![(utc, 1.0)],
    };
    Some((shape, peak))
}

/// Peak over mean of ((1 + cos)/2)^k: √π Γ(k + 1) / Γ(k + ½).
fn peak_to_mean(resultant: f64) -> f64 {
    let k = resultant / (1.0 - resultant).max(1e-6);
    PI.sqrt() * (libm::lgamma(k + 1.0) - libm::lgamma(k + 0.5)).exp()
}

fn peak_of(resultant: f64, count: f64) -> Fitted {
    let k = resultant / (1.0 - resultant).max(1e-6);
    // the mean of cos 2θ, and with it the variance of cos θ
    let second = k * (k - 1.0) / ((k + 1.0) * (k + 2.0));
    let variance = f64::midpoint(1.0, second) - resultant * resultant;
    let deviation = (variance.max(0.0) / count).sqrt();
    let at = |sign: f64| {
        let moved = resultant + sign * QUANTILE * deviation;
        peak_to_mean(moved.clamp(0.0, 0.999))
    };
    Fitted {
        value: peak_to_mean(resultant),
        low: at(-1.0),
        high: at(1.0),
    }
}

/// The rate of a day of the weekend over that of a weekday, where both occur.
fn weekend_of(times: impl Iterator<Item = i64>, utc_hours: f64) -> f64 {
    let shift = (utc_hours * 3_600e6) as i64;
    let mut by_day = std::collections::BTreeMap::<i64, f64>::new();
    for at in times {
        *by_day
            .entry(at.saturating_add(shift).div_euclid(DAY_US))
            .or_default() += 1.0;
    }
    // the first and the last day may be cut
    by_day.pop_first();
    by_day.pop_last();
    let (mut weekend, mut week) = ((0.0, 0.0), (0.0, 0.0));
    for (day, count) in by_day {
        let of = if (day + THURSDAY).rem_euclid(7) >= 5 {
            &mut weekend
        } else {
            &mut week
        };
        of.0 += count;
        of.1 += 1.0;
    }
    if weekend.1 == 0.0 || week.0 == 0.0 {
        return 1.0;
    }
    ((weekend.0 / weekend.1) / (week.0 / week.1)).clamp(0.0, 10.0)
}

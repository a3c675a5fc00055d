//! A workload out of a trace: mix, popularity, contents, time. Imports
//! `event`, `workload`, and its parent's census and outline.

mod contents;
mod daytime;
mod popularity;
mod words;

use super::census::{Census, Popularity};
use super::{Trace, outline};
use crate::event::{Event, Kind, Segment};
use crate::workload::Workload;
use popularity::{Frequencies, MAX_EXPONENT, distance, maximum, rank_exponent};
pub use words::about;

/// Standard deviations on either side of an interval of 95%.
const QUANTILE: f64 = 1.959_963_985;
/// Recipients of events without content are enough to go by from here on.
const PLAIN_ENOUGH: u64 = 1_000;
/// The distance from which on a law describes popularity badly.
const FAR: f64 = 0.05;
/// Members that are thought to be there and were not seen, at the most, for
/// each that was.
const MOST_UNSEEN: f64 = 1_000.0;

/// A number that was estimated, and its interval at 95%.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Fitted {
    /// The estimate.
    pub value: f64,
    /// Lower end.
    pub low: f64,
    /// Upper end.
    pub high: f64,
}

impl Fitted {
    fn around(value: f64, deviation: f64, most: f64) -> Self {
        Self {
            value,
            low: (value - QUANTILE * deviation).max(0.0),
            high: (value + QUANTILE * deviation).min(most),
        }
    }

    /// Whether the interval holds a value.
    #[must_use]
    pub fn holds(&self, value: f64) -> bool {
        (self.low..=self.high).contains(&value)
    }
}

/// The popularity of recipients or actors: a Zipf exponent, and how well it
/// describes them.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct FittedZipf {
    /// The exponent.
    pub exponent: Fitted,
    /// The distance of Kolmogorov and Smirnov: the largest difference, over
    /// all counts c, between the share of the ids seen that occur at most c
    /// times and the share that the law gives.
    pub distance: f64,
    /// What the distance may be by chance, in one of twenty: 1.36 / √ids.
    pub by_chance: f64,
    /// Whether the law holds; where it does not, the exponent is the one whose
    /// ranks come closest to the shares of events.
    pub is_law: bool,
}

/// What was found in a trace.
#[derive(Clone, Debug, PartialEq)]
pub struct Fit {
    /// The workload, but for its `about`.
    pub workload: Workload,
    /// Members: those seen, and those thought to be there.
    pub members: Fitted,
    /// Recipients.
    pub recipients: FittedZipf,
    /// Whether these are the recipients of events without content only.
    pub plain_only: bool,
    /// Actors.
    pub actors: FittedZipf,
    /// Share of undos.
    pub undo: Fitted,
    /// Share of events that repeat an earlier one beyond chance.
    pub duplicate: f64,
    /// Peak rate over mean rate of a day, where days can be told.
    pub peak_to_mean: Option<Fitted>,
}

/// Fits a workload to a trace; its census is that of [`Census::of`].
#[must_use]
pub fn fit(name: &str, trace: &Trace, census: &Census) -> Fit {
    let plain_only = census.plain_recipients.total >= PLAIN_ENOUGH;
    let recipients = if plain_only {
        &census.plain_recipients
    } else {
        &census.recipients
    };
    let roles = [recipients, &census.actors];
    let seen = (census.members as f64).max(1.0);
    let found = fit_roles(roles, seen);
    let mut workload = outline(name, String::new(), census);
    let undo = proportion(census.undos, census.events);
    let duplicate = census
        .duplicate_share()
        .min(0.9 - workload.mix.undo)
        .max(0.0);
    let kinds: f64 = workload.mix.kinds.iter().sum();
    let fresh = 1.0 - workload.mix.undo - duplicate;
    workload.mix.kinds = workload.mix.kinds.map(|kind| kind / kinds * fresh);
    workload.mix.duplicate = duplicate;
    let no_marks = census.done() - census.kinds[Kind::MarkRead as usize];
    workload.mix.self_action = census.self_actions as f64 / (no_marks as f64).max(1.0);
    let zipf = [0, 1].map(|role| judged(roles[role], found.exponents[role], &found.members, seen));
    let population = &mut workload.population;
    // a number that follows from a law that does not hold is worth nothing
    let members = if zipf.iter().all(|of| of.is_law) {
        found.members
    } else {
        Fitted::around(seen, 0.0, seen)
    };
    population.members = libm::round(members.value).clamp(1.0, f64::from(u32::MAX)) as u64;
    population.recipient_exponent = zipf[0].exponent.value;
    population.actor_exponent = zipf[1].exponent.value;
    population.segments = segments(&trace.events);
    contents::fit(&trace.events, population, &census.contents);
    let day = daytime::fit(trace);
    let peak_to_mean = day.as_ref().map(|(_, peak)| *peak);
    if let Some((shape, _)) = day {
        workload.time = shape;
    }
    Fit {
        members,
        recipients: zipf[0],
        plain_only,
        actors: zipf[1],
        undo,
        duplicate,
        peak_to_mean,
        workload,
    }
}

/// An exponent held against the counts that it is to explain. Where the law
/// does not hold, the one that describes best which share of the events each
/// rank gets takes its place: who is frequent matters to a service, and the
/// many who are not decide the likelihood of counts.
fn judged(of: &Popularity, exponent: Fitted, members: &Fitted, seen: f64) -> FittedZipf {
    let far = distance(of, exponent.value, members.value);
    let by_chance = 1.36 / (of.distinct() as f64).max(1.0).sqrt();
    let is_law = far <= by_chance.max(FAR);
    FittedZipf {
        exponent: if is_law {
            exponent
        } else {
            rank_exponent(&of.counts, seen)
        },
        distance: far,
        by_chance,
        is_law,
    }
}

/// A share with Wilson's interval.
fn proportion(part: u64, whole: u64) -> Fitted {
    let (n, z) = ((whole as f64).max(1.0), QUANTILE);
    let share = part as f64 / n;
    let middle = (share + z * z / (2.0 * n)) / (1.0 + z * z / n);
    let half = z / (1.0 + z * z / n) * (share * (1.0 - share) / n + z * z / (4.0 * n * n)).sqrt();
    Fitted {
        value: share,
        low: (middle - half).max(0.0),
        high: middle + half,
    }
}

/// Exponents of both roles and the number of members that they share.
struct Roles {
    exponents: [Fitted; 2],
    members: Fitted,
}

/// Maximises the sum of both likelihoods over the number of members, and of
/// each over its exponent.
fn fit_roles(roles: [&Popularity; 2], seen: f64) -> Roles {
    let seen = seen.max(1.0);
    let frequencies = roles.map(Frequencies::of);
    let known: Vec<_> = frequencies.iter().filter(|of| of.seen() > 1.0).collect();
    // the profile: each exponent at its best for so many members
    let profile = |ln_members: f64| -> f64 {
        let members = ln_members.exp();
        known.iter().map(|of| of.best_exponent(members).1).sum()
    };
    let low = seen.ln();
    let high = (seen * MOST_UNSEEN).min(f64::from(u32::MAX)).ln().max(low);
    let steps = 12.0;
    let grid = (0..=12).map(|k| low + (high - low) * (f64::from(k) / steps).powi(2));
    let best = grid
        .map(|at| (at, profile(at)))
        .fold(
            (low, f64::NEG_INFINITY),
            |a, b| if b.1 > a.1 { b } else { a },
        );
    let width = (high - low) / 4.0;
    let ends = ((best.0 - width).max(low), (best.0 + width).min(high));
    let (at, most) = maximum(profile, ends.0, ends.1, 1e-3);
    let step = 0.02;
    let curvature = 2.0 * most - profile((at - step).max(low)) - profile(at + step);
    // at the end, where all members were seen, their number is known
    let is_known = at - low < 2e-3;
    let deviation = if is_known || curvature <= 0.0 {
        0.0
    } else {
        step / curvature.sqrt()
    };
    let members = Fitted {
        value: if is_known { seen } else { at.exp() },
        low: (at - QUANTILE * deviation).max(low).exp(),
        high: (at + QUANTILE * deviation).min(high).exp(),
    };
    let exponents = frequencies.map(|of| {
        if of.seen() <= 1.0 {
            return Fitted::around(0.0, MAX_EXPONENT, MAX_EXPONENT);
        }
        let ends = [members.low, members.high].map(|n| of.best_exponent(n).0);
        let value = of.best_exponent(members.value).0;
        let by_members = (ends[1] - ends[0]).abs() / (2.0 * QUANTILE);
        let variance = variance_at(&of, value, members.value) + by_members * by_members;
        Fitted::around(value, variance.sqrt(), MAX_EXPONENT)
    });
    Roles { exponents, members }
}

/// Variance of an exponent, from the curvature of its likelihood.
fn variance_at(of: &Frequencies, exponent: f64, members: f64) -> f64 {
    let step = 0.01;
    let at = |s: f64| of.log_likelihood(s, members);
    // at 0 there is no other side
    let middle = exponent.max(step);
    let curvature = (2.0 * at(middle) - at(middle - step) - at(middle + step)) / (step * step);
    if curvature > 0.0 {
        1.0 / curvature
    } else {
        MAX_EXPONENT * MAX_EXPONENT
    }
}

/// Shares of the segments among distinct actors.
fn segments(events: &[Event]) -> [f64; Segment::COUNT] {
    let mut actors: Vec<(u64, Segment)> = events.iter().map(|e| (e.actor, e.segment())).collect();
    actors.sort_unstable();
    actors.dedup();
    let mut counts = [0.0; Segment::COUNT];
    for (_, segment) in &actors {
        counts[*segment as usize] += 1.0;
    }
    counts.map(|count| count / (actors.len() as f64).max(1.0))
}

#[cfg(test)]
#[path = "../fit_tests.rs"]
mod tests;

//! A workload out of a trace: mix, popularity, contents, time.

mod contents;
mod daytime;
mod estimate;
mod harmonic;
mod law;
mod popularity;
mod words;

use super::census::{Census, Popularity};
use super::collect::segment_of;
use super::error::Bad;
use super::{Trace, outline};
use crate::Workload;
pub use estimate::Fitted;
use estimate::QUANTILE;
use law::{Law, distance};
use notibench_core::event::{Event, Kind, Segment};
use notibench_core::unit::quantity::counted;
use popularity::{Frequencies, MAX_EXPONENT, maximum, rank_exponent};
pub use words::{about, file};

/// Recipients of events without content are enough to go by from here on.
const PLAIN_ENOUGH: u64 = 1_000;
/// The distance from which on a law describes popularity badly.
const FAR: f64 = 0.05;
/// Members that are thought to be there and were not seen, at the most, for
/// each that was.
const MOST_UNSEEN: f64 = 1_000.0;
/// Steps of ln members, and of an exponent, that are one place.
const SAME: f64 = 2e-3;
/// Undos that a workload may have at the most.
const MOST_UNDOS: f64 = 0.9;
/// How far the most frequent of a fit may be off, as a share, without a word.
const TOP_OFF: f64 = 0.2;

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
    /// ranks come closest to the shares of events, and its interval says
    /// nothing.
    pub is_law: bool,
    /// Events of all, and of the most frequent.
    pub events: [u64; 2],
    /// How many the most frequent of the fitted workload has: the median, and
    /// what chance makes of it in nineteen of twenty streams.
    pub top: Fitted,
}

impl FittedZipf {
    /// Whether the most frequent of the trace occurs by more than a fifth more
    /// or less often than that of the fitted workload, and not by chance.
    #[must_use]
    pub fn is_top_off(&self) -> bool {
        let top = self.events[1] as f64;
        (self.top.value / top.max(1.0) - 1.0).abs() > TOP_OFF && !self.top.holds(top)
    }
}

/// What was found in a trace.
#[derive(Clone, Debug, PartialEq)]
pub struct Fit {
    /// The workload, but for its `about`.
    pub workload: Workload,
    /// Members: those seen, and those thought to be there. None where a law
    /// does not hold: the workload then has those seen.
    pub members: Option<Fitted>,
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
    /// Whether the trace says the segments of actors; where it does not, they
    /// are even.
    pub has_segments: bool,
    /// Peak rate over mean rate of a day, where days can be told; a workload's
    /// is 8 at the most.
    pub peak_to_mean: Option<Fitted>,
}

/// Fits a workload to a trace; its census is that of [`Census::of`].
///
/// # Errors
/// What of the trace no workload can be fitted to, and why.
pub fn fit(name: &str, trace: &Trace, census: &Census) -> Result<Fit, Bad> {
    let plain_only = census.plain_recipients.total >= PLAIN_ENOUGH;
    let recipients = if plain_only {
        &census.plain_recipients
    } else {
        &census.recipients
    };
    let roles = [recipients, &census.actors];
    check(roles, census)?;
    let seen = (census.members as f64).max(1.0);
    let found = fit_roles(roles, seen);
    let zipf = [0, 1].map(|role| judged(roles[role], found.exponents[role], &found.members, seen));
    let is_law = zipf.iter().all(|of| of.is_law);
    // a number that follows from a law that does not hold is worth nothing
    let members = is_law.then_some(found.members);
    check_bounds(&zipf, found.is_bound && is_law, seen)?;
    let mut workload = outline(name, String::new(), census);
    let undo = proportion(census.undos, census.events);
    let duplicate = census
        .duplicate_share()
        .min(MOST_UNDOS - workload.mix.undo)
        .max(0.0);
    let kinds: f64 = workload.mix.kinds.iter().sum();
    let fresh = 1.0 - workload.mix.undo - duplicate;
    workload.mix.kinds = workload.mix.kinds.map(|kind| kind / kinds * fresh);
    workload.mix.duplicate = duplicate;
    let no_marks = census.done() - census.kinds[Kind::MarkRead as usize];
    workload.mix.self_action = census.self_actions as f64 / (no_marks as f64).max(1.0);
    let population = &mut workload.population;
    let many = members.map_or(seen, |members| members.value);
    population.members = libm::round(many).clamp(1.0, f64::from(u32::MAX)) as u64;
    population.recipient_exponent = zipf[0].exponent.value;
    population.actor_exponent = zipf[1].exponent.value;
    // those of an outline are even
    let mut said = trace.events.iter();
    let has_segments = said.any(|event| event.segment() != segment_of(event.actor));
    if has_segments {
        population.segments = segments(&trace.events);
    }
    contents::fit(&trace.events, population, &census.contents);
    let day = daytime::fit(trace);
    let peak_to_mean = day.as_ref().map(|(_, peak)| *peak);
    if let Some((shape, _)) = day {
        workload.time = shape;
    }
    Ok(Fit {
        members,
        recipients: zipf[0],
        plain_only,
        actors: zipf[1],
        undo,
        duplicate,
        has_segments,
        peak_to_mean,
        workload,
    })
}

/// The names of the roles, in the order of [`fit_roles`].
const ROLES: [&str; 2] = ["recipient", "actor"];

/// What can't be fitted, with what can be done instead.
fn cannot(what: &str) -> Bad {
    let help = "give more of the trace, or run it as it is with `notibench run --trace`";
    Bad::new(format!("no workload can be fitted to it: {what}"), help)
}

/// Refuses counts that any popularity explains, or none.
fn check(roles: [&Popularity; 2], census: &Census) -> Result<(), Bad> {
    for (role, of) in ROLES.into_iter().zip(roles) {
        let what = match of.counts.as_slice() {
            [] => format!("no event has an {role} other than the member whom it concerns"),
            [_] => format!("all its events have the same {role}"),
            [1, ..] => format!("each {role} occurs once, which any popularity explains"),
            _ => continue,
        };
        return Err(cannot(&what));
    }
    let undos = census.undos as f64 / (census.events as f64).max(1.0);
    if undos > MOST_UNDOS {
        return Err(cannot(&format!(
            "{:.1}% of it are undos, and a workload has {:.0}% of them at the most",
            100.0 * undos,
            100.0 * MOST_UNDOS
        )));
    }
    Ok(())
}

/// Refuses estimates that are only the ends of where they were searched.
fn check_bounds(zipf: &[FittedZipf; 2], is_bound: bool, seen: f64) -> Result<(), Bad> {
    if is_bound {
        return Err(cannot(&format!(
            "it names {}, so few of them repeatedly that any number of others may be there",
            counted(seen as u64, "member")
        )));
    }
    for (role, of) in ROLES.into_iter().zip(zipf) {
        if of.exponent.value > MAX_EXPONENT - SAME {
            return Err(cannot(&format!(
                "the {role}s are less even than any Zipf exponent up to {MAX_EXPONENT} explains"
            )));
        }
    }
    Ok(())
}

/// An exponent checked against the counts that it is to explain. Where the law
/// does not hold, the one that describes best which share of the events each
/// rank gets takes its place: who is frequent matters to a service, and the
/// many who are not decide the likelihood of counts.
fn judged(of: &Popularity, exponent: Fitted, members: &Fitted, seen: f64) -> FittedZipf {
    let far = distance(of, exponent.value, members.value);
    let by_chance = 1.36 / (of.distinct() as f64).max(1.0).sqrt();
    let is_law = far <= by_chance.max(FAR);
    let (exponent, members) = match is_law {
        true => (exponent, members.value),
        false => (rank_exponent(&of.counts, seen), seen),
    };
    FittedZipf {
        exponent,
        distance: far,
        by_chance,
        is_law,
        events: [of.total, of.counts.first().copied().unwrap_or(0)],
        top: Law::new(exponent.value, members, of.total as f64).top(),
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
    /// Whether the number of members is no more than the end of the search.
    is_bound: bool,
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
    // at the lower end all members were seen
    let value = if at - low < SAME { seen } else { at.exp() };
    let far_from = |bound: f64| interval_end(profile, (at, most), bound);
    let members = Fitted {
        value,
        low: far_from(low).map_or(seen, f64::exp),
        high: far_from(high).map_or(f64::INFINITY, f64::exp),
    };
    let exponents = frequencies.map(|of| {
        if of.seen() <= 1.0 {
            return Fitted::around(0.0, MAX_EXPONENT, MAX_EXPONENT);
        }
        let ends = [members.low, members.high.min(high.exp())].map(|n| of.best_exponent(n).0);
        let value = of.best_exponent(members.value).0;
        let by_members = (ends[1] - ends[0]).abs() / (2.0 * QUANTILE);
        let variance = variance_at(&of, value, members.value) + by_members * by_members;
        Fitted::around(value, variance.sqrt(), MAX_EXPONENT)
    });
    Roles {
        exponents,
        members,
        is_bound: high - at < SAME,
    }
}

/// Where, toward a bound, a log likelihood has fallen by what an interval of
/// 95% allows below its maximum; none where at the bound it has not, whatever
/// lies between. The root of what it fell by is nearly straight, so that each
/// step aims at the end itself.
fn interval_end(
    log_likelihood: impl Fn(f64) -> f64,
    (at, most): (f64, f64),
    bound: f64,
) -> Option<f64> {
    let deviations = |x: f64| (2.0 * (most - log_likelihood(x)).max(0.0)).sqrt();
    if deviations(bound) < QUANTILE {
        return None;
    }
    let reach = (bound - at).abs();
    let mut step = (bound - at).clamp(-0.02, 0.02);
    for _ in 0..12 {
        let ratio = QUANTILE / deviations(at + step).max(1e-9);
        if (ratio - 1.0).abs() < 0.02 {
            break;
        }
        step = (step * ratio.clamp(0.1, 10.0)).clamp(-reach, reach);
    }
    Some(at + step)
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

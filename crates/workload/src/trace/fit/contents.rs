//! Contents of a fitted workload: how many each member has, and which are hot.

use super::super::census::Popularity;
use super::harmonic::harmonic;
use super::popularity::rank_exponent;
use crate::Population;
use notibench_core::event::{Event, Kind};

/// Contents that a workload's members may have.
const PER_MEMBER: (u64, u64) = (2, 64);
/// Numbers of hot contents that are tried.
const HOT: [usize; 4] = [1, 10, 100, 1_000];
/// Excess of the top contents, as a share of content events, that is worth a
/// hot set.
const WORTH: f64 = 0.01;

/// Sets the contents of `population`, whose members and exponents are known.
pub(super) fn fit(events: &[Event], population: &mut Population, contents: &Popularity) {
    if contents.total == 0 {
        return;
    }
    population.contents_per_member = per_member(events);
    let cold = cold_shares(population);
    // what the top contents get beyond what their authors' popularity gives
    let excess = |hot: usize| {
        let expected: f64 = cold.iter().take(hot).sum();
        let beyond = contents.top_share(hot) - expected;
        (beyond / (1.0 - expected).max(1e-9)).clamp(0.0, 1.0)
    };
    let most = HOT.map(excess).into_iter().fold(0.0, f64::max);
    let few = HOT.into_iter().find(|&hot| excess(hot) >= 0.9 * most);
    let Some(hot) = few.filter(|_| most > WORTH) else {
        return;
    };
    let hot = hot
        .min(contents.counts.len())
        .min(usize::try_from(population.members).unwrap_or(usize::MAX));
    population.hot_contents = hot as u64;
    population.hot_share = excess(hot);
    population.hot_exponent = rank_exponent(&contents.counts[..hot], hot as f64).value;
}

/// How many contents the author of a typical content event has: the median
/// over events. Tags and mentions, whose author is the actor, do not count.
fn per_member(events: &[Event]) -> u64 {
    let by_actor = [Kind::PostTag, Kind::CommentTag, Kind::PostMention];
    let is_counted =
        |e: &&Event| e.kind().has_content() && !e.undo() && !by_actor.contains(&e.kind());
    let of = events.iter().filter(is_counted);
    let mut pairs: Vec<(u64, u64)> = of.map(|e| (e.recipient, e.content)).collect();
    pairs.sort_unstable();
    let mut authors: Vec<(u64, u64)> = pairs
        .chunk_by(|a, b| a.0 == b.0)
        .map(|of_one| {
            let distinct = of_one.chunk_by(|a, b| a.1 == b.1).count();
            (distinct as u64, of_one.len() as u64)
        })
        .collect();
    authors.sort_unstable();
    let mut left = pairs.len() as u64 / 2;
    let median = authors.iter().find(|(_, events)| {
        let reached = left < *events;
        left = left.saturating_sub(*events);
        reached
    });
    median
        .map_or(PER_MEMBER.0, |(contents, _)| *contents)
        .clamp(PER_MEMBER.0, PER_MEMBER.1)
}

/// Shares of the most popular contents where none is hot: the author's share
/// times the slot's; the newest of k slots get sqrt(1/k), sqrt(2/k) - …
fn cold_shares(population: &Population) -> Vec<f64> {
    let most = HOT[HOT.len() - 1];
    let members = population.members as f64;
    let all = harmonic(members, population.recipient_exponent);
    let slots = population.contents_per_member as f64;
    let mut shares = Vec::new();
    for rank in 1..=(most as u64).min(population.members) {
        let author = (rank as f64).powf(-population.recipient_exponent) / all;
        for slot in 0..population.contents_per_member {
            let upto = |slot: f64| (slot / slots).sqrt();
            shares.push(author * (upto(slot as f64 + 1.0) - upto(slot as f64)));
        }
    }
    shares.sort_unstable_by(|a, b| b.total_cmp(a));
    shares.truncate(most);
    shares
}

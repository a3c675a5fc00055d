//! What the engines of an open loop come to, rounds put together.

use notibench_record::stats::{ServiceHistogram, Tail, percentile_is_supported};
use notibench_record::{EngineNote, EngineRole, OpenLoopTrial, ProofVerdict, Record, Trial};

/// What one engine's trials come to, rounds put together.
#[derive(Clone, Debug)]
pub struct OpenLoopLine {
    /// Its name.
    pub name: String,
    /// Whether it is a probe, which is not ranked.
    pub probe: bool,
    /// Events that came due, over the rounds.
    pub offered: u64,
    /// Events a second completed in time: mean over the rounds.
    pub achieved_per_s: f64,
    /// Events skipped, over the rounds.
    pub skipped: u64,
    /// The most that was due and not started, of any round.
    pub peak_backlog: u64,
    /// Response times, the rounds merged.
    pub response: Times,
    /// Service times, the rounds merged.
    pub service: Times,
    /// Response times of reads.
    pub read_response: Times,
    /// Service times of reads.
    pub read_service: Times,
    /// Sizes of batches.
    pub batches: ServiceHistogram,
    /// Events left out as warm-up.
    pub cut_events: u64,
    /// The latest beginning of a steady state, where all rounds have one.
    pub steady_from_ns: Option<u64>,
}

/// Times that were merged, and what they came from.
#[derive(Clone, Debug, Default)]
pub struct Times {
    /// All of them.
    pub merged: ServiceHistogram,
    /// Of each round, or second, apart.
    pub(crate) parts: Vec<ServiceHistogram>,
    /// Times that were measured: batches, each of which gave its events one.
    batches: u64,
}

/// A percentile, and what it is from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Percentile {
    /// Its value in ns.
    pub(crate) ns: u64,
    /// Whether it is from fewer than 3 rounds or seconds.
    pub(crate) few: bool,
    /// Whether most of the samples beyond it are of one round or second.
    pub(crate) of_one: bool,
}

impl Percentile {
    /// Whether one hiccup may be all of it.
    pub(crate) const fn is_doubtful(self) -> bool {
        self.few || self.of_one
    }
}

impl Times {
    fn add(&mut self, text: &str) {
        // a text that can't be read is an error when the record is loaded
        if let Ok(histogram) = ServiceHistogram::from_base64(text) {
            self.merged.merge(&histogram);
            self.parts.push(histogram);
        }
    }

    /// The value at a quantile in ns, where at least 100 samples lie beyond
    /// it, of at least 10 batches and 3 rounds or intervals.
    #[must_use]
    pub fn supported(&self, quantile: f64) -> Option<u64> {
        let known = self.shown(quantile)?;
        (!known.few).then_some(known.ns)
    }

    /// The same of as many rounds and intervals as there are, marked where
    /// these are fewer than 3.
    pub(crate) fn shown(&self, quantile: f64) -> Option<Percentile> {
        let ns = self.merged.value_at_quantile(quantile);
        let tail = Tail::of(&self.parts, ns);
        let count = self.merged.count();
        // so many batches lie beyond, were they all of one size
        let batches = (self.batches as f64 * (1.0 - quantile)).round() as u64;
        let is_supported = |parts| percentile_is_supported(quantile, count, batches, parts);
        let few = !is_supported(tail.parts);
        let of_one = tail.is_of_one();
        is_supported(u64::MAX).then_some(Percentile { ns, few, of_one })
    }
}

/// The engines of an open loop in the order of the record; empty in a closed
/// one. Those that are wrong are not among them.
#[must_use]
pub fn open_loop_lines(record: &Record) -> Vec<OpenLoopLine> {
    let engines = record.engines.iter();
    engines.filter_map(|note| line_of(record, note)).collect()
}

fn line_of(record: &Record, note: &EngineNote) -> Option<OpenLoopLine> {
    let wrong = |words: &ProofVerdict| matches!(words, ProofVerdict::Differs(_));
    let mut proofs = record.proofs.iter();
    if proofs.any(|proof| proof.engine == note.name && wrong(&proof.verdict)) {
        return None;
    }
    let trials = counted(record, &note.name);
    if trials.is_empty() {
        return None;
    }
    let mut line = OpenLoopLine {
        name: note.name.clone(),
        probe: note.role == EngineRole::Probe,
        offered: 0,
        achieved_per_s: 0.0,
        skipped: 0,
        peak_backlog: 0,
        response: Times::default(),
        service: Times::default(),
        read_response: Times::default(),
        read_service: Times::default(),
        batches: ServiceHistogram::new(),
        cut_events: 0,
        steady_from_ns: Some(0),
    };
    for open in &trials {
        line.offered += open.offered;
        line.achieved_per_s += open.achieved_per_s / trials.len() as f64;
        line.skipped += open.skipped();
        line.peak_backlog = line.peak_backlog.max(open.peak_backlog);
        line.response.add(&open.response_ns);
        line.service.add(&open.service_ns);
        line.read_response.add(&open.read_response_ns);
        line.read_service.add(&open.read_service_ns);
        if let Ok(batches) = ServiceHistogram::from_base64(&open.batch_events) {
            line.batches.merge(&batches);
        }
        line.cut_events += open.cut_events;
        let steady = line.steady_from_ns.zip(open.steady_from_ns);
        line.steady_from_ns = steady.map(|(one, other)| one.max(other));
    }
    let reads = line.read_response.merged.count();
    line.read_response.batches = reads.div_ceil(64);
    line.read_service.batches = reads.div_ceil(64);
    line.response.batches = line.batches.count();
    line.service.batches = line.batches.count();
    if trials.len() < 3 {
        // seconds stand for rounds where there are few of these
        line.response.parts = by_second(&trials, |interval| &interval.response_ns);
        line.service.parts = by_second(&trials, |interval| &interval.service_ns);
        line.read_response.parts = by_second(&trials, |interval| &interval.read_response_ns);
    }
    Some(line)
}

/// The open-loop parts of an engine's trials that count.
pub(crate) fn counted<'r>(record: &'r Record, engine: &str) -> Vec<&'r OpenLoopTrial> {
    let of_engine = |trial: &&Trial| trial.engine == engine && !trial.warmup;
    let trials = record.trials.iter().filter(of_engine);
    trials
        .filter_map(|trial| trial.open_loop.as_ref())
        .collect()
}

/// Intervals put together to at least a second each, those of warm-up apart.
fn by_second(
    trials: &[&OpenLoopTrial],
    of: fn(&notibench_record::IntervalNote) -> &String,
) -> Vec<ServiceHistogram> {
    let mut parts = Vec::new();
    for open in trials {
        let (mut part, mut from) = (ServiceHistogram::new(), open.steady_from_ns.unwrap_or(0));
        for interval in &open.intervals {
            if interval.end_ns <= open.steady_from_ns.unwrap_or(0) {
                continue;
            }
            if let Ok(histogram) = ServiceHistogram::from_base64(of(interval)) {
                part.merge(&histogram);
            }
            if interval.end_ns - from >= 1_000_000_000 {
                parts.push(std::mem::take(&mut part));
                from = interval.end_ns;
            }
        }
        parts.push(part);
    }
    parts
}

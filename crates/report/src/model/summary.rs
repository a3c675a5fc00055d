//! A record's figures: one line an engine.

use std::cmp::Ordering;

use super::failure::difference;
use super::memory::bytes_per_member;
use super::rounds::{counted, over_rounds, per};
use notibench_record::stats::{RatioInterval, geometric_mean, paired_ratio};
use notibench_record::{EngineNote, EngineRole, Pass, ProofVerdict, Record, Trial};

/// The figures of a record. Times are geometric means over the rounds that
/// count, as ratios are, so that the quotient of two times is their ratio;
/// bytes are medians.
#[derive(Clone, Debug, PartialEq)]
pub struct Summary {
    /// The passes that the figures are of.
    pub pass: Pass,
    /// Engines: those with immediate reads before those with deferred ones,
    /// which do not offer the same service; each kind fastest first.
    pub ranked: Vec<EngineLine>,
    /// Ablations, fastest first.
    pub ablations: Vec<EngineLine>,
    /// Probes, in the record's order; never ranked.
    pub probes: Vec<EngineLine>,
    /// Engines whose final state was wrong: they have no figure.
    pub errors: Vec<EngineError>,
    /// Engines that have no round that counts.
    pub unmeasured: Vec<String>,
    /// The baseline against itself.
    pub control: Option<Control>,
    /// What the harness takes.
    pub harness: Option<HarnessShare>,
}

/// The figures of one engine. All are finite.
#[derive(Clone, Debug, PartialEq)]
pub struct EngineLine {
    /// Its name in the record.
    pub name: String,
    /// Whether its reads may lag behind.
    pub deferred: bool,
    /// Whether its state lies in another process.
    pub out_of_process: bool,
    /// Rounds that count.
    pub rounds: usize,
    /// Events a second: the inverse of `ns_per_event`.
    pub events_per_s: f64,
    /// 95% interval of `events_per_s`; none with fewer than two rounds. Its
    /// `ratio` is the speed itself, in events a second.
    pub speed: Option<RatioInterval>,
    /// Wall time per event.
    pub ns_per_event: f64,
    /// The same times the number of workers.
    pub core_ns_per_event: f64,
    /// Wall time per notify disposition; none without any.
    pub ns_per_notification: Option<f64>,
    /// Its inverse.
    pub notifications_per_s: Option<f64>,
    /// Speed beside the baseline's.
    pub versus: Versus,
    /// Bytes of state, slack, maps and allocator per member that has state,
    /// the median round.
    pub bytes_per_member: Option<f64>,
    /// Peak resident size of the process, the highest of the rounds.
    pub peak_resident_bytes: u64,
    /// Whether its final state was proved.
    pub proof: Proof,
}

/// Whether a final state was proved.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Proof {
    /// Equal to the oracle's.
    Equal,
    /// Not looked at.
    NotChecked,
}

/// Speed beside the baseline's.
#[derive(Clone, Debug, PartialEq)]
pub enum Versus {
    /// It is the baseline.
    Baseline,
    /// The geometric mean of the ratios of the rounds that both ran.
    Ratio {
        /// Above 1 is faster than the baseline.
        ratio: f64,
        /// Its interval; none with one round.
        interval: Option<RatioInterval>,
        /// Rounds that both ran.
        rounds: usize,
    },
    /// There is nothing to compare with; why.
    None(&'static str),
}

/// An engine whose final state was wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EngineError {
    /// Its name in the record.
    pub name: String,
    /// The first difference, in words.
    pub difference: String,
}

/// The A/A control: the baseline under a second name, beside itself.
#[derive(Clone, Debug, PartialEq)]
pub struct Control {
    /// Its name in the record.
    pub name: String,
    /// What it shows.
    pub versus: Versus,
}

/// What the harness takes, seen by an engine that does nothing.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct HarnessShare {
    /// Wall time per event of `null`.
    pub ns_per_event: f64,
    /// That as a share of the fastest engine's of either kind, where there is one.
    pub of_fastest: Option<f64>,
}

impl Summary {
    /// The figures of the passes from an empty state.
    #[must_use]
    pub fn of(record: &Record) -> Self {
        Self::of_pass(record, Pass::Fresh)
    }

    /// The figures of one kind of pass. Proofs are of whole trials.
    #[must_use]
    pub fn of_pass(record: &Record, pass: Pass) -> Self {
        let mut summary = Self {
            pass,
            ranked: Vec::new(),
            ablations: Vec::new(),
            probes: Vec::new(),
            errors: Vec::new(),
            unmeasured: Vec::new(),
            control: None,
            harness: None,
        };
        for engine in &record.engines {
            summary.add(record, engine, pass);
        }
        let base = ns_per_event(record, &record.plan.baseline, pass).unwrap_or(1.0);
        summary.ranked.sort_by(|a, b| in_order(a, b, base));
        summary.ablations.sort_by(|a, b| in_order(a, b, base));
        let null = record
            .engines
            .iter()
            .find(|e| e.role == EngineRole::Probe && e.engine == "null");
        summary.harness = null
            .and_then(|null| summary.probes.iter().find(|line| line.name == null.name))
            .map(|null| HarnessShare {
                ns_per_event: null.ns_per_event,
                of_fastest: summary
                    .ranked
                    .iter()
                    .map(|line| null.ns_per_event / line.ns_per_event)
                    .max_by(f64::total_cmp),
            });
        summary
    }

    fn add(&mut self, record: &Record, engine: &EngineNote, pass: Pass) {
        let name = engine.name.clone();
        if let Some(difference) = difference(record, engine) {
            self.errors.push(EngineError { name, difference });
            return;
        }
        if engine.control {
            self.control = Some(Control {
                name,
                versus: versus(record, engine, pass),
            });
            return;
        }
        let Some(line) = line(record, engine, pass) else {
            self.unmeasured.push(name);
            return;
        };
        match engine.role {
            EngineRole::Probe => self.probes.push(line),
            EngineRole::Ablation => self.ablations.push(line),
            EngineRole::Engine => self.ranked.push(line),
        }
    }

    /// Engines whose reads are immediate, or those whose reads are deferred,
    /// fastest first.
    pub fn of_kind(&self, deferred: bool) -> impl Iterator<Item = &EngineLine> {
        self.ranked.iter().filter(move |l| l.deferred == deferred)
    }

    /// Every interval to the baseline, with its engine's name; the control's
    /// not among them.
    pub fn intervals(&self) -> impl Iterator<Item = (&str, &RatioInterval)> {
        self.ranked
            .iter()
            .chain(&self.ablations)
            .filter_map(|line| match &line.versus {
                Versus::Ratio {
                    interval: Some(interval),
                    ..
                } => Some((line.name.as_str(), interval)),
                _ => None,
            })
    }
}

/// Immediate engines first; of one kind, by the figure that stands in the
/// column of ratios: where an engine has none, by its time beside `base_ns`,
/// the baseline's time per event in ns.
fn in_order(a: &EngineLine, b: &EngineLine, base_ns: f64) -> Ordering {
    let shown = |line: &EngineLine| match line.versus {
        Versus::Ratio { ratio, .. } => ratio,
        Versus::Baseline => 1.0,
        Versus::None(_) => base_ns / line.ns_per_event,
    };
    let kinds = a.deferred.cmp(&b.deferred);
    kinds.then_with(|| shown(b).total_cmp(&shown(a)))
}

/// A time of an engine: the geometric mean over its sampling units, which are
/// rounds, or processes where there are several.
fn mean_time(
    record: &Record,
    engine: &str,
    pass: Pass,
    time: &dyn Fn(&Trial) -> Option<f64>,
) -> Option<f64> {
    geometric_mean(&record.times(engine, pass, time))
}

fn ns_per_event(record: &Record, engine: &str, pass: Pass) -> Option<f64> {
    mean_time(record, engine, pass, &Trial::ns_per_event)
}

/// Events a second of an engine with their interval.
fn speed(record: &Record, engine: &str, pass: Pass) -> Option<RatioInterval> {
    let pairs = record.paired_times_with(engine, engine, pass);
    // a speed is a ratio to one event a second
    let speeds: Vec<(f64, f64)> = pairs.iter().map(|(ns, _)| (*ns, 1e9)).collect();
    paired_ratio(&speeds)
}

fn line(record: &Record, engine: &EngineNote, pass: Pass) -> Option<EngineLine> {
    let trials: Vec<&Trial> = counted(record, &engine.name, pass).collect();
    let over_rounds =
        |figure: &dyn Fn(&Trial) -> Option<f64>| over_rounds(record, &engine.name, pass, figure);
    let ns_per_event = ns_per_event(record, &engine.name, pass)?;
    let ns_per_notification = mean_time(record, &engine.name, pass, &|trial| {
        // where roles are apart its time is of parts of the stream
        let whole = trial.apart.is_none();
        per(trial.wall_ns as f64, trial.notified).filter(|_| whole)
    });
    let equal = record
        .proofs
        .iter()
        .any(|proof| proof.engine == engine.name && proof.verdict == ProofVerdict::Equal);
    Some(EngineLine {
        name: engine.name.clone(),
        deferred: engine.freshness == "deferred",
        out_of_process: engine.out_of_process,
        rounds: record.compared(&engine.name, pass).count(),
        events_per_s: 1e9 / ns_per_event,
        speed: speed(record, &engine.name, pass),
        ns_per_event,
        core_ns_per_event: ns_per_event * record.plan.writers() as f64,
        ns_per_notification,
        notifications_per_s: ns_per_notification.map(|ns| 1e9 / ns),
        versus: versus(record, engine, pass),
        bytes_per_member: over_rounds(&bytes_per_member),
        peak_resident_bytes: trials
            .iter()
            .map(|t| t.peak_resident_bytes)
            .max()
            .unwrap_or(0),
        proof: if equal {
            Proof::Equal
        } else {
            Proof::NotChecked
        },
    })
}

fn versus(record: &Record, engine: &EngineNote, pass: Pass) -> Versus {
    let baseline = &record.plan.baseline;
    if engine.role == EngineRole::Probe {
        return Versus::None("a probe");
    }
    if engine.name == *baseline {
        return Versus::Baseline;
    }
    let Some(note) = record.engines.iter().find(|note| note.name == *baseline) else {
        return Versus::None("no baseline");
    };
    if difference(record, note).is_some() {
        return Versus::None("baseline wrong");
    }
    let pairs = record.paired_times(&engine.name, pass);
    let ratios: Vec<f64> = pairs.iter().map(|(own, base)| base / own).collect();
    match geometric_mean(&ratios) {
        Some(ratio) => Versus::Ratio {
            ratio,
            interval: record.ratio_with(baseline, &engine.name, pass),
            rounds: pairs.len(),
        },
        None => Versus::None("no shared round"),
    }
}

/// The interval of the A/A control, where there is one.
pub(crate) fn control_interval(summary: &Summary) -> Option<&RatioInterval> {
    match &summary.control.as_ref()?.versus {
        Versus::Ratio { interval, .. } => interval.as_ref(),
        _ => None,
    }
}

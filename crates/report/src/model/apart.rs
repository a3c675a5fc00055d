//! What writers and readers that are apart come to, alone and beside each other,
//! and what share of its speed each role keeps.

use super::percentiles::{Row, Timed, row};
use super::summary::{EngineLine, Summary};
use notibench_record::stats::{RatioInterval, geometric_mean, mean, paired_ratio};
use notibench_record::{ApartRole, EngineNote, Pass, Record, Trial};

/// Both roles in their order.
pub(crate) const ROLES: [ApartRole; 2] = [ApartRole::Writer, ApartRole::Reader];

/// Rounds in the least from which an interval is told.
const FEWEST_ROUNDS: usize = 3;

/// One engine, or a probe.
#[derive(Clone, Debug, PartialEq)]
pub struct ApartLine {
    /// Its name in the record.
    pub name: String,
    /// Whether it is a probe, which is not ranked.
    pub probe: bool,
    /// Whether its reads may lag behind.
    pub deferred: bool,
    /// Its writers: events a second.
    pub writers: RoleFigures,
    /// Its readers: reads a second.
    pub readers: RoleFigures,
    /// What finishing its sessions takes, as a share of the writers' time; in no
    /// figure.
    pub finish_share: f64,
}

/// What one role does.
#[derive(Clone, Debug, PartialEq)]
pub struct RoleFigures {
    /// Operations a second while the other role does nothing.
    pub alone_per_s: Option<f64>,
    /// The same beside the other role.
    pub beside_per_s: Option<f64>,
    /// The share of its speed that it keeps beside the other role.
    pub kept: Option<RatioFigure>,
    /// Its speed beside the other role as a multiple of the baseline's; none of
    /// the baseline itself, and of a probe.
    pub versus: Option<RatioFigure>,
}

/// A ratio and what it is from.
#[derive(Clone, Debug, PartialEq)]
pub struct RatioFigure {
    /// The geometric mean of the rounds' ratios.
    pub ratio: f64,
    /// Its interval; none with fewer than three rounds.
    pub interval: Option<RatioInterval>,
    /// The rounds' ratios.
    pub rounds: Vec<f64>,
}

impl RatioFigure {
    /// Of pairs of times: above 1 where the first is the shorter.
    fn of(pairs: &[(f64, f64)]) -> Option<Self> {
        let rounds: Vec<f64> = pairs.iter().map(|(own, base)| base / own).collect();
        Some(Self {
            ratio: geometric_mean(&rounds)?,
            interval: paired_ratio(pairs).filter(|_| rounds.len() >= FEWEST_ROUNDS),
            rounds,
        })
    }
}

impl ApartLine {
    /// What a role does.
    #[must_use]
    pub const fn of(&self, role: ApartRole) -> &RoleFigures {
        match role {
            ApartRole::Writer => &self.writers,
            ApartRole::Reader => &self.readers,
        }
    }
}

/// The engines in the order of their table, then ablations and probes; empty
/// where roles are not apart. Those that are wrong are not among them.
#[must_use]
pub fn apart_lines(record: &Record, summary: &Summary) -> Vec<ApartLine> {
    if record.plan.apart.is_none() {
        return Vec::new();
    }
    let engines = summary.ranked.iter().chain(&summary.ablations);
    let engines = engines.map(|line| line_of(record, line, false));
    let probes = summary.probes.iter();
    let probes = probes.map(|line| line_of(record, line, true));
    engines.chain(probes).collect()
}

fn line_of(record: &Record, line: &EngineLine, probe: bool) -> ApartLine {
    let name = &line.name;
    let of = |role| RoleFigures {
        alone_per_s: per_s(record, name, |trial| trial.ns_alone(role)),
        beside_per_s: per_s(record, name, |trial| trial.ns_beside(role)),
        kept: kept(record, name, role),
        versus: versus(record, name, role).filter(|_| !probe),
    };
    let shares = record.compared(name, Pass::Fresh).filter_map(|trial| {
        let apart = trial.apart.as_ref()?;
        let wall_ns = apart.writers_alone.wall_ns + apart.writers_beside.wall_ns;
        Some(apart.finish_ns as f64 / wall_ns.max(1) as f64)
    });
    ApartLine {
        name: name.clone(),
        probe,
        deferred: line.deferred,
        writers: of(ApartRole::Writer),
        readers: of(ApartRole::Reader),
        finish_share: mean(&shares.collect::<Vec<_>>()).unwrap_or(0.0),
    }
}

fn per_s(record: &Record, engine: &str, time: impl Fn(&Trial) -> Option<f64>) -> Option<f64> {
    let mean = geometric_mean(&record.times(engine, Pass::Fresh, time))?;
    Some(1e9 / mean)
}

/// The share of its speed alone that a role keeps beside the other: paired
/// within trials, since both are of one state and of slices in turn.
fn kept(record: &Record, engine: &str, role: ApartRole) -> Option<RatioFigure> {
    let slower = |trial: &Trial| Some(trial.ns_beside(role)? / trial.ns_alone(role)?);
    let times = record.times(engine, Pass::Fresh, slower);
    let pairs: Vec<(f64, f64)> = times.into_iter().map(|time| (time, 1.0)).collect();
    RatioFigure::of(&pairs)
}

/// A role's speed beside the other vs the baseline's, with what the A/A control
/// shows as the floor of its interval.
fn versus(record: &Record, engine: &str, role: ApartRole) -> Option<RatioFigure> {
    let baseline = &record.plan.baseline;
    let figure = |engine: &str| {
        let time = |trial: &Trial| trial.ns_beside(role);
        RatioFigure::of(&record.paired_by(baseline, engine, Pass::Fresh, time))
    };
    if engine == baseline {
        return None;
    }
    let found = figure(engine)?;
    let is_control = |note: &&EngineNote| note.control && note.name != engine;
    let control = record.engines.iter().find(is_control);
    let seen = control.and_then(|note| figure(&note.name)?.interval);
    let interval = match (found.interval, seen) {
        (Some(interval), Some(seen)) => Some(interval.with_floor_of(&seen)),
        (interval, _) => interval,
    };
    Some(RatioFigure { interval, ..found })
}

/// Service times of groups of one role, alone and beside the other, where there
/// are any.
pub(crate) fn times(record: &Record, engine: &str, role: ApartRole) -> [Option<Row>; 2] {
    [Timed::Alone(role), Timed::Beside(role)].map(|timed| row(record, engine, timed))
}

/// Response times of groups of one role, alone and beside the other, where it has
/// a rate.
pub(crate) fn response_times(record: &Record, engine: &str, role: ApartRole) -> [Option<Row>; 2] {
    [false, true].map(|is_beside| row(record, engine, Timed::Response { role, is_beside }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use notibench_record::{fixture, fixture_apart};

    fn lines(record: &Record) -> Vec<ApartLine> {
        apart_lines(record, &Summary::of(record))
    }

    fn line<'l>(lines: &'l [ApartLine], name: &str) -> &'l ApartLine {
        lines.iter().find(|line| line.name == name).unwrap()
    }

    #[test]
    fn what_is_kept_is_the_speed_beside_over_that_alone() {
        let record = fixture_apart::record();
        let lines = lines(&record);
        let naive = line(&lines, "dashmap-naive");
        for role in ROLES {
            let kept = naive.of(role).kept.as_ref().unwrap();
            assert!((kept.ratio - 0.5).abs() < 0.01, "{kept:?}");
            assert_eq!(kept.rounds.len(), 5);
            let interval = kept.interval.unwrap();
            let holds = interval.low < kept.ratio && kept.ratio < interval.high;
            assert!(holds, "{interval:?}");
            let figures = naive.of(role);
            let of_speeds = figures.beside_per_s.unwrap() / figures.alone_per_s.unwrap();
            assert!((of_speeds / kept.ratio - 1.0).abs() < 1e-9);
        }
        let dashmap = line(&lines, "dashmap");
        assert!((dashmap.writers.kept.as_ref().unwrap().ratio - 0.8).abs() < 0.01);
        assert!((dashmap.readers.kept.as_ref().unwrap().ratio - 0.9).abs() < 0.01);
    }

    #[test]
    fn speeds_are_compared_beside_the_other_role() {
        let record = fixture_apart::record();
        let lines = lines(&record);
        assert_eq!(line(&lines, "dashmap-naive").writers.versus, None);
        assert_eq!(line(&lines, "null").writers.versus, None);
        let writers = line(&lines, "dashmap").writers.versus.clone().unwrap();
        // 125 ns an event beside the reader, where the baseline takes 1,000
        assert!((writers.ratio - 8.0).abs() < 0.2, "{writers:?}");
        let summary = Summary::of(&record);
        let ranked = summary.ranked.iter().find(|l| l.name == "dashmap").unwrap();
        assert!(
            (ranked.ns_per_event / 125.0 - 1.0).abs() < 0.02,
            "{ranked:?}"
        );
        assert_eq!(ranked.ns_per_notification, None);
    }

    #[test]
    fn two_rounds_give_no_interval() {
        let mut record = fixture_apart::record();
        record.trials.retain(|trial| trial.round <= 2);
        let lines = lines(&record);
        let kept = line(&lines, "dashmap").writers.kept.clone().unwrap();
        assert_eq!((kept.rounds.len(), kept.interval), (2, None));
    }

    #[test]
    fn without_readers_nothing_is_kept_or_lost() {
        let record = fixture_apart::without_readers();
        let lines = lines(&record);
        let dashmap = line(&lines, "dashmap");
        assert!(dashmap.writers.beside_per_s.is_some());
        assert_eq!(dashmap.writers.kept, None);
        assert_eq!(dashmap.readers.beside_per_s, None);
    }

    #[test]
    fn other_records_have_no_lines() {
        assert!(lines(&fixture::record()).is_empty());
    }
}

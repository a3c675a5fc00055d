//! How near each engine comes to what the machine can do: its speed as a share
//! of the limit probes'.
//!
//! A share is the probe's ns per event ÷ the engine's: the geometric mean over
//! the rounds that both ran, its interval that of paired log-ratios, as for
//! ratios to the baseline.

use super::failure::difference;
use notibench_record::stats::{RatioInterval, geometric_mean, paired_ratio};
use notibench_record::{EngineRole, Pass, Record};

/// The probes that engines are compared with.
const LIMITS: [&str; 2] = ["limit-state", "limit-partitioned"];

/// An engine's speed as a share of a probe's: 1 is the limit itself.
#[derive(Clone, Debug, PartialEq)]
pub struct LimitShare {
    /// The probe's name in the registry.
    pub limit: &'static str,
    /// The share.
    pub share: f64,
    /// Its interval; none with one round.
    pub interval: Option<RatioInterval>,
}

/// The limits that the record has a figure of.
#[must_use]
pub fn limits(record: &Record) -> Vec<&'static str> {
    let known = |limit: &&'static str| name_of(record, limit).is_some();
    LIMITS.into_iter().filter(known).collect()
}

/// The name in the record of the probe that is called `limit` in the
/// registry; none where it did not run, or what it ran on was wrong.
fn name_of<'r>(record: &'r Record, limit: &str) -> Option<&'r str> {
    let is_it = |role: EngineRole, engine: &str| role == EngineRole::Probe && engine == limit;
    let note = record
        .engines
        .iter()
        .find(|note| is_it(note.role, &note.engine))?;
    difference(record, note).is_none().then_some(&note.name)
}

/// The share of each limit that `engine` comes to in passes of one kind, in the
/// order of [`limits`]; without those that it shares no round with. None for a probe:
/// it does other work, so that its share says nothing.
#[must_use]
pub fn shares(record: &Record, engine: &str, pass: Pass) -> Vec<LimitShare> {
    let mut notes = record.engines.iter();
    if notes.any(|note| note.name == engine && note.role == EngineRole::Probe) {
        return Vec::new();
    }
    let share_of = |limit: &'static str| {
        let both = record.paired_times_with(name_of(record, limit)?, engine, pass);
        let ratios: Vec<f64> = both.iter().map(|(own, limit)| limit / own).collect();
        Some(LimitShare {
            limit,
            share: geometric_mean(&ratios)?,
            interval: paired_ratio(&both),
        })
    };
    LIMITS.into_iter().filter_map(share_of).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::summary::Summary;
    use crate::style::Style;
    use crate::text::limits::section;
    use notibench_record::fixture;

    /// The share by hand: the mean of the logarithms of five ratios.
    fn expected(record: &Record, engine: &str, probe: &str) -> f64 {
        let wall = |name: &str, round: usize| {
            let trial = record.trials.iter();
            let mut found = trial.filter(|t| t.engine == name && t.round == round);
            found.next().unwrap().wall_ns as f64
        };
        let logs = (1..=5).map(|round| (wall(probe, round) / wall(engine, round)).ln());
        (logs.sum::<f64>() / 5.0).exp()
    }

    #[test]
    fn shares_are_paired_by_round() {
        let record = fixture::with_limits();
        assert_eq!(limits(&record), ["limit-state", "limit-partitioned"]);
        for engine in ["dashmap", "sharded-mutex", "dashmap-naive"] {
            for found in shares(&record, engine, Pass::Fresh) {
                let share = expected(&record, engine, found.limit);
                assert!((found.share - share).abs() < 1e-12, "{found:?}");
                let interval = found.interval.unwrap();
                assert!(interval.low < share && share < interval.high);
            }
        }
        let dashmap = shares(&record, "dashmap", Pass::Fresh);
        assert!((0.58..0.62).contains(&dashmap[0].share), "{dashmap:?}");
        assert!((0.38..0.42).contains(&dashmap[1].share), "{dashmap:?}");
    }

    #[test]
    fn a_round_that_only_one_of_them_ran_counts_for_nothing() {
        let mut record = fixture::with_limits();
        let state = |t: &notibench_record::Trial| t.engine == "limit-state";
        record.trials.retain(|t| !(state(t) && t.round > 1));
        fixture::trial_mut(&mut record, "dashmap", 3).wall_ns *= 50;
        let found = shares(&record, "dashmap", Pass::Fresh);
        assert!((0.58..0.62).contains(&found[0].share), "{found:?}");
        assert_eq!(found[0].interval, None);
    }

    #[test]
    fn without_the_probes_there_is_no_share() {
        let record = fixture::record();
        assert!(limits(&record).is_empty() && shares(&record, "dashmap", Pass::Fresh).is_empty());
        let summary = Summary::of(&record);
        assert_eq!(section(&record, &summary, Style::default()), "");
    }

    #[test]
    fn passes_over_warm_state_are_held_against_the_probes_own() {
        let mut record = fixture::with_warm_passes();
        let fresh = shares(&record, "dashmap", Pass::Fresh);
        let of_it = |t: &&mut notibench_record::Trial| t.engine == "dashmap";
        for trial in record.trials.iter_mut().filter(of_it) {
            if trial.pass == Pass::Warm {
                trial.wall_ns *= 2;
            }
        }
        assert_eq!(shares(&record, "dashmap", Pass::Fresh), fresh);
        let warm = shares(&record, "dashmap", Pass::Warm);
        assert!((warm[0].share * 2.0 - fresh[0].share).abs() < 1e-6);
    }

    #[test]
    fn a_probe_has_no_share() {
        let record = fixture::with_limits();
        for probe in ["null", "limit-read", "limit-state"] {
            assert!(shares(&record, probe, Pass::Fresh).is_empty(), "{probe}");
        }
    }

    #[test]
    fn a_probe_that_ran_on_other_events_is_no_limit() {
        let mut record = fixture::with_limits();
        let trial = fixture::trial_mut(&mut record, "limit-state", 2);
        trial.events_digest = Some("0".repeat(32));
        assert_eq!(limits(&record), ["limit-partitioned"]);
    }
}

//! Warnings of the stream that was run: too short, or without reads.

use std::fmt;

use crate::model::summary::Summary;
use notibench_core::unit::quantity::show_ns;
use notibench_record::Record;

/// Trials below this are mostly the start of threads and of the clock.
const SHORT_NS: f64 = 50e6;
/// How long a trial should be.
const USEFUL_NS: f64 = 500e6;

/// One warning of the stream.
#[derive(Clone, Debug, PartialEq)]
pub enum StreamWarning {
    /// The fastest engine's trials were short.
    Short {
        /// How long, in ns.
        wall_ns: f64,
        /// The flag that makes them longer.
        fix: String,
    },
    /// A trace was run, which has no reads.
    NoReads,
}

impl fmt::Display for StreamWarning {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Short { wall_ns, fix } => write!(
                f,
                "a trial of the fastest engine took {}, so that starting its threads is much of \
                 it: give {fix}",
                show_ns(*wall_ns)
            ),
            Self::NoReads => f.write_str(
                "the trace has no reads, so figures are of ingest alone: give --reads-per-event \
                 0.25, or as many as your service has",
            ),
        }
    }
}

/// The warnings of a record's stream.
pub(super) fn collect(record: &Record, summary: &Summary) -> Vec<StreamWarning> {
    let plan = &record.plan;
    let mut found = Vec::new();
    let fastest = summary.ranked.first();
    let wall_ns = fastest.map_or(f64::INFINITY, |line| line.ns_per_event * plan.events as f64);
    // an open loop lasts as long as it was told to
    if wall_ns < SHORT_NS && wall_ns > 0.0 && plan.open_loop.is_none() {
        let fix = longer(record, (USEFUL_NS / wall_ns).ceil() as u64);
        found.push(StreamWarning::Short { wall_ns, fix });
    }
    let asks_no_read = plan.reads == 0 && plan.cluster.is_none() && plan.apart.is_none();
    if record.workload.trace.is_some() && asks_no_read {
        found.push(StreamWarning::NoReads);
    }
    found
}

/// The flag that makes a trial so many times longer.
fn longer(record: &Record, times: u64) -> String {
    let Some(trace) = &record.workload.trace else {
        return format!(
            "--events {}",
            round(record.plan.events.saturating_mul(times))
        );
    };
    let mut flags = trace.flags.iter();
    let passes = flags.find_map(|flag| flag.strip_prefix("--repeat=")?.parse::<u64>().ok());
    let passes = passes.unwrap_or(1).saturating_mul(times);
    format!("--repeat {}", round(passes))
}

/// Rounded up to two digits, as a flag takes it.
fn round(count: u64) -> String {
    let mut place = 1_u64;
    while count / place >= 100 {
        place *= 10;
    }
    let count = count.div_ceil(place).saturating_mul(place);
    match count {
        _ if count.is_multiple_of(1_000_000) => format!("{}M", count / 1_000_000),
        _ if count.is_multiple_of(1_000) => format!("{}k", count / 1_000),
        _ => count.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use notibench_core::unit::quantity::parse_count;
    use notibench_record::TraceNote;
    use notibench_record::fixture;

    fn found(record: &Record) -> Vec<String> {
        let warnings = collect(record, &Summary::of(record));
        warnings.iter().map(ToString::to_string).collect()
    }

    /// The fixture's run with trials that take a thousandth of their time.
    fn short() -> Record {
        let mut record = fixture::record();
        for trial in &mut record.trials {
            trial.wall_ns /= 1_000;
        }
        record
    }

    #[test]
    fn a_short_trial_is_told_with_what_makes_it_longer() {
        assert_eq!(found(&fixture::record()), Vec::<String>::new());
        let mut record = short();
        let [said] = &found(&record)[..] else {
            panic!("{:?}", found(&record));
        };
        assert!(
            said.contains("µs") && said.contains("give --events "),
            "{said}"
        );
        let given = said.rsplit(' ').next().unwrap();
        let events = parse_count(given).unwrap() as f64;
        let fastest = Summary::of(&record).ranked[0].ns_per_event;
        assert!(
            (0.9..1.3).contains(&(events * fastest / USEFUL_NS)),
            "{said}"
        );
        // of a trace passes, and those that it had
        let mut trace = note();
        record.workload.trace = Some(trace.clone());
        let passes = |record: &Record| {
            let said = found(record).remove(0);
            let given = said.rsplit("--repeat ").next().unwrap().to_owned();
            parse_count(&given).unwrap()
        };
        let once = passes(&record);
        trace.flags.push("--repeat=10".to_owned());
        record.workload.trace = Some(trace);
        assert!((9 * once..=11 * once).contains(&passes(&record)));
    }

    #[test]
    fn a_trace_without_reads_says_so() {
        let mut record = fixture::record();
        record.workload.trace = Some(note());
        record.plan.reads = 0;
        let said = found(&record).join("\n");
        assert!(said.contains("--reads-per-event"), "{said}");
        record.plan.reads = 1;
        assert!(found(&record).is_empty());
    }

    fn note() -> TraceNote {
        TraceNote {
            path: "log.csv".to_owned(),
            format: "csv".to_owned(),
            bytes: 1,
            events: 1,
            events_digest: String::new(),
            flags: Vec::new(),
            bad: 0,
            skipped: Vec::new(),
            out_of_order: 0,
        }
    }

    #[test]
    fn counts_are_rounded_up_to_what_people_write() {
        let rounded = [7, 100, 101, 1_234, 999_999, 12_345_678].map(round);
        assert_eq!(rounded, ["7", "100", "110", "1300", "1M", "13M"]);
    }
}

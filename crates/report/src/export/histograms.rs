//! A record's histograms for HdrHistogram's own tools: an interval log, or one
//! engine's percentile distribution.

use std::time::{Duration, SystemTime};

use notibench_record::stats::{
    LogInterval, ServiceHistogram, interval_log, percentile_distribution,
};
use notibench_record::{ApartRole, EngineNote, EngineRole, OpenLoopTrial, Pass, Record, Trial};

/// Every histogram of the passes that percentiles are of as an interval log
/// (`.hlog`), a line a trial, or an interval of an open loop's trial: those of
/// trials that ran alone, where there are such. Tags are
/// `ENGINE:ingest_service`, `ENGINE:read_service`; of an open loop
/// `ENGINE:response`, `ENGINE:service`, `ENGINE:read_response`,
/// `ENGINE:read_service`; where roles are apart `ENGINE:ingest_alone_service`,
/// `ENGINE:ingest_beside_service` and the same of `read`. Without `engine`, of all
/// but the A/A control and the probes.
///
/// # Errors
/// Where there is no such engine, or nothing was timed.
pub fn hlog(record: &Record, engine: Option<&str>, pass: Pass) -> Result<String, String> {
    let engines = chosen(record, engine)?;
    let mut intervals = Vec::new();
    let mut start_ns = 0;
    let counted: Vec<&Trial> = engines
        .iter()
        .flat_map(|note| record.counted(&note.name, pass))
        .collect();
    for trial in &record.trials {
        if counted.iter().any(|counts| std::ptr::eq(*counts, trial)) {
            add(trial, start_ns, &mut intervals)?;
        }
        start_ns += trial.wall_ns;
    }
    // a kind that nothing was recorded of has no line
    let recorded: Vec<String> = intervals
        .iter()
        .filter(|interval| !interval.histogram.is_empty())
        .map(|interval| interval.tag.clone())
        .collect();
    intervals.retain(|interval| recorded.contains(&interval.tag));
    if intervals.is_empty() {
        return Err(nothing_timed(pass));
    }
    // stable: of one start in the order of the tags
    intervals.sort_by_key(|interval| interval.start_ns);
    let comments = [
        format!(
            "notibench {}: {}, {} passes that count; values in ns, largest values in ms",
            record.version,
            record.workload.name,
            pass.name()
        ),
        "trials are laid end to end: what lay between them is left out".to_owned(),
    ];
    Ok(interval_log(&comments, started(record), &intervals))
}

/// One engine's passes that count, merged, as a percentile distribution
/// (`.hgrm`): of an open loop the response times of events, of a closed one
/// the service times of groups of ingest calls, beside readers where these are
/// apart. Without `engine`, of the only
/// one there is.
///
/// # Errors
/// Where there is no such engine, there are several and none is named, or
/// nothing was timed.
pub fn hgrm(record: &Record, engine: Option<&str>, pass: Pass) -> Result<String, String> {
    let engines = chosen(record, engine)?;
    let [engine] = engines[..] else {
        return Err(format!(
            "a percentile distribution is of one engine: name it with --engine, one of {}",
            names(&engines)
        ));
    };
    let is_open = record.plan.open_loop.is_some();
    let mut merged = ServiceHistogram::new();
    for trial in record.counted(&engine.name, pass) {
        let text = match (&trial.open_loop, &trial.apart) {
            (Some(open_loop), _) => &open_loop.response_ns,
            (None, Some(apart)) => &apart.writers_beside.service_ns,
            (None, None) => &trial.ingest_service_ns,
        };
        merged.merge(&read(text)?);
    }
    if merged.is_empty() {
        return Err(nothing_timed(pass));
    }
    let what = if is_open {
        "response time of events"
    } else {
        "service time of groups of ingest calls"
    };
    let note = format!(
        "{what} of {} in ns, {} passes merged; notibench {}, {}",
        engine.name,
        pass.name(),
        record.version,
        record.workload.name
    );
    Ok(percentile_distribution(&merged, &[one_line(&note)]))
}

fn nothing_timed(pass: Pass) -> String {
    let fix = match pass {
        Pass::Fresh => "",
        Pass::Warm => ": a run with --warm has passes over warm state",
    };
    format!(
        "the record has no {} pass that counts and was timed{fix}",
        pass.name()
    )
}

/// The engines asked for.
fn chosen<'r>(record: &'r Record, engine: Option<&str>) -> Result<Vec<&'r EngineNote>, String> {
    let wanted = |note: &&EngineNote| match engine {
        Some(name) => note.name == name,
        None => note.role != EngineRole::Probe && !note.control,
    };
    let found: Vec<&EngineNote> = record.engines.iter().filter(wanted).collect();
    if found.is_empty() {
        let all: Vec<&EngineNote> = record.engines.iter().collect();
        return Err(format!(
            "the record has no engine `{}`; it has {}",
            engine.unwrap_or("but probes"),
            names(&all)
        ));
    }
    Ok(found)
}

fn names(engines: &[&EngineNote]) -> String {
    let names: Vec<&str> = engines.iter().map(|note| note.name.as_str()).collect();
    names.join(", ")
}

fn one_line(text: &str) -> String {
    text.replace(char::is_control, " ")
}

fn read(text: &str) -> Result<ServiceHistogram, String> {
    if text.is_empty() {
        return Ok(ServiceHistogram::new());
    }
    ServiceHistogram::from_base64(text).map_err(|error| error.to_string())
}

/// When the record's run began.
fn started(record: &Record) -> SystemTime {
    let since = record.started.parse::<jiff::Timestamp>().ok();
    let since = since.and_then(|at| u64::try_from(at.as_millisecond()).ok());
    SystemTime::UNIX_EPOCH + Duration::from_millis(since.unwrap_or(0))
}

/// The lines of one trial.
fn add(trial: &Trial, start_ns: u64, intervals: &mut Vec<LogInterval>) -> Result<(), String> {
    let mut line = |kind: &str, from_ns: u64, to_ns: u64, text: &str| {
        intervals.push(LogInterval {
            tag: format!("{}:{kind}", trial.engine),
            start_ns: start_ns + from_ns,
            length_ns: to_ns.saturating_sub(from_ns),
            histogram: read(text)?,
        });
        Ok::<(), String>(())
    };
    if let Some(apart) = &trial.apart {
        // slices of all kinds are spread over the whole trial
        for (kind, role) in [("ingest", ApartRole::Writer), ("read", ApartRole::Reader)] {
            let [alone, beside] = [apart.alone(role), apart.beside(role)];
            let tag = format!("{kind}_alone_service");
            line(&tag, 0, trial.wall_ns, &alone.service_ns)?;
            let tag = format!("{kind}_beside_service");
            line(&tag, 0, trial.wall_ns, &beside.service_ns)?;
        }
        return Ok(());
    }
    let Some(open) = &trial.open_loop else {
        line("ingest_service", 0, trial.wall_ns, &trial.ingest_service_ns)?;
        return line("read_service", 0, trial.wall_ns, &trial.read_service_ns);
    };
    for (from, to, response, service) in parts(open, trial.wall_ns) {
        line("response", from, to, response)?;
        line("service", from, to, service)?;
    }
    line("read_response", 0, trial.wall_ns, &open.read_response_ns)?;
    line("read_service", 0, trial.wall_ns, &open.read_service_ns)
}

/// Start, end, response and service times of an open loop's intervals; the
/// whole trial where it has none.
fn parts(open: &OpenLoopTrial, wall_ns: u64) -> Vec<(u64, u64, &str, &str)> {
    if open.intervals.is_empty() {
        return vec![(0, wall_ns, &open.response_ns, &open.service_ns)];
    }
    let starts = open.intervals.iter().map(|interval| interval.end_ns);
    let starts = std::iter::once(0).chain(starts);
    let parts = starts.zip(&open.intervals).map(|(from, interval)| {
        let (response, service) = (&interval.response_ns, &interval.service_ns);
        (from, interval.end_ns, response.as_str(), service.as_str())
    });
    parts.collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use notibench_record::fixture;
    use notibench_record::fixture_apart;
    use notibench_record::fixture_open_loop;

    fn tags(log: &str) -> Vec<&str> {
        let tagged = log.lines().filter_map(|line| line.strip_prefix("Tag="));
        tagged.filter_map(|line| line.split(',').next()).collect()
    }

    #[test]
    fn a_log_has_a_line_for_each_trial_that_counts() {
        let record = fixture::record();
        let log = hlog(&record, None, Pass::Fresh).unwrap();
        let tags = tags(&log);
        let trials = record.counted("dashmap", Pass::Fresh).count();
        let of = |tag: &str| tags.iter().filter(|found| **found == tag).count();
        assert_eq!(of("dashmap:ingest_service"), trials);
        assert!(!log.contains("null") && !log.contains("again"), "{log}");
        let one = hlog(&record, Some("dashmap"), Pass::Fresh).unwrap();
        assert!(!one.contains("sharded-mutex"));
        assert!(
            hlog(&record, None, Pass::Warm)
                .unwrap_err()
                .contains("--warm")
        );
        let refused = hlog(&record, Some("dashmop"), Pass::Fresh).unwrap_err();
        assert!(refused.contains("dashmop") && refused.contains("sharded-mutex"));
    }

    #[test]
    fn a_distribution_is_of_one_engine() {
        let record = fixture::record();
        let refused = hgrm(&record, None, Pass::Fresh).unwrap_err();
        assert!(refused.contains("--engine"), "{refused}");
        let text = hgrm(&record, Some("dashmap"), Pass::Fresh).unwrap();
        let samples = record
            .counted("dashmap", Pass::Fresh)
            .map(|trial| read(&trial.ingest_service_ns).unwrap().count());
        let total = format!("Total count    = {:>12}]", samples.sum::<u64>());
        assert!(text.contains(&total), "{text}");
        assert!(text.contains("groups of ingest calls of dashmap"), "{text}");
    }

    #[test]
    fn an_open_loop_has_a_line_for_each_interval() {
        let record = fixture_open_loop::record();
        let engine = &record.plan.baseline;
        let log = hlog(&record, Some(engine), Pass::Fresh).unwrap();
        let intervals = record
            .counted(engine, Pass::Fresh)
            .filter_map(|trial| trial.open_loop.as_ref())
            .map(|open| open.intervals.len());
        let tag = format!("{engine}:response");
        let found = tags(&log).iter().filter(|found| **found == tag).count();
        assert_eq!(found, intervals.sum::<usize>());
        let text = hgrm(&record, Some(engine), Pass::Fresh).unwrap();
        assert!(text.contains("response time of events"), "{text}");
    }

    #[test]
    fn roles_that_are_apart_have_a_tag_each_alone_and_beside() {
        let log = hlog(&fixture_apart::record(), Some("dashmap"), Pass::Fresh).unwrap();
        for kind in ["ingest_alone", "ingest_beside", "read_alone", "read_beside"] {
            let tag = format!("Tag=dashmap:{kind}_service,");
            assert_eq!(log.matches(&tag).count(), 5, "{kind}");
        }
        let of_writers = hgrm(&fixture_apart::record(), Some("dashmap"), Pass::Fresh);
        assert!(of_writers.is_ok());
    }
}

//! Traces in place of generated streams. Imports `trace`, `harness`,
//! `record`, `workload`.

use std::path::Path;
use std::sync::Arc;

use clap::Parser;

use super::args::{ReadingArgs, UnitOfTime};
use super::exit::{Failure, say};
use crate::event::Event;
use crate::harness::{self, TraceStream, memory_limit};
use crate::record::{Environment, Plan, TraceNote};
use crate::trace::{self, Census, MAX_EVENTS, Mapping, TimeUnit, Trace, TraceOptions};
use crate::unit::quantity::show_whole;
use crate::workload::Workload;

/// A trace that is ready to be run.
pub(super) struct Prepared {
    /// Its shares and counts as a workload.
    pub(super) workload: Workload,
    /// The text of it.
    pub(super) toml: String,
    pub(super) stream: TraceStream,
}

/// Reads a trace, and says on stderr what came of it.
pub(super) fn read(
    path: &Path,
    reading: &ReadingArgs,
    limit: Option<u64>,
) -> Result<Trace, Failure> {
    let unit = match reading.time_unit {
        UnitOfTime::S => TimeUnit::Seconds,
        UnitOfTime::Ms => TimeUnit::Milliseconds,
        UnitOfTime::Us => TimeUnit::Microseconds,
    };
    let mapping = (!reading.map.is_empty())
        .then(|| Mapping::new(&reading.map, &reading.kind, unit, reading.delimiter))
        .transpose()
        .map_err(Failure::Usage)?;
    let room = room(&harness::examine());
    let wanted = limit.unwrap_or(MAX_EVENTS).clamp(1, MAX_EVENTS);
    let options = TraceOptions {
        skip_bad: reading.skip_bad,
        mapping,
        limit: wanted.min(room.saturating_add(1)),
    };
    let trace = trace::load(path, &options)?;
    if trace.events.len() as u64 > room {
        return Err(Failure::Error(format!(
            "{} has more than {} events, and a trace may take a quarter of the free memory: \
             give --events",
            path.display(),
            show_whole(room),
        )));
    }
    say(format_args!("{}: {}", path.display(), summary(&trace)));
    if let Some(first) = &trace.counts.first_bad {
        say(format_args!("the first bad entry: {first}"));
    }
    Ok(trace)
}

/// Events that a stream may have that lies in memory: a quarter of it.
fn room(environment: &Environment) -> u64 {
    memory_limit(environment) / 4 / size_of::<Event>() as u64
}

/// Refuses a stream that is too long to be looked at in memory.
pub(super) fn check_room(events: u64) -> Result<(), Failure> {
    let room = room(&harness::examine());
    if events <= room {
        return Ok(());
    }
    Err(Failure::Error(format!(
        "{} events take more than a quarter of the free memory: give --events {} or fewer",
        show_whole(events),
        show_whole(room)
    )))
}

/// What was read, in words.
fn summary(trace: &Trace) -> String {
    let counts = &trace.counts;
    let mut parts = vec![format!("{} events", show_whole(trace.events.len() as u64))];
    if counts.bad > 0 {
        parts.push(format!("{} bad entries skipped", show_whole(counts.bad)));
    }
    if counts.out_of_order > 0 {
        let number = show_whole(counts.out_of_order);
        parts.push(format!("{number} put in order of time"));
    }
    for (reason, number) in &counts.skipped {
        parts.push(format!("{} skipped: {reason}", show_whole(*number)));
    }
    parts.join(", ")
}

/// Reads a trace to be run in place of a generated stream.
pub(super) fn prepare(
    path: &Path,
    reading: &ReadingArgs,
    limit: Option<u64>,
) -> Result<Prepared, Failure> {
    let bytes = std::fs::metadata(path).map_or(0, |file| file.len());
    let trace = read(path, reading, limit)?;
    let events = trace.events.len() as u64;
    let stem = path.file_stem().unwrap_or(path.as_os_str());
    let about = format!(
        "Read from a trace, {}: nothing but its shares and counts is meant.",
        path.display()
    );
    let workload = trace::outline(&stem.to_string_lossy(), about, &Census::of(&trace.events));
    let note = TraceNote {
        path: path.display().to_string(),
        format: trace.format.name().to_owned(),
        bytes,
        events,
        events_digest: trace.digest.to_string(),
        flags: reading.words(),
        bad: trace.counts.bad,
        skipped: trace.counts.skipped.into_iter().collect(),
        out_of_order: trace.counts.out_of_order,
    };
    Ok(Prepared {
        toml: workload.to_toml(),
        workload,
        stream: TraceStream {
            events: Arc::new(trace.events),
            digest: trace.digest,
            note,
        },
    })
}

/// The flags of a record's trace.
#[derive(Debug, Parser)]
#[command(no_binary_name = true)]
struct Flags {
    #[command(flatten)]
    reading: ReadingArgs,
}

/// Reads the trace of a record again, and refuses another.
pub(super) fn prepare_again(note: &TraceNote) -> Result<TraceStream, Failure> {
    let flags = Flags::try_parse_from(&note.flags).map_err(|error| {
        Failure::Error(format!(
            "the record's flags of its trace can't be read: {error}; use the notibench that \
             wrote it"
        ))
    })?;
    let path = Path::new(&note.path);
    let prepared = prepare(path, &flags.reading, Some(note.events))?;
    let found = &prepared.stream.note;
    if found.events_digest != note.events_digest {
        return Err(Failure::Error(format!(
            "{} is not the trace of the record: {} events of digest {} then, {} of {} now; bring \
             the file back that was run",
            note.path,
            show_whole(note.events),
            note.events_digest,
            show_whole(found.events),
            found.events_digest
        )));
    }
    Ok(prepared.stream)
}

/// Refuses what a trace can't do: be made again by the workers, or have more
/// events than were read.
pub(super) fn check_plan(plan: &Plan, stream: Option<&TraceStream>) -> Result<(), Failure> {
    let Some(stream) = stream else { return Ok(()) };
    if plan.inline {
        return Err(Failure::Usage(
            "a trace can't be generated inline: leave out --inline; where it is too large for a \
             quarter of the memory, lower --events"
                .to_owned(),
        ));
    }
    let read = stream.events.len() as u64;
    if plan.events > read {
        return Err(Failure::Usage(format!(
            "--events is {}, and the trace has {}: leave out --events, or lower it",
            show_whole(plan.events),
            show_whole(read)
        )));
    }
    Ok(())
}

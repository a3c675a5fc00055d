//! Traces in place of generated streams.

use std::path::Path;
use std::sync::Arc;

use clap::Parser;

use super::args::traces::{ReadingArgs, TimeFrom, TraceArgs, UnitOfTime};
use super::exit::{Failure, say};
use notibench_core::event::{Event, ReadKind};
use notibench_core::unit::quantity::{counted, show_whole};
use notibench_harness::{self as harness, TraceStream, memory_limit};
use notibench_record::{Environment, Plan, TraceNote};
use notibench_workload::Workload;
use notibench_workload::trace::{
    self, ActivityOptions, AuthorRule, Census, MAX_EVENTS, Mapping, TimeUnit, Trace, TraceOptions,
};

/// Shares of the kinds of read beside a trace, as in `steady_week`: badges,
/// inbox pages, a content's reactions; what a workload must call for is none.
const READ_MIX: [f64; ReadKind::ALL.len()] = [6.0, 3.0, 1.0, 0.0, 0.0, 0.0];

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
    let unit = reading.time_unit.map(|unit| match unit {
        UnitOfTime::S => TimeUnit::Seconds,
        UnitOfTime::Ms => TimeUnit::Milliseconds,
        UnitOfTime::Us => TimeUnit::Microseconds,
    });
    let mapping = (!reading.map.is_empty())
        .then(|| match reading.at {
            Some(TimeFrom::Order) => {
                Mapping::by_order(&reading.map, &reading.kind, reading.delimiter)
            }
            None => Mapping::new(&reading.map, &reading.kind, unit, reading.delimiter),
        })
        .transpose()
        .map_err(Failure::Usage)?;
    let authors = reading.author.iter().map(|word| AuthorRule::new(word));
    let authors = authors.collect::<Result<_, _>>().map_err(Failure::Usage)?;
    let room = room(&harness::examine());
    let wanted = limit.unwrap_or(MAX_EVENTS).clamp(1, MAX_EVENTS);
    let options = TraceOptions {
        skip_bad: reading.skip_bad,
        mapping,
        activities: ActivityOptions {
            by_order: reading.at.is_some() && reading.map.is_empty(),
            authors,
        },
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
    if let Some(gap) = trace.counts.gap {
        say(format_args!(
            "no event for {}, after the first {} of them and before the last {}: is a time of \
             either side mistaken?",
            trace::show_span(gap.us),
            show_whole(gap.before),
            show_whole(gap.after)
        ));
    }
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
    let mut parts = vec![counted(trace.events.len(), "event")];
    if counts.bad > 0 {
        let reasons = counts.bad_reasons.iter();
        let reasons = reasons.map(|(reason, number)| format!("{} {reason}", show_whole(*number)));
        let reasons = reasons.collect::<Vec<_>>().join("; ");
        parts.push(format!(
            "{} skipped ({reasons})",
            counted(counts.bad, "bad entry")
        ));
    }
    if counts.out_of_order > 0 {
        let number = show_whole(counts.out_of_order);
        parts.push(format!("{number} put in order of time"));
    }
    let mut words = parts.join(", ");
    let left_out = counts.left_out();
    if !left_out.is_empty() {
        words += &format!("; left out: {}", left_out.join("; "));
    }
    words
}

/// The workload that is run, its text, and the trace in place of its stream.
pub(super) fn load(
    workload: Option<&Path>,
    args: &TraceArgs,
    limit: Option<u64>,
) -> Result<(Workload, String, Option<TraceStream>), Failure> {
    match workload {
        Some(path) => {
            refuse_rules(args)?;
            let (workload, toml) = Workload::load(path)?;
            Ok((workload, toml, None))
        }
        None => {
            let ready = prepare(args, limit)?;
            Ok((ready.workload, ready.toml, Some(ready.stream)))
        }
    }
}

/// Reads a trace to be run in place of a generated stream: as many passes over
/// it as are wanted, of `limit` events at the most.
pub(super) fn prepare(args: &TraceArgs, limit: Option<u64>) -> Result<Prepared, Failure> {
    let Some(path) = &args.trace else {
        return Err(Failure::Usage(
            "name a workload file, or --trace".to_owned(),
        ));
    };
    let bytes = std::fs::metadata(path).map_or(0, |file| file.len());
    let trace = read(path, &args.reading, limit)?;
    let once = trace.events.len() as u64;
    let events = once.saturating_mul(args.repeat.unwrap_or(1));
    let events = events.min(limit.unwrap_or(MAX_EVENTS));
    check_passes(args, events)?;
    let note = TraceNote {
        path: path.display().to_string(),
        format: trace.format.name().to_owned(),
        bytes,
        events: once,
        events_digest: trace.digest.to_string(),
        flags: args.words(),
        bad: trace.counts.bad,
        skipped: trace.counts.skipped.into_iter().collect(),
        out_of_order: trace.counts.out_of_order,
    };
    let mut stream = TraceStream {
        events: Arc::new(trace.events),
        digest: trace.digest,
        note,
    };
    if events != once {
        stream = stream.of_length(events);
    }
    let stem = path.file_stem().unwrap_or(path.as_os_str());
    let about = format!(
        "Read from a trace, {}: nothing but its shares and counts is meant.",
        path.display()
    );
    let census = Census::of(&stream.events);
    let mut workload = trace::outline(&stem.to_string_lossy(), about, &census);
    let Some(per_event) = args.reads_per_event else {
        let toml = workload.to_toml();
        return Ok(Prepared {
            workload,
            toml,
            stream,
        });
    };
    workload.reads.per_event = per_event;
    workload.reads.kinds = READ_MIX;
    let toml = workload.to_toml();
    // as a rerun will read it: its numbers are rounded
    let mut again = Workload::parse(&workload.name, &toml)?;
    again.name = workload.name;
    Ok(Prepared {
        workload: again,
        toml,
        stream,
    })
}

/// Refuses flags of traces where a workload is run.
pub(super) fn refuse_rules(args: &TraceArgs) -> Result<(), Failure> {
    match args.words().first() {
        None => Ok(()),
        Some(word) => Err(Failure::Usage(format!(
            "{} is for traces: leave it out, or give --trace FILE in place of a workload",
            word.split('=').next().unwrap_or(word)
        ))),
    }
}

/// Refuses no passes at all, and more than fit into memory.
fn check_passes(args: &TraceArgs, events: u64) -> Result<(), Failure> {
    match args.repeat {
        Some(0) => Err(Failure::Usage(
            "--repeat is 0, must be 1 or more passes over the trace".to_owned(),
        )),
        Some(_) => check_room(events),
        None => Ok(()),
    }
}

/// The flags of a record's trace.
#[derive(Debug, Parser)]
#[command(no_binary_name = true)]
struct Flags {
    #[command(flatten)]
    trace: TraceArgs,
}

/// Reads the trace of a record again, and refuses another.
pub(super) fn prepare_again(note: &TraceNote) -> Result<TraceStream, Failure> {
    if note.path.contains(char::REPLACEMENT_CHARACTER) && !Path::new(&note.path).exists() {
        return Err(Failure::Error(format!(
            "{}: the trace's path is no UTF-8 text, and the record has what can be shown of it: \
             rename the file, and run it in place of this rerun",
            note.path
        )));
    }
    let words = ["--trace", &note.path].into_iter();
    let words = words.chain(note.flags.iter().map(String::as_str));
    let flags = Flags::try_parse_from(words).map_err(|error| {
        Failure::Error(format!(
            "the record's flags of its trace can't be read: {error}; use the notibench that \
             wrote it"
        ))
    })?;
    let prepared = prepare(&flags.trace, Some(note.events))?;
    let found = &prepared.stream.note;
    if found.events_digest != note.events_digest {
        return Err(Failure::Error(format!(
            "{} is not the trace of the record: {} of digest {} then, {} of {} now; bring \
             the file back that was run",
            note.path,
            counted(note.events, "event"),
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
            "{} of a trial are more than the {} of the trace: lower --events, or the rate \
             or duration, or give --repeat {}",
            counted(plan.events, "event"),
            show_whole(read),
            plan.events.div_ceil(read.max(1))
        )));
    }
    Ok(())
}

//! Streams that were recorded, not generated: read from CSV, NDJSON,
//! ActivityStreams 2.0, other JSON and Parquet, counted, and turned into workloads.
//!
//! A reader takes one entry at a time and holds none of the file; what it
//! keeps is the stream, 40 bytes an event, and the ids that it has to know
//! again. docs/FORMAT.md says what of each format means what.

mod activity;
mod census;
mod collect;
mod describe;
mod error;
mod fit;
mod ids;
mod left_out;
mod lines;
mod mapping;
mod moment;
mod objects;
mod open;
mod options;
mod outline;
mod own;
#[cfg(feature = "parquet")]
mod parquet_file;
mod rows;
mod table;
mod words;

use std::io::{BufRead, Cursor, Read as _};
use std::path::Path;

pub use activity::{ActivityOptions, AuthorRule, push_activity};
pub use census::{Census, PARTS, Popularity};
use collect::{Collected, Collector, Stop};
pub use collect::{Counts, Gap, MAX_EVENTS};
pub use describe::{Described, describe, show_span};
use error::cannot_read_on;
pub use error::{Bad, Place, TraceError};
pub use fit::{Fit, Fitted, FittedZipf, about, file as fitted_file, fit};
pub use mapping::Mapping;
pub use moment::TimeUnit;
pub use options::{TraceFormat, TraceOptions};
pub use outline::outline;

use notibench_core::event::Event;
use notibench_core::unit::digest::Digest;

/// A stream that was read.
#[derive(Clone, Debug)]
pub struct Trace {
    /// Its format.
    pub format: TraceFormat,
    /// The events, by time; 40 bytes each.
    pub events: Vec<Event>,
    /// Digest of the multiset of the events.
    pub digest: Digest,
    /// What was not read.
    pub counts: Counts,
    /// µs since 1970 of event time 0, where the trace says.
    pub origin_us: Option<i64>,
}

/// Reads the trace in a file.
///
/// # Errors
/// The first bad entry, unless such are to be skipped; a file that can't be
/// read; one without any event.
pub fn load(path: &Path, options: &TraceOptions) -> Result<Trace, TraceError> {
    let name = path.display().to_string();
    let whole = |bad| TraceError {
        path: name.clone(),
        place: Place::File,
        bad,
    };
    let (format, input) = open::open(path, options).map_err(whole)?;
    check_inference(format, &options.activities).map_err(whole)?;
    let trace = if format == TraceFormat::Parquet {
        read_parquet(&name, path, options)?
    } else {
        read_text(&name, format, input, options)?
    };
    if trace.events.is_empty() {
        let bad = trace.counts.bad_reasons.iter();
        let mut left_out = trace.counts.left_out();
        left_out.extend(bad.map(|(reason, number)| format!("{number} bad: {reason}")));
        let what = match left_out.is_empty() {
            true => "no event in it".to_owned(),
            false => format!("no event in it; left out: {}", left_out.join("; ")),
        };
        return Err(whole(Bad::new(what, "name a file with events")));
    }
    Ok(trace)
}

/// Reads a trace from memory or anywhere else, unpacked; `name` is what
/// messages call it. A byte order mark at the start is passed over.
///
/// # Errors
/// The first bad entry, unless such are to be skipped.
pub fn read(
    name: &str,
    format: TraceFormat,
    input: impl BufRead,
    options: &TraceOptions,
) -> Result<Trace, TraceError> {
    let (head, input) = open::split(input).map_err(|error| TraceError {
        path: name.to_owned(),
        place: Place::File,
        bad: cannot_read_on(&error),
    })?;
    read_text(name, format, Cursor::new(head).chain(input), options)
}

fn read_text(
    name: &str,
    format: TraceFormat,
    input: impl BufRead,
    options: &TraceOptions,
) -> Result<Trace, TraceError> {
    let mut collector = Collector::new(name, options.skip_bad, options.limit);
    let no_mapping = Mapping::default();
    let ended = match format {
        TraceFormat::Table => {
            let mapping = options.mapping.as_ref().unwrap_or(&no_mapping);
            table::read_table(input, mapping, &mut collector)
        }
        TraceFormat::Objects => {
            let mapping = options.mapping.as_ref().unwrap_or(&no_mapping);
            objects::read_objects(input, mapping, &mut collector)
        }
        TraceFormat::ObjectList => {
            let mapping = options.mapping.as_ref().unwrap_or(&no_mapping);
            objects::read_list(input, mapping, &mut collector)
        }
        TraceFormat::ActivityLines => {
            activity::read_lines(input, &options.activities, &mut collector)
        }
        TraceFormat::ActivityDocument => {
            activity::read_document(input, &options.activities, &mut collector)
        }
        TraceFormat::Csv => own::read_csv(input, &mut collector),
        TraceFormat::Ndjson => own::read_ndjson(input, &mut collector),
        TraceFormat::Parquet => {
            let bad = Bad::new("Parquet is not read from a stream", "name a file");
            Err(Stop::Error(collector.error(Place::File, bad)))
        }
    };
    finish(format, ended, collector)
}

#[cfg(feature = "parquet")]
fn read_parquet(name: &str, path: &Path, options: &TraceOptions) -> Result<Trace, TraceError> {
    let mut collector = Collector::new(name, options.skip_bad, options.limit);
    let no_mapping = Mapping::default();
    let mapping = options.mapping.as_ref().unwrap_or(&no_mapping);
    let ended = parquet_file::read_parquet(path, mapping, &mut collector);
    finish(TraceFormat::Parquet, ended, collector)
}

#[cfg(not(feature = "parquet"))]
fn read_parquet(name: &str, _: &Path, _: &TraceOptions) -> Result<Trace, TraceError> {
    Err(TraceError {
        path: name.to_owned(),
        place: Place::File,
        bad: Bad::new(
            "this build reads no Parquet",
            "build with `cargo build --release --features parquet`, or write the table as CSV",
        ),
    })
}

/// The stream of a collector that has taken all.
fn finish(
    format: TraceFormat,
    ended: Result<(), Stop>,
    collector: Collector,
) -> Result<Trace, TraceError> {
    match ended {
        Ok(()) | Err(Stop::Enough) => {}
        Err(Stop::Error(error)) => return Err(error),
    }
    let Collected {
        events,
        counts,
        digest,
        origin_us,
    } = collector.finish()?;
    Ok(Trace {
        format,
        events,
        digest,
        counts,
        origin_us,
    })
}

/// Refuses rules of activities for what holds none.
fn check_inference(format: TraceFormat, rules: &ActivityOptions) -> Result<(), Bad> {
    let is_of_activities = matches!(
        format,
        TraceFormat::ActivityLines | TraceFormat::ActivityDocument
    );
    if is_of_activities || *rules == ActivityOptions::default() {
        return Ok(());
    }
    let what = format!(
        "--at without --map and --author are for activities, and this is {}",
        format.name()
    );
    Err(Bad::new(what, "leave them out"))
}

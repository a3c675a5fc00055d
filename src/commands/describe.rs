//! `describe` and `fit`: what a workload's stream or a trace really holds, and
//! a workload out of a trace.

use std::path::Path;

use comfy_table::{CellAlignment, Table, presets};

use crate::args::traces::{DescribeArgs, FitArgs, ReadingArgs};
use crate::exit::{Failure, note, print, say};
use crate::traces;
use notibench_core::event::ReadKind;
use notibench_core::unit::atomic_file::write_atomically;
use notibench_core::unit::quantity::counted;
use notibench_workload::generator::{Generator, ReadStream};
use notibench_workload::trace::{self, Census, Described, Place, TraceError};
use notibench_workload::{Workload, built_in_text};

/// Reads looked at, of a stream with more.
const MOST_READS: u64 = 1_000_000;

/// A stream with its name.
struct Stream {
    name: String,
    census: Census,
    reads: Vec<(&'static str, u64)>,
}

/// `notibench describe`.
pub(crate) fn describe(args: &DescribeArgs) -> Result<(), Failure> {
    let streams = args
        .paths
        .iter()
        .map(|path| stream(path, args))
        .collect::<Result<Vec<_>, _>>()?;
    let described: Vec<Described<'_>> = streams
        .iter()
        .map(|stream| Described {
            name: &stream.name,
            census: &stream.census,
            reads: &stream.reads,
        })
        .collect();
    let mut table = Table::new();
    table.load_style(presets::NOTHING);
    table.add_rows(trace::describe(&described));
    for (at, column) in table.column_iter_mut().enumerate() {
        column.set_padding((if at == 0 { 0 } else { 3 }, 0));
        if at > 0 {
            column.set_cell_alignment(CellAlignment::Right);
        }
    }
    let lines: Vec<String> = table
        .lines()
        .map(|line| line.trim_end().to_owned())
        .collect();
    print(&lines.join("\n"))
}

/// The stream of a workload file, or a trace.
fn stream(path: &Path, args: &DescribeArgs) -> Result<Stream, Failure> {
    let is_file = path.extension().is_some_and(|ending| ending == "toml");
    if is_file || built_in_text(path).is_some() {
        return generated(path, args);
    }
    let trace = traces::read(path, &args.reading, args.events)?;
    Ok(Stream {
        name: name_of(path),
        census: Census::of(&trace.events),
        reads: Vec::new(),
    })
}

fn generated(path: &Path, args: &DescribeArgs) -> Result<Stream, Failure> {
    let (workload, _) = Workload::load(path)?;
    let seed = args.seed.unwrap_or(workload.seed);
    let events = args.events.unwrap_or(workload.events);
    traces::check_room(events)?;
    let census = Census::of(&Generator::new(&workload, seed).events(0..events));
    let reads = ReadStream::new(&workload, seed);
    let due = reads.due_before(events);
    let mut counts = [0_u64; ReadKind::ALL.len()];
    for read in reads.reads(0..due.min(MOST_READS)) {
        counts[read.kind as usize] += 1;
    }
    // of more reads than are looked at, each kind in proportion
    let scale = due as f64 / (due.min(MOST_READS) as f64).max(1.0);
    let of = |kind: ReadKind| (counts[kind as usize] as f64 * scale).round() as u64;
    Ok(Stream {
        name: name_of(path),
        census,
        reads: ReadKind::ALL.map(|kind| (kind.name(), of(kind))).to_vec(),
    })
}

fn name_of(path: &Path) -> String {
    let name = path.file_name().unwrap_or(path.as_os_str());
    name.to_string_lossy().into_owned()
}

/// `notibench fit`.
pub(crate) fn fit(args: &FitArgs) -> Result<(), Failure> {
    let Fitted { toml, .. } = fitted(&args.trace, &args.reading, args.events)?;
    if args.out == Path::new("-") {
        return print(&toml);
    }
    write_atomically(&args.out, |out| out.write_all(toml.as_bytes()))?;
    note(format_args!("wrote {}", args.out.display()));
    Ok(())
}

/// A workload that is fitted to a trace.
pub(crate) struct Fitted {
    /// Its text.
    pub(crate) toml: String,
    /// Events a second of the trace: a workload's span ends at a year.
    pub(crate) events_per_s: f64,
}

/// The workload that is fitted to a trace; what it is worth is said on stderr.
pub(crate) fn fitted(
    path: &Path,
    reading: &ReadingArgs,
    limit: Option<u64>,
) -> Result<Fitted, Failure> {
    let trace = traces::read(path, reading, limit)?;
    let census = Census::of(&trace.events);
    let stem = path.file_stem().unwrap_or(path.as_os_str());
    let mut fit =
        trace::fit(&stem.to_string_lossy(), &trace, &census).map_err(|bad| TraceError {
            path: path.display().to_string(),
            place: Place::File,
            bad,
        })?;
    let source = format!(
        "the trace {}, {} of digest {}",
        name_of(path),
        counted(trace.events.len(), "event"),
        trace.digest
    );
    let about = trace::about(&fit, &source);
    say(&about);
    fit.workload.about = about;
    let toml = trace::fitted_file(&fit);
    // what is handed out must be what can be run
    Workload::parse(&stem.to_string_lossy(), &toml)?;
    Ok(Fitted {
        toml,
        events_per_s: census.events as f64 / ((census.span_us + 1) as f64 / 1e6),
    })
}

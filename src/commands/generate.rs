//! `generate`: a slice of a stream as text.

use std::io::{self, Write};
use std::ops::Range;
use std::path::Path;

use rayon::prelude::*;

use crate::args::generate::{GenerateArgs, StreamFormat};
use crate::exit::{Failure, note, say};
use notibench_core::event::{Event, EventFormat, MAX_INDEX};
use notibench_core::unit::atomic_file::write_atomically;
use notibench_core::unit::quantity::counted;
use notibench_workload::Workload;
use notibench_workload::generator::Generator;
use notibench_workload::trace::push_activity;

/// Events that one task writes.
const CHUNK: u64 = 1 << 14;
/// Chunks in memory at a time.
const CHUNKS: u64 = 16;

/// `notibench generate`.
pub(crate) fn generate(args: &GenerateArgs) -> Result<(), Failure> {
    let to_stdout = args.out == Path::new("-");
    let format = match (to_stdout, args.format) {
        (false, _) if is_activities(&args.out) => Format::Activities,
        (false, _) => Format::Own(EventFormat::from_path(&args.out).map_err(Failure::Usage)?),
        (true, StreamFormat::Csv) => Format::Own(EventFormat::Csv),
        (true, StreamFormat::Ndjson) => Format::Own(EventFormat::Ndjson),
        (true, StreamFormat::ActivityStreams) => Format::Activities,
    };
    let (workload, _) = Workload::load(&args.workload)?;
    let generator = Generator::new(&workload, args.seed.unwrap_or(workload.seed));
    let events = args.events.unwrap_or(workload.events);
    let end = args
        .start
        .checked_add(events)
        .filter(|&end| end < MAX_INDEX)
        .ok_or_else(|| {
            Failure::Usage(format!("--start plus --events must stay below {MAX_INDEX}"))
        })?;
    let range = args.start..end;
    let mut left_out = 0;
    if to_stdout {
        let mut out = io::BufWriter::with_capacity(1 << 16, io::stdout().lock());
        left_out = write_stream(&generator, range, format, &mut out)?;
        out.flush()?;
    } else {
        write_atomically(&args.out, |out| {
            left_out = write_stream(&generator, range, format, out)?;
            Ok(())
        })?;
        let written = counted(events - left_out, "event");
        note(format_args!("wrote {}: {written}", args.out.display()));
    }
    if left_out > 0 {
        say(format_args!(
            "{} left out: ActivityStreams has no word for picture_download",
            counted(left_out, "event")
        ));
    }
    Ok(())
}

/// How the stream is written.
#[derive(Clone, Copy)]
enum Format {
    Own(EventFormat),
    Activities,
}

impl Format {
    /// Appends an event; says whether the format can hold it.
    fn push(self, event: &Event, out: &mut Vec<u8>) -> bool {
        match self {
            Self::Own(format) => {
                format.push_event(event, out);
                true
            }
            Self::Activities => push_activity(event, out),
        }
    }
}

/// Whether a file's two endings say that activities are to be written.
fn is_activities(path: &Path) -> bool {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let name = name.to_ascii_lowercase();
    [".as2.ndjson", ".as2.jsonl"]
        .iter()
        .any(|end| name.ends_with(end))
}

/// Writes the events of `range`; gives the number of those left out.
fn write_stream(
    generator: &Generator,
    range: Range<u64>,
    format: Format,
    out: &mut dyn Write,
) -> io::Result<u64> {
    let mut header = Vec::new();
    if let Format::Own(format) = format {
        format.push_header(&mut header);
    }
    out.write_all(&header)?;
    let mut left_out = 0;
    for start in range.clone().step_by((CHUNK * CHUNKS) as usize) {
        let chunks: Vec<(Vec<u8>, u64)> = (0..CHUNKS)
            .into_par_iter()
            .map(|chunk| {
                let from = (start + chunk * CHUNK).min(range.end);
                let (mut text, mut left_out) = (Vec::new(), 0);
                for index in from..(from + CHUNK).min(range.end) {
                    let held = format.push(&generator.event(index), &mut text);
                    left_out += u64::from(!held);
                }
                (text, left_out)
            })
            .collect();
        for (chunk, of_chunk) in chunks {
            out.write_all(&chunk)?;
            left_out += of_chunk;
        }
    }
    Ok(left_out)
}

//! `generate`: a slice of a stream as text. Imports `generator`, `event`,
//! `workload`.

use std::io::{self, Write};
use std::ops::Range;
use std::path::Path;

use rayon::prelude::*;

use super::args::{GenerateArgs, StreamFormat};
use super::exit::Failure;
use crate::event::{EventFormat, MAX_INDEX};
use crate::generator::Generator;
use crate::unit::atomic_file::write_atomically;
use crate::workload::Workload;

/// Events that one task writes.
const CHUNK: u64 = 1 << 14;
/// Chunks in memory at a time.
const CHUNKS: u64 = 16;

/// `notibench generate`.
pub(super) fn generate(args: &GenerateArgs) -> Result<(), Failure> {
    let to_stdout = args.out == Path::new("-");
    let format = match (to_stdout, args.format) {
        (false, _) => EventFormat::from_path(&args.out).map_err(Failure::Usage)?,
        (true, StreamFormat::Csv) => EventFormat::Csv,
        (true, StreamFormat::Ndjson) => EventFormat::Ndjson,
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
    if to_stdout {
        let mut out = io::BufWriter::with_capacity(1 << 16, io::stdout().lock());
        write_stream(&generator, range, format, &mut out)?;
        out.flush()?;
    } else {
        write_atomically(&args.out, |out| {
            write_stream(&generator, range, format, out)
        })?;
    }
    Ok(())
}

fn write_stream(
    generator: &Generator,
    range: Range<u64>,
    format: EventFormat,
    out: &mut dyn Write,
) -> io::Result<()> {
    let mut header = Vec::new();
    format.push_header(&mut header);
    out.write_all(&header)?;
    for start in range.clone().step_by((CHUNK * CHUNKS) as usize) {
        let chunks: Vec<Vec<u8>> = (0..CHUNKS)
            .into_par_iter()
            .map(|chunk| {
                let from = (start + chunk * CHUNK).min(range.end);
                let mut text = Vec::new();
                for index in from..(from + CHUNK).min(range.end) {
                    format.push_event(&generator.event(index), &mut text);
                }
                text
            })
            .collect();
        for chunk in chunks {
            out.write_all(&chunk)?;
        }
    }
    Ok(())
}

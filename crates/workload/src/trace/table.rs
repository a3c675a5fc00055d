//! Any CSV, by a mapping of its columns.

use std::cell::RefCell;
use std::collections::VecDeque;
use std::io::{self, BufRead, Read};
use std::rc::Rc;

use csv::{ByteRecord, ReaderBuilder, Trim};

use super::collect::{Collector, Stop, read_error};
use super::error::{Bad, Place};
use super::lines::MAX_LINE_BYTES;
use super::mapping::Mapping;
use super::rows::{Cell, RowReader};
use notibench_core::unit::quantity::counted;

/// Reads a CSV; lines that begin with `#` are comments where it has no
/// header, and counted.
pub(super) fn read_table(
    input: impl BufRead,
    mapping: &Mapping,
    to: &mut Collector,
) -> Result<(), Stop> {
    let lines = Rc::new(RefCell::new(LineStarts::default()));
    let comment = (!mapping.has_header()).then_some(b'#');
    let mut table = ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .trim(Trim::All)
        .delimiter(mapping.delimiter())
        .comment(comment)
        .from_reader(Watched {
            input,
            lines: Rc::clone(&lines),
        });
    let mut row = ByteRecord::new();
    let mut reader: Option<(RowReader<'_>, usize)> = None;
    loop {
        let from = table.position().byte();
        let read = table.read_byte_record(&mut row);
        let (line, comments) = lines.borrow_mut().row_after(from, comment);
        let place = Place::Line(line);
        for _ in 0..comments {
            to.skip("a line that begins with #, a comment");
        }
        match read.map_err(csv::Error::into_kind) {
            Ok(true) => {}
            Ok(false) => break,
            Err(csv::ErrorKind::Io(error)) => return Err(read_error(to, &error)),
            Err(_) => {
                let bad = Bad::new("this is no CSV", "fix the line");
                return Err(Stop::Error(to.error(place, bad)));
            }
        }
        // a line of spaces, and what is left of a comment that ends the file
        if row.iter().all(<[u8]>::is_empty) && row.len() <= 1 {
            continue;
        }
        let (open, width) = match &mut reader {
            Some(reader) => reader,
            None => {
                let header: Option<Vec<String>> = mapping.has_header().then(|| {
                    let names = row.iter().map(|name| String::from_utf8_lossy(name));
                    names.map(std::borrow::Cow::into_owned).collect()
                });
                let places = mapping.places(header.as_deref());
                let places = places.map_err(|bad| Stop::Error(to.error(place, bad)))?;
                let new = reader.insert((RowReader::new(mapping, places), row.len()));
                if header.is_some() {
                    continue;
                }
                new
            }
        };
        if row.len() != *width {
            open.take_bad(place, other_width(row.len(), *width), to)?;
            continue;
        }
        open.take(
            place,
            |at| row.get(at).map_or(Cell::Missing, Cell::Text),
            to,
        )?;
    }
    reader.map_or(Ok(()), |(reader, _)| reader.finish(to))
}

/// A row whose values may stand in other columns than they belong to.
fn other_width(found: usize, width: usize) -> Bad {
    let what = format!(
        "the row has {}, and the first has {width}",
        counted(found, "value")
    );
    let help = "quote values that hold the delimiter, or leave the row out with --skip-bad";
    let reason = if found > width {
        "a row with more values than the first"
    } else {
        "a row with fewer values than the first"
    };
    Bad::new(what, help).counted_as(reason)
}

/// Where the lines of a CSV start. The library that reads it counts `\n`
/// alone, and those before a row after it.
#[derive(Debug, Default)]
struct LineStarts {
    /// Byte, number from 1, and first byte of lines that are not empty.
    starts: VecDeque<(u64, u64, u8)>,
    bytes: u64,
    /// Lines that have ended.
    ended: u64,
    /// The byte before; a line's end at the start of the file.
    last: Option<u8>,
    /// Bytes since the last row.
    since_row: u64,
}

impl LineStarts {
    fn read(&mut self, bytes: &[u8]) {
        for &byte in bytes {
            let after_end = matches!(self.last, None | Some(b'\r' | b'\n'));
            match byte {
                b'\n' if self.last == Some(b'\r') => {}
                b'\r' | b'\n' => self.ended += 1,
                _ if after_end => self.starts.push_back((self.bytes, self.ended + 1, byte)),
                _ => {}
            }
            self.last = Some(byte);
            self.bytes += 1;
        }
        self.since_row += bytes.len() as u64;
    }

    /// The line of the first row at or behind a byte, and how many comments
    /// are passed over before it.
    fn row_after(&mut self, byte: u64, comment: Option<u8>) -> (u64, u64) {
        self.since_row = 0;
        let mut comments = 0;
        while let Some(&(start, line, first)) = self.starts.front() {
            if start >= byte && Some(first) != comment {
                return (line, comments);
            }
            comments += u64::from(start >= byte);
            self.starts.pop_front();
        }
        (self.ended + 1, comments)
    }
}

/// Notes where lines start, and ends a row that has no end, such as one with a
/// quote that is never closed, before it fills the memory.
struct Watched<R> {
    input: R,
    lines: Rc<RefCell<LineStarts>>,
}

impl<R: BufRead> Read for Watched<R> {
    fn read(&mut self, room: &mut [u8]) -> io::Result<usize> {
        let read = self.input.read(room)?;
        let mut lines = self.lines.borrow_mut();
        lines.read(&room[..read]);
        if lines.since_row > 2 * MAX_LINE_BYTES {
            return Err(io::Error::other(format!(
                "a row of more than {MAX_LINE_BYTES} bytes: is a quote never closed?"
            )));
        }
        Ok(read)
    }
}

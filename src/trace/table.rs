//! Any CSV, by a mapping of its columns. Imports its siblings.

use std::cell::Cell;
use std::io::{self, BufRead, Read};
use std::rc::Rc;

use csv::{ByteRecord, ReaderBuilder, Trim};

use super::collect::{Collector, Stop};
use super::error::{Bad, Place};
use super::lines::MAX_LINE_BYTES;
use super::mapping::{Mapping, RowReader};
use super::read_error;

/// Reads a CSV; lines that begin with `#` are comments where it has no
/// header.
pub(super) fn read_table(
    input: impl BufRead,
    mapping: &Mapping,
    to: &mut Collector,
) -> Result<(), Stop> {
    let since_row = Rc::new(Cell::new(0));
    let limited = Limited {
        input,
        since_row: Rc::clone(&since_row),
    };
    let mut table = ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .trim(Trim::All)
        .delimiter(mapping.delimiter())
        .comment((!mapping.has_header()).then_some(b'#'))
        .from_reader(limited);
    let mut row = ByteRecord::new();
    let mut reader = None;
    loop {
        since_row.set(0);
        let line = table.position().line();
        match table
            .read_byte_record(&mut row)
            .map_err(csv::Error::into_kind)
        {
            Ok(true) => {}
            Ok(false) => return Ok(()),
            Err(csv::ErrorKind::Io(error)) => return Err(read_error(to, &error)),
            Err(_) => {
                let bad = Bad::new("this is no CSV", "mend the line");
                return Err(Stop::Error(to.error(Place::Line(line), bad)));
            }
        }
        let place = Place::Line(row.position().map_or(line, csv::Position::line));
        let open = match &mut reader {
            Some(reader) => reader,
            None => {
                let header: Option<Vec<String>> = mapping.has_header().then(|| {
                    let names = row.iter().map(|name| String::from_utf8_lossy(name));
                    names
                        .map(|name| name.trim_start_matches('\u{feff}').to_owned())
                        .collect()
                });
                let places = mapping.places(header.as_deref());
                let places = places.map_err(|bad| Stop::Error(to.error(place, bad)))?;
                let new = reader.insert(RowReader::new(mapping, places));
                if header.is_some() {
                    continue;
                }
                new
            }
        };
        let draft = open.draft(|at| row.get(at));
        to.take(place, draft)?;
    }
}

/// Ends a row that has no end, such as one with a quote that is never closed,
/// before it fills the memory.
struct Limited<R> {
    input: R,
    since_row: Rc<Cell<u64>>,
}

impl<R: BufRead> Read for Limited<R> {
    fn read(&mut self, room: &mut [u8]) -> io::Result<usize> {
        let read = self.input.read(room)?;
        self.since_row.set(self.since_row.get() + read as u64);
        if self.since_row.get() > 2 * MAX_LINE_BYTES {
            return Err(io::Error::other(format!(
                "a row of more than {MAX_LINE_BYTES} bytes: is a quote never closed?"
            )));
        }
        Ok(read)
    }
}

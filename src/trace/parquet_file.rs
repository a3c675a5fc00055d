//! Parquet tables, by a mapping of their columns. Imports its siblings.

use std::fs::File;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;

use parquet::errors::ParquetError;
use parquet::file::reader::{FileReader as _, SerializedFileReader};
use parquet::record::{Field, Row};

use super::collect::{Collector, Stop};
use super::error::{Bad, Place};
use super::mapping::{Mapping, RowReader};

/// Reads a file row by row. The library that decodes it has been known to
/// panic over damaged files: that becomes an error here.
pub(super) fn read_parquet(path: &Path, mapping: &Mapping, to: &mut Collector) -> Result<(), Stop> {
    let read = catch_unwind(AssertUnwindSafe(|| rows(path, mapping, to)));
    read.unwrap_or_else(|_| {
        let bad = Bad::new("damaged: no reader gets through it", "copy the file anew");
        Err(Stop::Error(to.error(Place::File, bad)))
    })
}

fn rows(path: &Path, mapping: &Mapping, to: &mut Collector) -> Result<(), Stop> {
    let whole = |to: &Collector, error: &ParquetError| {
        let bad = Bad::new(
            format!("no Parquet that can be read: {error}"),
            "copy the file anew",
        );
        Stop::Error(to.error(Place::File, bad))
    };
    let file = File::open(path).map_err(|error| whole(to, &error.into()))?;
    let reader = SerializedFileReader::new(file).map_err(|error| whole(to, &error))?;
    let schema = reader.metadata().file_metadata().schema_descr();
    let names: Vec<String> = schema
        .root_schema()
        .get_fields()
        .iter()
        .map(|field| field.name().to_owned())
        .collect();
    let header = mapping.has_header().then_some(names.as_slice());
    let places = mapping.places(header);
    let places = places.map_err(|bad| Stop::Error(to.error(Place::File, bad)))?;
    let mut row_reader = RowReader::new(mapping, places);
    let rows = reader
        .get_row_iter(None)
        .map_err(|error| whole(to, &error))?;
    let mut texts: Vec<String> = Vec::new();
    for (number, row) in (1..).zip(rows) {
        let row = row.map_err(|error| whole(to, &error))?;
        fill(&mut texts, &row);
        let draft = row_reader.draft(|at| texts.get(at).map(String::as_bytes));
        to.take(Place::Item(number), draft)?;
    }
    Ok(())
}

/// The values of a row as text.
fn fill(texts: &mut Vec<String>, row: &Row) {
    texts.clear();
    texts.extend(row.get_column_iter().map(|(_, field)| text_of(field)));
}

/// A value as a table would show it: times as dates, whatever unit the column
/// has; nothing where there is none, or a list or group.
fn text_of(field: &Field) -> String {
    let date = |us: Option<i64>| {
        let instant = us.and_then(|us| jiff::Timestamp::from_microsecond(us).ok());
        instant.map_or_else(String::new, |instant| instant.to_string())
    };
    match field {
        Field::Bool(value) => value.to_string(),
        Field::Byte(value) => value.to_string(),
        Field::Short(value) => value.to_string(),
        Field::Int(value) => value.to_string(),
        Field::Long(value) => value.to_string(),
        Field::UByte(value) => value.to_string(),
        Field::UShort(value) => value.to_string(),
        Field::UInt(value) => value.to_string(),
        Field::ULong(value) => value.to_string(),
        Field::Float(value) => value.to_string(),
        Field::Double(value) => value.to_string(),
        Field::Str(value) => value.clone(),
        Field::Bytes(value) => String::from_utf8_lossy(value.data()).into_owned(),
        Field::Date(days) => date(i64::from(*days).checked_mul(86_400_000_000)),
        Field::TimestampMillis(value) => date(value.checked_mul(1_000)),
        Field::TimestampMicros(value) => date(Some(*value)),
        _ => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use parquet::data_type::{ByteArray, ByteArrayType, Int64Type};
    use parquet::file::properties::WriterProperties;
    use parquet::file::writer::SerializedFileWriter;
    use parquet::schema::parser::parse_message_type;

    use super::super::{TimeUnit, TraceFormat, TraceOptions, load};
    use super::*;
    use crate::event::Kind;

    fn write(path: &Path) {
        let schema = "message log { required binary who (UTF8); required int64 whom; \
                      required int64 at (TIMESTAMP_MILLIS); }";
        let schema = Arc::new(parse_message_type(schema).unwrap());
        let file = File::create(path).unwrap();
        let properties = Arc::new(WriterProperties::builder().build());
        let mut writer = SerializedFileWriter::new(file, schema, properties).unwrap();
        let mut group = writer.next_row_group().unwrap();
        let mut column = group.next_column().unwrap().unwrap();
        let who = ["ann", "bob", "ann"].map(ByteArray::from);
        column
            .typed::<ByteArrayType>()
            .write_batch(&who, None, None)
            .unwrap();
        column.close().unwrap();
        for values in [
            [17, 18, 17],
            [1_795_593_600_000, 1_795_593_601_000, 1_795_593_602_500],
        ] {
            let mut column = group.next_column().unwrap().unwrap();
            column
                .typed::<Int64Type>()
                .write_batch(&values, None, None)
                .unwrap();
            column.close().unwrap();
        }
        group.close().unwrap();
        writer.close().unwrap();
    }

    #[test]
    fn rows_become_events_and_damage_an_error() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("log.parquet");
        write(&path);
        let words = |list: &[&str]| list.iter().map(|&w| w.to_owned()).collect::<Vec<_>>();
        let map = words(&["actor=who", "recipient=whom", "at=at"]);
        let mapping =
            Mapping::new(&map, &words(&["member_follow"]), TimeUnit::Seconds, b',').unwrap();
        let options = TraceOptions {
            mapping: Some(mapping),
            ..TraceOptions::default()
        };
        let trace = load(&path, &options).unwrap();
        assert_eq!(trace.format, TraceFormat::Parquet);
        let events = trace.events.as_slice();
        let found: Vec<(u64, u64)> = events.iter().map(|e| (e.at_us, e.recipient)).collect();
        assert_eq!(found, [(0, 17), (1_000_000, 18), (2_500_000, 17)]);
        assert!(
            events
                .iter()
                .all(|event| event.kind() == Kind::MemberFollow)
        );
        assert!(events[0].actor == events[2].actor && events[0].actor != events[1].actor);
        // damaged at any byte it is read or refused
        let bytes = std::fs::read(&path).unwrap();
        for at in 0..bytes.len() {
            let mut damaged = bytes.clone();
            damaged[at] ^= 0x55;
            std::fs::write(&path, &damaged).unwrap();
            drop(load(&path, &options));
            std::fs::write(&path, &bytes[..at]).unwrap();
            assert!(load(&path, &options).is_err());
        }
    }
}

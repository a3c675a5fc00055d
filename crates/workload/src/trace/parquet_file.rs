//! Parquet tables, by a mapping of their columns.

use std::fs::File;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;

use parquet::basic::{Compression, ConvertedType, LogicalType, TimeUnit, Type as Physical};
use parquet::errors::ParquetError;
use parquet::file::metadata::ParquetMetaData;
use parquet::file::reader::{FileReader as _, SerializedFileReader};
use parquet::record::Field;
use parquet::schema::types::Type;

use super::collect::{Collector, Stop};
use super::error::{Bad, Place};
use super::mapping::{Mapping, Places};
use super::rows::{Cell, RowReader};
use notibench_core::unit::quantity::counted;

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
    let selected = Selected::of(reader.metadata(), mapping);
    let selected = selected.map_err(|bad| Stop::Error(to.error(Place::File, bad)))?;
    let mut row_reader = RowReader::new(mapping, selected.places);
    let projection = Type::group_type_builder(reader.metadata().file_metadata().schema().name())
        .with_fields(selected.fields)
        .build()
        .map_err(|error| whole(to, &error))?;
    let rows = reader
        .get_row_iter(Some(projection))
        .map_err(|error| whole(to, &error))?;
    let mut texts: Vec<String> = Vec::new();
    for (number, row) in (1..).zip(rows) {
        let row = row.map_err(|error| whole(to, &error))?;
        texts.clear();
        let fields = row.get_column_iter().zip(&selected.readings);
        texts.extend(fields.map(|((_, field), reading)| text_of(field, *reading)));
        let value = |at: usize| {
            let text = texts.get(at).map(String::as_bytes);
            text.map_or(Cell::Missing, Cell::Text)
        };
        row_reader.take(Place::Item(number), value, to)?;
    }
    row_reader.finish(to)
}

/// How the values of a column become text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Reading {
    /// As they are.
    Plain,
    /// Nanoseconds since 1970.
    Nanoseconds,
    /// Bytes of a UUID.
    Uuid,
    /// Bytes that are text where all of them are, as old writers have it.
    BytesOrText,
    /// Bytes that are no text.
    Bytes,
}

/// The columns of a file that are mapped; no others are decoded.
struct Selected {
    fields: Vec<std::sync::Arc<Type>>,
    readings: Vec<Reading>,
    places: Places,
}

impl Selected {
    fn of(metadata: &ParquetMetaData, mapping: &Mapping) -> Result<Self, Bad> {
        let all = metadata.file_metadata().schema().get_fields();
        let names: Vec<String> = all.iter().map(|field| field.name().to_owned()).collect();
        let places = mapping
            .places(mapping.has_header().then_some(names.as_slice()))?
            .0;
        let mut used: Vec<usize> = places.iter().flatten().copied().collect();
        used.sort_unstable();
        used.dedup();
        let mut selected = Self {
            fields: Vec::new(),
            readings: Vec::new(),
            places: Places(places.map(|place| used.binary_search(&place?).ok())),
        };
        for at in used {
            let Some(field) = all.get(at) else {
                let what = format!(
                    "it has {}, and no #{}",
                    counted(all.len(), "column"),
                    at + 1
                );
                return Err(Bad::new(what, "give a column that there is"));
            };
            selected.readings.push(reading_of(field)?);
            check_codec(metadata, field.name())?;
            selected.fields.push(std::sync::Arc::clone(field));
        }
        Ok(selected)
    }
}

/// How a column is read; refuses types that are no id, time or word.
fn reading_of(field: &Type) -> Result<Reading, Bad> {
    let refuse = |what: &str| {
        let help = "write it as a 64-bit integer, as text, or as a time in µs";
        Err(Bad::of(
            field.name(),
            format!("{what}, which is not read"),
            help,
        ))
    };
    if field.is_group() {
        return refuse("a list or a group");
    }
    let info = field.get_basic_info();
    match info.converted_type() {
        ConvertedType::DECIMAL => return refuse("a column of decimals"),
        ConvertedType::TIME_MILLIS | ConvertedType::TIME_MICROS => {
            return refuse("a time of day without a date");
        }
        ConvertedType::INTERVAL => return refuse("a column of intervals"),
        _ => {}
    }
    match (info.logical_type_ref(), field.get_physical_type()) {
        (Some(LogicalType::Decimal(_)), _) => refuse("a column of decimals"),
        (Some(LogicalType::Time(_)), _) => refuse("a time of day without a date"),
        (Some(LogicalType::Timestamp(of)), _) if of.unit == TimeUnit::NANOS => {
            Ok(Reading::Nanoseconds)
        }
        (Some(LogicalType::Uuid), Physical::FIXED_LEN_BYTE_ARRAY) => Ok(Reading::Uuid),
        (Some(LogicalType::Float16), _) => Ok(Reading::Plain),
        (_, Physical::FIXED_LEN_BYTE_ARRAY) => Ok(Reading::Bytes),
        (_, Physical::BYTE_ARRAY) => Ok(Reading::BytesOrText),
        _ => Ok(Reading::Plain),
    }
}

/// Refuses a column that is compressed in a way that this build can't undo.
fn check_codec(metadata: &ParquetMetaData, name: &str) -> Result<(), Bad> {
    let groups = metadata.row_groups().iter();
    let columns = groups.flat_map(parquet::file::metadata::RowGroupMetaData::columns);
    let is_named = |path: &[String]| path.first().is_some_and(|first| first == name);
    for column in columns.filter(|column| is_named(column.column_path().parts())) {
        let codec = column.compression();
        let is_built = matches!(
            codec,
            Compression::UNCOMPRESSED | Compression::SNAPPY | Compression::ZSTD(_)
        );
        if !is_built {
            let what = format!("compressed with {codec}, which this build can't undo");
            return Err(Bad::of(
                name,
                what,
                "compress it with snappy or zstd, or not at all",
            ));
        }
    }
    Ok(())
}

/// A value as a table would show it: times as dates, whatever unit the column
/// has; bytes that are no text in hexadecimal; nothing where there is none.
fn text_of(field: &Field, reading: Reading) -> String {
    let date = |us: Option<i64>| {
        let instant = us.and_then(|us| jiff::Timestamp::from_microsecond(us).ok());
        instant.map_or_else(String::new, |instant| instant.to_string())
    };
    match field {
        Field::Bool(value) => value.to_string(),
        Field::Byte(value) => value.to_string(),
        Field::Short(value) => value.to_string(),
        Field::Int(value) => value.to_string(),
        Field::Long(value) if reading == Reading::Nanoseconds => {
            date(Some(value.div_euclid(1_000)))
        }
        Field::Long(value) => value.to_string(),
        Field::UByte(value) => value.to_string(),
        Field::UShort(value) => value.to_string(),
        Field::UInt(value) => value.to_string(),
        Field::ULong(value) => value.to_string(),
        Field::Float16(value) => value.to_string(),
        Field::Float(value) => value.to_string(),
        Field::Double(value) => value.to_string(),
        Field::Str(value) => value.clone(),
        Field::Bytes(value) => bytes_as_text(value.data(), reading),
        Field::Date(days) => date(i64::from(*days).checked_mul(86_400_000_000)),
        Field::TimestampMillis(value) => date(value.checked_mul(1_000)),
        Field::TimestampMicros(value) => date(Some(*value)),
        _ => String::new(),
    }
}

/// Bytes as a text that no other bytes have: those of a UUID as it is usually
/// written, other bytes that are no text as `0x` and hexadecimal digits.
fn bytes_as_text(bytes: &[u8], reading: Reading) -> String {
    // a trim would make two ids one
    let is_text = bytes.trim_ascii() == bytes && !bytes.starts_with(b"0x");
    if reading == Reading::BytesOrText
        && is_text
        && let Ok(text) = std::str::from_utf8(bytes)
    {
        return text.to_owned();
    }
    let is_uuid = reading == Reading::Uuid && bytes.len() == 16;
    let mut text = String::from(if is_uuid || bytes.is_empty() {
        ""
    } else {
        "0x"
    });
    for (at, byte) in bytes.iter().enumerate() {
        if is_uuid && matches!(at, 4 | 6 | 8 | 10) {
            text.push('-');
        }
        text.push_str(&format!("{byte:02x}"));
    }
    text
}

#[cfg(test)]
#[path = "parquet_file_tests.rs"]
mod tests;

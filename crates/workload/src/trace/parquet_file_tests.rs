//! Parquet tables: rows, damage, types, and what is not read.

use std::sync::Arc;

use parquet::basic::Compression;
use parquet::data_type::{
    ByteArray, ByteArrayType, FixedLenByteArray, FixedLenByteArrayType, Int64Type,
};
use parquet::file::properties::WriterProperties;
use parquet::file::writer::SerializedFileWriter;
use parquet::schema::parser::parse_message_type;

use super::super::{TimeUnit, TraceFormat, TraceOptions, load};
use super::super::{Trace, TraceError};
use super::*;
use notibench_core::event::Kind;

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
    let mapping = Mapping::new(&map, &words(&["member_follow"]), TimeUnit::Seconds, b',').unwrap();
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
/// Reads a file of 16-byte actors and recipients with an id and a time in
/// 64 bits each, of the types given.
fn read_back(
    actor: &str,
    actors: [[u8; 16]; 2],
    (id, at): (&str, &str),
    times: [i64; 2],
    codec: Compression,
) -> Result<Trace, TraceError> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("log.parquet");
    let schema = format!(
        "message log {{ required fixed_len_byte_array(16) who {actor}; \
         required int64 whom {id}; required int64 at {at}; \
         required int64 unused (DECIMAL(9,2)); }}"
    );
    let schema = Arc::new(parse_message_type(&schema).unwrap());
    let properties = WriterProperties::builder().set_compression(codec).build();
    let file = File::create(&path).unwrap();
    let mut writer = SerializedFileWriter::new(file, schema, Arc::new(properties)).unwrap();
    let mut group = writer.next_row_group().unwrap();
    let mut column = group.next_column().unwrap().unwrap();
    let actors = actors.map(|bytes| FixedLenByteArray::from(bytes.to_vec()));
    let typed = column.typed::<FixedLenByteArrayType>();
    typed.write_batch(&actors, None, None).unwrap();
    column.close().unwrap();
    for values in [[17, 18], times, [1, 2]] {
        let mut column = group.next_column().unwrap().unwrap();
        let typed = column.typed::<Int64Type>();
        typed.write_batch(&values, None, None).unwrap();
        column.close().unwrap();
    }
    group.close().unwrap();
    writer.close().unwrap();
    let words = |list: &[&str]| list.iter().map(|&w| w.to_owned()).collect::<Vec<_>>();
    let map = words(&["actor=who", "recipient=whom", "at=at"]);
    let mapping = Mapping::new(&map, &words(&["member_follow"]), None, b',').unwrap();
    let options = TraceOptions {
        mapping: Some(mapping),
        ..TraceOptions::default()
    };
    load(&path, &options)
}

#[test]
fn ids_of_bytes_stay_apart_and_nanoseconds_are_read() {
    // neither is UTF-8; as lossy text all of them would be one
    let mut pair = [[0xff; 16], [0xfe; 16]];
    for actor in ["", "(UUID)"] {
        for (first, last) in [(0xff, 0xff), (b' ', 0xff), (0xff, b' ')] {
            pair[1][0] = first;
            pair[1][15] = last;
            let times = [1_795_593_600_000_000_000, 1_795_593_601_500_000_999];
            let nanos = ("", "(TIMESTAMP(NANOS,true))");
            let trace = read_back(actor, pair, nanos, times, Compression::UNCOMPRESSED);
            let trace = trace.unwrap();
            assert_ne!(trace.events[0].actor, trace.events[1].actor);
            assert_eq!(trace.events[1].at_us, 1_500_000);
            assert_eq!(trace.events[1].recipient, 18);
        }
    }
    let uuid: [u8; 16] = std::array::from_fn(|at| at as u8);
    let text = "00010203-0405-0607-0809-0a0b0c0d0e0f";
    assert_eq!(bytes_as_text(&uuid, Reading::Uuid), text);
    assert_eq!(bytes_as_text(b"ann", Reading::BytesOrText), "ann");
    assert_eq!(bytes_as_text(b" ann", Reading::BytesOrText), "0x20616e6e");
    assert_eq!(bytes_as_text(b"", Reading::Bytes), "");
}

#[test]
fn what_is_not_read_is_told_as_that() {
    let pair = [[1; 16], [2; 16]];
    let times = [5, 6];
    let said = |types, codec| {
        let read = read_back("", pair, types, times, codec);
        read.unwrap_err().to_string()
    };
    let plain = Compression::UNCOMPRESSED;
    let decimals = said(("(DECIMAL(9,0))", ""), plain);
    assert!(
        decimals.contains("column `whom`: a column of decimals"),
        "{decimals}"
    );
    let time = said(("", "(TIME(MICROS,true))"), plain);
    assert!(time.contains("column `at`: a time of day"), "{time}");
}

#[test]
fn a_codec_that_is_not_built_in_is_told_by_its_name() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("log.parquet");
    write(&path);
    let mut bytes = std::fs::read(&path).unwrap();
    // in the footer a column's path, then its codec: 0 is none, 4 (a zigzag 2) is gzip
    let column = b"\x19\x18\x03who\x15\x00";
    let found: Vec<usize> = bytes
        .windows(column.len())
        .enumerate()
        .filter(|(_, window)| window == column)
        .map(|(at, _)| at)
        .collect();
    let [at] = found[..] else {
        panic!("{found:?}");
    };
    bytes[at + column.len() - 1] = 4;
    std::fs::write(&path, bytes).unwrap();
    let words = |list: &[&str]| list.iter().map(|&w| w.to_owned()).collect::<Vec<_>>();
    let read = |map: &[&str]| {
        let mapping = Mapping::new(&words(map), &words(&["member_follow"]), None, b',');
        let options = TraceOptions {
            mapping: Some(mapping.unwrap()),
            ..TraceOptions::default()
        };
        load(&path, &options)
    };
    let said = read(&["actor=who", "recipient=whom", "at=at"]).unwrap_err();
    let said = said.to_string();
    assert!(
        said.contains("column `who`: compressed with GZIP"),
        "{said}"
    );
    assert!(said.contains("snappy or zstd"), "{said}");
    // it is not decoded where it is not mapped
    assert_eq!(
        read(&["actor=whom", "recipient=whom", "at=at"])
            .unwrap()
            .events
            .len(),
        3
    );
}

//! Bytes of any kind as a table, with and without a header.
#![no_main]

mod common;

use libfuzzer_sys::fuzz_target;
use notibench_workload::trace::{Mapping, TimeUnit, TraceFormat, TraceOptions};

/// Maps and kinds; the first byte chooses.
const MAPS: [(&[&str], &[&str]); 3] = [
    (&["actor=a", "recipient=b", "at=t"], &["member_follow"]),
    (&["actor=#1", "recipient=#2", "at=#3"], &["profile_view"]),
    (
        &["actor=a", "recipient=b", "at=t", "kind=k", "content=c", "undo=u", "segment=s"],
        &["like=post_like", "read=mark_read"],
    ),
];

fuzz_target!(|bytes: &[u8]| {
    let Some((first, bytes)) = bytes.split_first() else {
        return;
    };
    let (map, kinds) = MAPS[*first as usize % MAPS.len()];
    let words = |list: &[&str]| list.iter().map(|word| (*word).to_owned()).collect::<Vec<_>>();
    let unit = [TimeUnit::Seconds, TimeUnit::Milliseconds, TimeUnit::Microseconds];
    let unit = unit[*first as usize / 8 % 3];
    let delimiter = [b',', b' ', b';', b'\t'][*first as usize / 64];
    let mapping = Mapping::new(&words(map), &words(kinds), unit, delimiter);
    let options = TraceOptions {
        mapping: Some(mapping.expect("each of the maps can be meant")),
        ..TraceOptions::default()
    };
    common::read_both(TraceFormat::Table, bytes, options);
});

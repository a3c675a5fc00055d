//! Bytes of any kind as JSON objects, by a mapping of their keys.
#![no_main]

mod common;

use libfuzzer_sys::fuzz_target;
use notibench_workload::trace::{Mapping, TraceFormat, TraceOptions};

/// Maps and kinds; the first byte chooses.
const MAPS: [(&[&str], &[&str]); 2] = [
    (&["actor=a.b", "recipient=b.0", "at=t"], &["member_follow"]),
    (
        &["actor=a", "recipient=b", "at=t", "kind=k", "content=c", "undo=u", "segment=s"],
        &["like=post_like", "unlike=post_like:undo", "read=mark_read"],
    ),
];

fuzz_target!(|bytes: &[u8]| {
    let Some((first, bytes)) = bytes.split_first() else {
        return;
    };
    let (map, kinds) = MAPS[*first as usize % MAPS.len()];
    let words = |list: &[&str]| list.iter().map(|word| (*word).to_owned()).collect::<Vec<_>>();
    let mapping = Mapping::new(&words(map), &words(kinds), None, b',');
    let options = TraceOptions {
        mapping: Some(mapping.expect("each of the maps can be meant")),
        ..TraceOptions::default()
    };
    common::read_both(TraceFormat::Objects, bytes, options);
});

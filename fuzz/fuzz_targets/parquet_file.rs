//! Bytes of any kind as a Parquet file.
#![no_main]

use std::io::Write as _;

use libfuzzer_sys::fuzz_target;
use notibench_workload::trace::{Mapping, TimeUnit, TraceOptions, load};

fuzz_target!(
    init: {
        // the reader catches what the library that decodes panics with, which
        // libFuzzer's own hook would end the process for
        drop(std::panic::take_hook());
        std::panic::set_hook(Box::new(|_| ()));
    },
    |bytes: &[u8]| {
        let words = |list: &[&str]| list.iter().map(|w| (*w).to_owned()).collect::<Vec<_>>();
        let map = words(&["actor=who", "recipient=whom", "at=at"]);
        let mapping = Mapping::new(&map, &words(&["member_follow"]), TimeUnit::Seconds, b',');
        let mut file = tempfile::Builder::new().suffix(".parquet").tempfile().expect("a file");
        file.write_all(bytes).expect("room");
        for skip_bad in [false, true] {
            let options = TraceOptions {
                mapping: Some(mapping.clone().expect("it can be meant")),
                skip_bad,
                ..TraceOptions::default()
            };
            match load(file.path(), &options) {
                Ok(trace) => assert!(trace.events.is_sorted_by_key(|event| event.at_us)),
                Err(error) => assert!(!error.to_string().is_empty()),
            }
        }
    }
);

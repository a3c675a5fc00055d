//! Text of any kind as a workload file; what is read must be written and read
//! again.
#![no_main]

use libfuzzer_sys::fuzz_target;
use notibench_workload::Workload;

fuzz_target!(|text: &str| {
    match Workload::parse("fuzzed.toml", text) {
        Ok(workload) => {
            let written = workload.to_toml();
            let again = Workload::parse("fuzzed.toml", &written);
            assert!(again.is_ok(), "{written}");
        }
        Err(error) => assert!(!error.render(true).is_empty()),
    }
});

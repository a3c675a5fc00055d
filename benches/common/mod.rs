//! What the benchmarks share: the workload they run on, in several sizes.

#![allow(dead_code, reason = "each benchmark uses its own part")]

use std::path::Path;

use notibench_record::SweepAxis;
use notibench_workload::Workload;

/// `steady_week`, with `members` members.
pub(crate) fn steady_week(members: u64) -> Workload {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("workloads/steady_week.toml");
    match Workload::load(&path) {
        Ok((mut workload, _)) => {
            workload.population.members = members;
            workload
        }
        Err(error) => panic!("{error}"),
    }
}

/// Whether the benchmarks only have to run, as `cargo bench -- --test` asks.
pub(crate) fn only_tested() -> bool {
    std::env::args().any(|argument| argument == "--test")
}

/// Numbers of members: 10 thousand, 1 million and 10 million; the first only
/// where the benchmarks only have to run.
pub(crate) fn member_counts() -> &'static [u64] {
    if only_tested() {
        &[10_000]
    } else {
        &[10_000, 1_000_000, 10_000_000]
    }
}

/// The one number of members of groups that have no sizes.
pub(crate) fn middle_member_count() -> u64 {
    let counts = member_counts();
    counts[counts.len() / 2]
}

/// A number of members as a benchmark's parameter: `members=10k`.
pub(crate) fn members(count: u64) -> String {
    format!("members={}", SweepAxis::Members.show(count as f64))
}

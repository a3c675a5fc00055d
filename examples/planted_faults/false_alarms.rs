//! Trials of engines that are right: none of them may be found wrong.

use std::path::Path;

use notibench_core::engine::Role;
use notibench_core::unit::mix::{below, counter_word};
use notibench_engines::registry::ENTRIES;
use notibench_harness::{Contender, Silent, verify};
use notibench_workload::{Workload, built_in_to_verify};

use crate::catching::{Trials, options};

/// What the trials of one engine came to.
#[derive(Default)]
struct Tally {
    trials: u64,
    explained: u64,
    bounded: u64,
    alarms: u64,
}

/// Makes so many trials, small ones, of all registered engines in turn: each
/// on a workload, a seed, a number of threads and a batch of its own. Prints
/// the table; whether none was found wrong.
pub(crate) fn table(trials: u64, first: u64) -> Result<bool, String> {
    let engines: Vec<Contender> = ENTRIES
        .iter()
        .filter(|info| info.role == Role::Engine)
        .filter_map(|info| Contender::registered(info.name))
        .filter(|contender| !contender.out_of_process)
        .collect();
    let workloads = with_reads()?;
    let mut tallies: Vec<Tally> = engines.iter().map(|_| Tally::default()).collect();
    for trial in 0..trials {
        let draw = |what: u64, bound: u64| below(counter_word(first, trial * 8 + what), bound);
        let at = (trial % engines.len() as u64) as usize;
        let workload = &workloads[draw(0, workloads.len() as u64) as usize];
        let made = Trials {
            events: 2_000 + draw(1, 30_000),
            threads: 2 + draw(2, 3) as usize,
            batch: [1, 7, 64, 256, 1_024][draw(3, 5) as usize],
            rarer: 1,
        };
        let contender = std::slice::from_ref(&engines[at]);
        let options = options(&made, counter_word(first, trial * 8 + 4) >> 1);
        let found = verify(workload, contender, &options, &mut Silent)
            .map_err(|error| error.to_string())?;
        let tally = &mut tallies[at];
        tally.trials += 1;
        tally.explained += found.answers.explained;
        tally.bounded += found.answers.bounded;
        tally.alarms += found.failures.len() as u64;
        for failure in &found.failures {
            eprintln!(
                "{} on {}, {made:?}: {}",
                failure.engine, failure.workload, failure.words
            );
        }
        if (trial + 1).is_multiple_of(100) {
            eprintln!("{} of {trials} trials", trial + 1);
        }
    }
    println!("| engine | reads | trials | answers explained | within bounds | false alarms |");
    println!("|---|---|--:|--:|--:|--:|");
    let row = |name: &str, reads: &str, tally: &Tally| {
        println!(
            "| {name} | {reads} | {} | {} | {} | {} |",
            tally.trials, tally.explained, tally.bounded, tally.alarms
        );
    };
    let mut all = Tally::default();
    for (engine, tally) in engines.iter().zip(&tallies) {
        row(
            &format!("`{}`", engine.name),
            engine.info.freshness.name(),
            tally,
        );
        all.trials += tally.trials;
        all.explained += tally.explained;
        all.bounded += tally.bounded;
        all.alarms += tally.alarms;
    }
    row("all", "", &all);
    Ok(all.alarms == 0)
}

/// The workloads of the project that are small enough, and ask something.
fn with_reads() -> Result<Vec<Workload>, String> {
    let mut found = Vec::new();
    for name in built_in_to_verify() {
        let (workload, _) = Workload::load(Path::new(name)).map_err(|error| error.render(false))?;
        if workload.reads.per_event > 0.0 {
            found.push(workload);
        }
    }
    Ok(found)
}

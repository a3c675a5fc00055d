//! How many planted faults the check of answers under load catches, and how
//! often it is wrong about engines that are right:
//! `cargo run --release --example planted_faults -- --seeds 100` and
//! `cargo run --release --example planted_faults -- --false-alarms 1000 --burners 2`.

mod burners;
mod catching;
mod engines;
mod false_alarms;
mod faults;

use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Instant;

use clap::Parser;
use notibench_workload::Workload;

use catching::{Caught, Trials, catch, contenders};

/// Engines with a planted fault, and whether they are caught.
#[derive(Parser)]
struct Args {
    /// Streams on which each engine has a trial
    #[arg(long, default_value_t = 100)]
    seeds: u64,
    /// The first seed
    #[arg(long, default_value_t = 1)]
    first: u64,
    /// The workload
    #[arg(long, default_value = "smoke/from_zero")]
    workload: PathBuf,
    /// Events of a trial
    #[arg(long, default_value_t = 1_000_000)]
    events: u64,
    /// Workers of a trial
    #[arg(long, default_value_t = 2)]
    threads: usize,
    /// Events of an ingest call
    #[arg(long, default_value_t = 256)]
    batch: usize,
    /// Faults strike so many times more rarely
    #[arg(long, default_value_t = 1)]
    rarer: u64,
    /// Only the engine of that name
    #[arg(long)]
    engine: Option<String>,
    /// In place of faults, so many trials of engines that are right
    #[arg(long)]
    false_alarms: Option<u64>,
    /// Processes that keep the processors busy meanwhile
    #[arg(long, default_value_t = 0)]
    burners: usize,
    /// Be such a process, until the standard input ends
    #[arg(long, hide = true)]
    burn: bool,
}

fn main() -> ExitCode {
    let args = Args::parse();
    if args.burn {
        burners::burn();
    }
    let burning = burners::Burners::start(args.burners);
    let done = match (&burning, args.false_alarms) {
        (Err(words), _) => Err(words.clone()),
        (Ok(_), Some(trials)) => false_alarms::table(trials, args.first),
        (Ok(_), None) => table(&args),
    };
    match done {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(words) => {
            eprintln!("error: {words}");
            ExitCode::FAILURE
        }
    }
}

/// Who caught one engine, seed by seed, and the first words of it.
#[derive(Default)]
struct Verdicts {
    caught: Vec<Caught>,
    words: String,
}

/// Makes the trials and prints each engine against the seeds in which it was
/// caught; whether all is as it should be.
fn table(args: &Args) -> Result<bool, String> {
    let (workload, _) = Workload::load(&args.workload).map_err(|error| error.render(false))?;
    let trials = Trials {
        events: args.events,
        threads: args.threads,
        batch: args.batch,
        rarer: args.rarer,
    };
    let is_asked = |name: &str| args.engine.as_deref().is_none_or(|asked| asked == name);
    let mut contenders = contenders();
    contenders.retain(|contender| is_asked(&contender.name));
    if contenders.is_empty() {
        return Err("there is no such engine".to_owned());
    }
    let mut verdicts: Vec<Verdicts> = contenders.iter().map(|_| Verdicts::default()).collect();
    let start = Instant::now();
    for seed in args.first..args.first + args.seeds {
        let found = catch(&workload, seed, &contenders, &trials)?;
        for ((by, words), verdicts) in found.into_iter().zip(&mut verdicts) {
            verdicts.caught.push(by);
            if verdicts.words.is_empty() {
                verdicts.words = words;
            }
        }
        eprintln!("seed {seed}, {} s so far", start.elapsed().as_secs());
    }
    println!(
        "{} seeds of {}, {} events each, {} threads, calls of {}\n",
        args.seeds, workload.name, args.events, args.threads, args.batch
    );
    println!("| engine | the fault | strikes once in | caught under load | otherwise |");
    println!("|---|---|--:|--:|--:|");
    let engines = contenders.iter().zip(&verdicts);
    let all_right = engines.fold(true, |all_right, (contender, verdicts)| {
        print_row(args, &contender.name, &verdicts.caught) && all_right
    });
    println!("\nThe first words of each:\n");
    for (contender, verdicts) in contenders.iter().zip(&verdicts) {
        if !verdicts.words.is_empty() {
            println!("- {}: {}", contender.name, verdicts.words);
        }
    }
    Ok(all_right)
}

/// Prints the row of an engine; whether 99 seeds of 100 caught it, or none
/// where it is right.
fn print_row(args: &Args, name: &str, caught: &[Caught]) -> bool {
    let is_it = |fault: &&faults::Fault| fault.name == name;
    let Some(fault) = faults::ALL.iter().find(is_it) else {
        return false;
    };
    let count = |by| caught.iter().filter(|it| **it == by).count();
    let (under_load, otherwise) = (count(Caught::UnderLoad), count(Caught::Otherwise));
    let is_right = fault.of.is_empty();
    let strikes = match is_right {
        true => "never".to_owned(),
        false => format!("{} {}", fault.one_in * args.rarer, fault.of),
    };
    println!(
        "| `{name}` | {} | {strikes} | {under_load} of {} | {otherwise} |",
        fault.about,
        caught.len()
    );
    match is_right {
        true => under_load + otherwise == 0,
        false => under_load * 100 >= caught.len() * 99,
    }
}

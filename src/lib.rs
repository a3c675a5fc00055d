//! notibench: a load-testing benchmark harness for the hot path that decides,
//! for each event, whether a service stays silent, counts anonymously, or
//! rings someone's bell.
//!
//! This crate is the command line: flags in, work done by the crates below, text
//! out. Data goes to stdout, progress and messages to stderr. The libraries
//! stand in `crates/`, imports only downward:
//!
//! | crate | holds |
//! |---|---|
//! | `notibench-harness` | trials, rounds, proofs, plans, the search for capacity |
//! | `notibench-report` | text, HTML and exports, drawn from a saved record |
//! | `notibench-engines` | the engines, and the one list of them |
//! | `notibench-workload` | workload files, the generator, traces |
//! | `notibench-record` | saved records, statistics |
//! | `notibench-core` | events, the seed policy, the state and its oracle, what an engine is |

// they panic where their reader has gone
#![cfg_attr(not(test), deny(clippy::print_stdout, clippy::print_stderr))]

mod args;
mod cluster;
mod commands;
mod engines;
mod exit;
#[cfg(feature = "live")]
mod live;
mod map_libs;
mod page;
mod paths;
mod progress;
mod results;
mod save;
mod settled_run;
mod show;
mod signal;
mod traces;
mod unfinished;
mod verdict;

use std::process::ExitCode;

use clap::Parser as _;

use args::{Arguments, Command};
use commands::{
    adversary, capacity, choose, compare, describe, doctor, generate, history, list, manual,
    report, rerun, run, selftest, sweep, verify, winners,
};
use notibench_harness::Contender;

/// Runs the command line; the exit code says what came of it.
#[must_use]
pub fn main() -> ExitCode {
    main_with(&[])
}

/// The same with engines of one's own beside the registry's:
/// `main_with(&[Contender::of::<MyEngine>()])`.
#[must_use]
pub fn main_with(own: &[Contender]) -> ExitCode {
    let arguments = match Arguments::try_parse_from(args::html::joined(std::env::args_os())) {
        Ok(arguments) => arguments,
        Err(error) => {
            // help and version are no errors: clap knows which is which
            let _ = error.print();
            return ExitCode::from(u8::try_from(error.exit_code()).unwrap_or(exit::USAGE));
        }
    };
    signal::end_with_error_where_memory_runs_out();
    if arguments.quiet {
        exit::be_quiet();
    }
    let result = match arguments.command {
        Command::Run(args) => run::run(&args, own),
        Command::Cluster(args) => commands::cluster::cluster(&args, own),
        Command::Sweep(args) => sweep::sweep(&args, own),
        Command::Choose(args) => choose::choose(&args, own),
        Command::Capacity(args) => capacity::capacity(&args, own),
        Command::Rerun(args) => rerun::rerun(&args, own),
        Command::RunProcess(args) => rerun::process(&args, own),
        Command::Compare(args) => compare::compare(&args, own),
        Command::Report(args) => report::report(&args),
        Command::Winners(args) => winners::winners(&args),
        Command::History(args) => history::history(&args),
        Command::Verify(args) => verify::verify(&args, own),
        Command::Generate(args) => generate::generate(&args),
        Command::Describe(args) => describe::describe(&args),
        Command::Fit(args) => describe::fit(&args),
        Command::List(args) => list::list(&args, own),
        Command::Policy => list::policy(),
        Command::Selftest(args) => selftest::selftest(&args, own),
        Command::Adversary(args) => adversary::adversary(&args),
        Command::Doctor => doctor::doctor(),
        Command::Completions(args) => manual::completions(&args),
        Command::Man(args) => manual::man(&args),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => failure.report(),
    }
}

/// The page's code is compiled and run with the tests, so that it stays true.
#[cfg(doctest)]
#[doc = include_str!("../docs/ADDING-AN-ENGINE.md")]
pub struct AddingAnEngine;

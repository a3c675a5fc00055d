//! `selftest`.

use crate::args::comparison::SelftestArgs;
use crate::engines::chosen;
use crate::exit::{Failure, command_words, note, print};
use crate::progress::Progress;
use crate::save::target_of;
use crate::show::style;
use crate::signal::{on_hang, stop_flag};
use notibench_core::engine::Role;
use notibench_harness::{
    self as harness, Contender, SelftestError, SelftestOptions, SelftestRequest,
};
use notibench_record::Selftest;
use notibench_report as report;
use notibench_workload::Workload;

/// Engines that are compared with themselves where none is named: the usual
/// baseline first, one with threads of its own, and one whose growth pauses.
const ENGINES: [&str; 4] = ["dashmap-naive", "actor", "dashmap", "papaya"];
/// The engine that is slowed down where none is named.
const PLANTED: &str = "dashmap";

/// How much a selftest does where nothing is said.
struct Size {
    comparisons: usize,
    planted_comparisons: usize,
    events: u64,
    most_false: f64,
}

const FULL: Size = Size {
    comparisons: 400,
    planted_comparisons: 20,
    events: 200_000,
    most_false: 0.08,
};
const SHORT: Size = Size {
    comparisons: 80,
    planted_comparisons: 10,
    events: 100_000,
    most_false: 0.15,
};

/// `notibench selftest`.
pub(crate) fn selftest(args: &SelftestArgs, own: &[Contender]) -> Result<(), Failure> {
    let (workload, toml) = Workload::load(&args.workload)?;
    let environment = harness::examine();
    let (engines, planted) = engines(&args.engines, own)?;
    let options = options(args);
    let plan = harness::resolve_selftest(&options, &workload, &engines, &planted, &environment)?;
    let target = match args.no_save {
        true => None,
        false => {
            let stem = format!("{}-selftest", workload.name);
            Some(target_of(&stem, args.out.as_deref())?)
        }
    };
    let request = SelftestRequest {
        workload: &workload,
        toml,
        engines,
        planted,
        plan,
        real_time: !args.no_real_time,
        environment,
        command: command_words(),
        stop: stop_flag(),
        on_hang: on_hang(args.stall),
    };
    let found = harness::selftest(&request, &mut Progress::new())?;
    let saved = target.map(|target| found.save(target)).transpose();
    show(&found)?;
    if let Some(path) = saved? {
        note(format_args!("selftest: {}", path.display()));
    }
    match &report::selftest_failures(&found)[..] {
        [] => Ok(()),
        failures => Err(Failure::Error(format!(
            "selftest failed: {}",
            failures.join("; ")
        ))),
    }
}

/// Prints it.
pub(crate) fn show(found: &Selftest) -> Result<(), Failure> {
    print(&report::selftest(found, &style()))
}

/// The engines that are compared with themselves, and the one that is slowed
/// down: the first one named, else the first of one's own, else the default.
fn engines(named: &[String], own: &[Contender]) -> Result<(Vec<Contender>, Contender), Failure> {
    let own_engines: Vec<Contender> = own
        .iter()
        .filter(|own| own.info.role != Role::Probe)
        .cloned()
        .collect();
    let names = match named {
        [] => harness::with_own(ENGINES.map(str::to_owned).to_vec(), &own_engines),
        named => named.to_vec(),
    };
    let engines = chosen(&names, own)?;
    let planted = match (named, &own_engines[..]) {
        ([first, ..], _) => first.clone(),
        ([], [first, ..]) => first.name.clone(),
        ([], []) => PLANTED.to_owned(),
    };
    Ok((engines, harness::find_contender(&planted, own)?))
}

fn options(args: &SelftestArgs) -> SelftestOptions {
    let size = if args.short { SHORT } else { FULL };
    SelftestOptions {
        events: args.events.unwrap_or(size.events),
        threads: args.threads,
        batch: args.batch,
        seed: args.seed,
        comparisons: args.comparisons.unwrap_or(size.comparisons),
        rounds: args.rounds,
        most_false: size.most_false,
        planted_comparisons: args.planted_comparisons.unwrap_or(size.planted_comparisons),
        planted_share: args.plant,
        planted_threads: args.planted_threads,
        planted_rounds: args.planted_rounds,
    }
}

impl From<SelftestError> for Failure {
    fn from(error: SelftestError) -> Self {
        match error {
            SelftestError::Trial(error) => error.into(),
            SelftestError::Wrong { .. } => Self::Verification(error.to_string()),
        }
    }
}

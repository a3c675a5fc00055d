//! `adversary`: a game of two worlds against released views.

use crate::args::adversary::AdversaryArgs;
use crate::exit::{Failure, command_words, note};
use crate::progress::Progress;
use crate::save::target_path;
use crate::show::show_as;
use crate::signal::stop_flag;
use notibench_core::unit::quantity::show_whole;
use notibench_harness::{AdversaryOptions, adversary as play};
use notibench_record::{ADVERSARY_SCHEMA, AdversaryRecord};
use notibench_report as report;
use notibench_workload::{ViewMode, Workload};

/// Trials of an attack, at full size and short.
const FULL: u64 = 400_000;
const SHORT: u64 = 20_000;
/// At the least and at the most.
const TRIALS: (u64, u64) = (1_000, 100_000_000);

/// `notibench adversary`.
pub(crate) fn adversary(args: &AdversaryArgs) -> Result<(), Failure> {
    let (workload, toml) = Workload::load(&args.workload)?;
    let options = options(args, &workload)?;
    let target = target_path(&format!("{}-adversary", workload.name), &args.save)?;
    let found = play(&workload, &options, &mut Progress::new()).map_err(|words| {
        if options.stop.is_set() {
            Failure::Interrupted(words)
        } else {
            Failure::Error(words)
        }
    })?;
    let record = AdversaryRecord {
        schema: ADVERSARY_SCHEMA.to_owned(),
        version: env!("CARGO_PKG_VERSION").to_owned(),
        command: command_words(),
        workload: workload.name.clone(),
        toml,
        seed: options.seed,
        short: args.short,
        epsilon: workload.anonymity.epsilon.value(),
        threshold: workload.anonymity.threshold,
        passed: found.passed(),
        attacks: found.attacks,
        timings: found.timings,
    };
    let saved = target.map(|target| record.save(&target)).transpose()?;
    show_as(
        args.format,
        || record.to_json(),
        |style| report::adversary(&record, style),
    )?;
    if let Some(path) = saved {
        note(format_args!("saved {}", path.display()));
    }
    // what the trials could not tell is said, and accuses nothing
    match &report::adversary_failures(&record)[..] {
        [] => Ok(()),
        failures => Err(Failure::Verification(failures.join("\n"))),
    }
}

/// Refuses what cannot be played.
fn options(args: &AdversaryArgs, workload: &Workload) -> Result<AdversaryOptions, Failure> {
    if workload.anonymity.mode != ViewMode::Released {
        return Err(Failure::Usage(format!(
            "{}: it releases no views, so there is nothing to attack: name a workload whose \
             [anonymity] has mode = \"released\", such as workloads/extension_adversary.toml",
            args.workload.display()
        )));
    }
    let standard = if args.short { SHORT } else { FULL };
    let trials = args.trials.unwrap_or(standard);
    if !(TRIALS.0..=TRIALS.1).contains(&trials) {
        return Err(Failure::Usage(format!(
            "--trials is {}, must be {} to {}",
            show_whole(trials),
            show_whole(TRIALS.0),
            show_whole(TRIALS.1)
        )));
    }
    Ok(AdversaryOptions {
        trials,
        seed: args.seed.unwrap_or(workload.seed),
        stop: stop_flag(),
    })
}

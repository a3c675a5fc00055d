//! `rerun`, and a process of a run with `--processes`: runs made again as their
//! plan says.

use super::run::{ReportOptions, run_and_show};
use crate::args::comparison::ProcessArgs;
use crate::args::run::RerunArgs;
use crate::exit::{Failure, print, say};
use crate::settled_run::{SettledRun, load};
use crate::verdict::verdict_of;
use notibench_harness::{self as harness, Contender, Silent};
use notibench_record::Record;
use notibench_report as report;

/// `notibench rerun`.
pub(crate) fn rerun(args: &RerunArgs, own: &[Contender]) -> Result<(), Failure> {
    let before = Record::load(&args.record)?;
    let settled = SettledRun::of_record(&before);
    let prepared = settled.prepare(&args.record, &args.external, own)?;
    let request = prepared.request(0, args.stall)?;
    let record = run_and_show(
        &request,
        ReportOptions::of(&args.output, args.length),
        &args.external,
        false,
    )?;
    if let (Some(before), Some(now)) = (&before.oracle, &record.oracle) {
        let same = before.events_digest == now.events_digest
            && before.snapshot_digest == now.snapshot_digest;
        if !same {
            return Err(Failure::Verification(format!(
                "this build makes other events or another final state than the record's: events \
                 {} then, {} now; snapshot {} then, {} now",
                before.events_digest,
                now.events_digest,
                before.snapshot_digest,
                now.snapshot_digest
            )));
        }
        say(format_args!(
            "the same events and the same final state as in {}",
            args.record.display()
        ));
    }
    verdict_of(&record)
}

/// One process of a run with `--processes`: makes the run of a file that its
/// parent wrote, and prints its record.
pub(crate) fn process(args: &ProcessArgs, own: &[Contender]) -> Result<(), Failure> {
    let settled = load(&args.plan)?;
    let prepared = settled.prepare(&args.plan, &args.external, own)?;
    let record = harness::run(&prepared.request(args.number, args.stall)?, &mut Silent);
    print(&report::json(&record))?;
    verdict_of(&record)
}

//! A run that takes turns with other processes, slice by slice, as the lines on
//! its stdin allow.

use std::io;

use crate::args::output::OutputFormat;
use crate::exit::Failure;
use crate::show::show_of;
use crate::verdict::verdict_of;
use notibench_core::engine::Role;
use notibench_harness::{
    self as harness, Contender, PlanError, RunOptions, RunRequest, Silent, TurnTaker,
};
use notibench_record::Pass;

/// The contestants; in lock-step no control and no probe, since the other
/// processes are what its engines stand beside.
pub(crate) fn choose_contenders(
    options: &RunOptions,
    own: &[Contender],
) -> Result<(Vec<Contender>, String), PlanError> {
    let (mut contenders, baseline) = harness::choose_contenders(options, own)?;
    if options.lock_step.is_some() {
        contenders.retain(|it| !it.control && it.info.role != Role::Probe);
    }
    Ok((contenders, baseline))
}

/// Makes the run; stdout has the lines of lock-step, and then the record.
pub(crate) fn run(request: &RunRequest<'_>, format: OutputFormat) -> Result<(), Failure> {
    let taker = TurnTaker::greet(io::stdin(), io::stdout(), request.stop.clone())
        .map_err(|why| Failure::Error(format!("--lock-step: {why}")))?;
    let record = harness::run_in_lock_step(request, &taker, &mut Silent);
    if let Some(why) = taker.broken() {
        return Err(Failure::Error(format!("--lock-step: {why}")));
    }
    taker.record_follows();
    show_of(&record, format, false, None, Pass::Fresh)?;
    verdict_of(&record)
}

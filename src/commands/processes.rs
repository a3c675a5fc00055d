//! A run in several processes: each gets the settled run in a file, and no word
//! of this command's line.

use std::ffi::OsString;
use std::io::Write as _;
use std::path::Path;
use std::time::Duration;

use crate::args::external::ExternalArgs;
use crate::exit::Failure;
use crate::settled_run::SettledRun;
use notibench_harness::{self as harness, ChildError, Observer, RunRequest};
use notibench_record::Record;

/// Makes the run in as many processes as its plan says. Interrupted, it
/// leaves the record of the processes that came to their end.
pub(crate) fn run(
    request: &RunRequest<'_>,
    external: &ExternalArgs,
    observer: &mut dyn Observer,
) -> Result<Record, Failure> {
    let own = std::env::current_exe().map_err(|error| {
        Failure::Error(format!(
            "cannot find this executable to run it again: {error}; run without --processes"
        ))
    })?;
    let plan = write(&SettledRun::of_request(request))?;
    let words = |number| words(plan.path(), number, request.on_hang.after, external);
    let (processes, stop) = (request.plan.processes, &request.stop);
    let record = harness::run_in_processes(&own, words, processes, stop, observer);
    let mut record = record.map_err(|error| match error {
        ChildError::Interrupted => {
            Failure::Interrupted("interrupted before the first process had ended".to_owned())
        }
        error => error.into(),
    })?;
    record.command.clone_from(&request.command);
    Ok(record)
}

/// The settled run in a file of its own, which the processes read.
fn write(settled: &SettledRun) -> Result<tempfile::NamedTempFile, Failure> {
    let failed = |error: std::io::Error| {
        Failure::Error(format!(
            "cannot write the plan of the processes: {error}; make room in the folder of \
             temporary files"
        ))
    };
    let mut file = tempfile::NamedTempFile::new().map_err(failed)?;
    let text = serde_json::to_vec(settled).map_err(|error| failed(error.into()))?;
    file.write_all(&text).map_err(failed)?;
    Ok(file)
}

/// The whole command line of process `number`.
fn words(
    plan: &Path,
    number: usize,
    stall_after: Option<Duration>,
    external: &ExternalArgs,
) -> Vec<OsString> {
    let mut words = ["run-process", "--number"].map(OsString::from).to_vec();
    words.push(number.to_string().into());
    if let Some(after) = stall_after {
        words.extend([
            "--stall-timeout".into(),
            format!("{}us", after.as_micros()).into(),
        ]);
    }
    words.extend(external.words());
    words.extend(["--".into(), plan.into()]);
    words
}

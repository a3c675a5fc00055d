//! A run in several processes: this command again, once for each, one after
//! the other; their records made into one. Imports `harness`, `record`.

use std::ffi::OsString;
use std::path::Path;

use super::exit::Failure;
use super::progress::Progress;
use crate::harness::{ChildError, Observer as _, RunRequest, run_child};
use crate::record::Record;
use crate::unit::address::without_password;

/// Flags with a value that say where results go: they are the parent's.
const WITH_VALUE: [&str; 3] = ["--out", "--format", "--snapshot"];
/// The same without a value.
const WITHOUT_VALUE: [&str; 1] = ["--no-save"];

/// Makes the run in as many processes as its plan says. Interrupted, it
/// leaves the record of the processes that came to their end, marked
/// incomplete; that of the one that was under way is lost.
pub(super) fn run(request: &RunRequest<'_>) -> Result<Record, Failure> {
    let processes = request.plan.processes;
    let own = std::env::current_exe().map_err(|error| {
        Failure::Error(format!(
            "cannot find this executable to run it again: {error}; run without --processes"
        ))
    })?;
    let mut progress = Progress::new();
    let mut whole: Option<Record> = None;
    let mut interrupted = false;
    for number in 0..processes {
        progress.turn(number, processes, &format!("process {}", number + 1));
        let part = match one(&own, request, number) {
            Ok(part) => part,
            Err(ChildError::Interrupted) => {
                interrupted = true;
                break;
            }
            Err(error @ ChildError::Wrong { .. }) => {
                return Err(Failure::Verification(error.to_string()));
            }
            Err(error) => return Err(Failure::Error(error.to_string())),
        };
        match &mut whole {
            None => whole = Some(part),
            Some(record) => record
                .add_process(part, number)
                .map_err(|why| Failure::Error(format!("the processes do not agree: {why}")))?,
        }
    }
    let mut record = whole.ok_or_else(|| {
        Failure::Interrupted("interrupted before the first process had ended".to_owned())
    })?;
    let words = request.command.iter();
    record.command = words.map(|word| without_password(word)).collect();
    if interrupted {
        record.complete = false;
        record.failure = Some("interrupted".to_owned());
    }
    Ok(record)
}

fn one(own: &Path, request: &RunRequest<'_>, number: usize) -> Result<Record, ChildError> {
    if request.stop.is_set() {
        return Err(ChildError::Interrupted);
    }
    run_child(own, &words(&request.command, number), &request.stop)
}

/// The words of this command for process `number`, without those that say
/// where results go.
fn words(command: &[String], number: usize) -> Vec<OsString> {
    let mut given = command.iter().skip(1);
    // the subcommand; flags go before a `--` that may follow
    let mut words: Vec<String> = given.by_ref().take(1).cloned().collect();
    words.extend(["--no-save", "--format", "json", "--process-number"].map(str::to_owned));
    words.push(number.to_string());
    while let Some(word) = given.next() {
        if word == "--" {
            words.push(word.clone());
            words.extend(given.by_ref().cloned());
            break;
        }
        let flag = word.split_once('=').map_or(word.as_str(), |(flag, _)| flag);
        if WITHOUT_VALUE.contains(&flag) {
            continue;
        }
        if WITH_VALUE.contains(&flag) {
            if flag == word {
                given.next();
            }
            continue;
        }
        words.push(word.clone());
    }
    words.into_iter().map(OsString::from).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn where_results_go_is_the_parents() {
        let given = [
            "notibench",
            "run",
            "--out",
            "x.json",
            "--rounds",
            "3",
            "--format=json",
            "--no-save",
            "--processes",
            "2",
            "--snapshot",
            "s.ndjson",
            "--",
            "--out",
        ];
        let expected = [
            "run",
            "--no-save",
            "--format",
            "json",
            "--process-number",
            "1",
            "--rounds",
            "3",
            "--processes",
            "2",
            "--",
            "--out",
        ];
        assert_eq!(words(&given.map(str::to_owned), 1), expected);
    }
}

//! A run in several processes: this command again, once for each. Imports
//! `harness`, `record`.

use std::ffi::OsString;

use super::exit::Failure;
use super::progress::Progress;
use crate::harness::{self, ChildError, RunRequest};
use crate::record::Record;
use crate::unit::address::without_password;

/// Flags with a value that say where results go: they are the parent's.
const WITH_VALUE: [&str; 3] = ["--out", "--format", "--snapshot"];
/// The same without a value.
const WITHOUT_VALUE: [&str; 1] = ["--no-save"];

/// Makes the run in as many processes as its plan says. Interrupted, it
/// leaves the record of the processes that came to their end.
pub(super) fn run(request: &RunRequest<'_>) -> Result<Record, Failure> {
    let own = std::env::current_exe().map_err(|error| {
        Failure::Error(format!(
            "cannot find this executable to run it again: {error}; run without --processes"
        ))
    })?;
    let words = |number| words(&request.command, number);
    let (processes, stop) = (request.plan.processes, &request.stop);
    let record = harness::run_in_processes(&own, words, processes, stop, &mut Progress::new());
    let mut record = record.map_err(|error| match error {
        ChildError::Interrupted => {
            Failure::Interrupted("interrupted before the first process had ended".to_owned())
        }
        error => error.into(),
    })?;
    let words = request.command.iter();
    record.command = words.map(|word| without_password(word)).collect();
    Ok(record)
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

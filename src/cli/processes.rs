//! A run in several processes: this command again, once for each, one after
//! the other; their records made into one. Imports `harness`, `record`.

use std::io::Read as _;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use super::exit::Failure;
use crate::engine::StopFlag;
use crate::harness::RunRequest;
use crate::record::Record;

/// Flags that say where results go, with a value: they are the parent's.
const WITH_VALUE: [&str; 3] = ["--out", "--format", "--snapshot"];
/// The same without a value.
const WITHOUT_VALUE: [&str; 1] = ["--no-save"];
/// How long a child may take to end after an interruption. It hears of one
/// from the terminal itself; a second word from here would end it at once.
const GRACE: Duration = Duration::from_secs(3);

/// Makes the run in as many processes as its plan says.
pub(super) fn run(request: &RunRequest<'_>) -> Result<Record, Failure> {
    let processes = request.plan.processes;
    let words: Vec<String> = words_of_child(&request.command);
    let mut whole: Option<Record> = None;
    for number in 0..processes {
        if request.stop.is_set() {
            break;
        }
        eprintln!("process {} of {processes}", number + 1);
        let said = output_of(&words, number, &request.stop)?;
        let part = match Record::from_json(&said, Path::new("the record")) {
            Ok(part) => part,
            Err(_) if request.stop.is_set() => break,
            Err(error) => {
                return Err(Failure::Error(format!(
                    "process {} of {processes} left no record that can be read: {error}",
                    number + 1
                )));
            }
        };
        let is_over = !part.complete;
        match &mut whole {
            None => whole = Some(part),
            Some(record) => record
                .add_process(part, number)
                .map_err(|why| Failure::Error(format!("the processes do not agree: {why}")))?,
        }
        if is_over {
            break;
        }
    }
    let interrupted = || Failure::Interrupted("interrupted before there was a record".to_owned());
    let mut record = whole.ok_or_else(interrupted)?;
    record.command.clone_from(&request.command);
    if request.stop.is_set() {
        record.complete = false;
        record
            .failure
            .get_or_insert_with(|| "interrupted".to_owned());
    }
    Ok(record)
}

/// The words of this command, without those that say where results go.
fn words_of_child(command: &[String]) -> Vec<String> {
    let mut words = Vec::new();
    let mut given = command.iter().skip(1);
    while let Some(word) = given.next() {
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
    words
}

/// What the child prints on stdout, to its end.
fn output_of(words: &[String], number: usize, stop: &StopFlag) -> Result<Vec<u8>, Failure> {
    let cannot = |error: &dyn std::fmt::Display| {
        Failure::Error(format!(
            "cannot run process {}: {error}; run without --processes",
            number + 1
        ))
    };
    let own = std::env::current_exe().map_err(|error| cannot(&error))?;
    let mut child = Command::new(own)
        .args(words)
        .args(["--process-number", &number.to_string()])
        .args(["--format", "json", "--no-save"])
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .spawn()
        .map_err(|error| cannot(&error))?;
    let stdout = child.stdout.take();
    let reader = std::thread::spawn(move || {
        let mut said = Vec::new();
        stdout
            .map_or(Ok(0), |mut out| out.read_to_end(&mut said))
            .map(|_| said)
    });
    wait(&mut child, stop).map_err(|error| cannot(&error))?;
    match reader.join() {
        Ok(said) => said.map_err(|error| cannot(&error)),
        Err(_) => Err(cannot(&"its output could not be read")),
    }
}

/// Waits for the child's end, and ends it where it outlives an interruption.
fn wait(child: &mut Child, stop: &StopFlag) -> std::io::Result<()> {
    let mut stopped_at: Option<Instant> = None;
    while child.try_wait()?.is_none() {
        if stop.is_set() {
            let at = stopped_at.get_or_insert_with(Instant::now);
            if at.elapsed() > GRACE {
                child.kill()?;
                child.wait()?;
                return Ok(());
            }
        }
        std::thread::sleep(Duration::from_millis(20));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn where_results_go_is_the_parents() {
        let given = [
            "notibench",
            "run",
            "w.toml",
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
        ];
        let words = words_of_child(&given.map(str::to_owned));
        assert_eq!(
            words,
            ["run", "w.toml", "--rounds", "3", "--processes", "2"]
        );
    }
}

//! `history`: saved records over time.

use std::path::PathBuf;

use crate::args::history::{HistoryArgs, HistoryFormat};
use crate::exit::{Failure, print, say};
use crate::show::style;
use notibench_record::{Pass, Saved};
use notibench_report::{History, histories, history_csv};

/// `notibench history`.
pub(crate) fn history(args: &HistoryArgs) -> Result<(), Failure> {
    let load = |path: &PathBuf| Ok((path.display().to_string(), Saved::load(path)?));
    let files: Result<Vec<_>, Failure> = args.records.iter().map(load).collect();
    let (mut found, left_out) = histories(&files?);
    for words in left_out {
        say(&words);
    }
    if found.is_empty() {
        return Err(Failure::Usage(
            "no record has a place in a history: name complete runs of a closed loop".to_owned(),
        ));
    }
    if let Some(name) = &args.workload {
        let all = kinds(&found);
        found.retain(|history| history.workload == *name);
        if found.is_empty() {
            return Err(Failure::Usage(format!(
                "--workload {name} is in none of these records, which are of {all}"
            )));
        }
    }
    let pass = match (args.pass, args.format) {
        (Some(pass), _) => Some(Pass::from(pass)),
        (None, HistoryFormat::Csv) => Some(Pass::Fresh),
        (None, HistoryFormat::Terminal) => None,
    };
    if let Some(pass) = pass {
        found.retain(|history| history.pass == pass);
        if found.is_empty() {
            return Err(Failure::Usage(
                "--pass warm is of runs with --warm, and none of these records is".to_owned(),
            ));
        }
    }
    match (args.format, &found[..]) {
        (HistoryFormat::Terminal, _) => print(&notibench_report::history(&found, &style())),
        (HistoryFormat::Csv, [one]) => {
            let (text, left_out) = history_csv(one);
            if !left_out.is_empty() {
                let names = left_out.join(", ");
                say(format_args!(
                    "left out, since not every record has them: {names}"
                ));
            }
            print(&text)
        }
        (HistoryFormat::Csv, several) => Err(Failure::Usage(format!(
            "--format csv is of one workload, one plan and one kind of machine, and these \
             records are of {}: {}; name the records of one, or choose with --workload",
            several.len(),
            kinds(several)
        ))),
    }
}

fn kinds(histories: &[History]) -> String {
    let kind = |history: &History| {
        let History {
            workload,
            plan,
            machine,
            ..
        } = history;
        format!("`{workload}` ({plan}; {machine})")
    };
    histories.iter().map(kind).collect::<Vec<_>>().join(", ")
}

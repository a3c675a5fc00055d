//! What commands say of what they did: counts that agree with their nouns,
//! files that were written, and help that names what a command takes.

use crate::common::binary::{SMOKE, output, succeed, text};

/// Where a text counts one of something in the plural.
fn disagrees(text: &str) -> Option<String> {
    text.lines().find_map(disagrees_in)
}

fn disagrees_in(line: &str) -> Option<String> {
    let words: Vec<&str> = line.split_whitespace().collect();
    let plurals = [
        "events",
        "reads",
        "threads",
        "rounds",
        "trials",
        "members",
        "contents",
        "engines",
        "snapshots",
        "groups",
        "samples",
        "entries",
        "warnings",
        "calls",
        "processors",
        "turns",
    ];
    words
        .windows(3)
        // flags of a command that is shown are no nouns
        .filter(|at| ["1", "(1"].contains(&at[0]) && !at[1].starts_with("--"))
        .find(|at| {
            at[1..].iter().any(|word| {
                let word = word.trim_matches(|c: char| !c.is_alphanumeric());
                plurals.contains(&word)
            })
        })
        .map(|at| at.join(" "))
}

#[test]
fn one_of_anything_is_no_plural() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name).display().to_string();
    let (record, log) = (path("r.json"), path("log.csv"));
    let one = ["--events", "1", "--threads", "1", "--batch", "1"];
    let small = ["--rounds", "1", "--warmup-rounds", "0", "--verbose"];
    let run = [&["run", SMOKE, "--out", &record][..], &one, &small].concat();
    std::fs::write(&log, "a,b,t\n1,2,3\n1,2\n").unwrap();
    let trace = ["--map", "actor=a,recipient=b,at=t", "--skip-bad"];
    let kind = ["--kind", "member_follow"];
    let csv = path("one.csv");
    let commands: [Vec<&str>; 9] = [
        run,
        vec!["report", &record],
        vec!["report", &record, "--format", "markdown"],
        vec!["report", &record, "--format", "github-action-benchmark"],
        vec!["verify", SMOKE, "--events", "1", "--threads", "1"],
        vec!["generate", SMOKE, "--events", "1", "--out", &csv],
        vec!["describe", SMOKE, "--events", "1"],
        [&["describe", &log][..], &trace, &kind].concat(),
        [
            &["run", "--no-save", "--trace", &log][..],
            &trace,
            &kind,
            &small,
        ]
        .concat(),
    ];
    for words in &commands {
        let given = succeed(words);
        for said in [text(&given.stdout), text(&given.stderr)] {
            assert_eq!(disagrees(&said), None, "{words:?}: {said}");
        }
    }
}

#[test]
fn files_that_are_written_are_told_on_stderr_unless_quiet() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name).display().to_string();
    let (csv, toml, pages) = (path("s.csv"), path("w.toml"), path("man1"));
    let commands = [
        (
            vec!["generate", SMOKE, "--events", "3k", "--out", &csv],
            format!("wrote {csv}: 3,000 events\n"),
        ),
        (vec!["fit", &csv, "--out", &toml], format!("wrote {toml}\n")),
        (vec!["man", "--out", &pages], format!(" pages to {pages}\n")),
    ];
    for (words, told) in &commands {
        let given = succeed(words);
        let said = text(&given.stderr);
        assert!(said.contains("wrote ") && said.contains(told), "{said}");
        assert_eq!(text(&given.stdout), "");
        let quiet = succeed(&[&words[..], &["--quiet"]].concat());
        assert!(!text(&quiet.stderr).contains("wrote "), "{words:?}");
    }
    // as many as are there
    let there = std::fs::read_dir(&pages).unwrap().count();
    let said = text(&succeed(&commands[2].0).stderr);
    assert_eq!(said, format!("wrote {there} pages to {pages}\n"));
    // stdout is the file: nothing is written elsewhere
    let given = succeed(&["generate", SMOKE, "--events", "10", "--out", "-"]);
    assert_eq!(text(&given.stderr), "");
}

/// The formats that the help of a command names.
fn formats(command: &str) -> Vec<String> {
    let help = text(&succeed(&[command, "--help"]).stdout);
    let (_, after) = help.split_once("--format <").unwrap();
    let (_, values) = after.split_once("Possible values:").unwrap();
    let values = values.lines().map(str::trim);
    // a line that has no mark goes on with the one before it
    let values = values.take_while(|line| !line.starts_with("[default"));
    let listed = values.filter_map(|line| line.strip_prefix("- "));
    listed
        .map(|line| line.split(':').next().unwrap().to_owned())
        .collect()
}

#[test]
fn help_names_the_formats_that_a_command_accepts_and_no_others() {
    let of_run = [
        "terminal",
        "json",
        "csv",
        "markdown",
        "github-action-benchmark",
        "bencher",
    ];
    let of_report = [&of_run[..], &["hlog", "hgrm"]].concat();
    let text_only = &of_run[..2];
    for (command, expected) in [
        ("run", &of_run[..]),
        ("rerun", &of_run),
        ("report", &of_report),
        ("sweep", text_only),
        ("adversary", text_only),
        ("capacity", text_only),
    ] {
        assert_eq!(formats(command), expected, "{command}");
    }
    for words in [
        ["sweep", "--format", "csv"],
        ["adversary", "--format", "csv"],
        ["run", "--format", "hlog"],
    ] {
        let refused = output(&words);
        assert_eq!(refused.status.code(), Some(2), "{words:?}");
        let said = text(&refused.stderr);
        assert!(said.contains("possible values: terminal, json"), "{said}");
    }
}

#[test]
fn help_names_quiet_and_pages_only_where_they_change_something() {
    let names = |command: &str, flag: &str| {
        let help = text(&succeed(&[command, "--help"]).stdout);
        help.contains(flag)
    };
    for command in [
        "run", "sweep", "compare", "verify", "generate", "fit", "man",
    ] {
        assert!(names(command, "--quiet"), "{command}");
    }
    for command in ["list", "policy", "doctor", "winners", "history", "describe"] {
        assert!(!names(command, "--quiet"), "{command}");
    }
    assert!(names("run", "--html") && !names("adversary", "--html"));
    // a script may give it to all alike
    succeed(&["list", "engines", "-q"]);
    succeed(&["-q", "policy"]);
}

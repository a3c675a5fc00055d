//! `action.yml` itself: its inputs, its steps, and the flags that they use.

use std::collections::BTreeSet;
use std::process::Command;

use super::{is_there, script};
use crate::common::binary::{root, succeed, text};

const STEPS: [&str; 4] = ["build", "compare", "comment", "verdict"];

/// `action.yml` as JSON, by Python's reader of YAML.
fn action() -> Option<serde_json::Value> {
    if !is_there("python3", &["-c", "import yaml"]) {
        return None;
    }
    let program = "import json, sys, yaml; print(json.dumps(yaml.safe_load(open('action.yml'))))";
    let read = Command::new("python3")
        .args(["-c", program])
        .current_dir(root())
        .output()
        .unwrap();
    assert!(read.status.success(), "{}", text(&read.stderr));
    Some(serde_json::from_slice(&read.stdout).unwrap())
}

/// What follows `start` in a text, as far as names go.
fn names_after(start: &str, text: &str) -> BTreeSet<String> {
    let of = |rest: &str| {
        let end = rest.find(|c: char| !c.is_ascii_alphanumeric() && c != '-' && c != '_');
        rest[..end.unwrap_or(rest.len())].to_owned()
    };
    text.split(start).skip(1).map(of).collect()
}

#[test]
fn the_action_is_whole_and_its_commands_hold_no_input() {
    let Some(action) = action() else { return };
    let raw = std::fs::read_to_string(root().join("action.yml")).unwrap();
    let inputs: BTreeSet<String> = action["inputs"]
        .as_object()
        .unwrap()
        .keys()
        .cloned()
        .collect();
    assert_eq!(names_after("inputs.", &raw), inputs, "used, and declared");
    let page = std::fs::read_to_string(root().join("docs/GATING.md")).unwrap();
    for name in inputs
        .iter()
        .chain(action["outputs"].as_object().unwrap().keys())
    {
        assert!(
            page.contains(&format!("`{name}`")),
            "docs/GATING.md: no {name}"
        );
    }
    assert_eq!(action["runs"]["using"], "composite");
    let steps = action["runs"]["steps"].as_array().unwrap();
    assert_eq!(steps.len(), STEPS.len());
    for (step, name) in steps.iter().zip(STEPS) {
        let run = format!("bash \"$GITHUB_ACTION_PATH/.ci/gate/{name}\"");
        assert_eq!(step["run"], run, "a script, and nothing of an input");
        assert_eq!(step["shell"], "bash");
        let given: BTreeSet<String> = step["env"].as_object().unwrap().keys().cloned().collect();
        let text = std::fs::read_to_string(script(name)).unwrap();
        let asked = names_after("$GATE_", &text);
        let asked: BTreeSet<String> = asked.iter().map(|name| format!("GATE_{name}")).collect();
        assert_eq!(asked, given, "{name}: asked for, and given");
        assert_eq!(given.contains("GATE_TOKEN"), name == "comment");
    }
}

#[test]
fn every_flag_of_the_action_is_one_of_the_command() {
    let help = succeed(&["compare", "--help"]).stdout;
    let help = text(&help);
    let script = std::fs::read_to_string(script("compare")).unwrap();
    let flags = script.lines().filter(|line| {
        line.starts_with("flag --") || line.contains("words=(") || line.contains("words+=(--")
    });
    let mut found = 0;
    for word in flags.flat_map(str::split_whitespace) {
        let word = word.trim_start_matches("words+=(");
        let word = word.split(['=', ')']).next().unwrap();
        if word.starts_with("--") && word.len() > 2 {
            found += 1;
            assert!(
                help.contains(&format!("{word} ")) || help.contains(&format!("{word}\n")),
                "{word}"
            );
        }
    }
    assert_eq!(found, 11, "flags of the script");
}

//! The step that comments on the pull request: one comment, replaced by later
//! runs, and a token that is on no command line.

use std::process::Command;

use super::{Step, changed, is_there};
use crate::common::binary::text;

/// A server of comments: `curl` first in the path, which keeps what it was asked.
fn with_server(step: &mut Step, script: &str) {
    let folder = step.folder.path().join("bin");
    std::fs::create_dir(&folder).unwrap();
    let curl = folder.join("curl");
    let log = step.folder.path().join("asked");
    let said = step.folder.path().join("said");
    let text = format!(
        "#!/bin/sh\necho \"$@\" >> '{}'\ncat >> '{}'\n{script}\n",
        log.display(),
        said.display()
    );
    // another process writes it: see `Prepared::build`
    let written = Command::new("/bin/sh")
        .args(["-c", "printf '%s' \"$1\" > \"$0\" && chmod 755 \"$0\""])
        .arg(&curl)
        .arg(text)
        .status();
    assert!(written.unwrap().success());
    let path = std::env::var("PATH").unwrap();
    step.command
        .env("PATH", format!("{}:{path}", folder.display()));
}

const MARK: &str = "<!-- notibench gate: small -->";

/// The settings of the step, with a report in the folder.
fn settings(report: &str) -> [(&str, &str); 5] {
    std::fs::write(report, format!("{MARK}\n### \"quoted\"\n")).unwrap();
    [
        ("GATE_TOKEN", "the-token"),
        ("GATE_NUMBER", "12"),
        ("GATE_REPORT", report),
        ("GITHUB_REPOSITORY", "owner/name"),
        ("GITHUB_API_URL", "https://api.example"),
    ]
}

fn has_programs() -> bool {
    is_there("jq", &["--version"]) && is_there("curl", &["--version"])
}

#[test]
fn one_comment_is_written_and_then_replaced() {
    if !has_programs() {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let report = folder.path().join("report.md");
    let settings = settings(report.to_str().unwrap());
    let comment = |id: u64, kind: &str, body: &str| {
        format!(
            "{{\"id\":{id},\"user\":{{\"type\":\"{kind}\"}},\"author_association\":\"NONE\",\
             \"body\":\"{body}\"}}"
        )
    };
    let strange = comment(1, "User", MARK);
    let other = comment(2, "Bot", "<!-- notibench gate: large -->");
    let ours = comment(3, "Bot", &format!("{MARK}\\nold"));
    for (list, method, path) in [
        (String::new(), "POST", "12/comments"),
        (format!("{strange},{other}"), "POST", "12/comments"),
        (format!("{strange},{other},{ours}"), "PATCH", "comments/3"),
    ] {
        let mut step = Step::new("comment", &settings);
        std::fs::write(step.folder.path().join("list"), format!("[{list}]")).unwrap();
        with_server(
            &mut step,
            "case \"$*\" in *GET*) cat \"$RUNNER_TEMP/list\" ;; *) cat \"$RUNNER_TEMP\"/*/body > \
             \"$RUNNER_TEMP/sent\" ;; esac",
        );
        let done = step.run();
        assert!(done.status.success() && done.stderr.is_empty());
        let asked = step.file("asked");
        let last = asked.lines().last().unwrap();
        let url = format!("https://api.example/repos/owner/name/issues/{path}");
        assert!(last.contains(&format!("--request {method} ")), "{last}");
        assert!(last.ends_with(&url), "{last}");
        let sent: serde_json::Value = serde_json::from_str(&step.file("sent")).unwrap();
        assert_eq!(sent["body"], format!("{MARK}\n### \"quoted\"\n"));
        // the token is on no command line
        assert!(!asked.contains("the-token") && step.file("said").contains("the-token"));
    }
}

#[test]
fn a_comment_that_cannot_be_written_changes_no_verdict() {
    if !has_programs() {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let report = folder.path().join("report.md");
    let settings = settings(report.to_str().unwrap());
    for (server, number, words) in [
        // a token that only reads, as that of a fork
        (
            "case \"$*\" in *GET*) echo '[]' ;; *) exit 22 ;; esac",
            "12",
            "cannot write a comment",
        ),
        ("exit 22", "12", "cannot read the comments"),
        ("echo a proxy in between", "12", "no list of comments"),
        ("exit 22", "12/../3", "no number of a pull request"),
    ] {
        let mut step = Step::new("comment", &changed(&settings, "GATE_NUMBER", number));
        with_server(&mut step, server);
        let done = step.run();
        assert!(done.status.success(), "{words}");
        let said = text(&done.stderr);
        assert!(
            said.contains("::warning title=notibench gate::") && said.contains(words),
            "{said}"
        );
    }
}

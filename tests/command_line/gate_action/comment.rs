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

#[test]
fn one_comment_is_written_and_then_replaced() {
    if !is_there("jq", &["--version"]) || !is_there("curl", &["--version"]) {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let report = folder.path().join("report.md");
    std::fs::write(&report, "<!-- notibench gate: small -->\n### \"quoted\"\n").unwrap();
    let report = report.to_str().unwrap();
    let settings = [
        ("GATE_TOKEN", "the-token"),
        ("GATE_NUMBER", "12"),
        ("GATE_REPORT", report),
        ("GITHUB_REPOSITORY", "somebody/something"),
        ("GITHUB_API_URL", "https://api.example"),
    ];
    let comment = |id: u64, kind: &str, of: &str, body: &str| {
        format!(
            "{{\"id\":{id},\"user\":{{\"type\":\"{kind}\"}},\"author_association\":\"{of}\",\
             \"body\":\"{body}\"}}"
        )
    };
    let mark = "<!-- notibench gate: small -->";
    let strange = comment(1, "User", "NONE", mark);
    let other = comment(2, "Bot", "NONE", "<!-- notibench gate: large -->");
    let ours = comment(3, "Bot", "NONE", &format!("{mark}\\nold"));
    let base = "https://api.example/repos/somebody/something/issues";
    for (comments, asked) in [
        (
            vec![],
            format!("POST --data-binary @BODY {base}/12/comments"),
        ),
        (
            vec![&strange, &other],
            format!("POST --data-binary @BODY {base}/12/comments"),
        ),
        (
            vec![&strange, &other, &ours],
            format!("PATCH --data-binary @BODY {base}/comments/3"),
        ),
    ] {
        let list = comments.iter().map(|c| c.as_str()).collect::<Vec<_>>();
        let list = format!("[{}]", list.join(","));
        let mut step = Step::new("comment", &settings);
        std::fs::write(step.folder.path().join("list"), list).unwrap();
        with_server(
            &mut step,
            "case \"$*\" in *GET*) cat \"$RUNNER_TEMP/list\" ;; esac",
        );
        let done = step.run();
        assert!(done.status.success() && text(&done.stderr).is_empty());
        let log = step.file("asked");
        let (method, rest) = asked.split_once(" @BODY ").unwrap();
        let last = log.lines().last().unwrap();
        assert!(last.contains(method) && last.ends_with(rest), "{last}");
        // the token is on no command line
        assert!(!log.contains("the-token") && step.file("said").contains("the-token"));
    }
    // a token that only reads, or a number that is none, changes no verdict
    let mut step = Step::new("comment", &settings);
    with_server(
        &mut step,
        "case \"$*\" in *GET*) echo '[]' ;; *) exit 22 ;; esac",
    );
    let done = step.run();
    assert!(done.status.success());
    assert!(text(&done.stderr).starts_with("::warning title=notibench gate::cannot write"));
    let mut step = Step::new("comment", &settings);
    with_server(&mut step, "echo a proxy in between");
    let done = step.run();
    assert!(done.status.success());
    assert!(text(&done.stderr).contains("no list of comments"));
    let done = Step::new("comment", &changed(&settings, "GATE_NUMBER", "12/../3")).run();
    assert!(done.status.success() && text(&done.stderr).contains("no number"));
}

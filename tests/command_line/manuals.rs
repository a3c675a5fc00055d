//! Completions and manual pages: made from the flags, for every command.

use crate::common::binary::{output, succeed, text};

#[test]
fn completions_of_every_shell_name_commands_and_flags() {
    for shell in ["bash", "elvish", "fish", "powershell", "zsh"] {
        let script = text(&succeed(&["completions", shell]).stdout);
        for word in ["selftest", "warmup-rounds", "fail-slower"] {
            assert!(script.contains(word), "{word} in {shell}");
        }
    }
    let refused = output(&["completions", "tcsh"]);
    assert_eq!(refused.status.code(), Some(2));
}

#[test]
fn bash_takes_the_completions() {
    let folder = tempfile::tempdir().unwrap();
    let script = folder.path().join("notibench.bash");
    std::fs::write(&script, succeed(&["completions", "bash"]).stdout).unwrap();
    let asked = "source \"$1\"; COMP_WORDS=(notibench se); COMP_CWORD=1; \
                 _notibench notibench se notibench; echo \"${COMPREPLY[@]}\"";
    let bash = std::process::Command::new("bash")
        .args(["-c", asked, "bash"])
        .arg(&script)
        .output();
    let Ok(bash) = bash else {
        eprintln!("skipped: no bash on the PATH");
        return;
    };
    assert_eq!(
        text(&bash.stdout).trim(),
        "selftest",
        "{}",
        text(&bash.stderr)
    );
}

#[test]
fn every_command_has_a_page() {
    let whole = text(&succeed(&["man"]).stdout);
    assert!(whole.contains(".TH notibench 1"), "{whole}");
    let folder = tempfile::tempdir().unwrap();
    let pages = folder.path().join("man1");
    succeed(&["man", "--out", pages.to_str().unwrap()]);
    let page = |name: &str| std::fs::read_to_string(pages.join(name)).unwrap();
    assert_eq!(page("notibench.1"), whole);
    let help = text(&succeed(&["--help"]).stdout);
    let commands = help.lines().skip_while(|line| *line != "Commands:").skip(1);
    let commands: Vec<&str> = commands
        .take_while(|line| !line.is_empty())
        .filter(|line| line.starts_with("  ") && !line.starts_with("   "))
        .filter_map(|line| line.split_whitespace().next())
        .collect();
    assert!(commands.len() > 10, "{commands:?}");
    for command in commands {
        let page = page(&format!("notibench-{command}.1"));
        assert!(
            page.contains(&format!(".TH notibench-{command} 1")),
            "{page}"
        );
    }
    assert!(page("notibench-run.1").contains("warmup"));
    let file = pages.join("notibench.1");
    let refused = output(&["man", "--out", file.to_str().unwrap()]);
    assert_eq!(refused.status.code(), Some(1));
}

//! `run --live` on a terminal and without one: what it takes it gives back,
//! at its end, on Ctrl-C and on a panic.

mod common;

use common::binary::{SMOKE, text};

/// A short run.
const RUN: [&str; 12] = [
    "run",
    SMOKE,
    "--live",
    "--engine",
    "dashmap",
    "--events",
    "50k",
    "--rounds",
    "2",
    "--threads",
    "2",
    "--no-save",
];

#[cfg(not(feature = "live"))]
#[test]
fn a_build_without_the_screen_says_how_to_get_one() {
    use common::binary::output;
    let refused = output(&RUN);
    assert_eq!(refused.status.code(), Some(2));
    let said = text(&refused.stderr);
    assert!(said.contains("--features live"), "{said}");
    assert!(refused.stdout.is_empty());
    let both = output(&[&RUN[..], &["--processes", "2"]].concat());
    assert_eq!(both.status.code(), Some(2));
}

#[cfg(feature = "live")]
mod with_the_screen {
    use std::ffi::OsStr;
    use std::path::Path;
    use std::process::Command;

    use super::*;
    use common::binary::{example, notibench, succeed};

    const ENTER: &str = "\u{1b}[?1049h";
    const LEAVE: &str = "\u{1b}[?1049l";

    /// Exit code and what the terminal was sent; none where there is no Python.
    fn on_a_terminal(how: &str, command: &Command) -> Option<(i64, String)> {
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/independent/terminal.py");
        let words = std::iter::once(command.get_program()).chain(command.get_args());
        let run = Command::new("python3")
            .arg(script)
            .arg(how)
            .args(words.collect::<Vec<&OsStr>>())
            .current_dir(common::binary::root())
            .output();
        let Ok(run) = run else {
            assert!(std::env::var_os("CI").is_none(), "no python3 on the PATH");
            eprintln!("skipped: no python3 on the PATH");
            return None;
        };
        assert!(run.status.success(), "{}", text(&run.stderr));
        let found: serde_json::Value = serde_json::from_slice(&run.stdout).unwrap();
        assert_eq!(found["same"], true, "the terminal's modes are another's");
        let seen = found["seen"].as_str().unwrap().to_owned();
        Some((found["code"].as_i64().unwrap(), seen))
    }

    /// What came after the screen was given back, once.
    #[track_caller]
    fn after_the_screen(seen: &str) -> &str {
        assert_eq!(seen.matches(ENTER).count(), 1, "{seen:?}");
        let (before, after) = seen.split_once(LEAVE).expect("it was never given back");
        assert!(before.contains(ENTER) && !after.contains(ENTER), "{seen:?}");
        // and its cursor
        assert!(after.contains("\u{1b}[?25h"), "{after:?}");
        after
    }

    #[test]
    fn a_run_shows_a_screen_and_gives_the_terminal_back() {
        let mut run = notibench();
        run.args(RUN);
        let Some((code, seen)) = on_a_terminal("wait", &run) else {
            return;
        };
        assert_eq!(code, 0, "{seen}");
        after_the_screen(&seen);
        // words apart: the spaces between them are moves of the cursor
        for words in ["dashmap", "events/s", "overall:"] {
            assert!(seen.contains(words), "{words} in {seen:?}");
        }
    }

    #[test]
    fn a_trial_is_seen_while_it_runs() {
        let mut run = notibench();
        run.args(["run", SMOKE, "--live", "--engine", "dashmap", "--no-save"])
            .args(["--rounds", "1", "--warmup-rounds", "0", "--threads", "1"])
            .args(["--rate", "50k/s", "--duration", "2s"]);
        let Some((code, seen)) = on_a_terminal("wait", &run) else {
            return;
        };
        assert_eq!(code, 0, "{seen}");
        for words in ["so far", "completed:", "last interval"] {
            assert!(seen.contains(words), "{words} in {seen:?}");
        }
    }

    #[test]
    fn an_interruption_gives_it_back_before_it_says_so() {
        let mut long = notibench();
        long.args([
            "run", SMOKE, "--live", "--engine", "dashmap", "--events", "50k",
        ])
        .args(["--rounds", "9999", "--no-save"]);
        let Some((code, seen)) = on_a_terminal("interrupt", &long) else {
            return;
        };
        assert_eq!(code, 130, "{seen}");
        let after = after_the_screen(&seen);
        assert!(
            after.contains("interrupted: ending in good order"),
            "{after}"
        );
    }

    #[test]
    fn a_panic_gives_it_back_before_its_message() {
        let mut run = example("panicking_engine");
        run.args(["run", SMOKE, "--live", "--engine", "panics", "--no-save"]);
        let Some((code, seen)) = on_a_terminal("wait", &run) else {
            return;
        };
        assert_eq!(code, 1, "{seen}");
        let after = after_the_screen(&seen);
        assert!(after.contains("panicked"), "{after}");
    }

    #[test]
    fn without_a_terminal_it_says_so_and_goes_on() {
        let run = succeed(&RUN);
        let said = text(&run.stderr);
        assert!(said.contains("--live needs a terminal"), "{said}");
        assert!(!said.contains(ENTER));
        assert!(text(&run.stdout).contains("dashmap"));
    }
}

//! Bad command lines: each is refused with advice of its own, on stderr, with
//! exit code 1 or 2, and nothing on stdout.

use std::path::Path;

use super::common::binary::{SMOKE, output, succeed, text};

/// A run so small that a mistake found late costs nothing.
const SMALL: &str = "--events 2k --rounds 1 --warmup-rounds 0 --engine dashmap";

/// The command lines, the codes and the advice.
const MISTAKES: &str = include_str!("mistakes.txt");

/// The lines of one section of the list.
fn section(name: &str) -> impl Iterator<Item = &'static str> {
    let start = format!("[{name}]");
    let lines = MISTAKES
        .lines()
        .skip_while(move |line| *line != start)
        .skip(1);
    lines.take_while(|line| !line.is_empty())
}

/// Files that the mistakes name.
fn prepare(folder: &Path) {
    let write = |name: &str, bytes: &[u8]| std::fs::write(folder.join(name), bytes).unwrap();
    write("bad.toml", b"events = \"ten\"\n");
    write("garbage.json", b"hello\n");
    write("bytes.json", b"\xff\xfe\x00\x01");
    let path = folder.join("right.json");
    let words = format!("run {SMOKE} {SMALL} --out");
    let mut words: Vec<&str> = words.split(' ').collect();
    words.push(path.to_str().unwrap());
    succeed(&words);
    let right = std::fs::read_to_string(&path).unwrap();
    write("truncated.json", &right.as_bytes()[..right.len() / 2]);
    for (name, from, to) in [
        ("other.json", "notibench-record/1", "notibench-record/99"),
        (
            "field.json",
            "\"complete\":",
            "\"frobnicate\": 1, \"complete\":",
        ),
        ("threads.json", "\"threads\": ", "\"threads\": 0"),
        ("batch.json", "\"batch\": ", "\"batch\": 0"),
        ("events.json", "\"events\": 2000", "\"events\": 20000000000"),
        (
            "engine.json",
            "\"engine\": \"dashmap\"",
            "\"engine\": \"dashmop\"",
        ),
        (
            "baseline.json",
            "\"baseline\": \"dashmap\"",
            "\"baseline\": \"partitioned\"",
        ),
        ("workload.json", "recipient_exponent", "recipient_exponnt"),
    ] {
        // a number keeps its own digits behind the zero otherwise
        let wrong = match from.strip_suffix(' ') {
            Some(_) => replace_number(&right, from, to),
            None if name == "engine.json" => replace_in_engines(&right, from, to),
            None => right.replacen(from, to, 1),
        };
        assert_ne!(wrong, right, "{name}");
        write(name, wrong.as_bytes());
    }
}

fn replace_number(text: &str, from: &str, to: &str) -> String {
    let at = text.find(from).unwrap();
    let rest = text[at + from.len()..].trim_start_matches(|c: char| c.is_ascii_digit());
    format!("{}{to}{rest}", &text[..at])
}

/// Within the list of engines alone; a trial's `engine` is another thing.
fn replace_in_engines(text: &str, from: &str, to: &str) -> String {
    let at = text.find("\"engines\":").unwrap();
    format!("{}{}", &text[..at], text[at..].replacen(from, to, 1))
}

fn assert_refused(name: &str, folder: &Path) {
    let mut seen = 0;
    for mistake in section(name) {
        seen += 1;
        let mut parts = mistake.split(" :: ");
        let code: i32 = parts
            .next()
            .and_then(|code| code.parse().ok())
            .expect(mistake);
        let line = parts
            .next()
            .expect(mistake)
            .replace("{small}", &format!("{SMOKE} {SMALL}"))
            .replace("{smoke}", SMOKE)
            .replace("{dir}", folder.to_str().unwrap());
        let words: Vec<&str> = line.split_whitespace().collect();
        let output = output(&words);
        let said = text(&output.stderr);
        assert_eq!(output.status.code(), Some(code), "`{line}`: {said}");
        for advice in parts {
            assert!(
                said.contains(advice),
                "`{line}` should say {advice:?}: {said}"
            );
        }
        assert!(
            output.stdout.is_empty(),
            "`{line}`: {}",
            text(&output.stdout)
        );
        assert!(
            !said.contains("panicked") && !said.contains('\x1b'),
            "`{line}`: {said}"
        );
        // no name that the user never gave
        assert!(!said.contains(".notibench-"), "`{line}`: {said}");
    }
    assert!(seen >= 5, "only {seen} mistakes of {name}");
}

#[test]
fn wrong_words_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    assert_refused("usage", folder.path());
    assert_refused("engines", folder.path());
    assert_refused("numbers", folder.path());
    assert_refused("sweep", folder.path());
    assert_eq!(
        std::fs::read_dir(folder.path()).unwrap().count(),
        0,
        "something was written"
    );
}

#[test]
fn wrong_files_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    prepare(folder.path());
    let files = || std::fs::read_dir(folder.path()).unwrap().count();
    let before = files();
    assert_refused("files", folder.path());
    assert_refused("records", folder.path());
    assert_eq!(files(), before, "something was written");
}

//! Files that can't be read.

use std::path::Path;

use notibench_workload::Workload;

use super::RIGHT;

fn not_loaded(path: &Path) -> String {
    Workload::load(path).expect_err("must not load").to_string()
}

#[test]
fn files_that_cannot_be_read_are_named_with_the_remedy() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let file = |name: &str, bytes: &[u8]| {
        let path = folder.path().join(name);
        std::fs::write(&path, bytes).expect("written");
        path
    };
    let right = file("steady_day.toml", RIGHT.as_bytes());
    let (workload, text) = Workload::load(&right).unwrap_or_else(|error| panic!("{error}"));
    assert_eq!(
        (workload.name.as_str(), text.as_str()),
        ("steady_day", RIGHT)
    );

    let huge = file("huge.toml", &vec![b'#'; (1 << 20) + 1]);
    let largest = file("largest.toml", &vec![b'#'; 1 << 20]);
    let binary = file("binary.toml", b"seed = 1\nabout = \"\xff\xfe\"");
    let empty = file("empty.toml", b"");
    let missing = folder.path().join("steady_dya.toml");
    let stranger = folder.path().join("zebra_crossing.toml");
    for (path, parts) in [
        (
            folder.path(),
            &["is a folder", "help: name one of the .toml files"][..],
        ),
        (huge.as_path(), &["larger than 1 MiB", "right file?"]),
        (&largest, &["the workload is empty"]),
        (
            &binary,
            &[
                "not UTF-8",
                "byte 0xff",
                ":2:10\n",
                "^",
                "save the file as UTF-8",
            ],
        ),
        (&empty, &["the workload is empty", ":1:1\n"]),
        (
            &missing,
            &[
                "there is no workload file",
                "did you mean `",
                "steady_day.toml`?",
                "notibench list workloads",
            ],
        ),
        (
            &stranger,
            &[
                "there is no workload file",
                "help: `notibench list workloads`",
            ],
        ),
        (
            &right.join("below"),
            &["can't read the workload file", "path and permissions"],
        ),
    ] {
        let message = not_loaded(path);
        assert!(message.contains(&*path.to_string_lossy()), "{message}");
        for part in parts {
            assert!(
                message.contains(part),
                "{path:?}: no {part:?} in\n{message}"
            );
        }
    }
}

#[test]
fn a_name_without_its_folder_or_ending_finds_the_file() {
    for wrong in [
        "steady_weak",
        "steady_weak.toml",
        "elsewhere/steady_week.toml",
    ] {
        let message = not_loaded(Path::new(wrong));
        assert!(
            message.contains("did you mean `workloads/steady_week.toml`?"),
            "{message}"
        );
    }
}

#[test]
fn large_rubbish_is_answered() {
    let keys: String = (0..90_000).map(|at| format!("k{at} = 1\n")).collect();
    let line = format!("about = \"{}\" x", "é ".repeat(300_000));
    let key = format!("{} = 1", "k".repeat(1 << 20));
    let deep = format!("mix = {}", "[".repeat(1 << 20));
    for text in [keys, line, key, deep] {
        let message = Workload::parse("large.toml", &text)
            .expect_err("rubbish")
            .to_string();
        assert!(
            message.contains("large.toml:1:") && message.len() < 20_000,
            "{}",
            message.len()
        );
    }
}

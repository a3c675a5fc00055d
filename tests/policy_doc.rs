//! The policy has three forms: the function, the table that the command
//! prints, and the table in docs/POLICY.md. They must not come apart.

use std::path::Path;
use std::process::Command;

use notibench_core::policy::{TableRow, table};

/// One row in words: kind, `undo` or nothing, content, disposition, change.
fn cells(row: &TableRow) -> [String; 5] {
    [
        row.kind.name(),
        if row.undo { "undo" } else { "" },
        if row.kind.has_content() { "yes" } else { "-" },
        row.effect.disposition.name(),
        row.what_changes(),
    ]
    .map(str::to_owned)
}

/// The rows of the first table in a Markdown text, its header left out,
/// without the marks of code.
fn rows_of(markdown: &str) -> Vec<Vec<String>> {
    markdown
        .lines()
        .skip_while(|line| !line.starts_with('|'))
        .take_while(|line| line.starts_with('|'))
        .skip(2)
        .map(|line| {
            let cells = line.trim().trim_matches('|').split('|');
            cells.map(|cell| cell.trim().replace('`', "")).collect()
        })
        .collect()
}

#[test]
fn the_page_is_the_function_row_by_row() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/POLICY.md");
    let rows = rows_of(&std::fs::read_to_string(path).unwrap());
    let expected = table();
    assert_eq!(rows.len(), expected.len(), "rows in docs/POLICY.md");
    for (row, expected) in rows.iter().zip(&expected) {
        assert_eq!(row.as_slice(), cells(expected), "a row of docs/POLICY.md");
    }
}

#[test]
fn the_command_prints_the_function_row_by_row() {
    let output = Command::new(env!("CARGO_BIN_EXE_notibench"))
        .arg("policy")
        .output()
        .unwrap();
    assert!(output.status.success());
    let printed = String::from_utf8(output.stdout).unwrap();
    let words = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
    let lines: Vec<String> = printed
        .lines()
        .skip(1)
        .take_while(|line| !line.trim().is_empty())
        .map(words)
        .collect();
    let expected: Vec<String> = table()
        .iter()
        .map(|row| words(&cells(row).join(" ")))
        .collect();
    assert_eq!(lines, expected);
    assert!(printed.contains("actor is its recipient is discarded"));
}

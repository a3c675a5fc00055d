//! Whatever a file holds, there is an answer and no panic.

use notibench_workload::Workload;
use proptest::prelude::*;

use super::{FILE, RIGHT};

/// Whatever the text, there is an answer; and a refusal is a full message.
fn answered(text: &str) -> Result<(), TestCaseError> {
    let Err(error) = Workload::parse(FILE, text) else {
        return Ok(());
    };
    let message = error.to_string();
    prop_assert!(
        message.contains("help: ") && message.contains('^'),
        "{}",
        message
    );
    let (line, column) = error.place().expect("a place");
    prop_assert!(
        message.contains(&format!("--> {FILE}:{line}:{column}\n")),
        "{}",
        message
    );
    prop_assert!(!message.contains('\u{1b}'), "{:?}", message);
    prop_assert!(!error.render(true).is_empty());
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(1000) })]

    #[test]
    fn any_text_is_answered(text in "\\PC*") {
        answered(&text)?;
    }

    #[test]
    fn any_characters_are_answered(chars in prop::collection::vec(any::<char>(), 0..60)) {
        answered(&chars.into_iter().collect::<String>())?;
    }

    #[test]
    fn any_assignments_are_answered(
        lines in prop::collection::vec(
            ("(seed|span|events|mix|time|reads|\\[mix\\]|\\[time\\]|a\\.b)", "[-0-9.\"'\\[\\]{}=,a-z\r\té \u{0}]{0,12}"),
            0..8,
        )
    ) {
        let text: String = lines.iter().map(|(key, value)| format!("{key} = {value}\n")).collect();
        answered(&text)?;
    }

    #[test]
    fn a_spoilt_file_is_answered(
        at in 0..RIGHT.len(),
        cut in 0_usize..40,
        put in "[-0-9.\"'\\[\\]{}=,a-z_\n\r\té🦀\u{0}\u{1b}]{0,10}",
    ) {
        let end = (at + cut).min(RIGHT.len());
        answered(&format!("{}{put}{}", &RIGHT[..at], &RIGHT[end..]))?;
    }

    #[test]
    fn two_lines_swapped_or_doubled_are_answered(from in 0_usize..39, to in 0_usize..39) {
        let mut lines: Vec<&str> = RIGHT.lines().collect();
        lines.insert(to, lines[from]);
        answered(&lines.join("\n"))?;
        lines.remove(from);
        answered(&lines.join("\n"))?;
    }
}

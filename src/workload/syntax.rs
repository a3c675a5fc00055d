//! TOML's own errors, with advice. Imports its sibling `error`.

use std::ops::Range;

use super::error::Fault;

/// The remedy by a part of TOML's message.
const ADVICE: [(&str, &str); 9] = [
    (
        "string values must be quoted",
        "put text and durations in quotes: span = \"7d\"",
    ),
    (
        "duplicate key",
        "keep one of the two; a table is opened by [name] once",
    ),
    (
        "key with no value",
        "write key = value, or [name] to open a table",
    ),
    (
        "invalid basic string",
        "close the text with a second quote on the same line",
    ),
    (
        "invalid literal string",
        "close the text with a second quote on the same line",
    ),
    ("unclosed array", "close the array with ]"),
    ("unclosed inline table", "close the table with }"),
    (
        "unclosed table",
        "close the table's name with ]: [population]",
    ),
    ("leading zero", "write the number without leading zeros"),
];

/// TOML's error as a fault of ours.
pub(super) fn syntax_fault(error: &toml::de::Error, text: &str) -> Fault {
    let (title, expected) = match error.message().split_once(", expected ") {
        Some((title, "nothing")) => (title, None),
        Some((title, expected)) => (title, Some(format!("expected {expected}"))),
        None => (error.message(), None),
    };
    let advice = ADVICE.iter().find(|(part, _)| title.contains(part));
    let help = advice.map_or("the file must be TOML: https://toml.io", |&(_, help)| help);
    Fault {
        span: Some(visible(error.span().unwrap_or(0..0), text)),
        title: format!("syntax: {title}"),
        label: expected.unwrap_or_default(),
        help: help.to_owned(),
        note: String::new(),
    }
}

/// An empty span widened to the character there, where there is one on the
/// line, so that the caret stands under something.
fn visible(span: Range<usize>, text: &str) -> Range<usize> {
    let rest = text.get(span.start..).unwrap_or("");
    match rest.chars().next() {
        Some(next) if span.is_empty() && next != '\n' && next != '\r' => {
            span.start..span.start + next.len_utf8()
        }
        _ => span,
    }
}

//! TOML's own errors, with advice.

use std::ops::Range;

use super::error::Fault;

/// The remedy by a part of TOML's message.
const ADVICE: [(&str, &str); 11] = [
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
        "invalid multi-line",
        "close the text with the three quotes that opened it",
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
    ("inline table element", "close the table before this with }"),
    (
        "unclosed table",
        "close the table's name with ]: [population]",
    ),
    ("leading zero", "write the number without leading zeros"),
];

/// TOML's error as a fault of ours.
pub(super) fn syntax_fault(error: &toml::de::Error, text: &str) -> Fault {
    let span = error.span().unwrap_or(0..0);
    if span.is_empty() && error.message().starts_with("string values must be quoted") {
        return fault(span, text, "no value after `=`", None, "write key = value");
    }
    let (title, expected) = match error.message().split_once(", expected ") {
        Some((title, "nothing")) => (title, None),
        Some((title, expected)) => (title, Some(format!("expected {expected}"))),
        None => (error.message(), None),
    };
    let advice = ADVICE.iter().find(|(part, _)| title.contains(part));
    let help = advice.map_or("the file must be TOML: https://toml.io", |&(_, help)| help);
    fault(span, text, title, expected, help)
}

fn fault(span: Range<usize>, text: &str, title: &str, label: Option<String>, help: &str) -> Fault {
    Fault {
        span: Some(visible(span, text)),
        title: format!("syntax: {title}"),
        label: label.unwrap_or_default(),
        help: help.to_owned(),
        note: String::new(),
    }
}

/// The span as it can be underlined: one at the text's end moves to the last
/// line with anything on it; an empty one is widened to the character there,
/// where there is one on the line.
fn visible(span: Range<usize>, text: &str) -> Range<usize> {
    let start = span.start.min(text.trim_end().len());
    let end = span.end.max(start);
    let next = text.get(start..).and_then(|rest| rest.chars().next());
    match next {
        Some(next) if start >= end && next != '\n' && next != '\r' => {
            start..start + next.len_utf8()
        }
        _ => start..end,
    }
}

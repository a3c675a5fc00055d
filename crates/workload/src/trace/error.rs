//! What is wrong with a trace, and where.

use std::{fmt, io};

/// Characters of a file's own words that a message shows at the most.
const SHOWN_CHARS: usize = 40;

/// Why a trace could not be read: where, what, and how to fix it. Names no
/// actor and no recipient, whatever stands in the file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TraceError {
    /// The file, as it was named.
    pub path: String,
    /// Where in it; empty where the whole file is meant.
    pub place: Place,
    /// What is wrong, in what column, and how to fix it.
    pub bad: Bad,
}

/// A place in a trace, counted from 1; 0 where it is not known.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Place {
    /// The file as a whole.
    #[default]
    File,
    /// A line.
    Line(u64),
    /// An item of a collection, or a row of a table without lines.
    Item(u64),
}

/// What is wrong with one entry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bad {
    /// The column or key, where one is to blame.
    pub column: Option<Box<str>>,
    /// What is wrong.
    pub what: String,
    /// What is wrong, without the entry's own values, where `what` has some:
    /// what bad entries are counted by.
    pub reason: Option<&'static str>,
    /// How to fix it.
    pub help: String,
}

impl Bad {
    /// A fault of the whole entry.
    pub(super) fn new(what: impl Into<String>, help: impl Into<String>) -> Self {
        Self {
            column: None,
            what: what.into(),
            reason: None,
            help: help.into(),
        }
    }

    /// The same fault, counted as `reason`.
    pub(super) const fn counted_as(mut self, reason: &'static str) -> Self {
        self.reason = Some(reason);
        self
    }

    /// What entries of this fault are counted by.
    pub(super) fn general(&self) -> String {
        let what = self.reason.unwrap_or(&self.what);
        match &self.column {
            Some(column) => format!("column `{column}`: {what}"),
            None => what.to_owned(),
        }
    }

    /// A fault of one column.
    pub(super) fn of(column: &str, what: impl Into<String>, help: impl Into<String>) -> Self {
        Self {
            column: Some(column.into()),
            ..Self::new(what, help)
        }
    }
}

impl fmt::Display for Bad {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(column) = &self.column {
            write!(f, "column `{column}`: ")?;
        }
        write!(f, "{}: {}", self.what, self.help)
    }
}

impl fmt::Display for TraceError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { path, place, bad } = self;
        match place {
            Place::File => write!(f, "{path}: {bad}"),
            Place::Line(line) => write!(f, "{path}, line {line}: {bad}"),
            Place::Item(item) => write!(f, "{path}, item {item}: {bad}"),
        }
    }
}

impl std::error::Error for TraceError {}

/// A word of a file as a message can show it: control characters escaped,
/// bytes that are no text replaced, cut where it is long.
pub(super) fn shown(word: &[u8]) -> String {
    let cut = &word[..word.len().min(4 * SHOWN_CHARS)];
    let text = String::from_utf8_lossy(cut);
    let mut shown: String = text
        .chars()
        .take(SHOWN_CHARS)
        .flat_map(char::escape_debug)
        .collect();
    if text.chars().nth(SHOWN_CHARS).is_some() {
        shown.push('…');
    }
    shown
}

pub(super) fn cannot_read_on(error: &io::Error) -> Bad {
    Bad::new(format!("cannot read on: {error}"), "copy the file anew")
}

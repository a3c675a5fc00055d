//! What is wrong with a workload file, shown with file, line, column, the
//! offending text underlined, and what would be right.

use notibench_core::unit::quantity::counted;
use std::fmt;
use std::ops::Range;

use annotate_snippets::renderer::{DEFAULT_TERM_WIDTH, Renderer};
use annotate_snippets::{AnnotationKind, Group, Level, Snippet, normalize_untrusted_str};

/// More faults than this are counted, not shown.
const SHOWN_FAULTS: usize = 12;

/// Why a workload could not be read: one fault or several, each with its
/// place where it has one. Its `Display` is the full message of many lines,
/// plain; [`WorkloadError::render`] can colour it.
#[derive(Clone, Debug)]
pub struct WorkloadError {
    /// The file's path, as given.
    file: String,
    /// The file's text; empty where it could not be read.
    text: String,
    /// At least one.
    faults: Vec<Fault>,
}

/// One mistake.
#[derive(Clone, Debug)]
pub(super) struct Fault {
    /// Bytes of the text to underline; none: the file as a whole.
    pub(super) span: Option<Range<usize>>,
    /// What is wrong.
    pub(super) title: String,
    /// What stands beside the carets.
    pub(super) label: String,
    /// What would be right; never empty.
    pub(super) help: String,
    /// More about it, such as the list of what is allowed; may be empty.
    pub(super) note: String,
}

impl WorkloadError {
    /// An error of these faults, in the order of their places.
    pub(super) fn new(file: &str, text: &str, mut faults: Vec<Fault>) -> Self {
        debug_assert!(!faults.is_empty());
        faults.sort_by_key(|fault| fault.span.as_ref().map_or(0, |span| span.start));
        Self {
            file: normalize_untrusted_str(file),
            text: text.to_owned(),
            faults,
        }
    }

    /// An error of the file as a whole, without a place in it.
    pub(super) fn of_file(file: &str, title: String, help: String) -> Self {
        let fault = Fault {
            span: None,
            title,
            label: String::new(),
            help,
            note: String::new(),
        };
        Self::new(file, "", vec![fault])
    }

    /// How many mistakes were found.
    #[must_use]
    pub fn faults(&self) -> usize {
        self.faults.len()
    }

    /// The file's path, as it was given.
    #[must_use]
    pub fn file(&self) -> &str {
        &self.file
    }

    /// Line and column of the first mistake, from 1, the column in
    /// characters; none where the file as a whole is at fault.
    #[must_use]
    pub fn place(&self) -> Option<(usize, usize)> {
        let span = self.faults.first()?.span.as_ref()?;
        let start = on_one_line(&self.text, span).start;
        let line = line_around(&self.text, start);
        Some((
            line_number(&self.text, start),
            self.text[line.start..start].chars().count() + 1,
        ))
    }

    /// The full message, one block a mistake; coloured for a terminal where
    /// `colour` says so. No line break at its end.
    #[must_use]
    pub fn render(&self, colour: bool) -> String {
        let renderer = if colour {
            Renderer::styled()
        } else {
            Renderer::plain()
        };
        let renderer = renderer.term_width(DEFAULT_TERM_WIDTH);
        let shown = self.faults.iter().take(SHOWN_FAULTS);
        let mut blocks: Vec<String> = shown
            .map(|fault| renderer.render(&[self.group(fault)]))
            .collect();
        if self.faults.len() > SHOWN_FAULTS {
            blocks.push(format!(
                "{} in {}",
                counted(self.faults.len() - SHOWN_FAULTS, "more mistake"),
                self.file
            ));
        }
        blocks.join("\n\n")
    }

    fn group<'a>(&'a self, fault: &'a Fault) -> Group<'a> {
        let mut group = Group::with_title(Level::ERROR.primary_title(fault.title.as_str()));
        if let Some(span) = &fault.span {
            let span = on_one_line(&self.text, span);
            let line = line_around(&self.text, span.start);
            let within = span.start - line.start..span.end - line.start;
            let mark = AnnotationKind::Primary.span(within);
            let mark = if fault.label.is_empty() {
                mark
            } else {
                mark.label(fault.label.as_str())
            };
            // the one line alone: the renderer's work grows with its source
            let source = Snippet::source(&self.text[line])
                .line_start(line_number(&self.text, span.start))
                .path(self.file.as_str());
            group = group.element(source.annotation(mark));
        }
        group = group.element(Level::HELP.message(fault.help.as_str()));
        if !fault.note.is_empty() {
            group = group.element(Level::NOTE.message(fault.note.as_str()));
        }
        group
    }
}

impl fmt::Display for WorkloadError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.render(false))
    }
}

impl std::error::Error for WorkloadError {}

/// `span` cut to its first line, on character boundaries of `text`: carets
/// are drawn under one line.
fn on_one_line(text: &str, span: &Range<usize>) -> Range<usize> {
    let on_boundary = |at: usize| {
        (0..=at.min(text.len()))
            .rev()
            .find(|&at| text.is_char_boundary(at))
    };
    let start = on_boundary(span.start).unwrap_or(0);
    let end = on_boundary(span.end).unwrap_or(0).max(start);
    let line = text[start..end]
        .find(['\n', '\r'])
        .map_or(end, |at| start + at);
    start..line
}

/// The line that holds the byte `at`, without its end.
fn line_around(text: &str, at: usize) -> Range<usize> {
    let start = text[..at].rfind('\n').map_or(0, |end| end + 1);
    let end = text[at..]
        .find(['\n', '\r'])
        .map_or(text.len(), |length| at + length);
    start..end
}

/// The number of the line that holds the byte `at`, from 1.
fn line_number(text: &str, at: usize) -> usize {
    text[..at].bytes().filter(|&byte| byte == b'\n').count() + 1
}

/// A word out of a file, as a message can show it: control characters
/// escaped, cut where it is long.
pub(super) fn shown_word(word: &str) -> String {
    const SHOWN_CHARS: usize = 40;
    let mut shown: String = word
        .chars()
        .take(SHOWN_CHARS)
        .flat_map(char::escape_debug)
        .collect();
    if word.chars().nth(SHOWN_CHARS).is_some() {
        shown.push('…');
    }
    shown
}

/// Words joined with commas, in lines of at most about 72 characters.
pub(super) fn wrapped_list(words: &[&str]) -> String {
    let mut shown = String::new();
    let mut width = 0;
    for (at, word) in words.iter().enumerate() {
        if at > 0 {
            shown.push(',');
            shown.push(if width + word.len() > 72 { '\n' } else { ' ' });
            width = if width + word.len() > 72 {
                0
            } else {
                width + 2
            };
        }
        shown.push_str(word);
        width += word.len();
    }
    shown
}

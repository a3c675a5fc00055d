//! How text is drawn: width, colour, wrapping.

use textwrap::{WordSeparator, WordSplitter, WrapAlgorithm};

use notibench_core::unit::terminal::is_coloured;

/// Columns that text has beside its indent, however narrow the terminal is.
const FEWEST_COLUMNS: usize = 20;

/// How text is drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Style {
    /// Whether ANSI colours may be used.
    pub color: bool,
    /// Columns to keep within, where words allow it.
    pub width: usize,
}

/// Columns of the terminal that the standard output is, if it is one.
#[must_use]
pub fn stdout_columns() -> Option<u16> {
    terminal_size::terminal_size_of(std::io::stdout()).map(|(width, _)| width.0)
}

impl Default for Style {
    fn default() -> Self {
        Self {
            color: false,
            width: 100,
        }
    }
}

impl Style {
    /// For the standard output: colours if it is a terminal that takes them
    /// and `NO_COLOR` is unset or empty, and the terminal's width, up to 120
    /// columns.
    #[must_use]
    pub fn for_stdout() -> Self {
        let stdout = std::io::stdout();
        Self {
            color: is_coloured(&stdout),
            width: stdout_columns().map_or(100, |columns| usize::from(columns).clamp(40, 120)),
        }
    }

    pub(crate) fn red(self, text: &str) -> String {
        self.paint("1;31", text)
    }

    pub(crate) fn yellow(self, text: &str) -> String {
        self.paint("33", text)
    }

    pub(crate) fn bold(self, text: &str) -> String {
        self.paint("1", text)
    }

    /// A heading on lines of its own.
    pub(crate) fn heading(self, text: &str) -> String {
        self.bold(wrap("", text, self.width).trim_end()) + "\n"
    }

    fn paint(self, code: &str, text: &str) -> String {
        if !self.color {
            return text.to_owned();
        }
        // line by line, so that a pager keeps the colour
        let painted: Vec<String> = text
            .lines()
            .map(|line| format!("\x1b[{code}m{line}\x1b[0m"))
            .collect();
        painted.join("\n")
    }
}

/// Text of a record without control characters, so that a record from
/// elsewhere can't steer the terminal.
pub(crate) fn plain(text: &str) -> String {
    text.chars()
        .map(|c| if c.is_control() { ' ' } else { c })
        .collect()
}

/// `text` broken at spaces so that no line is longer than `width`, `first`
/// before its first line and as many spaces before the others. A word that is
/// longer than a line has one of its own.
pub(crate) fn wrap(first: &str, text: &str, width: usize) -> String {
    let words = text.split_whitespace().collect::<Vec<_>>().join(" ");
    if words.is_empty() {
        return format!("{first}\n");
    }
    let columns = first.chars().count();
    let indent = " ".repeat(columns);
    let options = textwrap::Options::new(width.max(columns + FEWEST_COLUMNS))
        .initial_indent(first)
        .subsequent_indent(&indent)
        .break_words(false)
        .word_separator(WordSeparator::AsciiSpace)
        .word_splitter(WordSplitter::NoHyphenation)
        .wrap_algorithm(WrapAlgorithm::FirstFit);
    textwrap::fill(&words, options) + "\n"
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::figures::show_percent;
    use crate::figures::show_ratio;

    #[test]
    fn wrapped_lines_fit_and_lose_no_word() {
        let text = "one two three four five six seven eight nine ten eleven twelve";
        let wrapped = wrap("  note  ", text, 40);
        assert!(
            wrapped.lines().all(|line| line.chars().count() <= 40),
            "{wrapped}"
        );
        assert_eq!(
            wrapped
                .split_whitespace()
                .skip(1)
                .collect::<Vec<_>>()
                .join(" "),
            text
        );
        assert!(wrapped.lines().nth(1).unwrap().starts_with("        "));
    }

    #[test]
    fn a_record_cannot_steer_the_terminal() {
        assert_eq!(plain("a\x1b[31mb\nc"), "a [31mb c");
    }

    #[test]
    fn without_colour_there_is_no_escape() {
        assert_eq!(Style::default().red("x"), "x");
        let style = Style {
            color: true,
            width: 80,
        };
        assert_eq!(style.red("x\ny"), "\x1b[1;31mx\x1b[0m\n\x1b[1;31my\x1b[0m");
    }

    #[test]
    fn numbers_are_short() {
        assert_eq!(show_ratio(5.312), "5.31");
        assert_eq!(show_ratio(12.34), "12.3");
        assert_eq!(show_ratio(0.0421), "0.042");
        assert_eq!(show_ratio(1e200), "1.00e200");
        assert_eq!(show_percent(0.0321), "3.2%");
        assert_eq!(show_percent(0.0001), "0.01%");
        assert_eq!(show_percent(0.0), "0%");
    }
}

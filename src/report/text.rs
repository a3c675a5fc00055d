//! Plain text for a terminal: width, colour, wrapping. Imports `stats` and
//! `unit::quantity`.

use std::fmt::Write as _;
use std::io::IsTerminal as _;

use crate::record::{CacheNote, Pass};
use crate::stats::RatioInterval;
use crate::unit::quantity::{counted, show_bytes};
use crate::unit::terminal::is_coloured;

/// How text is drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Style {
    /// Whether ANSI colours may be used.
    pub color: bool,
    /// Columns to keep within, where words allow it.
    pub width: usize,
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
        let columns = if stdout.is_terminal() {
            comfy_table::Table::new().width()
        } else {
            None
        };
        Self {
            color: is_coloured(&stdout),
            width: columns.map_or(100, |columns| usize::from(columns).clamp(40, 120)),
        }
    }

    pub(super) fn red(self, text: &str) -> String {
        self.paint("1;31", text)
    }

    pub(super) fn yellow(self, text: &str) -> String {
        self.paint("33", text)
    }

    pub(super) fn bold(self, text: &str) -> String {
        self.paint("1", text)
    }

    /// A heading on lines of its own.
    pub(super) fn heading(self, text: &str) -> String {
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
pub(super) fn plain(text: &str) -> String {
    text.chars()
        .map(|c| if c.is_control() { ' ' } else { c })
        .collect()
}

/// `text` broken at spaces so that no line is longer than `width`, `first`
/// before its first line and as many spaces before the others.
pub(super) fn wrap(first: &str, text: &str, width: usize) -> String {
    let indent = first.chars().count();
    let room = width.saturating_sub(indent).max(20);
    let mut wrapped = first.to_owned();
    let mut used = 0;
    for word in text.split_whitespace() {
        let length = word.chars().count();
        if used > 0 && used + 1 + length > room {
            let _ = write!(wrapped, "\n{:indent$}", "");
            used = 0;
        }
        if used > 0 {
            wrapped.push(' ');
            used += 1;
        }
        wrapped.push_str(word);
        used += length;
    }
    wrapped.push('\n');
    wrapped
}

/// A ratio to three digits or so: `5.31`, `0.042`.
pub(super) fn show_ratio(ratio: f64) -> String {
    match ratio.abs() {
        r if !(1e-3..1e5).contains(&r) => format!("{ratio:.2e}"),
        r if r >= 100.0 => format!("{ratio:.0}"),
        r if r >= 9.995 => format!("{ratio:.1}"),
        r if r >= 0.0995 => format!("{ratio:.2}"),
        _ => format!("{ratio:.3}"),
    }
}

/// The ends of an interval: `[5.20, 5.42]`.
pub(super) fn show_ends(interval: &RatioInterval) -> String {
    format!(
        "[{}, {}]",
        show_ratio(interval.low),
        show_ratio(interval.high)
    )
}

/// A ratio that is likely near 1, with its interval, a digit more than
/// elsewhere: `0.983 [0.853, 1.133]`.
pub(super) fn show_near_one(ratio: f64, interval: &RatioInterval) -> String {
    let (low, high) = (interval.low, interval.high);
    if [low, high].iter().all(|end| (0.1..10.0).contains(end)) {
        format!("{ratio:.3} [{low:.3}, {high:.3}]")
    } else {
        format!("{} {}", show_ratio(ratio), show_ends(interval))
    }
}

/// A fraction in percent: `3.2%`.
pub(super) fn show_percent(fraction: f64) -> String {
    let percent = fraction * 100.0;
    match percent.abs() {
        p if p >= 1e6 => format!("{percent:.1e}%"),
        p if p >= 99.95 || p == 0.0 => format!("{percent:.0}%"),
        p if p >= 0.995 => format!("{percent:.1}%"),
        p if p >= 0.01 => format!("{percent:.2}%"),
        _ => "under 0.01%".to_owned(),
    }
}

/// A share that a person gave, as they would write it: `2%`, `0.5%`.
pub(super) fn show_share(share: f64) -> String {
    format!("{}%", (share * 1e6).round() / 1e4)
}

/// `1 round`, `5 rounds`.
pub(super) fn rounds(count: usize) -> String {
    counted(count, "round")
}

/// `a`, `a and b`, `a, b and c`.
pub(super) fn listed(names: &[String]) -> String {
    match names {
        [] => "nothing".to_owned(),
        [one] => one.clone(),
        [most @ .., last] => format!("{} and {last}", most.join(", ")),
    }
}

/// A cache's level and size: `L2 2.00 MiB`.
pub(super) fn cache_words(cache: &CacheNote) -> String {
    format!("L{} {}", cache.level, show_bytes(cache.bytes as f64))
}

/// ` (95% interval 2.86 to 3.27)`.
pub(super) fn within(interval: &RatioInterval, show: impl Fn(f64) -> String) -> String {
    let (low, high) = (show(interval.low), show(interval.high));
    format!(" (95% interval {low} to {high})")
}

/// A figure with the larger half of its interval, which is not symmetric:
/// `15.3M ± 2.6%`.
pub(super) fn show_give_or_take(
    value: f64,
    interval: Option<&RatioInterval>,
    show: impl Fn(f64) -> String,
) -> String {
    let half = |i: &RatioInterval| (i.high / i.ratio - 1.0).max(1.0 - i.low / i.ratio);
    let half = interval.map_or_else(String::new, |i| format!(" ± {}", show_percent(half(i))));
    format!("{}{half}", show(value))
}

/// What a heading says of the passes that its figures are of.
pub(super) const fn of_pass(pass: Pass) -> &'static str {
    match pass {
        Pass::Fresh => "",
        Pass::Warm => ", over warm state",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

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

//! How wide an interval is that is warned of, and in which words.

use crate::figures::show_percent;
use crate::style::plain;

/// Width of an interval, as a share of its ratio, that is called wide.
pub(crate) const WIDE: f64 = 0.1;

/// Names the flag that makes them narrower.
pub(crate) fn wide_words(engines: &[(String, f64)], flag: &str) -> String {
    let listed: Vec<String> = engines
        .iter()
        .map(|(name, width)| format!("{} ({})", plain(name), show_percent(*width)))
        .collect();
    format!(
        "intervals wider than {:.0}% of their ratio: {}: give more {flag}",
        WIDE * 100.0,
        listed.join(", ")
    )
}

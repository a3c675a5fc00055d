//! How values of flags are read.

use std::str::FromStr;

/// Reads a whole number; the standard library's words for what is none
/// (`invalid digit found in string`) say neither what nor how to fix it.
pub(crate) fn whole<T: FromStr>(text: &str) -> Result<T, String> {
    text.parse()
        .map_err(|_| format!("`{text}` is no whole number, or is too large: write it as 8"))
}

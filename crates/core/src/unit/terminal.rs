//! What may be written to a stream besides text.

use std::ffi::OsStr;
use std::io::IsTerminal;

/// Whether escape sequences may be written to a stream: it is a terminal, and
/// `TERM` is not `dumb`.
#[must_use]
pub fn takes_escapes(stream: &impl IsTerminal) -> bool {
    stream.is_terminal() && !is_dumb(std::env::var_os("TERM").as_deref())
}

/// Whether a stream gets colours: it takes escape sequences, and `NO_COLOR`
/// is unset or empty.
#[must_use]
pub fn is_coloured(stream: &impl IsTerminal) -> bool {
    takes_escapes(stream) && std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty())
}

fn is_dumb(term: Option<&OsStr>) -> bool {
    term.is_some_and(|term| term == "dumb")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_dumb_terminal_is_one_by_its_name() {
        assert!(is_dumb(Some(OsStr::new("dumb"))));
        assert!(!is_dumb(Some(OsStr::new("xterm-256color"))));
        assert!(!is_dumb(None));
    }
}

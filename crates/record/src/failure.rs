//! Why a run, or a search, ended early.

use std::fmt;
use std::ops::Deref;

use serde::{Deserialize, Serialize};

/// Why it ended early; a string in JSON.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "String", into = "String")]
pub enum RunFailure {
    /// By Ctrl-C, SIGTERM or SIGHUP.
    Interrupted,
    /// By an error: its message.
    Error(String),
}

/// What a record says of an interruption.
const INTERRUPTED: &str = "interrupted";

impl Deref for RunFailure {
    type Target = str;

    fn deref(&self) -> &str {
        match self {
            Self::Interrupted => INTERRUPTED,
            Self::Error(message) => message,
        }
    }
}

impl fmt::Display for RunFailure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self)
    }
}

impl From<String> for RunFailure {
    fn from(words: String) -> Self {
        if words == INTERRUPTED {
            Self::Interrupted
        } else {
            Self::Error(words)
        }
    }
}

impl From<&str> for RunFailure {
    fn from(words: &str) -> Self {
        words.to_owned().into()
    }
}

impl From<RunFailure> for String {
    fn from(failure: RunFailure) -> Self {
        match failure {
            RunFailure::Interrupted => INTERRUPTED.to_owned(),
            RunFailure::Error(message) => message,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_a_string_in_json() {
        for (words, failure) in [
            ("interrupted", RunFailure::Interrupted),
            ("no memory", RunFailure::Error("no memory".to_owned())),
        ] {
            let json = serde_json::to_string(&failure).unwrap();
            assert_eq!(json, format!("\"{words}\""));
            let read: RunFailure = serde_json::from_str(&json).unwrap();
            assert_eq!((&read, &*read), (&failure, words));
        }
    }
}

//! The flag `--html`.

use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};

use clap::Args;

#[derive(Debug, Args)]
pub(crate) struct HtmlArgs {
    /// Write the report as one HTML file, --html=FILE or --html FILE.html [default: beside the
    /// record]
    // with `=`, so that the workload after it is no file name: see `joined`
    #[arg(long, value_name = "FILE", num_args = 0..=1, require_equals = true)]
    pub(crate) html: Option<Option<PathBuf>>,
}

/// These words with `--html report.html` as one word, so that both forms can
/// be had. What does not end as a page does is another argument.
pub(crate) fn joined(words: impl Iterator<Item = OsString>) -> Vec<OsString> {
    let mut joined: Vec<OsString> = Vec::new();
    let mut are_flags = true;
    for word in words {
        are_flags &= word != "--";
        let ending = Path::new(&word).extension().and_then(OsStr::to_str);
        let is_page = matches!(ending, Some("html" | "htm"));
        match joined.last_mut() {
            Some(last) if are_flags && is_page && last == "--html" => {
                last.push("=");
                last.push(word);
            }
            _ => joined.push(word),
        }
    }
    joined
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_after_its_flag_is_its_value_and_a_workload_is_not() {
        let join = |line: &str| {
            let words = joined(line.split(' ').map(OsString::from)).into_iter();
            let words: Vec<String> = words.map(|word| word.into_string().unwrap()).collect();
            words.join(" ")
        };
        assert_eq!(join("run --html a.html w.toml"), "run --html=a.html w.toml");
        for kept in [
            "run --html w.toml",
            "run --html=a.html b.html",
            "run --html --no-save a.html",
            "run -- --html a.html",
            "report --html",
        ] {
            assert_eq!(join(kept), kept);
        }
    }
}

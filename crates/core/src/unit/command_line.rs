//! Command lines as they are shown.

/// A line that a POSIX shell reads as these words. Control characters within
/// them, which a terminal would obey, are replaced.
#[must_use]
pub fn quoted<W: AsRef<str>>(words: &[W]) -> String {
    let plain = |word: &W| word.as_ref().replace(char::is_control, "\u{fffd}");
    let words: Vec<String> = words.iter().map(plain).collect();
    // what it refuses is a NUL alone, and that has been replaced
    shlex::try_join(words.iter().map(String::as_str)).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_shell_reads_the_same_words() {
        let words = [
            "notibench",
            "capacity",
            "my week.toml",
            "--slo",
            "p99.9 < 1ms",
            "it's",
            "$HOME",
            "",
            "{a,b}",
            "é",
        ];
        let line = quoted(&words);
        let echo = format!("printf '%s\\n' {line}");
        let read = std::process::Command::new("sh")
            .args(["-c", &echo])
            .output()
            .unwrap();
        let expected: String = words.iter().map(|word| format!("{word}\n")).collect();
        assert_eq!(String::from_utf8(read.stdout).unwrap(), expected, "{line}");
    }

    #[test]
    fn what_a_terminal_would_obey_is_replaced() {
        let line = quoted(&["a\x1b[31m", "b\0\n"]);
        assert!(!line.contains(char::is_control), "{line:?}");
    }

    #[test]
    fn what_needs_no_quotes_gets_none() {
        assert_eq!(
            quoted(&["notibench", "--slo", "p99.9 < 1ms"]),
            "notibench --slo 'p99.9 < 1ms'"
        );
        let words = ["notibench", "run", "w.toml", "--threads", "2"];
        assert_eq!(quoted(&words), words.join(" "));
    }
}

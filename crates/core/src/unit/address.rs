//! Addresses of servers, as they may be shown.

/// A word of a command line as a record may hold it: a password before the
/// host of an address is left out.
#[must_use]
pub fn without_password(word: &str) -> String {
    let Some((scheme, rest)) = word.split_once("://") else {
        return word.to_owned();
    };
    match rest.rsplit_once('@') {
        Some((_, place)) => format!("{scheme}://***@{place}"),
        None => word.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_is_left_out_and_nothing_else() {
        let cases = [
            ("redis://:secret@host:1/2", "redis://***@host:1/2"),
            ("--redis=redis://me:p@ss@host", "--redis=redis://***@host"),
            ("redis://127.0.0.1:6379/9", "redis://127.0.0.1:6379/9"),
            ("a@b.toml", "a@b.toml"),
        ];
        for (given, shown) in cases {
            assert_eq!(without_password(given), shown);
        }
    }
}

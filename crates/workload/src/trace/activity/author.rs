//! Whose a thing is where the trace does not say: rules that a user gives.

/// Where an author is taken from that no `attributedTo` and no `Create` says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AuthorRule {
    /// The only member in `to` and `cc`, but for the actor.
    Addressee,
    /// The start of the thing's URI.
    Uri(UriPattern),
}

/// A URI with gaps, of which one is the author's name. A gap is one character
/// or more, and never a slash.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UriPattern {
    parts: Vec<Part>,
    /// The part that the author's name is in.
    named: usize,
}

/// What stands between two slashes.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Part {
    start: String,
    /// What follows the gap, where there is one.
    end: Option<String>,
}

/// The gap that names the author, and any other.
const GAPS: [&str; 2] = ["{}", "*"];

impl AuthorRule {
    /// The rule of a word: `addressee`, or a URI such as
    /// `https://*/users/{}/statuses/*`.
    ///
    /// # Errors
    /// In words, where it is neither.
    pub fn new(word: &str) -> Result<Self, String> {
        if word == "addressee" {
            return Ok(Self::Addressee);
        }
        UriPattern::new(word).map(Self::Uri).ok_or_else(|| {
            format!(
                "--author {word}: write addressee, or a URI with one {{}} where the author's name \
                 stands and at most one gap between two slashes, such as \
                 'https://*/users/{{}}/statuses/*'"
            )
        })
    }
}

impl UriPattern {
    fn new(word: &str) -> Option<Self> {
        let is_named = |part: &&str| part.contains(GAPS[0]);
        let parts = || word.split('/');
        let named = parts().position(|part| is_named(&part))?;
        let gaps = |part: &str| part.matches(GAPS[0]).count() + part.matches(GAPS[1]).count();
        if parts().filter(is_named).count() > 1 || parts().any(|part| gaps(part) > 1) {
            return None;
        }
        let part = |part: &str| match GAPS.iter().find_map(|gap| part.split_once(gap)) {
            Some((start, end)) => Part {
                start: start.to_owned(),
                end: Some(end.to_owned()),
            },
            None => Part {
                start: part.to_owned(),
                end: None,
            },
        };
        Some(Self {
            parts: parts().map(part).collect(),
            named,
        })
    }

    /// The author's own URI: that of the thing up to the author's name.
    pub(super) fn author<'u>(&self, uri: &'u str) -> Option<&'u str> {
        let parts: Vec<&str> = uri.split('/').collect();
        let fits = parts.len() == self.parts.len()
            && self
                .parts
                .iter()
                .zip(&parts)
                .all(|(own, part)| own.is(part));
        if !fits {
            return None;
        }
        let upto: usize = parts[..=self.named].iter().map(|part| part.len() + 1).sum();
        let after = self.parts[self.named].end.as_ref().map_or(0, String::len);
        uri.get(..upto - 1 - after)
    }
}

impl Part {
    fn is(&self, part: &str) -> bool {
        let Some(end) = &self.end else {
            return part == self.start;
        };
        let gap = part
            .strip_prefix(self.start.as_str())
            .and_then(|rest| rest.strip_suffix(end.as_str()));
        gap.is_some_and(|gap| !gap.is_empty())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_author_is_the_start_of_a_uri_that_fits() {
        let author = |pattern: &str, uri: &'static str| match AuthorRule::new(pattern) {
            Ok(AuthorRule::Uri(pattern)) => pattern.author(uri),
            other => panic!("{other:?}"),
        };
        let of_users = "https://*/users/{}/statuses/*";
        for (pattern, uri, found) in [
            (
                of_users,
                "https://b.example/users/bo/statuses/7",
                Some("https://b.example/users/bo"),
            ),
            (of_users, "https://b.example/users//statuses/7", None),
            (
                of_users,
                "https://b.example/users/bo/statuses/7/replies",
                None,
            ),
            (of_users, "https://b.example/users/bo", None),
            (of_users, "", None),
            (
                "https://*/@{}/*",
                "https://b.example/@bo/7",
                Some("https://b.example/@bo"),
            ),
            ("https://*/@{}/*", "https://b.example/bo/7", None),
            (
                "https://b.example/{}.html",
                "https://b.example/bo.html",
                Some("https://b.example/bo"),
            ),
            ("tag:{}", "tag:bö", Some("tag:bö")),
        ] {
            assert_eq!(author(pattern, uri), found, "{pattern} {uri}");
        }
    }

    #[test]
    fn what_names_no_author_is_refused_with_an_example() {
        for word in [
            "",
            "addressees",
            "https://*/users/*",
            "a/{}/{}",
            "a/*{}",
            "{}:*",
        ] {
            let refused = AuthorRule::new(word).unwrap_err();
            assert!(
                refused.contains("https://*/users/{}/statuses/*"),
                "{refused}"
            );
        }
        assert_eq!(AuthorRule::new("addressee"), Ok(AuthorRule::Addressee));
    }
}

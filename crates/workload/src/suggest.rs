//! "Did you mean …": the nearest of the allowed words.

/// The allowed word nearest to `word`, where one is near enough to be meant:
/// at most a third of its letters changed, case, hyphens and blanks ignored.
#[must_use]
pub fn nearest<'a>(word: &str, allowed: &[&'a str]) -> Option<&'a str> {
    // beyond any name's length the distance says nothing and costs a lot
    if word.chars().count() > 64 {
        return None;
    }
    let unify = |word: &str| word.to_lowercase().replace(['-', ' '], "_");
    let plain = unify(word);
    let distance = |option: &str| strsim::damerau_levenshtein(&plain, &unify(option));
    let (nearest, edits) = allowed
        .iter()
        .map(|&option| (option, distance(option)))
        .min_by_key(|pair| pair.1)?;
    let letters = plain.chars().count().max(nearest.len());
    (edits <= (letters / 3).max(1) && edits < nearest.len()).then_some(nearest)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slips_are_recognised_and_strangers_are_not() {
        let allowed = ["post_like", "post_comment", "article_like", "on", "members"];
        assert_eq!(nearest("post_likes", &allowed), Some("post_like"));
        assert_eq!(nearest("Post-Like", &allowed), Some("post_like"));
        assert_eq!(nearest("psot_like", &allowed), Some("post_like"));
        assert_eq!(nearest("membres", &allowed), Some("members"));
        assert_eq!(nearest("of", &allowed), Some("on"));
        let engines = ["dashmap", "dashmap-naive", "scc"];
        assert_eq!(nearest("dashmop", &engines), Some("dashmap"));
        assert_eq!(nearest("dashmap_naive", &engines), Some("dashmap-naive"));
        assert_eq!(nearest("colour", &allowed), None);
        assert_eq!(nearest("", &allowed), None);
        assert_eq!(nearest(&"post_like".repeat(100), &allowed), None);
        assert_eq!(nearest("members", &[]), None);
    }
}

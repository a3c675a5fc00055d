//! Which table a key belongs to, for a key that stands in the wrong one.

use notibench_core::event::{Kind, ReadKind, Segment};

/// Keys by table; kinds, segments and reads are added by [`home_of`].
const HOMES: [(&str, &[&str]); 8] = [
    (
        "",
        &[
            "about",
            "seed",
            "events",
            "span",
            "mix",
            "population",
            "time",
            "reads",
            "anonymity",
            "settings",
            "expected",
        ],
    ),
    ("mix.shares", &["undo", "duplicate", "self_action"]),
    (
        "population",
        &[
            "members",
            "recipient_exponent",
            "actor_exponent",
            "contents_per_member",
            "hot_contents",
            "hot_share",
            "hot_exponent",
            "segments",
            "ids",
        ],
    ),
    (
        "time",
        &[
            "shape",
            "peak_to_mean",
            "weekend",
            "zones",
            "on",
            "off",
            "off_rate",
            "at",
            "flat",
            "decay",
        ],
    ),
    ("reads", &["per_event"]),
    (
        "anonymity",
        &["mode", "hidden_share", "epsilon", "threshold"],
    ),
    (
        "settings",
        &[
            "blocked_share",
            "muted_share",
            "opted_out_share",
            "precedence",
            "pushes_per_day",
        ],
    ),
    ("expected", &["events_digest", "snapshot_digest"]),
];

/// Advice for `key`, unknown in the table `here`, where it is known in
/// another: name the other.
pub(super) fn home_of(key: &str, here: &str) -> Option<String> {
    let listed = HOMES
        .iter()
        .find(|(_, keys)| keys.contains(&key))
        .map(|&(home, _)| home);
    let home = listed.or_else(|| {
        if Kind::from_name(key).is_some() {
            Some("mix")
        } else if Segment::ALL.iter().any(|segment| segment.name() == key) {
            Some("population.segments")
        } else if ReadKind::ALL.iter().any(|read| read.name() == key) {
            Some("reads.mix")
        } else {
            None
        }
    })?;
    let advice = match home {
        "" => format!("`{key}` belongs to the top level: move it above the first [table]"),
        _ => format!("`{key}` belongs in [{home}]"),
    };
    (home != here).then_some(advice)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_in_the_wrong_table_is_sent_home() {
        let advice = |key, here| home_of(key, here).unwrap_or_default();
        assert_eq!(advice("members", ""), "`members` belongs in [population]");
        assert_eq!(advice("post_like", ""), "`post_like` belongs in [mix]");
        assert_eq!(
            advice("recruiter", "mix"),
            "`recruiter` belongs in [population.segments]"
        );
        assert_eq!(advice("badge", "reads"), "`badge` belongs in [reads.mix]");
        assert!(advice("seed", "mix").contains("top level"));
        assert_eq!(home_of("seed", ""), None);
        assert_eq!(home_of("colour", ""), None);
    }
}

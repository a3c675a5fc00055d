//! Changes of single values in a workload's text, which keep its comments and
//! all else: a sweep's points differ in one value and are workloads still.

use toml_edit::{DocumentMut, Item, Value};

/// A value of `[population]` that a sweep changes.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Change {
    /// `members`.
    Members(u64),
    /// `recipient_exponent`.
    RecipientExponent(f64),
}

impl Change {
    fn key(self) -> &'static str {
        match self {
            Self::Members(_) => "members",
            Self::RecipientExponent(_) => "recipient_exponent",
        }
    }

    fn value(self) -> Result<Value, String> {
        match self {
            Self::Members(members) => i64::try_from(members)
                .map(Value::from)
                .map_err(|_| format!("{members} members are more than TOML can write")),
            Self::RecipientExponent(exponent) => Ok(Value::from(exponent)),
        }
    }
}

/// The text of a workload with one value changed. `[expected]` goes: its
/// digests are those of another stream now.
///
/// # Errors
/// Where `text` is no TOML or has no such value; a workload that was parsed
/// has it.
pub fn with_change(text: &str, change: Change) -> Result<String, String> {
    let mut document: DocumentMut = text.parse().map_err(|error| format!("{error}"))?;
    let key = change.key();
    let place = document
        .get_mut("population")
        .and_then(Item::as_table_like_mut)
        .and_then(|population| population.get_mut(key))
        .and_then(Item::as_value_mut)
        .ok_or_else(|| format!("the workload has no value `population.{key}`"))?;
    // the spaces and the comment around it
    let decor = place.decor().clone();
    *place = change.value()?;
    *place.decor_mut() = decor;
    document.remove("expected");
    Ok(document.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Workload;

    fn steady() -> String {
        let root = std::path::Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../.."));
        std::fs::read_to_string(root.join("workloads/steady_week.toml")).unwrap()
    }

    #[test]
    fn one_value_changes_and_all_else_stays() {
        let before = steady();
        let workload = Workload::parse("w", &before).unwrap();
        let members = with_change(&before, Change::Members(10_000)).unwrap();
        let changed = Workload::parse("w", &members).unwrap();
        assert_eq!(changed.population.members, 10_000);
        let exponent = with_change(&members, Change::RecipientExponent(0.0)).unwrap();
        let mut changed = Workload::parse("w", &exponent).unwrap();
        assert_eq!(changed.population.recipient_exponent, 0.0);
        assert_eq!(changed.expected_events_digest, None);
        assert_eq!(changed.expected_snapshot_digest, None);
        // but for those it is the workload that it was
        changed.population.members = workload.population.members;
        changed.population.recipient_exponent = workload.population.recipient_exponent;
        changed.expected_events_digest = workload.expected_events_digest;
        changed.expected_snapshot_digest = workload.expected_snapshot_digest;
        assert_eq!(changed, workload);
        // line by line, comments among them
        let kept = before.split("[expected]").next().unwrap().lines();
        let differing = kept.zip(exponent.lines()).filter(|(a, b)| a != b).count();
        assert_eq!(differing, 2, "{exponent}");
    }

    #[test]
    fn comments_and_other_ways_of_writing_a_table_are_kept() {
        let change = Change::Members(7);
        let text = "[population]\nmembers = \"1M\"  # many\n";
        assert_eq!(
            with_change(text, change).unwrap(),
            "[population]\nmembers = 7  # many\n"
        );
        assert_eq!(
            with_change("population = { members = 3, ids = \"random\" }\n", change).unwrap(),
            "population = { members = 7, ids = \"random\" }\n"
        );
        assert_eq!(
            with_change(
                "population.members = 3\nexpected.events_digest = \"0\"\n",
                change
            )
            .unwrap(),
            "population.members = 7\n"
        );
    }

    #[test]
    fn what_is_not_there_is_told() {
        let told = with_change("seed = 1\n", Change::RecipientExponent(0.5)).unwrap_err();
        assert!(told.contains("population.recipient_exponent"), "{told}");
        assert!(with_change("= 1", Change::Members(1)).is_err());
    }
}

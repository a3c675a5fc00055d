//! `[population]` of a workload file.

use super::fields::{Checked, Field, Table};
use super::homes::home_of;
use super::mix::weights;
use super::spec::{IdScheme, Population};
use notibench_core::event::Segment;

/// The words for id schemes.
const ID_SCHEMES: [(&str, IdScheme); 5] = [
    ("sequential", IdScheme::Sequential),
    ("from_zero", IdScheme::FromZero),
    ("snowflake", IdScheme::Snowflake),
    ("random", IdScheme::Random),
    ("adversarial", IdScheme::Adversarial),
];
/// Most hot contents.
const MAX_HOT_CONTENTS: u64 = 1024;

/// `[population]`.
pub(super) fn population(mut table: Table<'_>) -> Checked<Population> {
    let exponent = |field: Field<'_>| field.number(0.0..=10.0);
    let members = table
        .required("members", "members = \"1M\"")
        .and_then(|field| field.count(1..=u64::from(u32::MAX)));
    let recipient_exponent = table
        .required("recipient_exponent", "recipient_exponent = 0.99")
        .and_then(exponent);
    let actor_exponent = table.or_default("actor_exponent", "actor_exponent = 0.5", 0.0, exponent);
    let contents_per_member = table.or_default(
        "contents_per_member",
        "contents_per_member = 4",
        4,
        |field| field.count(2..=64),
    );
    let hot = hot_contents(&mut table, members.as_ref().ok().copied());
    let hot_exponent = table.or_default("hot_exponent", "hot_exponent = 0.8", 0.0, exponent);
    let ids = table
        .required("ids", "ids = \"snowflake\"")
        .and_then(|field| field.choice(&ID_SCHEMES));
    let segments = table
        .required(
            "segments",
            "segments = { recruiter = 1, engineer = 4, other = 5 }",
        )
        .and_then(|field| segment_shares(field.table()?));
    table.close(|key| home_of(key, "population"));
    let (hot_contents, hot_share) = hot?;
    Ok(Population {
        members: members?,
        recipient_exponent: recipient_exponent?,
        actor_exponent: actor_exponent?,
        contents_per_member: contents_per_member?,
        hot_contents,
        hot_share,
        hot_exponent: hot_exponent?,
        segments: segments?,
        ids: ids?,
    })
}

/// Number and share of the hot contents, checked against each other and against
/// the members.
fn hot_contents(table: &mut Table<'_>, members: Option<u64>) -> Checked<(u64, f64)> {
    let number_field = table.optional("hot_contents", "hot_contents = 100");
    let number = number_field
        .clone()
        .map_or(Ok(0), |field| field.count(0..=MAX_HOT_CONTENTS));
    let share_field = table.optional("hot_share", "hot_share = 0.2");
    let share = share_field
        .clone()
        .map_or(Ok(0.0), |field| field.number(0.0..=1.0));
    let (number, share) = (number?, share?);
    if let (Some(field), Some(members)) = (&number_field, members.filter(|&all| all < number)) {
        let title = "`population.hot_contents` is above `population.members`".to_owned();
        let help = format!("write at most hot_contents = {members}, or more members");
        return Err(field.fault(title, format!("more than {members} members"), help));
    }
    match share_field {
        Some(field) if number == 0 && share > 0.0 => {
            let title = "`population.hot_share` without hot contents".to_owned();
            let label = "hot_contents is 0 or left out".to_owned();
            let help = "write hot_contents = 100, say, or hot_share = 0".to_owned();
            Err(field.fault(title, label, help))
        }
        _ => Ok((number, share)),
    }
}

fn segment_shares(mut table: Table<'_>) -> Checked<[f64; Segment::COUNT]> {
    let segments = weights(&mut table, Segment::ALL.map(Segment::name), "engineer = 4");
    table.close(|key| home_of(key, "population.segments"));
    segments
}

//! The mixes of a workload file: kinds with undos and duplicates, and reads.

use super::error::wrapped_list;
use super::fields::{Checked, Field, Reported, Table};
use super::homes::home_of;
use super::spec::{ReadMix, WriteMix};
use notibench_core::event::{Kind, ReadKind};

/// Undos and duplicates repeat fresh events: some must be left.
const MAX_REPEATED_SHARE: f64 = 0.9;
/// Keeps sums of weights finite.
const MAX_WEIGHT: f64 = 1e12;

/// Relative weights by name, those left out being 0, scaled to sum to 1.
pub(super) fn weights<const N: usize>(
    table: &mut Table<'_>,
    names: [&'static str; N],
    example: &'static str,
) -> Checked<[f64; N]> {
    let read = names
        .map(|name| table.or_default(name, example, 0.0, |field| field.number(0.0..=MAX_WEIGHT)));
    let mut weights = [0.0; N];
    for (weight, read) in weights.iter_mut().zip(read) {
        *weight = read?;
    }
    let sum: f64 = weights.iter().sum();
    if sum > 0.0 {
        return Ok(weights.map(|weight| weight / sum));
    }
    if let Some(reported) = table.stranger("shares") {
        return Err(reported);
    }
    let title = format!("no weight {} is above 0", table.place());
    let help = format!("give at least one a weight, such as {example}");
    Err(table.fault(title, "all are 0 or left out", help))
}

/// `[mix]`.
pub(super) fn write_mix(mut table: Table<'_>) -> Checked<WriteMix> {
    let kinds = weights(&mut table, Kind::ALL.map(Kind::name), "post_like = 3");
    let kinds_known = kinds
        .as_ref()
        .ok()
        .filter(|_| table.stranger("shares").is_none());
    let example = "[mix.shares] with undo = 0.02, …";
    let shares = table.or_default("shares", example, [0.0; 3], |field| {
        mix_shares(field.table()?, kinds_known)
    });
    table.close(|key| home_of(key, "mix"));
    let [undo, duplicate, self_action] = shares?;
    let fresh = 1.0 - undo - duplicate;
    Ok(WriteMix {
        kinds: kinds?.map(|share| share * fresh),
        undo,
        duplicate,
        self_action,
    })
}

/// `[mix.shares]`: undos, duplicates, self-actions.
fn mix_shares(mut table: Table<'_>, kinds: Option<&[f64; Kind::ALL.len()]>) -> Checked<[f64; 3]> {
    let share = |field: Field<'_>| field.number(0.0..=1.0);
    let undo_field = table.optional("undo", "undo = 0.02");
    let undo = undo_field.clone().map_or(Ok(0.0), share);
    let duplicate = table.or_default("duplicate", "duplicate = 0.005", 0.0, share);
    let self_action = table.or_default("self_action", "self_action = 0.002", 0.0, share);
    table.close(|key| home_of(key, "mix.shares"));
    let (undo, duplicate) = (undo?, duplicate?);
    if undo + duplicate > MAX_REPEATED_SHARE {
        let title = format!(
            "undos and duplicates make {} of the stream",
            undo + duplicate
        );
        let help = format!(
            "undo and duplicate together may be at most {MAX_REPEATED_SHARE}: both repeat \
             earlier, fresh events"
        );
        return Err(table.fault(title, "the shares in here", help));
    }
    let can_undo = kinds.is_none_or(|kinds| {
        Kind::ALL
            .iter()
            .any(|&kind| kind.is_undoable() && kinds[kind as usize] > 0.0)
    });
    match undo_field {
        Some(field) if undo > 0.0 && !can_undo => Err(nothing_to_undo(&field)),
        _ => Ok([undo, duplicate, self_action?]),
    }
}

fn nothing_to_undo(field: &Field<'_>) -> Reported {
    let undoable: Vec<&str> = Kind::ALL
        .iter()
        .filter(|kind| kind.is_undoable())
        .map(|kind| kind.name())
        .collect();
    let help = format!(
        "give one of these a weight, or write undo = 0:\n{}",
        wrapped_list(&undoable)
    );
    let title = "`mix.shares.undo` has nothing to undo".to_owned();
    field.fault(title, "no kind in [mix] can be undone".to_owned(), help)
}

/// `[reads]`.
pub(super) fn read_mix(mut table: Table<'_>) -> Checked<ReadMix> {
    let per_event = table
        .required("per_event", "per_event = 0.25")
        .and_then(|field| field.number(0.0..=1000.0));
    let exponent = table
        .required("exponent", "exponent = 0.8")
        .and_then(|field| field.number(0.0..=10.0));
    let kinds = table
        .required("mix", "mix = { badge = 6, inbox_page = 3, reactions = 1 }")
        .and_then(|field| {
            let mut mix = field.table()?;
            let kinds = weights(&mut mix, ReadKind::ALL.map(ReadKind::name), "badge = 6");
            mix.close(|key| home_of(key, "reads.mix"));
            kinds
        });
    table.close(|key| home_of(key, "reads"));
    Ok(ReadMix {
        per_event: per_event?,
        kinds: kinds?,
        exponent: exponent?,
    })
}

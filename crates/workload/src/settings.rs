//! `[settings]` of a workload file: what members have set.

use std::num::NonZeroU32;

use super::fields::{Checked, Table};
use super::homes::home_of;
use super::spec::Settings;

/// `[settings]`; what is left out is off.
pub(super) fn settings(mut table: Table<'_>) -> Checked<Settings> {
    let mut share =
        |key, example| table.or_default(key, example, 0.0, |field| field.number(0.0..=1.0));
    let blocked = share("blocked_share", "blocked_share = 0.01");
    let muted = share("muted_share", "muted_share = 0.02");
    let opted_out = share("opted_out_share", "opted_out_share = 0.1");
    let precedence = table.or_default("precedence", "precedence = true", false, |field| {
        field.boolean()
    });
    let example = "pushes_per_day = 5";
    let pushes_per_day = table.or_default("pushes_per_day", example, None, |field| {
        let cap = field.count(1..=1_000_000)?;
        Ok(NonZeroU32::new(cap as u32))
    });
    table.close(|key| home_of(key, "settings"));
    Ok(Settings {
        blocked_share: blocked?,
        muted_share: muted?,
        opted_out_share: opted_out?,
        precedence: precedence?,
        pushes_per_day: pushes_per_day?,
    })
}

//! `[settings]` of a workload file: what members have set. Imports its
//! siblings.

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
    table.close(|key| home_of(key, "settings"));
    Ok(Settings {
        blocked_share: blocked?,
        muted_share: muted?,
        opted_out_share: opted_out?,
        precedence: precedence?,
    })
}

//! `[anonymity]` of a workload file: how views are counted and shown.

use super::fields::{Checked, Field, Table};
use super::homes::home_of;
use super::spec::{Anonymity, ReadMix, Settings, ViewMode};
use super::units::show_duration_us;
use notibench_core::event::ReadKind;
use notibench_core::policy::{EPOCH_US, Epsilon};
use notibench_core::unit::digest::Digest;

/// ε from a thousandth to 10.
const EPSILON_LIMITS: (f64, f64) = (0.001, 10.0);
/// Epochs that a workload with releases spans at least.
const LEAST_EPOCHS: u64 = 3;
/// What is known of each mode, and the keys that it has.
const MODES: [(&str, ViewMode); 3] = [
    ("off", ViewMode::Off),
    ("counts", ViewMode::Counts),
    ("released", ViewMode::Released),
];
const KEYS: [&str; 3] = ["hidden_share", "epsilon", "threshold"];

/// `[anonymity]`; `span_us` is the workload's.
pub(super) fn anonymity(mut table: Table<'_>, span_us: Checked<u64>) -> Checked<Anonymity> {
    let mode = table.required("mode", "mode = \"released\"");
    let mode = mode.and_then(|field| Ok((field.choice(&MODES)?, field)));
    let known = match &mode {
        Ok((ViewMode::Off, _)) => 0,
        Ok((ViewMode::Counts, _)) => 1,
        // whose keys they are is unknown: all of them pass
        Ok((ViewMode::Released, _)) | Err(_) => KEYS.len(),
    };
    let [hidden_share, epsilon, threshold] = [
        ("hidden_share", "hidden_share = 0.1"),
        ("epsilon", "epsilon = 0.5"),
        ("threshold", "threshold = 10"),
    ]
    .map(|(key, example)| match KEYS.iter().position(|k| *k == key) {
        Some(at) if at < known => table.optional(key, example),
        _ => None,
    });
    table.close(|key| match KEYS.iter().position(|known| *known == key) {
        Some(0) => Some("nobody is hidden where each view counts: use mode = \"counts\"".into()),
        Some(_) => Some(format!("`{key}` belongs to mode = \"released\"")),
        None => home_of(key, "anonymity"),
    });
    let default = Anonymity::default();
    let read = |field: Option<Field<'_>>, default, limits| {
        field.map_or(Ok(default), |field| field.number(limits))
    };
    let hidden_share = read(hidden_share, default.hidden_share, 0.0..=1.0);
    let epsilon = epsilon.map_or(Ok(default.epsilon), |field| thousandths(&field));
    let threshold = threshold.map_or(Ok(u64::from(default.threshold)), |field| {
        field.count(1..=1_000_000)
    });
    let (mode, field) = mode?;
    let shortest = (LEAST_EPOCHS - 1) * EPOCH_US;
    if mode == ViewMode::Released && span_us? <= shortest {
        let title = "releases of so short a span show nothing".to_owned();
        let label = format!("the span ends in its week {}", span_us?.div_ceil(EPOCH_US));
        let help = format!(
            "what was released shows when the next weeks come: write a span beyond {:?}, such as \
             span = \"28d\"",
            show_duration_us(shortest)
        );
        return Err(field.fault(title, label, help));
    }
    Ok(Anonymity {
        mode,
        hidden_share: hidden_share?,
        epsilon: epsilon?,
        threshold: threshold? as u32,
    })
}

/// ε with three decimals at most: the noise is exact for a fraction.
fn thousandths(field: &Field<'_>) -> Checked<Epsilon> {
    let value = field.number(EPSILON_LIMITS.0..=EPSILON_LIMITS.1)?;
    let thousandths = (value * 1000.0).round();
    if (thousandths - value * 1000.0).abs() < 1e-6 {
        return Ok(Epsilon::of_thousandths(thousandths as u32));
    }
    let title = "`anonymity.epsilon` has more than three decimals".to_owned();
    let help = format!(
        "the noise is exact for thousandths: write {}",
        field.example
    );
    Err(field.fault(title, "too fine".to_owned(), help))
}

/// Reads of views are answered from releases alone, and those of pushes where
/// there is a cap.
pub(super) fn reads_fit(
    field: &Field<'_>,
    reads: &ReadMix,
    anonymity: &Anonymity,
    settings: &Settings,
) -> Checked<()> {
    if reads.kinds[ReadKind::Pushes as usize] > 0.0 && settings.pushes_per_day.is_none() {
        let title = "`pushes` reads what nothing counts".to_owned();
        let label = "no pushes_per_day in [settings], and `pushes`".to_owned();
        let help = "add [settings] with pushes_per_day = 5, or give it no weight";
        return Err(field.fault(title, label, help.to_owned()));
    }
    let of_views = [ReadKind::WhoViewed, ReadKind::ContentViews];
    let asked = of_views
        .into_iter()
        .find(|&kind| reads.kinds[kind as usize] > 0.0);
    match asked {
        Some(kind) if anonymity.mode != ViewMode::Released => {
            let title = format!("`{}` reads what nothing releases", kind.name());
            let label = format!(
                "no mode = \"released\" in [anonymity], and `{}`",
                kind.name()
            );
            let help = "add [anonymity] with mode = \"released\", or give it no weight";
            Err(field.fault(title, label, help.to_owned()))
        }
        _ => Ok(()),
    }
}

/// A snapshot of releases has another noise, and so another digest, each run.
pub(super) fn digest_fits(
    field: &Field<'_>,
    expected: Option<Digest>,
    anonymity: &Anonymity,
) -> Checked<()> {
    if expected.is_none() || anonymity.mode != ViewMode::Released {
        return Ok(());
    }
    let title = "no snapshot digest can be expected of releases".to_owned();
    let label = "`snapshot_digest` of mode = \"released\"".to_owned();
    let help = "their noise is drawn anew for each run: remove the line; the run compares with \
                its oracle all the same";
    Err(field.fault(title, label, help.to_owned()))
}

//! `[time]` of a workload file: four shapes, each with keys of its own.

use super::fields::{Checked, Field, Table};
use super::spec::TimeShape;
use super::units::show_duration_us;

/// The words for shapes and the keys that each has.
const SHAPES: [(&str, &[&str]); 4] = [
    ("constant", &[]),
    ("diurnal", &["peak_to_mean", "weekend", "zones"]),
    ("on_off", &["on", "off", "off_rate"]),
    ("viral", &["at", "flat", "decay"]),
];
/// How far the sum of the zones' shares may be from 1.
const SHARE_TOLERANCE: f64 = 1e-6;
/// The world has fewer.
const MAX_ZONES: usize = 40;
/// Hours from UTC of the westernmost and the easternmost zone.
const UTC_LIMITS: (f64, f64) = (-12.0, 14.0);

/// `[time]`. `hot` is the number and share of the hot contents.
pub(super) fn time_shape(
    mut table: Table<'_>,
    span_us: Checked<u64>,
    hot: Checked<(u64, f64)>,
) -> Checked<TimeShape> {
    let choices: Vec<(&str, usize)> = SHAPES
        .iter()
        .enumerate()
        .map(|(number, (name, _))| (*name, number))
        .collect();
    let shape = table
        .required("shape", "shape = \"constant\"")
        .and_then(|field| field.choice(&choices).map(|number| (number, field)));
    let Ok((number, field)) = shape else {
        // whose keys they are is unknown: all of them pass
        for (_, keys) in SHAPES {
            keys.iter().for_each(|key| drop(table.optional(key, "")));
        }
        table.close(|_| None);
        return shape.map(|_| TimeShape::Constant);
    };
    let read = match number {
        1 => diurnal(&mut table),
        2 => on_off(&mut table, span_us),
        3 => viral(&mut table, span_us).and_then(|viral| {
            viral_needs_contents(&field, hot?)?;
            Ok(viral)
        }),
        _ => Ok(TimeShape::Constant),
    };
    table.close(|key| {
        let (name, _) = SHAPES.iter().find(|(_, keys)| keys.contains(&key))?;
        Some(format!(
            "`{key}` belongs to shape = {name:?}; this one is {:?}",
            SHAPES[number].0
        ))
    });
    read
}

fn diurnal(table: &mut Table<'_>) -> Checked<TimeShape> {
    let peak_to_mean = table
        .required("peak_to_mean", "peak_to_mean = 2.0")
        .and_then(|field| field.number(1.0..=8.0));
    let weekend = table
        .required("weekend", "weekend = 0.5")
        .and_then(|field| field.number(0.0..=10.0));
    let zones = table
        .required(
            "zones",
            "zones = [{ utc = -5, share = 0.6 }, { utc = 1, share = 0.4 }]",
        )
        .and_then(|field| zones(&field));
    Ok(TimeShape::Diurnal {
        peak_to_mean: peak_to_mean?,
        weekend: weekend?,
        zones: zones?,
    })
}

/// Hours from UTC and shares that sum to 1.
fn zones(field: &Field<'_>) -> Checked<Vec<(f64, f64)>> {
    let elements = field.elements()?;
    if elements.is_empty() || elements.len() > MAX_ZONES {
        let title = format!("`time.zones` has {} zones", elements.len());
        let help = format!("write 1 to {MAX_ZONES} zones: {}", field.example);
        return Err(field.fault(title, "not so many".to_owned(), help));
    }
    let zones: Vec<Checked<(f64, f64)>> = elements.iter().map(zone).collect();
    let mut zones = zones.into_iter().collect::<Checked<Vec<_>>>()?;
    let sum: f64 = zones.iter().map(|zone| zone.1).sum();
    if (sum - 1.0).abs() > SHARE_TOLERANCE {
        let title = "the shares of `time.zones` must sum to 1".to_owned();
        let off = (sum - 1.0).abs();
        let change = if sum > 1.0 { "take away" } else { "add" };
        let help = format!("{change} {off:.6} in all, so that the shares sum to 1");
        return Err(field.fault(title, format!("they sum to {sum:.6}"), help));
    }
    zones.iter_mut().for_each(|zone| zone.1 /= sum);
    Ok(zones)
}

fn zone(field: &Field<'_>) -> Checked<(f64, f64)> {
    let mut table = field.table()?;
    let hours = table
        .required("utc", "utc = -5")
        .and_then(|field| field.number(UTC_LIMITS.0..=UTC_LIMITS.1));
    let share = table
        .required("share", "share = 0.25")
        .and_then(|field| field.number(0.0..=1.0));
    table.close(|_| None);
    Ok((hours?, share?))
}

fn on_off(table: &mut Table<'_>, span_us: Checked<u64>) -> Checked<TimeShape> {
    let on = table.required("on", "on = \"20s\"");
    let off = table.required("off", "off = \"10m\"");
    let off_rate = table
        .required("off_rate", "off_rate = 0.1")
        .and_then(|field| field.number(0.0..=1.0));
    let longest = span_us.unwrap_or(u64::MAX);
    let on_us = on
        .as_ref()
        .map_err(|&told| told)
        .and_then(|field| field.duration_us(1..=longest));
    let off_us = off.and_then(|field| field.duration_us(1..=longest));
    let (on_us, off_us) = (on_us?, off_us?);
    if on_us + off_us > longest {
        let title = "a burst and a pause are longer than the span".to_owned();
        let label = format!("{} in all", show_duration_us(on_us + off_us));
        let help = format!(
            "shorten `on` or `off`, or lengthen span = {:?}",
            show_duration_us(longest)
        );
        return Err(on?.fault(title, label, help));
    }
    Ok(TimeShape::OnOff {
        on_us,
        off_us,
        off_rate: off_rate?,
    })
}

fn viral(table: &mut Table<'_>, span_us: Checked<u64>) -> Checked<TimeShape> {
    let span = span_us.unwrap_or(u64::MAX);
    let at = table.required("at", "at = \"6h\"").and_then(|field| {
        let at_us = field.duration_us(0..=u64::MAX)?;
        if at_us < span {
            return Ok(at_us);
        }
        let title = "`time.at` is beyond the span".to_owned();
        let label = format!("not before the end at {}", show_duration_us(span));
        let help = format!(
            "write a time before the span's end, such as at = {:?}, or lengthen the span",
            show_duration_us(span / 4)
        );
        Err(field.fault(title, label, help))
    });
    let flat = table
        .required("flat", "flat = \"300s\"")
        .and_then(|field| field.duration_us(1..=span));
    let decay = table.required("decay", "decay = 1.23").and_then(|field| {
        let decay = field.number(1.0..=10.0)?;
        if decay > 1.0 {
            return Ok(decay);
        }
        let title = "`time.decay` must be above 1".to_owned();
        let help = "at 1 and below the spreading never ends; SEISMIC's kernel has decay = 1.23";
        Err(field.fault(title, "too slow".to_owned(), help.to_owned()))
    });
    Ok(TimeShape::Viral {
        at_us: at?,
        flat_us: flat?,
        decay: decay?,
    })
}

/// A viral shape without hot contents would be a constant one.
fn viral_needs_contents(shape: &Field<'_>, (contents, share): (u64, f64)) -> Checked<()> {
    if contents > 0 && share > 0.0 {
        return Ok(());
    }
    let title = "shape = \"viral\" has nothing to spread".to_owned();
    let label = "hot_contents or hot_share is 0".to_owned();
    let help = "write hot_contents = 1 and hot_share = 0.4, say, in [population]".to_owned();
    Err(shape.fault(title, label, help))
}

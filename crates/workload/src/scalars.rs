//! Numbers, counts, durations and digests of a workload file, each within its
//! limits.

use std::ops::RangeInclusive;

use toml::de::DeValue;

use super::fields::{Checked, Field, Reported};
use super::units::{parse_duration_us, show_duration_us, unit_list};
use notibench_core::unit::digest::Digest;
use notibench_core::unit::quantity::{parse_count, show_whole};

impl Field<'_> {
    /// A whole number, plain or as text with a suffix (`"10M"`).
    pub(super) fn count(&self, limits: RangeInclusive<u64>) -> Checked<u64> {
        let counts = format!(
            "{} to {}",
            show_whole(*limits.start()),
            show_whole(*limits.end())
        );
        let help = format!(
            "a count from {counts} is allowed here: write {}",
            self.example
        );
        let value = match self.value {
            DeValue::Integer(_) => self.integer(),
            DeValue::String(text) => parse_count(text).map(i128::from).map_err(|_| {
                let title = format!("`{}` is not a count", self.path);
                let label = "digits, `_`, and k, M or G for thousands, millions, billions";
                self.fault(title, label.to_owned(), help.clone())
            })?,
            _ => return Err(self.wrong_type("a whole number")),
        };
        let fitting = u64::try_from(value)
            .ok()
            .filter(|value| limits.contains(value));
        fitting.ok_or_else(|| self.out_of_range(value < i128::from(*limits.start()), help))
    }

    /// Any number, with or without a fraction.
    pub(super) fn number(&self, limits: RangeInclusive<f64>) -> Checked<f64> {
        let value = match self.value {
            DeValue::Integer(_) => self.integer() as f64,
            // what f64 can't read is no TOML float either
            DeValue::Float(float) => float.as_str().parse().unwrap_or(f64::NAN),
            _ => return Err(self.wrong_type("a number")),
        };
        if limits.contains(&value) {
            // -0.0 is within the limits and prints as nobody wrote it
            return Ok(value + 0.0);
        }
        let (low, high) = limits.into_inner();
        let high = if high < 1e6 {
            high.to_string()
        } else {
            format!("{high:e}")
        };
        let help = format!(
            "a number from {low} to {high} is allowed here: write {}",
            self.example
        );
        if value.is_nan() {
            let title = format!("`{}` is not a number", self.path);
            return Err(self.fault(title, "not a number".to_owned(), help));
        }
        Err(self.out_of_range(value < low, help))
    }

    /// A duration in µs.
    pub(super) fn duration_us(&self, limits: RangeInclusive<u64>) -> Checked<u64> {
        let text = match self.value {
            DeValue::String(text) => text,
            DeValue::Integer(_) | DeValue::Float(_) => {
                let title = format!("`{}` has no unit", self.path);
                let help = format!("write a number and its unit in quotes: {}", self.example);
                return Err(self.fault(title, "of what?".to_owned(), help));
            }
            _ => return Err(self.wrong_type("a duration in quotes")),
        };
        let value = parse_duration_us(text).map_err(|reason| {
            let title = format!("`{}` is not a duration", self.path);
            let help = format!("write {}\nunits: {}", self.example, unit_list());
            self.fault(title, reason, help)
        })?;
        if limits.contains(&value) {
            return Ok(value);
        }
        let shown = |us: &u64| show_duration_us(*us);
        let (low, high) = (shown(limits.start()), shown(limits.end()));
        let help = format!(
            "a duration from {low} to {high} is allowed here: write {}",
            self.example
        );
        Err(self.out_of_range(value < *limits.start(), help))
    }

    /// 32 hexadecimal digits.
    pub(super) fn digest(&self) -> Checked<Digest> {
        let text = self.text()?;
        let hexadecimal = text.bytes().all(|byte| byte.is_ascii_hexdigit());
        let digest = if hexadecimal { text.parse().ok() } else { None };
        digest.ok_or_else(|| {
            let title = format!("`{}` is not a digest", self.path);
            let label = if hexadecimal {
                format!("{} digits, not 32", text.len())
            } else {
                "not hexadecimal".to_owned()
            };
            let help = "a digest has 32 hexadecimal digits; remove the line if it is unknown";
            self.fault(title, label, help.to_owned())
        })
    }

    /// An integer as written; beyond 127 bits it saturates, and so stays out
    /// of every range.
    fn integer(&self) -> i128 {
        let DeValue::Integer(integer) = self.value else {
            return i128::MAX;
        };
        let (digits, radix) = (integer.as_str(), integer.radix());
        let saturated = if digits.starts_with('-') {
            i128::MIN
        } else {
            i128::MAX
        };
        i128::from_str_radix(digits, radix).unwrap_or(saturated)
    }

    fn out_of_range(&self, low: bool, help: String) -> Reported {
        let label = if low { "too small" } else { "too large" };
        self.fault(
            format!("`{}` is out of range", self.path),
            label.to_owned(),
            help,
        )
    }
}

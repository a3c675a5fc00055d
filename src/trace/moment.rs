//! Points in time, as traces write them. Imports its siblings.

use super::error::{Bad, shown};

/// What a plain number of a time column counts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum TimeUnit {
    /// Seconds.
    #[default]
    Seconds,
    /// Milliseconds.
    Milliseconds,
    /// Microseconds.
    Microseconds,
}

/// µs since 1970 on either side, beyond which a time is a mistake: a
/// thousand years.
const LIMIT_US: i64 = 1_000 * 366 * 86_400_000_000;

/// Reads a time into µs since 1970: a number in `unit`, with or without a
/// fraction, or a date and time of RFC 3339 or ISO 8601. One without an
/// offset is UTC.
pub(super) fn moment(column: &str, text: &[u8], unit: TimeUnit) -> Result<i64, Bad> {
    let text = text.trim_ascii();
    let plain = std::str::from_utf8(text).ok();
    let read = plain.and_then(|text| number(text, unit).or_else(|| date(text)));
    let within = |us: &i64| (-LIMIT_US..=LIMIT_US).contains(us);
    read.filter(within).ok_or_else(|| {
        let what = format!("`{}` is no time", shown(text));
        let help = "write 2026-11-25T08:00:00Z, or a number and --time-unit s, ms or us";
        Bad::of(column, what, help)
    })
}

fn number(text: &str, unit: TimeUnit) -> Option<i64> {
    let factor: i64 = match unit {
        TimeUnit::Seconds => 1_000_000,
        TimeUnit::Milliseconds => 1_000,
        TimeUnit::Microseconds => 1,
    };
    if let Ok(whole) = text.parse::<i64>() {
        return whole.checked_mul(factor);
    }
    let is_plain = |byte: u8| byte.is_ascii_digit() || matches!(byte, b'-' | b'+' | b'.' | b'e');
    let value: f64 = text.parse().ok().filter(|_| text.bytes().all(is_plain))?;
    let us = (value * factor as f64).round();
    (us.abs() <= LIMIT_US as f64).then_some(us as i64)
}

fn date(text: &str) -> Option<i64> {
    if let Ok(instant) = text.parse::<jiff::Timestamp>() {
        return Some(instant.as_microsecond());
    }
    let civil: jiff::civil::DateTime = text.parse().ok()?;
    let utc = jiff::tz::Offset::UTC.to_timestamp(civil).ok()?;
    Some(utc.as_microsecond())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_and_dates_are_read() {
        let read = |text: &str, unit| moment("at", text.as_bytes(), unit).ok();
        assert_eq!(read("12", TimeUnit::Seconds), Some(12_000_000));
        assert_eq!(read("1.5", TimeUnit::Seconds), Some(1_500_000));
        assert_eq!(read("1.2e3", TimeUnit::Milliseconds), Some(1_200_000));
        assert_eq!(read("-7", TimeUnit::Microseconds), Some(-7));
        let eight = 1_795_593_600_000_000;
        for text in [
            "2026-11-25T08:00:00Z",
            "2026-11-25T09:00:00+01:00",
            "2026-11-25 08:00:00",
        ] {
            assert_eq!(read(text, TimeUnit::Seconds), Some(eight), "{text}");
        }
        for text in [
            "",
            "nan",
            "inf",
            "yesterday",
            "1e99",
            "9223372036854775807",
            "2026-13-01",
        ] {
            assert_eq!(read(text, TimeUnit::Seconds), None, "{text}");
        }
    }
}

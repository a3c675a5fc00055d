//! Points in time, as traces write them.

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

/// How a time is written; the times of one column are of one kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum TimeKind {
    /// A number of some unit.
    Number,
    /// A date and a time of day.
    Date,
}

impl TimeKind {
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Number => "a number",
            Self::Date => "a date",
        }
    }
}

/// µs since 1970 on either side, beyond which a time is a mistake: a
/// thousand years.
const LIMIT_US: i64 = 1_000 * 366 * 86_400_000_000;
/// Years that a number such as `2024` or `20240131` may begin with where it
/// is a date.
const YEARS: std::ops::RangeInclusive<u32> = 1_900..=2_100;

/// Reads a time into µs since 1970: a number in `unit`, with or without a
/// fraction, or a date and time of RFC 3339 or ISO 8601, with a zone of RFC
/// 9557 or without. One with neither offset nor zone is UTC.
pub(super) fn moment(column: &str, text: &[u8], unit: TimeUnit) -> Result<i64, Bad> {
    time(column, text, unit).map(|(us, _)| us)
}

/// The same, with how it is written.
pub(super) fn time(column: &str, text: &[u8], unit: TimeUnit) -> Result<(i64, TimeKind), Bad> {
    let text = text.trim_ascii();
    let plain = std::str::from_utf8(text).unwrap_or_default();
    if let Some((_, zone)) = plain.split_once('[').filter(|_| date(plain).is_none()) {
        let what = format!(
            "`{}` names a zone `{}` that is not known, or that is not at the offset beside it",
            shown(text),
            shown(zone.trim_end_matches(']').as_bytes())
        );
        let help = "write the offset alone, as in 2026-11-25T08:00:00-05:00";
        return Err(Bad::of(column, what, help).counted_as("a zone that is not known or not so"));
    }
    let number = number(plain, unit).map(|us| (us, TimeKind::Number));
    let read = number.or_else(|| date(plain).map(|us| (us, TimeKind::Date)));
    let within = |(us, _): &(i64, TimeKind)| (-LIMIT_US..=LIMIT_US).contains(us);
    read.filter(within).ok_or_else(|| {
        let what = format!("`{}` is no time", shown(text));
        let help = "write 2026-11-25T08:00:00Z, or a number and --time-unit s, ms or us";
        Bad::of(column, what, help).counted_as("no time")
    })
}

/// Whether a number looks like a year, a year and month, or a date: `2024`,
/// `202401`, `20240131`.
pub(super) fn looks_like_date(text: &[u8]) -> bool {
    let text = text.trim_ascii();
    let is_date = matches!(text.len(), 4 | 6 | 8) && text.iter().all(u8::is_ascii_digit);
    let digits = std::str::from_utf8(text).ok().filter(|_| is_date);
    let Some(digits) = digits else { return false };
    let part = |from: usize, default: u32| {
        let part = digits.get(from..from + if from == 0 { 4 } else { 2 });
        part.and_then(|part| part.parse().ok()).unwrap_or(default)
    };
    YEARS.contains(&part(0, 0)) && (1..=12).contains(&part(4, 1)) && (1..=31).contains(&part(6, 1))
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
    // annotations of RFC 9557 with a `=` are no zones
    if text
        .split_once('[')
        .is_some_and(|(_, zone)| !zone.split(']').next().unwrap_or_default().contains('='))
    {
        let zoned: jiff::ZonedDateTime = text.parse().ok()?;
        return Some(zoned.timestamp().as_microsecond());
    }
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
    #[test]
    fn a_zone_is_followed_or_refused() {
        let read = |text: &str| moment("at", text.as_bytes(), TimeUnit::Seconds);
        for text in [
            "2026-01-01T00:00:00[America/New_York]",
            "2026-01-01T00:00:00-05:00[America/New_York]",
            "2026-01-01T05:00:00Z[Europe/London]",
            "2026-01-01T05:00:00Z[u-ca=gregory]",
        ] {
            assert_eq!(read(text), Ok(1_767_243_600_000_000), "{text}");
        }
        for text in [
            "2026-01-01T00:00:00[Mars/Olympus]",
            "2026-01-01T00:00:00+05:00[America/New_York]",
            "2026-01-01T00:00:00[",
        ] {
            let bad = read(text).unwrap_err();
            assert!(bad.to_string().contains("write the offset alone"), "{bad}");
        }
    }

    #[test]
    fn numbers_that_look_like_dates_are_told_from_counts() {
        for text in ["2024", "20260101", "202612", " 19991231 "] {
            assert!(looks_like_date(text.as_bytes()), "{text}");
        }
        for text in [
            "",
            "0",
            "1767225600",
            "20261301",
            "20260132",
            "1899",
            "202400",
            "12.5",
            "-2024",
        ] {
            assert!(!looks_like_date(text.as_bytes()), "{text}");
        }
    }
}

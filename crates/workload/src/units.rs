//! Durations as people write them (`7d`, `300s`, `1.5h`).

use super::error::shown_word;

/// Units, their length in µs and their plain name, shortest first.
const UNITS: [(&str, u64, &str); 7] = [
    ("us", 1, "microseconds"),
    ("ms", 1_000, "milliseconds"),
    ("s", 1_000_000, "seconds"),
    ("m", 60_000_000, "minutes"),
    ("h", 3_600_000_000, "hours"),
    ("d", 86_400_000_000, "days"),
    ("w", 604_800_000_000, "weeks"),
];

/// Reads a duration into µs: a number, fractions allowed, and one of the
/// units us, ms, s, m, h, d, w.
///
/// # Errors
/// Says in a few words what is wrong with `text`.
pub fn parse_duration_us(text: &str) -> Result<u64, String> {
    let plain = text.trim();
    let unit_at = plain.find(|c: char| !c.is_ascii_digit() && c != '.' && c != '_');
    let (number, unit) = plain.split_at(unit_at.unwrap_or(plain.len()));
    if number.is_empty() {
        return Err("not a duration".to_owned());
    }
    let unit = unit.trim_start();
    if unit.is_empty() {
        return Err("no unit".to_owned());
    }
    let found = UNITS.iter().find(|(short, ..)| *short == unit);
    let Some(&(_, factor, _)) = found else {
        return Err(format!("`{}` is no unit of time", shown_word(unit)));
    };
    scale(number, factor)
}

/// `number` times `factor`, exactly; digits beyond a microsecond are refused.
fn scale(number: &str, factor: u64) -> Result<u64, String> {
    let digits: String = number.chars().filter(|&c| c != '_').collect();
    let (whole, fraction) = digits.split_once('.').unwrap_or((&digits, "0"));
    let too_fine = || "finer than a microsecond".to_owned();
    if whole.is_empty() || fraction.is_empty() || fraction.contains('.') {
        return Err("not a number".to_owned());
    }
    let too_long = |_| "too long".to_owned();
    let whole: u64 = whole.parse().map_err(too_long)?;
    let fraction = fraction.trim_end_matches('0');
    let places = u32::try_from(fraction.len()).map_err(|_| too_fine())?;
    let below = if fraction.is_empty() {
        0
    } else {
        fraction.parse::<u128>().map_err(too_long)?
    };
    let ten = 10_u128.checked_pow(places).ok_or_else(too_fine)?;
    let scaled = below.checked_mul(u128::from(factor)).ok_or_else(too_fine)?;
    if scaled % ten != 0 {
        return Err(too_fine());
    }
    let total = u128::from(whole) * u128::from(factor) + scaled / ten;
    u64::try_from(total).map_err(|_| "too long".to_owned())
}

/// A duration in the largest unit that gives a whole number: `7d`, `90m`.
#[must_use]
pub fn show_duration_us(us: u64) -> String {
    let fits = UNITS
        .iter()
        .rev()
        .find(|(_, factor, _)| us >= *factor && us.is_multiple_of(*factor));
    // a week is longer to read than seven days
    let fits = fits.map(|&(short, factor, _)| {
        if short == "w" {
            ("d", 86_400_000_000)
        } else {
            (short, factor)
        }
    });
    fits.map_or_else(
        || "0s".to_owned(),
        |(short, factor)| format!("{}{short}", us / factor),
    )
}

/// The units in words, for help lines: `us (microseconds), …`.
pub(super) fn unit_list() -> String {
    let words: Vec<String> = UNITS
        .iter()
        .map(|(short, _, long)| format!("{short} ({long})"))
        .collect();
    words.join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_are_read_exactly() {
        for (text, us) in [
            ("7d", 604_800_000_000),
            ("1w", 604_800_000_000),
            ("300s", 300_000_000),
            ("300 s", 300_000_000),
            ("1.5h", 5_400_000_000),
            ("0.25ms", 250),
            ("1_000us", 1_000),
            ("0s", 0),
            ("2.000us", 2),
        ] {
            assert_eq!(parse_duration_us(text), Ok(us), "{text}");
        }
    }

    #[test]
    fn what_is_no_duration_is_refused_with_the_reason() {
        for (text, reason) in [
            ("", "not a duration"),
            ("week", "not a duration"),
            ("-1d", "not a duration"),
            ("7", "no unit"),
            ("7 days", "`days` is no unit of time"),
            ("7D", "`D` is no unit of time"),
            ("1h30m", "`h30m` is no unit of time"),
            ("1.2.3s", "not a number"),
            (".5s", "not a number"),
            ("1.s", "not a number"),
            ("99999999999999999999s", "too long"),
            ("9999999999w", "too long"),
            ("1.5us", "finer than a microsecond"),
        ] {
            assert_eq!(parse_duration_us(text), Err(reason.to_owned()), "{text}");
        }
        assert!(parse_duration_us(&format!("0.{}s", "1".repeat(60))).is_err());
    }

    #[test]
    fn what_is_shown_reads_back() {
        for us in [
            1,
            250,
            1_000,
            90_000_000,
            300_000_000,
            5_400_000_000,
            604_800_000_000,
        ] {
            assert_eq!(parse_duration_us(&show_duration_us(us)), Ok(us));
        }
        assert_eq!(show_duration_us(604_800_000_000), "7d");
        assert_eq!(show_duration_us(0), "0s");
    }
}

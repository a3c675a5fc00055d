//! Numbers as people write them (`10M`, `200k`) and read them (`12.3M`, `4.56
//! ns`).

/// Reads a count: digits, `_`, and an optional `k`, `M`, `G`/`B` (powers of
/// 1,000). A fraction is allowed where the result is whole: `2.5M`. A small `m`
/// is refused: in durations it means minutes.
///
/// # Errors
/// Says what is wrong with `text` and what would be right.
pub fn parse_count(text: &str) -> Result<u64, String> {
    let wrong = || format!("`{text}` is not a count: write it as 200000, 200_000, 200k or 2.5M");
    let plain: String = text.trim().chars().filter(|&c| c != '_').collect();
    let (digits, factor) = match plain.char_indices().next_back() {
        Some((at, 'k' | 'K')) => (&plain[..at], 1_000),
        Some((at, 'm')) => {
            let digits = &plain[..at];
            return Err(format!(
                "`{text}`: `m` is minutes in durations; a million is a large M: {digits}M"
            ));
        }
        Some((at, 'M')) => (&plain[..at], 1_000_000),
        Some((at, 'g' | 'G' | 'b' | 'B')) => (&plain[..at], 1_000_000_000),
        _ => (plain.as_str(), 1),
    };
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    let is_number = |s: &str| s.bytes().all(|b| b.is_ascii_digit());
    if whole.is_empty() || !is_number(whole) || !is_number(fraction) || digits.ends_with('.') {
        return Err(wrong());
    }
    let whole = whole.parse::<u64>().map_err(|_| wrong())?;
    let mut value = whole
        .checked_mul(factor)
        .ok_or_else(|| format!("`{text}` is too large"))?;
    let mut place = factor;
    for digit in fraction.bytes().map(|b| u64::from(b - b'0')) {
        if place < 10 && digit != 0 {
            return Err(wrong());
        }
        place /= 10;
        value = value
            .checked_add(digit * place)
            .ok_or_else(|| format!("`{text}` is too large"))?;
    }
    Ok(value)
}

/// Reads a share: `3%`, `0.5%` or `0.03`; must be above zero and finite. A
/// bare number of 1 or more is refused: it can be meant as percent.
///
/// # Errors
/// Says what is wrong with `text` and what would be right.
pub fn parse_share(text: &str) -> Result<f64, String> {
    let wrong = || format!("`{text}` is no share: write it as 3% or 0.03");
    let plain = text.trim();
    let (number, factor) = match plain.strip_suffix('%') {
        Some(percent) => (percent.trim_end(), 0.01),
        None => (plain, 1.0),
    };
    let is_plain = number.bytes().all(|b| b.is_ascii_digit() || b == b'.');
    let share = number.parse::<f64>().map_err(|_| wrong())? * factor;
    if is_plain && factor == 1.0 && share >= 1.0 && share.is_finite() {
        return Err(format!(
            "`{text}` can mean {plain}% or {factor}%: write the one that is meant, with its %",
            factor = (share * 1e8).round() / 1e6
        ));
    }
    // without this, `inf`, `nan`, `1e9` and `-3` would be numbers, too
    if is_plain && share.is_finite() && share > 0.0 {
        Ok(share)
    } else {
        Err(wrong())
    }
}

/// Three significant digits and a suffix: `12.3M`.
#[must_use]
pub fn show_count(value: f64) -> String {
    let (scaled, suffix) = scaled_count(value);
    format!("{}{suffix}", three_digits(scaled))
}

/// One decimal and a suffix: `7.6M`, for what is not known more precisely.
#[must_use]
pub fn show_tenths(value: f64) -> String {
    let (scaled, suffix) = scaled_count(value);
    format!("{scaled:.1}{suffix}")
}

fn scaled_count(value: f64) -> (f64, &'static str) {
    match value.abs() {
        v if v >= 1e9 => (value / 1e9, "G"),
        v if v >= 1e6 => (value / 1e6, "M"),
        v if v >= 1e4 => (value / 1e3, "k"),
        _ => (value, ""),
    }
}

/// Nanoseconds with the unit that suits them: `812 ns`, `1.20 ms`.
#[must_use]
pub fn show_ns(ns: f64) -> String {
    let (scaled, unit) = match ns.abs() {
        v if v >= 1e9 => (ns / 1e9, "s"),
        v if v >= 1e6 => (ns / 1e6, "ms"),
        v if v >= 1e3 => (ns / 1e3, "µs"),
        _ => (ns, "ns"),
    };
    format!("{} {unit}", three_digits(scaled))
}

/// Bytes with binary units: `1.50 MiB`.
#[must_use]
pub fn show_bytes(bytes: f64) -> String {
    const UNITS: [&str; 5] = ["B", "KiB", "MiB", "GiB", "TiB"];
    let mut scaled = bytes;
    let mut unit = 0;
    while scaled.abs() >= 1024.0 && unit + 1 < UNITS.len() {
        scaled /= 1024.0;
        unit += 1;
    }
    format!("{} {}", three_digits(scaled), UNITS[unit])
}

/// A whole number with commas: `10,000,000`.
#[must_use]
pub fn show_whole(value: u64) -> String {
    let digits = value.to_string();
    let mut shown = String::with_capacity(digits.len() + digits.len() / 3);
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            shown.push(',');
        }
        shown.push(digit);
    }
    shown
}

/// A count and what is counted: `1 event`, `1,024 events`, `2 bad entries`.
/// `thing` is the singular; its last word takes the ending.
#[must_use]
pub fn counted(count: impl TryInto<u64>, thing: &str) -> String {
    let count = count.try_into().unwrap_or(u64::MAX);
    let number = show_whole(count);
    if count == 1 {
        return format!("{number} {thing}");
    }
    let is_vowel = |letter: u8| b"aeiou".contains(&letter);
    match thing.as_bytes() {
        [.., before, b'y'] if !is_vowel(*before) => {
            format!("{number} {}ies", &thing[..thing.len() - 1])
        }
        [.., b's' | b'x'] | [.., b'c' | b's', b'h'] => format!("{number} {thing}es"),
        _ => format!("{number} {thing}s"),
    }
}

fn three_digits(value: f64) -> String {
    match value.abs() {
        v if v >= 99.95 || v == 0.0 => format!("{value:.0}"),
        v if v >= 9.995 => format!("{value:.1}"),
        _ => format!("{value:.2}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_are_read_as_written() {
        assert_eq!(parse_count("200000"), Ok(200_000));
        assert_eq!(parse_count("200_000"), Ok(200_000));
        assert_eq!(parse_count("10k"), Ok(10_000));
        assert_eq!(parse_count("2.5M"), Ok(2_500_000));
        assert_eq!(parse_count("1B"), Ok(1_000_000_000));
        assert!(parse_count("5m").unwrap_err().contains("a large M: 5M"));
        for wrong in [
            "",
            "k",
            "-1",
            "1.5",
            "ten",
            "1.",
            "0.0001k",
            "99999999999999999999",
            "9e9",
            "5m",
            "1.00001k",
            "18446744073709551.9k",
        ] {
            assert!(parse_count(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn shares_are_read_as_percent_or_as_fractions() {
        assert_eq!(parse_share("3%"), Ok(0.03));
        assert_eq!(parse_share(" 0.5 % "), Ok(0.005));
        assert_eq!(parse_share("0.03"), Ok(0.03));
        assert_eq!(parse_share("10000%"), Ok(100.0));
        assert_eq!(parse_share("0.999"), Ok(0.999));
        for (text, as_percent, as_factor) in [
            ("1", "1%", "100%"),
            ("5", "5%", "500%"),
            ("3.0", "3.0%", "300%"),
            ("5.5", "5.5%", "550%"),
        ] {
            let said = parse_share(text).unwrap_err();
            assert!(
                said.contains(&format!("mean {as_percent} or {as_factor}")),
                "{said}"
            );
        }
        for wrong in [
            "", "%", "3%%", "-3%", "0", "0%", "inf", "nan", "1e9", "three", "1.2.3", "+1",
        ] {
            assert!(parse_share(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn what_is_counted_agrees_with_its_number() {
        assert_eq!(counted(1_u64, "event"), "1 event");
        assert_eq!(counted(0_u64, "event"), "0 events");
        assert_eq!(counted(1_024_usize, "event"), "1,024 events");
        assert_eq!(counted(1_u64, "bad entry"), "1 bad entry");
        assert_eq!(counted(2_u64, "bad entry"), "2 bad entries");
        assert_eq!(counted(3_u64, "day"), "3 days");
        assert_eq!(counted(2_u64, "process"), "2 processes");
        assert_eq!(counted(2_u64, "search"), "2 searches");
    }

    #[test]
    fn numbers_are_shown_with_three_digits() {
        assert_eq!(show_count(12_345_678.0), "12.3M");
        assert_eq!(show_count(999.0), "999");
        assert_eq!(show_ns(812.4), "812 ns");
        assert_eq!(show_ns(1_200_000.0), "1.20 ms");
        assert_eq!(show_bytes(1536.0), "1.50 KiB");
        assert_eq!(show_whole(10_000_000), "10,000,000");
        assert_eq!(show_whole(123), "123");
    }
}

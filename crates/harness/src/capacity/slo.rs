//! How a service-level objective is written.

use notibench_record::{Judged, Objective};

/// Reads `p99.9 < 1ms`, `max < 50ms`, `reads p99 < 500us`.
///
/// # Errors
/// Says what is wrong with `text` and what would be right.
pub fn parse_objective(text: &str) -> Result<Objective, String> {
    let wrong = |why: &str| format!("`{text}` is no objective ({why}): write it as 'p99.9 < 1ms'");
    let (left, right) = text
        .split_once('<')
        .ok_or_else(|| wrong("there is no `<`"))?;
    let (of, percentile) = match left.trim().split_once(char::is_whitespace) {
        None => (Judged::Events, left.trim()),
        Some(("events", percentile)) => (Judged::Events, percentile.trim()),
        Some(("reads", percentile)) => (Judged::Reads, percentile.trim()),
        Some(_) => {
            return Err(wrong(
                "before the percentile there may be `events` or `reads`",
            ));
        }
    };
    let quantile = match percentile {
        "max" => 1.0,
        _ => {
            let digits = percentile
                .strip_prefix('p')
                .ok_or_else(|| wrong("a percentile is p50, p99.9, … or max"))?;
            let is_plain = digits.bytes().all(|b| b.is_ascii_digit() || b == b'.');
            let percent: f64 = digits.parse().unwrap_or(f64::NAN);
            if !is_plain || !(1.0..100.0).contains(&percent) {
                return Err(wrong("a percentile is at least p1 and below p100"));
            }
            percent / 100.0
        }
    };
    let limit = right.trim_start_matches('=').trim();
    let limit_ns = limit_ns(limit).ok_or_else(|| wrong("the limit is a time: 800us, 1ms, 2s"))?;
    Ok(Objective {
        text: text.trim().to_owned(),
        of,
        quantile,
        limit_ns,
    })
}

/// A time in ns, from its text.
fn limit_ns(text: &str) -> Option<u64> {
    let at = text.find(|c: char| !c.is_ascii_digit() && c != '.')?;
    let (number, unit) = text.split_at(at);
    let factor = match unit.trim() {
        "ns" => 1.0,
        "us" | "µs" => 1e3,
        "ms" => 1e6,
        "s" => 1e9,
        _ => return None,
    };
    let ns = number.parse::<f64>().ok()? * factor;
    (1.0..=3.6e12).contains(&ns).then_some(ns.round() as u64)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn objectives_are_read() {
        for (text, of, quantile, limit_ns) in [
            ("p99.9 < 1ms", Judged::Events, 0.999, 1_000_000),
            ("p50<800us", Judged::Events, 0.5, 800_000),
            (
                "events p99.99 < 1.5 s",
                Judged::Events,
                0.9999,
                1_500_000_000,
            ),
            ("reads p99 < 20µs", Judged::Reads, 0.99, 20_000),
            ("max <= 50ms", Judged::Events, 1.0, 50_000_000),
        ] {
            let found = parse_objective(text).unwrap();
            assert_eq!((found.of, found.limit_ns), (of, limit_ns), "{text}");
            assert!((found.quantile - quantile).abs() < 1e-12, "{text}");
        }
    }

    #[test]
    fn what_is_none_is_refused_with_an_example() {
        for text in [
            "",
            "p99",
            "p99 > 1ms",
            "99 < 1ms",
            "p100 < 1ms",
            "p0 < 1ms",
            "p99 < 1",
            "p99 < ms",
            "p99 < 0ms",
            "writes p99 < 1ms",
            "pinf < 1ms",
            "p99 < 1e9s",
        ] {
            let words = parse_objective(text).unwrap_err();
            assert!(words.contains("p99.9 < 1ms"), "{text}: {words}");
        }
    }
}

//! Flags of an open loop.

use clap::{Args, ValueEnum};

use notibench_core::unit::quantity::parse_count;
use notibench_harness::{OpenLoopOptions, Rate};
use notibench_record::{Arrivals, Idle};
use notibench_workload::parse_duration_us;

/// Reads a rate: `5M/s`, `5M`, `0.5/s`, `6/min`.
pub(crate) fn rate(text: &str) -> Result<Rate, String> {
    let wrong = || format!("`{text}` is no rate of events: write it as 5M/s, 0.5/s or 6/min");
    let plain = text.trim();
    let (number, unit) = plain.split_once('/').unwrap_or((plain, "s"));
    let unit_ns: u64 = match unit.trim() {
        "s" => 1_000_000_000,
        "min" => 60_000_000_000,
        "h" => 3_600_000_000_000,
        _ => return Err(wrong()),
    };
    let number = number.trim();
    if let Some(digits) = number.strip_suffix('m') {
        return Err(format!(
            "`{text}` can mean millions and a time in minutes: write {digits}M/s for millions of \
             events a second, or {digits}/min for events a minute"
        ));
    }
    let rate = match parse_count(number) {
        Ok(events) => Rate {
            events,
            per_ns: unit_ns,
        },
        // a fraction of an event: 0.5 in a second are 5 in ten
        Err(_) => fraction(number, unit_ns).ok_or_else(wrong)?,
    };
    if rate.events == 0 {
        return Err(wrong());
    }
    Ok(rate)
}

/// A decimal fraction of an event in `unit_ns`, as whole events in more time.
fn fraction(number: &str, unit_ns: u64) -> Option<Rate> {
    let (whole, decimals) = number.split_once('.')?;
    let is_plain = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    if whole.is_empty() || decimals.is_empty() || !is_plain(whole) || !is_plain(decimals) {
        return None;
    }
    let factor = 10_u64.checked_pow(u32::try_from(decimals.len()).ok()?)?;
    Some(Rate {
        events: format!("{whole}{decimals}").parse().ok()?,
        per_ns: unit_ns.checked_mul(factor)?,
    })
}

/// Reads a duration such as `20s` into ns.
pub(crate) fn duration_ns(text: &str) -> Result<u64, String> {
    let us = parse_duration_us(text).map_err(|why| format!("`{text}`: {why}; write it as 20s"))?;
    match us.checked_mul(1_000) {
        Some(ns) if ns > 0 => Ok(ns),
        Some(_) => Err(format!("`{text}` is no time at all: write it as 20s")),
        None => Err(format!("`{text}` is too long: write it as 20s")),
    }
}

/// Reads a time scale such as `30s/week`: ns of real time, µs of event time.
fn time_scale(text: &str) -> Result<(u64, u64), String> {
    let wrong = |why: &str| format!("`{text}` is no time scale{why}: write it as 30s/week");
    let (real, event) = text.split_once('/').ok_or_else(|| wrong(""))?;
    let event_us = match event.trim() {
        "hour" => 3_600_000_000,
        "day" => 86_400_000_000,
        "week" => 604_800_000_000,
        other => parse_duration_us(other).map_err(|why| wrong(&format!(" ({why})")))?,
    };
    let real_ns = duration_ns(real.trim()).map_err(|why| wrong(&format!(" ({why})")))?;
    if event_us == 0 {
        return Err(wrong(" (no event time at all)"));
    }
    Ok((real_ns, event_us))
}

/// Reads how arrivals follow one another.
pub(crate) fn arrivals(text: &str) -> Result<Arrivals, String> {
    let wrong = || {
        format!(
            "`{text}` is no way of arriving: write constant, poisson, or bursts:ON/OFF, such as \
             bursts:100ms/900ms"
        )
    };
    match text.trim() {
        "constant" => Ok(Arrivals::Constant),
        "poisson" => Ok(Arrivals::Poisson),
        other => {
            let lengths = other.strip_prefix("bursts:").ok_or_else(wrong)?;
            let (on, off) = lengths.split_once('/').ok_or_else(wrong)?;
            let length = |text: &str| duration_ns(text).map_err(|_| wrong());
            Ok(Arrivals::Bursts {
                on_ns: length(on)?,
                off_ns: length(off)?,
            })
        }
    }
}

/// What a worker does while nothing is due.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum IdleMode {
    /// Look at the clock again and again: starts on time, and takes a whole processor
    Spin,
    /// Give the processor away between two looks: starts late where others take it
    Yield,
}

impl IdleMode {
    pub(crate) const fn mode(self) -> Idle {
        match self {
            Self::Spin => Idle::Spin,
            Self::Yield => Idle::Yield,
        }
    }
}

/// An open loop: arrivals are scheduled, and ignore completions.
#[derive(Debug, Args)]
#[command(next_help_heading = "Open loop: response time at a rate")]
pub(crate) struct OpenLoopArgs {
    /// Offer so many events, such as 5M/s, 0.5/s or 6/min, whether or not the engine keeps up
    #[arg(long, value_name = "RATE", value_parser = rate, allow_negative_numbers = true)]
    pub(crate) rate: Option<Rate>,
    /// For so long [default: 10s with --rate]
    #[arg(long, value_name = "TIME", value_parser = duration_ns, allow_negative_numbers = true)]
    pub(crate) duration: Option<u64>,
    /// Offer events at the workload's own times, squeezed, such as 30s/week
    #[arg(long, value_name = "TIME/TIME", value_parser = time_scale, allow_negative_numbers = true)]
    pub(crate) time_scale: Option<(u64, u64)>,
    /// How arrivals follow one another: constant, poisson, bursts:ON/OFF [default: poisson]
    #[arg(long, value_name = "HOW", value_parser = arrivals)]
    pub(crate) arrivals: Option<Arrivals>,
    /// Events that may be due and not started; beyond, they are skipped and counted [default:
    /// what arrives in a second, 10k at least]
    #[arg(long, value_name = "N", value_parser = parse_count, allow_negative_numbers = true)]
    pub(crate) max_backlog: Option<u64>,
    /// What workers do while nothing is due [default: spin]
    #[arg(long, value_enum, value_name = "HOW")]
    pub(crate) idle: Option<IdleMode>,
    /// Length of an interval of the time series [default: a twentieth of the time, 1s at most]
    #[arg(long, value_name = "TIME", value_parser = duration_ns, allow_negative_numbers = true)]
    pub(crate) interval: Option<u64>,
    /// Exit with 1 where an engine misses the rate by more than 1%, or skips events
    #[arg(long)]
    pub(crate) require_rate: bool,
}

impl OpenLoopArgs {
    pub(crate) fn options(&self) -> OpenLoopOptions {
        OpenLoopOptions {
            rate: self.rate,
            duration_ns: self.duration,
            time_scale: self.time_scale,
            arrivals: self.arrivals,
            max_backlog: self.max_backlog,
            idle: self.idle.map(IdleMode::mode),
            interval_ns: self.interval,
            require_rate: self.require_rate,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_people_write_is_read() {
        let second = 1_000_000_000;
        for (text, events, per_ns) in [
            ("5M/s", 5_000_000, second),
            ("200k", 200_000, second),
            ("2.5M/s", 2_500_000, second),
            ("0.5/s", 5, 10 * second),
            ("12.25/s", 1_225, 100 * second),
            ("6/min", 6, 60 * second),
            ("90/h", 90, 3_600 * second),
        ] {
            assert_eq!(rate(text), Ok(Rate { events, per_ns }), "{text}");
        }
        assert_eq!(duration_ns("20s"), Ok(20_000_000_000));
        let week = 604_800_000_000;
        assert_eq!(time_scale("30s/week"), Ok((30_000_000_000, week)));
        assert_eq!(time_scale("1m/7d"), Ok((60_000_000_000, week)));
        assert_eq!(
            arrivals("bursts:100ms/900ms"),
            Ok(Arrivals::Bursts {
                on_ns: 100_000_000,
                off_ns: 900_000_000
            })
        );
    }

    #[test]
    fn what_is_none_is_refused_with_an_example() {
        for text in [
            "", "0", "-5", "5/m", "fast", "0.0/s", ".5/s", "1./s", "5/", "1e3/s", "5/s/s",
        ] {
            assert!(rate(text).unwrap_err().contains("5M/s"), "{text}");
        }
        for text in ["5m", "5m/s"] {
            let said = rate(text).unwrap_err();
            assert!(said.contains("5M/s") && said.contains("5/min"), "{said}");
        }
        for text in ["30s", "30s/", "/week", "30s/0s", "0s/week", "30s/fortnight"] {
            assert!(time_scale(text).unwrap_err().contains("30s/week"), "{text}");
        }
        for text in ["", "burst", "bursts:1s", "bursts:0s/1s"] {
            assert!(arrivals(text).unwrap_err().contains("bursts:"), "{text}");
        }
    }
}

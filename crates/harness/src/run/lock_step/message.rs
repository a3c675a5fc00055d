//! What processes in lock-step say to each other, as lines of text.

use std::fmt;
use std::ops::Range;
use std::str::FromStr;

/// What a process says first.
const HELLO: &str = "notibench-lock-step/1";

/// What a process that takes turns says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Said {
    /// It takes turns.
    Hello,
    /// It has prepared a stretch of the stream.
    Ready(Stretch),
    /// It waits before a step of the stretch, from 0.
    At(u64),
    /// The stretch is over.
    End,
    /// What follows is its record.
    Record,
}

/// Events that are cut into slices.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Stretch {
    pub(super) events: Range<u64>,
    /// Slices are a multiple of so many events.
    pub(super) unit: u64,
    /// Engines that take each slice, at least one.
    pub(super) engines: usize,
}

/// What it is told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Told {
    /// To go on.
    Go,
    /// Its turns of a stretch.
    Turns(Turns),
}

/// One process' turns of a stretch.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Turns {
    /// Index behind the last event of each slice.
    pub(super) ends: Vec<u64>,
    /// The engine of each turn; each takes each slice once, in order.
    pub(super) order: Vec<usize>,
}

impl fmt::Display for Said {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Hello => f.write_str(HELLO),
            Self::Ready(Stretch {
                events,
                unit,
                engines,
            }) => write!(f, "ready {} {} {unit} {engines}", events.start, events.end),
            Self::At(step) => write!(f, "at {step}"),
            Self::End => f.write_str("end"),
            Self::Record => f.write_str("record"),
        }
    }
}

impl FromStr for Said {
    type Err = String;

    fn from_str(line: &str) -> Result<Self, String> {
        let said = match line.split_once(' ').unwrap_or((line, "")) {
            (HELLO, "") => Some(Self::Hello),
            ("end", "") => Some(Self::End),
            ("record", "") => Some(Self::Record),
            ("at", step) => step.parse().ok().map(Self::At),
            ("ready", rest) => ready(rest),
            _ => None,
        };
        said.ok_or_else(|| unknown(line))
    }
}

fn ready(rest: &str) -> Option<Said> {
    let [start, end, unit, engines] = numbers(rest)?.try_into().ok()?;
    let engines = usize::try_from(engines).ok()?;
    (start < end && unit > 0 && engines > 0).then_some(Said::Ready(Stretch {
        events: start..end,
        unit,
        engines,
    }))
}

impl fmt::Display for Told {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Go => f.write_str("go"),
            Self::Turns(Turns { ends, order }) => {
                f.write_str("turns")?;
                ends.iter().try_for_each(|end| write!(f, " {end}"))?;
                f.write_str(" /")?;
                order.iter().try_for_each(|engine| write!(f, " {engine}"))
            }
        }
    }
}

impl FromStr for Told {
    type Err = String;

    fn from_str(line: &str) -> Result<Self, String> {
        if line == "go" {
            return Ok(Self::Go);
        }
        let turns = line.strip_prefix("turns ").and_then(|rest| {
            let (ends, order) = rest.split_once(" / ")?;
            let order = numbers(order)?.into_iter().map(usize::try_from);
            Some(Self::Turns(Turns {
                ends: numbers(ends)?,
                order: order.collect::<Result<_, _>>().ok()?,
            }))
        });
        turns.ok_or_else(|| unknown(line))
    }
}

fn numbers(text: &str) -> Option<Vec<u64>> {
    text.split(' ').map(|word| word.parse().ok()).collect()
}

/// A line that means nothing, its beginning quoted without control characters.
fn unknown(line: &str) -> String {
    let shown: String = line.chars().take(60).collect();
    format!("it said {shown:?}, which is no line of {HELLO}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_said_is_heard() {
        let stretch = Stretch {
            events: 5..2_000,
            unit: 64,
            engines: 2,
        };
        for said in [
            Said::Hello,
            Said::Ready(stretch),
            Said::At(7),
            Said::End,
            Said::Record,
        ] {
            assert_eq!(said.to_string().parse(), Ok(said));
        }
        let turns = Turns {
            ends: vec![3, 9],
            order: vec![0, 1, 1, 0],
        };
        assert_eq!(
            Told::Turns(turns.clone()).to_string(),
            "turns 3 9 / 0 1 1 0"
        );
        for told in [Told::Go, Told::Turns(turns)] {
            assert_eq!(told.to_string().parse(), Ok(told));
        }
    }

    #[test]
    fn what_means_nothing_is_refused() {
        for line in [
            "",
            "hello",
            "notibench-lock-step/2",
            "at",
            "at -1",
            "at 1 2",
            "ready 1 2 3",
            "ready 1 2 3 4 5",
            "ready 2 2 64 1",
            "ready 0 2 0 1",
            "ready 0 2 64 0",
            "ready 0 99999999999999999999 64 1",
        ] {
            let error = line.parse::<Said>().unwrap_err();
            assert!(error.contains("is no line of"), "{error}");
        }
        for line in ["", "go on", "turns", "turns 3", "turns 3 /", "turns / 0"] {
            assert!(line.parse::<Told>().is_err(), "{line}");
        }
        let long = "\u{1b}".repeat(1_000);
        let error = long.parse::<Said>().unwrap_err();
        assert!(!error.contains('\u{1b}') && error.len() < 700, "{error}");
    }
}

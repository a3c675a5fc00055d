//! The census of one or several streams as rows of text.

use super::census::{Census, PARTS, Popularity};
use notibench_core::event::Kind;
use notibench_core::policy::Disposition;
use notibench_core::unit::quantity::{counted, show_whole};

/// Ranks whose share is shown.
const RANKS: [usize; 9] = [1, 2, 5, 10, 20, 50, 100, 1_000, 10_000];
/// Heights of a bar.
const BARS: [char; 8] = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];
/// Bars of the events over time.
const SHOWN_PARTS: usize = PARTS / 2;

/// What is described, and the reads beside it, if any.
#[derive(Clone, Copy, Debug)]
pub struct Described<'a> {
    /// Its name.
    pub name: &'a str,
    /// What it holds.
    pub census: &'a Census,
    /// Reads, by kind's name; none for a trace.
    pub reads: &'a [(&'static str, u64)],
}

/// A name and a value for each stream; rows that are nothing in all of them
/// are left out.
#[must_use]
pub fn describe(all: &[Described<'_>]) -> Vec<Vec<String>> {
    let mut rows = vec![Vec::new()];
    rows[0].push(String::new());
    rows[0].extend(all.iter().map(|of| of.name.to_owned()));
    let mut row = |name: &str, value: &dyn Fn(&Described<'_>) -> String| {
        let values: Vec<String> = all.iter().map(value).collect();
        if values.iter().any(|value| !value.is_empty()) {
            let mut row = vec![name.to_owned()];
            row.extend(values);
            rows.push(row);
        }
    };
    row("events", &|of| show_whole(of.census.events));
    row("members", &|of| show_whole(of.census.members));
    row("time", &|of| show_span(of.census.span_us));
    for kind in Kind::ALL {
        row(kind.name(), &|of| {
            share(of.census.kinds[kind as usize], of.census.done())
        });
    }
    row("undos", &|of| share(of.census.undos, of.census.events));
    row("self-actions", &|of| {
        share(of.census.self_actions, of.census.done())
    });
    row("repetitions", &|of| {
        share(of.census.repeats, of.census.events)
    });
    row("  of these by chance", &|of| {
        share(of.census.chance_repeats, of.census.events)
    });
    for (at, disposition) in Disposition::ALL.into_iter().enumerate() {
        row(&format!("disposition {}", disposition.name()), &|of| {
            share(of.census.dispositions[at], of.census.events)
        });
    }
    for (name, popularity) in POPULARITIES {
        row(&format!("{name}, distinct"), &|of| {
            whole(popularity(of.census).distinct())
        });
        for rank in RANKS {
            row(
                &format!("  share of the top {}", show_whole(rank as u64)),
                &|of| top(popularity(of.census), rank),
            );
        }
    }
    row("events over time", &|of| bars(of.census));
    row("  highest part / mean", &|of| {
        let most = shown_parts(of.census).into_iter().max().unwrap_or(0);
        let mean = of.census.events as f64 / SHOWN_PARTS as f64;
        format!("{:.2}", most as f64 / mean.max(f64::MIN_POSITIVE))
    });
    row("reads", &|of| {
        let reads = of.reads.iter().map(|(_, number)| number).sum();
        whole(reads)
    });
    for at in 0..all.iter().map(|of| of.reads.len()).max().unwrap_or(0) {
        let name = all
            .iter()
            .find_map(|of| of.reads.get(at))
            .map_or("", |of| of.0);
        row(&format!("  {name}"), &|of| {
            whole(of.reads.get(at).map_or(0, |(_, number)| *number))
        });
    }
    rows
}

type PopularityOf = fn(&Census) -> &Popularity;

/// Whose popularity is shown.
const POPULARITIES: [(&str, PopularityOf); 3] = [
    ("recipients", |of| &of.recipients),
    ("actors", |of| &of.actors),
    ("contents", |of| &of.contents),
];

fn whole(number: u64) -> String {
    if number == 0 {
        String::new()
    } else {
        show_whole(number)
    }
}

fn share(part: u64, whole: u64) -> String {
    if part == 0 {
        return String::new();
    }
    percent(part as f64 / (whole as f64).max(1.0))
}

fn percent(share: f64) -> String {
    let percent = 100.0 * share;
    if percent < 1.0 {
        format!("{percent:.3}%")
    } else {
        format!("{percent:.1}%")
    }
}

/// The share of the most frequent; nothing where there are not so many.
fn top(of: &Popularity, rank: usize) -> String {
    if of.counts.len() < rank {
        return String::new();
    }
    percent(of.top_share(rank))
}

/// A length of time in the two largest units that suit it: `1,316 days 4 h`,
/// `3 h 20 min`, `2 min 5 s`, `1.5 s`.
#[must_use]
pub fn show_span(us: u64) -> String {
    let seconds = us / 1_000_000;
    let (minutes, hours, days) = (seconds / 60, seconds / 3_600, seconds / 86_400);
    let two = |large: String, small: u64, unit: &str| match small {
        0 => large,
        _ => format!("{large} {small} {unit}"),
    };
    if days > 0 {
        two(counted(days, "day"), hours % 24, "h")
    } else if hours > 0 {
        two(format!("{hours} h"), minutes % 60, "min")
    } else if minutes > 0 {
        two(format!("{minutes} min"), seconds % 60, "s")
    } else {
        format!("{:.1} s", us as f64 / 1e6)
    }
}

fn shown_parts(of: &Census) -> [u64; SHOWN_PARTS] {
    let mut parts = [0; SHOWN_PARTS];
    for (at, count) in of.parts.iter().enumerate() {
        parts[at * SHOWN_PARTS / PARTS] += count;
    }
    parts
}

fn bars(of: &Census) -> String {
    let parts = shown_parts(of);
    let most = parts.into_iter().max().unwrap_or(0).max(1);
    let bar = |count: u64| match count {
        0 => ' ',
        _ => BARS[((count * BARS.len() as u64).div_ceil(most) as usize - 1).min(BARS.len() - 1)],
    };
    parts.into_iter().map(bar).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use notibench_core::event::{Event, Segment};

    #[test]
    fn spans_are_shown_in_the_units_that_suit_them() {
        let of = |seconds: f64| show_span((seconds * 1e6) as u64);
        assert_eq!(of(0.0), "0.0 s");
        assert_eq!(of(59.94), "59.9 s");
        assert_eq!(of(125.0), "2 min 5 s");
        assert_eq!(of(7_200.0), "2 h");
        assert_eq!(of(12_000.0), "3 h 20 min");
        assert_eq!(of(86_400.0), "1 day");
        assert_eq!(of(1_316.0 * 86_400.0 + 3.0 * 3_600.0), "1,316 days 3 h");
    }

    #[test]
    fn two_streams_stand_beside_each_other() {
        let event =
            |index: u64, kind| Event::new(index, index, kind, false, (index, Segment::Other), 1, 0);
        let views: Vec<Event> = (0..48).map(|i| event(i, Kind::ProfileView)).collect();
        let follows: Vec<Event> = (0..10).map(|i| event(i, Kind::MemberFollow)).collect();
        let (one, other) = (Census::of(&views), Census::of(&follows));
        let reads = [("badge", 7)];
        let rows = describe(&[
            Described {
                name: "one",
                census: &one,
                reads: &reads,
            },
            Described {
                name: "other",
                census: &other,
                reads: &[],
            },
        ]);
        let row = |name: &str| {
            let found = rows.iter().find(|row| row[0] == name);
            found.map(|row| (row[1].as_str(), row[2].as_str()))
        };
        assert_eq!(row(""), Some(("one", "other")));
        assert_eq!(row("profile_view"), Some(("100.0%", "")));
        assert_eq!(row("member_follow"), Some(("", "100.0%")));
        assert_eq!(row("post_like"), None);
        assert_eq!(row("reads"), Some(("7", "")));
        assert_eq!(row("  highest part / mean"), Some(("1.00", "2.40")));
        assert_eq!(bars(&one), "█".repeat(SHOWN_PARTS));
    }
}

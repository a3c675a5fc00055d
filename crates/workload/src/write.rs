//! From a [`Workload`] back to the text of its file.

use std::fmt::Write as _;

use super::spec::{IdScheme, Settings, TimeShape, ViewMode, Workload};
use super::units::show_duration_us;
use notibench_core::event::{Kind, ReadKind, Segment};

/// What is given to numbers: enough that reading them back changes nothing
/// that a run would see.
const DIGITS: usize = 6;

impl Workload {
    /// Its file's text; [`Workload::parse`] reads the same workload out of
    /// it, each number to six significant digits. The name is the file's, not
    /// the text's. Known digests are left out: the text is a new one.
    #[must_use]
    pub fn to_toml(&self) -> String {
        let mut text = String::new();
        // a String takes whatever is written to it
        let _ = self.write_toml(&mut text);
        text
    }

    fn write_toml(&self, out: &mut String) -> std::fmt::Result {
        writeln!(out, "about = \"\"\"\n{}\n\"\"\"", escaped(&self.about))?;
        writeln!(out, "seed = {}", self.seed)?;
        writeln!(out, "events = {}", self.events)?;
        writeln!(out, "span = \"{}\"", span(self.span_us))?;
        writeln!(out, "\n[mix]                         # relative weights")?;
        let mix = &self.mix;
        let fresh: f64 = mix.kinds.iter().sum();
        for kind in Kind::ALL {
            let share = mix.kinds[kind as usize] / fresh.max(f64::MIN_POSITIVE);
            if share > 0.0 {
                writeln!(out, "{} = {}", kind.name(), number(100.0 * share))?;
            }
        }
        writeln!(
            out,
            "\n[mix.shares]                  # undo, duplicate: of the stream; self_action: of \
             fresh events"
        )?;
        writeln!(out, "undo = {}", number(mix.undo))?;
        writeln!(out, "duplicate = {}", number(mix.duplicate))?;
        writeln!(out, "self_action = {}", number(mix.self_action))?;
        self.write_population(out)?;
        self.write_time(out)?;
        let reads = &self.reads;
        if reads.per_event > 0.0 || reads.exponent > 0.0 {
            writeln!(out, "\n[reads]")?;
            writeln!(out, "per_event = {}", number(reads.per_event))?;
            writeln!(out, "exponent = {}", number(reads.exponent))?;
            // reads of views are refused, even with a share of 0, where none are released
            let asked = ReadKind::ALL
                .into_iter()
                .filter(|kind| reads.kinds[*kind as usize] > 0.0);
            let kinds: Vec<String> = asked
                .map(|kind| {
                    let share = reads.kinds[kind as usize];
                    format!("{} = {}", kind.name(), number(share))
                })
                .collect();
            writeln!(out, "mix = {{ {} }}", kinds.join(", "))?;
        }
        self.write_anonymity(out)?;
        self.write_settings(out)
    }

    fn write_settings(&self, out: &mut String) -> std::fmt::Result {
        let of = &self.settings;
        if *of == Settings::default() {
            return Ok(());
        }
        writeln!(out, "\n[settings]")?;
        writeln!(out, "blocked_share = {}", number(of.blocked_share))?;
        writeln!(out, "muted_share = {}", number(of.muted_share))?;
        writeln!(out, "opted_out_share = {}", number(of.opted_out_share))?;
        writeln!(out, "precedence = {}", of.precedence)?;
        match of.pushes_per_day {
            Some(cap) => writeln!(out, "pushes_per_day = {cap}"),
            None => Ok(()),
        }
    }

    /// Each mode has keys of its own.
    fn write_anonymity(&self, out: &mut String) -> std::fmt::Result {
        let of = &self.anonymity;
        if of.mode == ViewMode::Off {
            return Ok(());
        }
        writeln!(out, "\n[anonymity]\nmode = \"{}\"", of.mode.name())?;
        writeln!(out, "hidden_share = {}", number(of.hidden_share))?;
        if of.mode == ViewMode::Released {
            writeln!(out, "epsilon = {}", of.epsilon.value())?;
            writeln!(out, "threshold = {}", of.threshold)?;
        }
        Ok(())
    }

    fn write_population(&self, out: &mut String) -> std::fmt::Result {
        let of = &self.population;
        writeln!(out, "\n[population]")?;
        writeln!(out, "members = {}", of.members)?;
        writeln!(
            out,
            "recipient_exponent = {}",
            number(of.recipient_exponent)
        )?;
        writeln!(out, "actor_exponent = {}", number(of.actor_exponent))?;
        writeln!(out, "contents_per_member = {}", of.contents_per_member)?;
        writeln!(out, "hot_contents = {}", of.hot_contents)?;
        writeln!(out, "hot_share = {}", number(of.hot_share))?;
        writeln!(out, "hot_exponent = {}", number(of.hot_exponent))?;
        let ids = match of.ids {
            IdScheme::Sequential => "sequential",
            IdScheme::FromZero => "from_zero",
            IdScheme::Snowflake => "snowflake",
            IdScheme::Random => "random",
            IdScheme::Adversarial => "adversarial",
        };
        writeln!(out, "ids = \"{ids}\"")?;
        writeln!(out, "\n[population.segments]")?;
        for segment in Segment::ALL {
            let share = of.segments[segment as usize];
            writeln!(out, "{} = {}", segment.name(), number(100.0 * share))?;
        }
        Ok(())
    }

    fn write_time(&self, out: &mut String) -> std::fmt::Result {
        writeln!(out, "\n[time]")?;
        match &self.time {
            TimeShape::Constant => writeln!(out, "shape = \"constant\""),
            TimeShape::Diurnal {
                peak_to_mean,
                weekend,
                zones,
            } => {
                let zones: Vec<String> = zones
                    .iter()
                    .map(|(utc, share)| format!("{{ utc = {}, share = {share} }}", number(*utc)))
                    .collect();
                writeln!(out, "shape = \"diurnal\"")?;
                writeln!(out, "peak_to_mean = {}", number(*peak_to_mean))?;
                writeln!(out, "weekend = {}", number(*weekend))?;
                writeln!(out, "zones = [{}]", zones.join(", "))
            }
            TimeShape::OnOff {
                on_us,
                off_us,
                off_rate,
            } => {
                writeln!(out, "shape = \"on_off\"\non = \"{}\"", span(*on_us))?;
                writeln!(out, "off = \"{}\"", span(*off_us))?;
                writeln!(out, "off_rate = {}", number(*off_rate))
            }
            TimeShape::Viral {
                at_us,
                flat_us,
                decay,
            } => {
                writeln!(out, "shape = \"viral\"\nat = \"{}\"", span(*at_us))?;
                writeln!(out, "flat = \"{}\"", span(*flat_us))?;
                writeln!(out, "decay = {}", number(*decay))
            }
        }
    }
}

fn span(us: u64) -> String {
    show_duration_us(us)
}

/// A number to [`DIGITS`] significant digits, as TOML reads it.
fn number(value: f64) -> String {
    let rounded: f64 = format!("{value:.*e}", DIGITS - 1).parse().unwrap_or(value);
    if rounded.abs() >= 1e-4 || rounded == 0.0 {
        format!("{rounded}")
    } else {
        format!("{rounded:e}")
    }
}

/// Text as it may stand between three quotes.
fn escaped(text: &str) -> String {
    let mut escaped = String::new();
    for character in text.chars() {
        match character {
            '\\' => escaped.push_str("\\\\"),
            '"' => escaped.push_str("\\\""),
            '\n' => escaped.push('\n'),
            other if other.is_control() => {
                let _ = write!(escaped, "\\u{:04x}", u32::from(other));
            }
            other => escaped.push(other),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;

    fn again(name: &str, text: &str) -> (Workload, Workload) {
        let before = Workload::parse(name, text).unwrap();
        let text = before.to_toml();
        let after = Workload::parse(name, &text).unwrap_or_else(|error| {
            panic!("{text}\n{}", error.render(false));
        });
        (before, after)
    }

    #[test]
    fn every_workload_of_the_project_is_read_back_from_its_own_text() {
        let root = std::path::Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../.."));
        let mut count = 0;
        for folder in ["workloads", "workloads/smoke", "workloads/scale"] {
            for path in crate::workload_files(&root.join(folder)).unwrap() {
                let text = std::fs::read_to_string(&path).unwrap();
                let (before, after) = again(&path.to_string_lossy(), &text);
                let close = |a: f64, b: f64| (a - b).abs() <= 1e-5 * a.abs();
                for kind in Kind::ALL {
                    let at = kind as usize;
                    assert!(close(before.mix.kinds[at], after.mix.kinds[at]), "{kind:?}");
                }
                for (a, b) in before
                    .population
                    .segments
                    .iter()
                    .zip(after.population.segments)
                {
                    assert!(close(*a, b));
                }
                let mut rest = after.clone();
                rest.mix.kinds = before.mix.kinds;
                rest.population.segments = before.population.segments;
                rest.reads.kinds = before.reads.kinds;
                rest.expected_events_digest = before.expected_events_digest;
                rest.expected_snapshot_digest = before.expected_snapshot_digest;
                if let (TimeShape::Diurnal { zones: from, .. }, TimeShape::Diurnal { zones, .. }) =
                    (&before.time, &mut rest.time)
                {
                    zones.clone_from(from);
                }
                assert_eq!(before, rest, "{}", path.display());
                count += 1;
            }
        }
        assert!(count > 10, "{count}");
    }

    #[test]
    fn whatever_the_prose_holds_it_is_read_back() {
        let smoke = include_str!("../workloads/smoke/pair.toml");
        let mut workload = Workload::parse("pair", smoke).unwrap();
        workload.about = "a \"\"\"quoted\"\"\" \\ path\nand\ta\u{7} bell".to_owned();
        let after = Workload::parse("pair", &workload.to_toml()).unwrap();
        assert_eq!(after.about, workload.about);
    }
}

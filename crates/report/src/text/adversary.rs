//! The adversary's game as text.

use std::fmt::Write as _;

use super::columns::draw;
use crate::style::{Style, plain};
use notibench_core::unit::quantity::{counted, show_whole};
use notibench_record::{AdversaryRecord, AttackRow, AttackVerdict};

/// The table of attacks, the reads' times, and what was found.
#[must_use]
pub fn adversary(record: &AdversaryRecord, style: &Style) -> String {
    let mut text = format!(
        "adversary · {} · ε {} for a viewer, object, surface and week · threshold {} · {} \
         an attack · seed {}\n\n",
        plain(&record.workload),
        record.epsilon,
        record.threshold,
        trials_of(record),
        record.seed,
    );
    text += &style.bold("advantage in telling two worlds apart that differ in one view");
    text.push('\n');
    text += &draw(&rows(record), *style);
    text.push('\n');
    text += &style.bold("service time of one read, by world");
    text.push('\n');
    for row in &record.timings {
        let _ = writeln!(
            text,
            "  {}: {:.0} ns without the view, {:.0} ns with it, {} each: Welch's t {:.2}, p {:.3}",
            plain(&row.read),
            row.without_service_ns,
            row.with_service_ns,
            counted(row.reads, "read"),
            row.t,
            row.p,
        );
    }
    text.push('\n');
    text += &verdict(record, *style);
    text
}

fn trials_of(record: &AdversaryRecord) -> String {
    let trials = record.attacks.first().map_or(0, |row| row.trials);
    counted(trials, "trial")
}

fn rows(record: &AdversaryRecord) -> Vec<Vec<String>> {
    let heads = [
        "shown",
        "attack",
        "viewers",
        "k",
        "advantage",
        "95%",
        "bound",
        "",
    ];
    let mut rows = vec![heads.map(str::to_owned).to_vec()];
    rows.extend(record.attacks.iter().map(|row| {
        vec![
            plain(&row.variant),
            plain(&row.attack),
            row.count.to_string(),
            row.releases.to_string(),
            format!("{:.3}", row.advantage),
            format!("{:.3} to {:.3}", row.interval_95.0, row.interval_95.1),
            row.bound
                .map_or("–".to_owned(), |bound| format!("{bound:.3}")),
            word_of(row.verdict).to_owned(),
        ]
    }));
    rows
}

const fn word_of(verdict: AttackVerdict) -> &'static str {
    match verdict {
        AttackVerdict::Within => "within",
        AttackVerdict::Beyond => "BEYOND",
        AttackVerdict::Unsure => "cannot tell",
        AttackVerdict::Tells => "found out",
        AttackVerdict::Broken => "NOT FOUND OUT",
        AttackVerdict::Shown => "shown only",
    }
}

/// What the game came to, in sentences; of failures, each.
fn verdict(record: &AdversaryRecord, style: Style) -> String {
    if record.passed {
        return "every attack on releases stayed within tanh(kε/2), and every control told the \
                worlds apart\n"
            .to_owned();
    }
    let mut text = String::new();
    for words in adversary_failures(record) {
        text += &style.red(&words);
        text.push('\n');
    }
    if let Some(words) = unsure(record) {
        text += &style.yellow(&words);
        text.push('\n');
    }
    text
}

/// The attacks of which the trials tell too little, and how many would do.
fn unsure(record: &AdversaryRecord) -> Option<String> {
    let is_unsure = |row: &&AttackRow| row.verdict == AttackVerdict::Unsure;
    let rows: Vec<&AttackRow> = record.attacks.iter().filter(is_unsure).collect();
    let needed = rows.iter().filter_map(|row| row.trials_needed).max()?;
    let names: Vec<String> = rows
        .iter()
        .map(|row| format!("`{}`", plain(&row.attack)))
        .collect();
    // as many again where there were as many already
    let needed = needed.max(2 * rows.iter().map(|row| row.trials).max()?);
    Some(format!(
        "cannot tell whether these attacks stay within their bounds: {}; give at least --trials {}",
        names.join(", "),
        show_whole(needed)
    ))
}

/// What failed, a sentence each.
#[must_use]
pub fn adversary_failures(record: &AdversaryRecord) -> Vec<String> {
    let words = |row: &AttackRow| {
        let (variant, attack) = (plain(&row.variant), plain(&row.attack));
        match row.verdict {
            AttackVerdict::Beyond => Some(format!(
                "`{attack}` tells the worlds of `{variant}` apart with advantage {:.3} ({:.3} to \
                 {:.3}), beyond {:.3}: the promise is broken",
                row.advantage,
                row.interval_95.0,
                row.interval_95.1,
                row.bound.unwrap_or_default(),
            )),
            AttackVerdict::Broken => Some(format!(
                "`{attack}` does not tell the worlds of the control `{variant}` apart (advantage \
                 {:.3}): the game is broken, and its other figures say nothing",
                row.advantage,
            )),
            _ => None,
        }
    };
    record.attacks.iter().filter_map(words).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use notibench_record::ADVERSARY_SCHEMA;
    use notibench_record::TimingRow;

    fn row(variant: &str, bound: Option<f64>, verdict: AttackVerdict) -> AttackRow {
        AttackRow {
            variant: variant.to_owned(),
            attack: "threshold".to_owned(),
            about: "looks".to_owned(),
            count: 9,
            releases: 1,
            trials: 400_000,
            right: 248_984,
            advantage: 0.24492,
            interval_95: (0.241_91, 0.247_93),
            interval_999: (0.239_8, 0.25),
            bound,
            trials_needed: bound.map(|_| 73_000),
            verdict,
        }
    }

    fn record(attacks: Vec<AttackRow>, passed: bool) -> AdversaryRecord {
        AdversaryRecord {
            schema: ADVERSARY_SCHEMA.to_owned(),
            version: "0".to_owned(),
            command: Vec::new(),
            workload: "w".to_owned(),
            toml: String::new(),
            seed: 1,
            short: false,
            epsilon: 0.5,
            threshold: 10,
            attacks,
            timings: vec![TimingRow {
                read: "who_viewed".to_owned(),
                reads: 900,
                without_service_ns: 500.4,
                with_service_ns: 501.6,
                t: 0.5,
                p: 0.617,
            }],
            passed,
        }
    }

    #[test]
    fn a_game_is_a_table_its_times_and_a_sentence() {
        let within = row("released", Some(0.244_92), AttackVerdict::Within);
        let control = row("live-exact", None, AttackVerdict::Tells);
        let text = adversary(&record(vec![within, control], true), &Style::default());
        for part in [
            "ε 0.5 for a viewer",
            "400,000 trials",
            "0.245  0.242 to 0.248  0.245",
            "found out",
            "500 ns without the view, 502 ns with it, 900 reads each: Welch's t 0.50, p 0.617",
            "stayed within tanh(kε/2)",
        ] {
            assert!(text.contains(part), "no {part:?} in\n{text}");
        }
    }

    #[test]
    fn what_cannot_be_told_is_no_failure_and_not_passed() {
        let unsure = row("released", Some(0.244_92), AttackVerdict::Unsure);
        let record = record(vec![unsure], false);
        assert_eq!(adversary_failures(&record), Vec::<String>::new());
        let text = adversary(&record, &Style::default());
        for part in ["cannot tell", "`threshold`", "at least --trials 800,000"] {
            assert!(text.contains(part), "no {part:?} in\n{text}");
        }
        assert!(!text.contains("stayed within"), "{text}");
    }

    #[test]
    fn failures_say_what_is_broken() {
        let beyond = row("released", Some(0.1), AttackVerdict::Beyond);
        let broken = row("live-exact", None, AttackVerdict::Broken);
        let record = record(vec![beyond, broken], false);
        let failures = adversary_failures(&record);
        assert_eq!(failures.len(), 2);
        assert!(failures[0].contains("beyond 0.100: the promise is broken"));
        assert!(failures[1].contains("the game is broken"));
        let text = adversary(&record, &Style::default());
        assert!(failures.iter().all(|words| text.contains(words)));
    }
}

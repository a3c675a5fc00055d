//! A selftest as text, and what it comes to.

use std::fmt::Write as _;

use super::columns::draw;
use crate::model::selftest::{FalseRate, Judged, PlantedJudged};
use crate::style::{Style, plain};
use notibench_core::unit::quantity::{show_ns, show_whole};
use notibench_record::stats::RatioInterval;
use notibench_record::{RealTimeFound, Selftest};

/// Everything that a selftest found; its last line answers whether verdicts can
/// be believed.
#[must_use]
pub fn selftest(record: &Selftest, style: &Style) -> String {
    let plan = &record.plan;
    let names: Vec<String> = record.same.iter().map(|same| plain(&same.engine)).collect();
    let slice_us = plan.interleaving.map_or(0, |how| how.slice_us);
    let mut text = format!(
        "selftest · {} · {}: {} events a round, {} threads, batches of {}, slices of about {}, \
         seed {}, order seed {}\n\n",
        plain(&record.workload.name),
        names.join(", "),
        show_whole(plan.events),
        plan.threads,
        show_whole(plan.batch as u64),
        show_ns(slice_us as f64 * 1e3),
        plan.seed,
        plan.order_seed,
    );
    text += &same_words(record, *style);
    text += &planted_words(record);
    let _ = writeln!(
        text,
        "disturbance   during the rounds: steal {} ms, involuntary switches {}; load {:.2} before \
         and {:.2} after",
        show_whole(record.steal_ms),
        show_whole(record.involuntary_switches),
        record.environment.load_1m,
        record.environment.load_1m_end,
    );
    if let Some(words) = super::weather::words(&record.weather) {
        let _ = writeln!(text, "weather       {words}");
    }
    let real_time = record.real_time.as_ref();
    text += &real_time.map_or_else(String::new, real_time_words);
    let _ = writeln!(text, "took          {:.0} s", record.took_ms as f64 / 1e3);
    text += &answer(record);
    text
}

/// Comparisons of one engine, those that gave an interval.
fn intervals(record: &Selftest) -> Vec<(String, Vec<RatioInterval>)> {
    let of = |same: &notibench_record::SameEngine| {
        let all = same.intervals(record.plan.rounds).into_iter();
        (plain(&same.engine), all.flatten().collect())
    };
    record.same.iter().map(of).collect()
}

/// All comparisons of engines with themselves.
fn judged(record: &Selftest) -> Judged {
    let all = intervals(record).into_iter();
    Judged::of(&all.flat_map(|(_, found)| found).collect::<Vec<_>>())
}

fn same_words(record: &Selftest, style: Style) -> String {
    let all = judged(record);
    let heads = [
        "A/A",
        "comparisons",
        "false",
        "faster",
        "slower",
        "rate [95%]",
        "half-width",
    ];
    let mut rows = vec![heads.map(str::to_owned).to_vec()];
    rows.extend(
        intervals(record)
            .iter()
            .map(|(name, found)| row(name, &Judged::of(found))),
    );
    rows.push(row("all", &all));
    let verdict = match all.false_rate(record.most_false) {
        FalseRate::Within => "within",
        FalseRate::Beyond => "beyond the 5% of intervals of 95%",
        FalseRate::Unsure => "cannot tell with so few",
    };
    format!(
        "each engine beside its second copy, {} interleaved rounds a comparison; comparisons of \
         different engines share rounds\n{}false rate    with 95% confidence at most {}; passes at \
         most {}: {verdict}\n",
        record.plan.rounds,
        draw(&rows, style),
        percent(all.upper_bound()),
        percent(record.most_false),
    )
}

fn row(name: &str, judged: &Judged) -> Vec<String> {
    let (low, high) = judged.interval();
    let rate = judged.false_verdicts() as f64 / judged.comparisons.max(1) as f64;
    vec![
        name.to_owned(),
        show_whole(judged.comparisons as u64),
        judged.false_verdicts().to_string(),
        judged.faster.to_string(),
        judged.slower.to_string(),
        format!("{} [{}, {}]", percent(rate), percent(low), percent(high)),
        or_none(judged.half_width_median),
    ]
}

fn planted_words(record: &Selftest) -> String {
    let (plan, judged) = (&record.planted_plan, PlantedJudged::of(record));
    if judged.comparisons == 0 {
        return String::new();
    }
    let share = percent(plan.share);
    let seen = if judged.is_judged() {
        format!(
            "found in {} of the {} whose half-width came to {}",
            judged.found,
            judged.able,
            percent(plan.precision)
        )
    } else {
        format!(
            "this machine cannot see it in {} rounds of {} events: {} of {} comparisons came to a \
             half-width of {}, and {} of these found it",
            show_whole(plan.rounds as u64),
            show_whole(record.plan.events),
            judged.able,
            judged.comparisons,
            percent(plan.precision),
            judged.found
        )
    };
    format!(
        "planted       {} comparisons of {} with itself slowed down by {share} of its time, \
         workers {}\n\
         \x20             {seen}\n\
         \x20             ratio {:.3}, half-width {}, {:.0} rounds, {:.1} s a comparison (medians)\n",
        judged.comparisons,
        plain(&plan.engine),
        plan.threads,
        judged.ratio_median.unwrap_or_default(),
        or_none(judged.half_width_median),
        judged.rounds_median.unwrap_or_default(),
        judged.took_ms_median.unwrap_or_default() / 1e3,
    )
}

fn real_time_words(found: &RealTimeFound) -> String {
    let RealTimeFound { stall, capacity } = found;
    let disturbed = |is_it: bool| if is_it { ": the machine took part" } else { "" };
    let share = capacity.ratio().map_or_else(
        || "none was attained".to_owned(),
        |ratio| format!("{} of it was found", percent(ratio)),
    );
    format!(
        "real time     a stall of 100 ms: {} events waited for more than 10 ms, planted {}{}\n\
         \x20             longest response {:.1} ms; service above 10 ms: {} events of the batch \
         that stalled\n\
         \x20             steal {} ms, involuntary switches {}\n\
         \x20             a capacity of {} events/s: {share} in {} steps{}\n\
         \x20             steal {} ms, involuntary switches {}\n",
        show_whole(stall.late),
        show_whole(stall.expected),
        disturbed(stall.is_disturbed()),
        stall.response_max_ns as f64 / 1e6,
        show_whole(stall.stalled),
        show_whole(stall.steal_ms),
        show_whole(stall.involuntary_switches),
        show_whole(capacity.planted_per_s as u64),
        capacity.steps,
        disturbed(capacity.is_disturbed()),
        show_whole(capacity.steal_ms),
        show_whole(capacity.involuntary_switches),
    )
}

/// The answer to what was asked, in one sentence: are verdicts to be believed
/// here?
fn answer(record: &Selftest) -> String {
    let (same, planted) = (judged(record), PlantedJudged::of(record));
    if !selftest_failures(record).is_empty() {
        return "Verdicts are not to be believed on this machine as it is now.\n".to_owned();
    }
    if same.false_rate(record.most_false) == FalseRate::Unsure {
        return format!(
            "Whether verdicts are to be believed here, {} comparisons cannot tell: give \
             --comparisons {}.\n",
            show_whole(same.comparisons as u64),
            (2 * same.comparisons).clamp(400, 10_000)
        );
    }
    let seen = if planted.is_judged() {
        format!(
            "a slowdown of {} is seen",
            percent(record.planted_plan.share)
        )
    } else {
        "small ones may not be seen".to_owned()
    };
    format!(
        "Differences that are seen on this machine as it is now are to be believed, and {seen}.\n"
    )
}

/// What failed, a sentence each.
#[must_use]
pub fn selftest_failures(record: &Selftest) -> Vec<String> {
    let (same, planted) = (judged(record), PlantedJudged::of(record));
    let mut wrong = Vec::new();
    if same.false_rate(record.most_false) == FalseRate::Beyond {
        wrong.push(format!(
            "{} of {} comparisons of an engine with itself saw a difference: more than the 5% that \
             chance explains; `notibench doctor` says what to mend on this machine",
            same.false_verdicts(),
            same.comparisons,
        ));
    }
    if !planted.is_passed() {
        wrong.push(format!(
            "a planted slowdown of {} was found in {} of the {} comparisons that could show it, \
             must be in 9 of 10",
            percent(record.planted_plan.share),
            planted.found,
            planted.able
        ));
    }
    let all = record
        .same
        .iter()
        .map(|same| same.intervals(record.plan.rounds));
    let none = all.flatten().filter(Option::is_none).count();
    if none > 0 {
        wrong.push(format!(
            "{none} comparisons gave no interval: give more --events"
        ));
    }
    wrong.extend(record.real_time.iter().flat_map(real_time_failures));
    wrong
}

fn real_time_failures(found: &RealTimeFound) -> Vec<String> {
    let RealTimeFound { stall, capacity } = found;
    let mut wrong = Vec::new();
    if !stall.is_passed() {
        wrong.push(format!(
            "of a stall of 100 ms the response times of {} events told, {} were due in it: they \
             are not counted from their intended starts; this is a fault of notibench",
            show_whole(stall.late),
            show_whole(stall.expected)
        ));
    }
    if !capacity.is_passed() {
        wrong.push(format!(
            "an engine that can take {} events/s was said to hold {}: this is a fault of notibench",
            show_whole(capacity.planted_per_s as u64),
            show_whole(capacity.held_per_s.unwrap_or_default() as u64)
        ));
    }
    wrong
}

fn percent(fraction: f64) -> String {
    format!("{:.1}%", fraction * 100.0)
}

fn or_none(fraction: Option<f64>) -> String {
    fraction.map_or_else(|| "none".to_owned(), percent)
}

#[cfg(test)]
mod tests {
    use super::*;
    use notibench_record::fixture_selftest;

    /// 400 comparisons of which the first so many say slower.
    fn record(slower: usize) -> Selftest {
        fixture_selftest::selftest(400, 5, &|copy, round| {
            let noise = [0, 900, 300, 1_200, 600][(round + copy) % 5];
            let is_slower = copy == 1 && round < 5 * slower;
            1_000_000 + noise + if is_slower { 50_000 } else { 0 }
        })
    }

    #[test]
    fn it_ends_with_one_sentence_that_answers() {
        let last = |record: &Selftest| {
            let text = selftest(record, &Style::default());
            text.lines().last().unwrap_or_default().to_owned()
        };
        let quiet = record(20);
        assert_eq!(
            last(&quiet),
            "Differences that are seen on this machine as it is now are to be believed, and a \
             slowdown of 3.0% is seen."
        );
        let mut blind = quiet.clone();
        blind.planted.clear();
        assert!(last(&blind).ends_with("small ones may not be seen."));
        assert_eq!(
            last(&record(25)),
            "Whether verdicts are to be believed here, 400 comparisons cannot tell: give \
             --comparisons 800."
        );
        let failed = "Verdicts are not to be believed on this machine as it is now.";
        assert_eq!(last(&record(40)), failed);
        let mut missed = quiet;
        for planted in &mut missed.planted[..2] {
            planted.slowed_ns = planted.as_is_ns.clone();
        }
        // times that are all the same have an interval without width
        assert_eq!(last(&missed), failed);
        let said = selftest_failures(&missed).join("; ");
        assert!(said.contains("found in 8 of the 10"), "{said}");
    }

    #[test]
    fn the_figures_are_by_engine_and_in_all() {
        let text = selftest(&record(20), &Style::default());
        for part in [
            "selftest · steady_week · dashmap-naive: ",
            "5 interleaved rounds a comparison",
            "dashmap-naive          400     20       0      20  5.0% [3.1%, 7.6%]",
            "with 95% confidence at most 7.2%; passes at most 8.0%: within",
            "found in 10 of the 10 whose half-width came to 1.5%",
            "5 rounds, 0.7 s a comparison (medians)",
        ] {
            assert!(text.contains(part), "no {part:?} in\n{text}");
        }
    }

    #[test]
    fn too_many_false_verdicts_are_a_failure_and_a_few_more_are_none() {
        assert_eq!(selftest_failures(&record(25)), Vec::<String>::new());
        let said = selftest_failures(&record(30)).join("; ");
        assert!(said.contains("30 of 400 comparisons"), "{said}");
    }
}

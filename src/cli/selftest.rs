//! `selftest`. Imports `harness`, `workload`.

use std::fmt::Write as _;
use std::time::Instant;

use super::args::SelftestArgs;
use super::exit::{Failure, print};
use super::external::engines_or_default;
use super::progress::Progress;
use super::signal::{end_process, stop_flag};
use crate::engine::Role;
use crate::harness::selftest::{
    self, Judged, PlantedJudged, RealTimeFound, SelftestFound, SelftestOptions, judge_planted,
    judge_same,
};
use crate::harness::{self, Contender, RunOptions, SelftestError};
use crate::record::{Environment, Plan};
use crate::unit::quantity::{counted, show_whole};
use crate::workload::Workload;

/// At full size and short: comparisons of the engine with itself, those with
/// the engine slowed down, and events of a trial.
const FULL: (usize, usize, u64) = (200, 20, 100_000);
const SHORT: (usize, usize, u64) = (40, 10, 50_000);
/// Comparisons, and rounds of one, at the most.
const MOST: usize = 100_000;
/// Workers at the most, as everywhere.
const MOST_THREADS: usize = 1_024;

/// `notibench selftest`.
pub(super) fn selftest(args: &SelftestArgs, own: &[Contender]) -> Result<(), Failure> {
    let (workload, _) = Workload::load(&args.workload)?;
    let environment = harness::examine();
    let engine = engine(args.engine.as_deref(), own)?;
    let options = options(args, &workload, &engine, &environment)?;
    let start = Instant::now();
    let mut progress = Progress::new();
    let found = selftest::selftest(&workload, &engine, &options, &mut progress)?;
    let real_time = if args.no_real_time {
        None
    } else {
        selftest::real_time(&workload, &environment, &options, &mut progress)?
    };
    drop(progress);
    let (same, planted) = (
        judge_same(&found.same),
        judge_planted(&found.planted, args.plant),
    );
    let mut text = format!(
        "selftest · {} · {}: {} a trial, {}, batches of {}, seed {}\n\n",
        workload.name,
        engine.name,
        counted(options.events, "event"),
        counted(options.threads, "thread"),
        show_whole(options.batch as u64),
        options.seed,
    );
    text += &words_of_same(&same, options.rounds);
    text += &words_of_planted(&planted, &options);
    text += &words_of_disturbance(&found, &environment);
    text += &real_time
        .as_ref()
        .map_or_else(String::new, words_of_real_time);
    let _ = writeln!(text, "took          {:.0} s", start.elapsed().as_secs_f64());
    let outcome = verdict(&found, &same, &planted, args.plant)
        .and_then(|()| real_time.as_ref().map_or(Ok(()), verdict_of_real_time));
    text += answer(outcome.is_ok(), &planted);
    print(&text)?;
    outcome
}

/// The answer to what was asked: are verdicts to be believed here?
fn answer(passed: bool, planted: &PlantedJudged) -> &'static str {
    match (passed, planted.is_judged()) {
        (true, true) => "Verdicts are to be believed on this machine as it is now.\n",
        (true, false) => {
            "Differences that are seen here are to be believed; small ones may not be seen.\n"
        }
        (false, _) => "Verdicts are not to be believed on this machine as it is now.\n",
    }
}

/// The engine of that name; where none is named, the first of one's own, or
/// else the default one.
fn engine(name: Option<&str>, own: &[Contender]) -> Result<Contender, Failure> {
    let defaults = engines_or_default(&[], own);
    let name = name.or(defaults.get(1).or(defaults.first()).map(String::as_str));
    let name = name.unwrap_or_default();
    let engine = harness::find_contender(name, own)?;
    if engine.info.role == Role::Probe {
        return Err(Failure::Usage(format!(
            "--engine {name} is a probe: it does no work that could be slowed down; name an engine"
        )));
    }
    Ok(engine)
}

fn options(
    args: &SelftestArgs,
    workload: &Workload,
    engine: &Contender,
    environment: &Environment,
) -> Result<SelftestOptions, Failure> {
    let (full, full_planted, events) = if args.short { SHORT } else { FULL };
    // what a run with these flags would be: the same limits, the same defaults
    let asked = RunOptions {
        threads: args.threads,
        events: Some(args.events.unwrap_or(events)),
        rounds: args.rounds,
        seed: args.seed,
        batch: args.batch,
        no_verify: true,
        isolated: true,
        ..RunOptions::default()
    };
    let plan: Plan = harness::resolve(
        &asked,
        workload,
        std::slice::from_ref(engine),
        engine.name.clone(),
        environment,
    )?;
    let comparisons = args.comparisons.unwrap_or(full);
    let planted_comparisons = args.planted_comparisons.unwrap_or(full_planted);
    let counts = [
        ("--comparisons", comparisons, 1),
        ("--planted-comparisons", planted_comparisons, 0),
        ("--planted-rounds", args.planted_rounds, 2),
        ("--planted-threads", args.planted_threads, 1),
        ("--rounds", plan.rounds, 2),
    ];
    for (flag, value, low) in counts {
        let most = if flag == "--planted-threads" {
            MOST_THREADS
        } else {
            MOST
        };
        if !(low..=most).contains(&value) {
            return Err(Failure::Usage(format!(
                "{flag} is {}, must be {low} to {}",
                show_whole(value as u64),
                show_whole(most as u64)
            )));
        }
    }
    if plan.inline {
        return Err(Failure::Error(
            "the stream does not fit in a quarter of the memory: lower --events".to_owned(),
        ));
    }
    Ok(SelftestOptions {
        events: plan.events,
        threads: plan.threads,
        batch: plan.batch,
        seed: plan.seed,
        warmup_rounds: plan.warmup_rounds,
        comparisons,
        rounds: plan.rounds,
        planted_share: args.plant,
        planted_threads: args.planted_threads,
        planted_comparisons,
        planted_rounds: args.planted_rounds,
        stop: stop_flag(),
        on_hang: end_process,
    })
}

fn percent(fraction: f64) -> String {
    format!("{:.1}%", fraction * 100.0)
}

fn or_none(fraction: Option<f64>) -> String {
    fraction.map_or_else(|| "none".to_owned(), percent)
}

fn words_of_same(judged: &Judged, rounds: usize) -> String {
    format!(
        "A/A           {} comparisons of {rounds} rounds of the engine with itself\n\
         \x20             {} false verdicts ({} faster, {} slower); {:.0} are to be expected, at \
         most {} allowed\n\
         \x20             half-width of an interval {}, detectable difference {} (medians)\n",
        judged.comparisons,
        judged.false_verdicts(),
        judged.faster,
        judged.slower,
        judged.comparisons as f64 * 0.05,
        judged.allowed(),
        or_none(judged.half_width_median),
        or_none(judged.detectable_median),
    )
}

fn words_of_planted(judged: &PlantedJudged, options: &SelftestOptions) -> String {
    if judged.comparisons == 0 {
        return String::new();
    }
    let share = percent(options.planted_share);
    let seen = if judged.is_judged() {
        format!(
            "found in {} of the {} that could show it (detectable difference at most {share})",
            judged.found, judged.able
        )
    } else {
        format!(
            "this machine cannot see it in {} rounds of {} events: {} of {} comparisons could, \
             and found it in {}",
            show_whole(options.planted_rounds as u64),
            show_whole(options.events),
            judged.able,
            judged.comparisons,
            judged.found
        )
    };
    format!(
        "planted       {} comparisons with the engine slowed down by {share} of its time, workers \
         {}\n\
         \x20             {seen}\n\
         \x20             ratio {:.3}, {:.0} rounds, detectable difference {} (medians)\n",
        judged.comparisons,
        options.planted_threads,
        judged.ratio_median.unwrap_or(f64::NAN),
        judged.rounds_median.unwrap_or(f64::NAN),
        or_none(judged.detectable_median),
    )
}

fn words_of_disturbance(found: &SelftestFound, environment: &Environment) -> String {
    format!(
        "disturbance   in {} trials: steal {} ms, involuntary switches {}; load {:.2} before and \
         {:.2} after\n",
        show_whole(found.trials),
        show_whole(found.steal_ms),
        show_whole(found.involuntary_switches),
        environment.load_1m,
        harness::examine().load_1m,
    )
}

fn words_of_real_time(found: &RealTimeFound) -> String {
    let RealTimeFound { stall, capacity } = found;
    let disturbed = |is_it: bool| if is_it { ": the machine took part" } else { "" };
    let share = capacity.ratio().map_or_else(
        || "none was attained".to_owned(),
        |ratio| format!("{:.1}% of it was found", ratio * 100.0),
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

fn verdict_of_real_time(found: &RealTimeFound) -> Result<(), Failure> {
    let RealTimeFound { stall, capacity } = found;
    if !stall.is_passed() {
        return Err(Failure::Error(format!(
            "selftest failed: of a stall of 100 ms the response times of {} events told, {} were \
             due in it: they are not counted from their intended starts; this is a fault of \
             notibench",
            show_whole(stall.late),
            show_whole(stall.expected)
        )));
    }
    if !capacity.is_passed() {
        return Err(Failure::Error(format!(
            "selftest failed: an engine that can take {} events/s was said to hold {}: this is a \
             fault of notibench",
            show_whole(capacity.planted_per_s as u64),
            show_whole(capacity.held_per_s.unwrap_or_default() as u64)
        )));
    }
    Ok(())
}

fn verdict(
    found: &SelftestFound,
    same: &Judged,
    planted: &PlantedJudged,
    share: f64,
) -> Result<(), Failure> {
    let mut wrong = Vec::new();
    if same.false_verdicts() > same.allowed() {
        wrong.push(format!(
            "{} of {} comparisons of an engine with itself saw a difference, at most {} may by \
             chance: verdicts are not to be trusted on this machine as it is; `notibench doctor` \
             says what to fix",
            same.false_verdicts(),
            same.comparisons,
            same.allowed()
        ));
    }
    if !planted.is_passed() {
        wrong.push(format!(
            "a planted slowdown of {} was found in {} of the {} comparisons that could show it, \
             must be in 9 of 10",
            percent(share),
            planted.found,
            planted.able
        ));
    }
    if found.without_interval > 0 {
        wrong.push(format!(
            "{} comparisons gave no interval: give more --events",
            found.without_interval
        ));
    }
    if wrong.is_empty() {
        return Ok(());
    }
    Err(Failure::Error(format!(
        "selftest failed: {}",
        wrong.join("; ")
    )))
}

impl From<SelftestError> for Failure {
    fn from(error: SelftestError) -> Self {
        match error {
            SelftestError::Trial(error) => error.into(),
            SelftestError::Wrong { .. } => Self::Verification(error.to_string()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stats::RatioInterval;

    fn intervals(of_each: &[(usize, f64, f64)]) -> Vec<RatioInterval> {
        let interval = |low: f64, high: f64| RatioInterval {
            minimum_detectable: 0.02,
            ..RatioInterval::of_ends(low, high)
        };
        let all = of_each.iter();
        all.flat_map(|&(times, low, high)| vec![interval(low, high); times])
            .collect()
    }

    fn judge(same: &[(usize, f64, f64)], planted: &[(usize, f64, f64)]) -> Result<(), Failure> {
        let (same, planted) = (intervals(same), intervals(planted));
        verdict(
            &SelftestFound::default(),
            &judge_same(&same),
            &judge_planted(&planted, 0.03),
            0.03,
        )
    }

    fn words(result: Result<(), Failure>) -> String {
        match result {
            Err(Failure::Error(words)) => words,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn fifteen_false_verdicts_of_two_hundred_pass_and_sixteen_do_not() {
        assert!(judge(&[(185, 0.9, 1.1), (8, 1.01, 1.2), (7, 0.8, 0.9)], &[]).is_ok());
        let said = words(judge(
            &[(184, 0.9, 1.1), (9, 1.01, 1.2), (7, 0.8, 0.9)],
            &[],
        ));
        assert!(said.contains("16 of 200 comparisons"), "{said}");
        assert!(judge(&[(35, 0.9, 1.1), (5, 1.01, 1.2)], &[]).is_ok());
        let said = words(judge(&[(34, 0.9, 1.1), (6, 1.01, 1.2)], &[]));
        assert!(said.contains("6 of 40 comparisons"), "{said}");
    }

    #[test]
    fn a_planted_slowdown_that_is_missed_fails() {
        let quiet = [(40, 0.9, 1.1)];
        assert!(judge(&quiet, &[(18, 0.96, 0.98), (2, 0.96, 1.01)]).is_ok());
        let said = words(judge(&quiet, &[(17, 0.96, 0.98), (3, 0.96, 1.01)]));
        assert!(said.contains("found in 17 of the 20"), "{said}");
    }
}

//! A small game: releases hold, controls fall, and a broken promise is found.

use super::*;
use crate::Silent;
use notibench_core::engine::StopFlag;
use notibench_core::policy::Epsilon;
use notibench_workload::{Anonymity, ViewMode};

fn workload(thousandths: u32) -> Workload {
    let mut workload = notibench_workload::fixture::workload();
    workload.anonymity = Anonymity {
        mode: ViewMode::Released,
        hidden_share: 0.2,
        epsilon: Epsilon::of_thousandths(thousandths),
        threshold: 10,
    };
    workload
}

fn options(trials: u64) -> AdversaryOptions {
    AdversaryOptions {
        trials,
        seed: 3,
        stop: StopFlag::default(),
    }
}

fn row<'a>(found: &'a AdversaryFound, variant: &str, attack: &str) -> &'a AttackRow {
    let is_it = |row: &&AttackRow| row.variant == variant && row.attack == attack;
    found.attacks.iter().find(is_it).unwrap()
}

#[test]
fn releases_hold_and_controls_fall() {
    let found = adversary(&workload(500), &options(3_000), &mut Silent).unwrap();
    let failed =
        |row: &&AttackRow| matches!(row.verdict, AttackVerdict::Beyond | AttackVerdict::Broken);
    assert!(found.attacks.iter().find(failed).is_none(), "{found:#?}");
    assert_eq!(found.timings.len(), 2);
    let bound = (0.25_f64).tanh();
    for attack in [
        "shown count",
        "threshold",
        "snapshot",
        "shown count, in reverse",
    ] {
        let row = row(&found, "released", attack);
        assert_eq!(row.bound, Some(bound));
        // the bound is tight: of 3,000 trials the standard error is 0.018, and
        // the noise is new each time
        assert!((row.advantage - bound).abs() < 0.09, "{row:#?}");
    }
    for attack in [
        "before and after",
        "total minus parts",
        "other reads",
        "reader's role or plan",
    ] {
        let row = row(&found, "released", attack);
        assert!(row.advantage.abs() < 0.09, "{row:#?}");
    }
    for attack in ["trailing weeks", "collusion"] {
        let row = row(&found, "released", attack);
        assert!(
            (0.25..=row.bound.unwrap() + 0.09).contains(&row.advantage),
            "{row:#?}"
        );
    }
    for showing in Showing::ABLATIONS {
        let of_this = |row: &&AttackRow| row.variant == showing.name();
        let mut rows = found.attacks.iter().filter(of_this);
        assert!(rows.any(|row| row.verdict == AttackVerdict::Tells && row.advantage > 0.95));
    }
}

/// Noise of another ε than is stated is found out.
#[test]
fn too_little_noise_is_beyond_the_bound() {
    let stated = workload(500);
    let game = |thousandths| Game {
        rule: ReleaseRule {
            epsilon: Epsilon::of_thousandths(thousandths),
            threshold: stated.anonymity.threshold,
        },
        hidden: HiddenShare::new(0.2),
        seed: 1,
    };
    let (played, judged) = (game(1_000), game(500));
    let attack = attacks(&judged.rule)[0];
    let right = right_guesses(&played, Showing::AtClose, &attack, &options(3_000)).unwrap();
    let play = (Showing::AtClose, &attack, false);
    let row = judge(&judged, play, &options(3_000), right).unwrap();
    assert_eq!(row.verdict, AttackVerdict::Beyond, "{row:#?}");
}

/// Of too few trials it is neither said that the bound holds nor that it
/// doesn't; of as many as are said to be needed it is.
#[test]
fn too_few_trials_tell_nothing() {
    let stated = workload(500);
    let game = Game {
        rule: ReleaseRule {
            epsilon: Epsilon::of_thousandths(500),
            threshold: stated.anonymity.threshold,
        },
        hidden: HiddenShare::new(0.2),
        seed: 1,
    };
    let attack = attacks(&game.rule)[0];
    let play = (Showing::AtClose, &attack, false);
    let judge_of = |trials: u64, advantage: f64| {
        let right = (trials as f64 * (1.0 + advantage) / 2.0) as u64;
        judge(&game, play, &options(trials), right).unwrap()
    };
    let few = judge_of(2_000, 0.243);
    assert!(few.interval_95.1 > few.bound.unwrap() + SLACK);
    assert_eq!(few.verdict, AttackVerdict::Unsure, "{few:#?}");
    let enough = judge_of(few.trials_needed.unwrap(), few.bound.unwrap());
    assert_eq!(enough.verdict, AttackVerdict::Within, "{enough:#?}");
    let beyond = judge_of(2_000, 0.5);
    assert_eq!(beyond.verdict, AttackVerdict::Beyond, "{beyond:#?}");
}

#[test]
fn an_interruption_ends_the_game() {
    let options = options(10);
    options.stop.set();
    assert!(adversary(&workload(500), &options, &mut Silent).is_err());
}

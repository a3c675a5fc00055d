//! A small game: releases hold, controls fall, and a broken promise is found.
//! Imports its parent.

use super::*;
use crate::harness::Silent;
use crate::policy::Epsilon;
use crate::workload::{Anonymity, ViewMode};

fn workload(thousandths: u32) -> Workload {
    let mut workload = crate::generator::tests::workload();
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
        short: true,
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
    assert!(found.passed(), "{:#?}", found.attacks);
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
    for short in [true, false] {
        let options = AdversaryOptions {
            short,
            ..options(3_000)
        };
        let row = judge(&judged, play, &options, right).unwrap();
        assert_eq!(row.verdict, AttackVerdict::Beyond, "{row:#?}");
    }
}

#[test]
fn an_interruption_ends_the_game() {
    let options = options(10);
    options.stop.set();
    assert!(adversary(&workload(500), &options, &mut Silent).is_err());
}

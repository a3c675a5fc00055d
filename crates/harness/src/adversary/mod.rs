//! The game of two worlds that differ in one view, and an adversary who sees
//! whatever a reader may see and guesses which world it is.
//!
//! Each trial is an object of its own in an engine: a member whose profile
//! some viewers look at, and in one of the worlds one more. Of each two, a coin
//! decides which is in which world. So all trials of a batch go through one
//! engine, by its own sessions and its own close, and their noise is
//! independent, each being of another object.
//!
//! By C. Dwork and others ("Calibrating noise to sensitivity in private data
//! analysis", 2006) no test tells the worlds apart with an advantage above
//! (e^ε − 1)/(e^ε + 1) = tanh(ε/2), whatever it looks at; over k releases it
//! is tanh(kε/2). Two-sided geometric noise reaches the first.

mod attacks;
mod options;
mod play;
mod timing;

pub use attacks::{Attack, attacks, controls};
pub use options::AdversaryOptions;

use rayon::prelude::*;

use crate::trial::watch::Observer;
use notibench_core::policy::{HiddenShare, ReleaseRule};
use notibench_core::unit::mix::mix;
use notibench_core::viewing::Showing;
use notibench_record::stats::proportion_interval;
use notibench_record::{AttackRow, AttackVerdict, TimingRow};
use notibench_workload::Workload;
use play::Game;

/// Trials of one engine: its sets stay small.
const BATCH: u64 = 10_000;
/// How much above its bound an interval may reach.
const SLACK: f64 = 0.01;
/// Where nearly all members are hidden, fewer are here: else nobody is left.
const MOST_HIDDEN: f64 = 0.9;
/// What a control must come to.
const CONTROL: f64 = 0.95;

/// What the game gave.
#[derive(Clone, Debug, Default)]
pub struct AdversaryFound {
    /// Each attack, against releases and against the controls.
    pub attacks: Vec<AttackRow>,
    /// How long reads took.
    pub timings: Vec<TimingRow>,
}

impl AdversaryFound {
    /// Whether every attack stayed within its bound, and every control came
    /// through.
    #[must_use]
    pub fn passed(&self) -> bool {
        let is_bad = |row: &AttackRow| {
            matches!(
                row.verdict,
                AttackVerdict::Beyond | AttackVerdict::Unsure | AttackVerdict::Broken
            )
        };
        !self.attacks.iter().any(is_bad)
    }
}

/// Plays every attack against releases as the workload has them, then the
/// controls.
///
/// # Errors
/// Where it is interrupted, or the system gives no random words.
pub fn adversary(
    workload: &Workload,
    options: &AdversaryOptions,
    observer: &mut dyn Observer,
) -> Result<AdversaryFound, String> {
    let anonymity = &workload.anonymity;
    let game = Game {
        rule: ReleaseRule {
            epsilon: anonymity.epsilon,
            threshold: anonymity.threshold,
        },
        // whoever is hidden counts as `other`: viewers are drawn from the rest
        hidden: HiddenShare::new(anonymity.hidden_share.min(MOST_HIDDEN)),
        seed: options.seed,
    };
    let mut plays: Vec<(Showing, Attack, bool)> = attacks(&game.rule)
        .into_iter()
        .map(|attack| (Showing::AtClose, attack, false))
        .collect();
    plays.extend(controls(&game.rule));
    let mut found = AdversaryFound::default();
    for (at, (showing, attack, is_control)) in plays.iter().enumerate() {
        observer.turn(at, plays.len(), attack.name);
        let play = (*showing, attack, *is_control);
        let mut row = play_attack(&game, play, options)?;
        if row.verdict == AttackVerdict::Beyond {
            // of a dozen tight attacks one is beyond its 99.9% in some hundred
            // games: it is believed when it happens twice
            let other = Game {
                seed: mix(game.seed),
                ..game
            };
            row = play_attack(&other, play, options)?;
        }
        found.attacks.push(row);
    }
    observer.stage("timing reads");
    found.timings = timing::time_reads(&game, options)?;
    Ok(found)
}

fn play_attack(
    game: &Game,
    play: (Showing, &Attack, bool),
    options: &AdversaryOptions,
) -> Result<AttackRow, String> {
    let right = right_guesses(game, play.0, play.1, options)?;
    judge(game, play, options, right)
}

/// How many of the trials' worlds were guessed right.
fn right_guesses(
    game: &Game,
    showing: Showing,
    attack: &Attack,
    options: &AdversaryOptions,
) -> Result<u64, String> {
    let batches = options.trials.div_ceil(BATCH);
    let play = |batch: u64| {
        if options.stop.is_set() {
            return Err("interrupted".to_owned());
        }
        let trials = BATCH.min(options.trials - batch * BATCH);
        game.play(showing, attack, mix(batch), trials)
    };
    (0..batches).into_par_iter().map(play).sum()
}

fn judge(
    game: &Game,
    (showing, attack, is_control): (Showing, &Attack, bool),
    options: &AdversaryOptions,
    right: u64,
) -> Result<AttackRow, String> {
    let trials = options.trials;
    let advantage = |share: f64| 2.0 * share - 1.0;
    let interval = |confidence| {
        proportion_interval(right, trials, confidence)
            .map(|(low, high)| (advantage(low), advantage(high)))
            .ok_or_else(|| "there were no trials".to_owned())
    };
    let (interval_95, interval_999) = (interval(0.95)?, interval(0.999)?);
    let found = advantage(right as f64 / trials as f64);
    let epsilon = game.rule.epsilon.value();
    let bound = (showing == Showing::AtClose)
        .then(|| (f64::from(attack.releases()) * epsilon / 2.0).tanh());
    let verdict = match bound {
        // accused by the lower end, acquitted by the upper one
        Some(bound) if interval_999.0 > bound => AttackVerdict::Beyond,
        Some(bound) if interval_95.1 <= bound + SLACK => AttackVerdict::Within,
        Some(_) => AttackVerdict::Unsure,
        None if !is_control => AttackVerdict::Shown,
        None if found >= CONTROL => AttackVerdict::Tells,
        None => AttackVerdict::Broken,
    };
    Ok(AttackRow {
        variant: showing.name().to_owned(),
        attack: attack.name.to_owned(),
        about: attack.about.to_owned(),
        count: attack.viewers,
        releases: attack.releases(),
        trials,
        right,
        advantage: found,
        interval_95,
        interval_999,
        bound,
        trials_needed: bound.map(trials_needed),
        verdict,
    })
}

/// Trials in which the upper end of an attack whose advantage is `bound` lies
/// within [`SLACK`] of it 8 times in 10.
fn trials_needed(bound: f64) -> u64 {
    // normal quantiles of 97.5% and of 80%
    let steps = (1.96 + 0.84) / SLACK;
    // an advantage is 2p - 1: its variance is (1 - a²) / n
    (steps.powi(2) * (1.0 - bound * bound)).ceil() as u64
}

#[cfg(test)]
mod tests;

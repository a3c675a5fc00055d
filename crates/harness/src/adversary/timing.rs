//! How long a read of who viewed a profile takes, in either world: reported,
//! not judged, since a machine's noise is larger than what it could tell.

use std::hint::black_box;
use std::time::Instant;

use super::attacks::attacks;
use super::options::AdversaryOptions;
use super::play::{Game, Stage};
use notibench_core::engine::{Engine, Session};
use notibench_core::unit::quantity::counted;
use notibench_core::viewing::Showing;
use notibench_record::TimingRow;
use notibench_record::stats::welch;

/// Reads timed, at most.
const READS: u64 = 40_000;

/// Times single reads after the close, of objects in both worlds in turn: with
/// many viewers, and without any but the one.
pub(super) fn time_reads(
    game: &Game,
    options: &AdversaryOptions,
) -> Result<Vec<TimingRow>, String> {
    let reads = options.trials.min(READS);
    let mut rows = Vec::new();
    for name in ["shown count", "object without state"] {
        let Some(attack) = attacks(&game.rule).into_iter().find(|a| a.name == name) else {
            continue;
        };
        let stage = Stage::new(game, Showing::AtClose, &attack, 1, reads)?;
        stage.play_first_week(game)?;
        let mut session = stage.engine.session(0);
        let mut took = [Vec::new(), Vec::new()];
        for trial in 0..reads {
            let read = [stage.read_of(trial)];
            let start = Instant::now();
            session.read(&read, &mut |_, answer| {
                black_box(answer);
            });
            let took_ns = start.elapsed().as_nanos() as f64;
            took[usize::from(stage.has_view(trial))].push(took_ns);
        }
        session.finish();
        // an interruption of the machine says nothing of the worlds
        for sample in &mut took {
            sample.sort_unstable_by(f64::total_cmp);
            sample.truncate(sample.len() * 99 / 100);
        }
        let [without, with] = took;
        if let Some(test) = welch(&without, &with) {
            rows.push(TimingRow {
                read: format!(
                    "who_viewed, {} but for the one",
                    counted(attack.viewers, "viewer")
                ),
                reads: without.len().min(with.len()) as u64,
                without_service_ns: test.mean,
                with_service_ns: test.other,
                t: test.t,
                p: test.p,
            });
        }
    }
    Ok(rows)
}

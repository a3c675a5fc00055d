//! What a record keeps of the roles of one engine's trial.

use crate::run::interleaved::apart::steps::Step;
use crate::run::interleaved::drive::Timed;
use crate::trial::apart::{ApartReport, Phase, PhaseReport};
use notibench_record::stats::ServiceHistogram;
use notibench_record::{ApartPhase, ApartPlan, ApartTrial};

/// Takes what the workers measured by kind of slice out of their reports, and
/// puts it together.
pub(super) fn note_of(timed: &mut Timed, steps: &[Step], apart: &ApartPlan) -> ApartTrial {
    let mut reports: Vec<Option<Box<ApartReport>>> = timed
        .reports
        .iter_mut()
        .map(|report| report.apart.take())
        .collect();
    // in the order of their numbers: the writers first
    let readers = reports.split_off(apart.writers.min(reports.len()));
    let writers = reports;
    let time = |walls: &[u64], is_wanted: &dyn Fn(Phase) -> bool| {
        let walls = walls.iter().zip(steps);
        let wanted = walls.filter(|(_, step)| is_wanted(step.phase));
        wanted.map(|(wall, _)| *wall).sum::<u64>()
    };
    let is_together = |phase| phase == Phase::Together;
    let text = |histogram: &ServiceHistogram| match histogram.is_empty() {
        true => String::new(),
        false => histogram.to_base64(),
    };
    let phase = |wall_ns: u64,
                 of_role: &[Option<Box<ApartReport>>],
                 of: fn(&ApartReport) -> &PhaseReport| {
        let mut sum = PhaseReport::new();
        for report in of_role.iter().flatten() {
            sum.add(of(report));
        }
        ApartPhase {
            wall_ns,
            operations: sum.operations,
            service_ns: text(&sum.service),
            response_ns: text(&sum.response),
        }
    };
    let (writing, reading) = (&timed.writing, &timed.reading);
    let fill_ns = time(writing, &|phase| phase == Phase::Fill);
    let alone_ns = time(writing, &|phase| phase == Phase::WritersAlone);
    let beside_ns = time(writing, &is_together);
    let readers_alone_ns = time(reading, &|phase| {
        matches!(phase, Phase::ReadersAlone { .. })
    });
    let readers_beside_ns = time(reading, &is_together);
    ApartTrial {
        slices: steps.len(),
        fill_ns,
        finish_ns: timed.finish,
        writers_alone: phase(alone_ns, &writers, |report| &report.alone),
        readers_alone: phase(readers_alone_ns, &readers, |report| &report.alone),
        writers_beside: phase(beside_ns, &writers, |report| &report.beside),
        readers_beside: phase(readers_beside_ns, &readers, |report| &report.beside),
    }
}

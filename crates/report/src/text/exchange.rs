//! What the processes of a cluster exchanged.

use super::block::Block;
use super::counters::show;
use crate::model::rounds::{over_rounds, per};
use crate::model::summary::Summary;
use crate::style::{Style, plain};
use notibench_core::unit::quantity::counted;
use notibench_record::{ExchangeNote, Pass, Record, Trial};

/// The table; empty where one process made every trial.
pub(crate) fn section(record: &Record, summary: &Summary, style: Style) -> String {
    block(record, summary).map_or_else(String::new, |block| block.draw(style) + "\n")
}

/// The same as a block.
pub(crate) fn block(record: &Record, summary: &Summary) -> Option<Block> {
    let cluster = record.plan.cluster?;
    let header = [
        "engine",
        "updates\nper event",
        "to another\nprocess",
        "bytes per\nsuch update",
        "bytes per\nevent",
    ];
    let mut rows = vec![header.map(str::to_owned).to_vec()];
    for line in summary.ranked.iter().chain(&summary.ablations) {
        let median = |figure: &dyn Fn(&ExchangeNote, &Trial) -> Option<f64>| {
            let of_trial = |trial: &Trial| figure(trial.exchange.as_ref()?, trial);
            over_rounds(record, &line.name, Pass::Fresh, &of_trial)
        };
        let updates = median(&|note, trial| per(note.updates as f64, trial.taken_on()));
        let away = median(&|note, _| per(note.updates_away as f64, note.updates));
        let bytes = median(&|note, _| per(note.bytes_away as f64, note.updates_away));
        let of_event = median(&|note, trial| per(note.bytes_away as f64, trial.taken_on()));
        if updates.is_none() {
            continue;
        }
        let percent = away.map(|share| format!("{:.1}%", share * 100.0));
        let cells = [
            updates.map(show),
            percent,
            bytes.map(show),
            of_event.map(show),
        ];
        let mut row = vec![plain(&line.name)];
        row.extend(cells.map(|cell| cell.unwrap_or_else(|| "-".to_owned())));
        rows.push(row);
    }
    if rows.len() == 1 {
        return None;
    }
    let workers = record.plan.threads / cluster.processes.max(1);
    let note = format!(
        "{} of {} each make these trials together, timed by process 0; the \
         other engines run in process 0 on as many threads as there are workers in all; bytes: \
         all that was written to connections between processes, frames, progress and reads \
         among it; a read of another process' state is answered there; medians over the rounds",
        counted(cluster.processes, "process"),
        counted(workers, "worker"),
    );
    Some(Block {
        title: "exchanged between processes".to_owned(),
        rows,
        notes: vec![note],
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use notibench_record::ClusterPlan;
    use notibench_record::fixture;

    #[test]
    fn what_went_to_another_process_is_told_per_update_and_per_event() {
        let mut record = fixture::record();
        let summary = Summary::of(&record);
        assert_eq!(block(&record, &summary), None);
        record.plan.cluster = Some(ClusterPlan { processes: 2 });
        assert_eq!(block(&record, &summary), None);
        for trial in record
            .trials
            .iter_mut()
            .filter(|trial| trial.engine == "dashmap")
        {
            trial.exchange = Some(ExchangeNote {
                updates: trial.generated * 3 / 2,
                updates_away: trial.generated / 2,
                bytes_away: trial.generated * 17,
            });
        }
        let text = section(&record, &summary, Style::default());
        let row = text.lines().find(|line| line.starts_with("  dashmap "));
        let cells: Vec<&str> = row.unwrap().split_whitespace().collect();
        assert_eq!(cells[1..], ["1.50", "33.3%", "34.0", "17.0"], "{text}");
        assert!(text.contains("2 processes of 1 worker each"), "{text}");
    }
}

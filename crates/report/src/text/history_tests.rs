//! Histories of records that differ in what the test says, and in nothing else.

use super::*;
use crate::export::history::history_csv;
use crate::model::history::histories;
use notibench_record::Saved;
use notibench_record::fixture;
use notibench_record::fixture_open_loop;

/// A record of that day in November; `dashmap` is `factor` times as fast as
/// in the fixture.
fn at(day: u32, factor: f64) -> (String, Saved) {
    let mut record = fixture::record();
    record.started = format!("2026-11-{day:02}T12:00:00Z");
    for trial in &mut record.trials {
        if trial.engine == "dashmap" {
            trial.wall_ns = (trial.wall_ns as f64 / factor) as u64;
        }
    }
    (format!("day{day}.json"), Saved::Run(Box::new(record)))
}

/// Twenty days, the speed falling by an eighth on the eleventh, in a
/// shuffled order.
fn twenty() -> Vec<(String, Saved)> {
    let mut files: Vec<_> = (1..=20)
        .map(|day| {
            let noise = 1.0 + 0.01 * f64::from(day * 7 % 5) - 0.02;
            at(day, if day > 10 { 0.875 * noise } else { noise })
        })
        .collect();
    files.swap(0, 15);
    files
}

#[test]
fn a_change_is_told_with_its_day_and_its_size() {
    let (found, left_out) = histories(&twenty());
    assert_eq!((found.len(), left_out.len()), (1, 0));
    let text = history(&found, &Style::default());
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(
        text.contains("-12.5%) from 2026-11-11T12:00:00Z, day11.json"),
        "{text}"
    );
    assert_eq!(text.matches(" → ").count(), 1, "{text}");
}

#[test]
fn a_last_record_outside_its_own_past_is_marked() {
    let mut files = twenty();
    files.push(at(21, 0.875));
    let marked = |files: &[(String, Saved)]| {
        let (found, _) = histories(files);
        let text = history(&found, &Style::default());
        text.lines().any(|line| line.ends_with(" !"))
    };
    assert!(!marked(&files));
    files.push(at(22, 0.7));
    assert!(marked(&files));
}

#[test]
fn other_machines_plans_and_workloads_are_histories_of_their_own() {
    let mut files = twenty();
    for (at, file) in files.iter_mut().take(3).enumerate() {
        let Saved::Run(record) = &mut file.1 else {
            panic!("a run");
        };
        match at {
            0 => record.environment.caches[0].bytes *= 2,
            1 => record.plan.threads += 1,
            _ => record.workload.toml.push_str("\n# another"),
        }
    }
    assert_eq!(histories(&files).0.len(), 4);
}

#[test]
fn records_of_before_the_processors_model_go_on_in_one_history() {
    let with_model = |file: &mut (String, Saved), model: &str| {
        let Saved::Run(record) = &mut file.1 else {
            panic!("a run");
        };
        record.environment.cpu_id = Some(notibench_record::CpuId {
            vendor: "GenuineIntel".to_owned(),
            family: "6".to_owned(),
            model: model.to_owned(),
            stepping: "1".to_owned(),
        });
    };
    let mut files = twenty();
    files
        .iter_mut()
        .skip(10)
        .for_each(|file| with_model(file, "167"));
    let (found, _) = histories(&files);
    assert_eq!(found.len(), 1);
    assert!(
        found[0].machine.contains("model 167"),
        "{}",
        found[0].machine
    );
    // another model under the same name is another kind of machine
    with_model(&mut files[19], "143");
    assert_eq!(histories(&files).0.len(), 2);
}

#[test]
fn what_has_no_place_in_a_history_is_named() {
    let capacity = Saved::Capacity(Box::new(fixture_open_loop::capacity()));
    let open = Saved::Run(Box::new(fixture_open_loop::record()));
    let mut cut = fixture::record();
    cut.complete = false;
    let mut alone = fixture::record();
    alone
        .engines
        .retain(|engine| engine.name == alone.plan.baseline);
    let [cut, alone] = [cut, alone].map(|record| Saved::Run(Box::new(record)));
    let files = [capacity, open, cut, alone].map(|saved| ("f".to_owned(), saved));
    let (found, left_out) = histories(&files);
    assert!(found.is_empty());
    for (words, why) in left_out
        .iter()
        .zip(["capacity", "open loop", "incomplete", "ratio to"])
    {
        assert!(words.contains(why), "{words}");
    }
    assert_eq!(left_out.len(), 4);
}

#[test]
fn csv_has_a_line_a_record_and_no_empty_value() {
    let mut files = twenty();
    let Saved::Run(record) = &mut files[3].1 else {
        panic!("a run");
    };
    // one engine that one record has not
    let gone = "sharded-mutex";
    record.engines.retain(|engine| engine.name != gone);
    record.trials.retain(|trial| trial.engine != gone);
    record.proofs.retain(|proof| proof.engine != gone);
    let mut with = fixture::record();
    with.started = "2026-11-30T00:00:00Z".to_owned();
    files.push(("a, b.json".to_owned(), Saved::Run(Box::new(with))));
    let (found, _) = histories(&files);
    let (text, left_out) = history_csv(&found[0]);
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    let head: Vec<String> = reader
        .headers()
        .unwrap()
        .iter()
        .map(str::to_owned)
        .collect();
    assert_eq!(head[..3], ["time", "version", "file"]);
    assert!(head.contains(&"dashmap".to_owned()) && !head.contains(&gone.to_owned()));
    assert_eq!(left_out, [gone]);
    let rows: Vec<csv::StringRecord> = reader.records().map(Result::unwrap).collect();
    assert_eq!(rows.len(), 21);
    assert_eq!(&rows[20][2], "a, b.json");
    for row in &rows {
        assert!(row.iter().skip(3).all(|value| value.parse::<f64>().is_ok()));
    }
}

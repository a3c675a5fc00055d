//! How fast the machine was while a run went on, in words and as a table, and
//! how two runs differ by it.

use super::block::Block;
use crate::figures::show_ratio;
use notibench_core::unit::quantity::{counted, show_bytes, show_ns};
use notibench_record::{Record, Spread, Weather};

/// The two probes: what each is called, and its spread.
pub(crate) fn probes(weather: &Weather) -> [(&'static str, Option<Spread>); 2] {
    [
        ("a dependent load", weather.load_ns()),
        ("a step of arithmetic", weather.step_ns()),
    ]
}

/// One line: medians, in brackets the least and the most; none without samples.
pub(crate) fn words(weather: &Weather) -> Option<String> {
    let shown = probes(weather).map(|(_, spread)| {
        let Spread {
            least,
            median,
            most,
        } = spread?;
        let [median, least, most] = [median, least, most].map(show_ns);
        Some(format!("{median} ({least} to {most})"))
    });
    let [Some(load), Some(step)] = shown else {
        return None;
    };
    Some(format!(
        "a dependent load took {load}, a step of arithmetic {step}: medians of {}",
        counted(weather.samples() as u64, "sample")
    ))
}

/// How the machine of a later run was beside that of an earlier one; none
/// where a side has no samples.
pub(crate) fn beside([before, after]: [&Weather; 2]) -> Option<String> {
    let both = probes(before).into_iter().zip(probes(after));
    let times: Option<Vec<String>> = both
        .map(|((what, before), (_, after))| {
            let ratio = show_ratio(after?.median / before?.median);
            Some(format!("{what} {ratio} times as long"))
        })
        .collect();
    Some(times?.join(", "))
}

/// The probes as a table; none in a record without them.
pub(crate) fn block(record: &Record) -> Option<Block> {
    let weather = record.weather.as_ref()?;
    let mut rows = vec![
        ["probe", "least", "median", "most"]
            .map(str::to_owned)
            .to_vec(),
    ];
    for (what, spread) in probes(weather) {
        let Spread {
            least,
            median,
            most,
        } = spread?;
        let mut row = vec![what.to_owned()];
        row.extend([least, median, most].map(show_ns));
        rows.push(row);
    }
    let note = format!(
        "fixed work between slices: {} of arithmetic, and {} over {} of memory, in each of {}; it \
         explains figures and corrects none",
        counted(weather.steps, "step"),
        counted(weather.loads, "dependent load"),
        show_bytes(weather.bytes as f64),
        counted(weather.samples() as u64, "sample"),
    );
    Some(Block {
        title: "how fast the machine was meanwhile".to_owned(),
        rows,
        notes: vec![note],
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use notibench_record::fixture_in_turn;

    #[test]
    fn the_weather_has_words_and_a_table() {
        let record = fixture_in_turn::record();
        let weather = record.weather.as_ref().unwrap();
        assert_eq!(
            words(weather).unwrap(),
            "a dependent load took 200 ns (100 ns to 210 ns), a step of arithmetic 1.01 ns \
             (1.00 ns to 1.02 ns): medians of 4 samples"
        );
        let block = block(&record).unwrap();
        assert_eq!(
            block.rows[1],
            ["a dependent load", "100 ns", "200 ns", "210 ns"]
        );
        assert_eq!(words(&Weather::default()), None);
    }

    #[test]
    fn two_days_are_held_against_each_other() {
        let record = fixture_in_turn::record();
        let before = record.weather.unwrap();
        let after = Weather {
            loads_ns: "3000000".to_owned(),
            ..before.clone()
        };
        assert_eq!(
            beside([&before, &after]).unwrap(),
            "a dependent load 1.50 times as long, a step of arithmetic 1.00 times as long"
        );
        assert_eq!(beside([&before, &Weather::default()]), None);
    }
}

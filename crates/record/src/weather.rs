//! How fast the machine itself was while a run went on.

use serde::{Deserialize, Serialize};

use super::numbers::numbers;

/// A series of two probes of fixed work, taken between slices: what the
/// machine's other guests leave of its processor and of its memory. It
/// explains; no figure is corrected by it.
#[derive(Clone, Debug, Default, Serialize, Deserialize, PartialEq)]
#[serde(deny_unknown_fields)]
pub struct Weather {
    /// Bytes that the dependent loads go through.
    pub bytes: u64,
    /// When each sample was taken, in ms since the first round began,
    /// separated by spaces.
    pub at_ms: String,
    /// What each sample's arithmetic took, in ns, likewise.
    pub arithmetic_ns: String,
    /// What each sample's dependent loads took, in ns, likewise.
    pub loads_ns: String,
    /// Steps of arithmetic in a sample.
    pub steps: u64,
    /// Dependent loads in a sample.
    pub loads: u64,
}

/// The least, the median and the most of a series.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Spread {
    /// The least.
    pub least: f64,
    /// The median.
    pub median: f64,
    /// The most.
    pub most: f64,
}

impl Weather {
    /// ns of one dependent load; none without samples.
    #[must_use]
    pub fn load_ns(&self) -> Option<Spread> {
        spread(&self.loads_ns, self.loads)
    }

    /// ns of one step of arithmetic; none without samples.
    #[must_use]
    pub fn step_ns(&self) -> Option<Spread> {
        spread(&self.arithmetic_ns, self.steps)
    }

    /// Each sample: when it was taken, in ms since the first round began, and
    /// ns of one dependent load and of one step of arithmetic.
    #[must_use]
    pub fn each(&self) -> Vec<[f64; 3]> {
        let of = |series: &str| numbers(series).into_iter();
        let per = |total: u64, count: u64| total as f64 / count.max(1) as f64;
        of(&self.at_ms)
            .zip(of(&self.loads_ns))
            .zip(of(&self.arithmetic_ns))
            .map(|((at_ms, loads), steps)| {
                [at_ms as f64, per(loads, self.loads), per(steps, self.steps)]
            })
            .collect()
    }

    /// How many samples there are.
    #[must_use]
    pub fn samples(&self) -> usize {
        numbers(&self.at_ms).len()
    }
}

fn spread(series: &str, each: u64) -> Option<Spread> {
    let mut values = numbers(series);
    values.sort_unstable();
    let of = |at: usize| values[at] as f64 / each.max(1) as f64;
    (!values.is_empty()).then(|| Spread {
        least: of(0),
        median: of(values.len() / 2),
        most: of(values.len() - 1),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_series_has_its_least_its_median_and_its_most() {
        let weather = Weather {
            at_ms: "1 2 3".to_owned(),
            loads_ns: "300 100 200".to_owned(),
            loads: 10,
            ..Weather::default()
        };
        let found = weather.load_ns().unwrap();
        assert_eq!((found.least, found.median, found.most), (10.0, 20.0, 30.0));
        assert_eq!((weather.step_ns(), weather.samples()), (None, 3));
        let garbage = Weather {
            loads_ns: "a b".to_owned(),
            ..weather
        };
        assert_eq!(garbage.load_ns(), None);
    }
}

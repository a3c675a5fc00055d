//! The Universal Scalability Law, fitted to the throughput of a sweep of
//! threads, or the words why it is not.
//!
//! C(N) = λN / (1 + σ(N − 1) + κN(N − 1)): λ is the throughput of one thread,
//! σ the share of the work that waits for others (contention), κ what each
//! pair of threads costs (coherency). N. J. Gunther, "Guerrilla Capacity
//! Planning", Springer 2007, chapters 4 to 6.

use super::interval::LogMean;
use super::lack_of_fit::lack_of_fit;
use super::usl_curve::{Curve, solve};

/// Distinct thread counts that a fit needs: three parameters go through any
/// three points, and nothing would be left to contradict them.
pub const FEWEST_COUNTS: usize = 4;
/// A fit is bad where it misses a point's throughput by more than this share.
pub const WORST_MISFIT: f64 = 0.05;
/// Level of the test of lack of fit.
pub const LACK_LEVEL: f64 = 0.05;
/// How far beyond the largest measured count a peak is still told.
pub const PEAK_REACH: f64 = 2.0;

/// A parameter and its 95% interval.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Estimate {
    /// The value that fits best; σ and κ are never below 0.
    pub value: f64,
    /// Lower end.
    pub low: f64,
    /// Upper end.
    pub high: f64,
}

/// The thread count at which throughput is greatest: √((1 − σ)/κ).
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Peak {
    /// Within [`PEAK_REACH`] times what was measured.
    At(Estimate),
    /// Beyond that, where the law was not checked against anything.
    Beyond,
    /// κ's interval holds 0: there may be none.
    NoneSeen,
}

/// The law with the parameters that fit best.
#[derive(Clone, Debug, PartialEq)]
pub struct UslFit {
    /// Throughput of one thread, in the unit of the throughputs.
    pub lambda: Estimate,
    /// Contention.
    pub sigma: Estimate,
    /// Coherency.
    pub kappa: Estimate,
    /// Where throughput is greatest.
    pub peak: Peak,
    /// The largest miss of a point's mean throughput, as a share of it, at
    /// most [`WORST_MISFIT`].
    pub misfit: f64,
    /// The thread counts that it is from.
    pub counts: Vec<usize>,
    /// The rounds of each.
    pub rounds: usize,
    /// The p-value of the test of lack of fit, where it is below
    /// [`LACK_LEVEL`]: the law is off by more than the noise, and the intervals
    /// are of nothing.
    pub lack_of_fit: Option<f64>,
}

impl UslFit {
    /// The throughput of so many threads by the law, in the unit of λ.
    #[must_use]
    pub fn throughput(&self, threads: f64) -> f64 {
        let curve = Curve {
            log_lambda: self.lambda.value.ln(),
            sigma: self.sigma.value,
            kappa: self.kappa.value,
        };
        curve.log_throughput(threads).exp()
    }
}

/// Why there is no fit; each says what would fix it.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum UslRefusal {
    /// Too few thread counts within the processors.
    #[error("{}", too_few(.within, .beyond, *.processors))]
    TooFewCounts {
        /// Counts that can be used.
        within: Vec<usize>,
        /// Counts beyond the processors.
        beyond: Vec<usize>,
        /// Processors; 0 where unknown.
        processors: f64,
    },
    /// Fewer than two rounds: nothing says how sure a parameter is.
    #[error("{0} round(s) at every thread count say nothing of noise: give --rounds 5 or more")]
    TooFewRounds(usize),
    /// A parameter that can't be negative is.
    #[error(
        "{symbol} would be {low:.4} to {high:.4}, below 0, which the law does not know: throughput \
         grows in a way that contention and coherency can't explain (caches of more processors \
         that hold more of the state, or a clock that changes)"
    )]
    Negative {
        /// σ or κ.
        symbol: &'static str,
        /// Lower end of its interval.
        low: f64,
        /// Upper end.
        high: f64,
    },
    /// The curve misses the points.
    #[error(
        "the best curve misses the throughput at {threads} thread(s) by {:.1}%, more than {:.0}%: \
         the law does not describe these points, so nothing is drawn from it; where rounds differ \
         much, give more --rounds",
        .misfit * 100.0, WORST_MISFIT * 100.0
    )]
    Misfit {
        /// Where.
        threads: usize,
        /// By which share.
        misfit: f64,
    },
    /// Throughputs that are no numbers above 0, or that no curve comes near.
    #[error("no curve of the law comes near these throughputs")]
    NoCurve,
}

fn too_few(within: &[usize], beyond: &[usize], processors: f64) -> String {
    let list = |counts: &[usize]| {
        let words: Vec<String> = counts.iter().map(ToString::to_string).collect();
        words.join(", ")
    };
    let mut words = format!(
        "the law has 3 parameters, so that at least {FEWEST_COUNTS} thread counts are needed \
         for it, and here are {}",
        within.len()
    );
    if !within.is_empty() {
        words += &format!(" ({})", list(within));
    }
    if !beyond.is_empty() {
        words += &format!(
            "; {} are beyond the {processors} processors and measure time-slicing, not scaling",
            list(beyond)
        );
    }
    let most = processors.floor();
    if processors > 0.0 && most < FEWEST_COUNTS as f64 {
        words += &format!(
            ": take a machine with {FEWEST_COUNTS} processors or more; up to {most} the \
             speed-ups measured are all that can be said"
        );
    } else {
        let example = if most >= 8.0 { "1,2,4,8" } else { "1,2,3,4" };
        words += &format!(": give --threads {example}, say");
    }
    words
}

/// Fits the law. `points` are thread counts, each once, with the throughput
/// of each round, the same rounds at each; counts above `processors` (0:
/// unknown) are left out.
///
/// The curve is the least-squares one through the points' mean logarithms, so
/// that a miss weighs by its share of the throughput, found by Gauss and
/// Newton's method with σ, κ ≥ 0. Rounds are the sampling unit: what a round's
/// own points would change a parameter by, linearly about the unconstrained
/// curve (G. A. F. Seber and C. J. Wild, "Nonlinear Regression", Wiley 1989,
/// section 2.1), is one observation, and the interval Student's t on their
/// mean, so that what all points of a round share does not pass for precision.
/// It supposes that the law holds, which is tested, and is cut at 0 for σ and κ.
///
/// # Errors
/// Why it can't be fitted, or is not worth showing.
pub fn fit_usl(points: &[(usize, Vec<f64>)], processors: f64) -> Result<UslFit, UslRefusal> {
    let within = |count: usize| processors <= 0.0 || count as f64 <= processors;
    let mut used: Vec<&(usize, Vec<f64>)> = points.iter().filter(|(n, _)| within(*n)).collect();
    used.sort_by_key(|(count, _)| *count);
    used.dedup_by_key(|(count, _)| *count);
    let counts: Vec<usize> = used.iter().map(|(count, _)| *count).collect();
    if counts.len() < FEWEST_COUNTS {
        let beyond = points.iter().map(|(n, _)| *n).filter(|&n| !within(n));
        return Err(UslRefusal::TooFewCounts {
            within: counts,
            beyond: beyond.collect(),
            processors,
        });
    }
    let rounds = used.iter().map(|(_, all)| all.len()).min().unwrap_or(0);
    if rounds < 2 {
        return Err(UslRefusal::TooFewRounds(rounds));
    }
    let logs: Vec<Vec<f64>> = used
        .iter()
        .map(|(_, all)| {
            all[..rounds]
                .iter()
                .map(|throughput| throughput.ln())
                .collect()
        })
        .collect();
    if logs.iter().flatten().any(|log| !log.is_finite()) {
        return Err(UslRefusal::NoCurve);
    }
    Sample { counts, logs }.fit()
}

/// What is fitted: for each count the logarithm of each round's throughput.
struct Sample {
    counts: Vec<usize>,
    logs: Vec<Vec<f64>>,
}

impl Sample {
    fn fit(self) -> Result<UslFit, UslRefusal> {
        let counts: Vec<f64> = self.counts.iter().map(|&count| count as f64).collect();
        let rounds = self.logs[0].len();
        let means: Vec<f64> = self
            .logs
            .iter()
            .map(|logs| logs.iter().sum::<f64>() / rounds as f64)
            .collect();
        let free = solve(&counts, &means, [true; 3]).ok_or(UslRefusal::NoCurve)?;
        // what no curve comes near is no question of signs
        self.near(&free, &means)?;
        let best = constrained(&counts, &means, free).ok_or(UslRefusal::NoCurve)?;
        let rows = free.sensitivity(&counts).ok_or(UslRefusal::NoCurve)?;
        let off = |round: usize| -> Vec<f64> {
            let points = self.logs.iter().zip(&means);
            points.map(|(logs, mean)| logs[round] - mean).collect()
        };
        // what each round would change each parameter by
        let changes: Vec<[f64; 3]> = (0..rounds)
            .map(|round| {
                let along = |row: &Vec<f64>| row.iter().zip(off(round)).map(|(g, o)| g * o).sum();
                rows.each_ref().map(along)
            })
            .collect();
        let left: Vec<Vec<f64>> = (0..rounds)
            .map(|round| free.unexplained(&counts, &rows, &off(round)))
            .collect();
        let misses = counts.iter().zip(&means);
        let misses: Vec<f64> = misses
            .map(|(&count, mean)| mean - free.log_throughput(count))
            .collect();
        let lack = lack_of_fit(&misses, &left, rows.len());
        let half = |weights: [f64; 3]| {
            let along = |change: &[f64; 3]| change.iter().zip(weights).map(|(c, w)| c * w).sum();
            let observed: Vec<f64> = changes.iter().map(along).collect();
            LogMean::of_logs(&observed)
                .map(|mean| mean.half_width())
                .filter(|half| half.is_finite())
                .ok_or(UslRefusal::NoCurve)
        };
        let half_log_lambda = half([1.0, 0.0, 0.0])?;
        let sigma = never_negative("σ", best.sigma, free.sigma, half([0.0, 1.0, 0.0])?)?;
        let kappa = never_negative("κ", best.kappa, free.kappa, half([0.0, 0.0, 1.0])?)?;
        let misfit = self.near(&best, &means)?;
        Ok(UslFit {
            lambda: around(best.log_lambda.exp(), free.log_lambda, half_log_lambda),
            sigma,
            kappa,
            peak: peak(&best, kappa, self.counts[self.counts.len() - 1], half)?,
            misfit,
            counts: self.counts,
            rounds,
            lack_of_fit: (lack < LACK_LEVEL).then_some(lack),
        })
    }

    /// The largest miss, as a share of the throughput; refused where it is too
    /// large.
    fn near(&self, curve: &Curve, means: &[f64]) -> Result<f64, UslRefusal> {
        let misses = self.counts.iter().zip(means).map(|(&count, mean)| {
            let miss = curve.log_throughput(count as f64) - mean;
            (miss.exp_m1().abs(), count)
        });
        let (misfit, threads) = misses.fold((0.0, self.counts[0]), |worst, miss| {
            if miss.0 > worst.0 { miss } else { worst }
        });
        if misfit > WORST_MISFIT {
            return Err(UslRefusal::Misfit { threads, misfit });
        }
        Ok(misfit)
    }
}

/// The best curve whose σ and κ are not below 0: the free one, or the best of
/// those that lie on an edge.
fn constrained(counts: &[f64], means: &[f64], free: Curve) -> Option<Curve> {
    let edges = [
        [true, true, false],
        [true, false, true],
        [true, false, false],
    ];
    edges
        .into_iter()
        .filter_map(|open| solve(counts, means, open))
        .chain([free])
        .filter(|curve| curve.sigma >= 0.0 && curve.kappa >= 0.0)
        .min_by(|a, b| {
            let squares = |curve: &Curve| curve.squares(counts, means);
            squares(a).total_cmp(&squares(b))
        })
}

/// The interval of a parameter that can't be negative: that of the free curve,
/// cut at 0. The truth being at least 0, cutting loses none of its chance.
fn never_negative(
    symbol: &'static str,
    value: f64,
    free: f64,
    half: f64,
) -> Result<Estimate, UslRefusal> {
    let (low, high) = (free - half, free + half);
    if high < 0.0 {
        return Err(UslRefusal::Negative { symbol, low, high });
    }
    Ok(Estimate {
        value,
        low: low.max(0.0).min(value),
        high: high.max(value),
    })
}

/// An interval on the scale of logarithms, taken back.
fn around(value: f64, centre: f64, half: f64) -> Estimate {
    Estimate {
        value,
        low: (centre - half).exp().min(value),
        high: (centre + half).exp().max(value),
    }
}

fn peak(
    best: &Curve,
    kappa: Estimate,
    measured: usize,
    half: impl Fn([f64; 3]) -> Result<f64, UslRefusal>,
) -> Result<Peak, UslRefusal> {
    if kappa.low <= 0.0 || best.kappa <= 0.0 {
        return Ok(Peak::NoneSeen);
    }
    let room = 1.0 - best.sigma;
    let threads = (room.max(0.0) / best.kappa).sqrt();
    if threads > PEAK_REACH * measured as f64 {
        return Ok(Peak::Beyond);
    }
    if threads < 1.0 {
        // it falls from the first thread on
        let one = Estimate {
            value: 1.0,
            low: 1.0,
            high: 1.0,
        };
        return Ok(Peak::At(one));
    }
    // ln N* = (ln(1 − σ) − ln κ) / 2, linearly about the curve
    let half = half([0.0, -0.5 / room, -0.5 / best.kappa])?;
    Ok(Peak::At(around(threads, threads.ln(), half)))
}

#[cfg(test)]
#[path = "usl_tests.rs"]
mod tests;

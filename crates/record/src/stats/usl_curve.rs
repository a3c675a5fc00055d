//! One curve of the Universal Scalability Law, and the least-squares curve
//! through points on the scale of logarithms.

/// Steps of Gauss and Newton's method at the most; it takes about five.
const STEPS: usize = 200;
/// Halvings of one step at the most.
const HALVINGS: usize = 60;
/// A step that moves no point's logarithm by more than this is the last.
const STILL: f64 = 1e-12;

/// λN / (1 + σ(N − 1) + κN(N − 1)), with λ as a logarithm.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Curve {
    pub(super) log_lambda: f64,
    pub(super) sigma: f64,
    pub(super) kappa: f64,
}

impl Curve {
    fn denominator(&self, count: f64) -> f64 {
        1.0 + self.sigma * (count - 1.0) + self.kappa * count * (count - 1.0)
    }

    /// Logarithm of the throughput of so many threads.
    pub(super) fn log_throughput(&self, count: f64) -> f64 {
        self.log_lambda + count.ln() - self.denominator(count).ln()
    }

    /// Its derivatives by ln λ, σ and κ.
    fn gradient(&self, count: f64) -> [f64; 3] {
        let denominator = self.denominator(count);
        let sigma = -(count - 1.0) / denominator;
        [1.0, sigma, sigma * count]
    }

    /// The sum of the squared misses; infinite where the curve is none.
    pub(super) fn squares(&self, counts: &[f64], logs: &[f64]) -> f64 {
        let miss = |(&count, log): (&f64, &f64)| (self.log_throughput(count) - log).powi(2);
        let sum: f64 = counts.iter().zip(logs).map(miss).sum();
        if sum.is_finite() { sum } else { f64::INFINITY }
    }

    /// How ln λ, σ and κ change with each point's logarithm: (JᵀJ)⁻¹Jᵀ.
    /// `None` where the points don't determine them.
    pub(super) fn sensitivity(&self, counts: &[f64]) -> Option<[Vec<f64>; 3]> {
        self.rows(counts, [true; 3])
    }

    /// What no change of the parameters takes out of `off`, a number a point:
    /// linearly about the curve, whose [`sensitivity`](Self::sensitivity)
    /// `rows` are.
    pub(super) fn unexplained(
        &self,
        counts: &[f64],
        rows: &[Vec<f64>; 3],
        off: &[f64],
    ) -> Vec<f64> {
        let along = |row: &Vec<f64>| row.iter().zip(off).map(|(g, o)| g * o).sum::<f64>();
        let change = rows.each_ref().map(along);
        let explained = |&count: &f64| {
            let gradient = self.gradient(count);
            gradient.iter().zip(change).map(|(g, c)| g * c).sum::<f64>()
        };
        off.iter()
            .zip(counts)
            .map(|(off, n)| off - explained(n))
            .collect()
    }

    /// The sensitivity with parameters that are not `open` held fast: their rows are
    /// zeros.
    fn rows(&self, counts: &[f64], open: [bool; 3]) -> Option<[Vec<f64>; 3]> {
        let gradients: Vec<[f64; 3]> = counts.iter().map(|&n| self.gradient(n)).collect();
        // columns of length 1, or κ's would dwarf the others
        let mut scale = [0.0_f64; 3];
        for gradient in &gradients {
            (0..3).for_each(|at| scale[at] += gradient[at].powi(2));
        }
        let scale = scale.map(f64::sqrt);
        let column = |gradient: &[f64; 3], at: usize| {
            if open[at] {
                gradient[at] / scale[at]
            } else {
                0.0
            }
        };
        let mut normal = [[0.0; 3]; 3];
        for (row, line) in normal.iter_mut().enumerate() {
            for (at, cell) in line.iter_mut().enumerate() {
                let products = gradients.iter().map(|g| column(g, row) * column(g, at));
                *cell = products.sum();
            }
            if !open[row] {
                line[row] = 1.0;
            }
        }
        let mut rows = [const { Vec::new() }; 3];
        for gradient in &gradients {
            let right = [0, 1, 2].map(|at| column(gradient, at));
            let solved = eliminate(normal, right)?;
            for at in 0..3 {
                rows[at].push(if open[at] {
                    solved[at] / scale[at]
                } else {
                    0.0
                });
            }
        }
        Some(rows)
    }
}

/// Solves three equations by elimination with the largest pivot; `None` where
/// they are as good as dependent.
fn eliminate(mut left: [[f64; 3]; 3], mut right: [f64; 3]) -> Option<[f64; 3]> {
    for at in 0..3 {
        let pivot = (at..3).max_by(|&a, &b| left[a][at].abs().total_cmp(&left[b][at].abs()))?;
        left.swap(at, pivot);
        right.swap(at, pivot);
        // the columns have length 1
        if left[at][at].abs().is_nan() || left[at][at].abs() < 1e-14 {
            return None;
        }
        let (line, value) = (left[at], right[at]);
        for below in at + 1..3 {
            let factor = left[below][at] / line[at];
            (at..3).for_each(|cell| left[below][cell] -= factor * line[cell]);
            right[below] -= factor * value;
        }
    }
    let mut solved = [0.0; 3];
    for at in (0..3).rev() {
        let known: f64 = (at + 1..3).map(|cell| left[at][cell] * solved[cell]).sum();
        solved[at] = (right[at] - known) / left[at][at];
    }
    Some(solved)
}

/// The curve with the least sum of squared misses of `logs`, the logarithms of
/// throughput, where only the `open` ones of ln λ, σ and κ may differ from 0
/// (λ always may). `None` where there is none.
pub(super) fn solve(counts: &[f64], logs: &[f64], open: [bool; 3]) -> Option<Curve> {
    let mut curve = start(counts, logs, open);
    let mut squares = curve.squares(counts, logs);
    for _ in 0..STEPS {
        let rows = curve.rows(counts, open)?;
        let misses = |at: usize| logs[at] - curve.log_throughput(counts[at]);
        let [log_lambda, sigma, kappa] = rows.map(|row| {
            row.iter()
                .enumerate()
                .map(|(at, g)| g * misses(at))
                .sum::<f64>()
        });
        let step = |share: f64| Curve {
            log_lambda: curve.log_lambda + share * log_lambda,
            sigma: curve.sigma + share * sigma,
            kappa: curve.kappa + share * kappa,
        };
        let moved = counts.iter().map(|&count| {
            let [by_lambda, by_sigma, by_kappa] = curve.gradient(count);
            (by_lambda * log_lambda + by_sigma * sigma + by_kappa * kappa).abs()
        });
        if moved.fold(0.0, f64::max) < STILL {
            return squares.is_finite().then_some(curve);
        }
        // half the step until it is no step back
        let shorter = (0..HALVINGS).map(|half| step(0.5_f64.powi(half as i32)));
        let found = shorter
            .map(|next| (next, next.squares(counts, logs)))
            .find(|(_, sum)| *sum < squares || (*sum <= squares && squares.is_finite()));
        // rounding alone is left where no step is better
        let Some((next, sum)) = found else { break };
        (curve, squares) = (next, sum);
    }
    squares.is_finite().then_some(curve)
}

/// A start: the law is linear in 1/λ, σ/λ and κ/λ once both sides are turned
/// over, N/C = 1/λ + σ/λ (N − 1) + κ/λ N(N − 1), here weighted by C/N so that
/// misses count by their share. A plain line through the origin where that
/// gives no curve.
fn start(counts: &[f64], logs: &[f64], open: [bool; 3]) -> Curve {
    let plain = Curve {
        log_lambda: counts
            .iter()
            .zip(logs)
            .map(|(count, log)| log - count.ln())
            .fold(f64::NEG_INFINITY, f64::max),
        sigma: 0.0,
        kappa: 0.0,
    };
    // λ's size is taken out first: what is left is near 1
    let mut normal = [[0.0; 3]; 3];
    let mut right = [0.0; 3];
    for (&count, log) in counts.iter().zip(logs) {
        let weight = (log - count.ln() - plain.log_lambda).exp();
        let line = [1.0, count - 1.0, count * (count - 1.0)];
        let line = [0, 1, 2].map(|at| if open[at] { weight * line[at] } else { 0.0 });
        for row in 0..3 {
            (0..3).for_each(|at| normal[row][at] += line[row] * line[at]);
            right[row] += line[row];
        }
    }
    (0..3)
        .filter(|&at| !open[at])
        .for_each(|at| normal[at][at] = 1.0);
    let Some([inverse, sigma, kappa]) = eliminate(normal, right) else {
        return plain;
    };
    let curve = Curve {
        log_lambda: plain.log_lambda - inverse.ln(),
        sigma: sigma / inverse,
        kappa: kappa / inverse,
    };
    if curve.squares(counts, logs) < plain.squares(counts, logs) {
        curve
    } else {
        plain
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const COUNTS: [f64; 6] = [1.0, 2.0, 4.0, 8.0, 16.0, 32.0];

    fn logs_of(curve: &Curve) -> Vec<f64> {
        COUNTS.map(|count| curve.log_throughput(count)).to_vec()
    }

    proptest! {
        #[test]
        fn the_parameters_of_exact_points_are_found(
            log_lambda in -5.0..25.0_f64,
            sigma in 0.0..0.9_f64,
            kappa in 0.0..0.1_f64,
        ) {
            let truth = Curve { log_lambda, sigma, kappa };
            let found = solve(&COUNTS, &logs_of(&truth), [true; 3]).unwrap();
            prop_assert!((found.log_lambda - log_lambda).abs() < 1e-7, "{found:?}");
            prop_assert!((found.sigma - sigma).abs() < 1e-6, "{found:?}");
            prop_assert!((found.kappa - kappa).abs() < 1e-7, "{found:?}");
        }

        #[test]
        fn no_curve_nearby_misses_less(
            noise in proptest::collection::vec(-0.1..0.1_f64, 6),
            sigma in 0.0..0.5_f64,
            kappa in 0.0..0.01_f64,
        ) {
            let truth = Curve { log_lambda: 3.0, sigma, kappa };
            let logs: Vec<f64> = logs_of(&truth).iter().zip(noise).map(|(l, n)| l + n).collect();
            let found = solve(&COUNTS, &logs, [true; 3]).unwrap();
            let least = found.squares(&COUNTS, &logs);
            for (a, b, c) in [(1e-4, 0.0, 0.0), (0.0, 1e-4, 0.0), (0.0, 0.0, 1e-5)] {
                for sign in [-1.0, 1.0] {
                    let other = Curve {
                        log_lambda: found.log_lambda + sign * a,
                        sigma: found.sigma + sign * b,
                        kappa: found.kappa + sign * c,
                    };
                    prop_assert!(other.squares(&COUNTS, &logs) >= least - 1e-12);
                }
            }
        }
    }

    #[test]
    fn what_is_held_fast_stays_at_zero() {
        let truth = Curve {
            log_lambda: 2.0,
            sigma: 0.1,
            kappa: 0.0,
        };
        let found = solve(&COUNTS, &logs_of(&truth), [true, true, false]).unwrap();
        assert_eq!(found.kappa, 0.0);
        assert!((found.sigma - 0.1).abs() < 1e-9);
        let found = solve(&COUNTS, &logs_of(&truth), [true, false, false]).unwrap();
        assert_eq!((found.sigma, found.kappa), (0.0, 0.0));
    }

    #[test]
    fn points_that_are_too_few_determine_nothing() {
        let curve = Curve {
            log_lambda: 0.0,
            sigma: 0.1,
            kappa: 0.01,
        };
        assert!(curve.sensitivity(&[1.0, 2.0]).is_none());
        assert!(curve.sensitivity(&[1.0, 2.0, 4.0]).is_some());
    }
}

//! Alias tables: a weighted choice by one look-up and one comparison.
//!
//! Source: M. D. Vose, "A linear algorithm for generating random numbers
//! with a given distribution" (IEEE Transactions on Software Engineering,
//! 1991). Built with additions, multiplications and divisions of `f64` in a
//! fixed order, so it is the same on every platform.

use std::hint::select_unpredictable;

/// Column of an alias table: keep the column itself below `threshold`, take
/// `alias` from there on.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Column {
    /// Of 2^32: the share of the column that is its own.
    pub(super) threshold: u32,
    /// Whose the rest is.
    pub(super) alias: u32,
}

/// Columns for choosing among `weights`; their number is a power of two, at
/// least that of the weights. `weights` are not negative and not all zero.
pub(super) fn columns(weights: &[f64]) -> Vec<Column> {
    let size = weights.len().next_power_of_two();
    let total: f64 = weights.iter().sum();
    let mut scaled: Vec<f64> = weights.iter().map(|w| w / total * size as f64).collect();
    scaled.resize(size, 0.0);
    let (mut small, mut large): (Vec<usize>, Vec<usize>) =
        (0..size).partition(|&at| scaled[at] < 1.0);
    // what rounding leaves over belongs to the heaviest
    let heaviest = (0..size)
        .max_by(|&a, &b| scaled[a].total_cmp(&scaled[b]))
        .unwrap_or(0);
    let mut columns = vec![
        Column {
            threshold: 0,
            alias: heaviest as u32
        };
        size
    ];
    while let (Some(&less), Some(&more)) = (small.last(), large.last()) {
        small.pop();
        let threshold = (scaled[less] * 4_294_967_296.0) as u32;
        columns[less] = Column {
            threshold,
            alias: more as u32,
        };
        scaled[more] -= 1.0 - scaled[less];
        if scaled[more] < 1.0 {
            large.pop();
            small.push(more);
        }
    }
    for own in large.into_iter().chain(small) {
        // nearly 1, or an empty column that only rounding left behind
        let alias = if scaled[own] > 0.5 { own } else { heaviest };
        columns[own] = Column {
            threshold: 0,
            alias: alias as u32,
        };
    }
    columns
}

/// Chooses by a uniform word: the highest bits choose the column, the 32
/// below them decide in it. `N` is a power of two.
#[inline(always)]
pub(super) fn choose<const N: usize>(columns: &[Column; N], word: u64) -> usize {
    let bits = N.ilog2();
    let at = (word >> (64 - bits)) as usize & (N - 1);
    let Column { threshold, alias } = columns[at];
    let fraction = (word >> (32 - bits)) as u32;
    // a selection, not a branch, which nobody could predict
    select_unpredictable(fraction < threshold, at, alias as usize) & (N - 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What the table gives each weight, exactly, from its thresholds.
    fn shares(columns: &[Column], len: usize) -> Vec<f64> {
        let mut shares = vec![0.0; len.max(columns.len())];
        for (at, column) in columns.iter().enumerate() {
            let own = f64::from(column.threshold) / 4_294_967_296.0;
            shares[at] += own / columns.len() as f64;
            shares[column.alias as usize] += (1.0 - own) / columns.len() as f64;
        }
        shares
    }

    #[test]
    fn shares_are_those_of_the_weights() {
        for weights in [
            vec![1.0],
            vec![0.0, 3.0],
            vec![1.0, 2.0, 3.0, 0.0, 10.0],
            vec![1e-9, 1.0, 1e9],
            (1..=700).map(|k| 1.0 / f64::from(k)).collect(),
        ] {
            let total: f64 = weights.iter().sum();
            let given = shares(&columns(&weights), weights.len());
            for (at, share) in given.iter().enumerate() {
                let wanted = weights.get(at).copied().unwrap_or(0.0) / total;
                assert!((share - wanted).abs() < 1e-9, "{at}: {share} for {wanted}");
            }
        }
    }
}

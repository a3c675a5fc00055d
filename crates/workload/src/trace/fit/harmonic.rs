//! Sums of powers of ranks, and from where on they are taken by integrals.

/// Up to here every count has a term of its own; above, counts within two
/// percent share one.
pub(super) const EXACT: u64 = 200;

/// Sum of `k^-s` for k from 1 to n, by Euler and Maclaurin after the first
/// terms; n need not be whole.
pub(super) fn harmonic(n: f64, s: f64) -> f64 {
    let head = n.floor().min(256.0);
    let sum: f64 = (1..=head as u32).map(|k| f64::from(k).powf(-s)).sum();
    if n <= head {
        return sum;
    }
    let integral = if (s - 1.0).abs() < 1e-9 {
        (n / head).ln()
    } else {
        (n.powf(1.0 - s) - head.powf(1.0 - s)) / (1.0 - s)
    };
    sum + integral
        + f64::midpoint(n.powf(-s), -head.powf(-s))
        + s / 12.0 * (head.powf(-s - 1.0) - n.powf(-s - 1.0))
}

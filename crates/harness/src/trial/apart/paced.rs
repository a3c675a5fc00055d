//! Operations at a rate: when each group is due, whatever came of those before
//! it.

use notibench_record::stats::ServiceHistogram;

/// A slice's operations, of which one comes each so many ns. A group is due when
/// its last operation has come.
#[derive(Debug)]
pub(crate) struct Paced<'a> {
    /// When the slice began.
    start_ns: u64,
    ns_each: f64,
    /// From when a group was due to its end.
    response: &'a mut ServiceHistogram,
}

impl<'a> Paced<'a> {
    /// So many operations a second from `start_ns` on.
    pub(crate) fn new(start_ns: u64, per_s: f64, response: &'a mut ServiceHistogram) -> Self {
        Self {
            start_ns,
            ns_each: 1e9 / per_s,
            response,
        }
    }

    /// When the group is due that ends with the slice's n-th operation, counted from 1.
    pub(crate) fn due(&self, operations: u64) -> u64 {
        self.start_ns + (operations as f64 * self.ns_each) as u64
    }

    /// Waits until the group is due that ends with the n-th operation. Other threads
    /// may have the processor meanwhile.
    pub(crate) fn wait(&self, operations: u64, now: impl Fn() -> u64) {
        let due = self.due(operations);
        while now() < due {
            std::thread::yield_now();
        }
    }

    /// Records the response time of the group that ends with the n-th operation.
    pub(crate) fn over(&mut self, operations: u64, end_ns: u64) {
        let due = self.due(operations);
        self.response.record(end_ns.saturating_sub(due));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_waits_behind_a_slow_group_counts_from_when_it_was_due() {
        let mut response = ServiceHistogram::new();
        // one a ms, in groups of ten
        let mut paced = Paced::new(5_000_000, 1e3, &mut response);
        assert_eq!(paced.due(10), 15_000_000);
        // the first takes 15 ms, the second 1 ms: it was due in between
        paced.over(10, 30_000_000);
        paced.over(20, 31_000_000);
        assert_eq!(response.count(), 2);
        let near = |quantile: f64, ns: f64| {
            (response.value_at_quantile(quantile) as f64 / ns - 1.0).abs() < 0.01
        };
        assert!(near(0.5, 6e6) && near(1.0, 15e6), "{response:?}");
    }
}

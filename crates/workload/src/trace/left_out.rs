//! What was left out of a trace, in words.

use super::collect::Counts;
use notibench_core::unit::quantity::show_whole;

impl Counts {
    /// What of a trace means nothing here, each reason with its number, the
    /// most frequent first.
    #[must_use]
    pub fn left_out(&self) -> Vec<String> {
        let mut reasons: Vec<(&String, &u64)> = self.skipped.iter().collect();
        reasons.sort_by_key(|(_, number)| std::cmp::Reverse(**number));
        let words = reasons.into_iter();
        words
            .map(|(reason, number)| format!("{} × {reason}", show_whole(*number)))
            .collect()
    }
}

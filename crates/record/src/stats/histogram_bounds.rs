//! The range and the resolution of all histograms, and why a text is none of
//! them.

/// Significant decimal digits that a value keeps.
pub const DIGITS: u8 = 3;
/// The smallest value that is told from its neighbours, in ns.
pub const LOWEST_NS: u64 = 1;
/// The highest value that is recorded, in ns: an hour.
pub const HIGHEST_NS: u64 = 3_600_000_000_000;

/// Why a text is no histogram.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum HistogramError {
    /// The text is not base64.
    #[error("not base64: {0}")]
    NotBase64(String),
    /// The bytes don't begin as a V2 histogram with deflate does.
    #[error("not an HdrHistogram in V2 with deflate: {0}")]
    NotV2(&'static str),
    /// The text ends before the histogram does.
    #[error("truncated: {0}")]
    Truncated(String),
    /// It is one, but of other bounds or digits.
    #[error(
        "a histogram of {digits} digits from {lowest} to {highest} ns; here it must have {DIGITS} \
         digits from {LOWEST_NS} to {HIGHEST_NS} ns"
    )]
    OtherBounds {
        /// Significant digits.
        digits: u32,
        /// Lowest value.
        lowest: u64,
        /// Highest value.
        highest: u64,
    },
    /// The counts make no sense, or disagree with their sum.
    #[error("its counts are damaged: {0}")]
    Damaged(String),
}

//! Arithmetic on measurements: histograms, intervals, means. It knows nothing of
//! engines, workloads or records.

mod average;
mod change_point;
pub mod histogram;
mod histogram_bounds;
mod histogram_text;
pub mod interval;
mod interval_log;
mod jackknife;
mod judgement;
mod lack_of_fit;
mod percentile;
mod proportion;
mod random_effects;
mod significance;
pub mod stopping;
mod threshold;
mod trend;
mod unpaired;
pub mod usl;
mod usl_curve;

pub use average::{geometric_mean, mean, median};
pub use change_point::{ChangePoint, FEWEST_WITH_CHANGE, Level, change_points, level};
pub use histogram::ServiceHistogram;
pub use histogram_bounds::{DIGITS, HIGHEST_NS, HistogramError, LOWEST_NS};
pub use interval::{RatioInterval, Verdict, paired_ratio};
pub use interval_log::{LogInterval, interval_log, percentile_distribution};
pub use jackknife::jackknifed_ratio;
pub use judgement::{Direction, Judgement};
pub use percentile::{Tail, percentile_is_supported};
pub use proportion::{WelchTest, proportion_interval, welch};
pub use random_effects::VarianceSplit;
pub use significance::holm_adjusted;
pub use threshold::{FEWEST_SEARCHES, Found, SearchPosterior, Threshold, Try, threshold};
pub use trend::{Trend, trend};
pub use unpaired::unpaired_ratio;
pub use usl::{Estimate, Peak, UslFit, UslRefusal, fit_usl};

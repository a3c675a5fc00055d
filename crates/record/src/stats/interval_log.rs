//! Histograms as HdrHistogram's own tools read them: interval logs (`.hlog`)
//! and percentile distributions (`.hgrm`).

use std::fmt::Write as _;
use std::time::{Duration, SystemTime};

use flate2::Crc;
use hdrhistogram::serialization::V2DeflateSerializer;
use hdrhistogram::serialization::interval_log::{IntervalLogWriterBuilder, Tag};

use super::histogram::ServiceHistogram;

/// ns in the unit of an interval's largest value, which is ms by custom.
const NS_PER_MS: f64 = 1e6;
/// Lines of a distribution between one halving of what is left to 100% and
/// the next: what HdrHistogram's tools write.
const TICKS_PER_HALF: u32 = 5;

/// One line of an interval log.
#[derive(Clone, Debug)]
pub struct LogInterval {
    /// Whose it is; what a tag cannot hold is replaced by `_`.
    pub tag: String,
    /// When it begins, in ns since the log's start.
    pub start_ns: u64,
    /// Its length, in ns.
    pub length_ns: u64,
    /// What was recorded in it, in ns.
    pub histogram: ServiceHistogram,
}

/// An interval log of HdrHistogram (`HistogramLogWriter`): comments, the
/// start, then a line an interval, in the order given. The first comment
/// holds the number of intervals and the CRC-32 of their lines, line breaks
/// included: readers take a log that was cut off for a shorter one.
#[must_use]
pub fn interval_log(comments: &[String], start: SystemTime, intervals: &[LogInterval]) -> String {
    let plain = written(&[], start, intervals);
    let mut crc = Crc::new();
    for line in plain
        .split_inclusive('\n')
        .filter(|line| !line.starts_with('#'))
    {
        crc.update(line.as_bytes());
    }
    let check = format!(
        "[Intervals: {}, CRC-32 of their lines: {:08x}]",
        intervals.len(),
        crc.sum()
    );
    let all: Vec<&str> = std::iter::once(check.as_str())
        .chain(comments.iter().map(String::as_str))
        .collect();
    written(&all, start, intervals)
}

fn written(comments: &[&str], start: SystemTime, intervals: &[LogInterval]) -> String {
    let mut bytes = Vec::new();
    let mut serializer = V2DeflateSerializer::new();
    let mut builder = IntervalLogWriterBuilder::new();
    for comment in comments {
        builder.add_comment(comment);
    }
    builder
        .with_start_time(start)
        .with_max_value_divisor(NS_PER_MS);
    let log = builder.begin_log_with(&mut bytes, &mut serializer);
    // memory takes all, and counts stay below 2^63
    if let Ok(mut log) = log {
        for interval in intervals {
            let tag = tag_of(&interval.tag);
            let _ = log.write_histogram(
                interval.histogram.counts(),
                Duration::from_nanos(interval.start_ns),
                Duration::from_nanos(interval.length_ns),
                Tag::new(&tag),
            );
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

/// A tag ends at a comma, a space or a line's end.
fn tag_of(name: &str) -> String {
    let ends = |c: char| c == ',' || c.is_whitespace() || c.is_control();
    name.replace(ends, "_")
}

/// A percentile distribution of HdrHistogram (`outputPercentileDistribution`):
/// a line for each of ever closer steps towards 100%, then sums; then `notes`,
/// as comments. Values are in ns.
#[must_use]
pub fn percentile_distribution(histogram: &ServiceHistogram, notes: &[String]) -> String {
    let counts = histogram.counts();
    let mut text = format!(
        "{:>12} {:>14} {:>10} {:>14}\n\n",
        "Value", "Percentile", "TotalCount", "1/(1-Percentile)"
    );
    let mut total = 0;
    for step in counts.iter_quantiles(TICKS_PER_HALF) {
        total += step.count_since_last_iteration();
        let (value, quantile) = (step.value_iterated_to(), step.quantile_iterated_to());
        let _ = write!(text, "{value:>12}.000 {quantile:>14.12} {total:>10}");
        let left = 1.0 - quantile;
        let _ = if left > 0.0 {
            writeln!(text, " {:>14.2}", left.recip())
        } else {
            writeln!(text)
        };
    }
    let _ = writeln!(
        text,
        "#[Mean    = {:>12.3}, StdDeviation   = {:>12.3}]\n\
         #[Max     = {:>8}.000, Total count    = {:>12}]\n\
         #[Buckets = {:>12}, SubBuckets     = {:>12}]",
        counts.mean(),
        counts.stdev(),
        counts.max(),
        counts.len(),
        counts.buckets(),
        (2 * 10_u64.pow(u32::from(counts.sigfig()))).next_power_of_two(),
    );
    for note in notes {
        let _ = writeln!(text, "#[{note}]");
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use hdrhistogram::serialization::interval_log::{IntervalLogIterator, LogEntry};

    fn interval(tag: &str, start_ns: u64, ns: u64) -> LogInterval {
        let mut histogram = ServiceHistogram::new();
        histogram.record_n(ns, 10);
        LogInterval {
            tag: tag.to_owned(),
            start_ns,
            length_ns: 2_500_000_000,
            histogram,
        }
    }

    #[test]
    fn a_log_is_read_as_it_was_written() {
        let intervals = [
            interval("dashmap:service", 0, 1_000),
            interval("a, b\n", 2_500_000_000, 4_000_000),
        ];
        let comments = ["two\nlines".to_owned()];
        let log = interval_log(&comments, SystemTime::UNIX_EPOCH, &intervals);
        let read: Vec<_> = IntervalLogIterator::new(log.as_bytes())
            .filter_map(|entry| match entry.unwrap() {
                LogEntry::Interval(found) => Some(found),
                _ => None,
            })
            .collect();
        assert_eq!(read.len(), 2);
        assert_eq!(read[0].tag().unwrap().as_str(), "dashmap:service");
        assert_eq!(read[1].tag().unwrap().as_str(), "a__b_");
        assert_eq!(read[1].start_timestamp(), Duration::from_millis(2_500));
        assert_eq!(read[1].duration(), Duration::from_millis(2_500));
        assert!((read[1].max() - 4.0).abs() < 0.01, "in ms");
        let again = ServiceHistogram::from_base64(read[1].encoded_histogram());
        assert_eq!(again.unwrap(), intervals[1].histogram);
    }

    #[test]
    fn a_log_says_how_much_of_it_there_is() {
        let intervals = [interval("a", 0, 1_000), interval("a", 1, 2_000)];
        let log = interval_log(&[], SystemTime::UNIX_EPOCH, &intervals);
        let lines: Vec<&str> = log.split_inclusive('\n').collect();
        let mut crc = Crc::new();
        for line in lines.iter().filter(|line| line.starts_with("Tag=")) {
            crc.update(line.as_bytes());
        }
        let told = format!(
            "#[Intervals: 2, CRC-32 of their lines: {:08x}]\n",
            crc.sum()
        );
        assert!(log.starts_with(&told), "{log}");
        let other = interval_log(&[], SystemTime::UNIX_EPOCH, &intervals[..1]);
        assert_ne!(log.lines().next(), other.lines().next());
    }

    #[test]
    fn a_distribution_ends_at_everything() {
        let mut histogram = ServiceHistogram::new();
        for ns in 1..=1_000 {
            histogram.record(ns);
        }
        let text = percentile_distribution(&histogram, &["unit: ns".to_owned()]);
        let rows: Vec<Vec<f64>> = text
            .lines()
            .skip(2)
            .filter(|line| !line.starts_with('#'))
            .map(|line| {
                line.split_whitespace()
                    .map(|n| n.parse().unwrap())
                    .collect()
            })
            .collect();
        assert!(rows.len() > 20);
        assert_eq!(rows[0], [1.0, 0.0, 1.0, 1.0]);
        assert_eq!(rows[rows.len() - 1], [1_000.0, 1.0, 1_000.0]);
        let half = rows.iter().find(|row| row[1] == 0.5).unwrap();
        assert_eq!(half[..], [500.0, 0.5, 500.0, 2.0]);
        assert!(text.contains("#[Max     =     1000.000, Total count    =         1000]"));
        assert!(text.contains("SubBuckets     =         2048]"), "{text}");
        assert!(text.ends_with("#[unit: ns]\n"));
        let nothing = percentile_distribution(&ServiceHistogram::new(), &[]);
        assert!(!nothing.contains("NaN"), "{nothing}");
    }
}

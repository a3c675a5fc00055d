//! Histograms as text: base64 of the HdrHistogram V2 format with deflate.
//!
//! A record may be damaged or forged, so nothing is handed to hdrhistogram's
//! own reader before the header and every count have been walked: that reader
//! allocates whatever length it is told, and overflows on extreme runs.
//! Format: HdrHistogram, "V2 encoding": a 40-byte header, then counts as
//! ZigZag LEB128 of at most nine bytes, negative numbers being runs of zeros.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hdrhistogram::Histogram;
use hdrhistogram::serialization::{Deserializer, Serializer as _, V2DeflateSerializer};
use std::io::Read as _;

use super::histogram_bounds::{DIGITS, HIGHEST_NS, HistogramError, LOWEST_NS};

const DEFLATE_COOKIE: u32 = 0x1c84_9304 | 0x10;
const PLAIN_COOKIE: u32 = 0x1c84_9303 | 0x10;
const HEADER_BYTES: usize = 40;
/// Longer than 25 thousand counts of nine bytes can be.
const LONGEST_BYTES: u64 = 1 << 20;

/// The text of a histogram.
pub(super) fn encode(histogram: &Histogram<u64>) -> String {
    let mut bytes = Vec::new();
    V2DeflateSerializer::new()
        .serialize(histogram, &mut bytes)
        .expect("writing to memory cannot fail, and counts stay below 2^63");
    STANDARD.encode(bytes)
}

/// The histogram of a text.
pub(super) fn decode(text: &str) -> Result<Histogram<u64>, HistogramError> {
    let bytes = STANDARD
        .decode(text)
        .map_err(|error| HistogramError::NotBase64(error.to_string()))?;
    let plain = inflate(&bytes)?;
    let samples = check(&plain)?;
    let histogram: Histogram<u64> = Deserializer::new()
        .deserialize(&mut plain.as_slice())
        .map_err(|error| HistogramError::Damaged(error.to_string()))?;
    if histogram.len() != samples {
        let sum = histogram.len();
        return Err(HistogramError::Damaged(format!(
            "{samples} samples read as {sum}"
        )));
    }
    Ok(histogram)
}

fn inflate(bytes: &[u8]) -> Result<Vec<u8>, HistogramError> {
    let cookie = word(bytes, 0)?;
    if cookie != DEFLATE_COOKIE {
        return Err(HistogramError::NotV2(
            "its first four bytes are another format's",
        ));
    }
    let told = word(bytes, 4)? as usize;
    let found = bytes.len() - 8;
    if told != found {
        return Err(HistogramError::Truncated(format!(
            "it should have {told} bytes after its length, and has {found}"
        )));
    }
    let mut plain = Vec::new();
    flate2::read::ZlibDecoder::new(&bytes[8..])
        .take(LONGEST_BYTES)
        .read_to_end(&mut plain)
        .map_err(|error| HistogramError::Truncated(format!("inflating fails: {error}")))?;
    Ok(plain)
}

/// Walks header and counts; gives the number of samples.
fn check(plain: &[u8]) -> Result<u64, HistogramError> {
    if word(plain, 0)? != PLAIN_COOKIE || word(plain, 8)? != 0 {
        return Err(HistogramError::NotV2(
            "its inner header is another format's",
        ));
    }
    let digits = word(plain, 12)?;
    let (lowest, highest) = (long(plain, 16)?, long(plain, 24)?);
    if (digits, lowest, highest) != (u32::from(DIGITS), LOWEST_NS, HIGHEST_NS) {
        return Err(HistogramError::OtherBounds {
            digits,
            lowest,
            highest,
        });
    }
    if long(plain, 32)? != 1_f64.to_bits() {
        return Err(HistogramError::NotV2("its values are scaled"));
    }
    let told = word(plain, 4)? as usize;
    let found = plain.len() - HEADER_BYTES;
    if told != found {
        return Err(HistogramError::Truncated(format!(
            "it should have {told} bytes of counts, and has {found}"
        )));
    }
    walk_counts(&plain[HEADER_BYTES..])
}

fn walk_counts(mut rest: &[u8]) -> Result<u64, HistogramError> {
    let damaged = |what: &str| HistogramError::Damaged(what.to_owned());
    let mut samples = 0_u64;
    while !rest.is_empty() {
        let (coded, length) = varint(rest).ok_or_else(|| damaged("the last number is cut off"))?;
        rest = &rest[length..];
        let number = (coded >> 1).cast_signed() ^ -(coded & 1).cast_signed();
        if number < 0 && number.unsigned_abs() > LONGEST_BYTES {
            return Err(damaged(
                "a run of empty buckets is longer than the histogram",
            ));
        }
        samples = samples
            .checked_add(number.max(0).cast_unsigned())
            .filter(|&samples| samples <= i64::MAX as u64)
            .ok_or_else(|| damaged("there are more than 2^63 samples"))?;
    }
    Ok(samples)
}

/// The LEB128 number of at most nine bytes (the ninth holds eight bits) that
/// `bytes` starts with, and how long it is.
fn varint(bytes: &[u8]) -> Option<(u64, usize)> {
    let mut value = 0;
    for (at, &byte) in bytes.iter().take(9).enumerate() {
        if at == 8 {
            return Some((value | (u64::from(byte) << 56), 9));
        }
        value |= u64::from(byte & 0x7f) << (7 * at);
        if byte & 0x80 == 0 {
            return Some((value, at + 1));
        }
    }
    None
}

fn word(bytes: &[u8], at: usize) -> Result<u32, HistogramError> {
    Ok(u32::from_be_bytes(field(bytes, at)?))
}

fn long(bytes: &[u8], at: usize) -> Result<u64, HistogramError> {
    Ok(u64::from_be_bytes(field(bytes, at)?))
}

fn field<const N: usize>(bytes: &[u8], at: usize) -> Result<[u8; N], HistogramError> {
    bytes
        .get(at..at + N)
        .and_then(|part| part.try_into().ok())
        .ok_or_else(|| {
            HistogramError::Truncated(format!("its header ends after {} bytes", bytes.len()))
        })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stats::ServiceHistogram;
    use proptest::prelude::*;
    use std::io::Write as _;

    fn sample() -> ServiceHistogram {
        let mut histogram = ServiceHistogram::new();
        for at in 0..5_000_u64 {
            histogram.record_n(at * at * 17 + 3, at % 7);
        }
        histogram
    }

    /// The text of a forged inner histogram.
    fn forge(plain: &[u8]) -> String {
        let mut packed = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::fast());
        packed.write_all(plain).unwrap();
        let packed = packed.finish().unwrap();
        let mut bytes = DEFLATE_COOKIE.to_be_bytes().to_vec();
        bytes.extend(u32::try_from(packed.len()).unwrap().to_be_bytes());
        bytes.extend(packed);
        STANDARD.encode(bytes)
    }

    fn header(counts: u32, digits: u32, highest: u64) -> Vec<u8> {
        let mut plain = PLAIN_COOKIE.to_be_bytes().to_vec();
        plain.extend(counts.to_be_bytes());
        plain.extend(0_u32.to_be_bytes());
        plain.extend(digits.to_be_bytes());
        plain.extend(LOWEST_NS.to_be_bytes());
        plain.extend(highest.to_be_bytes());
        plain.extend(1_f64.to_be_bytes());
        plain
    }

    #[test]
    fn what_is_written_reads_back() {
        for histogram in [sample(), ServiceHistogram::new()] {
            let back = ServiceHistogram::from_base64(&histogram.to_base64()).unwrap();
            assert_eq!(back, histogram);
        }
    }

    #[test]
    fn every_truncation_is_an_error() {
        let text = sample().to_base64();
        for length in 0..text.len() {
            assert!(
                ServiceHistogram::from_base64(&text[..length]).is_err(),
                "{length}"
            );
        }
    }

    #[test]
    fn truncation_inside_the_deflated_part_is_an_error() {
        let mut plain = header(4, u32::from(DIGITS), HIGHEST_NS);
        plain.extend([2, 2, 2]);
        let error = decode(&forge(&plain)).unwrap_err();
        assert!(matches!(error, HistogramError::Truncated(_)), "{error}");
        plain.push(2);
        assert_eq!(decode(&forge(&plain)).unwrap().len(), 4);
    }

    #[test]
    fn forged_headers_and_counts_are_errors() {
        let digits = u32::from(DIGITS);
        let other = decode(&forge(&header(0, 5, u64::MAX))).unwrap_err();
        assert!(
            matches!(other, HistogramError::OtherBounds { digits: 5, .. }),
            "{other}"
        );
        let huge = decode(&forge(&header(u32::MAX, digits, HIGHEST_NS))).unwrap_err();
        assert!(matches!(huge, HistogramError::Truncated(_)), "{huge}");
        // the run of i64::MIN zeros, which hdrhistogram would negate
        let mut run = header(9, digits, HIGHEST_NS);
        run.extend([0xff; 9]);
        assert!(matches!(
            decode(&forge(&run)),
            Err(HistogramError::Damaged(_))
        ));
        let mut many = header(18, digits, HIGHEST_NS);
        many.extend([0xfe, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff]);
        many.extend([0xfe, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff]);
        assert!(matches!(
            decode(&forge(&many)),
            Err(HistogramError::Damaged(_))
        ));
        assert!(matches!(decode("!"), Err(HistogramError::NotBase64(_))));
        assert!(matches!(
            decode("AAAAAAAAAAA="),
            Err(HistogramError::NotV2(_))
        ));
    }

    proptest! {
        #[test]
        fn no_text_panics(text in "[A-Za-z0-9+/]{0,80}={0,2}") {
            let _ = decode(&text);
        }

        #[test]
        fn no_forged_counts_panic(counts in proptest::collection::vec(any::<u8>(), 0..200)) {
            let length = u32::try_from(counts.len()).unwrap();
            let mut plain = header(length, u32::from(DIGITS), HIGHEST_NS);
            plain.extend(&counts);
            if let Ok(histogram) = decode(&forge(&plain)) {
                // what was accepted must be usable
                let _ = histogram.value_at_quantile(0.99);
                prop_assert!(!encode(&histogram).is_empty());
            }
        }
    }
}

//! What a file is, by its ending and its first bytes, and its text, unpacked
//! and without a byte order mark.

use std::fs::File;
use std::io::{self, BufRead, BufReader, Cursor, Read};
use std::path::Path;

use flate2::bufread::MultiGzDecoder;
use serde_json::Value;

use super::error::Bad;
use super::lines::Lines;
use super::objects::keys;
use super::options::{TraceFormat, TraceOptions};
use notibench_core::event::COLUMNS;
use notibench_core::unit::encoding::{foreign, is_gzip, without_mark};

/// Bytes at the start of a file by which its format is told.
const HEAD_BYTES: u64 = 1 << 16;
/// Keys of which an activity has one.
const ACTIVITY_KEYS: [&str; 3] = ["type", "@type", "actor"];

/// A text whose first bytes were looked at.
pub(super) type Text = io::Chain<Cursor<Vec<u8>>, Box<dyn BufRead>>;

/// Opens a trace, packed with gzip or not.
///
/// # Errors
/// Where the file can't be read, is no UTF-8 text, or its format can't be
/// told.
pub(super) fn open(path: &Path, options: &TraceOptions) -> Result<(TraceFormat, Text), Bad> {
    let cannot = |error: io::Error| {
        let what = format!("cannot read it: {error}");
        Bad::new(what, "name a file that exists and that you may read")
    };
    let file = File::open(path).map_err(cannot)?;
    let mut input = BufReader::with_capacity(HEAD_BYTES as usize, file);
    let packed = is_gzip(input.fill_buf().map_err(cannot)?);
    let input: Box<dyn BufRead> = if packed {
        Box::new(BufReader::with_capacity(
            HEAD_BYTES as usize,
            MultiGzDecoder::new(input),
        ))
    } else {
        Box::new(input)
    };
    let (head, input) = split(input).map_err(cannot)?;
    let format = format_of(&ending(path, packed), &head, options)?;
    if format == TraceFormat::Parquet {
        if packed {
            let what = "a Parquet file within gzip";
            return Err(Bad::new(what, "unpack it with `gzip -d`"));
        }
    } else if let Some(foreign) = foreign(&head) {
        let help = format!("make UTF-8 text of it with `{}`", foreign.help);
        return Err(Bad::new(format!("this is {}", foreign.what), help));
    }
    Ok((format, Cursor::new(head).chain(input)))
}

/// The first bytes of a text, without a byte order mark, and the rest.
pub(super) fn split<R: BufRead>(mut input: R) -> io::Result<(Vec<u8>, R)> {
    let mut head = Vec::new();
    input.by_ref().take(HEAD_BYTES).read_to_end(&mut head)?;
    head.drain(..head.len() - without_mark(&head).len());
    Ok((head, input))
}

/// The ending that names the format, in lower case; of a packed file the one
/// before `.gz`.
fn ending(path: &Path, packed: bool) -> String {
    let of = |path: &Path| {
        let ending = path.extension().and_then(|ending| ending.to_str());
        ending.unwrap_or_default().to_ascii_lowercase()
    };
    let last = of(path);
    if packed && last == "gz" {
        return of(&path.with_extension(""));
    }
    last
}

fn format_of(ending: &str, head: &[u8], options: &TraceOptions) -> Result<TraceFormat, Bad> {
    match (ending, &options.mapping) {
        ("ndjson" | "jsonl", Some(_)) => Ok(TraceFormat::Objects),
        ("json" | "jsonld", Some(_)) => Ok(TraceFormat::ObjectList),
        ("parquet", Some(_)) => Ok(TraceFormat::Parquet),
        ("parquet", None) => Err(Bad::new(
            "what its columns are is not said",
            "say it with --map actor=…,recipient=…,at=… --kind …",
        )),
        (_, Some(_)) => Ok(TraceFormat::Table),
        ("csv", None) => Ok(TraceFormat::Csv),
        ("ndjson" | "jsonl", None) => lines_of(head),
        ("json" | "jsonld", None) => Ok(TraceFormat::ActivityDocument),
        _ => Err(Bad::new(
            "its ending names no format",
            "end it in .csv, .ndjson, .jsonl, .json or .jsonld, with .gz behind that or not, or \
             say with --map what the columns of a table are",
        )),
    }
}

/// What lines of JSON are, by the keys of the first: streams of notibench's
/// own have the key `at_us`.
fn lines_of(head: &[u8]) -> Result<TraceFormat, Bad> {
    let mut lines = Lines::new(head);
    let first = match lines.next() {
        Ok(Some((_, Ok(line)))) => serde_json::from_slice::<Value>(line).ok(),
        _ => None,
    };
    // what is no object is told with its line by the reader
    let Some(first) = first.filter(Value::is_object) else {
        return Ok(TraceFormat::ActivityLines);
    };
    let has = |key: &&str| first.get(key).is_some();
    if first.get("at_us").is_some() {
        return Ok(TraceFormat::Ndjson);
    }
    if ACTIVITY_KEYS.iter().any(has) {
        return Ok(TraceFormat::ActivityLines);
    }
    let lacks = |keys: &[&str]| -> String {
        let missing = keys.iter().filter(|key| !has(key)).copied();
        missing.collect::<Vec<_>>().join(", ")
    };
    let what = format!(
        "neither a stream of notibench's own nor activities: the first line has {}; for the one \
         it lacks {}, for the other {}",
        keys(&first),
        lacks(&COLUMNS),
        lacks(&["type", "actor", "object", "published"])
    );
    let help = "say which key is what: --map actor=…,recipient=…,at=… --kind …, keys within by \
                dots: user.login";
    Err(Bad::new(what, help))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_told_apart_by_the_keys_of_the_first() {
        let of = |text: &str| lines_of(text.as_bytes());
        assert_eq!(of("\n{\"at_us\":1}"), Ok(TraceFormat::Ndjson));
        assert_eq!(of("{\"type\":\"Like\"}"), Ok(TraceFormat::ActivityLines));
        assert_eq!(of(""), Ok(TraceFormat::ActivityLines));
        let said = of("{\"ts\":1,\"kind\":\"x\"}").unwrap_err().to_string();
        assert!(said.contains("has `kind`, `ts`"), "{said}");
        assert!(said.contains("lacks index, at_us, undo, actor"), "{said}");
        assert!(said.contains("type, actor, object, published"), "{said}");
    }

    #[test]
    fn a_packed_file_has_the_ending_before() {
        let of = |path: &str, packed| ending(Path::new(path), packed);
        assert_eq!(of("a.CSV.gz", true), "csv");
        assert_eq!(of("a.csv", true), "csv");
        assert_eq!(of("a.csv.gz", false), "gz");
        assert_eq!(of("a", true), "");
    }
}

//! Streams that notibench wrote itself, CSV and NDJSON, read back exactly.

use std::borrow::Cow;
use std::io::BufRead;

use serde::Deserialize;

use super::collect::{Collector, Draft, Stop, read_error};
use super::error::{Bad, Place, shown};
use super::lines::Lines;
use notibench_core::event::{COLUMNS, Kind, Segment};
use notibench_core::unit::quantity::counted;

/// One object a line.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Row<'a> {
    index: u64,
    at_us: u64,
    #[serde(borrow)]
    kind: Cow<'a, str>,
    undo: u8,
    actor: u64,
    #[serde(borrow)]
    segment: Cow<'a, str>,
    recipient: u64,
    content: u64,
}

/// Reads CSV with the eight columns of `notibench generate`.
pub(super) fn read_csv(input: impl BufRead, to: &mut Collector) -> Result<(), Stop> {
    let mut lines = Lines::new(input);
    let mut first = true;
    loop {
        let Some((number, line)) = lines.next().map_err(|e| read_error(to, &e))? else {
            return Ok(());
        };
        let place = Place::Line(number);
        let read = match (line, first) {
            (Ok(line), true) => {
                first = false;
                check_header(line).map_err(|bad| Stop::Error(to.error(place, bad)))?;
                continue;
            }
            (Ok(line), false) => row_of(line),
            (Err(bad), _) => Err(bad),
        };
        first = false;
        to.take(place, read)?;
    }
}

fn check_header(line: &[u8]) -> Result<(), Bad> {
    let columns = COLUMNS.join(",");
    if line == columns.as_bytes() {
        return Ok(());
    }
    // not shown: where it is no header it may name somebody
    let help = format!(
        "a stream of notibench's own begins with `{columns}`; for any other CSV say which column \
         is what: --map actor=…,recipient=…,at=… --kind …"
    );
    Err(Bad::new("not the header of a stream", help))
}

/// No value of these columns needs quotes, so a line is cut at its commas.
fn row_of(line: &[u8]) -> Result<Draft, Bad> {
    let mut values = [&b""[..]; COLUMNS.len()];
    let mut count = 0;
    for value in line.split(|&byte| byte == b',') {
        if let Some(slot) = values.get_mut(count) {
            *slot = value;
        }
        count += 1;
    }
    if count != COLUMNS.len() {
        let what = format!("{}, must be {}", counted(count, "value"), COLUMNS.len());
        return Err(Bad::new(what, format!("write {}", COLUMNS.join(","))));
    }
    let [index, at_us, kind, undo, actor, segment, recipient, content] = values;
    draft(&Row {
        index: number("index", index)?,
        at_us: number("at_us", at_us)?,
        kind: String::from_utf8_lossy(kind),
        undo: u8::try_from(number("undo", undo)?).unwrap_or(u8::MAX),
        actor: number("actor", actor)?,
        segment: String::from_utf8_lossy(segment),
        recipient: number("recipient", recipient)?,
        content: number("content", content)?,
    })
}

/// A whole number; what it was is not shown: it may be somebody's id.
fn number(column: &str, text: &[u8]) -> Result<u64, Bad> {
    let digits = std::str::from_utf8(text).ok();
    let digits = digits.filter(|text| text.bytes().all(|byte| byte.is_ascii_digit()));
    digits.and_then(|text| text.parse().ok()).ok_or_else(|| {
        let what = "no whole number below 2^64";
        Bad::of(column, what, "write digits only, as in 17")
    })
}

/// Reads NDJSON with the eight keys of `notibench generate`.
pub(super) fn read_ndjson(input: impl BufRead, to: &mut Collector) -> Result<(), Stop> {
    let mut lines = Lines::new(input);
    while let Some((number, line)) = lines.next().map_err(|e| read_error(to, &e))? {
        let read = line.and_then(|line| {
            let row: Row<'_> =
                serde_json::from_slice(line).map_err(|error| json_bad(line, &error))?;
            draft(&row)
        });
        to.take(Place::Line(number), read)?;
    }
    Ok(())
}

/// serde's words show no value but for the names of keys and types, which is
/// why its longer messages, which may, are cut.
fn json_bad(line: &[u8], error: &serde_json::Error) -> Bad {
    let object = serde_json::from_slice::<serde_json::Value>(line).ok();
    let missing = COLUMNS.iter().filter(|&&key| {
        let has = |object: &serde_json::Value| object.get(key).is_some();
        !object.as_ref().is_some_and(has)
    });
    let missing: Vec<&str> = missing.copied().collect();
    let column = error.column();
    let (what, reason) = match error.classify() {
        serde_json::error::Category::Data if missing.is_empty() => (
            format!(
                "at character {column}: not an event with the keys {} alone",
                COLUMNS.join(", ")
            ),
            "not the keys of an event, or not their values",
        ),
        serde_json::error::Category::Data => (
            format!("not an event: it lacks {}", missing.join(", ")),
            "an event that lacks keys",
        ),
        _ => (
            format!("at character {column}: not a JSON object"),
            "not a JSON object",
        ),
    };
    let help = "write each key once, ids as whole numbers without quotes";
    Bad::new(what, help).counted_as(reason)
}

fn draft(row: &Row<'_>) -> Result<Draft, Bad> {
    let kind = Kind::from_name(&row.kind).ok_or_else(|| {
        let what = format!("there is no kind `{}`", shown(row.kind.as_bytes()));
        Bad::of("kind", what, "`notibench list kinds` names all")
    })?;
    let segment = Segment::from_name(&row.segment).ok_or_else(|| {
        let what = format!("there is no segment `{}`", shown(row.segment.as_bytes()));
        let names = Segment::ALL.map(Segment::name).join(", ");
        Bad::of("segment", what, format!("write one of {names}"))
    })?;
    if row.undo > 1 {
        return Err(Bad::of("undo", "neither 0 nor 1", "write 1 for an undo"));
    }
    let at_us = i64::try_from(row.at_us)
        .map_err(|_| Bad::of("at_us", "a time of 2^63 µs or more", "count from the start"))?;
    Ok(Draft {
        index: Some(row.index),
        at_us,
        kind,
        undo: row.undo == 1,
        actor: row.actor,
        segment,
        recipient: row.recipient,
        content: row.content,
    })
}

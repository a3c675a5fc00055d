//! JSON objects, one a line or in a list, by a mapping of their keys.

use std::fmt;
use std::io::BufRead;

use serde::Deserializer as _;
use serde::de::{Error as _, SeqAccess, Visitor};
use serde_json::Value;

use super::collect::{Collector, Stop, read_error};
use super::error::{Bad, Place, shown};
use super::lines::Lines;
use super::mapping::{Field, Mapping, Places};
use super::rows::{Cell, RowReader};

/// Keys that a message names at the most.
const SHOWN_KEYS: usize = 16;
/// Whole numbers from here on are not all told apart by a reader that keeps
/// them as floating point.
const EXACT: f64 = (1_u64 << 53) as f64;

/// Reads one object a line; keys of objects within are joined by dots.
pub(super) fn read_objects(
    input: impl BufRead,
    mapping: &Mapping,
    to: &mut Collector,
) -> Result<(), Stop> {
    let mut reader = reader_of(mapping, to)?;
    let mut lines = Lines::new(input);
    while let Some((number, line)) = lines.next().map_err(|e| read_error(to, &e))? {
        let place = Place::Line(number);
        match line.and_then(value_in) {
            Ok(value) => take(&mut reader, place, &value, mapping, to)?,
            Err(bad) => reader.take_bad(place, bad, to)?,
        }
    }
    reader.finish(to)
}

/// Reads a list of objects, each forgotten once it is read.
pub(super) fn read_list(
    input: impl BufRead,
    mapping: &Mapping,
    to: &mut Collector,
) -> Result<(), Stop> {
    let mut list = List {
        reader: reader_of(mapping, to)?,
        mapping,
        to,
        items: 0,
        stop: None,
    };
    let mut json = serde_json::Deserializer::from_reader(input);
    let read = json.deserialize_seq(&mut list);
    let read = read.and_then(|()| json.end());
    let List {
        reader, to, stop, ..
    } = list;
    if let Some(stop) = stop {
        return Err(stop);
    }
    // the rest of a broken list can't be found: that is no bad entry
    read.map_err(|error| {
        let place = Place::Line(error.line() as u64);
        let what = format!("at character {}: no list of objects", error.column());
        let help = "write a list of objects in .json, and one object a line in .ndjson";
        Stop::Error(to.error(place, Bad::new(what, help)))
    })?;
    reader.finish(to)
}

fn reader_of<'m>(mapping: &'m Mapping, to: &Collector) -> Result<RowReader<'m>, Stop> {
    if !mapping.has_header() {
        let help = "name keys, and keys within by dots: actor=user.login";
        let bad = Bad::new("JSON has no numbered columns", help);
        return Err(Stop::Error(to.error(Place::File, bad)));
    }
    let places = Field::ALL.map(|field| mapping.column(field).map(|_| field as usize));
    Ok(RowReader::new(mapping, Places(places)))
}

fn take(
    reader: &mut RowReader<'_>,
    place: Place,
    value: &Value,
    mapping: &Mapping,
    to: &mut Collector,
) -> Result<(), Stop> {
    match texts_of(value, mapping) {
        Ok(texts) => reader.take(place, |at| texts[at].cell(), to),
        Err(bad) => reader.take_bad(place, bad, to),
    }
}

/// Where the items of a list go.
struct List<'a> {
    reader: RowReader<'a>,
    mapping: &'a Mapping,
    to: &'a mut Collector,
    items: u64,
    /// Why the reading ended before the list did.
    stop: Option<Stop>,
}

impl<'de> Visitor<'de> for &mut List<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list of objects")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<(), A::Error> {
        while let Some(value) = items.next_element::<Value>()? {
            self.items += 1;
            let place = Place::Item(self.items);
            let taken = take(&mut self.reader, place, &value, self.mapping, self.to);
            if let Err(stop) = taken {
                self.stop = Some(stop);
                return Err(A::Error::custom("stopped"));
            }
        }
        Ok(())
    }
}

/// The value of a key.
#[derive(Debug)]
enum Text {
    Is(String),
    Missing,
    Other(&'static str),
}

impl Text {
    const fn cell(&self) -> Cell<'_> {
        match self {
            Self::Is(text) => Cell::Text(text.as_bytes()),
            Self::Missing => Cell::Missing,
            Self::Other(what) => Cell::Other(what),
        }
    }
}

fn value_in(line: &[u8]) -> Result<Value, Bad> {
    serde_json::from_slice(line).map_err(|error| {
        let what = format!("at character {}: this is no JSON", error.column());
        Bad::new(what, "write one object a line").counted_as("no JSON")
    })
}

/// The value of each mapped field, by its number.
fn texts_of(value: &Value, mapping: &Mapping) -> Result<[Text; Field::ALL.len()], Bad> {
    if !value.is_object() {
        let help = "write one object a line, or a list of objects in a .json file";
        return Err(Bad::new("JSON, but no object", help));
    }
    for field in [Field::Actor, Field::At, Field::Kind] {
        if let Some(key) = mapping.column(field)
            && find(value, key).is_none()
        {
            let what = format!("there is no such key; the object has {}", keys(value));
            let help = "name a key of every object, and keys within by dots: user.login";
            return Err(Bad::of(key, what, help).counted_as("no such key"));
        }
    }
    Ok(Field::ALL.map(|field| match mapping.column(field) {
        Some(key) => find(value, key).map_or(Text::Missing, text),
        None => Text::Missing,
    }))
}

/// The value at a key, or at keys joined by dots; in a list a number names an
/// item, from 0. A key that has dots itself comes first.
fn find<'v>(value: &'v Value, path: &str) -> Option<&'v Value> {
    match value {
        Value::Object(object) => {
            if let Some(found) = object.get(path) {
                return Some(found);
            }
            let dots = path.match_indices('.');
            dots.filter_map(|(at, _)| find(object.get(&path[..at])?, &path[at + 1..]))
                .next()
        }
        Value::Array(items) => {
            let (number, rest) = path.split_once('.').unwrap_or((path, ""));
            let item = items.get(number.parse::<usize>().ok()?)?;
            if rest.is_empty() {
                Some(item)
            } else {
                find(item, rest)
            }
        }
        _ => None,
    }
}

fn text(value: &Value) -> Text {
    match value {
        Value::Null => Text::Is(String::new()),
        Value::Bool(value) => Text::Is(value.to_string()),
        Value::String(text) => Text::Is(text.clone()),
        Value::Number(number) => match number.as_f64() {
            Some(float) if number.is_f64() && float.abs() >= EXACT => {
                Text::Other("a number that is too large to be read exactly")
            }
            _ => Text::Is(number.to_string()),
        },
        Value::Array(_) => Text::Other("a list; its items are named by number, from 0: tags.0"),
        Value::Object(_) => Text::Other("an object; its keys are named by dots: user.login"),
    }
}

/// The keys of an object, for a message.
pub(super) fn keys(value: &Value) -> String {
    let Some(object) = value.as_object().filter(|object| !object.is_empty()) else {
        return "no keys".to_owned();
    };
    let named = object.keys().take(SHOWN_KEYS);
    let mut listed: Vec<String> = named
        .map(|key| format!("`{}`", shown(key.as_bytes())))
        .collect();
    if object.len() > SHOWN_KEYS {
        listed.push(format!("and {} more", object.len() - SHOWN_KEYS));
    }
    listed.join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_within_are_found_by_dots() {
        let value: Value =
            serde_json::from_str(r#"{"a":{"b":[1,{"c":2}]},"a.b":{"c":3},"d":null}"#).unwrap();
        let number = |path: &str| find(&value, path).and_then(Value::as_u64);
        assert_eq!(number("a.b.0"), Some(1));
        assert_eq!(number("a.b.1.c"), Some(2));
        assert_eq!(number("a.b.c"), Some(3));
        assert_eq!(find(&value, "d"), Some(&Value::Null));
        for path in ["", "a.", "a.b.2", "a.b.x", "d.e", ".a"] {
            assert_eq!(find(&value, path), None, "{path}");
        }
        assert_eq!(keys(&value), "`a`, `a.b`, `d`");
    }
}

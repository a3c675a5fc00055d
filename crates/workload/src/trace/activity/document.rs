//! Activities out of files: one a line, or the items of one document, each
//! forgotten once it is read.

use std::fmt;
use std::io::BufRead;

use serde::de::{DeserializeSeed, Error as _, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::Value;

use super::super::collect::{Collector, Stop, read_error};
use super::super::error::{Bad, Place};
use super::super::lines::Lines;
use super::options::ActivityOptions;
use super::reader::ActivityReader;

/// Keys of a collection that its items stand under, or a page of them.
const ITEMS: [&str; 3] = ["items", "orderedItems", "first"];
/// Keys of an activity; what a collection has beside its items is not kept.
const KEPT: [&str; 11] = [
    "type",
    "@type",
    "id",
    "@id",
    "actor",
    "object",
    "target",
    "published",
    "tag",
    "to",
    "cc",
];

/// Reads one activity a line.
pub(in crate::trace) fn read_lines(
    input: impl BufRead,
    options: &ActivityOptions,
    to: &mut Collector,
) -> Result<(), Stop> {
    let mut lines = Lines::new(input);
    let mut reader = ActivityReader::new(options);
    while let Some((number, line)) = lines.next().map_err(|e| read_error(to, &e))? {
        let place = Place::Line(number);
        let read = line.and_then(|line| {
            serde_json::from_slice::<Value>(line).map_err(|error| json_bad(&error))
        });
        match read {
            Ok(activity) => reader.take(place, &activity, to)?,
            Err(bad) => to.take_bad(place, bad)?,
        }
    }
    Ok(())
}

/// Reads a document: a collection, a list of activities, or one activity.
pub(in crate::trace) fn read_document(
    input: impl BufRead,
    options: &ActivityOptions,
    to: &mut Collector,
) -> Result<(), Stop> {
    let mut sink = Sink {
        reader: ActivityReader::new(options),
        to,
        items: 0,
        stop: None,
    };
    let mut json = serde_json::Deserializer::from_reader(input);
    let read = Document(&mut sink).deserialize(&mut json);
    let read = read.and_then(|()| json.end());
    if let Some(stop) = sink.stop {
        return Err(stop);
    }
    // the rest of a broken document can't be found: that is no bad entry
    read.map_err(|error| {
        let place = Place::Line(error.line() as u64);
        Stop::Error(to.error(place, json_bad(&error)))
    })
}

fn json_bad(error: &serde_json::Error) -> Bad {
    let what = format!(
        "at character {}: not what is to stand there in JSON",
        error.column()
    );
    Bad::new(
        what,
        "write one activity a line in .ndjson, and a collection or a list of them in .json",
    )
}

/// Where the activities of a document go.
struct Sink<'a> {
    reader: ActivityReader<'a>,
    to: &'a mut Collector,
    items: u64,
    stop: Option<Stop>,
}

impl Sink<'_> {
    /// Takes one; false once nothing more is wanted.
    fn take(&mut self, activity: &Value) -> bool {
        self.items += 1;
        let place = Place::Item(self.items);
        self.stop = self.reader.take(place, activity, self.to).err();
        self.stop.is_none()
    }
}

/// What may stand at the top.
struct Document<'a, 'b>(&'a mut Sink<'b>);

impl<'de> DeserializeSeed<'de> for Document<'_, '_> {
    type Value = ();
    fn deserialize<D: serde::Deserializer<'de>>(self, json: D) -> Result<(), D::Error> {
        json.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Document<'_, '_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a collection, a list of activities, or one activity")
    }

    fn visit_unit<E: serde::de::Error>(self) -> Result<(), E> {
        Ok(())
    }

    /// A reference to an item, or to a page of them.
    fn visit_str<E: serde::de::Error>(self, reference: &str) -> Result<(), E> {
        match self.0.take(&Value::from(reference)) {
            true => Ok(()),
            false => Err(E::custom("stopped")),
        }
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<(), A::Error> {
        while let Some(activity) = items.next_element::<Value>()? {
            if !self.0.take(&activity) {
                return Err(A::Error::custom("stopped"));
            }
        }
        Ok(())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut keys: A) -> Result<(), A::Error> {
        let mut own = serde_json::Map::new();
        let mut is_collection = false;
        while let Some(key) = keys.next_key::<String>()? {
            if ITEMS.contains(&key.as_str()) {
                is_collection = true;
                own.clear();
                keys.next_value_seed(Document(self.0))?;
            } else if KEPT.contains(&key.as_str()) && !is_collection {
                own.insert(key, keys.next_value()?);
            } else {
                keys.next_value::<IgnoredAny>()?;
            }
        }
        if !is_collection && !self.0.take(&Value::Object(own)) {
            return Err(A::Error::custom("stopped"));
        }
        Ok(())
    }
}

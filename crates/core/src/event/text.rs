//! A stream of events as text, CSV or NDJSON, so that any other tool can read
//! it; docs/FORMAT.md specifies both.

use std::io::{self, Write};
use std::path::Path;

use super::Event;

/// The columns of the CSV and the keys of the NDJSON, in order.
pub const COLUMNS: [&str; 8] = [
    "index",
    "at_us",
    "kind",
    "undo",
    "actor",
    "segment",
    "recipient",
    "content",
];

/// What stands before each column's value in CSV.
const CSV_BEFORE: [&str; 8] = ["", ",", ",", ",", ",", ",", ",", ","];
/// What stands before each key's value in NDJSON; names need no escapes.
const NDJSON_BEFORE: [&str; 8] = [
    "{\"index\":",
    ",\"at_us\":",
    ",\"kind\":\"",
    "\",\"undo\":",
    ",\"actor\":",
    ",\"segment\":\"",
    "\",\"recipient\":",
    ",\"content\":",
];

/// Events gathered before they are handed on.
const CHUNK: usize = 1024;

/// How a stream of events is written.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum EventFormat {
    /// A header line, then a line an event.
    Csv,
    /// A JSON object an event, each on a line.
    Ndjson,
}

impl EventFormat {
    /// The format that a file's ending names: `.csv`, or `.ndjson` or
    /// `.jsonl`, in either case.
    ///
    /// # Errors
    /// In words, where the ending names none.
    pub fn from_path(path: &Path) -> Result<Self, String> {
        let ending = path
            .extension()
            .and_then(|ending| ending.to_str())
            .unwrap_or_default();
        match ending.to_ascii_lowercase().as_str() {
            "csv" => Ok(Self::Csv),
            "ndjson" | "jsonl" => Ok(Self::Ndjson),
            _ => Err(format!(
                "the ending of `{}` names no format: end it in .csv, .ndjson or .jsonl",
                path.display()
            )),
        }
    }

    /// Appends what comes before the first event: the CSV's header line.
    pub fn push_header(self, out: &mut Vec<u8>) {
        if self == Self::Csv {
            out.extend_from_slice(COLUMNS.join(",").as_bytes());
            out.push(b'\n');
        }
    }

    /// Appends the line of one event.
    pub fn push_event(self, event: &Event, out: &mut Vec<u8>) {
        let (before, end) = match self {
            Self::Csv => (&CSV_BEFORE, "\n"),
            Self::Ndjson => (&NDJSON_BEFORE, "}\n"),
        };
        let mut digits = itoa::Buffer::new();
        let mut number = |out: &mut Vec<u8>, before: &str, number: u64| {
            out.extend_from_slice(before.as_bytes());
            out.extend_from_slice(digits.format(number).as_bytes());
        };
        number(out, before[0], event.index());
        number(out, before[1], event.at_us);
        out.extend_from_slice(before[2].as_bytes());
        out.extend_from_slice(event.kind().name().as_bytes());
        number(out, before[3], u64::from(event.undo()));
        number(out, before[4], event.actor);
        out.extend_from_slice(before[5].as_bytes());
        out.extend_from_slice(event.segment().name().as_bytes());
        number(out, before[6], event.recipient);
        number(out, before[7], event.content);
        out.extend_from_slice(end.as_bytes());
    }

    /// Writes the lines of `events`, without a header, a chunk at a time.
    ///
    /// # Errors
    /// Those of `out`.
    pub fn write_events<'a>(
        self,
        events: impl IntoIterator<Item = &'a Event>,
        out: &mut dyn Write,
    ) -> io::Result<()> {
        let mut text = Vec::with_capacity(CHUNK * 160);
        for (at, event) in (1..).zip(events) {
            self.push_event(event, &mut text);
            if at % CHUNK == 0 {
                out.write_all(&text)?;
                text.clear();
            }
        }
        out.write_all(&text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::event::{Kind, Segment};

    fn like() -> Event {
        let actor = (u64::MAX, Segment::HiringManager);
        Event::new(12, 3_400, Kind::PostLike, true, actor, 7, 99)
    }

    fn text(format: EventFormat, events: &[Event]) -> String {
        let mut out = Vec::new();
        format.push_header(&mut out);
        format.write_events(events, &mut out).unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn csv_has_a_header_and_a_line_an_event() {
        assert_eq!(
            text(EventFormat::Csv, &[like()]),
            "index,at_us,kind,undo,actor,segment,recipient,content\n\
             12,3400,post_like,1,18446744073709551615,hiring_manager,7,99\n"
        );
    }

    #[test]
    fn ndjson_has_an_object_an_event() {
        let line = text(EventFormat::Ndjson, &[like()]);
        assert_eq!(
            line,
            "{\"index\":12,\"at_us\":3400,\"kind\":\"post_like\",\"undo\":1,\
             \"actor\":18446744073709551615,\"segment\":\"hiring_manager\",\
             \"recipient\":7,\"content\":99}\n"
        );
        let value: serde_json::Value = serde_json::from_str(&line).unwrap();
        for column in COLUMNS {
            assert!(value.get(column).is_some(), "{column}");
        }
    }

    #[test]
    fn long_streams_come_out_whole() {
        for count in [CHUNK - 1, CHUNK, 2 * CHUNK + 1] {
            let written = text(EventFormat::Csv, &vec![like(); count]);
            assert_eq!(written.lines().count(), count + 1);
        }
    }

    #[test]
    fn the_ending_names_the_format() {
        let of = |path: &str| EventFormat::from_path(Path::new(path));
        assert_eq!(of("a/b.csv"), Ok(EventFormat::Csv));
        assert_eq!(of("b.NDJSON"), Ok(EventFormat::Ndjson));
        assert_eq!(of("b.jsonl"), Ok(EventFormat::Ndjson));
        for wrong in ["b.txt", "csv", "", "b.csv.gz"] {
            let message = of(wrong).unwrap_err();
            assert!(
                message.contains(".csv") && message.contains(".ndjson"),
                "{message}"
            );
        }
    }
}

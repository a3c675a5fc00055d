//! Events of rows, whatever the rows were read from: tables, JSON objects,
//! Parquet.

use super::collect::{Collector, Draft, STEP_US, Stop, segment_of};
use super::error::{Bad, Place, shown};
use super::ids::{CONTENT_PREFIX, IdTable, MEMBER_PREFIX};
use super::mapping::{Act, FIELDS, Field, Mapping, Places};
use super::moment::{TimeKind, looks_like_date, time};
use super::words::UnknownWords;
use notibench_core::event::{Kind, Segment};

/// What a row has at a position.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Cell<'v> {
    /// A value, as text; empty where it is null.
    Text(&'v [u8]),
    /// No such position or key.
    Missing,
    /// A value that is no id, time or word, and what it is.
    Other(&'static str),
}

/// Makes events of rows.
#[derive(Debug)]
pub(super) struct RowReader<'a> {
    mapping: &'a Mapping,
    places: Places,
    members: IdTable,
    contents: IdTable,
    times: Option<Times>,
    unknown: UnknownWords,
    /// Rows that were given, bad ones among them.
    rows: i64,
}

/// How the times before the one at hand were written, and where.
#[derive(Clone, Copy, Debug)]
struct Times {
    kind: TimeKind,
    first: Place,
    last: Place,
}

impl<'a> RowReader<'a> {
    pub(super) fn new(mapping: &'a Mapping, places: Places) -> Self {
        Self {
            mapping,
            places,
            members: IdTable::new("actor or recipient", MEMBER_PREFIX),
            contents: IdTable::new("content", CONTENT_PREFIX),
            times: None,
            unknown: UnknownWords::default(),
            rows: 0,
        }
    }

    /// Gives `to` the event of a row whose value at a position is what `value`
    /// says. After a word of no known meaning nothing but such words is looked
    /// for, so that [`RowReader::finish`] can name all of them.
    pub(super) fn take<'v>(
        &mut self,
        place: Place,
        value: impl Fn(usize) -> Cell<'v>,
        to: &mut Collector,
    ) -> Result<(), Stop> {
        self.rows += 1;
        if !self.unknown.is_empty() && self.unknown.rows() >= to.room() {
            return self.finish(to);
        }
        let kind = self.places.0[Field::Kind as usize].map(&value);
        let unknown = match kind {
            Some(Cell::Text(word)) => {
                let word = word.trim_ascii();
                self.mapping.act_of(word).is_none().then_some(word)
            }
            _ => None,
        };
        if let Some(word) = unknown.filter(|_| !to.skips_bad()) {
            self.unknown.add(place, word);
        }
        if self.unknown.is_empty() {
            let draft = self.draft(place, value);
            return to.take(place, draft);
        }
        self.unknown.pass();
        Ok(())
    }

    /// Takes note of a row that is none.
    pub(super) fn take_bad(
        &mut self,
        place: Place,
        bad: Bad,
        to: &mut Collector,
    ) -> Result<(), Stop> {
        self.rows += 1;
        to.take_bad(place, bad)
    }

    /// The end of the rows: an error where words of no known meaning were
    /// found.
    pub(super) fn finish(&self, to: &Collector) -> Result<(), Stop> {
        let column = self.mapping.column(Field::Kind).unwrap_or_default();
        match self.unknown.bad(column) {
            Some((place, bad)) => Err(Stop::Error(to.error(place, bad))),
            None => Ok(()),
        }
    }

    fn draft<'v>(&mut self, place: Place, value: impl Fn(usize) -> Cell<'v>) -> Result<Draft, Bad> {
        let column = |field: Field| self.column(field);
        let get = |field: Field| -> Result<Option<&'v [u8]>, Bad> {
            let Some(at) = self.places.0[field as usize] else {
                return Ok(None);
            };
            match value(at) {
                Cell::Text(text) => Ok(Some(text)),
                Cell::Missing if matches!(field, Field::Undo | Field::Segment) => Ok(None),
                Cell::Missing => {
                    let help = "fix the row, or leave it out with --skip-bad";
                    Err(Bad::of(column(field), "the row has none", help))
                }
                Cell::Other(what) => {
                    let help = "map a column of numbers or text";
                    Err(Bad::of(column(field), what, help))
                }
            }
        };
        let act = match get(Field::Kind)? {
            Some(word) => self.act_of(word)?,
            None => self.mapping.act().unwrap_or(Act {
                kind: Kind::MemberFollow,
                undo: false,
            }),
        };
        let kind = act.kind;
        let (at, actor) = (get(Field::At)?, get(Field::Actor)?);
        let needs_recipient = kind != Kind::MarkRead;
        let recipient = needs_recipient.then(|| get(Field::Recipient)).transpose()?;
        let content = kind
            .has_content()
            .then(|| get(Field::Content))
            .transpose()?;
        let (undo, segment) = (get(Field::Undo)?, get(Field::Segment)?);
        let at_us = match self.mapping.is_by_order() {
            true => self.rows * STEP_US,
            false => self.time(place, at.unwrap_or_default())?,
        };
        let actor = self.member(Field::Actor, actor.unwrap_or_default())?;
        let recipient = match recipient.flatten() {
            Some(recipient) => self.member(Field::Recipient, recipient)?,
            None => actor,
        };
        let content = match content.flatten() {
            Some(content) => {
                let column = name_of(self.mapping, Field::Content);
                self.contents.id_in(column, content)?
            }
            None => 0,
        };
        Ok(Draft {
            index: None,
            at_us,
            kind,
            undo: act.undo
                || undo.map_or(Ok(false), |word| truth(self.column(Field::Undo), word))?,
            actor,
            segment: segment.map_or(Ok(segment_of(actor)), |word| {
                segment_named(self.column(Field::Segment), word)
            })?,
            recipient,
            content,
        })
    }

    /// What messages call the column of a field.
    fn column(&self, field: Field) -> &'a str {
        name_of(self.mapping, field)
    }

    fn member(&mut self, field: Field, text: &[u8]) -> Result<u64, Bad> {
        self.members.id_in(name_of(self.mapping, field), text)
    }

    /// A time, which is written as those before it.
    fn time(&mut self, place: Place, text: &[u8]) -> Result<i64, Bad> {
        let column = self.column(Field::At);
        let unit = self.mapping.unit();
        let (us, kind) = time(column, text, unit.unwrap_or_default())?;
        if let Some(before) = &mut self.times {
            before.check(column, kind, text)?;
            before.last = place;
            return Ok(us);
        }
        if unit.is_none() && kind == TimeKind::Number && looks_like_date(text) {
            let what = format!("`{}` is a date or a number of seconds", shown(text));
            let help = "write dates as 2026-01-31; where it is a number, say of what with \
                        --time-unit s, ms or us";
            return Err(Bad::of(column, what, help).counted_as("a date or a number"));
        }
        self.times = Some(Times {
            kind,
            first: place,
            last: place,
        });
        Ok(us)
    }

    fn act_of(&self, word: &[u8]) -> Result<Act, Bad> {
        let word = word.trim_ascii();
        self.mapping.act_of(word).ok_or_else(|| {
            let what = format!("`{}` is no kind", shown(word));
            let help = "say with --kind what it means";
            Bad::of(self.column(Field::Kind), what, help)
        })
    }
}

impl Times {
    /// Refuses a time that is written in another way.
    fn check(&self, column: &str, kind: TimeKind, text: &[u8]) -> Result<(), Bad> {
        if kind == self.kind {
            return Ok(());
        }
        let before = match (self.first, self.last) {
            (Place::Line(first), Place::Line(last)) if first < last => {
                format!("those of lines {first} to {last} are")
            }
            (Place::Line(first), _) => format!("that of line {first} is"),
            (Place::Item(first), Place::Item(last)) if first < last => {
                format!("those of items {first} to {last} are")
            }
            (Place::Item(first), _) => format!("that of item {first} is"),
            (Place::File, _) => "those before are".to_owned(),
        };
        let what = format!(
            "times of two kinds: `{}` is {}, and {before} {}",
            shown(text.trim_ascii()),
            kind.name(),
            self.kind.name()
        );
        let help = "write all times in one way";
        Err(Bad::of(column, what, help).counted_as("a time of another kind than the first"))
    }
}

fn name_of(mapping: &Mapping, field: Field) -> &str {
    mapping.column(field).unwrap_or(FIELDS[field as usize])
}

fn truth(column: &str, word: &[u8]) -> Result<bool, Bad> {
    let word = word.trim_ascii();
    let is = |words: &[&str]| {
        words
            .iter()
            .any(|of| word.eq_ignore_ascii_case(of.as_bytes()))
    };
    if is(&["1", "true", "t", "yes", "y"]) {
        return Ok(true);
    }
    if is(&["", "0", "false", "f", "no", "n"]) {
        return Ok(false);
    }
    let what = format!("`{}` is neither true nor false", shown(word));
    let help = "write 1 or true for an undo, else 0; where the column has words, map it as kind \
                and say --kind word=kind:undo";
    Err(Bad::of(column, what, help).counted_as("neither true nor false"))
}

fn segment_named(column: &str, word: &[u8]) -> Result<Segment, Bad> {
    let name = std::str::from_utf8(word.trim_ascii()).ok();
    name.and_then(Segment::from_name).ok_or_else(|| {
        let what = format!("there is no segment `{}`", shown(word));
        let names = Segment::ALL.map(Segment::name).join(", ");
        Bad::of(column, what, format!("write one of {names}"))
    })
}

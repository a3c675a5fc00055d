//! Which column of a foreign table is what, and which of its words means
//! which kind. Imports `event` and its siblings.

use super::collect::{Draft, segment_of};
use super::error::{Bad, shown};
use super::ids::{CONTENT_PREFIX, IdTable, MEMBER_PREFIX};
use super::moment::{TimeUnit, moment};
use crate::event::{Kind, Segment};

/// What a column can be mapped to, in the order of [`Field`].
const FIELDS: [&str; 7] = [
    "actor",
    "recipient",
    "at",
    "kind",
    "content",
    "undo",
    "segment",
];

/// What a column is to an event.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Field {
    Actor,
    Recipient,
    At,
    Kind,
    Content,
    Undo,
    Segment,
}

/// How a foreign table is read; what is not mapped is not there.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Mapping {
    /// The column of each field: its name, or `#3` for the third of a table
    /// without a header.
    columns: [Option<String>; FIELDS.len()],
    /// The kind of every event, where no column says it.
    kind: Option<Kind>,
    /// The table's own words for kinds.
    words: Vec<(String, Kind)>,
    /// What numbers of the time column count.
    unit: TimeUnit,
    /// Between two columns of a CSV.
    delimiter: u8,
}

impl Mapping {
    /// A mapping out of words such as `actor=from` and `like=post_like`; a
    /// kind without `=` is that of every event.
    ///
    /// # Errors
    /// In words, where it can't be meant.
    pub fn new(
        map: &[String],
        kinds: &[String],
        unit: TimeUnit,
        delimiter: u8,
    ) -> Result<Self, String> {
        let mut mapping = Self {
            unit,
            delimiter,
            ..Self::default()
        };
        for word in map {
            let (field, column) = word.split_once('=').unwrap_or((word, ""));
            let at = FIELDS.iter().position(|name| *name == field);
            let at = at.filter(|_| !column.is_empty()).ok_or_else(|| {
                let fields = FIELDS.join(", ");
                format!("--map {word}: write actor=COLUMN and the like; there are {fields}")
            })?;
            if mapping.columns[at].replace(column.to_owned()).is_some() {
                return Err(format!("--map names `{field}` twice: keep one"));
            }
        }
        for word in kinds {
            mapping.add_kind(word)?;
        }
        mapping.check()?;
        Ok(mapping)
    }

    fn add_kind(&mut self, word: &str) -> Result<(), String> {
        let (own, name) = match word.split_once('=') {
            Some((own, name)) => (Some(own), name),
            None => (None, word),
        };
        let kind = Kind::from_name(name).ok_or_else(|| {
            format!("--kind {word}: there is no kind `{name}`; `notibench list kinds` names all")
        })?;
        match own {
            Some(own) => self.words.push((own.to_owned(), kind)),
            None if self.kind.is_some() => {
                return Err(format!(
                    "--kind {word}: there is one for all events already"
                ));
            }
            None => self.kind = Some(kind),
        }
        Ok(())
    }

    fn check(&self) -> Result<(), String> {
        for field in [Field::Actor, Field::At] {
            if self.columns[field as usize].is_none() {
                let name = FIELDS[field as usize];
                return Err(format!("--map says no {name}: add {name}=COLUMN"));
            }
        }
        if self.columns[Field::Recipient as usize].is_none() && self.kind != Some(Kind::MarkRead) {
            return Err("--map says no recipient: add recipient=COLUMN".to_owned());
        }
        match (&self.columns[Field::Kind as usize], self.kind) {
            (None, None) => Err("which kind the events are is not said: map a column with \
                                 --map kind=COLUMN, or give --kind member_follow or another"
                .to_owned()),
            (Some(_), Some(_)) => Err("both a column and --kind say the kind of every event: \
                                       drop one, or write --kind word=kind for the column's words"
                .to_owned()),
            (None, Some(_)) if !self.words.is_empty() => {
                Err("--kind word=kind needs a column of words: add --map kind=COLUMN".to_owned())
            }
            _ => self.check_header(),
        }
    }

    fn check_header(&self) -> Result<(), String> {
        let mut named = self.columns.iter().flatten();
        let by_number = |column: &&String| number_of(column).is_some();
        let first = named.next().as_ref().is_some_and(by_number);
        if named.all(|column| by_number(&column) == first) {
            return Ok(());
        }
        Err(
            "--map names some columns and numbers others: a table with a header has names, one \
             without has #1, #2, …"
                .to_owned(),
        )
    }

    pub(super) const fn delimiter(&self) -> u8 {
        self.delimiter
    }

    /// Whether the table's first line names its columns.
    pub(super) fn has_header(&self) -> bool {
        let first = self.columns.iter().flatten().next();
        first.is_none_or(|column| number_of(column).is_none())
    }

    /// Where each field stands, given the names of the columns, or none where
    /// the table has no header.
    pub(super) fn places(&self, header: Option<&[String]>) -> Result<Places, Bad> {
        let mut places = [None; FIELDS.len()];
        for (place, (column, field)) in places.iter_mut().zip(self.columns.iter().zip(FIELDS)) {
            let Some(column) = column else { continue };
            let found = match header {
                None => number_of(column),
                Some(names) => names.iter().position(|name| name == column),
            };
            *place = Some(found.ok_or_else(|| {
                // a first line that is no header may name somebody: not shown
                let what = format!(
                    "none of the first line's {} columns is called `{column}`",
                    header.map_or(0, <[String]>::len)
                );
                let help = "look at the file's first line; where it is no header, give columns \
                            by number: actor=#1";
                Bad::of(field, what, help)
            })?);
        }
        Ok(Places(places))
    }
}

/// The position that `#3` names: 2.
fn number_of(column: &str) -> Option<usize> {
    let number: usize = column.strip_prefix('#')?.parse().ok()?;
    number.checked_sub(1)
}

/// The position of each field in a row.
#[derive(Clone, Copy, Debug)]
pub(super) struct Places([Option<usize>; FIELDS.len()]);

/// Makes events of rows.
#[derive(Debug)]
pub(super) struct RowReader<'a> {
    mapping: &'a Mapping,
    places: Places,
    members: IdTable,
    contents: IdTable,
}

impl<'a> RowReader<'a> {
    pub(super) fn new(mapping: &'a Mapping, places: Places) -> Self {
        Self {
            mapping,
            places,
            members: IdTable::new("actor or recipient", MEMBER_PREFIX),
            contents: IdTable::new("content", CONTENT_PREFIX),
        }
    }

    /// The event of a row whose value at a position is what `value` says;
    /// none where the row is shorter.
    pub(super) fn draft<'v>(
        &mut self,
        value: impl Fn(usize) -> Option<&'v [u8]>,
    ) -> Result<Draft, Bad> {
        let get = |field: Field| -> Result<Option<&'v [u8]>, Bad> {
            let Some(place) = self.places.0[field as usize] else {
                return Ok(None);
            };
            let short = || {
                let what = "the row ends before it";
                Bad::of(
                    FIELDS[field as usize],
                    what,
                    "mend the row, or leave it out",
                )
            };
            value(place).map(Some).ok_or_else(short)
        };
        let kind = match get(Field::Kind)? {
            Some(word) => self.kind_of(word)?,
            None => self.mapping.kind.unwrap_or(Kind::MemberFollow),
        };
        let (at, actor) = (get(Field::At)?, get(Field::Actor)?);
        let (recipient, content) = (get(Field::Recipient)?, get(Field::Content)?);
        let (undo, segment) = (get(Field::Undo)?, get(Field::Segment)?);
        let actor = self.members.id(actor.unwrap_or_default())?;
        let recipient = match recipient {
            Some(recipient) if kind != Kind::MarkRead => self.members.id(recipient)?,
            _ => actor,
        };
        let content = match content.filter(|_| kind.has_content()) {
            Some(content) => self.contents.id(content)?,
            None => 0,
        };
        Ok(Draft {
            index: None,
            at_us: moment("at", at.unwrap_or_default(), self.mapping.unit)?,
            kind,
            undo: undo.map_or(Ok(false), truth)?,
            actor,
            segment: segment.map_or(Ok(segment_of(actor)), segment_named)?,
            recipient,
            content,
        })
    }

    fn kind_of(&self, word: &[u8]) -> Result<Kind, Bad> {
        let word = word.trim_ascii();
        let own = self.mapping.words.iter();
        let own = own.clone().find(|(own, _)| own.as_bytes() == word);
        let standard = || Kind::from_name(std::str::from_utf8(word).ok()?);
        own.map(|(_, kind)| *kind).or_else(standard).ok_or_else(|| {
            let word = shown(word);
            let help = format!("say what it means with --kind '{word}=post_like', or --skip-bad");
            Bad::of("kind", format!("`{word}` is no kind"), help)
        })
    }
}

fn truth(word: &[u8]) -> Result<bool, Bad> {
    match word.trim_ascii() {
        b"1" | b"true" | b"TRUE" | b"True" => Ok(true),
        b"0" | b"false" | b"FALSE" | b"False" | b"" => Ok(false),
        other => {
            let what = format!("`{}` is neither true nor false", shown(other));
            Err(Bad::of("undo", what, "write 1 or true for an undo, else 0"))
        }
    }
}

fn segment_named(word: &[u8]) -> Result<Segment, Bad> {
    let name = std::str::from_utf8(word.trim_ascii()).ok();
    name.and_then(Segment::from_name).ok_or_else(|| {
        let what = format!("there is no segment `{}`", shown(word));
        let names = Segment::ALL.map(Segment::name).join(", ");
        Bad::of("segment", what, format!("write one of {names}"))
    })
}

//! Which column of a foreign table is what, and which of its words means which
//! kind.

use super::error::Bad;
use super::moment::TimeUnit;
use notibench_core::event::Kind;
use notibench_core::unit::quantity::counted;

/// What a column can be mapped to, in the order of [`Field`].
pub(super) const FIELDS: [&str; 7] = [
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

impl Field {
    pub(super) const ALL: [Self; FIELDS.len()] = [
        Self::Actor,
        Self::Recipient,
        Self::At,
        Self::Kind,
        Self::Content,
        Self::Undo,
        Self::Segment,
    ];
}

/// What an event does: something of a kind, or its undo.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Act {
    pub(super) kind: Kind,
    pub(super) undo: bool,
}

/// How a foreign table is read; what is not mapped is not there.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Mapping {
    /// The column of each field: its name, or `#3` for the third of a table
    /// without a header.
    columns: [Option<String>; FIELDS.len()],
    /// What every event does, where no column says it.
    act: Option<Act>,
    /// What the table's own words mean.
    words: Vec<(String, Act)>,
    /// What numbers of the time column count, where that is said.
    unit: Option<TimeUnit>,
    /// Whether the order of the entries stands for their times, one each ms.
    by_order: bool,
    /// Between two columns of a CSV.
    delimiter: u8,
}

impl Mapping {
    /// A mapping out of words such as `actor=from`, `like=post_like` and
    /// `unlike=post_like:undo`; a kind without `=` is that of every event.
    /// Without a unit, numbers of the time column count seconds, and a first
    /// one that looks like a date (`2024`, `20240131`) is refused.
    ///
    /// # Errors
    /// In words, where it can't be meant.
    pub fn new(
        map: &[String],
        kinds: &[String],
        unit: impl Into<Option<TimeUnit>>,
        delimiter: u8,
    ) -> Result<Self, String> {
        let mapping = Self {
            unit: unit.into(),
            delimiter,
            ..Self::default()
        };
        mapping.with(map, kinds)
    }

    /// The same without a column of times: the order of the entries stands for
    /// them, one each ms.
    ///
    /// # Errors
    /// In words, where it can't be meant.
    pub fn by_order(map: &[String], kinds: &[String], delimiter: u8) -> Result<Self, String> {
        let mapping = Self {
            by_order: true,
            delimiter,
            ..Self::default()
        };
        mapping.with(map, kinds)
    }

    fn with(mut self, map: &[String], kinds: &[String]) -> Result<Self, String> {
        for word in map {
            let (field, column) = word.split_once('=').unwrap_or((word, ""));
            let at = FIELDS.iter().position(|name| *name == field);
            let at = at.filter(|_| !column.is_empty()).ok_or_else(|| {
                let fields = FIELDS.join(", ");
                format!("--map {word}: write actor=COLUMN and the like; there are {fields}")
            })?;
            if self.columns[at].replace(column.to_owned()).is_some() {
                return Err(format!("--map names `{field}` twice: keep one"));
            }
        }
        for word in kinds {
            self.add_kind(word)?;
        }
        self.check()?;
        Ok(self)
    }

    fn add_kind(&mut self, word: &str) -> Result<(), String> {
        // a word of the table's may itself have a `=`, a kind has none
        let (own, name) = match word.rsplit_once('=') {
            Some((own, name)) => (Some(own), name),
            None => (None, word),
        };
        let (name, undo) = match name.strip_suffix(":undo") {
            Some(name) => (name, true),
            None => (name, false),
        };
        let kind = Kind::from_name(name).ok_or_else(|| {
            format!(
                "--kind {word}: there is no kind `{name}`; `notibench list kinds` names all, and \
                 `:undo` behind one takes it back"
            )
        })?;
        if undo && !kind.is_undoable() {
            return Err(format!("--kind {word}: `{name}` can't be taken back"));
        }
        let act = Act { kind, undo };
        match own {
            Some(own) if self.words.iter().any(|(known, _)| known == own) => {
                return Err(format!("--kind names `{own}` twice: keep one"));
            }
            Some(own) => self.words.push((own.to_owned(), act)),
            None if self.act.is_some() => {
                return Err(format!(
                    "--kind {word}: there is one for all events already"
                ));
            }
            None => self.act = Some(act),
        }
        Ok(())
    }

    fn check(&self) -> Result<(), String> {
        if self.by_order && self.columns[Field::At as usize].is_some() {
            return Err(
                "--at order takes the order for the times, and --map names a column of \
                        them: leave one out"
                    .to_owned(),
            );
        }
        let times = (!self.by_order).then_some(Field::At);
        for field in [Field::Actor].into_iter().chain(times) {
            if self.columns[field as usize].is_none() {
                let name = FIELDS[field as usize];
                let or = match field {
                    Field::At => ", or give --at order",
                    _ => "",
                };
                return Err(format!("--map says no {name}: add {name}=COLUMN{or}"));
            }
        }
        if self.columns[Field::Recipient as usize].is_none()
            && self.act.is_none_or(|act| act.kind != Kind::MarkRead)
        {
            return Err("--map says no recipient: add recipient=COLUMN".to_owned());
        }
        match (&self.columns[Field::Kind as usize], self.act) {
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

    pub(super) const fn unit(&self) -> Option<TimeUnit> {
        self.unit
    }

    /// Whether the order of the entries stands for their times.
    pub(super) const fn is_by_order(&self) -> bool {
        self.by_order
    }

    /// What every event does, where no column says it.
    pub(super) const fn act(&self) -> Option<Act> {
        self.act
    }

    /// What a word in the column of kinds means, where it is known.
    pub(super) fn act_of(&self, word: &[u8]) -> Option<Act> {
        let own = self.words.iter().find(|(own, _)| own.as_bytes() == word);
        let standard = || {
            let kind = Kind::from_name(std::str::from_utf8(word).ok()?)?;
            Some(Act { kind, undo: false })
        };
        own.map(|(_, act)| *act).or_else(standard)
    }

    /// The column, or the key, of a field.
    pub(super) fn column(&self, field: Field) -> Option<&str> {
        self.columns[field as usize].as_deref()
    }

    /// Where each field stands, given the names of the columns, or none where
    /// the table has no header.
    pub(super) fn places(&self, header: Option<&[String]>) -> Result<Places, Bad> {
        let mut places = [None; FIELDS.len()];
        for (place, (column, field)) in places.iter_mut().zip(self.columns.iter().zip(FIELDS)) {
            let Some(column) = column else { continue };
            *place = Some(match header {
                None => number_of(column).unwrap_or_default(),
                Some(names) => position(names, column, field)?,
            });
        }
        Ok(Places(places))
    }
}

/// Where the one column of a name stands.
fn position(names: &[String], column: &str, field: &str) -> Result<usize, Bad> {
    let mut places = (0..).zip(names).filter(|(_, name)| *name == column);
    // a first line that is no header may name somebody: not shown
    let Some((place, _)) = places.next() else {
        let columns = counted(names.len(), "column");
        let what = format!("no column is called `{column}`; the first line has {columns}");
        let help = "look at the file's first line; where it is no header, give columns by number: \
                    actor=#1";
        return Err(Bad::of(field, what, help));
    };
    if let Some((second, _)) = places.next() {
        let what = format!(
            "two columns are called `{column}`, the {}. and the {}.",
            place + 1,
            second + 1
        );
        let help = "give one of them another name in the file's first line";
        return Err(Bad::of(field, what, help));
    }
    Ok(place)
}

/// The position of each field in a row.
#[derive(Clone, Copy, Debug)]
pub(super) struct Places(pub(super) [Option<usize>; FIELDS.len()]);

/// The position that `#3` names: 2.
fn number_of(column: &str) -> Option<usize> {
    let number: usize = column.strip_prefix('#')?.parse().ok()?;
    number.checked_sub(1)
}

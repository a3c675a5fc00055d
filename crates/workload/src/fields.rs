//! Strict reading of TOML tables: every value knows its place and its name,
//! every mistake is collected rather than the first alone, and a key that
//! nobody asked for is one.
//!
//! The tables are read directly, not through derived deserialisation: that
//! stops at its first mistake and words it in the terms of Rust's types.

use std::cell::RefCell;
use std::ops::Range;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::error::{Fault, shown_word, wrapped_list};
use super::suggest::nearest;

/// Proof that a mistake was recorded, so that nothing fails silently. Only
/// this module makes one.
#[derive(Clone, Copy, Debug)]
pub(super) struct Reported(());

/// What a reader returns: the value, or the proof that its absence is told.
pub(super) type Checked<T> = Result<T, Reported>;

/// The mistakes found so far.
#[derive(Default)]
pub(super) struct Faults(RefCell<Vec<Fault>>);

impl Faults {
    /// Records a mistake.
    pub(super) fn add(&self, fault: Fault) -> Reported {
        self.0.borrow_mut().push(fault);
        Reported(())
    }

    /// All of them.
    pub(super) fn into_vec(self) -> Vec<Fault> {
        self.0.into_inner()
    }

    /// Whether there is any.
    pub(super) fn is_empty(&self) -> bool {
        self.0.borrow().is_empty()
    }
}

/// A table that is being read. [`Table::close`] it, or its unknown and
/// missing keys go unnoticed.
pub(super) struct Table<'a> {
    /// Dotted path; empty for the file itself.
    path: String,
    /// Its header, or the whole of an inline table.
    pub(super) span: Range<usize>,
    entries: &'a DeTable<'a>,
    known: Vec<&'static str>,
    /// Keys that should be there, each with a line that would be right.
    missing: Vec<(&'static str, &'static str)>,
    faults: &'a Faults,
}

/// A value that is there, with all that a message about it needs.
#[derive(Clone)]
pub(super) struct Field<'a> {
    /// Dotted path, `population.members`.
    pub(super) path: String,
    /// Where the value stands.
    pub(super) span: Range<usize>,
    pub(super) value: &'a DeValue<'a>,
    /// A line that would be right: `members = "1M"`.
    pub(super) example: &'static str,
    faults: &'a Faults,
}

impl<'a> Table<'a> {
    /// The file's top level.
    pub(super) fn root(document: &'a Spanned<DeTable<'a>>, faults: &'a Faults) -> Self {
        Self::new(String::new(), document.span(), document.get_ref(), faults)
    }

    fn new(path: String, span: Range<usize>, entries: &'a DeTable<'a>, faults: &'a Faults) -> Self {
        Self {
            path,
            span,
            entries,
            known: Vec::new(),
            missing: Vec::new(),
            faults,
        }
    }

    /// The value of a key that may be left out; `example` is a line that
    /// would be right.
    pub(super) fn optional(
        &mut self,
        key: &'static str,
        example: &'static str,
    ) -> Option<Field<'a>> {
        self.known.push(key);
        let value = self.entries.get(key)?;
        let path = if self.path.is_empty() {
            key.to_owned()
        } else {
            format!("{}.{key}", self.path)
        };
        let (span, value, faults) = (value.span(), value.get_ref(), self.faults);
        Some(Field {
            path,
            span,
            value,
            example,
            faults,
        })
    }

    /// The value of a key that must be there.
    pub(super) fn required(
        &mut self,
        key: &'static str,
        example: &'static str,
    ) -> Checked<Field<'a>> {
        self.optional(key, example).ok_or_else(|| {
            self.missing.push((key, example));
            Reported(())
        })
    }

    /// Reads an optional key, or takes the default.
    pub(super) fn or_default<T>(
        &mut self,
        key: &'static str,
        example: &'static str,
        default: T,
        read: impl FnOnce(Field<'a>) -> Checked<T>,
    ) -> Checked<T> {
        self.optional(key, example).map_or(Ok(default), read)
    }

    /// A mistake of the table as a whole.
    pub(super) fn fault(&self, title: String, label: &str, help: String) -> Reported {
        let (span, label) = (Some(self.span.clone()), label.to_owned());
        self.faults.add(Fault {
            span,
            title,
            label,
            help,
            note: String::new(),
        })
    }

    /// How messages say where a key stands: `in [population]`.
    pub(super) fn place(&self) -> String {
        if self.path.is_empty() {
            "at the top level".to_owned()
        } else {
            format!("in [{}]", self.path)
        }
    }

    /// Proof that [`Table::close`] is going to report an unknown key; `next`
    /// is a key that is yet to be read. Who counts what is in the table asks
    /// first: what was misspelt is there, in a way.
    pub(super) fn stranger(&self, next: &str) -> Option<Reported> {
        let known = |key: &str| key == next || self.known.contains(&key);
        self.entries
            .keys()
            .any(|key| !known(key.get_ref()))
            .then_some(Reported(()))
    }

    /// Reports unknown and missing keys. `advice` may know more about an
    /// unknown key than that it is one, such as where it belongs.
    pub(super) fn close(&mut self, advice: impl Fn(&str) -> Option<String>) {
        for key in self.entries.keys() {
            if !self.known.contains(&key.get_ref().as_ref()) {
                let meant = self.unknown_key(key.get_ref(), key.span(), &advice);
                // the slip explains the gap: one mistake, told once
                self.missing.retain(|&(missing, _)| Some(missing) != meant);
            }
        }
        self.report_missing();
    }

    fn unknown_key(
        &self,
        key: &str,
        span: Range<usize>,
        advice: &impl Fn(&str) -> Option<String>,
    ) -> Option<&'static str> {
        let absent: Vec<&'static str> = self
            .known
            .iter()
            .copied()
            .filter(|&known| !self.entries.contains_key(known))
            .collect();
        let meant = nearest(key, &absent).or_else(|| nearest(key, &self.known));
        let allowed = format!("allowed {}: {}", self.place(), wrapped_list(&self.known));
        let help = advice(key).or_else(|| meant.map(|meant| format!("did you mean `{meant}`?")));
        let (help, note) = help.map_or((allowed.clone(), String::new()), |help| (help, allowed));
        let title = format!("unknown key `{}` {}", shown_word(key), self.place());
        let label = "not known here".to_owned();
        self.faults.add(Fault {
            span: Some(span),
            title,
            label,
            help,
            note,
        });
        meant
    }

    fn report_missing(&self) {
        if self.missing.is_empty() {
            return;
        }
        let keys: Vec<String> = self
            .missing
            .iter()
            .map(|(key, _)| format!("`{key}`"))
            .collect();
        let plural = if keys.len() == 1 { "" } else { "s" };
        let title = format!("missing key{plural} {} {}", keys.join(", "), self.place());
        let lines: Vec<String> = self
            .missing
            .iter()
            .map(|(_, example)| format!("  {example}"))
            .collect();
        let help = format!("add, for example:\n{}", lines.join("\n"));
        self.fault(title, "", help);
    }
}

impl<'a> Field<'a> {
    /// Records a mistake of this value.
    pub(super) fn fault(&self, title: String, label: String, help: String) -> Reported {
        let span = Some(self.span.clone());
        self.faults.add(Fault {
            span,
            title,
            label,
            help,
            note: String::new(),
        })
    }

    /// Records that the value is of another type than `wanted`.
    pub(super) fn wrong_type(&self, wanted: &str) -> Reported {
        let found = match self.value.type_str() {
            "integer" => "an integer",
            "table" => "a table",
            "array" => "an array",
            "float" => "a number with a fraction or exponent",
            "string" => "text",
            "boolean" => "true or false",
            _ => "a date or time",
        };
        let title = format!("`{}` must be {wanted}, not {found}", self.path);
        self.fault(
            title,
            format!("this is {found}"),
            format!("write {}", self.example),
        )
    }

    /// The value as a table.
    pub(super) fn table(&self) -> Checked<Table<'a>> {
        let Some(entries) = self.value.as_table() else {
            return Err(self.wrong_type("a table"));
        };
        Ok(Table::new(
            self.path.clone(),
            self.span.clone(),
            entries,
            self.faults,
        ))
    }

    /// The value as text.
    pub(super) fn text(&self) -> Checked<&'a str> {
        self.value
            .as_str()
            .ok_or_else(|| self.wrong_type("text in quotes"))
    }

    /// The value as true or false.
    pub(super) fn boolean(&self) -> Checked<bool> {
        self.value
            .as_bool()
            .ok_or_else(|| self.wrong_type("true or false"))
    }

    /// The elements of an array, each a field of its own.
    pub(super) fn elements(&self) -> Checked<Vec<Self>> {
        let array = self
            .value
            .as_array()
            .ok_or_else(|| self.wrong_type("an array"))?;
        let element = |(at, value): (usize, &'a Spanned<DeValue<'a>>)| Self {
            path: format!("{}[{at}]", self.path),
            span: value.span(),
            value: value.get_ref(),
            ..self.clone()
        };
        Ok(array.iter().enumerate().map(element).collect())
    }

    /// One of a few words.
    pub(super) fn choice<T: Copy>(&self, choices: &[(&str, T)]) -> Checked<T> {
        let word = self.text()?;
        if let Some(&(_, choice)) = choices.iter().find(|(name, _)| *name == word) {
            return Ok(choice);
        }
        let names: Vec<&str> = choices.iter().map(|&(name, _)| name).collect();
        let quoted: Vec<String> = names.iter().map(|name| format!("{name:?}")).collect();
        let allowed = format!("allowed: {}", quoted.join(", "));
        let help = nearest(word, &names).map(|meant| format!("did you mean {meant:?}?"));
        let (help, note) = help.map_or((allowed.clone(), String::new()), |help| (help, allowed));
        let title = format!("`{}` can't be \"{}\"", self.path, shown_word(word));
        let (span, label) = (Some(self.span.clone()), "not known".to_owned());
        Err(self.faults.add(Fault {
            span,
            title,
            label,
            help,
            note,
        }))
    }
}

//! ActivityStreams 2.0 (W3C Recommendation, 23 May 2017): activities as JSON,
//! one a line or in a collection, read and written. Imports `event` and its
//! siblings.

mod author;
mod create;
mod document;
mod meaning;
mod value;
mod write;

use std::collections::{HashMap, HashSet};

use serde_json::Value;

pub use author::AuthorRule;
pub(super) use document::{read_document, read_lines};
pub use write::push_activity;

use super::collect::{Collector, Draft, STEP_US, Stop, segment_of};
use super::error::{Bad, Place};
use super::ids::{CONTENT_PREFIX, IdTable, MEMBER_PREFIX, hash_of};
use super::moment::{TimeUnit, moment};
use crate::event::Segment;
use meaning::{Findings, Meaning};
use value::{each, id_of, is_type, no_activity, types, word_of};

/// The key of an actor's segment, an extension of notibench's own.
pub(super) const SEGMENT_KEY: &str = "notibench:segment";

/// What a reader of activities may infer; nothing by default.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ActivityOptions {
    /// Take the order of the entries for their times, one each ms.
    pub by_order: bool,
    /// Where authors are from that the trace does not say; the first rule
    /// that gives one is taken.
    pub authors: Vec<AuthorRule>,
}

/// What the reader has to know again: who wrote what, and what can be taken
/// back. It grows by some 40 bytes for each content and some 100 for each
/// action that can be taken back.
#[derive(Debug)]
pub(super) struct ActivityReader<'o> {
    options: &'o ActivityOptions,
    members: IdTable,
    contents: IdTable,
    authors: HashMap<u64, u64>,
    /// Contents that are polls: an answer may be a vote.
    polls: HashSet<u64>,
    /// By actor and the hash of an activity's id, or of its object's.
    undoable: HashMap<(u64, u64), Box<[Meaning]>>,
    entries: i64,
}

/// Who acts, and in which segment.
#[derive(Clone, Copy)]
struct Actor {
    id: u64,
    segment: Segment,
}

impl<'o> ActivityReader<'o> {
    pub(super) fn new(options: &'o ActivityOptions) -> Self {
        Self {
            options,
            members: IdTable::new("id of a member", MEMBER_PREFIX),
            contents: IdTable::new("id of a content", CONTENT_PREFIX),
            authors: HashMap::new(),
            polls: HashSet::new(),
            undoable: HashMap::new(),
            entries: 0,
        }
    }

    /// Takes one activity, and gives `to` the events that it comes to and the
    /// reasons why others are none.
    pub(super) fn take(
        &mut self,
        place: Place,
        activity: &Value,
        to: &mut Collector,
    ) -> Result<(), Stop> {
        self.entries += 1;
        let mut reasons = Vec::new();
        match self.events(activity, &mut reasons) {
            Ok(drafts) => {
                for reason in reasons {
                    to.skip(&reason);
                }
                drafts
                    .into_iter()
                    .try_for_each(|draft| to.take(place, Ok(draft)))
            }
            Err(bad) => to.take_bad(place, bad),
        }
    }

    fn events(&mut self, activity: &Value, reasons: &mut Vec<String>) -> Result<Vec<Draft>, Bad> {
        if activity.is_string() {
            reasons.push("a reference to what is not in the file".to_owned());
            return Ok(Vec::new());
        }
        if !activity.is_object() {
            let help = "an activity is an object with type, actor, object and published";
            return Err(Bad::new("not an activity", help));
        }
        if let Some(reason) = no_activity(activity) {
            reasons.push(reason);
            return Ok(Vec::new());
        }
        let actors = each(activity.get("actor"));
        if actors.is_empty() {
            reasons.push(format!("{} without an actor", word_of(activity)));
        }
        let mut drafts = Vec::new();
        for actor in actors {
            let Some(actor) = self.actor(actor)? else {
                reasons.push(format!("{} by an actor without id", word_of(activity)));
                continue;
            };
            self.events_of(activity, actor, &mut drafts, reasons)?;
        }
        Ok(drafts)
    }

    /// The events of one of its actors.
    fn events_of(
        &mut self,
        activity: &Value,
        actor: Actor,
        drafts: &mut Vec<Draft>,
        reasons: &mut Vec<String>,
    ) -> Result<(), Bad> {
        let undo = is_type(activity, &["Undo"]);
        let found = if undo {
            self.undone(activity, actor.id)?
        } else {
            self.meaning_of(activity, actor.id)?
        };
        reasons.extend_from_slice(&found.reasons);
        if found.meanings.is_empty() {
            return Ok(());
        }
        let Some(at_us) = self.time(activity)? else {
            let word = word_of(activity);
            reasons.push(format!("{word} without published (--at order)"));
            return Ok(());
        };
        if !undo {
            self.note(activity, actor.id, &found);
        }
        drafts.extend(found.meanings.into_iter().map(|meaning| Draft {
            index: None,
            at_us,
            kind: meaning.kind,
            undo,
            actor: actor.id,
            segment: actor.segment,
            recipient: meaning.recipient,
            content: meaning.content,
        }));
        Ok(())
    }

    /// When it was: in µs since 1970, or since the trace's start by order.
    fn time(&self, activity: &Value) -> Result<Option<i64>, Bad> {
        if self.options.by_order {
            return Ok(Some(self.entries * STEP_US));
        }
        match activity.get("published") {
            None | Some(Value::Null) => Ok(None),
            Some(Value::String(text)) => {
                moment("published", text.as_bytes(), TimeUnit::Seconds).map(Some)
            }
            Some(_) => {
                let help = "write it as text: \"published\":\"2026-11-25T08:00:00Z\"";
                Err(Bad::of("published", "this is no text", help))
            }
        }
    }

    fn actor(&mut self, actor: &Value) -> Result<Option<Actor>, Bad> {
        let Some(id) = self.member(Some(actor))? else {
            return Ok(None);
        };
        let named = actor.get(SEGMENT_KEY).and_then(Value::as_str);
        let segment = named.and_then(Segment::from_name);
        Ok(Some(Actor {
            id,
            segment: segment.unwrap_or(segment_of(id)),
        }))
    }

    /// Notes what of an activity may be undone: by its own id all of it, by an
    /// object's what was done to that.
    fn note(&mut self, activity: &Value, actor: u64, found: &Findings) {
        let is_undoable = |meaning: &&Meaning| meaning.kind.is_undoable();
        for (meaning, object) in found.meanings.iter().zip(&found.objects) {
            if let Some(object) = object.filter(|_| is_undoable(&meaning)) {
                self.undoable.insert((actor, object), Box::new([*meaning]));
            }
        }
        let all: Box<[Meaning]> = found.meanings.iter().filter(is_undoable).copied().collect();
        if let Some(id) = id_of(activity).filter(|_| !all.is_empty()) {
            let (key, _) = hash_of(id.as_bytes());
            self.undoable.insert((actor, key), all);
        }
    }

    /// What an undo takes back: the activity whose id it names, that which
    /// stands in it, or its actor's latest on the object that it names.
    fn undone(&mut self, undo: &Value, actor: u64) -> Result<Findings, Bad> {
        let mut found = Findings::default();
        let objects = each(undo.get("object"));
        if objects.is_empty() {
            found.reasons.push("Undo of nothing".to_owned());
        }
        for object in objects {
            let known = id_of(object).and_then(|id| {
                let (key, _) = hash_of(id.as_bytes());
                self.undoable.get(&(actor, key))
            });
            if let Some(known) = known {
                found.meanings.extend(known);
                continue;
            }
            if types(object).next().is_none() {
                let reason = "Undo of what is not in the trace";
                found.reasons.push(reason.to_owned());
                continue;
            }
            let of = self.meaning_of(object, actor)?;
            for meaning in of.meanings {
                if meaning.kind.is_undoable() {
                    found.meanings.push(meaning);
                } else {
                    found.reasons.push(format!("Undo of {}", word_of(object)));
                }
            }
            let reasons = of.reasons.iter().map(|of| format!("Undo of {of}"));
            found.reasons.extend(reasons);
        }
        Ok(found)
    }

    fn member(&mut self, value: Option<&Value>) -> Result<Option<u64>, Bad> {
        let id = each(value).first().and_then(id_of);
        id.map(|id| self.members.id(id.as_bytes())).transpose()
    }

    fn content(&mut self, object: &Value) -> Result<Option<u64>, Bad> {
        let id = id_of(object);
        let content = id.map(|id| self.contents.id(id.as_bytes())).transpose()?;
        if is_type(object, &["Question"]) {
            self.polls.extend(content);
        }
        Ok(content)
    }

    /// The author of a content: as it says itself, as was said before, or by
    /// the rules that were given.
    fn author(
        &mut self,
        object: &Value,
        content: u64,
        activity: &Value,
        actor: u64,
    ) -> Result<Option<u64>, Bad> {
        if let Some(author) = self.member(object.get("attributedTo"))? {
            self.authors.insert(content, author);
            return Ok(Some(author));
        }
        if let Some(author) = self.authors.get(&content) {
            return Ok(Some(*author));
        }
        let options = self.options;
        for rule in &options.authors {
            let author = match rule {
                AuthorRule::Addressee => self.addressee(activity, actor)?,
                AuthorRule::Uri(pattern) => {
                    let author = id_of(object).and_then(|id| pattern.author(id));
                    let author = author.map(|author| self.members.id(author.as_bytes()));
                    author.transpose()?
                }
            };
            if author.is_some() {
                return Ok(author);
            }
        }
        Ok(None)
    }

    /// The only member other than the actor whom an activity is addressed to.
    fn addressee(&mut self, activity: &Value, actor: u64) -> Result<Option<u64>, Bad> {
        let mut found = None;
        for addressee in each(activity.get("to"))
            .iter()
            .chain(each(activity.get("cc")))
        {
            let Some(id) = id_of(addressee).filter(|id| !create::is_public(id)) else {
                continue;
            };
            let member = self.members.id(id.as_bytes())?;
            match found {
                _ if member == actor => {}
                Some(other) if other != member => return Ok(None),
                _ => found = Some(member),
            }
        }
        Ok(found)
    }
}

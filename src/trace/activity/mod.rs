//! ActivityStreams 2.0 (W3C Recommendation, 23 May 2017): activities as JSON,
//! one a line or in a collection, read and written. Imports `event` and its
//! siblings.

mod document;
mod meaning;
mod write;

use std::collections::HashMap;

use serde_json::Value;

pub(super) use document::{read_document, read_lines};
pub use write::push_activity;

use super::collect::{Collector, Draft, Stop, segment_of};
use super::error::{Bad, Place};
use super::ids::{CONTENT_PREFIX, IdTable, MEMBER_PREFIX, hash_of};
use super::moment::{TimeUnit, moment};
use crate::event::{Kind, Segment};
use meaning::{Meaning, first, id_of, is_type, types};

/// The key of an actor's segment, an extension of notibench's own.
pub(super) const SEGMENT_KEY: &str = "notibench:segment";

/// What the reader has to know again: who wrote what, and what can be taken
/// back. It grows by some 40 bytes for each distinct id.
#[derive(Debug)]
pub(super) struct ActivityReader {
    members: IdTable,
    contents: IdTable,
    authors: HashMap<u64, u64>,
    /// By actor and the hash of an activity's id, or of its object's.
    undoable: HashMap<(u64, u64), Meaning>,
}

impl Default for ActivityReader {
    fn default() -> Self {
        Self {
            members: IdTable::new("id of a member", MEMBER_PREFIX),
            contents: IdTable::new("id of a content", CONTENT_PREFIX),
            authors: HashMap::new(),
            undoable: HashMap::new(),
        }
    }
}

impl ActivityReader {
    /// Takes one activity, and gives `to` the events that it comes to.
    pub(super) fn take(
        &mut self,
        place: Place,
        activity: &Value,
        to: &mut Collector,
    ) -> Result<(), Stop> {
        match self.events(activity) {
            Ok(Read::Events(drafts)) => {
                for draft in drafts {
                    to.take(place, Ok(draft))?;
                }
                Ok(())
            }
            Ok(Read::Nothing(reason)) => {
                to.skip(&reason);
                Ok(())
            }
            Err(bad) => to.take_bad(place, bad),
        }
    }

    fn events(&mut self, activity: &Value) -> Result<Read, Bad> {
        if !activity.is_object() {
            let help = "an activity is an object with type, actor, object and published";
            return Err(Bad::new("not an activity", help));
        }
        let Some((actor, segment)) = self.actor(activity)? else {
            return Ok(Read::Nothing(format!(
                "{} without an actor",
                word_of(activity)
            )));
        };
        let (meanings, undo) = if is_type(activity, &["Undo"]) {
            (self.undone(activity, actor)?, true)
        } else {
            (self.meanings(activity, actor)?, false)
        };
        let meanings = match meanings {
            Ok(meanings) => meanings,
            Err(reason) => return Ok(Read::Nothing(reason)),
        };
        let published = activity.get("published").and_then(Value::as_str);
        let Some(published) = published else {
            let help = "every activity needs its time: \"published\":\"2026-11-25T08:00:00Z\"";
            return Err(Bad::of("published", "missing", help));
        };
        let at_us = moment("published", published.as_bytes(), TimeUnit::Seconds)?;
        let drafts = meanings.into_iter().map(|meaning| Draft {
            index: None,
            at_us,
            kind: meaning.kind,
            undo,
            actor,
            segment,
            recipient: meaning.recipient,
            content: meaning.content,
        });
        Ok(Read::Events(drafts.collect()))
    }

    /// Who acts, and in which segment.
    fn actor(&mut self, activity: &Value) -> Result<Option<(u64, Segment)>, Bad> {
        let Some(actor) = activity.get("actor").and_then(first) else {
            return Ok(None);
        };
        let Some(id) = id_of(actor) else {
            return Ok(None);
        };
        let actor_id = self.members.id(id.as_bytes())?;
        let named = actor.get(SEGMENT_KEY).and_then(Value::as_str);
        let segment = named.and_then(Segment::from_name);
        Ok(Some((actor_id, segment.unwrap_or(segment_of(actor_id)))))
    }

    /// What an activity that is no undo means, and notes what may be undone.
    fn meanings(&mut self, activity: &Value, actor: u64) -> Result<Meanings, Bad> {
        let meanings = self.meaning_of(activity, actor)?;
        if let Ok(meanings) = &meanings {
            for meaning in meanings.iter().filter(|of| of.kind.is_undoable()) {
                let object = activity.get("object").and_then(first).and_then(id_of);
                for id in [id_of(activity), object].into_iter().flatten() {
                    let (key, _) = hash_of(id.as_bytes());
                    self.undoable.insert((actor, key), *meaning);
                }
            }
        }
        Ok(meanings)
    }

    /// What an undo takes back: the activity whose id it names, that which
    /// stands in it, or its actor's latest on the object that it names.
    fn undone(&mut self, undo: &Value, actor: u64) -> Result<Meanings, Bad> {
        let Some(object) = undo.get("object").and_then(first) else {
            return Ok(Err("Undo of nothing".to_owned()));
        };
        let known = id_of(object).and_then(|id| {
            let (key, _) = hash_of(id.as_bytes());
            self.undoable.get(&(actor, key)).copied()
        });
        if let Some(known) = known {
            return Ok(Ok(vec![known]));
        }
        if types(object).next().is_none() {
            return Ok(Err("Undo of what is not in the trace".to_owned()));
        }
        Ok(match self.meaning_of(object, actor)? {
            Ok(meanings) if meanings.iter().all(|of| of.kind.is_undoable()) => Ok(meanings),
            Ok(_) => Err(format!("Undo of {}", word_of(object))),
            Err(reason) => Err(format!("Undo of {reason}")),
        })
    }

    fn member(&mut self, value: Option<&Value>) -> Result<Option<u64>, Bad> {
        let id = value.and_then(first).and_then(id_of);
        id.map(|id| self.members.id(id.as_bytes())).transpose()
    }

    fn content(&mut self, object: &Value) -> Result<Option<u64>, Bad> {
        let id = id_of(object);
        id.map(|id| self.contents.id(id.as_bytes())).transpose()
    }

    /// The author of a content: as it says itself, or as was said before.
    fn author(&mut self, object: &Value, content: u64) -> Result<Option<u64>, Bad> {
        if let Some(author) = self.member(object.get("attributedTo"))? {
            self.authors.insert(content, author);
            return Ok(Some(author));
        }
        Ok(self.authors.get(&content).copied())
    }
}

/// What an activity came to.
enum Read {
    Events(Vec<Draft>),
    /// Nothing here, and why.
    Nothing(String),
}

/// What an activity means, or why nothing.
type Meanings = Result<Vec<Meaning>, String>;

/// The word for an activity in a reason: its type, where that is one of the
/// vocabulary's and can name nobody.
fn word_of(activity: &Value) -> &str {
    let known = |name: &&str| meaning::VOCABULARY.contains(name);
    types(activity).find(known).unwrap_or("an unknown type")
}

/// An event of a kind without content.
const fn plain(kind: Kind, recipient: u64) -> Meaning {
    Meaning {
        kind,
        recipient,
        content: 0,
    }
}

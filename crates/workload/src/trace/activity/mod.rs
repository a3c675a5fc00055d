//! ActivityStreams 2.0 (W3C Recommendation, 23 May 2017): activities as JSON,
//! one a line or in a collection, read and written.

mod author;
mod create;
mod document;
mod findings;
mod meaning;
mod options;
mod reader;
mod value;
mod write;

use serde_json::Value;

pub use author::AuthorRule;
pub(super) use document::{read_document, read_lines};
pub use options::ActivityOptions;
pub use write::push_activity;

use super::collect::{Collector, Draft, STEP_US, Stop, segment_of};
use super::error::{Bad, Place};
use super::ids::hash_of;
use super::moment::{TimeUnit, moment};
use findings::{Findings, Meaning};
use notibench_core::event::Segment;
use reader::ActivityReader;
use value::{each, id_of, is_type, no_activity, types, word_of};

/// The key of an actor's segment, an extension of notibench's own.
pub(super) const SEGMENT_KEY: &str = "notibench:segment";

/// Who acts, and in which segment.
#[derive(Clone, Copy)]
struct Actor {
    id: u64,
    segment: Segment,
}

impl<'o> ActivityReader<'o> {
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
}

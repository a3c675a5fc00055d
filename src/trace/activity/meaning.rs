//! What an activity means, by the table of docs/FORMAT.md. Imports `event`
//! and its parent.

use serde_json::Value;

use super::super::error::Bad;
use super::{ActivityReader, Meanings, plain, word_of};
use crate::event::Kind;

/// The types of activities that the vocabulary has: those that may be named
/// in a count of what was skipped.
pub(super) const VOCABULARY: [&str; 28] = [
    "Accept",
    "Add",
    "Announce",
    "Arrive",
    "Block",
    "Create",
    "Delete",
    "Dislike",
    "Flag",
    "Follow",
    "Ignore",
    "Invite",
    "Join",
    "Leave",
    "Like",
    "Listen",
    "Move",
    "Offer",
    "Question",
    "Read",
    "Reject",
    "Remove",
    "TentativeAccept",
    "TentativeReject",
    "Travel",
    "Undo",
    "Update",
    "View",
];
/// Types of what can act.
const ACTORS: [&str; 6] = [
    "Person",
    "Profile",
    "Group",
    "Organization",
    "Service",
    "Application",
];
/// Types of what holds things.
const COLLECTIONS: [&str; 2] = ["Collection", "OrderedCollection"];
/// Names of everybody, as an addressee.
const PUBLIC: [&str; 3] = [
    "https://www.w3.org/ns/activitystreams#Public",
    "as:Public",
    "Public",
];
/// Tags of one activity that are looked at.
const MAX_TAGS: usize = 100;

/// One event that an activity stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Meaning {
    pub(super) kind: Kind,
    pub(super) recipient: u64,
    pub(super) content: u64,
}

/// The value, or the first of several.
pub(super) fn first(value: &Value) -> Option<&Value> {
    match value {
        Value::Array(values) => values.first(),
        Value::Null => None,
        other => Some(other),
    }
}

/// The id of a thing: itself, its `id`, or its `href`.
pub(super) fn id_of(value: &Value) -> Option<&str> {
    let key = |key: &str| value.get(key).and_then(Value::as_str);
    let id = value.as_str().or_else(|| key("id")).or_else(|| key("href"));
    id.filter(|id| !id.trim().is_empty())
}

/// Its types; there may be several.
pub(super) fn types(value: &Value) -> impl Iterator<Item = &str> {
    let (one, several) = match value.get("type") {
        Some(Value::String(one)) => (Some(one.as_str()), &[][..]),
        Some(Value::Array(several)) => (None, several.as_slice()),
        _ => (None, &[][..]),
    };
    one.into_iter()
        .chain(several.iter().filter_map(Value::as_str))
}

/// Whether it has one of these types.
pub(super) fn is_type(value: &Value, names: &[&str]) -> bool {
    types(value).any(|name| names.contains(&name))
}

impl ActivityReader {
    /// What an activity other than an undo means.
    pub(super) fn meaning_of(&mut self, activity: &Value, actor: u64) -> Result<Meanings, Bad> {
        let Some(object) = activity.get("object").and_then(first) else {
            return Ok(Err(format!("{} without an object", word_of(activity))));
        };
        if is_type(activity, &["Like"]) {
            let kind = if is_type(object, &["Article"]) {
                Kind::ArticleLike
            } else {
                Kind::PostLike
            };
            self.about(kind, object)
        } else if is_type(activity, &["Announce"]) {
            self.about(Kind::ArticleShare, object)
        } else if is_type(activity, &["Follow"]) {
            let followed = self.member(Some(object))?;
            Ok(followed
                .map(|member| vec![plain(Kind::MemberFollow, member)])
                .ok_or_else(|| "Follow of nobody".to_owned()))
        } else if is_type(activity, &["View", "Read"]) {
            self.view(activity, object, actor)
        } else if is_type(activity, &["Create"]) {
            self.create(activity, object, actor)
        } else if is_type(activity, &["Add"]) {
            self.add(activity, object)
        } else {
            Ok(Err(word_of(activity).to_owned()))
        }
    }

    /// An event about a content, that concerns its author.
    fn about(&mut self, kind: Kind, object: &Value) -> Result<Meanings, Bad> {
        let Some(content) = self.content(object)? else {
            return Ok(Err("an object without id".to_owned()));
        };
        Ok(match self.author(object, content)? {
            Some(recipient) => Ok(vec![Meaning {
                kind,
                recipient,
                content,
            }]),
            None => Err("something whose author the trace does not say".to_owned()),
        })
    }

    fn view(&mut self, activity: &Value, object: &Value, actor: u64) -> Result<Meanings, Bad> {
        if is_type(object, &COLLECTIONS) {
            return Ok(if is_type(activity, &["Read"]) {
                Ok(vec![plain(Kind::MarkRead, actor)])
            } else {
                Err("View of a collection".to_owned())
            });
        }
        if is_type(object, &["Image"]) {
            let owner = self.member(object.get("attributedTo"))?;
            return Ok(owner
                .map(|member| vec![plain(Kind::PictureView, member)])
                .ok_or_else(|| "View of an Image of nobody".to_owned()));
        }
        if is_type(object, &ACTORS) {
            // a Profile describes somebody else than itself
            let described = self.member(object.get("describes"))?;
            let viewed = described.map_or_else(|| self.member(Some(object)), |m| Ok(Some(m)))?;
            return Ok(viewed
                .map(|member| vec![plain(Kind::ProfileView, member)])
                .ok_or_else(|| "View of nobody".to_owned()));
        }
        self.about(Kind::ContentView, object)
    }

    fn add(&mut self, activity: &Value, object: &Value) -> Result<Meanings, Bad> {
        if is_type(object, &["Image"]) {
            let owner = self.member(object.get("attributedTo"))?;
            return Ok(owner
                .map(|member| vec![plain(Kind::PictureSave, member)])
                .ok_or_else(|| "Add of an Image of nobody".to_owned()));
        }
        let nothing = || "Add of what is neither picture, tag nor skill".to_owned();
        let Some(target) = activity.get("target").and_then(first) else {
            return Ok(Err(nothing()));
        };
        if is_type(object, &ACTORS) && !is_type(target, &ACTORS) {
            let (tagged, content) = (self.member(Some(object))?, self.content(target)?);
            return Ok(tagged
                .zip(content)
                .map(|(recipient, content)| {
                    vec![Meaning {
                        kind: Kind::CommentTag,
                        recipient,
                        content,
                    }]
                })
                .ok_or_else(nothing));
        }
        if is_type(target, &ACTORS) {
            let endorsed = self.member(Some(target))?;
            return Ok(endorsed
                .map(|member| vec![plain(Kind::SkillEndorse, member)])
                .ok_or_else(nothing));
        }
        Ok(Err(nothing()))
    }

    /// Something written: an answer, and whoever is tagged or mentioned in it.
    fn create(&mut self, activity: &Value, object: &Value, actor: u64) -> Result<Meanings, Bad> {
        let own = self.content(object)?;
        if let Some(own) = own {
            self.authors.insert(own, actor);
        }
        let mut meanings = Vec::new();
        let replied = object.get("inReplyTo").and_then(first);
        let direct = self.direct(activity, object)?;
        let mut orphan = false;
        if let Some(replied) = replied {
            match direct {
                Some(recipient) => meanings.push(plain(Kind::MessageReply, recipient)),
                None => match self.about(Kind::PostComment, replied)? {
                    Ok(comment) => meanings.extend(comment),
                    Err(_) => orphan = true,
                },
            }
        }
        let commented = replied.map(|replied| self.content(replied)).transpose()?;
        let tags = match object.get("tag").or_else(|| activity.get("tag")) {
            Some(Value::Array(tags)) => tags.as_slice(),
            Some(tag @ Value::Object(_)) => std::slice::from_ref(tag),
            _ => &[],
        };
        for tag in tags.iter().take(MAX_TAGS) {
            let (kind, content) = if is_type(tag, &["Mention"]) {
                (Kind::PostMention, own)
            } else if is_type(tag, &ACTORS) {
                match commented.flatten() {
                    Some(commented) => (Kind::CommentTag, Some(commented)),
                    None => (Kind::PostTag, own),
                }
            } else {
                continue;
            };
            let (Some(recipient), Some(content)) = (self.member(Some(tag))?, content) else {
                continue;
            };
            // who is answered and mentioned is told once
            if meanings.iter().all(|known| known.recipient != recipient) {
                meanings.push(Meaning {
                    kind,
                    recipient,
                    content,
                });
            }
        }
        Ok(match (meanings.is_empty(), orphan) {
            (false, _) => Ok(meanings),
            (true, true) => Err("something whose author the trace does not say".to_owned()),
            (true, false) => Err("Create that concerns nobody else".to_owned()),
        })
    }

    /// The one member whom a message is addressed to, where it is to no other.
    fn direct(&mut self, activity: &Value, object: &Value) -> Result<Option<u64>, Bad> {
        let of = |key: &str| object.get(key).or_else(|| activity.get(key));
        let is_empty = |value: &Value| value.as_array().is_some_and(Vec::is_empty);
        if of("cc").is_some_and(|cc| !cc.is_null() && !is_empty(cc)) {
            return Ok(None);
        }
        let to = match of("to") {
            Some(Value::Array(several)) if several.len() > 1 => return Ok(None),
            Some(to) => first(to),
            None => None,
        };
        let Some(id) = to.and_then(id_of) else {
            return Ok(None);
        };
        if PUBLIC.contains(&id) || id.trim_end_matches('/').ends_with("/followers") {
            return Ok(None);
        }
        self.members.id(id.as_bytes()).map(Some)
    }
}

//! What was written, and whom it concerns: answers, messages, tags and
//! mentions, by the table of docs/FORMAT.md.

use serde_json::Value;

use super::super::error::Bad;
use super::findings::{Findings, Meaning, plain};
use super::reader::ActivityReader;
use super::value::{ACTORS, each, has_text, id_of, is_public, is_type};
use notibench_core::event::Kind;

/// Tags of one object that are looked at.
const MAX_TAGS: usize = 100;

impl ActivityReader<'_> {
    /// Something written: an answer, and whoever is tagged or mentioned in it.
    pub(super) fn create(
        &mut self,
        activity: &Value,
        object: &Value,
        actor: u64,
        found: &mut Findings,
    ) -> Result<(), Bad> {
        let own = self.content(object)?;
        if let Some(own) = own {
            self.authors.insert(own, actor);
        }
        let replied = each(object.get("inReplyTo"));
        let direct = self.direct(activity, object)?;
        if self.is_vote(object, replied, direct)? {
            found.reasons.push("a vote in a poll".to_owned());
            return Ok(());
        }
        let before = found.meanings.len() + found.reasons.len();
        let addressed = ["to", "cc"].iter().any(|key| object.get(key).is_some());
        let addressed = if addressed { object } else { activity };
        let mut commented = None;
        for replied in replied {
            commented = commented.or(self.content(replied)?);
            if direct.is_none() {
                let meant = self.about(Kind::PostComment, replied, addressed, actor)?;
                found.add(meant);
            }
        }
        if let Some(direct) = direct.filter(|_| !replied.is_empty()) {
            found.add(plain(Kind::MessageReply, Some(direct), ""));
        }
        self.tags(activity, object, [own, commented], found)?;
        if found.meanings.len() + found.reasons.len() == before {
            let reason = "Create that concerns nobody else";
            found.reasons.push(reason.to_owned());
        }
        Ok(())
    }

    /// Tags and mentions; `contents` are the object and what it answers.
    fn tags(
        &mut self,
        activity: &Value,
        object: &Value,
        contents: [Option<u64>; 2],
        found: &mut Findings,
    ) -> Result<(), Bad> {
        let [own, commented] = contents;
        let tags = each(object.get("tag").or_else(|| activity.get("tag")));
        for tag in tags.iter().take(MAX_TAGS) {
            let (kind, content) = if is_type(tag, &["Mention"]) {
                (Kind::PostMention, own)
            } else if is_type(tag, &ACTORS) {
                match commented {
                    Some(commented) => (Kind::CommentTag, Some(commented)),
                    None => (Kind::PostTag, own),
                }
            } else {
                continue;
            };
            let (Some(recipient), Some(content)) = (self.member(Some(tag))?, content) else {
                let reason = "a tag or mention in an object without id, or of nobody";
                found.reasons.push(reason.to_owned());
                continue;
            };
            // who is answered and mentioned is told once
            if found.meanings.iter().all(|of| of.recipient != recipient) {
                found.add(Ok(Meaning {
                    kind,
                    recipient,
                    content,
                }));
            }
        }
        for _ in tags.iter().skip(MAX_TAGS) {
            let reason = format!("a tag beyond the first {MAX_TAGS} of its object");
            found.reasons.push(reason);
        }
        Ok(())
    }

    /// Whether an object answers a poll: it names an option and says nothing
    /// else, to the poll's author alone or in answer to a known poll.
    fn is_vote(
        &mut self,
        object: &Value,
        replied: &[Value],
        direct: Option<u64>,
    ) -> Result<bool, Bad> {
        let mut is_of_poll = direct.is_some() && !replied.is_empty();
        for replied in replied {
            let poll = self.content(replied)?;
            is_of_poll |= poll.is_some_and(|poll| self.polls.contains(&poll));
        }
        Ok(is_of_poll && has_text(object, "name") && !has_text(object, "content"))
    }

    /// The one member whom a message is addressed to, where it is to no other.
    fn direct(&mut self, activity: &Value, object: &Value) -> Result<Option<u64>, Bad> {
        let of = |key: &str| each(object.get(key).or_else(|| activity.get(key)));
        match (of("to"), of("cc")) {
            ([to], []) => match id_of(to).filter(|id| !is_public(id)) {
                Some(id) => self.members.id(id.as_bytes()).map(Some),
                None => Ok(None),
            },
            _ => Ok(None),
        }
    }
}

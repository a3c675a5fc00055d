//! What the reader of activities has to know again: ids, authors, and what can
//! be taken back.

use std::collections::{HashMap, HashSet};

use serde_json::Value;

use super::super::error::Bad;
use super::super::ids::{CONTENT_PREFIX, IdTable, MEMBER_PREFIX};
use super::author::AuthorRule;
use super::findings::Meaning;
use super::options::ActivityOptions;
use super::value::{each, id_of, is_public, is_type};

/// What the reader has to know again: who wrote what, and what can be taken
/// back. It grows by some 40 bytes for each content and some 100 for each
/// action that can be taken back.
#[derive(Debug)]
pub(super) struct ActivityReader<'o> {
    pub(super) options: &'o ActivityOptions,
    pub(super) members: IdTable,
    pub(super) contents: IdTable,
    pub(super) authors: HashMap<u64, u64>,
    /// Contents that are polls: an answer may be a vote.
    pub(super) polls: HashSet<u64>,
    /// By actor and the hash of an activity's id, or of its object's.
    pub(super) undoable: HashMap<(u64, u64), Box<[Meaning]>>,
    pub(super) entries: i64,
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

    pub(super) fn member(&mut self, value: Option<&Value>) -> Result<Option<u64>, Bad> {
        let id = each(value).first().and_then(id_of);
        id.map(|id| self.members.id(id.as_bytes())).transpose()
    }

    pub(super) fn content(&mut self, object: &Value) -> Result<Option<u64>, Bad> {
        let id = id_of(object);
        let content = id.map(|id| self.contents.id(id.as_bytes())).transpose()?;
        if is_type(object, &["Question"]) {
            self.polls.extend(content);
        }
        Ok(content)
    }

    /// The author of a content: as it says itself, as was said before, or by
    /// the rules that were given.
    pub(super) fn author(
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
    pub(super) fn addressee(&mut self, activity: &Value, actor: u64) -> Result<Option<u64>, Bad> {
        let mut found = None;
        for addressee in each(activity.get("to"))
            .iter()
            .chain(each(activity.get("cc")))
        {
            let Some(id) = id_of(addressee).filter(|id| !is_public(id)) else {
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

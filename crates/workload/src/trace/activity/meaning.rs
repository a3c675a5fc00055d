//! What an activity means, by the table of docs/FORMAT.md.

use serde_json::Value;

use super::super::error::Bad;
use super::super::ids::hash_of;
use super::findings::{Findings, Meaning, Meant, plain};
use super::reader::ActivityReader;
use super::value::{ACTORS, COLLECTIONS, each, id_of, is_type, word_of};
use notibench_core::event::Kind;

/// Why what is about a content of unknown author is no event.
const NO_AUTHOR: &str = "something whose author the trace does not say (--author)";

impl ActivityReader<'_> {
    /// What an activity other than an undo means: of several objects each.
    pub(super) fn meaning_of(&mut self, activity: &Value, actor: u64) -> Result<Findings, Bad> {
        let mut found = Findings::default();
        let objects = each(activity.get("object"));
        if is_type(activity, &["Question"]) {
            if let Some(own) = self.content(activity)? {
                self.authors.insert(own, actor);
            }
            found.reasons.push("Question".to_owned());
        } else if objects.is_empty() {
            let word = word_of(activity);
            found.reasons.push(format!("{word} without an object"));
        } else {
            for object in objects {
                self.of_object(activity, object, actor, &mut found)?;
                let id = id_of(object).map(|id| hash_of(id.as_bytes()).0);
                found.objects.resize(found.meanings.len(), id);
            }
        }
        Ok(found)
    }

    fn of_object(
        &mut self,
        activity: &Value,
        object: &Value,
        actor: u64,
        found: &mut Findings,
    ) -> Result<(), Bad> {
        let meant = if is_type(activity, &["Like"]) {
            let kind = if is_type(object, &["Article"]) {
                Kind::ArticleLike
            } else {
                Kind::PostLike
            };
            self.about(kind, object, activity, actor)?
        } else if is_type(activity, &["Announce"]) {
            self.about(Kind::ArticleShare, object, activity, actor)?
        } else if is_type(activity, &["Follow"]) {
            let followed = self.member(Some(object))?;
            plain(Kind::MemberFollow, followed, "Follow of nobody")
        } else if is_type(activity, &["View", "Read"]) {
            self.view(activity, object, actor)?
        } else if is_type(activity, &["Create"]) {
            return self.create(activity, object, actor, found);
        } else if is_type(activity, &["Add"]) {
            return self.add(activity, object, found);
        } else {
            Err(word_of(activity).to_owned())
        };
        found.add(meant);
        Ok(())
    }

    /// An event about a content, that concerns its author.
    pub(super) fn about(
        &mut self,
        kind: Kind,
        object: &Value,
        activity: &Value,
        actor: u64,
    ) -> Result<Meant, Bad> {
        let Some(content) = self.content(object)? else {
            return Ok(Err(format!(
                "{} of an object without id",
                word_of(activity)
            )));
        };
        let author = self.author(object, content, activity, actor)?;
        let meaning = author.map(|recipient| Meaning {
            kind,
            recipient,
            content,
        });
        Ok(meaning.ok_or_else(|| NO_AUTHOR.to_owned()))
    }

    fn view(&mut self, activity: &Value, object: &Value, actor: u64) -> Result<Meant, Bad> {
        if is_type(object, &COLLECTIONS) {
            return Ok(if is_type(activity, &["Read"]) {
                plain(Kind::MarkRead, Some(actor), "")
            } else {
                Err("View of a collection".to_owned())
            });
        }
        if is_type(object, &["Image"]) {
            let owner = self.member(object.get("attributedTo"))?;
            return Ok(plain(
                Kind::PictureView,
                owner,
                "View of an Image of nobody",
            ));
        }
        if is_type(object, &ACTORS) {
            // a Profile describes somebody else than itself
            let described = self.member(object.get("describes"))?;
            let viewed = described.map_or_else(|| self.member(Some(object)), |m| Ok(Some(m)))?;
            return Ok(plain(Kind::ProfileView, viewed, "View of nobody"));
        }
        self.about(Kind::ContentView, object, activity, actor)
    }

    fn add(&mut self, activity: &Value, object: &Value, found: &mut Findings) -> Result<(), Bad> {
        const NOTHING: &str = "Add of what is neither picture, tag nor skill";
        if is_type(object, &["Image"]) {
            let owner = self.member(object.get("attributedTo"))?;
            found.add(plain(Kind::PictureSave, owner, "Add of an Image of nobody"));
            return Ok(());
        }
        let targets = each(activity.get("target"));
        if targets.is_empty() {
            found.add(Err(NOTHING.to_owned()));
        }
        for target in targets {
            let meant = if is_type(target, &ACTORS) && !is_type(object, &ACTORS) {
                plain(Kind::SkillEndorse, self.member(Some(target))?, NOTHING)
            } else if is_type(object, &ACTORS) && !is_type(target, &ACTORS) {
                let (tagged, content) = (self.member(Some(object))?, self.content(target)?);
                let meaning = tagged.zip(content).map(|(recipient, content)| Meaning {
                    kind: Kind::CommentTag,
                    recipient,
                    content,
                });
                meaning.ok_or_else(|| NOTHING.to_owned())
            } else {
                Err(NOTHING.to_owned())
            };
            found.add(meant);
        }
        Ok(())
    }
}

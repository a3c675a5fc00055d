//! An event as an activity of ActivityStreams 2.0, in a line.

use std::io::Write as _;

use super::super::ids::{CONTENT_PREFIX, MEMBER_PREFIX};
use super::SEGMENT_KEY;
use notibench_core::event::{Event, Kind};

/// Appends the line of an event; false, and nothing, where the vocabulary has
/// no word for it: `picture_download`, an id of 0 for a content that has one,
/// and times beyond the year 9999.
pub fn push_activity(event: &Event, out: &mut Vec<u8>) -> bool {
    let published = i64::try_from(event.at_us).ok();
    let published = published.and_then(|us| jiff::Timestamp::from_microsecond(us).ok());
    let (Some(published), Some((name, rest))) = (published, meaning(event)) else {
        return false;
    };
    let actor = event.actor;
    let segment = event.segment().name();
    let context = "\"@context\":[\"https://www.w3.org/ns/activitystreams\",\
                   {\"notibench\":\"urn:notibench:\"}]";
    let actor = format!(
        "\"actor\":{{\"type\":\"Person\",\"id\":\"{MEMBER_PREFIX}{actor}\",\
         \"{SEGMENT_KEY}\":\"{segment}\"}}"
    );
    let what = format!("\"type\":\"{name}\"");
    // an undo holds what it takes back, whole: it needs no id
    let (what, rest) = if event.undo() {
        let undo = "\"type\":\"Undo\"".to_owned();
        (undo, format!("\"object\":{{{what},{rest}}}"))
    } else {
        (what, rest)
    };
    // a Vec takes whatever is written to it
    let _ = writeln!(
        out,
        "{{{context},{what},{actor},\"published\":\"{published:.6}\",{rest}}}"
    );
    true
}

/// The type of an event's activity, and what stands in it beside the actor.
fn meaning(event: &Event) -> Option<(&'static str, String)> {
    let kind = event.kind();
    if kind.has_content() && event.content == 0 {
        return None;
    }
    let member = format!("{MEMBER_PREFIX}{}", event.recipient);
    let content = format!("{CONTENT_PREFIX}{}", event.content);
    let person = format!("{{\"type\":\"Person\",\"id\":\"{member}\"}}");
    let image = format!("{{\"type\":\"Image\",\"attributedTo\":\"{member}\"}}");
    let post = |of: &str| {
        format!("{{\"type\":\"{of}\",\"id\":\"{content}\",\"attributedTo\":\"{member}\"}}")
    };
    let object = |value: &str| format!("\"object\":{value}");
    Some(match kind {
        Kind::ProfileView => ("View", object(&person)),
        Kind::PictureView => ("View", object(&image)),
        Kind::ContentView => ("View", object(&post("Note"))),
        Kind::PictureDownload => return None,
        Kind::PictureSave => ("Add", object(&image)),
        Kind::PostLike => ("Like", object(&post("Note"))),
        Kind::ArticleLike => ("Like", object(&post("Article"))),
        Kind::ArticleShare => ("Announce", object(&post("Article"))),
        Kind::PostComment => {
            let note = format!("{{\"type\":\"Note\",\"inReplyTo\":{}}}", post("Note"));
            ("Create", object(&note))
        }
        Kind::PostTag => {
            let note = format!("{{\"type\":\"Note\",\"id\":\"{content}\",\"tag\":[{person}]}}");
            ("Create", object(&note))
        }
        Kind::PostMention => {
            let tag = format!("{{\"type\":\"Mention\",\"href\":\"{member}\"}}");
            let note = format!("{{\"type\":\"Note\",\"id\":\"{content}\",\"tag\":[{tag}]}}");
            ("Create", object(&note))
        }
        Kind::CommentTag => {
            let target = format!("\"target\":{{\"type\":\"Note\",\"id\":\"{content}\"}}");
            ("Add", format!("{},{target}", object(&person)))
        }
        Kind::SkillEndorse => {
            let skill = object("{\"type\":\"Object\",\"name\":\"a skill\"}");
            ("Add", format!("{skill},\"target\":{person}"))
        }
        Kind::MemberFollow => ("Follow", object(&person)),
        Kind::MessageReply => {
            let note = format!(
                "{{\"type\":\"Note\",\"inReplyTo\":\"urn:notibench:message\",\"to\":\"{member}\"}}"
            );
            ("Create", object(&note))
        }
        Kind::MarkRead => (
            "Read",
            object("{\"type\":\"OrderedCollection\",\"name\":\"inbox\"}"),
        ),
    })
}

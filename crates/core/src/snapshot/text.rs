//! A snapshot as NDJSON, the form that docs/FORMAT.md specifies.

use std::io::{self, Write};

use super::lines::{ContentLine, InboxLine, MemberLine};
use super::whole::Snapshot;
use crate::event::{Kind, Segment};

/// Bytes buffered before they are written.
const CHUNK: usize = 1 << 16;

/// Writes a header line (numbers of lines, digest), then a line a member,
/// then a line a content, each kind sorted by id. The text holds no viewer,
/// and belongs to the operator: it names who engaged with whom.
///
/// # Errors
/// Those of `out`. What was written so far is then no snapshot.
pub fn write_ndjson(snapshot: &Snapshot, out: &mut dyn Write) -> io::Result<()> {
    let total = snapshot.digest();
    let mut text = String::with_capacity(CHUNK + (1 << 12));
    text.push_str("{\"members\":");
    push(&mut text, total.members);
    text.push_str(",\"contents\":");
    push(&mut text, total.contents);
    text.push_str(",\"digest\":\"");
    text.push_str(&total.digest.to_string());
    text.push_str("\"}\n");
    for line in &snapshot.members {
        push_member(&mut text, line);
        hand_on(&mut text, out, CHUNK)?;
    }
    for line in &snapshot.contents {
        push_content(&mut text, line);
        hand_on(&mut text, out, CHUNK)?;
    }
    hand_on(&mut text, out, 0)?;
    out.flush()
}

fn hand_on(text: &mut String, out: &mut dyn Write, at_least: usize) -> io::Result<()> {
    if text.len() >= at_least {
        out.write_all(text.as_bytes())?;
        text.clear();
    }
    Ok(())
}

fn push(text: &mut String, number: impl itoa::Integer) {
    text.push_str(itoa::Buffer::new().format(number));
}

fn push_member(text: &mut String, line: &MemberLine) {
    text.push_str("{\"member\":");
    push(text, line.member);
    text.push_str(",\"delivered\":");
    push_counts(
        text,
        |slot| Kind::from_notify_slot(slot).name(),
        &line.delivered,
    );
    text.push_str(",\"inbox\":[");
    for (at, entry) in line.inbox.iter().enumerate() {
        text.push_str(if at == 0 { "" } else { "," });
        push_entry(text, entry);
    }
    text.push_str("],\"read_mark\":");
    match line.read_mark {
        Some(mark) => push(text, mark),
        None => text.push_str("null"),
    }
    text.push_str(",\"badge\":");
    push(text, line.badge());
    text.push_str(",\"profile_views\":");
    push_counts(text, |slot| Segment::ALL[slot].name(), &line.profile_views);
    text.push_str(",\"picture_views\":");
    push_counts(text, |slot| Segment::ALL[slot].name(), &line.picture_views);
    text.push_str("}\n");
}

fn push_entry(text: &mut String, entry: &InboxLine) {
    text.push_str("{\"index\":");
    push(text, entry.index);
    text.push_str(",\"kind\":\"");
    text.push_str(entry.kind.name());
    text.push_str("\",\"actor\":");
    push(text, entry.actor);
    text.push_str(",\"content\":");
    push(text, entry.content);
    text.push_str(",\"undone\":");
    text.push_str(if entry.undone { "true}" } else { "false}" });
}

fn push_content(text: &mut String, line: &ContentLine) {
    text.push_str("{\"content\":");
    push(text, line.content);
    text.push_str(",\"views\":");
    push_counts(text, |slot| Segment::ALL[slot].name(), &line.views);
    text.push_str(",\"reactions\":");
    push_counts(
        text,
        |slot| Kind::from_notify_slot(slot).name(),
        &line.reactions,
    );
    text.push_str("}\n");
}

/// An object of the counts that are not zero.
fn push_counts<N: itoa::Integer + Copy + PartialEq + Default>(
    text: &mut String,
    name: impl Fn(usize) -> &'static str,
    counts: &[N],
) {
    let mut before = "{\"";
    for (slot, &count) in counts
        .iter()
        .enumerate()
        .filter(|(_, count)| **count != N::default())
    {
        text.push_str(before);
        text.push_str(name(slot));
        text.push_str("\":");
        push(text, count);
        before = ",\"";
    }
    text.push_str(if before == "{\"" { "{}" } else { "}" });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_text_is_what_the_format_says() {
        let mut member = MemberLine {
            member: u64::MAX,
            delivered: [0; 10],
            inbox: vec![
                InboxLine {
                    index: 9,
                    kind: Kind::PostLike,
                    actor: 2,
                    content: 3,
                    undone: true,
                },
                InboxLine {
                    index: 8,
                    kind: Kind::MemberFollow,
                    actor: 4,
                    content: 0,
                    undone: false,
                },
            ],
            read_mark: None,
            profile_views: [0; 8],
            picture_views: [0; 8],
        };
        member.delivered[0] = -1;
        member.delivered[8] = 1;
        member.profile_views[0] = 5;
        let marked = MemberLine {
            member: 1,
            delivered: [0; 10],
            inbox: Vec::new(),
            read_mark: Some(7),
            profile_views: [0; 8],
            picture_views: [0; 8],
        };
        let content = ContentLine {
            content: 3,
            views: [0; 8],
            reactions: [-1, 0, 0, 0, 0, 0, 2],
        };
        let snapshot = Snapshot::from_lines(vec![member, marked], vec![content]);
        let mut text = Vec::new();
        write_ndjson(&snapshot, &mut text).unwrap();
        let expected = format!(
            concat!(
                r#"{{"members":2,"contents":1,"digest":"{}"}}"#,
                "\n",
                r#"{{"member":1,"delivered":{{}},"inbox":[],"read_mark":7,"badge":0,"#,
                r#""profile_views":{{}},"picture_views":{{}}}}"#,
                "\n",
                r#"{{"member":18446744073709551615,"delivered":{{"post_like":-1,"member_follow":1}},"#,
                r#""inbox":[{{"index":9,"kind":"post_like","actor":2,"content":3,"undone":true}},"#,
                r#"{{"index":8,"kind":"member_follow","actor":4,"content":0,"undone":false}}],"#,
                r#""read_mark":null,"badge":1,"profile_views":{{"recruiter":5}},"picture_views":{{}}}}"#,
                "\n",
                r#"{{"content":3,"views":{{}},"reactions":{{"post_like":-1,"post_mention":2}}}}"#,
                "\n",
            ),
            snapshot.digest().digest
        );
        assert_eq!(String::from_utf8(text).unwrap(), expected);
    }

    #[test]
    fn many_lines_are_handed_on_whole() {
        let content = |content| ContentLine {
            content,
            views: [1; 8],
            reactions: [0; 7],
        };
        let snapshot = Snapshot::from_lines(Vec::new(), (0..5000).map(content).collect());
        let mut text = Vec::new();
        write_ndjson(&snapshot, &mut text).unwrap();
        let text = String::from_utf8(text).unwrap();
        assert_eq!(text.lines().count(), 5001);
        assert!(
            text.lines()
                .all(|line| serde_json::from_str::<serde_json::Value>(line).is_ok())
        );
    }

    #[test]
    fn a_writer_that_fails_is_an_error() {
        let mut room = [0_u8; 10];
        assert!(write_ndjson(&Snapshot::default(), &mut &mut room[..]).is_err());
    }
}

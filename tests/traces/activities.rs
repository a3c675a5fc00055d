//! ActivityStreams as others write it, by the table of docs/FORMAT.md.

use notibench_core::event::Kind;
use notibench_workload::trace::{Trace, TraceFormat};

use super::read;

/// Activities, one a line.
pub(super) fn lines(text: &str) -> Trace {
    read(TraceFormat::ActivityLines, text.as_bytes()).unwrap()
}

/// What was left out, by reason.
pub(super) fn skipped(trace: &Trace) -> Vec<(&str, u64)> {
    let skipped = trace.counts.skipped.iter();
    skipped.map(|(reason, n)| (reason.as_str(), *n)).collect()
}

/// One activity with these members beside its actor and its time.
pub(super) fn activity(rest: &str) -> String {
    format!(
        "{{\"@context\":\"https://www.w3.org/ns/activitystreams\",\
         \"actor\":\"https://a.example/ann\",\"published\":\"2026-11-25T08:00:00Z\",{rest}}}\n"
    )
}

fn kinds(text: &str) -> Vec<(Kind, bool)> {
    let trace = lines(text);
    trace.events.iter().map(|e| (e.kind(), e.undo())).collect()
}

const NOTE: &str =
    r#"{"type":"Note","id":"https://b.example/1","attributedTo":"https://b.example/bob"}"#;

#[test]
fn each_row_of_the_table_means_what_it_says() {
    let reply = format!(r#""object":{{"type":"Note","id":"n","inReplyTo":{NOTE}}}"#);
    for (rest, kind) in [
        (format!(r#""type":"Like","object":{NOTE}"#), Kind::PostLike),
        (
            r#""type":"Like","object":{"type":"Article","id":"x","attributedTo":"b"}"#.to_owned(),
            Kind::ArticleLike,
        ),
        (format!(r#""type":"Announce","object":{NOTE}"#), Kind::ArticleShare),
        (r#""type":"Follow","object":"https://b.example/bob""#.to_owned(), Kind::MemberFollow),
        (format!(r#""type":"Create",{reply}"#), Kind::PostComment),
        (
            format!(r#""type":"Create","to":["https://b.example/bob"],{reply}"#),
            Kind::MessageReply,
        ),
        (
            format!(r#""type":"Create","to":["as:Public"],{reply}"#),
            Kind::PostComment,
        ),
        (format!(r#""type":"View","object":{NOTE}"#), Kind::ContentView),
        (r#""type":"View","object":{"type":"Person","id":"b"}"#.to_owned(), Kind::ProfileView),
        (
            r#""type":"View","object":{"type":"Profile","id":"p","describes":"b"}"#.to_owned(),
            Kind::ProfileView,
        ),
        (
            r#""type":"View","object":{"type":"Image","attributedTo":"b"}"#.to_owned(),
            Kind::PictureView,
        ),
        (
            r#""type":"Add","object":{"type":"Image","attributedTo":"b"},"target":"c""#.to_owned(),
            Kind::PictureSave,
        ),
        (
            r#""type":"Add","object":{"name":"Rust"},"target":{"type":"Person","id":"b"}"#
                .to_owned(),
            Kind::SkillEndorse,
        ),
        (
            r#""type":"Create","object":{"type":"Note","id":"n","tag":[{"type":"Mention","href":"b"}]}"#
                .to_owned(),
            Kind::PostMention,
        ),
        (
            r#""type":"Create","object":{"type":"Note","id":"n","tag":{"type":"Person","id":"b"}}"#
                .to_owned(),
            Kind::PostTag,
        ),
        (
            r#""type":"Read","object":{"type":"OrderedCollection","id":"inbox"}"#.to_owned(),
            Kind::MarkRead,
        ),
    ] {
        assert_eq!(kinds(&activity(&rest)), [(kind, false)], "{rest}");
    }
}

#[test]
fn an_answer_with_a_mention_of_whom_it_answers_is_told_once() {
    let rest = format!(
        r#""type":"Create","object":{{"type":"Note","id":"n","inReplyTo":{NOTE},"tag":[
        {{"type":"Mention","href":"https://b.example/bob"}},
        {{"type":"Mention","href":"https://c.example/cid"}},
        {{"type":"Hashtag","name":"x"}}]}}"#
    )
    .replace('\n', "");
    assert_eq!(
        kinds(&activity(&rest)),
        [(Kind::PostComment, false), (Kind::PostMention, false)]
    );
}

#[test]
fn who_wrote_something_is_known_from_its_creation() {
    let text = [
        activity(r#""type":"Create","object":{"type":"Note","id":"n1"}"#),
        r#"{"type":"Like","actor":"b","object":"n1","published":"2026-11-25T08:00:01Z"}"#
            .to_owned(),
        r#"{"type":"Like","actor":"b","object":"n2","published":"2026-11-25T08:00:01Z"}"#
            .to_owned(),
    ];
    let trace = lines(&text.join("\n"));
    assert_eq!(trace.events.len(), 1);
    assert_eq!(trace.events[0].kind(), Kind::PostLike);
    let skipped: Vec<_> = trace.counts.skipped.into_iter().collect();
    assert_eq!(
        skipped,
        [
            ("Create that concerns nobody else".to_owned(), 1),
            (
                "something whose author the trace does not say (--author)".to_owned(),
                1
            ),
        ]
    );
}

#[test]
fn an_undo_finds_its_target_by_id_by_object_or_in_itself() {
    let like = activity(&format!(r#""type":"Like","id":"like1","object":{NOTE}"#));
    for undone in [
        r#""like1""#,
        r#"{"type":"Like","id":"like1"}"#,
        r#""https://b.example/1""#,
        &format!(r#"{{"type":"Like","object":{NOTE}}}"#),
    ] {
        let undo = activity(&format!(r#""type":"Undo","object":{undone}"#));
        let trace = lines(&format!("{like}{undo}"));
        let [first, second] = trace.events.as_slice() else {
            panic!("{undone}: {:?}", trace.counts);
        };
        assert_eq!((first.undo(), second.undo()), (false, true), "{undone}");
        assert_eq!(
            (first.kind(), first.actor, first.recipient, first.content),
            (
                second.kind(),
                second.actor,
                second.recipient,
                second.content
            )
        );
    }
    // another's like, one that is not in the trace, what can't be undone
    for (undone, reason) in [
        (r#""like2""#.to_owned(), "Undo of what is not in the trace"),
        (
            format!(r#"{{"type":"View","object":{NOTE}}}"#),
            "Undo of View",
        ),
        (
            r#"{"type":"Delete","object":"n"}"#.to_owned(),
            "Undo of Delete",
        ),
    ] {
        let undo = activity(&format!(r#""type":"Undo","object":{undone}"#));
        let trace = lines(&format!("{like}{undo}"));
        assert_eq!(trace.events.len(), 1, "{undone}");
        assert_eq!(
            trace.counts.skipped.get(reason),
            Some(&1),
            "{:?}",
            trace.counts
        );
    }
    let anothers =
        r#"{"type":"Undo","actor":"eve","object":"like1","published":"2026-11-25T08:00:01Z"}"#;
    assert_eq!(lines(&format!("{like}{anothers}")).events.len(), 1);
}

#[test]
fn what_has_no_meaning_here_is_counted_by_its_type() {
    let text = [
        activity(r#""type":"Delete","object":"n""#),
        activity(r#""type":"Delete","object":"n""#),
        activity(r#""type":"ann@a.example","object":"n""#),
    ];
    let trace = lines(&text.concat());
    assert!(trace.events.is_empty());
    assert_eq!(trace.counts.skipped.get("Delete"), Some(&2));
    // a type that is no word of the vocabulary is not repeated
    assert_eq!(trace.counts.skipped.get("an unknown type"), Some(&1));
}

#[test]
fn a_document_may_be_a_collection_a_list_or_one_activity() {
    let like = activity(&format!(r#""type":"Like","object":{NOTE}"#));
    for document in [
        like.clone(),
        format!("[{like},{like}]"),
        format!(r#"{{"type":"Collection","items":[{like},{like}],"last":{{"items":3}}}}"#),
        format!(r#"{{"type":"Collection","first":{{"type":"CollectionPage","items":{like}}}}}"#),
        format!(r#"{{"items":{like}}}"#),
    ] {
        let trace = read(TraceFormat::ActivityDocument, document.as_bytes()).unwrap();
        assert!((1..=2).contains(&trace.events.len()), "{document}");
    }
    let broken = format!("[{like},\n\n{{");
    let error = read(TraceFormat::ActivityDocument, broken.as_bytes()).unwrap_err();
    assert!(error.to_string().contains("a trace, line 4"), "{error}");
    let bad_time = "[{\"type\":\"Follow\",\"actor\":\"a\",\"object\":\"b\",\"published\":7}]";
    let error = read(TraceFormat::ActivityDocument, bad_time.as_bytes()).unwrap_err();
    assert!(
        error.to_string().contains("item 1: column `published`"),
        "{error}"
    );
}

#[test]
fn tags_that_are_too_many_are_counted() {
    let mention = |n: usize| format!(r#"{{"type":"Mention","href":"m{n}"}}"#);
    let tags: Vec<String> = (0..103).map(mention).collect();
    let object = format!(r#"{{"type":"Note","id":"n","tag":[{}]}}"#, tags.join(","));
    let trace = lines(&activity(&format!(r#""type":"Create","object":{object}"#)));
    assert_eq!(trace.events.len(), 100);
    assert_eq!(
        skipped(&trace),
        [("a tag beyond the first 100 of its object", 3)]
    );
}

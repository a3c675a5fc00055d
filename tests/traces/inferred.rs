//! Activities that do not say everything: what is inferred of them by rule,
//! and the reasons for what is left out.

use notibench_core::event::{Event, Kind};
use notibench_workload::trace::{
    self, ActivityOptions, AuthorRule, Trace, TraceError, TraceFormat, TraceOptions,
};

use super::activities::{activity, lines, skipped};

/// Reads a document with rules for what it does not say.
fn inferred(document: &str, by_order: bool, authors: &[&str]) -> Result<Trace, TraceError> {
    let authors = authors.iter().map(|rule| AuthorRule::new(rule).unwrap());
    let options = TraceOptions {
        activities: ActivityOptions {
            by_order,
            authors: authors.collect(),
        },
        ..TraceOptions::default()
    };
    let bytes = document.as_bytes();
    trace::read("a trace", TraceFormat::ActivityDocument, bytes, &options)
}

const OF_USERS: &str = "https://*/users/{}/statuses/*";

/// As servers of the fediverse write them: objects by URI, no times, several
/// objects at once.
const BY_URI: &str = r#"{"type":"OrderedCollection","orderedItems":[
    {"type":"Like","id":"https://a.example/act/1","actor":"https://a.example/users/ann",
     "object":"https://b.example/users/bo/statuses/7"},
    {"type":"Announce","actor":"https://a.example/users/ann",
     "object":"https://b.example/users/bo/statuses/8","to":["as:Public"],
     "cc":["https://b.example/users/bo","https://a.example/users/ann/followers"]},
    {"type":"Like","id":"https://c.example/act/3","actor":{"id":"https://c.example/users/cy"},
     "object":["https://b.example/users/bo/statuses/7","https://b.example/users/di/statuses/9"]},
    {"type":"Undo","actor":"https://a.example/users/ann","object":"https://a.example/act/1"},
    {"type":"Undo","actor":"https://c.example/users/cy","object":"https://c.example/act/3"},
    {"type":"Follow","actor":["https://c.example/users/cy","https://a.example/users/ann"],
     "object":"https://b.example/users/bo"}]}"#;

#[test]
fn authors_from_uris_and_times_by_order_make_events_of_references() {
    let trace = inferred(BY_URI, true, &[OF_USERS]).unwrap();
    let found: Vec<(Kind, bool, u64)> = trace
        .events
        .iter()
        .map(|event| (event.kind(), event.undo(), event.at_us / 1_000))
        .collect();
    let (like, follow) = (Kind::PostLike, Kind::MemberFollow);
    assert_eq!(
        found,
        [
            (like, false, 1),
            (Kind::ArticleShare, false, 2),
            (like, false, 3),
            (like, false, 3),
            (like, true, 4),
            (like, true, 5),
            (like, true, 5),
            (follow, false, 6),
            (follow, false, 6),
        ]
    );
    assert!(trace.counts.skipped.is_empty(), "{:?}", trace.counts);
    // the author of what is liked is the member who is followed
    let [bo, follower] = [trace.events[7].recipient, trace.events[8].actor];
    assert_eq!(trace.events[0].recipient, bo);
    assert_eq!(trace.events[1].recipient, bo);
    assert_ne!(trace.events[3].recipient, bo);
    assert_eq!(trace.events[0].actor, follower);
}

#[test]
fn without_rules_each_entry_says_why_it_is_left_out() {
    let nothing = inferred(BY_URI, false, &[]).unwrap();
    assert_eq!(nothing.events, []);
    assert_eq!(
        skipped(&nothing),
        [
            ("Follow without published (--at order)", 2),
            ("Undo of what is not in the trace", 2),
            (
                "something whose author the trace does not say (--author)",
                4
            ),
        ]
    );
    let no_time = inferred(BY_URI, false, &[OF_USERS]).unwrap();
    assert_eq!(
        skipped(&no_time)[1],
        ("Follow without published (--at order)", 2)
    );
    assert_eq!(
        skipped(&no_time)[2],
        ("Like without published (--at order)", 2)
    );
}

#[test]
fn an_addressee_is_the_author_where_there_is_one() {
    let announce = |to: &str, cc: &str| {
        format!(
            r#"{{"type":"Announce","actor":"ann","object":"n","published":
            "2026-11-25T08:00:00Z","to":{to},"cc":{cc}}}"#
        )
    };
    for (to, cc, events) in [
        (
            r#""as:Public""#,
            r#"["bo","https://a.example/ann/followers"]"#,
            1,
        ),
        (r#"["bo","ann"]"#, r#""bo""#, 1),
        (r#"["bo"]"#, r#"["di"]"#, 0),
        (r#"["as:Public"]"#, "[]", 0),
        ("null", "null", 0),
    ] {
        let text = announce(to, cc);
        let trace = inferred(&text, false, &["addressee"]).unwrap();
        assert_eq!(trace.events.len(), events, "{to} {cc}");
        assert!(inferred(&text, false, &[]).unwrap().events.is_empty());
        // the first rule that gives an author is taken
        let both = inferred(&text, false, &["addressee", "{}"]).unwrap();
        assert_eq!(both.events.len(), 1, "{to} {cc}");
        assert_eq!(both.events[0].recipient == trace_id("n"), events == 0);
    }
}

/// The id that a member's text comes to.
fn trace_id(member: &str) -> u64 {
    let follow = format!(
        r#"{{"type":"Follow","actor":"x","object":"{member}","published":"2026-11-25T08:00:00Z"}}"#
    );
    lines(&follow).events[0].recipient
}

#[test]
fn a_vote_in_a_poll_is_no_message() {
    let question = r#"{"type":"Question","id":"q","attributedTo":"bo","oneOf":[{"name":"Yes"}]}"#;
    let poll = activity(&format!(r#""type":"Create","object":{question}"#));
    let create = |object: &str| activity(&format!(r#""type":"Create","object":{{{object}}}"#));
    let vote = r#""type":"Note","inReplyTo":"q","name":"Yes""#;
    let text = [
        // to the author alone, as servers send it
        create(&format!(r#"{vote},"to":"bo""#)),
        poll,
        // in public, to a poll that is known
        create(&format!(r#"{vote},"to":"as:Public","content":"""#)),
        create(&vote.replace("\"q\"", question)),
        // an answer in words, to the author alone and to all
        create(r#""type":"Note","inReplyTo":"q","content":"why?","to":"bo""#),
        create(r#""type":"Note","inReplyTo":"q","name":"Re","content":"why?""#),
        // a poll that is itself the activity, and a vote in it
        activity(r#""type":"Question","id":"q2","oneOf":[{"name":"Yes"}]"#),
        create(&vote.replace("\"q\"", "\"q2\"")),
    ];
    let trace = lines(&text.concat());
    let kinds: Vec<Kind> = trace.events.iter().map(Event::kind).collect();
    assert_eq!(kinds, [Kind::MessageReply, Kind::PostComment]);
    assert_eq!(
        skipped(&trace),
        [
            ("Create that concerns nobody else", 1),
            ("Question", 1),
            ("a vote in a poll", 4),
        ]
    );
}

#[test]
fn what_is_no_activity_is_told_by_its_type() {
    let document = r#"["https://a.example/act/9",{"type":"Note","id":"n"},{},
        {"type":"Collection","totalItems":3},{"type":"Sale","actor":"a"},
        {"type":"Like","object":"n"},{"type":"Like","actor":{"name":"Ann"},"object":"n"},
        {"type":"Like","actor":"ann","object":{"name":"n"}},{"type":"as:Delete","actor":"ann",
        "object":"n"}]"#;
    let trace = inferred(document, true, &["{}"]).unwrap();
    assert_eq!(
        skipped(&trace),
        [
            ("Delete", 1),
            ("Like by an actor without id", 1),
            ("Like of an object without id", 1),
            ("Like without an actor", 1),
            ("Note, which is no activity", 1),
            ("a collection whose items are not in the file", 1),
            ("a reference to what is not in the file", 1),
            ("an entry without a type", 1),
            ("an unknown type", 1),
        ]
    );
}

//! ActivityStreams as others write it, by the table of docs/FORMAT.md.

use notibench::event::Kind;
use notibench::trace::{
    self, ActivityOptions, AuthorRule, Trace, TraceError, TraceFormat, TraceOptions,
};

use super::read;

fn lines(text: &str) -> Trace {
    read(TraceFormat::ActivityLines, text.as_bytes()).unwrap()
}

/// One activity with these members beside its actor and its time.
fn activity(rest: &str) -> String {
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

fn skipped(trace: &Trace) -> Vec<(&str, u64)> {
    let skipped = trace.counts.skipped.iter();
    skipped.map(|(reason, n)| (reason.as_str(), *n)).collect()
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
    let kinds: Vec<Kind> = trace.events.iter().map(|event| event.kind()).collect();
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

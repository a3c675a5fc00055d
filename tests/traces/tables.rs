//! Foreign tables: what a mapping makes of them, and what is said of bad
//! rows.

use std::fs;

use notibench_core::event::{Kind, Segment};
use notibench_workload::trace::{
    self, Mapping, TimeUnit, Trace, TraceError, TraceFormat, TraceOptions,
};

use super::{mapping, words};

fn table(text: &str, mapping: Mapping, skip_bad: bool) -> Result<Trace, TraceError> {
    let options = TraceOptions {
        skip_bad,
        mapping: Some(mapping),
        ..TraceOptions::default()
    };
    trace::read("log.csv", TraceFormat::Table, text.as_bytes(), &options)
}

#[test]
fn words_become_kinds_and_ids_become_hashes() {
    let text = "when,from,to,what,thing\n\
                2026-11-25T08:00:00Z,ann,bob,like,p1\n\
                2026-11-25T08:00:02Z,bob,ann,follow,\n\
                2026-11-25T08:00:01Z,\"ann\",17,like,p1\n";
    let map = [
        "at=when",
        "actor=from",
        "recipient=to",
        "kind=what",
        "content=thing",
    ];
    let kinds = ["like=post_like", "follow=member_follow"];
    let trace = table(text, mapping(&map, &kinds, TimeUnit::Seconds), false).unwrap();
    let kinds: Vec<Kind> = trace
        .events
        .iter()
        .map(notibench_core::event::Event::kind)
        .collect();
    assert_eq!(kinds, [Kind::PostLike, Kind::PostLike, Kind::MemberFollow]);
    let times: Vec<u64> = trace.events.iter().map(|e| e.at_us).collect();
    assert_eq!(times, [0, 1_000_000, 2_000_000]);
    assert_eq!(trace.counts.out_of_order, 1);
    assert_eq!(trace.origin_us, Some(1_795_593_600_000_000));
    let [first, second, third] = trace.events.as_slice() else {
        panic!("{}", trace.events.len());
    };
    assert_eq!(first.actor, second.actor);
    assert_eq!(
        (first.actor, first.recipient),
        (third.recipient, third.actor)
    );
    assert_eq!(
        (first.content, second.recipient, third.content),
        (second.content, 17, 0)
    );
    assert_eq!(first.segment(), second.segment());
}

#[test]
fn segments_of_foreign_actors_are_a_function_of_the_actor_and_even() {
    let mut text = String::new();
    for actor in 0..8_000 {
        text.push_str(&format!("user{actor} x {actor}\n"));
    }
    let map = words(&["actor=#1", "recipient=#2", "at=#3"]);
    let mapping = Mapping::new(&map, &words(&["member_follow"]), TimeUnit::Seconds, b' ').unwrap();
    let trace = table(&text, mapping, false).unwrap();
    let mut counts = [0_i32; Segment::COUNT];
    for event in &trace.events {
        counts[event.segment() as usize] += 1;
    }
    // five standard deviations of a share of an eighth
    assert!(
        counts.iter().all(|count| (count - 1_000).abs() < 150),
        "{counts:?}"
    );
}

#[test]
fn a_bad_row_is_said_with_its_line_and_column_and_no_member() {
    let text = "a,b,t\nann,bob,1\nann,bob,yesterday\nann\n,bob,3\nann,bob,4\n";
    let map = ["actor=a", "recipient=b", "at=t"];
    let mapping = || mapping(&map, &["member_follow"], TimeUnit::Seconds);
    let error = table(text, mapping(), false).unwrap_err().to_string();
    assert_eq!(
        error,
        "log.csv, line 3: column `t`: `yesterday` is no time: write 2026-11-25T08:00:00Z, or a \
         number and --time-unit s, ms or us"
    );
    let trace = table(text, mapping(), true).unwrap();
    assert_eq!((trace.events.len(), trace.counts.bad), (2, 3));
    assert_eq!(trace.counts.first_bad.unwrap().to_string(), error);
}

#[test]
fn a_kind_with_content_needs_one() {
    let map = ["actor=a", "recipient=b", "at=t"];
    let likes = mapping(&map, &["post_like"], TimeUnit::Seconds);
    let error = table("a,b,t\n1,2,3\n", likes, false)
        .unwrap_err()
        .to_string();
    assert!(error.contains("`post_like` needs a content"), "{error}");
}

#[test]
fn a_quote_that_is_never_closed_does_not_fill_the_memory() {
    let text = format!("a,b,t\n1,2,3\n\"{}", "x\n".repeat(3 << 20));
    let map = ["actor=a", "recipient=b", "at=t"];
    let follows = mapping(&map, &["member_follow"], TimeUnit::Seconds);
    let error = table(&text, follows, true).unwrap_err().to_string();
    assert!(error.contains("is a quote never closed?"), "{error}");
}

#[test]
fn a_mapping_that_cannot_be_meant_is_refused_in_words() {
    let refused = |map: &[&str], kinds: &[&str]| {
        Mapping::new(&words(map), &words(kinds), TimeUnit::Seconds, b',').unwrap_err()
    };
    for (map, kinds, part) in [
        (&["actor"][..], &[][..], "write actor=COLUMN"),
        (&["author=a"], &[], "there are actor, recipient"),
        (&["actor=a", "actor=b"], &[], "twice"),
        (&["actor=a", "recipient=b"], &["post_like"], "add at=COLUMN"),
        (&["recipient=b", "at=t"], &["post_like"], "add actor=COLUMN"),
        (&["actor=a", "at=t"], &["post_like"], "add recipient=COLUMN"),
        (
            &["actor=a", "recipient=b", "at=t"],
            &[],
            "--map kind=COLUMN",
        ),
        (
            &["actor=a", "recipient=b", "at=t"],
            &["likes"],
            "no kind `likes`",
        ),
        (
            &["actor=a", "recipient=b", "at=t"],
            &["x=post_like"],
            "--map kind=COLUMN",
        ),
        (
            &["actor=a", "recipient=b", "at=t", "kind=k"],
            &["post_like"],
            "drop one",
        ),
        (
            &["actor=#1", "recipient=b", "at=t"],
            &["post_like"],
            "#1, #2",
        ),
    ] {
        let said = refused(map, kinds);
        assert!(said.contains(part), "{map:?} {kinds:?}: {said}");
    }
}

#[test]
fn lines_of_neither_kind_are_told_with_their_keys() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("log.ndjson");
    for (line, part) in [
        ("{\"ts\":1,\"user\":2}", "has `ts`, `user`"),
        ("{\"ts\":1,\"user\":2}", "lacks index, at_us"),
        (
            "{\"at_us\":1,\"kind\":\"post_like\"}",
            "line 1: not an event: it lacks index, undo, actor",
        ),
    ] {
        fs::write(&path, format!("{line}\n")).unwrap();
        let read = trace::load(&path, &TraceOptions::default());
        let error = read.unwrap_err().to_string();
        assert!(error.contains(part), "{error}");
    }
}

//! What others wrote, read right or refused in words: line ends, times,
//! widths, words, encodings, keys.

use std::fs;
use std::io::Write as _;

use flate2::Compression;
use flate2::write::GzEncoder;
use notibench_core::event::Kind;
use notibench_workload::trace::{
    self, Mapping, TimeUnit, Trace, TraceError, TraceFormat, TraceOptions,
};

use super::{mapping, words};

const MAP: [&str; 3] = ["actor=a", "recipient=b", "at=t"];
const KINDS_MAP: [&str; 4] = ["actor=a", "recipient=b", "at=t", "kind=k"];

fn options(mapping: Mapping, skip_bad: bool) -> TraceOptions {
    TraceOptions {
        skip_bad,
        mapping: Some(mapping),
        ..TraceOptions::default()
    }
}

fn read(
    format: TraceFormat,
    text: &str,
    map: &[&str],
    kinds: &[&str],
) -> Result<Trace, TraceError> {
    let mapping = Mapping::new(&words(map), &words(kinds), None, b',').unwrap();
    trace::read("log", format, text.as_bytes(), &options(mapping, false))
}

fn skipping(format: TraceFormat, text: &str, map: &[&str], kinds: &[&str]) -> Trace {
    let mapping = Mapping::new(&words(map), &words(kinds), None, b',').unwrap();
    trace::read("log", format, text.as_bytes(), &options(mapping, true)).unwrap()
}

fn follows(text: &str) -> Result<Trace, TraceError> {
    read(TraceFormat::Table, text, &MAP, &["member_follow"])
}

fn said(read: Result<Trace, TraceError>) -> String {
    read.unwrap_err().to_string()
}

#[test]
fn the_line_of_a_bad_row_is_right_whatever_ends_lines() {
    for end in ["\n", "\r\n", "\r"] {
        for (text, line) in [
            ("a,b,t|1,2,3|1,2,x|", 3),
            ("a,b,t|1,2,3|1,2,x", 3),
            ("|a,b,t|||1,2,3||1,2,x|", 7),
            ("a,b,t|\"x|y\",2,3|1,\"z||\",3|1,2,x|", 7),
            ("a,b,t|1,2,3|\"x|y\",2,x|", 3),
        ] {
            let text = text.replace('|', end);
            let error = said(follows(&text));
            assert!(
                error.starts_with(&format!("log, line {line}: ")),
                "{text:?}: {error}"
            );
        }
        let own = "index,at_us,kind,undo,actor,segment,recipient,content||0,x|".replace('|', end);
        let error = trace::read(
            "log",
            TraceFormat::Csv,
            own.as_bytes(),
            &TraceOptions::default(),
        );
        assert!(said(error).starts_with("log, line 3: "), "{end:?}");
        let lines = "{\"type\":\"Like\"}||x|".replace('|', end);
        let format = TraceFormat::ActivityLines;
        let error = trace::read("log", format, lines.as_bytes(), &TraceOptions::default());
        assert!(said(error).starts_with("log, line 3: "), "{end:?}");
    }
}

#[test]
fn times_of_two_kinds_are_refused_with_their_lines() {
    let text = "a,b,t\n1,2,2026-01-01 00:00:00\n2,3,2026-01-01 00:00:01+02:00\n3,4,-5\n";
    let error = said(follows(text));
    assert!(
        error.starts_with(
            "log, line 4: column `t`: times of two kinds: `-5` is a number, and those of lines 2 \
             to 3 are a date"
        ),
        "{error}"
    );
    let trace = skipping(TraceFormat::Table, text, &MAP, &["member_follow"]);
    assert_eq!((trace.events.len(), trace.counts.bad), (2, 1));
    let numbers = said(follows("a,b,t\n1,2,5\n2,3,2026-01-01\n"));
    assert!(numbers.contains("line 2 is a number"), "{numbers}");
}

#[test]
fn a_number_that_looks_like_a_date_needs_a_unit() {
    for first in ["20260101", "2024", "202601"] {
        let text = format!("a,b,t\n1,2,{first}\n");
        let error = said(follows(&text));
        assert!(error.contains("--time-unit s, ms or us"), "{error}");
        let seconds = options(mapping(&MAP, &["member_follow"], TimeUnit::Seconds), false);
        let trace = trace::read("log", TraceFormat::Table, text.as_bytes(), &seconds).unwrap();
        assert_eq!(trace.events.len(), 1);
    }
    // later in a column such a number is one of a rising count
    assert!(follows("a,b,t\n1,2,1999\n").is_err());
    assert_eq!(follows("a,b,t\n1,2,0\n1,2,2024\n").unwrap().events.len(), 2);
}

#[test]
fn a_time_of_nothing_does_not_stretch_the_trace() {
    let text = "a,b,t\n1,2,1767225600\n1,2,0\n1,2,1767225605\n1,2,0\n";
    let error = said(follows(text));
    assert!(error.starts_with("log, line 3: the time is 0"), "{error}");
    let trace = skipping(TraceFormat::Table, text, &MAP, &["member_follow"]);
    assert_eq!((trace.events.len(), trace.counts.bad), (2, 2));
    assert_eq!(trace.events[1].at_us, 5_000_000);
    assert_eq!(trace.counts.gap, None);
    // times counted from the start begin at 0
    assert_eq!(follows("a,b,t\n1,2,0\n1,2,9\n").unwrap().events.len(), 2);
    // and one that is not 0 is told
    let gap = follows("a,b,t\n1,2,-5\n1,2,1767225600\n1,2,1767225605\n").unwrap();
    let gap = gap.counts.gap.unwrap();
    assert_eq!(
        (gap.before, gap.after, gap.us),
        (1, 2, 1_767_225_605_000_000)
    );
}

#[test]
fn rows_of_another_width_are_refused_and_counted() {
    for row in ["1,2,3,4", "1,2", "1,x,2,3"] {
        let text = format!("a,b,t\n{row}\n1,2,3\n");
        let error = said(follows(&text));
        assert!(error.contains("line 2: the row has"), "{error}");
        let trace = skipping(TraceFormat::Table, &text, &MAP, &["member_follow"]);
        assert_eq!((trace.events.len(), trace.counts.bad), (1, 1));
    }
    let by_number = ["actor=#1", "recipient=#2", "at=#3"];
    let text = "1,2,3\n1,2,3,4\n";
    let error = said(read(
        TraceFormat::Table,
        text,
        &by_number,
        &["member_follow"],
    ));
    assert!(error.contains("4 values, and the first has 3"), "{error}");
}

#[test]
fn a_name_that_two_columns_have_is_refused_where_it_is_meant() {
    let error = said(follows("a,b,t,a\n1,2,3,4\n"));
    assert!(error.contains("the 1. and the 4."), "{error}");
    assert!(follows("a,b,t,z,z\n1,2,3,4,5\n").is_ok());
}

#[test]
fn comments_are_counted() {
    let by_number = ["actor=#1", "recipient=#2", "at=#3"];
    let text = "# who, \"whom\r\n#ann,2,3\r\n\r\n1,2,3\r\n#x\r\n\"#ann\",2,4\r\n1,2,x\r\n#end";
    let error = said(read(
        TraceFormat::Table,
        text,
        &by_number,
        &["member_follow"],
    ));
    assert!(error.starts_with("log, line 7: "), "{error}");
    let trace = skipping(TraceFormat::Table, text, &by_number, &["member_follow"]);
    assert_eq!((trace.events.len(), trace.counts.bad), (2, 1));
    let skipped: Vec<u64> = trace.counts.skipped.into_values().collect();
    assert_eq!(skipped, [4]);
    // with a header it is a value like any other
    assert_eq!(follows("a,b,t\n#ann,2,3\n").unwrap().events.len(), 1);
}

#[test]
fn bad_ids_name_their_column_and_are_counted_by_reason() {
    let text = "from,to,t\n1,,1\n1,NULL,2\n1,,3\n1,2,4\n1,17.0,5\n17,2,6\n";
    let map = ["actor=from", "recipient=to", "at=t"];
    let error = said(read(TraceFormat::Table, text, &map, &["member_follow"]));
    assert!(
        error.starts_with("log, line 2: column `to`: no id"),
        "{error}"
    );
    let trace = skipping(TraceFormat::Table, text, &map, &["member_follow"]);
    let reasons: Vec<(&str, u64)> = trace
        .counts
        .bad_reasons
        .iter()
        .map(|(reason, number)| (reason.as_str(), *number))
        .collect();
    assert_eq!(
        reasons,
        [
            (
                "column `from`: one id is written as a whole number here and with a fraction there",
                1
            ),
            ("column `to`: no id: `NULL` is a word for nothing", 1),
            ("column `to`: no id: there is nothing", 2),
        ]
    );
}

#[test]
fn an_undo_is_said_by_a_word_or_a_column() {
    let text = "a,b,t,k,c\n1,2,3,liked,9\n1,2,4,unliked,9\n";
    let map = [&KINDS_MAP[..], &["content=c"]].concat();
    let kinds = ["liked=post_like", "unliked=post_like:undo"];
    let trace = read(TraceFormat::Table, text, &map, &kinds).unwrap();
    let found: Vec<(Kind, bool)> = trace.events.iter().map(|e| (e.kind(), e.undo())).collect();
    assert_eq!(found, [(Kind::PostLike, false), (Kind::PostLike, true)]);
    let map = [&MAP[..], &["undo=u", "content=c"]].concat();
    let text = "a,b,t,u,c\n1,2,3,no,9\n1,2,4,Yes,9\n";
    let trace = read(TraceFormat::Table, text, &map, &["post_like"]).unwrap();
    assert!(!trace.events[0].undo() && trace.events[1].undo());
    let refused = Mapping::new(
        &words(&KINDS_MAP),
        &words(&["x=mark_read:undo"]),
        None,
        b',',
    );
    assert!(refused.unwrap_err().contains("can't be taken back"));
    let refused = Mapping::new(
        &words(&KINDS_MAP),
        &words(&["x=post_like", "x=post_like"]),
        None,
        b',',
    );
    assert!(refused.unwrap_err().contains("twice"));
}

#[test]
fn all_unknown_words_come_at_once_and_no_meaning_is_proposed() {
    let text = "a,b,t,k\n1,2,3,member_follow\n1,2,4,zap\n1,2,x,zip\n1,2,6,zip\n";
    let error = said(read(TraceFormat::Table, text, &KINDS_MAP, &[]));
    assert!(error.starts_with("log, line 3: column `k`: "), "{error}");
    assert!(error.contains("`zip` 2, `zap` 1"), "{error}");
    assert!(error.contains("--kind 'zip=KIND,zap=KIND'"), "{error}");
    assert!(!error.contains("post_like"), "{error}");
    let trace = skipping(TraceFormat::Table, text, &KINDS_MAP, &[]);
    assert_eq!((trace.events.len(), trace.counts.bad), (1, 3));
    // no more rows are looked at than were asked for
    let mapping = Mapping::new(&words(&KINDS_MAP), &[], None, b',').unwrap();
    let limited = TraceOptions {
        limit: 2,
        ..options(mapping, false)
    };
    let error = said(trace::read(
        "log",
        TraceFormat::Table,
        text.as_bytes(),
        &limited,
    ));
    assert!(
        error.contains("`zap` 1") && !error.contains("zip"),
        "{error}"
    );
}

#[test]
fn objects_are_read_by_nested_keys() {
    let text = "{\"ts\":1767225600,\"user\":{\"login\":\"ann\"},\"repo\":{\"owner\":\"bo\",\"id\":17},\"event\":\"star\"}\n\
                {\"ts\":1767225601,\"user\":{\"login\":\"cy\"},\"repo\":{\"owner\":\"bo\",\"id\":17},\"event\":\"unstar\"}\n\
                {\"ts\":1767225602,\"user\":{\"login\":\"cy\"},\"repo\":{\"owner\":null,\"id\":18},\"event\":\"star\"}\n";
    let map = [
        "actor=user.login",
        "recipient=repo.owner",
        "content=repo.id",
        "kind=event",
        "at=ts",
    ];
    let kinds = ["star=post_like", "unstar=post_like:undo"];
    let error = said(read(TraceFormat::Objects, text, &map, &kinds));
    assert!(
        error.starts_with("log, line 3: column `repo.owner`: no id"),
        "{error}"
    );
    let trace = skipping(TraceFormat::Objects, text, &map, &kinds);
    let [like, undo] = trace.events.as_slice() else {
        panic!("{}", trace.events.len());
    };
    assert!(!like.undo() && undo.undo() && like.actor != undo.actor);
    assert_eq!((like.content, like.recipient), (17, undo.recipient));
    assert_eq!(undo.at_us, 1_000_000);
    // keys of a follow need no content
    let follow = text.replace("\"id\":17", "\"x\":1");
    let trace = skipping(
        TraceFormat::Objects,
        &follow,
        &map,
        &["star=member_follow", "unstar=member_follow:undo"],
    );
    assert_eq!(trace.events.len(), 2);
}

#[test]
fn values_that_no_field_can_hold_are_refused_with_their_key() {
    let map = ["actor=a", "recipient=b.0", "at=t"];
    let with = |a: &str, b: &str| {
        let text = format!("{{\"a\":{a},\"b\":{b},\"t\":5}}\n");
        read(TraceFormat::Objects, &text, &map, &["member_follow"])
    };
    assert_eq!(with("1", "[2]").unwrap().events[0].recipient, 2);
    assert_eq!(
        with("18446744073709551615", "[2]").unwrap().events[0].actor,
        u64::MAX
    );
    for (a, b, part) in [
        ("[1]", "[2]", "column `a`: a list"),
        ("{}", "[2]", "column `a`: an object"),
        (
            "18446744073709551616",
            "[2]",
            "column `a`: a number that is too large",
        ),
        ("1", "[]", "column `b.0`: the row has none"),
    ] {
        let error = said(with(a, b));
        assert!(error.contains(part), "{error}");
    }
    for (text, part) in [
        (
            "{\"a\":1,\"b\":[2]}\n",
            "column `t`: there is no such key; the object has `a`, `b`",
        ),
        ("[]\n", "no object"),
        ("{\n", "this is no JSON"),
    ] {
        let error = said(read(TraceFormat::Objects, text, &map, &["member_follow"]));
        assert!(error.contains(part), "{error}");
    }
}

#[test]
fn byte_order_marks_are_passed_over_and_gzip_is_unpacked() {
    let folder = tempfile::tempdir().unwrap();
    let event = "0,5,member_follow,0,1,other,2,0\n";
    let header = "index,at_us,kind,undo,actor,segment,recipient,content\n";
    let json = "{\"index\":0,\"at_us\":5,\"kind\":\"member_follow\",\"undo\":0,\"actor\":1,\
                \"segment\":\"other\",\"recipient\":2,\"content\":0}\n";
    let table = "a,b,t\n1,2,3\n";
    let like = "{\"type\":\"Follow\",\"actor\":\"urn:a\",\"object\":\"urn:b\",\
                \"published\":\"2026-01-01T00:00:00Z\"}\n";
    let map = || options(mapping(&MAP, &["member_follow"], TimeUnit::Seconds), false);
    for (name, text, options) in [
        ("a.csv", format!("{header}{event}"), TraceOptions::default()),
        ("a.ndjson", json.to_owned(), TraceOptions::default()),
        ("t.csv", table.to_owned(), map()),
        ("o.ndjson", "{\"a\":1,\"b\":2,\"t\":3}\n".to_owned(), map()),
        ("l.jsonl", like.to_owned(), TraceOptions::default()),
        ("d.json", like.to_owned(), TraceOptions::default()),
    ] {
        let plain = folder.path().join(name);
        fs::write(&plain, format!("\u{feff}{text}")).unwrap();
        assert_eq!(
            trace::load(&plain, &options).unwrap().events.len(),
            1,
            "{name}"
        );
        let packed = folder.path().join(format!("{name}.gz"));
        let mut gzip = GzEncoder::new(Vec::new(), Compression::fast());
        gzip.write_all(text.as_bytes()).unwrap();
        let bytes = gzip.finish().unwrap();
        fs::write(&packed, &bytes).unwrap();
        assert_eq!(
            trace::load(&packed, &options).unwrap().events.len(),
            1,
            "{name}"
        );
        fs::write(&packed, &bytes[..bytes.len() - 9]).unwrap();
        assert!(trace::load(&packed, &options).is_err(), "{name}");
    }
    let path = folder.path().join("utf16.csv");
    let utf16: Vec<u8> = table.encode_utf16().flat_map(u16::to_le_bytes).collect();
    for (bytes, part) in [
        ([&b"\xff\xfe"[..], &utf16].concat(), "UTF-16"),
        (utf16, "UTF-16"),
        (b"PK\x03\x04 and more".to_vec(), "a zip archive"),
    ] {
        fs::write(&path, bytes).unwrap();
        let error = said(trace::load(&path, &map()));
        assert!(error.contains(part), "{error}");
    }
}

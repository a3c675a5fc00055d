//! Lists of JSON objects in one document, and rows whose order stands for
//! their times.

use notibench_workload::trace::{self, Mapping, Trace, TraceError, TraceFormat, TraceOptions};

use super::words;

const MAP: [&str; 3] = ["actor=who.id", "recipient=whom", "at=t"];

fn read(format: TraceFormat, text: &str, mapping: Mapping) -> Result<Trace, TraceError> {
    reading(format, text, mapping, false)
}

fn reading(
    format: TraceFormat,
    text: &str,
    mapping: Mapping,
    skip_bad: bool,
) -> Result<Trace, TraceError> {
    let options = TraceOptions {
        skip_bad,
        mapping: Some(mapping),
        ..TraceOptions::default()
    };
    trace::read("log", format, text.as_bytes(), &options)
}

fn timed() -> Mapping {
    Mapping::new(&words(&MAP), &words(&["member_follow"]), None, b',').unwrap()
}

fn in_order() -> Mapping {
    Mapping::by_order(&words(&MAP[..2]), &words(&["member_follow"]), b',').unwrap()
}

fn followed(trace: &Trace) -> Vec<(u64, u64)> {
    let events = trace.events.iter();
    events.map(|event| (event.at_us, event.recipient)).collect()
}

#[test]
fn a_list_is_read_as_its_objects_a_line_each_are() {
    let lines =
        "{\"who\":{\"id\":1},\"whom\":2,\"t\":5}\n{\"who\":{\"id\":3},\"whom\":4,\"t\":7}\n";
    let list = format!("\n[ {} ]\n", lines.trim().replace('\n', ",\n"));
    let of_lines = read(TraceFormat::Objects, lines, timed()).unwrap();
    let of_list = read(TraceFormat::ObjectList, &list, timed()).unwrap();
    assert_eq!(of_list.events, of_lines.events);
    assert_eq!(followed(&of_list), [(5_000_000, 2), (7_000_000, 4)]);
    let empty = read(TraceFormat::ObjectList, "[]", timed()).unwrap();
    assert!(empty.events.is_empty());
}

#[test]
fn what_is_no_list_of_objects_is_refused_with_its_place() {
    let good = "{\"who\":{\"id\":1},\"whom\":2,\"t\":5}";
    for (text, part) in [
        (format!("[{good}, 7]"), "item 2: JSON, but no object"),
        (format!("[{good}, {{}}]"), "item 2: column `who.id`"),
        (format!("[{good},\n{good}"), "line 2: at character"),
        (format!("[{good}] {good}"), "no list of objects"),
        (good.to_owned(), "no list of objects"),
        (format!("{{\"items\":[{good}]}}"), "no list of objects"),
        (String::new(), "no list of objects"),
    ] {
        let said = read(TraceFormat::ObjectList, &text, timed()).unwrap_err();
        assert!(said.to_string().contains(part), "{text}: {said}");
    }
    let text = format!("[{good}, 7, {good}]");
    let trace = reading(TraceFormat::ObjectList, &text, timed(), true).unwrap();
    assert_eq!((trace.events.len(), trace.counts.bad), (2, 1));
}

#[test]
fn order_stands_for_times_where_it_is_asked_for() {
    let table = "who.id,whom\n1,9\n1,8\n1\n1,7\n";
    // the third row is bad, and counted
    let trace = reading(TraceFormat::Table, table, in_order(), true).unwrap();
    assert_eq!(followed(&trace), [(1_000, 9), (2_000, 8), (4_000, 7)]);
    assert_eq!((trace.counts.bad, trace.counts.out_of_order), (1, 0));
    let list = "[{\"who\":{\"id\":1},\"whom\":9},{\"who\":{\"id\":1},\"whom\":8}]";
    let trace = read(TraceFormat::ObjectList, list, in_order()).unwrap();
    assert_eq!(followed(&trace), [(1_000, 9), (2_000, 8)]);
    let numbered = words(&["actor=#2", "recipient=#1"]);
    let mapping = Mapping::by_order(&numbered, &words(&["member_follow"]), b';').unwrap();
    let trace = read(TraceFormat::Table, "9;1\n8;1\n", mapping).unwrap();
    assert_eq!(followed(&trace), [(1_000, 9), (2_000, 8)]);
}

#[test]
fn order_and_a_column_of_times_exclude_each_other() {
    let kinds = words(&["member_follow"]);
    let said = Mapping::by_order(&words(&MAP), &kinds, b',').unwrap_err();
    assert!(said.contains("leave one out"), "{said}");
    let said = Mapping::new(&words(&MAP[..2]), &kinds, None, b',').unwrap_err();
    assert!(
        said.contains("add at=COLUMN") && said.contains("--at order"),
        "{said}"
    );
}

//! Mistakes in workload files: each is reported with file, line, column, a
//! caret under the text, and what would be right; and nothing panics.

mod anonymity;
mod files;
mod fuzz;
mod keys;
mod settings;
mod shapes;
mod values;

use notibench_workload::{Workload, WorkloadError};

/// A right workload, one thing a line, so that one line can be spoilt.
const RIGHT: &str = r#"about = "for tests"
seed = 1
events = "10k"
span = "1d"

[mix]
profile_view = 9
post_like = 1.5
mark_read = 0

[mix.shares]
undo = 0.02
duplicate = 0.01
self_action = 0.01

[population]
members = "1k"
recipient_exponent = 0.99
actor_exponent = 0.5
contents_per_member = 4
hot_contents = 10
hot_share = 0.2
hot_exponent = 0.8
ids = "snowflake"

[population.segments]
recruiter = 1
engineer = 3

[time]
shape = "constant"

[reads]
per_event = 0.25
exponent = 0.8
mix = { badge = 6, inbox_page = 3, reactions = 1 }

[expected]
events_digest = "00112233445566778899aabbccddeeff"
"#;

const FILE: &str = "some/folder/spoilt.toml";

fn rejected(text: &str) -> WorkloadError {
    match Workload::parse(FILE, text) {
        Err(error) => error,
        Ok(_) => panic!("accepted:\n{text}"),
    }
}

/// The text above the first carets of a message, as the message shows it.
fn underlined(message: &str) -> String {
    let lines: Vec<&str> = message.lines().collect();
    let carets = lines
        .iter()
        .position(|line| line.contains('^'))
        .expect("carets");
    let columns = lines[carets].char_indices().filter(|&(_, c)| c == '^');
    // before the carets there are blanks and a bar: bytes are characters
    let columns: Vec<usize> = columns.map(|(at, _)| at).collect();
    let above: Vec<char> = lines[carets - 1].chars().collect();
    columns
        .iter()
        .filter_map(|&column| above.get(column))
        .collect()
}

/// What is replaced in [`RIGHT`], by what; line and column of the first
/// mistake, the text underlined, and parts of the advice.
type Case = (
    &'static str,
    &'static str,
    (usize, usize),
    &'static str,
    &'static [&'static str],
);

fn check(&(from, to, (line, column), under, advice): &Case) {
    assert_eq!(
        RIGHT.matches(from).count(),
        1,
        "{from:?} must be there once"
    );
    let error = rejected(&RIGHT.replacen(from, to, 1));
    let message = error.to_string();
    let place = format!("--> {FILE}:{line}:{column}\n");
    assert!(
        message.contains(&place),
        "{to:?}: not {place} in\n{message}"
    );
    assert_eq!(error.place(), Some((line, column)), "{message}");
    assert_eq!(underlined(&message), under, "{message}");
    assert!(
        message.starts_with("error: ") && message.contains("help: "),
        "{message}"
    );
    for part in advice {
        assert!(message.contains(part), "{to:?}: no {part:?} in\n{message}");
    }
}

#[test]
fn the_unspoilt_one_is_right() {
    let workload = Workload::parse(FILE, RIGHT).unwrap_or_else(|error| panic!("{error}"));
    assert_eq!(workload.name, "spoilt");
    assert_eq!(
        (workload.events, workload.span_us),
        (10_000, 86_400_000_000)
    );
    assert_eq!(workload.population.segments[..4], [0.25, 0.0, 0.0, 0.75]);
    assert_eq!(workload.reads.kinds, [0.6, 0.3, 0.1, 0.0, 0.0, 0.0]);
    let digest = workload
        .expected_events_digest
        .map(|digest| digest.to_string());
    assert_eq!(digest.as_deref(), Some("00112233445566778899aabbccddeeff"));
    assert_eq!(workload.expected_snapshot_digest, None);
}

#[test]
fn syntax_is_reported_in_its_place() {
    keys::SYNTAX.iter().for_each(check);
}

#[test]
fn unknown_and_missing_keys_are_reported_with_what_is_allowed() {
    keys::KEYS.iter().for_each(check);
}

#[test]
fn values_out_of_range_or_of_another_type_are_reported() {
    values::VALUES.iter().chain(&values::TABLES).for_each(check);
}

#[test]
fn each_shape_of_time_has_its_own_keys_and_limits() {
    shapes::SHAPES.iter().for_each(check);
}

#[test]
fn a_viral_shape_needs_hot_contents() {
    let viral = "shape = \"viral\"\nat = \"1h\"\nflat = \"5m\"\ndecay = 1.23";
    let text = RIGHT
        .replace(shapes::SHAPE, viral)
        .replace("hot_share = 0.2", "hot_share = 0");
    let message = rejected(&text).to_string();
    assert!(
        message.contains(":31:9\n") && message.contains("nothing to spread"),
        "{message}"
    );
    assert!(
        message.contains("hot_contents = 1 and hot_share = 0.4"),
        "{message}"
    );
}

#[test]
fn a_slip_is_one_mistake_and_two_mistakes_are_two() {
    assert_eq!(
        rejected(&RIGHT.replace("members =", "membres =")).faults(),
        1
    );
    assert_eq!(
        rejected(&RIGHT.replace("post_like =", "post_likes =")).faults(),
        1
    );
    let two = rejected(
        &RIGHT
            .replace("seed = 1", "seed = -1")
            .replace("\"1d\"", "\"1y\""),
    );
    assert_eq!(two.faults(), 2);
    let message = two.to_string();
    assert!(
        message.contains(":2:8\n") && message.contains(":4:8\n"),
        "{message}"
    );
    let many: String = (0..40).map(|at| format!("key_{at} = 1\n")).collect();
    let message = rejected(&format!("{many}{RIGHT}")).to_string();
    assert!(
        message.ends_with(&format!("28 more mistakes in {FILE}")),
        "{message}"
    );
}

#[test]
fn columns_count_characters_and_line_ends_may_be_windows() {
    let text = "about = \"é\"\r\nseed = 1\r\n\"é\" = 2\r\n\tspan = 5\r\n";
    let message = rejected(text).to_string();
    assert!(message.contains(&format!("{FILE}:3:1\n")), "{message}");
    assert!(message.contains(&format!("{FILE}:4:9\n")), "{message}");
    let error = rejected("reads = { \"é\" = 1, mix = 5 }");
    assert!(
        error.to_string().contains(&format!("{FILE}:1:26\n")),
        "{error}"
    );
}

#[test]
fn an_empty_file_says_what_to_put_in() {
    for text in ["", "\n\n", "# only a remark\n", "\u{feff}"] {
        let message = rejected(text).to_string();
        assert!(message.contains("the workload is empty"), "{message}");
        assert!(
            message.contains(&format!("{FILE}:1:1\n")) && message.contains('^'),
            "{message}"
        );
        assert!(message.contains("about, events, span, [mix]"), "{message}");
    }
}

#[test]
fn colour_comes_only_where_asked_for() {
    let error = rejected("seed = 1");
    assert!(error.render(true).contains("\u{1b}["));
    assert!(!error.to_string().contains('\u{1b}'));
    assert_eq!(error.to_string(), error.render(false));
}

#[test]
fn escapes_in_a_file_do_not_reach_the_terminal() {
    for text in [
        "\"\\u001b[31m\" = 1",
        "span = \"1\\u001b[31m\"",
        "time.shape = \"\\u001b[31m\"",
    ] {
        let message = rejected(text).to_string();
        assert!(!message.contains('\u{1b}'), "{message:?}");
    }
}

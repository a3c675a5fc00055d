//! `[settings]`: shares, a switch, and nothing else.

use notibench_workload::{Settings, Workload};

use super::{FILE, RIGHT, rejected};

fn with(table: &str) -> String {
    format!("{RIGHT}\n[settings]\n{table}\n")
}

#[test]
fn what_is_left_out_is_off() {
    let read = |text: &str| {
        let workload = Workload::parse(FILE, text);
        workload.unwrap_or_else(|error| panic!("{error}")).settings
    };
    assert_eq!(read(RIGHT), Settings::default());
    assert_eq!(read(&with("")), Settings::default());
    let capped = read(&with("pushes_per_day = 3")).pushes_per_day;
    assert_eq!(capped.map(std::num::NonZero::get), Some(3));
    let some = read(&with("blocked_share = 0.25\nprecedence = true"));
    assert_eq!(
        (some.blocked_share, some.muted_share, some.precedence),
        (0.25, 0.0, true)
    );
}

#[test]
fn reads_of_pushes_need_a_cap() {
    let asks = RIGHT.replace("badge = 6", "badge = 6, pushes = 1");
    assert_ne!(asks, RIGHT);
    let message = rejected(&asks).to_string();
    for part in ["`pushes` reads what nothing counts", "pushes_per_day = 5"] {
        assert!(message.contains(part), "no {part:?} in\n{message}");
    }
    let capped = format!("{asks}\n[settings]\npushes_per_day = 2\n");
    assert!(Workload::parse(FILE, &capped).is_ok());
}

#[test]
fn each_mistake_is_told_with_its_remedy() {
    for (table, parts) in [
        ("blocked_share = 1.5", ["settings.blocked_share", "1.5"]),
        (
            "muted_share = \"some\"",
            ["settings.muted_share", "a number"],
        ),
        (
            "opted_out_share = -0.1",
            ["settings.opted_out_share", "-0.1"],
        ),
        ("pushes_per_day = 0", ["settings.pushes_per_day", "0"]),
        ("pushes_per_day = 1.5", ["settings.pushes_per_day", "1.5"]),
        ("precedence = 1", ["true or false", "precedence = true"]),
        (
            "blocked_shares = 0.1",
            ["blocked_shares", "did you mean `blocked_share`?"],
        ),
        (
            "hidden_share = 0.1",
            ["hidden_share", "belongs in [anonymity]"],
        ),
    ] {
        let error = rejected(&with(table));
        let message = error.to_string();
        assert_eq!(error.faults(), 1, "{message}");
        for part in parts.iter().chain(&["help: "]) {
            assert!(message.contains(part), "no {part:?} in\n{message}");
        }
    }
}

//! Spoilt syntax, unknown keys, missing keys.

use super::Case;

pub(super) const SYNTAX: [Case; 10] = [
    (
        "events_digest = \"0",
        "events_digest = '''0",
        (39, 53),
        "",
        &["invalid multi-line", "close the text with the three quotes"],
    ),
    (
        "seed = 1",
        "seed = ",
        (2, 8),
        "",
        &["no value after `=`", "write key = value"],
    ),
    (
        "seed = 1",
        "seed",
        (2, 5),
        "",
        &["expected `=`", "write key = value"],
    ),
    ("seed = 1", "seed = 1 2", (2, 8), "1 2", &["must be quoted"]),
    (
        "seed = 1",
        "seed = 1\nseed = 2",
        (3, 1),
        "seed",
        &["duplicate key", "keep one of the two"],
    ),
    (
        "span = \"1d\"",
        "span = 1d",
        (4, 8),
        "1d",
        &["put text and durations in quotes: span = \"7d\""],
    ),
    (
        "span = \"1d\"",
        "span = \"1d",
        (4, 11),
        "",
        &["expected `\"`", "second quote on the same line"],
    ),
    (
        "[mix]",
        "[mix",
        (6, 5),
        "",
        &["unclosed table", "close the table's name with ]"],
    ),
    (
        "reactions = 1 }",
        "reactions = 1",
        (38, 1),
        "[",
        &["inline table", "close the table before this with }"],
    ),
    (
        "[time]",
        "[mix]",
        (30, 2),
        "mix",
        &["duplicate key", "[name] once"],
    ),
];

pub(super) const KEYS: [Case; 14] = [
    (
        "members = \"1k\"",
        "membres = \"1k\"",
        (17, 1),
        "membres",
        &[
            "did you mean `members`?",
            "allowed in [population]: members, ",
        ],
    ),
    (
        "post_like = 1.5",
        "post_likes = 1.5",
        (8, 1),
        "post_likes",
        &[
            "did you mean `post_like`?",
            "allowed in [mix]: profile_view, ",
        ],
    ),
    (
        "post_like = 1.5",
        "colour = 1.5",
        (8, 1),
        "colour",
        &[
            "help: allowed in [mix]: profile_view, ",
            "mark_read, shares",
        ],
    ),
    (
        "recruiter = 1",
        "Recruiter = 1",
        (27, 1),
        "Recruiter",
        &[
            "did you mean `recruiter`?",
            "allowed in [population.segments]: ",
        ],
    ),
    (
        "recruiter = 1",
        "astronaut = 1",
        (27, 1),
        "astronaut",
        &["allowed in [population.segments]: recruiter, sales, hiring_manager"],
    ),
    (
        "badge = 6",
        "badges = 6",
        (36, 9),
        "badges",
        &["did you mean `badge`?", "badge, inbox_page, reactions"],
    ),
    (
        "undo = 0.02",
        "undos = 0.02",
        (12, 1),
        "undos",
        &["did you mean `undo`?", "undo, duplicate, self_action"],
    ),
    (
        "seed = 1",
        "sede = 1",
        (2, 1),
        "sede",
        &["did you mean `seed`?", "at the top level"],
    ),
    (
        "post_like = 1.5",
        "post_like = 1\nengineer = 2",
        (9, 1),
        "engineer",
        &["`engineer` belongs in [population.segments]"],
    ),
    (
        "recruiter = 1",
        "seed = 1",
        (27, 1),
        "seed",
        &["`seed` belongs to the top level"],
    ),
    (
        "shape = \"constant\"",
        "shape = \"constant\"\non = \"1s\"",
        (32, 1),
        "on",
        &["`on` belongs to shape = \"on_off\"; this one is \"constant\""],
    ),
    (
        "events = \"10k\"\n",
        "",
        (1, 1),
        "a",
        &["missing key `events` at the top level", "events = \"10M\""],
    ),
    (
        "members = \"1k\"\nrecipient_exponent = 0.99\n",
        "",
        (16, 1),
        "[population]",
        &[
            "missing keys `members`, `recipient_exponent` in [population]",
            "members = \"1M\"",
            "recipient_exponent = 0.99",
        ],
    ),
    (
        "shape = \"constant\"",
        "",
        (30, 1),
        "[time]",
        &["missing key `shape` in [time]", "shape = \"constant\""],
    ),
];

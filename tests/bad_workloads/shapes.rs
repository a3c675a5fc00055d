//! Spoilt shapes of time.

use super::Case;

pub(super) const SHAPE: &str = "shape = \"constant\"";

pub(super) const SHAPES: [Case; 15] = [
    (
        SHAPE,
        "shape = \"vrial\"",
        (31, 9),
        "\"vrial\"",
        &[
            "did you mean \"viral\"?",
            "\"constant\", \"diurnal\", \"on_off\", \"viral\"",
        ],
    ),
    (
        SHAPE,
        "shape = 3",
        (31, 9),
        "3",
        &["must be text in quotes"],
    ),
    (
        SHAPE,
        "shape = \"diurnal\"",
        (30, 1),
        "[time]",
        &["missing keys `peak_to_mean`, `weekend`, `zones` in [time]"],
    ),
    (
        SHAPE,
        "shape = \"diurnal\"\nweekend = 1\npeak_to_mean = 8.5\nzones = [{ utc = 0, share = 1 }]",
        (33, 16),
        "8.5",
        &["from 1 to 8"],
    ),
    (
        SHAPE,
        "shape = \"diurnal\"\nweekend = 1\npeak_to_mean = 2\nzones = []",
        (34, 9),
        "[]",
        &["has 0 zones", "write 1 to 40 zones"],
    ),
    (
        SHAPE,
        "shape = \"diurnal\"\nweekend = 1\npeak_to_mean = 2\nzones = [{ utc = 0, share = 0.5 }, { utc = 1, share = 0.4 }]",
        (34, 9),
        "[{ utc = 0, share = 0.5 }, { utc = 1, share = 0.4 }]",
        &["they sum to 0.900000", "add 0.100000"],
    ),
    (
        SHAPE,
        "shape = \"diurnal\"\nweekend = 1\npeak_to_mean = 2\nzones = [{ utc = 15, share = 1 }]",
        (34, 18),
        "15",
        &["`time.zones[0].utc` is out of range", "from -12 to 14"],
    ),
    (
        SHAPE,
        "shape = \"diurnal\"\nweekend = 1\npeak_to_mean = 2\nzones = [{ ut = 1, share = 1 }]",
        (34, 12),
        "ut",
        &["did you mean `utc`?"],
    ),
    (
        SHAPE,
        "shape = \"diurnal\"\nweekend = 1\npeak_to_mean = 2\nzones = [5]",
        (34, 10),
        "5",
        &["`time.zones[0]` must be a table"],
    ),
    (
        SHAPE,
        "shape = \"on_off\"\non = \"0s\"\noff = \"1m\"\noff_rate = 0",
        (32, 6),
        "\"0s\"",
        &["too small", "from 1us to 1d"],
    ),
    (
        SHAPE,
        "shape = \"on_off\"\non = \"20h\"\noff = \"20h\"\noff_rate = 0",
        (32, 6),
        "\"20h\"",
        &["40h in all", "span = \"1d\""],
    ),
    (
        SHAPE,
        "shape = \"on_off\"\non = \"1m\"\noff = \"1m\"\noff_rate = 1.5",
        (34, 12),
        "1.5",
        &["from 0 to 1"],
    ),
    (
        SHAPE,
        "shape = \"viral\"\nat = \"1d\"\nflat = \"5m\"\ndecay = 1.23",
        (32, 6),
        "\"1d\"",
        &["beyond the span", "at = \"6h\""],
    ),
    (
        SHAPE,
        "shape = \"viral\"\nat = \"1h\"\nflat = \"5m\"\ndecay = 1",
        (34, 9),
        "1",
        &["must be above 1", "decay = 1.23"],
    ),
    (
        SHAPE,
        "shape = \"viral\"\nat = \"1h\"\nflat = \"2d\"\ndecay = 1.23",
        (33, 8),
        "\"2d\"",
        &["too large", "from 1us to 1d"],
    ),
];

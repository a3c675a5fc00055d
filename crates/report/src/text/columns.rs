//! How the columns of a table fit the width there is: names are never split,
//! columns give way in a stated order, and rows become stacks of lines where
//! even that is too wide.

use comfy_table::{CellAlignment, ColumnConstraint, ContentArrangement, Table, Width};

use crate::style::{Style, wrap};

/// Below this width a table that does not fit is stacked.
const STACKED: usize = 60;
/// Columns between the edge and a table.
const INDENT: usize = 2;
/// Columns between two columns of a table, and where there is little room.
const GAPS: [usize; 2] = [2, 1];
/// A cell shorter than this is never broken at its spaces: it is a figure
/// with its unit.
const PROSE: usize = 16;

/// A table without borders: the first row is its header, the first column is
/// aligned to the left, all others to the right. Where it is too wide, cells of
/// several words are broken at spaces, then columns are left out, the last
/// one first.
pub(crate) fn draw(rows: &[Vec<String>], style: Style) -> String {
    let columns: Vec<usize> = (0..columns_of(rows)).collect();
    let last_first: Vec<usize> = columns.iter().copied().skip(2).rev().collect();
    fit(rows, &last_first, true, style)
}

/// The same, in which the columns with these headings are left out in their
/// order before any cell is broken.
pub(crate) fn draw_dropping(rows: &[Vec<String>], order: &[&str], style: Style) -> String {
    let headings = rows.first();
    let at = |name: &&str| headings?.iter().position(|head| one_line(head) == **name);
    let order: Vec<usize> = order.iter().filter_map(at).collect();
    fit(rows, &order, false, style)
}

fn fit(rows: &[Vec<String>], order: &[usize], wraps_first: bool, style: Style) -> String {
    let room = style.width.saturating_sub(INDENT);
    let mut kept: Vec<usize> = (0..columns_of(rows)).collect();
    let whole = kept.clone();
    let unwrapped = |kept: &[usize]| {
        let gap = GAPS
            .into_iter()
            .find(|gap| width(rows, kept, *gap, natural) <= room)?;
        Some(drawn(rows, kept, gap, room))
    };
    let wrapped = |kept: &[usize]| {
        let gap = GAPS[1];
        (width(rows, kept, gap, least) <= room).then(|| drawn(rows, kept, gap, room))
    };
    if let Some(text) = unwrapped(&kept) {
        return text;
    }
    if style.width < STACKED {
        return stacked(rows, style);
    }
    let mut order = order.iter();
    loop {
        let found = if wraps_first {
            unwrapped(&kept).or_else(|| wrapped(&kept))
        } else {
            unwrapped(&kept)
        };
        if let Some(text) = found {
            return text + &left_out(rows, &whole, &kept, style);
        }
        match order.next() {
            Some(column) => kept.retain(|at| at != column),
            None => break,
        }
    }
    match wrapped(&kept) {
        Some(text) => text + &left_out(rows, &whole, &kept, style),
        None => stacked(rows, style),
    }
}

fn columns_of(rows: &[Vec<String>]) -> usize {
    rows.iter().map(Vec::len).max().unwrap_or(0)
}

/// Characters of the longest line of a cell.
fn natural(cell: &str) -> usize {
    let lines = cell.lines().map(|line| line.chars().count());
    lines.max().unwrap_or(0)
}

/// Characters that a cell needs where it may be broken at its spaces.
fn least(cell: &str) -> usize {
    if natural(cell) < PROSE {
        return natural(cell);
    }
    let words = cell.split_whitespace().map(|word| word.chars().count());
    words.max().unwrap_or(0).max(PROSE - 4)
}

/// The width of a column by a measure of its cells; names are whole.
fn column_width(rows: &[Vec<String>], at: usize, of: fn(&str) -> usize) -> usize {
    let measure = if at == 0 { natural } else { of };
    let cells = rows.iter().filter_map(|row| row.get(at));
    cells.map(|cell| measure(cell)).max().unwrap_or(0)
}

fn width(rows: &[Vec<String>], kept: &[usize], gap: usize, of: fn(&str) -> usize) -> usize {
    let columns = kept.iter().map(|&at| column_width(rows, at, of));
    columns.sum::<usize>() + gap * kept.len().saturating_sub(1)
}

fn drawn(rows: &[Vec<String>], kept: &[usize], gap: usize, room: usize) -> String {
    let mut table = Table::new();
    table.load_style(comfy_table::presets::NOTHING);
    table.set_content_arrangement(ContentArrangement::Dynamic);
    table.set_width(u16::try_from(room).unwrap_or(u16::MAX));
    let cell = |row: &Vec<String>, at: &usize| row.get(*at).cloned().unwrap_or_default();
    table.add_rows(rows.iter().map(|row| {
        let cells = kept.iter().map(|at| cell(row, at));
        cells.collect::<Vec<_>>()
    }));
    for (nth, column) in table.column_iter_mut().enumerate() {
        let padding = if nth == 0 { 0 } else { gap };
        let fixed = u16::try_from(column_width(rows, kept[nth], least) + padding);
        let fixed = Width::Fixed(fixed.unwrap_or(u16::MAX));
        column.set_constraint(ColumnConstraint::LowerBoundary(fixed));
        column.set_padding((u16::try_from(padding).unwrap_or(1), 0));
        column.set_cell_alignment(if nth == 0 {
            CellAlignment::Left
        } else {
            CellAlignment::Right
        });
    }
    let mut text = String::new();
    for line in table.lines() {
        text.push_str(format!("  {line}").trim_end());
        text.push('\n');
    }
    text
}

/// Which columns gave way, and how wide a terminal shows them.
fn left_out(rows: &[Vec<String>], whole: &[usize], kept: &[usize], style: Style) -> String {
    let gone = whole.iter().filter(|at| !kept.contains(at));
    let head = |at: &usize| one_line(rows.first()?.get(*at)?).into();
    let gone: Vec<String> = gone.filter_map(head).collect();
    if gone.is_empty() {
        return String::new();
    }
    let words = format!(
        "left out for lack of width: {}; {} columns show them",
        gone.join(", "),
        width(rows, whole, GAPS[1], natural) + INDENT
    );
    wrap("  ", &words, style.width)
}

fn one_line(cell: &str) -> String {
    cell.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Each row as its name and a line a figure.
fn stacked(rows: &[Vec<String>], style: Style) -> String {
    let Some((header, rows)) = rows.split_first() else {
        return String::new();
    };
    let mut text = String::new();
    for row in rows {
        let mut cells = row.iter().zip(header);
        if let Some((name, _)) = cells.next().filter(|(name, _)| !name.is_empty()) {
            text += &format!("  {}\n", one_line(name));
        }
        for (cell, head) in cells.filter(|(cell, _)| !cell.is_empty()) {
            let colon = if head.is_empty() { "" } else { ": " };
            let first = format!("    {}{colon}", one_line(head));
            text += &if first.chars().count() + natural(cell) <= style.width {
                format!("{first}{}\n", one_line(cell))
            } else {
                let head = wrap("    ", first.trim(), style.width);
                head + &wrap("      ", &one_line(cell), style.width)
            };
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn rows(cells: &[&[&str]]) -> Vec<Vec<String>> {
        let row = |row: &&[&str]| row.iter().map(|cell| (*cell).to_owned()).collect();
        cells.iter().map(row).collect()
    }

    fn at(width: usize) -> Style {
        Style {
            color: false,
            width,
        }
    }

    fn engines() -> Vec<Vec<String>> {
        rows(&[
            &[
                "engine",
                "ns per\nevent",
                "× dashmap-naive\n[95% interval]",
                "bytes",
                "proof",
            ],
            &[
                "dashmap-deferred *",
                "101 ns",
                "▲ 5.04 [4.99, 5.09]",
                "1.10 KiB",
                "✓",
            ],
            &[
                "a-rather-long-name-of-an-engine",
                "99.5 ns",
                "≈ 1.01 [0.98, 1.04]",
                "9 B",
                "✓",
            ],
        ])
    }

    #[test]
    fn columns_give_way_in_their_order_and_are_named() {
        let order = ["ns per event", "bytes"];
        let text = draw_dropping(&engines(), &order, at(100));
        assert!(!text.contains("left out"), "{text}");
        let text = draw_dropping(&engines(), &order, at(75));
        assert!(
            text.contains("left out for lack of width: ns per event; "),
            "{text}"
        );
        assert!(text.contains("1.10 KiB"), "{text}");
        let text = draw_dropping(&engines(), &order, at(65));
        assert!(text.contains("ns per event, bytes; "), "{text}");
        assert!(text.contains("▲ 5.04 [4.99, 5.09]"), "{text}");
        // the width that is named is the width that shows them
        let columns = text.split("; ").nth(1).unwrap();
        let columns: usize = columns.split_whitespace().next().unwrap().parse().unwrap();
        let text = draw_dropping(&engines(), &order, at(columns));
        assert!(!text.contains("left out"), "{text}");
        let text = draw_dropping(&engines(), &order, at(columns - 1));
        assert!(text.contains("left out"), "{text}");
    }

    #[test]
    fn below_sixty_columns_rows_are_stacked() {
        let text = draw(&engines(), at(50));
        assert!(
            text.starts_with("  dashmap-deferred *\n    ns per event: 101 ns\n"),
            "{text}"
        );
        assert!(
            text.contains("    × dashmap-naive [95% interval]:\n      ▲ 5.04 [4.99, 5.09]\n"),
            "{text}"
        );
        let small = rows(&[&["engine", "ns"], &["dashmap", "5"]]);
        assert_eq!(draw(&small, at(40)), "  engine   ns\n  dashmap   5\n");
    }

    proptest! {
        #[test]
        fn no_name_is_split_and_no_line_is_too_long(
            names in proptest::collection::vec("[a-z-]{1,30}", 1..6),
            cells in proptest::collection::vec("[a-z0-9]{1,9}( [a-z0-9]{1,9}){0,4}", 40),
            columns in 1_usize..9,
            width in 40_usize..130,
        ) {
            let mut table = vec![vec!["name".to_owned()]];
            table[0].extend((0..columns).map(|at| format!("head {at}")));
            for (nth, name) in names.iter().enumerate() {
                let mut row = vec![name.clone()];
                row.extend((0..columns).map(|at| cells[nth * columns % 30 + at].clone()));
                table.push(row);
            }
            let text = draw(&table, at(width));
            for line in text.lines() {
                prop_assert!(line.chars().count() <= width, "{width}: {line}");
            }
            for name in &names {
                let is_there = text.split_whitespace().any(|word| word == name);
                prop_assert!(is_there, "{name} at {width} in\n{text}");
            }
        }
    }
}

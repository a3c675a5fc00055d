//! A table with its title and what is to be said of it: drawn for a terminal,
//! or handed on to a page. Imports `table` and `text`.

use super::table::draw;
use super::text::{Style, wrap};

/// A table of one report: the first row is its header.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Block {
    pub(super) title: String,
    pub(super) rows: Vec<Vec<String>>,
    /// What stands below it, a paragraph each.
    pub(super) notes: Vec<String>,
}

impl Block {
    /// The block as lines, without one that is empty after it.
    pub(super) fn draw(&self, style: Style) -> String {
        let mut text = style.bold(&self.title);
        text.push('\n');
        if !self.rows.is_empty() {
            text += &draw(&self.rows, style);
        }
        for note in &self.notes {
            text += &wrap("  ", note, style.width);
        }
        text
    }
}

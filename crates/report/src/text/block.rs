//! A table with its title and what is to be said of it: drawn for a terminal,
//! or handed on to a page.

use super::columns::draw;
use crate::style::{Style, wrap};

/// A table of one report: the first row is its header.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Block {
    pub(crate) title: String,
    pub(crate) rows: Vec<Vec<String>>,
    /// What stands below it, a paragraph each.
    pub(crate) notes: Vec<String>,
}

impl Block {
    /// The block as lines, without one that is empty after it.
    pub(crate) fn draw(&self, style: Style) -> String {
        let mut text = String::new();
        // one without a title stands under that of its section
        if !self.title.is_empty() {
            text = style.heading(&self.title);
        }
        if !self.rows.is_empty() {
            text += &draw(&self.rows, style);
        }
        for note in &self.notes {
            text += &wrap("  ", note, style.width);
        }
        text
    }
}

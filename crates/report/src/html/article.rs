//! What a page tells of one run, sweep or comparison: plain data for the
//! template.

use super::plot::PlotData;
use super::series_style::SeriesStyle;
use crate::style::plain;
use crate::text::block::Block;

use crate::model::badges::Badge;

/// One run, sweep or comparison.
#[derive(Debug, Default)]
pub(super) struct Article {
    /// Sets its ids apart from those of other articles.
    pub(super) id: String,
    /// What it is of.
    pub(super) heading: String,
    /// Kind and time.
    pub(super) kicker: String,
    /// What must be seen before any figure.
    pub(super) failures: Vec<String>,
    /// The question, a sentence or two.
    pub(super) asked: Vec<String>,
    /// The answer, the main sentence first.
    pub(super) answer: Vec<String>,
    /// The trust block at a glance.
    pub(super) badges: Vec<Badge>,
    /// The trust block.
    pub(super) trust: Vec<(String, String)>,
    /// What of it can stay folded.
    pub(super) more_trust: Vec<(String, String)>,
    pub(super) warnings: Vec<String>,
    pub(super) sections: Vec<Section>,
    /// The command line that made it.
    pub(super) command: String,
}

/// Plots and tables of one matter.
#[derive(Debug, Default)]
pub(super) struct Section {
    pub(super) id: String,
    pub(super) title: String,
    pub(super) figures: Vec<Figure>,
    pub(super) tables: Vec<Table>,
}

impl Section {
    /// One with a title; `id` is a word.
    pub(super) fn new(id: &str, title: &str) -> Self {
        Self {
            id: id.to_owned(),
            title: title.to_owned(),
            ..Self::default()
        }
    }

    /// Whether there is nothing in it.
    pub(super) fn is_empty(&self) -> bool {
        self.figures.is_empty() && self.tables.is_empty()
    }
}

/// One plot.
#[derive(Debug)]
pub(super) struct Figure {
    pub(super) id: String,
    pub(super) title: String,
    /// How to read it.
    pub(super) reading: String,
    pub(super) shape: PlotData,
}

impl Figure {
    /// One with a title; `id` is a word.
    pub(super) fn new(id: &str, title: &str, reading: &str, shape: PlotData) -> Self {
        Self {
            id: id.to_owned(),
            title: title.to_owned(),
            reading: reading.to_owned(),
            shape,
        }
    }
}

/// One table.
#[derive(Debug)]
pub(super) struct Table {
    pub(super) title: String,
    /// Headings; on a narrow page only columns that [`Table::is_main`] stay.
    pub(super) header: Vec<String>,
    pub(super) rows: Vec<TableRow>,
    pub(super) notes: Vec<String>,
}

/// A row: its name, the rest, and the style of the engine that it is of.
#[derive(Debug)]
pub(super) struct TableRow {
    pub(super) name: String,
    pub(super) style: Option<SeriesStyle>,
    pub(super) cells: Vec<String>,
}

impl Table {
    /// Whether a column, without that of names, stays where a page is narrow:
    /// in a table of engines the ratio and the proof, in others all.
    pub(super) fn is_main(&self, column: usize) -> bool {
        let of_engines = self.header.iter().any(|head| head == "proof");
        let head = self.header.get(column + 1);
        !of_engines || head.is_none_or(|head| head.starts_with('×') || head == "proof")
    }

    /// The block's, in which rows that begin with one of these engines show
    /// its style.
    pub(super) fn of(block: Block, engines: &[String]) -> Self {
        let mut rows = block.rows.into_iter();
        let header = rows.next().unwrap_or_default();
        let row = |cells: Vec<String>| {
            let mut cells = cells.into_iter();
            let name = cells.next().unwrap_or_default();
            let of_it = |engine: &&String| {
                let engine = plain(engine);
                name == engine
                    || name
                        .strip_prefix(&engine)
                        .is_some_and(|rest| rest.starts_with(" (") || rest == " *")
            };
            let style = engines
                .iter()
                .find(of_it)
                .map(|engine| SeriesStyle::of(engine));
            TableRow {
                name,
                style,
                cells: cells.collect(),
            }
        };
        Self {
            title: block.title,
            header,
            rows: rows.map(row).collect(),
            // a code mark of a terminal
            notes: block
                .notes
                .iter()
                .map(|note| note.replace("`-`", "“-”"))
                .collect(),
        }
    }
}

impl Article {
    /// Gives it, and all that is in it, ids of their own on the page.
    pub(super) fn number(&mut self, number: usize) {
        self.id = format!("a{number}");
        for section in &mut self.sections {
            section.id = format!("{}-{}", self.id, section.id);
            for figure in &mut section.figures {
                figure.id = format!("{}-plot-{}", self.id, figure.id);
            }
        }
    }

    /// Every style in it.
    pub(super) fn styles(&mut self) -> Vec<&mut SeriesStyle> {
        let mut styles = Vec::new();
        for section in &mut self.sections {
            for figure in &mut section.figures {
                styles.extend(figure.shape.styles());
            }
            let rows = section.tables.iter_mut().flat_map(|table| &mut table.rows);
            styles.extend(rows.filter_map(|row| row.style.as_mut()));
        }
        styles
    }

    /// Whether the trust block stands before all sections, since there is no
    /// plot for it to stand below.
    pub(super) fn trust_first(&self) -> bool {
        let first = self.sections.first();
        first.is_none_or(|section| section.figures.is_empty())
    }

    /// Adds a section unless there is nothing in it.
    pub(super) fn push(&mut self, section: Section) {
        if !section.is_empty() {
            self.sections.push(section);
        }
    }
}

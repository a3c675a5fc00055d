//! What a plot is made of, as the script reads it: plain data, in the units
//! of the record. Imports `ink`.

use serde::Serialize;

use super::ink::Ink;

/// A plot.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub(super) enum Shape {
    /// A value with its interval in each row.
    Rows(Rows),
    /// Points along two axes, joined or not.
    Lines(Lines),
    /// Bars of parts.
    Stack(Stack),
    /// Shares of a distribution, column by column.
    Heat(Heat),
}

/// How numbers of an axis are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Unit {
    /// Three digits and a suffix: 12.3M.
    Count,
    /// Nanoseconds, in the unit that suits.
    Ns,
    /// Bytes, with binary units.
    Bytes,
    /// A whole number.
    Whole,
    /// As it is.
    Plain,
    /// A quantile from 0 to 1, drawn by how few lie beyond it.
    Quantile,
}

/// One axis.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub(super) struct Axis {
    /// What it shows, its unit included.
    pub(super) name: String,
    pub(super) unit: Unit,
    /// Whether its scale is that of logarithms.
    pub(super) log: bool,
}

impl Axis {
    pub(super) fn linear(name: &str, unit: Unit) -> Self {
        Self {
            name: name.to_owned(),
            unit,
            log: false,
        }
    }

    pub(super) fn log(name: &str, unit: Unit) -> Self {
        Self {
            log: true,
            ..Self::linear(name, unit)
        }
    }
}

/// A line across a plot, and what it is.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub(super) struct Guide {
    pub(super) at: f64,
    pub(super) label: String,
}

/// A value with its interval in each row.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub(super) struct Rows {
    pub(super) x: Axis,
    pub(super) rows: Vec<Row>,
    pub(super) guides: Vec<Guide>,
    /// Values between these differ too little to matter.
    pub(super) band: Option<[f64; 2]>,
}

/// One row.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub(super) struct Row {
    pub(super) name: String,
    pub(super) ink: Ink,
    pub(super) value: f64,
    pub(super) interval: Option<[f64; 2]>,
    /// What the value is from: a figure a round.
    pub(super) dots: Vec<f64>,
    /// The value and its interval as the tables write them.
    pub(super) label: String,
}

/// Points along two axes.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub(super) struct Lines {
    pub(super) x: Axis,
    pub(super) y: Axis,
    pub(super) series: Vec<Series>,
    /// Across the x axis.
    pub(super) guides: Vec<Guide>,
    /// Across the y axis.
    pub(super) levels: Vec<Guide>,
}

/// Points of one thing.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub(super) struct Series {
    pub(super) name: String,
    pub(super) ink: Ink,
    pub(super) stroke: Stroke,
    /// Whether each point has a mark.
    pub(super) marks: bool,
    pub(super) points: Vec<Point>,
}

/// How points are joined.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Stroke {
    Solid,
    Dashed,
    Dotted,
    /// Not at all.
    None,
}

/// One point.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub(super) struct Point {
    pub(super) x: f64,
    pub(super) y: f64,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) interval: Option<[f64; 2]>,
    /// What else is to be said of it.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub(super) note: String,
    /// Whether its mark is hollow: it failed, or does not count.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub(super) hollow: bool,
}

impl Point {
    pub(super) fn at(x: f64, y: f64) -> Self {
        Self {
            x,
            y,
            interval: None,
            note: String::new(),
            hollow: false,
        }
    }
}

/// Bars of parts.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub(super) struct Stack {
    pub(super) x: Axis,
    /// What the parts are.
    pub(super) parts: Vec<String>,
    pub(super) bars: Vec<Bar>,
}

/// One bar: as many values as there are parts.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub(super) struct Bar {
    pub(super) name: String,
    pub(super) values: Vec<f64>,
    /// All parts together, as the tables write it.
    pub(super) label: String,
}

/// Shares of a distribution, column by column.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub(super) struct Heat {
    /// What a column is.
    pub(super) x: String,
    pub(super) columns: Vec<String>,
    pub(super) y: Axis,
    /// Edges of the classes, one more than there are.
    pub(super) edges: Vec<f64>,
    /// Column, class, and the share of the column's samples in it; classes
    /// without a sample are left out.
    pub(super) cells: Vec<(usize, usize, f64)>,
}

impl Shape {
    /// The inks in it.
    pub(super) fn inks(&mut self) -> Vec<&mut Ink> {
        match self {
            Self::Rows(rows) => rows.rows.iter_mut().map(|row| &mut row.ink).collect(),
            Self::Lines(lines) => lines.series.iter_mut().map(|one| &mut one.ink).collect(),
            Self::Stack(_) | Self::Heat(_) => Vec::new(),
        }
    }

    /// Marks that stand for data: what a reader should be able to count.
    pub(super) fn marks(&self) -> usize {
        match self {
            Self::Rows(rows) => rows.rows.len(),
            Self::Lines(lines) => {
                let marked = lines.series.iter().filter(|series| series.marks);
                marked.map(|series| series.points.len()).sum()
            }
            Self::Stack(stack) => {
                let values = stack.bars.iter().flat_map(|bar| &bar.values);
                values.filter(|value| **value > 0.0).count()
            }
            Self::Heat(heat) => heat.cells.len(),
        }
    }
}

//! What a plot is made of, as the script reads it: plain data, in the units of
//! the record.

use serde::Serialize;

use super::series_style::SeriesStyle;

/// A plot.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub(in crate::html) enum PlotData {
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
pub(in crate::html) enum Unit {
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
pub(in crate::html) struct Axis {
    /// What it shows, its unit included.
    pub(in crate::html) name: String,
    pub(in crate::html) unit: Unit,
    /// Whether its scale is that of logarithms.
    pub(in crate::html) log: bool,
}

impl Axis {
    pub(in crate::html) fn linear(name: &str, unit: Unit) -> Self {
        Self {
            name: name.to_owned(),
            unit,
            log: false,
        }
    }

    pub(in crate::html) fn log(name: &str, unit: Unit) -> Self {
        Self {
            log: true,
            ..Self::linear(name, unit)
        }
    }
}

/// A line across a plot, and what it is.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub(in crate::html) struct Guide {
    pub(in crate::html) at: f64,
    pub(in crate::html) label: String,
}

/// A value with its interval in each row.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub(in crate::html) struct Rows {
    pub(in crate::html) x: Axis,
    pub(in crate::html) rows: Vec<Row>,
    pub(in crate::html) guides: Vec<Guide>,
    /// Values between these differ too little to matter.
    pub(in crate::html) band: Option<[f64; 2]>,
}

/// One row.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub(in crate::html) struct Row {
    pub(in crate::html) name: String,
    pub(in crate::html) style: SeriesStyle,
    pub(in crate::html) value: f64,
    pub(in crate::html) interval: Option<[f64; 2]>,
    /// What the value is from: a figure a round.
    pub(in crate::html) dots: Vec<f64>,
    /// The value and its interval as the tables write them.
    pub(in crate::html) label: String,
}

/// Points along two axes.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub(in crate::html) struct Lines {
    pub(in crate::html) x: Axis,
    pub(in crate::html) y: Axis,
    pub(in crate::html) series: Vec<Series>,
    /// Across the x axis.
    pub(in crate::html) guides: Vec<Guide>,
    /// Across the y axis.
    pub(in crate::html) levels: Vec<Guide>,
}

/// Points of one thing.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub(in crate::html) struct Series {
    pub(in crate::html) name: String,
    pub(in crate::html) style: SeriesStyle,
    pub(in crate::html) stroke: Stroke,
    /// Whether each point has a mark.
    pub(in crate::html) marks: bool,
    pub(in crate::html) points: Vec<Point>,
}

/// How points are joined.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(in crate::html) enum Stroke {
    Solid,
    Dashed,
    Dotted,
    /// Not at all.
    None,
}

/// One point.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub(in crate::html) struct Point {
    pub(in crate::html) x: f64,
    pub(in crate::html) y: f64,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(in crate::html) interval: Option<[f64; 2]>,
    /// What else is to be said of it.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub(in crate::html) note: String,
    /// Whether its mark is hollow: it failed, or does not count.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub(in crate::html) hollow: bool,
}

impl Point {
    pub(in crate::html) fn at(x: f64, y: f64) -> Self {
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
pub(in crate::html) struct Stack {
    pub(in crate::html) x: Axis,
    /// What the parts are.
    pub(in crate::html) parts: Vec<String>,
    pub(in crate::html) bars: Vec<Bar>,
}

/// One bar: as many values as there are parts.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub(in crate::html) struct Bar {
    pub(in crate::html) name: String,
    pub(in crate::html) values: Vec<f64>,
    /// All parts together, as the tables write it.
    pub(in crate::html) label: String,
}

/// Shares of a distribution, column by column.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub(in crate::html) struct Heat {
    /// What a column is.
    pub(in crate::html) x: String,
    pub(in crate::html) columns: Vec<String>,
    pub(in crate::html) y: Axis,
    /// Edges of the classes, one more than there are.
    pub(in crate::html) edges: Vec<f64>,
    /// Column, class, and the share of the column's samples in it; classes
    /// without a sample are left out.
    pub(in crate::html) cells: Vec<(usize, usize, f64)>,
}

impl PlotData {
    /// The styles in it.
    pub(in crate::html) fn styles(&mut self) -> Vec<&mut SeriesStyle> {
        match self {
            Self::Rows(rows) => rows.rows.iter_mut().map(|row| &mut row.style).collect(),
            Self::Lines(lines) => lines.series.iter_mut().map(|one| &mut one.style).collect(),
            Self::Stack(_) | Self::Heat(_) => Vec::new(),
        }
    }

    /// Marks that stand for data: what a reader should be able to count.
    pub(in crate::html) fn marks(&self) -> usize {
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

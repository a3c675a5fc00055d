//! How a trace is written, and how it is to be read.

use super::activity::ActivityOptions;
use super::collect::MAX_EVENTS;
use super::mapping::Mapping;

/// How a trace is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TraceFormat {
    /// CSV of notibench's own.
    Csv,
    /// NDJSON of notibench's own.
    Ndjson,
    /// Any CSV, by a [`Mapping`].
    Table,
    /// Any JSON objects, one a line, by a [`Mapping`].
    Objects,
    /// A list of JSON objects, by a [`Mapping`].
    ObjectList,
    /// ActivityStreams 2.0, one activity a line.
    ActivityLines,
    /// ActivityStreams 2.0, a collection or a list.
    ActivityDocument,
    /// Parquet, by a [`Mapping`]; read from files only, by builds that can.
    Parquet,
}

/// How a trace is to be read.
#[derive(Clone, Debug, PartialEq)]
pub struct TraceOptions {
    /// Count bad entries and go on, instead of ending at the first.
    pub skip_bad: bool,
    /// Events at the most; what comes after them is not read.
    pub limit: u64,
    /// What the columns of a foreign table, or the keys of foreign objects, are.
    pub mapping: Option<Mapping>,
    /// What may be inferred of activities.
    pub activities: ActivityOptions,
}

impl TraceFormat {
    /// Its name in messages and records.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Csv => "csv",
            Self::Ndjson => "ndjson",
            Self::Table => "csv by a mapping",
            Self::Objects => "ndjson by a mapping",
            Self::ObjectList => "json by a mapping",
            Self::ActivityLines => "activitystreams, a line each",
            Self::ActivityDocument => "activitystreams, one document",
            Self::Parquet => "parquet by a mapping",
        }
    }
}

impl Default for TraceOptions {
    fn default() -> Self {
        Self {
            skip_bad: false,
            limit: MAX_EVENTS,
            mapping: None,
            activities: ActivityOptions::default(),
        }
    }
}

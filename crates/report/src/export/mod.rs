//! Figures for other programs: one format a file.

pub(crate) mod bencher;
pub(crate) mod csv;
pub(crate) mod github_action;
pub(crate) mod histograms;
pub(crate) mod history;
pub(crate) mod markdown;

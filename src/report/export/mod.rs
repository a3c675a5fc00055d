//! Figures for other programs: one format a file.

pub(in crate::report) mod bencher;
pub(in crate::report) mod csv;
pub(in crate::report) mod github_action;
pub(in crate::report) mod histograms;
pub(in crate::report) mod history;
pub(in crate::report) mod markdown;

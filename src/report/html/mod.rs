//! Reports as one HTML file that needs nothing else: words, trust, tables,
//! and plots that a script draws. A function of what is saved. Imports
//! `record`, `stats`, `workload` and the report's own parts.

mod article;
mod assets;
mod comparison;
mod escape;
mod ink;
mod page;
mod plots;
mod run;
mod shape;
mod sweep;
mod trust;
mod words;

#[cfg(test)]
mod tests;

use super::compare::Comparison;
use crate::record::{Record, Sweep};

/// One thing that a page tells of.
#[derive(Clone, Copy, Debug)]
pub enum Document<'a> {
    /// A run.
    Run(&'a Record),
    /// A sweep.
    Sweep(&'a Sweep),
    /// A comparison, and the command that made it, word by word.
    Comparison(&'a Comparison, &'a [String]),
}

/// The page of these, in their order: HTML in UTF-8, complete.
#[must_use]
pub fn html(documents: &[Document<'_>]) -> String {
    let articles = documents.iter().enumerate().map(|(at, document)| {
        let mut article = match document {
            Document::Run(record) => run::article(record),
            Document::Sweep(sweep) => sweep::article(sweep),
            Document::Comparison(comparison, command) => comparison::article(comparison, command),
        };
        article.number(at + 1);
        article
    });
    page::page(articles.collect())
}

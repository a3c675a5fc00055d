//! Reports as one HTML file that needs nothing else: words, trust, tables, and
//! plots that a script draws. A function of what is saved.

mod article;
mod assets;
mod capacity;
mod comparison;
mod escape;
mod page;
mod plot;
mod plots;
mod question;
mod run;
mod series_style;
mod side_by_side;
mod sweep;
mod trust;

#[cfg(test)]
mod tests;

use crate::compare::comparison::Comparison;
use notibench_record::{Capacity, Record, Sweep};

/// One thing that a page tells of.
#[derive(Clone, Copy, Debug)]
pub enum Document<'a> {
    /// A run.
    Run(&'a Record),
    /// A sweep.
    Sweep(&'a Sweep),
    /// A search for capacity.
    Capacity(&'a Capacity),
    /// A comparison, and the command that made it, word by word.
    Comparison(&'a Comparison, &'a [String]),
}

/// The page of these, in their order: HTML in UTF-8, complete. Several runs of
/// one workload, open loops among them, are told side by side first.
#[must_use]
pub fn html(documents: &[Document<'_>]) -> String {
    let runs: Vec<&Record> = documents
        .iter()
        .filter_map(|document| match document {
            Document::Run(record) => Some(*record),
            _ => None,
        })
        .collect();
    let mut articles: Vec<article::Article> = side_by_side::article(&runs).into_iter().collect();
    articles.extend(documents.iter().map(|document| match document {
        Document::Run(record) => run::article(record),
        Document::Sweep(sweep) => sweep::article(sweep),
        Document::Capacity(found) => capacity::article(found),
        Document::Comparison(comparison, command) => comparison::article(comparison, command),
    }));
    for (at, article) in articles.iter_mut().enumerate() {
        article.number(at + 1);
    }
    let mut styles: Vec<&mut series_style::SeriesStyle> =
        articles.iter_mut().flat_map(|a| a.styles()).collect();
    series_style::settle(&mut styles);
    page::page(articles)
}

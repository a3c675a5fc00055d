//! The page itself.

use askama::Template;

use super::article::{Article, Figure};
use super::assets::{CHARTS, ECHARTS, STYLE, policy};
use super::escape::json_for_script;
use super::plot::PlotData;

/// The template's data.
#[derive(Template)]
#[template(path = "page.html")]
struct Page {
    title: String,
    policy: String,
    style: &'static str,
    /// JSON that may stand in a page as it is.
    data: String,
    echarts: &'static str,
    charts: &'static str,
    articles: Vec<Article>,
    version: &'static str,
}

/// What the script reads of one plot.
#[derive(serde::Serialize)]
struct Plot<'a> {
    id: &'a str,
    title: &'a str,
    shape: &'a PlotData,
}

/// The page of these articles.
pub(super) fn page(articles: Vec<Article>) -> String {
    let headings: Vec<&str> = articles.iter().map(|a| a.heading.as_str()).collect();
    let title = format!("{} · notibench", headings.join(", "));
    let plots: Vec<Plot<'_>> = articles
        .iter()
        .flat_map(|article| &article.sections)
        .flat_map(|section| &section.figures)
        .map(
            |Figure {
                 id, title, shape, ..
             }| Plot { id, title, shape },
        )
        .collect();
    let data = json_for_script(&plots);
    let page = Page {
        title,
        policy: policy(),
        style: STYLE,
        data,
        echarts: ECHARTS,
        charts: CHARTS,
        articles,
        version: env!("CARGO_PKG_VERSION"),
    };
    // writing into a string fails only where a value's Display does
    page.render().unwrap_or_default()
}

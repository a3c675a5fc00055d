//! A history as CSV.

use std::borrow::Cow;

use crate::model::history::History;

/// A history as the CSV that Apache Otava imports: `time`, `version` and
/// `file`, then a column for each engine that every record has, since its
/// importer takes no empty value; beside it, the engines that are left out.
#[must_use]
pub fn history_csv(history: &History) -> (String, Vec<String>) {
    let count = history.records.len();
    let all = history.engines();
    let (whole, partial): (Vec<&str>, Vec<&str>) = all
        .into_iter()
        .partition(|engine| history.series(engine).len() == count);
    let head = ["time", "version", "file"]
        .into_iter()
        .chain(whole.iter().copied());
    let mut text = line(head);
    for (at, record) in history.records.iter().enumerate() {
        let ratios = whole
            .iter()
            .map(|engine| history.series(engine)[at].1.to_string());
        let ratios: Vec<String> = ratios.collect();
        let words = [&record.started, &record.version, &record.file];
        let words = words.into_iter().map(String::as_str);
        text += &line(words.chain(ratios.iter().map(String::as_str)));
    }
    (text, partial.into_iter().map(str::to_owned).collect())
}

fn line<'a>(values: impl Iterator<Item = &'a str>) -> String {
    let quoted: Vec<Cow<'a, str>> = values.map(super::csv::quoted).collect();
    format!("{}\n", quoted.join(","))
}

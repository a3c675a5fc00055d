//! Tables in Markdown, and words of a record in which nothing is markup.

use crate::style::plain;

/// Rows as a table, the first of them its header, and a paragraph below it.
pub(crate) fn table_with_legend(rows: &[Vec<String>], legend: &str) -> String {
    let [head, body @ ..] = rows else {
        return format!("{}\n", words(legend));
    };
    let rule: Vec<String> = head.iter().map(|_| "---".to_owned()).collect();
    let lines: String = [head, &rule]
        .into_iter()
        .chain(body)
        .map(|row| line(row))
        .collect();
    format!("{lines}\n{}\n", words(legend))
}

/// One line of a table.
pub(crate) fn line(cells: &[String]) -> String {
    format!("| {} |\n", cells.join(" | "))
}

/// A name as code. In backticks where it is harmless there, else as HTML
/// with everything that Markdown or HTML could act on written as entities.
pub(crate) fn code(name: &str) -> String {
    let name = plain(name);
    let harmless = |c: char| c.is_ascii_alphanumeric() || " -_./()+:".contains(c);
    if !name.trim().is_empty() && name.trim() == name && name.chars().all(harmless) {
        format!("`{name}`")
    } else {
        format!("<code>{}</code>", entities(&name))
    }
}

/// Words of a record, without control characters, in which nothing is
/// markup; `@` and `#` mention no user and link nothing.
pub(crate) fn words(text: &str) -> String {
    entities(&plain(text))
}

/// Text in which no punctuation means anything to Markdown or HTML: written
/// as an entity or behind a backslash (CommonMark 0.31, sections 2.4, 2.5).
fn entities(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            // a space of no width behind them, so that no name is read
            '@' | '#' => safe.push_str(&format!("&#{};&#8203;", u32::from(c))),
            '&' | '<' | '>' | '|' | '`' => safe.push_str(&format!("&#{};", u32::from(c))),
            '*' | '_' | '[' | ']' | '\\' | '~' | '!' | '$' => safe.extend(['\\', c]),
            _ => safe.push(c),
        }
    }
    // and no address becomes a link
    safe.replace("://", "&#58;//").replace("www.", "www&#46;")
}

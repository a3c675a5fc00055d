//! Pages: every relative link leads to a file that is there, every anchor to a
//! heading, each page of docs/ opens with whom it is for, and the two pages that
//! are read first stay short.

use std::path::{Path, PathBuf};

/// Folders whose pages are read.
const FOLDERS: [&str; 4] = [".", "docs", "reports", "workloads"];

fn pages() -> Vec<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut pages = Vec::new();
    for folder in FOLDERS {
        let entries = std::fs::read_dir(root.join(folder)).unwrap();
        pages.extend(
            entries
                .map(|entry| entry.unwrap().path())
                .filter(|path| path.extension().is_some_and(|ending| ending == "md")),
        );
    }
    pages
}

/// Targets of the links and pictures in a Markdown text, anchors cut off.
fn targets(markdown: &str) -> impl Iterator<Item = &str> {
    let of = |start: &'static str, end: char| {
        markdown.split(start).skip(1).filter_map(move |rest| {
            let target = rest.split(end).next()?.split('#').next()?;
            (!target.is_empty() && !target.contains("://")).then_some(target)
        })
    };
    let pictures = of("src=\"", '"').chain(of("srcset=\"", '"'));
    of("](", ')').chain(pictures)
}

/// Targets of the links in a Markdown text that name a heading, as page and anchor.
fn anchors(markdown: &str) -> impl Iterator<Item = (&str, &str)> {
    markdown.split("](").skip(1).filter_map(|rest| {
        let target = rest.split(')').next()?;
        (!target.contains("://"))
            .then(|| target.split_once('#'))
            .flatten()
    })
}

/// A heading's anchor, as GitHub makes it.
fn anchor(heading: &str) -> String {
    let kept = heading
        .chars()
        .filter(|c| c.is_alphanumeric() || "-_ ".contains(*c));
    kept.collect::<String>().to_lowercase().replace(' ', "-")
}

fn lines_of(page: &str) -> usize {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(page);
    std::fs::read_to_string(path).unwrap().lines().count()
}

#[test]
fn every_anchor_leads_to_a_heading() {
    for page in pages() {
        let text = std::fs::read_to_string(&page).unwrap();
        for (target, named) in anchors(&text) {
            let file = match target {
                "" => page.clone(),
                target => page.parent().unwrap().join(target),
            };
            let there = std::fs::read_to_string(&file).unwrap();
            let mut headings = there.lines().filter(|line| line.starts_with('#'));
            assert!(
                headings.any(|line| anchor(line.trim_start_matches('#').trim()) == named),
                "{}: no heading #{named} in {}",
                page.display(),
                file.display()
            );
        }
    }
}

#[test]
fn every_page_of_the_folder_says_first_whom_it_is_for() {
    let docs = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs");
    for page in pages().iter().filter(|page| page.starts_with(&docs)) {
        let text = std::fs::read_to_string(page).unwrap();
        let mut lines = text.lines();
        let opening = [lines.next(), lines.next(), lines.next(), lines.next()];
        let [Some(title), Some(""), Some(reader), Some("")] = opening else {
            panic!("{}: a title, and one line of its own", page.display());
        };
        assert!(title.starts_with("# "), "{}: {title}", page.display());
        assert!(reader.starts_with("For "), "{}: {reader}", page.display());
        assert!(reader.len() <= 100, "{}: {reader}", page.display());
    }
}

#[test]
fn the_pages_that_are_read_first_are_short() {
    for (page, most) in [("README.md", 150), ("docs/PERFORMANCE.md", 200)] {
        let lines = lines_of(page);
        assert!(lines <= most, "{page} has {lines} lines, at most {most}");
    }
}

#[test]
fn every_relative_link_leads_to_a_file() {
    let mut links = 0;
    for page in pages() {
        let text = std::fs::read_to_string(&page).unwrap();
        for target in targets(&text) {
            links += 1;
            let file = page.parent().unwrap().join(target);
            assert!(file.exists(), "{}: no file {target}", page.display());
        }
    }
    assert!(links > 15, "only {links} links were found");
}

#[test]
fn every_source_file_that_a_page_names_is_there() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    for page in pages() {
        let text = std::fs::read_to_string(&page).unwrap();
        let words = text.split(|c: char| !c.is_ascii_alphanumeric() && !"_/.".contains(c));
        let files = words.filter(|word| word.starts_with("src/") && word.ends_with(".rs"));
        for file in files {
            assert!(root.join(file).is_file(), "{}: {file}", page.display());
        }
    }
}

//! Every relative link of a page leads to a file that is there.

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

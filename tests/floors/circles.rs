//! Files of one floor import each other in one direction: no circle. Imports
//! the scanner.

use std::collections::{BTreeMap, BTreeSet};

use crate::rules::Source;
use crate::scan::{Token, past_bracket, starts, test_items};

/// Floors whose files are known to form no circle; the others are to follow.
pub(crate) const WITHOUT_CIRCLES: [&str; 2] = ["cli", "report"];

/// Modules, each with those that its file imports.
type Graph = BTreeMap<String, BTreeSet<String>>;

/// A circle of imports among the files of the floor, if there is one: the
/// modules on it, the first of them again at the end.
pub(crate) fn circle(sources: &[Source], floor: &str) -> Option<Vec<String>> {
    let is_of = |module: &str| module.split("::").next() == Some(floor);
    let files: BTreeMap<String, &Source> = sources
        .iter()
        .filter(|source| source.path.starts_with("src/") && !is_of_tests(&source.path))
        .map(|source| (module_of(&source.path), source))
        .filter(|(module, _)| is_of(module))
        .collect();
    let imported = |module: &String, source: &Source| {
        let paths = paths(&source.tokens).into_iter();
        let found = paths.filter_map(|path| resolve(&path, module, &files));
        found.filter(|other| other != module).collect()
    };
    let graph: Graph = files
        .iter()
        .map(|(module, source)| (module.clone(), imported(module, source)))
        .collect();
    let mut over = BTreeSet::new();
    graph
        .keys()
        .find_map(|module| walk(&graph, module, &mut Vec::new(), &mut over))
}

/// Goes on from `module`, `way` behind it, until it stands on the way already.
fn walk(
    graph: &Graph,
    module: &str,
    way: &mut Vec<String>,
    over: &mut BTreeSet<String>,
) -> Option<Vec<String>> {
    if let Some(at) = way.iter().position(|before| before == module) {
        let mut circle = way[at..].to_vec();
        circle.push(module.to_owned());
        return Some(circle);
    }
    if over.contains(module) {
        return None;
    }
    way.push(module.to_owned());
    let mut next = graph.get(module).into_iter().flatten();
    let found = next.find_map(|other| walk(graph, other, way, over));
    way.pop();
    over.insert(module.to_owned());
    found
}

fn is_of_tests(path: &str) -> bool {
    path.ends_with("tests.rs") || path.contains("/tests/")
}

/// `src/a/b.rs` and `src/a/b/mod.rs` are `a::b`.
fn module_of(path: &str) -> String {
    let plain = path.trim_start_matches("src/").trim_end_matches(".rs");
    plain.trim_end_matches("/mod").replace('/', "::")
}

/// The module whose file a path leads to, from a module; none where it leads
/// out of these files.
fn resolve(path: &[String], from: &str, files: &BTreeMap<String, &Source>) -> Option<String> {
    let mut place: Vec<&str> = from.split("::").collect();
    let mut rest = path.iter().map(String::as_str).peekable();
    match rest.peek() {
        Some(&"crate") => {
            rest.next();
            place.clear();
        }
        Some(&"super") => {
            while rest.next_if_eq(&"super").is_some() {
                place.pop();
            }
        }
        Some(&"self") => {
            rest.next();
        }
        first => {
            let child = format!("{from}::{}", first?);
            files.contains_key(&child).then_some(())?;
        }
    }
    place.extend(rest);
    while !place.is_empty() && !files.contains_key(&place.join("::")) {
        place.pop();
    }
    (!place.is_empty()).then(|| place.join("::"))
}

/// Every path of a `use`, and every other that begins at the crate's root or
/// above; tests and visibilities apart.
fn paths(tokens: &[Token]) -> Vec<Vec<String>> {
    let tests = test_items(tokens);
    let mut found = Vec::new();
    let mut at = 0;
    while at < tokens.len() {
        if let Some(test) = tests.iter().find(|range| range.contains(&at)) {
            at = test.end;
        } else if starts(tokens, at, &["mod", "tests", "{"]) {
            // some are compiled on one system alone
            at = past_bracket(tokens, at + 2);
        } else if starts(tokens, at, &["pub", "("]) {
            at = past_bracket(tokens, at + 1);
        } else if tokens[at].is("use") {
            at = tree(tokens, at + 1, &[], &mut found);
        } else if tokens[at].is("crate") || tokens[at].is("super") {
            at = tree(tokens, at, &[], &mut found);
        } else {
            at += 1;
        }
    }
    found
}

/// Reads one path, or a group of them, after `prefix`; gives what follows it.
fn tree(tokens: &[Token], mut at: usize, prefix: &[String], found: &mut Vec<Vec<String>>) -> usize {
    let mut path = prefix.to_vec();
    loop {
        if starts(tokens, at, &["{"]) {
            let end = past_bracket(tokens, at) - 1;
            at += 1;
            while at < end {
                at = tree(tokens, at, &path, found);
                while at < end && !tokens[at].is(",") {
                    at += 1;
                }
                at += 1;
            }
            return end + 1;
        }
        match tokens.get(at) {
            Some(token) if token.is_word() => path.push(token.text.clone()),
            _ => break,
        }
        at += 1;
        if !starts(tokens, at, &[":", ":"]) {
            break;
        }
        at += 2;
    }
    found.push(path);
    at
}

//! The rules of the house, each a function from sources to what breaks it.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::path::{Path, PathBuf};

use crate::scan::{Token, functions, starts, test_items, tokens};

/// What each library may depend on, of the others; the command may see all.
/// No engine can be tuned to a workload that it can't see, and what draws a
/// record knows only the record.
const MAY_SEE: [(&str, &[&str]); 9] = [
    ("core", &[]),
    ("workload", &["core"]),
    ("record", &["core"]),
    ("engines", &["core"]),
    ("foreign", &["core", "harness"]),
    ("models", &[]),
    ("report", &["core", "record", "workload"]),
    ("harness", &["core", "workload", "record", "engines"]),
    (
        "notibench",
        &[
            "core", "workload", "record", "engines", "foreign", "report", "harness",
        ],
    ),
];
/// Where `unsafe` may stand: one file, and the crate of the C interface.
const UNSAFE: [&str; 2] = ["crates/core/src/unit/prefetch.rs", "crates/foreign/src/"];
/// Panics outside tests, each of which states what cannot happen. A file has
/// exactly as many as are listed here: the list only ever shrinks. One says
/// that a server beyond a socket has failed, two that a library gives no map: the
/// contract of engines has no other way.
const PANICS: [(&str, usize); 8] = [
    ("crates/foreign/src/map.rs", 2),
    ("crates/engines/src/partitioned/share_nothing/session.rs", 1),
    ("crates/engines/src/redis/connection.rs", 1),
    ("crates/engines/src/partitioned/timely/engine.rs", 1),
    ("crates/record/src/store.rs", 1),
    ("crates/record/src/stats/histogram.rs", 1),
    ("crates/record/src/stats/histogram_text.rs", 1),
    ("crates/record/src/stats/interval.rs", 1),
];
/// Lines of a file, and of a function, must stay below these.
const FILE_LINES: usize = 400;
const FUNCTION_LINES: usize = 70;

/// A source file.
#[derive(Clone, Debug)]
pub(crate) struct Source {
    /// Path from the project's root, with `/`.
    pub(crate) path: String,
    pub(crate) text: String,
    pub(crate) tokens: Vec<Token>,
}

impl Source {
    pub(crate) fn new(path: &str, text: &str) -> Self {
        Self {
            path: path.to_owned(),
            text: text.to_owned(),
            tokens: tokens(text),
        }
    }

    fn at(&self, line: usize, what: &str) -> String {
        format!("{}:{line}: {what}", self.path)
    }

    pub(crate) fn is_of_library(&self) -> bool {
        self.path.starts_with("src/") || self.path.contains("/src/")
    }
}

/// The module of each file, by path, and the files that are compiled for tests
/// only.
pub(crate) fn modules_of(sources: &[Source]) -> (HashMap<String, Vec<String>>, HashSet<String>) {
    let modules = Modules::of(sources);
    (modules.names, modules.tests)
}

/// Where each module's file lies, and which are compiled for tests only.
struct Modules {
    names: HashMap<String, Vec<String>>,
    tests: HashSet<String>,
}

impl Modules {
    fn of(sources: &[Source]) -> Self {
        let mut modules = Self {
            names: HashMap::new(),
            tests: HashSet::new(),
        };
        for source in sources {
            let name = standard_name(&source.path);
            modules.names.entry(source.path.clone()).or_insert(name);
            modules.look_for_declarations(source);
        }
        modules
    }

    /// Files that `#[path]` puts elsewhere, and modules of tests.
    fn look_for_declarations(&mut self, source: &Source) {
        let tokens = &source.tokens;
        for (at, token) in tokens.iter().enumerate() {
            let is_declared = token.is("mod") && tokens.get(at + 2).is_some_and(|t| t.is(";"));
            if !is_declared {
                continue;
            }
            let name = &tokens[at + 1].text;
            // attributes stand before: back to the end of the last item
            let before = |t: &Token| t.is(";") || t.is("{") || t.is("}");
            let from = tokens[..at].iter().rposition(before).map_or(0, |at| at + 1);
            let attributes = &tokens[from..at];
            let moved = attributes
                .windows(3)
                .find(|w| w[0].is("path") && w[1].is("=") && w[2].is_string);
            let file = Path::new(&source.path);
            let folder = file.parent().unwrap_or(Path::new(""));
            let mut module = standard_name(&source.path);
            let files: Vec<PathBuf> = match moved {
                Some(window) => vec![folder.join(&window[2].text)],
                None => {
                    let inside = match file.file_stem().and_then(|stem| stem.to_str()) {
                        Some("mod" | "lib" | "main") | None => folder.to_owned(),
                        Some(stem) => folder.join(stem),
                    };
                    vec![
                        inside.join(format!("{name}.rs")),
                        inside.join(name).join("mod.rs"),
                    ]
                }
            };
            module.push(name.clone());
            for file in files {
                let file = file.to_string_lossy().into_owned();
                if starts_test(attributes) {
                    self.tests.insert(file.clone());
                }
                self.names.insert(file, module.clone());
            }
        }
    }
}

/// Compiled for tests only, of this crate or of others.
fn starts_test(attributes: &[Token]) -> bool {
    let only = ["cfg", "(", "test", ")"];
    let fixtures = ["cfg", "(", "any", "(", "test", ","];
    (0..attributes.len())
        .any(|at| starts(attributes, at, &only) || starts(attributes, at, &fixtures))
}

/// The path of the module in that file, its crate first: `src/a/b.rs` and
/// `src/a/b/mod.rs` are `notibench::a::b`, `crates/core/src/a.rs` is `core::a`.
fn standard_name(path: &str) -> Vec<String> {
    let plain = path.trim_start_matches("crates/").trim_end_matches(".rs");
    let mut name: Vec<String> = plain.split('/').map(str::to_owned).collect();
    match name.iter().position(|folder| folder == "src") {
        Some(0) => "notibench".clone_into(&mut name[0]),
        Some(at) => drop(name.remove(at)),
        None => {}
    }
    if ["mod", "lib", "main"].contains(&name[name.len() - 1].as_str()) {
        name.pop();
    }
    name
}

/// A library depends on those alone that it may see; `manifests` are the names
/// of crates, each with the text of its Cargo.toml.
pub(crate) fn dependencies(manifests: &[(String, String)]) -> Vec<String> {
    let mut wrong = Vec::new();
    for (name, manifest) in manifests {
        let Some((_, may_see)) = MAY_SEE.iter().find(|(of, _)| of == name) else {
            wrong.push(format!("{name}: say in MAY_SEE what it may depend on"));
            continue;
        };
        let section = manifest
            .split("\n[")
            .find_map(|section| section.strip_prefix("dependencies]"));
        let seen = section.unwrap_or_default().lines().filter_map(|line| {
            let (other, _) = line
                .strip_prefix("notibench-")?
                .split_once(['.', ' ', '='])?;
            Some(other)
        });
        let refused = seen.filter(|other| !may_see.contains(other));
        wrong.extend(refused.map(|other| format!("`{name}` depends on `{other}`")));
    }
    wrong
}

/// Every file says at its head what it is.
pub(crate) fn heads_of_files(sources: &[Source]) -> Vec<String> {
    let lacking = sources
        .iter()
        .filter(|source| !source.text.starts_with("//! "));
    lacking
        .map(|source| source.at(1, "does not open with `//!` and what it is"))
        .collect()
}

/// Files and functions stay short.
pub(crate) fn lengths(sources: &[Source]) -> Vec<String> {
    let mut wrong = Vec::new();
    for source in sources {
        let lines = source.text.lines().count();
        if lines >= FILE_LINES {
            let what = format!("{lines} lines; a file has fewer than {FILE_LINES}: split it");
            wrong.push(source.at(lines, &what));
        }
        for function in functions(&source.tokens) {
            if function.lines >= FUNCTION_LINES {
                let what = format!(
                    "`{}` has {} lines; a function has fewer than {FUNCTION_LINES}",
                    function.name, function.lines
                );
                wrong.push(source.at(function.line, &what));
            }
        }
    }
    wrong
}

/// No identifier is called by the word that may mean service time or response
/// time; no `unsafe` but in one file.
pub(crate) fn words(sources: &[Source]) -> Vec<String> {
    let mut wrong = Vec::new();
    for source in sources {
        for token in source.tokens.iter().filter(|token| token.is_word()) {
            if token.text.to_lowercase().contains("latency") {
                let what = format!("`{}`: say service time or response time", token.text);
                wrong.push(source.at(token.line, &what));
            }
            let may = UNSAFE.iter().any(|place| source.path.starts_with(*place));
            if token.text == "unsafe" && !may {
                let what = format!("`unsafe` stands in {} only", UNSAFE.join(" and "));
                wrong.push(source.at(token.line, &what));
            }
        }
    }
    wrong
}

/// No panic outside tests, but those that are listed.
pub(crate) fn panics(sources: &[Source], listed: &[(&str, usize)]) -> Vec<String> {
    let modules = Modules::of(sources);
    let mut counts: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
    for source in sources.iter().filter(|source| source.is_of_library()) {
        if modules.tests.contains(&source.path) {
            continue;
        }
        let tests = test_items(&source.tokens);
        let tokens = &source.tokens;
        let lines = (0..tokens.len())
            .filter(|at| !tests.iter().any(|item| item.contains(at)) && panics_at(tokens, *at))
            .map(|at| tokens[at].line);
        counts.entry(&source.path).or_default().extend(lines);
    }
    for (path, _) in listed {
        counts.entry(path).or_default();
    }
    let allowed = |path: &str| {
        listed
            .iter()
            .find(|(of, _)| *of == path)
            .map_or(0, |(_, n)| *n)
    };
    counts
        .into_iter()
        .filter(|(path, lines)| lines.len() != allowed(path))
        .map(|(path, lines)| {
            format!(
                "{path}: {} panics outside tests at lines {lines:?}, listed are {}: give an \
                 error instead, or shorten the list",
                lines.len(),
                allowed(path)
            )
        })
        .collect()
}

/// The panics that are listed.
pub(crate) fn listed_panics() -> &'static [(&'static str, usize)] {
    &PANICS
}

fn panics_at(tokens: &[Token], at: usize) -> bool {
    let calls = [[".", "unwrap", "("], [".", "expect", "("]];
    let macros = ["panic", "todo", "unimplemented", "unreachable"];
    calls.iter().any(|call| starts(tokens, at, call))
        || macros.iter().any(|name| starts(tokens, at, &[name, "!"]))
}

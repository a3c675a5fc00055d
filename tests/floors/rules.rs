//! The rules of the house, each a function from sources to what breaks it.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::path::{Path, PathBuf};

use crate::scan::{Token, functions, past_bracket, starts, test_items, tokens};

/// The floor of each module; imports go to lower numbers only, so that
/// modules of one floor are blind to each other.
const FLOORS: [(&str, u8); 12] = [
    ("cli", 5),
    ("harness", 4),
    ("report", 4),
    ("generator", 3),
    ("engine", 3),
    ("record", 3),
    ("trace", 3),
    ("workload", 2),
    ("stats", 2),
    ("policy", 1),
    ("event", 1),
    ("unit", 0),
];
/// Downward, and yet refused: an engine could be tuned to a workload.
const REFUSED: [(&str, &str); 1] = [("engine", "workload")];
/// Within one floor, and yet granted: the policy is a function of an event.
const GRANTED: [(&str, &str); 1] = [("policy", "event")];
/// The one file that may hold `unsafe`.
const UNSAFE: &str = "src/unit/prefetch.rs";
/// Panics outside tests, each of which states what cannot happen. A file has
/// exactly as many as are listed here: the list only ever shrinks. One says
/// that a server beyond a socket has failed: the contract of engines has no
/// other way.
const PANICS: [(&str, usize); 7] = [
    ("src/engine/partitioned/share_nothing/session.rs", 1),
    ("src/engine/redis/connection.rs", 1),
    ("src/engine/partitioned/timely/engine.rs", 1),
    ("src/record/store.rs", 1),
    ("src/stats/histogram.rs", 1),
    ("src/stats/histogram_text.rs", 1),
    ("src/stats/interval.rs", 1),
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

    fn is_of_library(&self) -> bool {
        self.path.starts_with("src/")
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

fn starts_test(attributes: &[Token]) -> bool {
    (0..attributes.len()).any(|at| starts(attributes, at, &["cfg", "(", "test", ")"]))
}

/// The path of the module in that file: `src/a/b.rs` and `src/a/b/mod.rs`
/// are `a::b`.
fn standard_name(path: &str) -> Vec<String> {
    let plain = path.trim_start_matches("src/").trim_end_matches(".rs");
    let mut name: Vec<String> = plain.split('/').map(str::to_owned).collect();
    if ["mod", "lib", "main"].contains(&name[name.len() - 1].as_str()) {
        name.pop();
    }
    name
}

/// Imports go downward only, and to no floor that is refused.
pub(crate) fn floors(sources: &[Source]) -> Vec<String> {
    let modules = Modules::of(sources);
    let mut wrong = Vec::new();
    for source in sources.iter().filter(|source| source.is_of_library()) {
        let module = &modules.names[&source.path];
        let Some(from) = module.first() else { continue };
        let Some(floor) = floor_of(from) else {
            wrong.push(source.at(1, &format!("`{from}` stands on no floor: add it to FLOORS")));
            continue;
        };
        for (line, to) in imports(&source.tokens, module) {
            if to == *from {
                continue;
            }
            let Some(target) = floor_of(&to) else {
                let what = format!("`{to}` is no floor: write the path out from a floor's name");
                wrong.push(source.at(line, &what));
                continue;
            };
            let pair = (from.as_str(), to.as_str());
            if (target >= floor && !GRANTED.contains(&pair)) || REFUSED.contains(&pair) {
                let what = format!("`{from}` (floor {floor}) imports `{to}` (floor {target})");
                wrong.push(source.at(line, &what));
            }
        }
    }
    wrong
}

fn floor_of(module: &str) -> Option<u8> {
    FLOORS
        .iter()
        .find(|(name, _)| *name == module)
        .map(|(_, floor)| *floor)
}

/// Every module that a file's paths lead to from the crate's root, with the
/// line; `*` and the like where the path does not name one.
fn imports(tokens: &[Token], module: &[String]) -> Vec<(usize, String)> {
    let mut found = Vec::new();
    // inline modules that are open, each with the token that ends it
    let mut inline: Vec<usize> = Vec::new();
    // the token that ends the open `use`
    let mut in_use = 0;
    for (at, token) in tokens.iter().enumerate() {
        inline.retain(|&end| at < end);
        let continues = at >= 2 && starts(tokens, at - 2, &[":", ":"]);
        if token.is("mod") && tokens.get(at + 2).is_some_and(|t| t.is("{")) {
            inline.push(past_bracket(tokens, at + 2));
        } else if token.is("use") {
            let end = tokens[at..].iter().position(|t| t.is(";"));
            in_use = at + end.unwrap_or(0);
        } else if token.is("crate") && !continues {
            if starts(tokens, at + 1, &[":", ":"]) {
                found.extend(heads(tokens, at + 3));
            } else if at < in_use && !tokens[at + 1].is(")") {
                found.push((token.line, "crate".to_owned()));
            }
        } else if token.is("super") && !continues {
            if at < in_use && !tokens[at - 1].is("use") {
                found.push((token.line, "super in braces".to_owned()));
                continue;
            }
            let mut next = at;
            let mut up = 0;
            while starts(tokens, next, &["super", ":", ":"]) {
                (next, up) = (next + 3, up + 1);
            }
            let depth = module.len() + inline.len();
            if up == depth {
                found.extend(heads(tokens, next));
            } else if up > depth {
                found.push((token.line, "super".to_owned()));
            }
        }
    }
    found
}

/// The first names of a path that goes on at `at`: one, or those of a group.
fn heads(tokens: &[Token], at: usize) -> Vec<(usize, String)> {
    let head = |at: usize| tokens.get(at).map(|t| (t.line, t.text.clone()));
    if !tokens.get(at).is_some_and(|token| token.is("{")) {
        return head(at).into_iter().collect();
    }
    let end = past_bracket(tokens, at) - 1;
    let mut found = Vec::new();
    let mut next = at + 1;
    while next < end {
        found.extend(head(next));
        while next < end && !tokens[next].is(",") {
            let opens = tokens[next].is("{");
            next = if opens {
                past_bracket(tokens, next)
            } else {
                next + 1
            };
        }
        next += 1;
    }
    found
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
            if token.text == "unsafe" && source.path != UNSAFE {
                wrong.push(source.at(token.line, &format!("`unsafe` stands in {UNSAFE} only")));
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

/// The modules that stand on a floor.
pub(crate) fn modules() -> Vec<&'static str> {
    FLOORS.iter().map(|(name, _)| *name).collect()
}

fn panics_at(tokens: &[Token], at: usize) -> bool {
    let calls = [[".", "unwrap", "("], [".", "expect", "("]];
    let macros = ["panic", "todo", "unimplemented", "unreachable"];
    calls.iter().any(|call| starts(tokens, at, call))
        || macros.iter().any(|name| starts(tokens, at, &[name, "!"]))
}

//! The floors and the rules of the house, checked against every source file,
//! tests among them; and each rule against text that breaks it.

mod circles;
mod rules;
mod scan;

use std::path::Path;

use circles::{WITHOUT_CIRCLES, circle};
use rules::{Source, floors, heads_of_files, lengths, listed_panics, modules, panics, words};
use scan::{functions, tokens};

/// Every Rust file of the project.
fn project() -> Vec<Source> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut sources = Vec::new();
    for folder in ["src", "tests", "examples", "benches"] {
        collect(root, &root.join(folder), &mut sources);
    }
    assert!(sources.len() > 80, "only {} files found", sources.len());
    sources
}

fn collect(root: &Path, folder: &Path, sources: &mut Vec<Source>) {
    let Ok(entries) = std::fs::read_dir(folder) else {
        return;
    };
    for entry in entries {
        let path = entry.unwrap().path();
        if path.is_dir() {
            collect(root, &path, sources);
        } else if path.extension().is_some_and(|ending| ending == "rs") {
            let name = path.strip_prefix(root).unwrap().to_string_lossy();
            let text = std::fs::read_to_string(&path).unwrap();
            sources.push(Source::new(&name.replace('\\', "/"), &text));
        }
    }
}

#[track_caller]
fn assert_none(wrong: &[String]) {
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

#[test]
fn imports_go_downward_only() {
    assert_none(&floors(&project()));
}

#[test]
fn no_file_imports_one_that_imports_it() {
    let sources = project();
    for floor in WITHOUT_CIRCLES {
        let circle = circle(&sources, floor).map(|found| found.join(" -> "));
        assert_eq!(circle, None);
    }
}

#[test]
fn every_module_stands_on_a_floor() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let library = std::fs::read_to_string(root.join("src/lib.rs")).unwrap();
    let declared: Vec<&str> = library
        .lines()
        .filter_map(|line| line.strip_prefix("pub mod ")?.strip_suffix(';'))
        .collect();
    let mut known = modules();
    known.sort_unstable();
    assert_eq!(declared, known);
}

#[test]
fn every_file_says_what_it_is() {
    assert_none(&heads_of_files(&project()));
}

#[test]
fn files_and_functions_are_short() {
    assert_none(&lengths(&project()));
}

#[test]
fn words_are_used_as_agreed() {
    // the checker's own files must spell what they look for
    let others: Vec<Source> = project()
        .into_iter()
        .filter(|source| !source.path.starts_with("tests/floors/"))
        .collect();
    assert_none(&words(&others));
}

#[test]
fn nothing_but_tests_panics() {
    assert_none(&panics(&project(), listed_panics()));
}

// Each rule, checked against what breaks it.

/// What `floors` says of one file.
fn of(path: &str, text: &str) -> Vec<String> {
    floors(&[Source::new(path, text)])
}

#[test]
fn an_import_upward_or_sideways_is_found() {
    for (path, text) in [
        ("src/stats/average.rs", "use crate::engine::Engine;"),
        ("src/harness/run.rs", "use crate::report::terminal;"),
        ("src/report/text.rs", "use crate::harness::run;"),
        ("src/report/text.rs", "use crate::cli::main;"),
        ("src/generator/mod.rs", "use crate::engine::Role;"),
        ("src/generator/mod.rs", "use crate::record::Record;"),
        ("src/engine/mod.rs", "use crate::generator::Generator;"),
        ("src/record/mod.rs", "use crate::engine::Role;"),
        ("src/workload/mod.rs", "use crate::stats::average;"),
        ("src/stats/mod.rs", "use crate::workload::Workload;"),
        ("src/engine/null.rs", "use crate::workload::Workload;"),
        ("src/event/mod.rs", "use crate::policy::effect_of;"),
        ("src/unit/mix.rs", "use crate::event::Event;"),
        // wherever the path stands
        ("src/unit/mix.rs", "fn f() -> u8 { crate::event::MAX }"),
        (
            "src/unit/mix.rs",
            "macro_rules! m { () => { $crate::event::f() } }",
        ),
        (
            "src/unit/mix.rs",
            "#[cfg(test)]\nmod tests { use crate::event::Event; }",
        ),
        (
            "src/unit/mix.rs",
            "use crate::{unit::{hash, digest}, event};",
        ),
        ("src/unit/mix.rs", "use super::super::event::Event;"),
        (
            "src/unit/mix.rs",
            "mod tests { use super::super::super::event::Event; }",
        ),
        ("src/unit/mod.rs", "use super::event::Event;"),
        ("src/unit/mod.rs", "use super::{unit, event};"),
        ("src/unit/mod.rs", "fn f() { super::event::f() }"),
        // and what would hide one
        ("src/unit/mix.rs", "use crate::*;"),
        ("src/unit/mix.rs", "use crate as root;"),
        ("src/unit/mod.rs", "use super::*;"),
        ("src/unit/mix.rs", "use super::{super::event};"),
        ("src/unit/mix.rs", "use super::super::super::x;"),
        ("src/novel/mod.rs", "fn f() {}"),
    ] {
        assert_eq!(
            of(path, text).len(),
            1,
            "{path}: {text}\n{:?}",
            of(path, text)
        );
    }
}

#[test]
fn a_circle_of_imports_is_found() {
    let of = |texts: &[(&str, &str)]| {
        let sources = texts.iter().map(|(path, text)| Source::new(path, text));
        circle(&sources.collect::<Vec<_>>(), "a").map(|found| found.join(" "))
    };
    let one = ("src/a/one.rs", "use super::two::{Two, part};");
    for two in [
        "use crate::a::one::One;",
        "use crate::{a::one, b};",
        "fn f() { super::one::f() }",
        "use super::{one::One, three};",
    ] {
        let found = of(&[one, ("src/a/two.rs", two)]);
        assert_eq!(found.as_deref(), Some("a::one a::two a::one"), "{two}");
    }
    for two in [
        "use crate::b::one::One;",
        "pub(in crate::a::one) fn f() {}",
        "#[cfg(test)] mod tests { use crate::a::one::One; }",
        "// use super::one",
    ] {
        assert_eq!(of(&[one, ("src/a/two.rs", two)]), None, "{two}");
    }
    // what a folder's own file hands on is imported of that file
    let folder = ("src/a/mod.rs", "mod one;\npub use one::One;");
    let inner = ("src/a/one.rs", "use super::shared;");
    assert_eq!(of(&[folder, inner]).as_deref(), Some("a a::one a"));
}

#[test]
fn an_import_downward_or_within_is_none() {
    for (path, text) in [
        (
            "src/cli/run.rs",
            "use crate::{harness::run, report, unit::{mix, hash}};",
        ),
        ("src/policy/table.rs", "use crate::event::Kind;"),
        (
            "src/unit/mix.rs",
            "use super::hash; mod tests { use super::super::digest; }",
        ),
        (
            "src/unit/mix.rs",
            "mod a { mod b {} } mod tests { use super::super::digest; }",
        ),
        ("src/unit/mod.rs", "mod tests { use super::*; }"),
        (
            "src/unit/mix.rs",
            "// crate::event\n/* crate::cli /* */ */ //! [`crate::cli`]",
        ),
        (
            "src/unit/mix.rs",
            "const A: &str = \"crate::event\"; const B: &str = r#\"\" crate::cli\"#;",
        ),
        (
            "src/unit/mix.rs",
            "const A: char = '\"'; const B: char = '\\''; pub(crate) fn f<'a>() {}",
        ),
        ("src/main.rs", "fn main() { notibench::cli::main() }"),
    ] {
        assert_none(&of(path, text));
    }
}

#[test]
fn a_moved_file_is_placed_by_its_declaration() {
    let parent = Source::new(
        "src/unit/mix.rs",
        "#[cfg(test)]\n#[path = \"mix_tests.rs\"]\nmod tests;",
    );
    let tests = Source::new(
        "src/unit/mix_tests.rs",
        "use super::super::super::event::Event;",
    );
    assert_eq!(floors(&[parent.clone(), tests.clone()]).len(), 1);
    assert_eq!(floors(&[tests, parent]).len(), 1);
}

#[test]
fn a_file_without_a_head_is_found() {
    for text in [
        "use std::fmt;\n",
        "// what it is\n",
        "\n//! what it is\n",
        "//!\n",
    ] {
        assert_eq!(
            heads_of_files(&[Source::new("src/a.rs", text)]).len(),
            1,
            "{text}"
        );
    }
    assert_none(&heads_of_files(&[Source::new(
        "src/a.rs",
        "//! What it is.\n",
    )]));
}

#[test]
fn a_long_file_and_a_long_function_are_found() {
    let lines = |count: usize| "a;\n".repeat(count);
    let file = |count| lengths(&[Source::new("src/a.rs", &lines(count))]);
    assert_none(&file(399));
    assert_eq!(file(400).len(), 1);
    let function = |count| {
        let text = format!("pub const fn f(a: [u8; 4]) -> u8 {{\n{}}}\n", lines(count));
        lengths(&[Source::new("tests/a.rs", &text)])
    };
    assert_none(&function(67));
    assert_eq!(function(68).len(), 1);
    assert!(
        function(68)[0].contains("tests/a.rs:1: `f` has 70 lines"),
        "{:?}",
        function(68)
    );
}

#[test]
fn functions_are_measured_by_their_own_braces() {
    let text =
        "trait T { fn a(&self); fn b() {\n} }\nfn c(f: fn(u8)) where u8: Copy {\n{}\n\"}\"\n}\n";
    let found: Vec<(String, usize)> = functions(&tokens(text))
        .into_iter()
        .map(|function| (function.name, function.lines))
        .collect();
    assert_eq!(found, [("b".to_owned(), 2), ("c".to_owned(), 4)]);
}

#[test]
fn a_word_that_is_not_agreed_is_found() {
    let said = |path, text| words(&[Source::new(path, text)]).len();
    for text in [
        "let latency = 1;",
        "struct ReadLatency;",
        "a.latency_ns",
        "unsafe { f() }",
    ] {
        assert_eq!(said("src/unit/mix.rs", text), 1, "{text}");
    }
    assert_eq!(said("src/unit/prefetch.rs", "unsafe { f() }"), 0);
    assert_eq!(
        said(
            "src/unit/mix.rs",
            "// latency, unsafe\n\"latency\"; unsafe_code"
        ),
        0
    );
}

#[test]
fn a_panic_outside_tests_is_found() {
    let said = |text: &str| panics(&[Source::new("src/a.rs", text)], &[]).len();
    for text in [
        "fn f() { g().unwrap(); }",
        "fn f() { g()\n    .expect(\"h\"); }",
        "fn f() { panic!(\"h\") }",
        "fn f() { todo!() }",
        "fn f() { unreachable!() }",
        "#[cfg(test)] mod tests { } fn f() { g().unwrap() }",
        "#[cfg(test)] use a::b; fn f() { g().unwrap() }",
    ] {
        assert_eq!(said(text), 1, "{text}");
    }
    for text in [
        "fn f() { g().unwrap_or(1); g().expect_err; std::panic::catch_unwind(h) }",
        "#[cfg(test)] mod tests { fn f() { g().unwrap() } }",
        "#[test] #[ignore] fn f() { g().unwrap() }",
        "/// x.unwrap()\n// panic!()\nconst A: &str = \"panic!()\";",
    ] {
        assert_eq!(said(text), 0, "{text}");
    }
}

#[test]
fn a_module_of_tests_in_a_file_of_its_own_may_panic() {
    let text = "fn f() { g().unwrap() }";
    let parent = Source::new(
        "src/a/mod.rs",
        "#[cfg(test)]\npub(crate) mod fixture;\nmod other;",
    );
    let fixture = Source::new("src/a/fixture.rs", text);
    let other = Source::new("src/a/other.rs", text);
    assert_none(&panics(&[parent.clone(), fixture], &[]));
    assert_eq!(panics(&[parent, other], &[]).len(), 1);
}

#[test]
fn the_list_of_panics_only_shrinks() {
    let source = Source::new("src/a.rs", "fn f() { g().unwrap() }");
    let said = |listed: &[(&str, usize)]| panics(std::slice::from_ref(&source), listed).len();
    assert_eq!(said(&[("src/a.rs", 1)]), 0);
    assert_eq!(said(&[("src/a.rs", 2)]), 1, "fewer than are listed");
    assert_eq!(said(&[("src/a.rs", 1), ("src/gone.rs", 1)]), 1);
}

//! The rules of the house, checked against every source file, tests among them;
//! and each rule against text that breaks it.

mod imports;
mod rules;
mod scan;

use std::path::Path;

use imports::{circles, drawing, folders, imports};
use rules::{
    Source, dependencies, heads_of_files, lengths, listed_panics, modules_of, panics, words,
};
use scan::{functions, tokens};

/// Every Rust file of the project.
fn project() -> Vec<Source> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut sources = Vec::new();
    for folder in ["src", "crates", "tests", "examples", "benches"] {
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
fn crates_depend_downward_only() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let read = |folder: &Path| std::fs::read_to_string(folder.join("Cargo.toml")).unwrap();
    let mut manifests = vec![("notibench".to_owned(), read(root))];
    for folder in std::fs::read_dir(root.join("crates")).unwrap() {
        let folder = folder.unwrap();
        let name = folder.file_name().into_string().unwrap();
        manifests.push((name, read(&folder.path())));
    }
    assert!(manifests.len() > 6, "{} crates", manifests.len());
    assert_none(&dependencies(&manifests));
}

/// What is drawn in docs/ARCHITECTURE.md: all crates, and the folders of these.
const DRAWN: [Option<&str>; 6] = [
    None,
    Some("core"),
    Some("engines"),
    Some("harness"),
    Some("report"),
    Some("notibench"),
];

#[test]
fn no_file_or_folder_imports_itself_by_way_of_others() {
    let files = imports(&project());
    let folders = DRAWN.map(|module| circles(&folders(&files, module)));
    let wrong: Vec<String> = circles(&files)
        .into_iter()
        .chain(folders.into_iter().flatten())
        .map(|circle| format!("a circle of {}: {}", circle.len(), circle.join(", ")))
        .collect();
    assert_none(&wrong);
}

/// Drawn anew by `NOTIBENCH_BLESS=1 cargo test --test architecture drawn`.
#[test]
fn the_imports_are_drawn_as_they_are() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/ARCHITECTURE.md");
    let page = std::fs::read_to_string(&path).unwrap();
    let imports = imports(&project());
    let mut drawn = page.clone();
    for module in DRAWN {
        let name = module.unwrap_or("crates");
        let (begin, end) = (format!("<!-- imports of {name} -->\n"), "<!-- end -->");
        let start = drawn.find(&begin).expect(&begin) + begin.len();
        let until = start + drawn[start..].find(end).expect(end);
        drawn.replace_range(start..until, &drawing(&folders(&imports, module)));
    }
    if std::env::var_os("NOTIBENCH_BLESS").is_some() {
        std::fs::write(&path, &drawn).unwrap();
    } else {
        // the whole page twice would bury the message
        assert!(page == drawn, "draw it again with NOTIBENCH_BLESS=1");
    }
}

#[test]
fn a_circle_of_imports_is_found() {
    let source = |path: &str, text: &str| Source::new(path, text);
    let folder = source("src/a/mod.rs", "mod b; mod c; pub(super) use b::B;");
    let b = source("src/a/b.rs", "use super::c::C; pub(super) struct B;");
    let through = |text: &str| {
        let files = [folder.clone(), b.clone(), source("src/a/c.rs", text)];
        circles(&imports(&files))
    };
    let circle = [["notibench::a::b".to_owned(), "notibench::a::c".to_owned()]];
    // straight, by way of a re-export, by a path in a function
    assert_eq!(through("use super::b::B; pub(super) struct C;"), circle);
    assert_eq!(through("use super::B; pub(super) struct C;"), circle);
    assert_eq!(
        through("pub(super) struct C; fn f() { crate::a::b::f() }"),
        circle
    );
    assert_none(&through("pub(super) struct C;").concat());
    let of_tests = "pub(super) struct C; #[cfg(test)] mod tests { use super::super::b::B; }";
    assert_none(&through(of_tests).concat());
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
        .filter(|source| !source.path.starts_with("tests/architecture/"))
        .collect();
    assert_none(&words(&others));
}

#[test]
fn nothing_but_tests_panics() {
    assert_none(&panics(&project(), listed_panics()));
}

// Each rule, checked against what breaks it.

#[test]
fn a_crate_that_sees_too_much_is_found() {
    let said = |name: &str, text: &str| dependencies(&[(name.to_owned(), text.to_owned())]);
    let on =
        |other: &str| format!("[package]\n[dependencies]\nnotibench-{other}.workspace = true\n");
    assert_eq!(
        said("engines", &on("workload")),
        ["`engines` depends on `workload`"]
    );
    assert_eq!(
        said("report", &on("harness")),
        ["`report` depends on `harness`"]
    );
    assert_eq!(said("novel", "[dependencies]\n").len(), 1);
    assert_none(&said("engines", &on("core")));
    let in_tests = "[dependencies]\n[dev-dependencies]\nnotibench-engines.workspace = true\n";
    assert_none(&said("report", in_tests));
}

#[test]
fn a_moved_file_is_placed_by_its_declaration() {
    let parent = Source::new(
        "crates/core/src/unit/mix.rs",
        "#[cfg(test)]\n#[path = \"mix_tests.rs\"]\nmod tests;",
    );
    let tests = Source::new("crates/core/src/unit/mix_tests.rs", "");
    let (places, of_tests) = modules_of(&[tests.clone(), parent]);
    assert_eq!(places[&tests.path].join("::"), "core::unit::mix::tests");
    assert!(of_tests.contains(&tests.path));
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
    assert_eq!(
        said("crates/core/src/unit/prefetch.rs", "unsafe { f() }"),
        0
    );
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

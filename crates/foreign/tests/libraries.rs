//! A library's map against the plain fold, and the hash of the header against
//! that of the engines.

use std::path::{Path, PathBuf};
use std::process::Command;

use notibench_core::engine::{Engine, EngineConfig};
use notibench_core::store::StoreEngine;
use notibench_core::testing::{Fold, holds, ingest, stream};
use notibench_core::unit::hash::{hash_id, shared_hasher};
use notibench_foreign::{Library, SingleForeignMap, address_of};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn compile(words: &[&str], source: &Path, target: &Path) {
    let built = Command::new("cc")
        .args(["-std=c11", "-O2", "-Wall", "-Wextra", "-Werror", "-pthread"])
        .args(words)
        .arg("-I")
        .arg(root().join("include"))
        .arg(source)
        .arg("-o")
        .arg(target)
        .output()
        .expect("a C compiler, `cc`");
    assert!(
        built.status.success(),
        "{}",
        String::from_utf8_lossy(&built.stderr)
    );
}

#[test]
fn a_library_s_map_agrees_with_the_plain_fold() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("libone_lock.so");
    compile(
        &["-shared", "-fPIC"],
        &root().join("tests/c_maps/one_lock.c"),
        &path,
    );
    let map = Library::open(&path).unwrap().maps(None).unwrap().remove(0);
    assert_eq!((map.name(), map.is_bulk()), ("one-lock-c", false));
    for threads in [1, 2, 8] {
        let mut config = EngineConfig::new(threads);
        config.external = Some(address_of(&map).into());
        let events = stream(3, 30_000);
        let engine = StoreEngine::<SingleForeignMap>::build(&config);
        ingest(&engine, threads, &events, 100);
        holds(&engine, threads, &Fold::of(&events));
    }
}

#[test]
fn the_header_s_hash_is_that_of_the_engines() {
    let folder = tempfile::tempdir().unwrap();
    let (source, program) = (folder.path().join("hash.c"), folder.path().join("hash"));
    let text = "#include <inttypes.h>\n#include <stdio.h>\n#include \"notibench.h\"\n\
        const notibench_map *notibench_maps(size_t number) { (void)number; return NULL; }\n\
        int main(void) { for (uint64_t key = 0; key < 3000; key++) \
        printf(\"%\" PRIu64 \"\\n\", notibench_hash(key * key * key * UINT64_C(0x9e3779b97f4a7c15))); \
        return 0; }\n";
    std::fs::write(&source, text).unwrap();
    let hasher = shared_hasher();
    let key = |number: u64| number.wrapping_pow(3).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    let expected: Vec<u64> = (0..3000)
        .map(|number| hash_id(&hasher, key(number)))
        .collect();
    // with the compiler's wide product, and without
    for words in [&[][..], &["-U__SIZEOF_INT128__"]] {
        compile(words, &source, &program);
        let printed = Command::new(&program).output().unwrap().stdout;
        let printed = String::from_utf8(printed).unwrap();
        let hashes: Vec<u64> = printed.lines().map(|line| line.parse().unwrap()).collect();
        assert_eq!(hashes, expected);
    }
}

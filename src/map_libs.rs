//! Maps of shared libraries as contenders: opened before anything runs.

use std::path::Path;

use notibench_foreign::{Library, LibraryMap, contender_of, null_contender};
use notibench_harness::Contender;

use crate::exit::Failure;

/// The maps that the words `PATH[:NAME]` name, and the probe that shows what
/// their interface costs.
pub(crate) fn contenders_of(words: &[String]) -> Result<Vec<Contender>, Failure> {
    let mut found: Vec<Contender> = Vec::new();
    for word in words {
        for map in maps_of(word)? {
            let contender = contender_of(&map);
            if found.iter().any(|other| other.name == contender.name) {
                return Err(Failure::Usage(format!(
                    "--map-lib {word}: a second map is called `{}`: take one with PATH:NAME",
                    map.name()
                )));
            }
            found.push(contender);
        }
    }
    if !found.is_empty() {
        found.push(null_contender());
    }
    Ok(found)
}

fn maps_of(word: &str) -> Result<Vec<LibraryMap>, Failure> {
    let (path, name) = match word.rsplit_once(':') {
        // a path may hold colons of its own
        Some((path, name)) if !Path::new(word).exists() => (path, Some(name)),
        _ => (word, None),
    };
    let maps = Library::open(Path::new(path)).and_then(|library| library.maps(name));
    maps.map_err(|error| Failure::Usage(format!("--map-lib {error}")))
}

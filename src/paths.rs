//! Paths of files.

use std::path::Path;

use notibench_core::unit::atomic_file::through_links;

/// Whether two targets are one file, which need not be there yet.
pub(super) fn is_same(one: &Path, other: &Path) -> bool {
    let resolved = |path: &Path| {
        let path = through_links(path).ok()?;
        let folder = path.parent().filter(|folder| *folder != Path::new(""));
        let folder = folder.unwrap_or(Path::new(".")).canonicalize().ok()?;
        Some(folder.join(path.file_name()?))
    };
    one == other || resolved(one).is_some_and(|path| Some(path) == resolved(other))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_file_is_one_file_however_it_is_written() {
        let same = |one: &str, other: &str| is_same(Path::new(one), Path::new(other));
        assert!(same("a.json", "./a.json"));
        assert!(same("src/../a.json", "a.json"));
        assert!(!same("a.json", "src/a.json"));
        assert!(!same("a.json", "b.json"));
    }
}

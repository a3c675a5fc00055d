//! Where records are saved: targets that are checked before a run.

use std::path::Path;

use super::args::output::SaveArgs;
use super::exit::Failure;
use notibench_core::unit::atomic_file::check_writable;
use notibench_record::Target;

/// Where a record goes that was given no place; makes its folder.
pub(crate) fn standard_target(stem: &str) -> Result<Target, Failure> {
    let target = Target::fresh(stem, jiff::Timestamp::now());
    if let Some(folder) = target.path().parent() {
        std::fs::create_dir_all(folder).map_err(|error| {
            Failure::Error(format!(
                "cannot make the folder {} for the record: {error}; name another with --out, or \
                 give --no-save",
                folder.display()
            ))
        })?;
    }
    Ok(target)
}

/// Where the record goes; refused before the run where it can't be written.
pub(crate) fn target_path(stem: &str, save: &SaveArgs) -> Result<Option<Target>, Failure> {
    if save.no_save {
        return Ok(None);
    }
    target_of(stem, save.out.as_deref()).map(Some)
}

/// The same, given the value of `--out`.
pub(crate) fn target_of(stem: &str, out: Option<&Path>) -> Result<Target, Failure> {
    let target = match out {
        None => standard_target(stem)?,
        Some(folder) if folder.is_dir() => Target::fresh_in(folder, stem, jiff::Timestamp::now()),
        Some(file) => Target::from(file),
    };
    check_target(target.path())?;
    Ok(target)
}

/// Refuses a target that could not be written after a long run.
pub(crate) fn check_target(path: &Path) -> Result<(), Failure> {
    check_writable(path).map_err(|error| {
        Failure::Error(format!(
            "cannot write {}: {error}; choose a folder that exists and that you may write to",
            path.display()
        ))
    })
}

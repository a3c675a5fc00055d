//! Workload files on disk: reading one, listing a folder.

use std::fs::File;
use std::io::{ErrorKind, Read};
use std::path::{Path, PathBuf};

use annotate_snippets::normalize_untrusted_str;

use super::built_in::{BUILT_IN, built_in_names, built_in_text};
use super::error::{Fault, WorkloadError};
use super::spec::Workload;
use super::suggest::nearest;
use notibench_core::unit::encoding::{Foreign, foreign, without_mark};

/// No workload is larger; what is, is something else.
const MAX_FILE_BYTES: u64 = 1 << 20;
/// Where the workloads of this project lie.
const FOLDER: &str = "workloads";

/// What a list of workloads shows of one.
#[derive(Clone, Debug, PartialEq)]
pub struct Summary {
    /// Name, the file's stem.
    pub name: String,
    /// The file.
    pub path: PathBuf,
    /// First line of what it models.
    pub about: String,
    /// Events of one span.
    pub events: u64,
    /// How many members there are.
    pub members: u64,
    /// Length of one span in µs.
    pub span_us: u64,
    /// Reads per event.
    pub reads_per_event: f64,
}

impl Workload {
    /// Reads the workload in the file `path`, or the built-in one of that
    /// name, and returns its text too.
    ///
    /// # Errors
    /// Where the file can't be read, is larger than 1 MiB, is no UTF-8, or
    /// has a mistake; the message names the path and the remedy.
    pub fn load(path: &Path) -> Result<(Self, String), WorkloadError> {
        let text = match built_in_text(path) {
            Some(text) => text.to_owned(),
            None => read_text(path)?,
        };
        let workload = Self::parse(&path.to_string_lossy(), &text)?;
        Ok((workload, text))
    }
}

/// A summary of each `*.toml` in `folder`, by name; what can't be read is an
/// error in its place. A folder that can't be listed is one error.
#[must_use]
pub fn summaries(folder: &Path) -> Vec<Result<Summary, WorkloadError>> {
    let paths = match workload_files(folder) {
        Ok(paths) => paths,
        Err(error) => {
            let shown = folder.to_string_lossy();
            let title = format!("can't list the folder `{shown}`: {error}");
            let help = format!("name a folder of workload files, such as `{FOLDER}`");
            return vec![Err(WorkloadError::of_file(&shown, title, help))];
        }
    };
    paths.into_iter().map(summary).collect()
}

/// A summary of each built-in workload.
///
/// # Errors
/// None, as the tests parse each.
pub fn built_in_summaries() -> Vec<Result<Summary, WorkloadError>> {
    let summary = |&(name, text): &(&str, &str)| {
        let workload = Workload::parse(name, text)?;
        let mut summary = Summary::of(workload, PathBuf::from(name));
        name.clone_into(&mut summary.name);
        Ok(summary)
    };
    BUILT_IN.iter().map(summary).collect()
}

fn summary(path: PathBuf) -> Result<Summary, WorkloadError> {
    let (workload, _) = Workload::load(&path)?;
    Ok(Summary::of(workload, path))
}

impl Summary {
    pub(super) fn of(workload: Workload, path: PathBuf) -> Self {
        Self {
            about: workload.about.lines().next().unwrap_or_default().to_owned(),
            name: workload.name,
            path,
            events: workload.events,
            members: workload.population.members,
            span_us: workload.span_us,
            reads_per_event: workload.reads.per_event,
        }
    }
}

/// The `*.toml` files in `folder`, sorted by name.
///
/// # Errors
/// Where the folder cannot be listed.
pub fn workload_files(folder: &Path) -> std::io::Result<Vec<PathBuf>> {
    let mut paths = Vec::new();
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
        if path.extension().is_some_and(|ending| ending == "toml") && !path.is_dir() {
            paths.push(path);
        }
    }
    paths.sort_by(|a, b| a.file_stem().cmp(&b.file_stem()));
    Ok(paths)
}

fn read_text(path: &Path) -> Result<String, WorkloadError> {
    let shown = normalize_untrusted_str(&path.to_string_lossy());
    let whole = |title, help: &str| WorkloadError::of_file(&shown, title, help.to_owned());
    if path.is_dir() {
        let title = format!("`{shown}` is a folder, not a workload file");
        return Err(whole(title, "name one of the .toml files in it"));
    }
    let mut bytes = Vec::new();
    let read =
        File::open(path).and_then(|file| file.take(MAX_FILE_BYTES + 1).read_to_end(&mut bytes));
    match read {
        Err(error) if error.kind() == ErrorKind::NotFound => {
            let title = format!("there is no workload file `{shown}`");
            return Err(whole(title, &help_for_missing(path)));
        }
        Err(error) => {
            let title = format!("can't read the workload file `{shown}`: {error}");
            return Err(whole(title, "check the file's path and permissions"));
        }
        Ok(_) => {}
    }
    if bytes.len() as u64 > MAX_FILE_BYTES {
        let title = format!("`{shown}` is larger than 1 MiB");
        return Err(whole(
            title,
            "a workload file has a few kB: is this the right file?",
        ));
    }
    if let Some(Foreign { what, help }) = foreign(&bytes) {
        let title = format!("`{shown}` is not UTF-8 text but {what}");
        return Err(whole(title, &format!("make text of it with `{help}`")));
    }
    if without_mark(&bytes).len() < bytes.len() {
        bytes.drain(..bytes.len() - without_mark(&bytes).len());
    }
    String::from_utf8(bytes)
        .map_err(|error| not_utf8(&shown, error.as_bytes(), &error.utf8_error()))
}

/// The place of the first byte that is no text, in the text as far as it can
/// be shown.
fn not_utf8(shown: &str, bytes: &[u8], error: &std::str::Utf8Error) -> WorkloadError {
    let text = String::from_utf8_lossy(bytes);
    let at = error.valid_up_to();
    let fault = Fault {
        span: Some(at..at + char::REPLACEMENT_CHARACTER.len_utf8()),
        title: format!("`{shown}` is not UTF-8 text"),
        label: format!("byte 0x{:02x}", bytes.get(at).copied().unwrap_or_default()),
        help: "save the file as UTF-8".to_owned(),
        note: String::new(),
    };
    WorkloadError::new(shown, &text, vec![fault])
}

/// What to run instead of a file that isn't there: one of a like name beside
/// it, in the project's folder, or built in.
fn help_for_missing(path: &Path) -> String {
    let list = "`notibench list workloads` shows what there is";
    let wanted = path
        .file_stem()
        .map(|stem| stem.to_string_lossy())
        .unwrap_or_default();
    let beside = path
        .parent()
        .filter(|folder| !folder.as_os_str().is_empty());
    let folders = [beside.unwrap_or(Path::new(".")), Path::new(FOLDER)];
    let files = folders
        .iter()
        .filter_map(|folder| workload_files(folder).ok())
        .flatten();
    let found: Vec<PathBuf> = files.chain(built_in_names().map(PathBuf::from)).collect();
    let stems: Vec<String> = found
        .iter()
        .map(|path| {
            path.file_stem()
                .unwrap_or_default()
                .to_string_lossy()
                .into_owned()
        })
        .collect();
    let stems: Vec<&str> = stems.iter().map(String::as_str).collect();
    let meant = nearest(&wanted, &stems).and_then(|stem| stems.iter().position(|s| *s == stem));
    meant.map_or_else(
        || list.to_owned(),
        |at| format!("did you mean `{}`? {list}", found[at].display()),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_byte_order_mark_is_passed_over_and_other_encodings_are_named() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("pair.toml");
        let text = "name = 1\n";
        std::fs::write(&path, format!("\u{feff}{text}")).unwrap();
        assert_eq!(read_text(&path).unwrap(), text);
        let utf16: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
        for (bytes, part) in [(utf16, "UTF-16"), (b"\x1f\x8b\x08\0".to_vec(), "gzip")] {
            std::fs::write(&path, bytes).unwrap();
            let message = read_text(&path).unwrap_err().to_string();
            assert!(message.contains(part), "{message}");
        }
    }
}

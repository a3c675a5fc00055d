//! Files that are replaced whole or not at all: written without a name in the
//! target's folder, synced, named, and the folder synced. What was there before
//! survives a kill, a full disk and an unwritable folder, and nothing is left
//! beside it, but for a kill within the microseconds in which a file that
//! replaces another has a name of its own (`.notibench-…`).

use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use tempfile::NamedTempFile;

/// What the name of a temporary file begins with.
const PREFIX: &str = ".notibench-";

/// Why a file could not be written: which file, and what the system said.
#[derive(Debug, thiserror::Error)]
#[error("cannot write {}: {source}{}", path.display(), advice(source))]
pub struct WriteError {
    /// The file that was to be written.
    pub path: PathBuf,
    /// What the system said.
    #[source]
    pub source: io::Error,
}

fn advice(error: &io::Error) -> &'static str {
    match error.kind() {
        io::ErrorKind::NotFound => "; make its folder first, or name another with --out",
        io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem => {
            "; choose a folder that you may write to with --out"
        }
        io::ErrorKind::StorageFull => "; free some room, or name another disk with --out",
        _ => "",
    }
}

/// Runs `fill` on a buffered writer and puts what it wrote at `path`, whole.
///
/// # Errors
/// Where the folder can't be written, the disk is full, or `fill` fails; the
/// file at `path` is then what it was.
pub fn write_atomically(
    path: &Path,
    fill: impl FnOnce(&mut dyn Write) -> io::Result<()>,
) -> Result<(), WriteError> {
    replace(path, fill).map_err(|source| WriteError {
        path: path.to_owned(),
        source,
    })
}

/// Runs `fill` on a buffered writer and puts what it wrote, whole, at the
/// first of `names` that no file has yet; gives that name. Two processes that
/// try the same names at the same time get one each. All names are in one
/// folder.
///
/// # Errors
/// Where the folder can't be written, the disk is full, `fill` fails, or every
/// name is taken.
pub fn write_new(
    names: impl IntoIterator<Item = PathBuf>,
    fill: impl FnOnce(&mut dyn Write) -> io::Result<()>,
) -> Result<PathBuf, WriteError> {
    let mut names = names.into_iter();
    let mut path = names.next().unwrap_or_default();
    let failed = |path: &Path, source| WriteError {
        path: path.to_owned(),
        source,
    };
    let folder = folder_of(&path).to_owned();
    let mut temporary = filled(&folder, fill).map_err(|error| failed(&path, error))?;
    loop {
        let Err((taken, error)) = temporary.put_at_new(&path) else {
            break;
        };
        if error.kind() != io::ErrorKind::AlreadyExists {
            return Err(failed(&path, error));
        }
        path = names.next().ok_or_else(|| failed(&path, error))?;
        temporary = taken;
    }
    sync_folder(&folder).map_err(|error| failed(&path, error))?;
    Ok(path)
}

fn replace(path: &Path, fill: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> io::Result<()> {
    if is_special(path) {
        // /dev/full, a pipe: nothing to rename over
        let mut writer = BufWriter::new(File::options().write(true).open(path)?);
        fill(&mut writer)?;
        return writer.flush();
    }
    let path = through_links(path)?;
    let folder = folder_of(&path);
    filled(folder, fill)?.put_at(&path)?;
    sync_folder(folder)
}

/// A file in `folder` that has no name yet, with all that `fill` writes.
fn filled(
    folder: &Path,
    fill: impl FnOnce(&mut dyn Write) -> io::Result<()>,
) -> io::Result<Temporary> {
    let mut temporary = Temporary::in_folder(folder)?;
    {
        let mut writer = BufWriter::with_capacity(1 << 16, temporary.file());
        fill(&mut writer)?;
        writer.flush()?;
    }
    temporary.file().sync_all()?;
    Ok(temporary)
}

/// Makes a new name in `folder` survive a power cut.
fn sync_folder(folder: &Path) -> io::Result<()> {
    File::open(folder)?.sync_all()
}

/// The path that a write to `path` ends at: the target of a symbolic link,
/// which need not exist, and else `path` itself.
///
/// # Errors
/// Where links lead to one another in a circle.
pub fn through_links(path: &Path) -> io::Result<PathBuf> {
    let mut path = path.to_owned();
    // as many as Linux follows
    for _ in 0..=40 {
        match std::fs::read_link(&path) {
            // a target is relative to the folder of its link
            Ok(target) => path = folder_of(&path).join(target),
            // no link, or nothing there: writing tells more
            Err(_) => return Ok(path),
        }
    }
    Err(io::Error::other("its symbolic links lead in a circle"))
}

/// Whether a file could be written at `path`, found out without touching what
/// is there.
///
/// # Errors
/// Where `path` is a folder, or its own folder is missing or can't be written.
pub fn check_writable(path: &Path) -> io::Result<()> {
    if path.is_dir() {
        return Err(io::Error::from(io::ErrorKind::IsADirectory));
    }
    let shown = path.as_os_str().to_string_lossy();
    if shown.is_empty() || shown.ends_with(std::path::is_separator) {
        // a folder is meant, and it isn't there
        return Err(io::Error::from(io::ErrorKind::NotFound));
    }
    if is_special(path) {
        return File::options().write(true).open(path).map(drop);
    }
    Temporary::in_folder(folder_of(&through_links(path)?)).map(drop)
}

fn folder_of(path: &Path) -> &Path {
    match path.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    }
}

/// The system's own error, without the passing name that nobody knows.
fn without_path(error: &io::Error) -> io::Error {
    let cause = error.get_ref().and_then(std::error::Error::source);
    cause
        .and_then(|cause| cause.downcast_ref::<io::Error>())
        .and_then(io::Error::raw_os_error)
        .map_or_else(
            || io::Error::from(error.kind()),
            io::Error::from_raw_os_error,
        )
}

/// A file that is written before it gets its name.
#[derive(Debug)]
enum Temporary {
    /// It has no name at all, so that a kill leaves nothing behind.
    Unnamed(File),
    /// It has a name of its own, where the file system knows no other way.
    Named(NamedTempFile),
}

impl Temporary {
    fn in_folder(folder: &Path) -> io::Result<Self> {
        match unnamed::open(folder) {
            Some(file) => Ok(Self::Unnamed(file)),
            None => Self::named(folder),
        }
    }

    fn named(folder: &Path) -> io::Result<Self> {
        let mut builder = tempfile::Builder::new();
        builder.prefix(PREFIX);
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt as _;
            // as for any other file, less what the user masks
            builder.permissions(std::fs::Permissions::from_mode(0o666));
        }
        builder
            .tempfile_in(folder)
            .map(Self::Named)
            .map_err(|error| without_path(&error))
    }

    fn file(&mut self) -> &mut File {
        match self {
            Self::Unnamed(file) => file,
            Self::Named(file) => file.as_file_mut(),
        }
    }

    /// Gives it its name, over what had the name before.
    fn put_at(self, path: &Path) -> io::Result<()> {
        match self {
            Self::Unnamed(file) => unnamed::put_at(&file, path),
            Self::Named(file) => file.persist(path).map(drop).map_err(|error| error.error),
        }
    }

    /// Gives it its name where nothing has it; gives the file back where
    /// something has.
    fn put_at_new(self, path: &Path) -> Result<(), (Self, io::Error)> {
        match self {
            Self::Unnamed(file) => {
                unnamed::link(&file, path).map_err(|error| (Self::Unnamed(file), error))
            }
            Self::Named(file) => match file.persist_noclobber(path) {
                Ok(_) => Ok(()),
                Err(error) => Err((Self::Named(error.file), error.error)),
            },
        }
    }
}

#[cfg(target_os = "linux")]
mod unnamed {
    //! Files without a name, by `open(2)`'s `O_TMPFILE`.

    use std::fs::File;
    use std::io;
    use std::os::fd::AsRawFd as _;
    use std::os::unix::fs::OpenOptionsExt as _;
    use std::path::Path;

    use nix::fcntl::{AT_FDCWD, AtFlags, OFlag};
    use nix::unistd::linkat;

    use super::{PREFIX, folder_of, without_path};

    /// A new file in the file system of `folder`, where that is possible.
    pub(super) fn open(folder: &Path) -> Option<File> {
        let file = File::options()
            .write(true)
            .mode(0o666)
            .custom_flags(OFlag::O_TMPFILE.bits())
            .open(folder)
            .ok()?;
        // without /proc it could never be given a name
        Path::new(&self_path(&file)).exists().then_some(file)
    }

    /// Names it `path`. Where something is there, it is named in passing, as
    /// only a rename replaces a file.
    pub(super) fn put_at(file: &File, path: &Path) -> io::Result<()> {
        match link(file, path) {
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
            linked => return linked,
        }
        // a name that no other process has, whatever machine it runs on
        let passing = tempfile::Builder::new()
            .prefix(PREFIX)
            .make_in(folder_of(path), |passing| link(file, passing))
            .map_err(|error| without_path(&error))?;
        let named = passing.into_temp_path().persist(path);
        named.map_err(|error| error.error)
    }

    /// Names it `path`, where nothing has that name.
    pub(super) fn link(file: &File, path: &Path) -> io::Result<()> {
        let from = self_path(file);
        let follow = AtFlags::AT_SYMLINK_FOLLOW;
        linkat(AT_FDCWD, from.as_str(), AT_FDCWD, path, follow).map_err(io::Error::from)
    }

    fn self_path(file: &File) -> String {
        format!("/proc/self/fd/{}", file.as_raw_fd())
    }
}

#[cfg(not(target_os = "linux"))]
mod unnamed {
    //! There are none.

    use std::fs::File;
    use std::io;
    use std::path::Path;

    pub(super) fn open(_: &Path) -> Option<File> {
        None
    }

    pub(super) fn put_at(_: &File, _: &Path) -> io::Result<()> {
        Err(io::Error::from(io::ErrorKind::Unsupported))
    }

    pub(super) fn link(_: &File, _: &Path) -> io::Result<()> {
        Err(io::Error::from(io::ErrorKind::Unsupported))
    }
}

fn is_special(path: &Path) -> bool {
    std::fs::metadata(path).is_ok_and(|found| !found.is_file() && !found.is_dir())
}

#[cfg(test)]
#[path = "atomic_file_tests.rs"]
mod tests;

//! A shared library and its maps: opened, looked at, and held to the interface's
//! version before anything of it runs.

use std::ffi::{CStr, c_char};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use libloading::Symbol;

use crate::layout::{MapFunctions, Maps, SYMBOL, VERSION};

/// Why a library gives no map.
#[derive(Debug, thiserror::Error)]
#[error("{}: {what}: {remedy}", path.display())]
pub struct LibraryError {
    path: PathBuf,
    what: String,
    remedy: String,
}

/// Maps that a library may have at most: one that never says NULL is broken.
const MOST_MAPS: usize = 64;

/// A library that is open.
#[derive(Debug)]
pub struct Library {
    path: PathBuf,
    // closed when the last map of it is gone
    _open: libloading::Library,
    maps: Vec<(String, String, &'static MapFunctions)>,
}

/// One map of a library.
#[derive(Clone, Debug)]
pub struct LibraryMap {
    library: Arc<Library>,
    number: usize,
}

impl Library {
    /// Opens a library and looks at what it exports.
    ///
    /// # Errors
    /// A file that is no library, a symbol that is missing, another version of the
    /// interface, a map without a name or without a function that it must have.
    pub fn open(path: &Path) -> Result<Arc<Self>, LibraryError> {
        let error = |what: String, remedy: &str| LibraryError {
            path: path.to_owned(),
            what,
            remedy: remedy.to_owned(),
        };
        // a name without a slash would be looked for in the system's folders
        let whole = path
            .canonicalize()
            .map_err(|found| error(format!("can't be read: {found}"), "name a shared library"))?;
        // SAFETY: what a library does when it is loaded is its author's; the one
        // who names it on the command line runs it like any program.
        let open = unsafe { libloading::Library::new(&whole) }.map_err(|found| {
            error(
                format!("is no shared library of this machine: {found}"),
                "build it with `cc -shared -fPIC`",
            )
        })?;
        // SAFETY: the symbol's type is the header's; a library that exports another
        // thing under this name breaks the header's promise.
        let maps: Result<Symbol<'_, Maps>, _> = unsafe { open.get(SYMBOL.as_bytes()) };
        let maps = *maps.map_err(|_| {
            error(
                format!("exports no `{SYMBOL}`"),
                "export it as include/notibench.h says, from C++ as extern \"C\"",
            )
        })?;
        let mut found = Vec::new();
        for number in 0..=MOST_MAPS {
            // SAFETY: the header lets it be called with any number.
            let functions = unsafe { maps(number).as_ref() };
            let Some(functions) = functions else { break };
            // SAFETY: see `checked`.
            let (name, about) = unsafe { checked(functions) }
                .map_err(|(what, remedy)| error(format!("map {number}: {what}"), remedy))?;
            found.push((name, about, functions));
        }
        if found.is_empty() || found.len() > MOST_MAPS {
            let what = format!("`{SYMBOL}` gives {} maps", found.len());
            return Err(error(
                what,
                "give NULL after the last map, from number 0 on",
            ));
        }
        Ok(Arc::new(Self {
            path: path.to_owned(),
            _open: open,
            maps: found,
        }))
    }

    /// The maps of that name; all without one.
    ///
    /// # Errors
    /// None has that name.
    pub fn maps(self: &Arc<Self>, name: Option<&str>) -> Result<Vec<LibraryMap>, LibraryError> {
        let named = |number: &usize| name.is_none_or(|name| self.maps[*number].0 == name);
        let maps: Vec<LibraryMap> = (0..self.maps.len())
            .filter(named)
            .map(|number| LibraryMap {
                library: Arc::clone(self),
                number,
            })
            .collect();
        if maps.is_empty() {
            let names: Vec<&str> = self.maps.iter().map(|map| map.0.as_str()).collect();
            return Err(LibraryError {
                path: self.path.clone(),
                what: format!("has no map `{}`", name.unwrap_or_default()),
                remedy: format!("name one of {}", names.join(", ")),
            });
        }
        Ok(maps)
    }
}

impl LibraryMap {
    /// Its name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.library.maps[self.number].0
    }

    /// When a person would pick it, and what it gives up.
    #[must_use]
    pub fn about(&self) -> &str {
        &self.library.maps[self.number].1
    }

    /// Whether it takes many keys at a time.
    #[must_use]
    pub fn is_bulk(&self) -> bool {
        self.functions().update_many.is_some()
    }

    /// The path of its library and its name.
    #[must_use]
    pub fn address(&self) -> String {
        format!("{}:{}", self.library.path.display(), self.name())
    }

    pub(crate) fn functions(&self) -> &'static MapFunctions {
        self.library.maps[self.number].2
    }
}

/// Name and advice of a map that has all that it must have.
///
/// # Safety
/// `functions` points to a struct of the header's layout whose strings end in 0.
/// Only `version` is looked at before it is known to be this interface's.
unsafe fn checked(functions: &MapFunctions) -> Result<(String, String), (String, &'static str)> {
    if functions.version != VERSION {
        let what = format!(
            "is made for version {} of the interface, and this is version {VERSION}",
            functions.version
        );
        return Err((
            what,
            "build it with the include/notibench.h of this version",
        ));
    }
    let must = [
        ("create", functions.create.is_some()),
        ("session", functions.session.is_some()),
        ("update", functions.update.is_some()),
        ("look", functions.look.is_some()),
        ("visit", functions.visit.is_some()),
        ("destroy", functions.destroy.is_some()),
    ];
    if let Some((name, _)) = must.iter().find(|(_, is_there)| !is_there) {
        return Err((
            format!("has no function `{name}`"),
            "only update_many, bytes and end_session may be NULL",
        ));
    }
    // SAFETY: as this function's.
    let (name, about) = unsafe { (text(functions.name), text(functions.about)) };
    let is_name = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
    match name {
        Some(name) if !name.is_empty() && name.len() <= 40 && name.chars().all(is_name) => {
            let about = about.unwrap_or_default().replace(['\n', '\r'], " ");
            Ok((name, about))
        }
        _ => Err((
            "has no name".to_owned(),
            "give it one of up to 40 letters, digits and hyphens",
        )),
    }
}

/// # Safety
/// `text` is null or ends in 0.
unsafe fn text(text: *const c_char) -> Option<String> {
    // SAFETY: as this function's.
    let text = (!text.is_null()).then(|| unsafe { CStr::from_ptr(text) })?;
    Some(text.to_string_lossy().into_owned())
}

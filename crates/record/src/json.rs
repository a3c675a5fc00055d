//! What all saved files have in common as JSON: how they are written, and how
//! one of a schema is read and checked.

use std::io;
use std::path::Path;

use serde::Serialize;
use serde::de::DeserializeOwned;

use super::file::{RecordError, json_error, plain, schema_named};

/// JSON with line breaks, one at its end.
///
/// # Errors
/// Where it can't be written as JSON, which plain data can.
pub(super) fn pretty(value: &impl Serialize) -> io::Result<String> {
    let mut json = serde_json::to_string_pretty(value)?;
    json.push('\n');
    Ok(json)
}

/// Reads a file of `schema` and checks it; `path` is for the errors only.
///
/// # Errors
/// Names the file, the place in it where there is one, and what is wrong.
pub(super) fn checked<T: DeserializeOwned>(
    bytes: &[u8],
    path: &Path,
    schema: &str,
    validate: impl FnOnce(&T) -> Result<(), String>,
) -> Result<T, RecordError> {
    // the schema first: a file of another one has other fields
    let named = schema_named(bytes, path)?;
    if named.as_deref() != Some(schema) {
        return Err(RecordError::Schema {
            path: path.to_owned(),
            found: named.map_or_else(|| "nothing named".to_owned(), |name| plain(&name)),
        });
    }
    let found: T = serde_json::from_slice(bytes).map_err(|error| json_error(&error, path))?;
    validate(&found).map_err(|what| RecordError::Invalid {
        path: path.to_owned(),
        what,
    })?;
    Ok(found)
}

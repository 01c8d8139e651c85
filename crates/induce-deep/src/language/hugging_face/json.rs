//! A file of JSON in a folder.

use std::path::Path;

use induce_core::read::Contents;
use induce_core::{Error, Result};
use serde_json::Value;

/// The value in a file.
///
/// # Errors
/// If it cannot be read, or is not JSON.
pub fn json(path: &Path) -> Result<Value> {
    let bytes = Contents::of(path)?;
    serde_json::from_slice(&bytes).map_err(|error| Error::Malformed {
        file: path.display().to_string(),
        format: "JSON",
        reason: error.to_string(),
        hint: Some("fetch the file again".into()),
    })
}

//! Files that are there whole or not at all.

use std::path::Path;

use super::ModelFile;
use crate::{Result, place};

impl ModelFile {
    /// Write the file at `path`, replacing what is there.
    ///
    /// Whatever happens meanwhile, `path` holds either the old file or the new one, whole.
    ///
    /// # Errors
    /// If the file cannot be written.
    pub fn write(&self, path: impl AsRef<Path>) -> Result<()> {
        place::put_bytes(path.as_ref(), &self.to_bytes()?)
    }
}

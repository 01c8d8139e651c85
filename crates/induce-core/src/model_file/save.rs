//! Files that are there whole or not at all.

use std::fs::File;
use std::io::Write;
use std::path::Path;

use super::ModelFile;
use crate::{Error, Result};

impl ModelFile {
    /// Write the file at `path`, replacing what is there.
    ///
    /// Whatever happens meanwhile, `path` holds either the old file or the new one, whole.
    ///
    /// # Errors
    /// If the file cannot be written.
    pub fn write(&self, path: impl AsRef<Path>) -> Result<()> {
        write_whole(path.as_ref(), &self.to_bytes()?)
    }
}

/// Write `bytes` to a temporary file beside `path`, sync it, and rename it to `path`.
///
/// # Errors
/// If the file cannot be written.
pub fn write_whole(path: &Path, bytes: &[u8]) -> Result<()> {
    let folder = path
        .parent()
        .filter(|p| !p.as_os_str().is_empty())
        .unwrap_or(Path::new("."));
    let fault = |e| Error::io("write", path, e);
    let mut file = temporary().tempfile_in(folder).map_err(fault)?;
    file.write_all(bytes).map_err(fault)?;
    file.as_file().sync_all().map_err(fault)?;
    file.persist(path)
        .map_err(|e| Error::io("write", path, e.error))?;
    sync_folder(folder).map_err(fault)
}

/// A temporary file that ends up with the permissions of any other new file.
fn temporary() -> tempfile::Builder<'static, 'static> {
    let mut builder = tempfile::Builder::new();
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        builder.permissions(std::fs::Permissions::from_mode(0o666));
    }
    builder
}

/// Make the rename last; only Unix opens folders as files.
fn sync_folder(folder: &Path) -> std::io::Result<()> {
    if cfg!(unix) {
        File::open(folder)?.sync_all()
    } else {
        Ok(())
    }
}

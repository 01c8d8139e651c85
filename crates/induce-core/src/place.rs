//! Files put in their place whole: what stood there stays until the new one is complete.

use std::collections::BTreeSet;
use std::fs::{self, File, OpenOptions};
use std::io::{self, BufWriter, ErrorKind, Write};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use crate::error::{Error, Result};

/// The most symbolic links that are followed.
const LINKS: usize = 40;
/// The ending of a file that is being written.
const ENDING: &str = ".partial";

/// Partial files of this process, for [`abandon`].
static PARTIAL: Mutex<BTreeSet<PathBuf>> = Mutex::new(BTreeSet::new());

/// Write what `fill` gives, and put it at `path` when it is complete.
///
/// Whatever happens meanwhile (an error, a full disk, a kill), `path` is the old file or the new one, whole. A symbolic link
/// is followed. What is no file, a device or a pipe, is written into. The permissions are those of the old file, or of any
/// new one. What a killed process left of an earlier attempt is removed.
///
/// ```
/// use std::io::Write;
/// let folder = tempfile::tempdir().expect("a folder");
/// let path = folder.path().join("answer.txt");
/// induce_core::place::put(&path, |out| {
///     out.write_all(b"42").map_err(|e| induce_core::Error::io("write", "answer", e))
/// })?;
/// assert_eq!(std::fs::read(&path).expect("the file"), b"42");
/// # Ok::<(), induce_core::Error>(())
/// ```
///
/// # Errors
/// If the file cannot be written, or as `fill`.
pub fn put(path: &Path, fill: impl FnOnce(&mut (dyn Write + Send)) -> Result<()>) -> Result<()> {
    let fault = |source| Error::io("write", path, source);
    match Place::of(path).map_err(fault)? {
        Place::Stream => {
            let file = OpenOptions::new().write(true).open(path).map_err(fault)?;
            filled(path, file, fill).map(|_| ())
        }
        Place::File(path) => whole(&path, fill),
    }
}

/// That something can be [`put`] at `path`, as far as can be known before: no folder stands there, and a file beside it can be
/// made.
///
/// ```
/// let folder = tempfile::tempdir().expect("a folder");
/// assert!(induce_core::place::check(&folder.path().join("model")).is_ok());
/// assert!(induce_core::place::check(folder.path()).is_err());
/// ```
///
/// # Errors
/// If it cannot.
pub fn check(path: &Path) -> Result<()> {
    let fault = |source| Error::io("write", path, source);
    match Place::of(path).map_err(fault)? {
        Place::Stream => Ok(()),
        Place::File(path) => Partial::beside(&path).map(drop).map_err(fault),
    }
}

/// The file that [`put`] would write for `path`, links followed, there or not; nothing for a device or a pipe, and where there
/// is no folder.
///
/// ```
/// let folder = tempfile::tempdir().expect("a folder");
/// let path = induce_core::place::end_of(&folder.path().join("./new")).expect("a folder that is there");
/// assert_eq!(path, folder.path().canonicalize().expect("there").join("new"));
/// ```
pub fn end_of(path: &Path) -> Option<PathBuf> {
    match Place::of(path).ok()? {
        Place::Stream => None,
        Place::File(path) => Some(folder_of(&path).canonicalize().ok()?.join(path.file_name()?)),
    }
}

/// [`put`] for bytes.
///
/// # Errors
/// If the file cannot be written.
pub fn put_bytes(path: &Path, bytes: &[u8]) -> Result<()> {
    put(path, |out| {
        out.write_all(bytes)
            .map_err(|source| Error::io("write", path, source))
    })
}

/// Remove the partial files of this process, which is about to end.
pub fn abandon() {
    let partial = std::mem::take(&mut *PARTIAL.lock().unwrap_or_else(PoisonError::into_inner));
    for path in partial {
        let _ = fs::remove_file(path);
    }
}

/// What stands at a path.
enum Place {
    /// A file or nothing, at this path.
    File(PathBuf),
    /// A device or a pipe.
    Stream,
}

impl Place {
    fn of(path: &Path) -> io::Result<Self> {
        let mut path = path.to_owned();
        // `/dev/stdout` of a pipe is a link to no path.
        if fs::metadata(&path).is_ok_and(|found| !found.is_file() && !found.is_dir()) {
            return Ok(Self::Stream);
        }
        for _ in 0..LINKS {
            let found = match fs::symlink_metadata(&path) {
                Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Self::File(path)),
                other => other?,
            };
            if found.is_symlink() {
                path = folder_of(&path).join(fs::read_link(&path)?);
            } else if found.is_dir() {
                return Err(ErrorKind::IsADirectory.into());
            } else if found.is_file() {
                return Ok(Self::File(path));
            } else {
                return Ok(Self::Stream);
            }
        }
        Err(io::Error::other("too many symbolic links"))
    }
}

/// The folder that a path is in.
fn folder_of(path: &Path) -> &Path {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
    folder.unwrap_or(Path::new("."))
}

/// Fill a file through a buffer; faults of the output are those of `path`.
fn filled(path: &Path, file: File, fill: impl FnOnce(&mut (dyn Write + Send)) -> Result<()>) -> Result<File> {
    let mut out = BufWriter::with_capacity(1 << 16, file);
    let fault = |source| Error::io("write", path, source);
    fill(&mut out).map_err(|error| match error {
        Error::Io { source, .. } => fault(source),
        other => other,
    })?;
    out.into_inner().map_err(|error| fault(error.into_error()))
}

/// Write beside `path`, sync, rename.
fn whole(path: &Path, fill: impl FnOnce(&mut (dyn Write + Send)) -> Result<()>) -> Result<()> {
    let fault = |source| Error::io("write", path, source);
    remove_leftovers(path);
    let (file, partial) = Partial::beside(path).map_err(fault)?;
    let file = filled(path, file, fill)?;
    if let Ok(old) = fs::metadata(path) {
        file.set_permissions(old.permissions()).map_err(fault)?;
    }
    file.sync_all().map_err(fault)?;
    fs::rename(&partial.0, path).map_err(fault)?;
    sync_folder(folder_of(path)).map_err(fault)
}

/// A file that is being written; gone when dropped, unless it was renamed.
struct Partial(PathBuf);

impl Partial {
    fn beside(path: &Path) -> io::Result<(File, Self)> {
        let mut tries = 0;
        loop {
            let name = format!("{}{}-{tries}{ENDING}", prefix(path), std::process::id());
            let own = folder_of(path).join(name);
            match OpenOptions::new().write(true).create_new(true).open(&own) {
                Err(error) if error.kind() == ErrorKind::AlreadyExists => tries += 1,
                Err(error) => return Err(error),
                Ok(file) => {
                    let mut all = PARTIAL.lock().unwrap_or_else(PoisonError::into_inner);
                    all.insert(own.clone());
                    return Ok((file, Self(own)));
                }
            }
        }
    }
}

impl Drop for Partial {
    fn drop(&mut self) {
        let mut all = PARTIAL.lock().unwrap_or_else(PoisonError::into_inner);
        if all.remove(&self.0) {
            let _ = fs::remove_file(&self.0);
        }
    }
}

/// How the name of a partial file of `path` begins; file systems allow 255 bytes.
fn prefix(path: &Path) -> String {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let short: String = name.chars().take(50).collect();
    format!(".{short}.")
}

/// Remove what processes that are gone left of this file; where processes cannot be looked up, nothing is removed.
fn remove_leftovers(path: &Path) {
    let (folder, prefix) = (folder_of(path), prefix(path));
    if !Path::new("/proc/self").exists() {
        return;
    }
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let name = entry.file_name().to_string_lossy().into_owned();
        let rest = name
            .strip_prefix(&prefix)
            .and_then(|rest| rest.strip_suffix(ENDING));
        let process = rest.and_then(|rest| rest.split('-').next()?.parse::<u32>().ok());
        if process.is_some_and(|id| !Path::new("/proc").join(id.to_string()).exists()) {
            let _ = fs::remove_file(entry.path());
        }
    }
}

/// Make the rename last; only Unix opens folders as files.
fn sync_folder(folder: &Path) -> io::Result<()> {
    if cfg!(unix) {
        File::open(folder)?.sync_all()
    } else {
        Ok(())
    }
}

#[cfg(all(test, unix))]
mod tests {
    use std::os::unix::fs::{MetadataExt, PermissionsExt, symlink};

    use super::*;

    /// As root, `-o /dev/null` once replaced the device by a file for everybody.
    #[test]
    fn devices_stay_and_links_are_followed() {
        put_bytes(Path::new("/dev/null"), b"nothing").unwrap();
        assert!(!fs::metadata("/dev/null").unwrap().is_file());
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name);
        fs::write(at("real"), "old").unwrap();
        symlink("real", at("link")).unwrap();
        symlink("new", at("dangling")).unwrap();
        symlink("circle", at("circle")).unwrap();
        put_bytes(&at("link"), b"1").unwrap();
        put_bytes(&at("dangling"), b"2").unwrap();
        assert!(fs::symlink_metadata(at("link")).unwrap().is_symlink());
        assert_eq!(
            [fs::read(at("real")).unwrap(), fs::read(at("new")).unwrap()],
            [b"1", b"2"]
        );
        assert!(put_bytes(&at("circle"), b"3").is_err());
        assert!(put_bytes(folder.path(), b"4").is_err());
    }

    #[test]
    fn an_error_leaves_the_old_file_and_nothing_else() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("model");
        fs::write(&path, "old").unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o640)).unwrap();
        let broken = put(&path, |out| {
            out.write_all(b"half").unwrap();
            Err(Error::Interrupted)
        });
        assert!(broken.is_err());
        assert_eq!(fs::read(&path).unwrap(), b"old");
        fs::write(folder.path().join(".model.4294967295-0.partial"), "left").unwrap();
        put_bytes(&path, b"new").unwrap();
        assert_eq!(fs::metadata(&path).unwrap().mode() & 0o777, 0o640);
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    }
}

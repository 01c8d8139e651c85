//! The bytes of a file: mapped, read, or inflated.

use std::fs::File;
use std::io::{ErrorKind, Read};
use std::path::Path;
use std::sync::Arc;

use flate2::read::MultiGzDecoder;

use crate::error::{Error, Result};
use crate::memory;

/// Files of this size and more are mapped instead of read: there a second copy would cost more than it is worth.
///
/// What is mapped ends the process if the file becomes shorter meanwhile, as a log that is rotated does; reading is an error
/// then.
const MAPPED: u64 = 1 << 30;

/// The content of a file.
pub(crate) enum Bytes {
    Owned(Vec<u8>),
    Mapped(memmap2::Mmap),
}

impl Bytes {
    /// Take `part` out of the memory of the process until it is read again, if it is mapped.
    #[expect(unsafe_code, reason = "advises the kernel about a range of the map")]
    pub(crate) fn release(&self, part: &[u8]) {
        #[cfg(unix)]
        if let Self::Mapped(map) = self {
            let start = (part.as_ptr() as usize).wrapping_sub(map.as_ptr() as usize);
            if start > map.len() || part.len() > map.len() - start {
                return;
            }
            // SAFETY: the map is of a file and shared, so that pages that are dropped come back from the
            // file with the same bytes; only anonymous or private pages would come back as others.
            let _ =
                unsafe { map.unchecked_advise_range(memmap2::UncheckedAdvice::DontNeed, start, part.len()) };
        }
    }
}

/// What is read: the bytes of a caller, or bytes that a reader may keep or release.
pub(crate) enum Content<'a> {
    Borrowed(&'a [u8]),
    Shared(Arc<Bytes>),
}

impl Content<'_> {
    /// The bytes as a decoder wants them that keeps what it is given; copied only if a caller owns them.
    pub(crate) fn shared(&self) -> bytes::Bytes {
        match self {
            Self::Borrowed(bytes) => bytes::Bytes::copy_from_slice(bytes),
            Self::Shared(bytes) => bytes::Bytes::from_owner(Shared(bytes.clone())),
        }
    }

    /// As [`Bytes::release`].
    pub(crate) fn release(&self, part: &[u8]) {
        if let Self::Shared(bytes) = self {
            bytes.release(part);
        }
    }
}

impl std::ops::Deref for Content<'_> {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        match self {
            Self::Borrowed(bytes) => bytes,
            Self::Shared(bytes) => bytes,
        }
    }
}

struct Shared(Arc<Bytes>);

impl AsRef<[u8]> for Shared {
    fn as_ref(&self) -> &[u8] {
        &self.0
    }
}

impl std::ops::Deref for Bytes {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        match self {
            Self::Owned(bytes) => bytes,
            Self::Mapped(bytes) => bytes,
        }
    }
}

/// The content of the file at `path`; `-` is standard input.
pub(crate) fn load(path: &Path) -> Result<Bytes> {
    let fail = |source| Error::io("read", path, source);
    if path == Path::new("-") {
        return endless(&mut std::io::stdin().lock(), path, memory::share()).map(Bytes::Owned);
    }
    let mut file = File::open(path).map_err(fail)?;
    let facts = file.metadata().map_err(fail)?;
    if facts.is_file() && facts.len() >= MAPPED {
        return map(&file).map(Bytes::Mapped).map_err(fail);
    }
    if !facts.is_file() {
        // A pipe ends when its writer does; nobody keeps a table in a device.
        let limit = if is_device(&facts) { DEVICE } else { u64::MAX };
        return endless(&mut file, path, limit.min(memory::share())).map(Bytes::Owned);
    }
    whole(&mut file, facts.len()).map(Bytes::Owned).map_err(fail)
}

/// Most bytes of a device.
const DEVICE: u64 = 256 << 20;

#[cfg(unix)]
fn is_device(facts: &std::fs::Metadata) -> bool {
    std::os::unix::fs::FileTypeExt::is_char_device(&facts.file_type())
}

#[cfg(not(unix))]
fn is_device(_: &std::fs::Metadata) -> bool {
    false
}

/// What a pipe or a device gives, which may have no end.
fn endless(from: &mut impl Read, path: &Path, limit: u64) -> Result<Vec<u8>> {
    let mut bytes = Vec::new();
    let read = from.take(limit).read_to_end(&mut bytes);
    read.map_err(|source| Error::io("read", path, source))?;
    if (bytes.len() as u64) < limit {
        return Ok(bytes);
    }
    Err(Error::TooLarge {
        what: format!("what `{}` gives", path.display()),
        needed: limit.saturating_add(1),
        limit,
    })
}

/// A file that had `length` bytes when it was opened; what was added since counts as well.
fn whole(file: &mut impl Read, length: u64) -> std::io::Result<Vec<u8>> {
    let mut bytes = Vec::with_capacity(usize::try_from(length).unwrap_or(0).saturating_add(1));
    file.read_to_end(&mut bytes)?;
    if (bytes.len() as u64) < length {
        let text = format!(
            "it became shorter while it was read, {} instead of {length} bytes; is it still being written?",
            bytes.len()
        );
        return Err(std::io::Error::new(ErrorKind::UnexpectedEof, text));
    }
    Ok(bytes)
}

#[expect(unsafe_code, reason = "maps a file")]
fn map(file: &File) -> std::io::Result<memmap2::Mmap> {
    // SAFETY: a map is sound as long as nobody changes the file under it, which no program can
    // prevent. Readers trust nothing that they checked in these bytes earlier: offsets are bound by
    // the length of the map and text is checked again when it is copied out, so a change can give a
    // wrong table or an error, and truncation ends the process, as it does for every reader that maps.
    let map = unsafe { memmap2::Mmap::map(file) }?;
    #[cfg(unix)]
    let _ = map.advise(memmap2::Advice::WillNeed);
    Ok(map)
}

/// Whether the bytes are compressed with gzip.
pub(crate) fn is_gzip(bytes: &[u8]) -> bool {
    bytes.starts_with(&[0x1F, 0x8B])
}

/// What the beginning of a gzip file inflates to, of at most `limit` bytes; where it is damaged, what comes before that.
pub(super) fn inflated_head(bytes: &[u8], limit: u64) -> Vec<u8> {
    let mut inflated = Vec::new();
    let _ = MultiGzDecoder::new(bytes).take(limit).read_to_end(&mut inflated);
    inflated
}

/// The inflated content of a gzip file, of at most `limit` bytes.
pub(crate) fn gunzip(file: &str, bytes: &[u8], limit: u64) -> Result<Vec<u8>> {
    let mut inflated = Vec::new();
    let read = MultiGzDecoder::new(bytes)
        .take(limit + 1)
        .read_to_end(&mut inflated);
    if let Err(source) = read {
        let short = source.kind() == ErrorKind::UnexpectedEof;
        let reason = if short {
            "it ends too early".to_string()
        } else {
            source.to_string()
        };
        return Err(Error::Malformed {
            file: file.into(),
            format: "gzip",
            reason,
            hint: Some("the download or the copy was cut off or damaged; fetch the file again".into()),
        });
    }
    if inflated.len() as u64 > limit {
        return Err(Error::TooLarge {
            what: format!("`{file}`, inflated,"),
            needed: inflated.len() as u64,
            limit,
        });
    }
    Ok(inflated)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A file of a few megabytes was mapped, and ended the process when it was cut.
    #[test]
    fn a_file_that_shrinks_is_an_error() {
        let error = whole(&mut &b"abc"[..], 5).unwrap_err();
        assert!(error.to_string().contains("3 instead of 5 bytes"), "{error}");
        assert_eq!(whole(&mut &b"abcdef"[..], 5).unwrap(), b"abcdef");
        assert_eq!(whole(&mut &b""[..], 0).unwrap(), b"");
    }
}

//! A whole file as text.

use std::path::Path;

use super::Holds;
use super::bytes::{gunzip, is_gzip, load};
use crate::Run;
use crate::error::{Error, Result};

/// The text of the file at `path`, UTF-8, inflated if it is compressed with gzip; `-` is standard input.
///
/// # Errors
/// If it cannot be read, or is no text in UTF-8: then the error says where.
pub fn text(path: &Path, run: &Run) -> Result<String> {
    text_of(&path.display().to_string(), &load(path)?, run)
}

/// As [`text`], of the content of a file, called `name` in errors.
///
/// # Errors
/// If it is no text in UTF-8: then the error says where.
pub fn text_of(name: &str, content: &[u8], run: &Run) -> Result<String> {
    let bytes = if is_gzip(content) {
        gunzip(name, content, run.room())?
    } else {
        content.to_vec()
    };
    let text = String::from_utf8(bytes).map_err(|error| {
        let at = error.utf8_error().valid_up_to();
        let byte = error.as_bytes().get(at).copied().unwrap_or_default();
        match Holds::of(error.as_bytes()) {
            Holds::Model(kind) | Holds::Picture(kind) | Holds::Table(kind) | Holds::Foreign(kind) => {
                Error::data(
                    format!("`{name}` is no text: it looks like {kind}"),
                    "give a file of plain text in UTF-8",
                )
            }
            _ => Error::data(
                format!("`{name}` is no text in UTF-8: byte {byte:#04x} at {at}"),
                "write it in UTF-8, for example with `iconv -f latin1 -t utf-8`",
            ),
        }
    })?;
    Ok(match text.strip_prefix('\u{FEFF}') {
        Some(rest) => rest.to_owned(),
        None => text,
    })
}

/// Whether a text looks like rows: its first lines have the same number of commas, semicolons or tabs, or are JSON objects.
///
/// ```
/// use induce_core::read::looks_like_table;
/// assert!(looks_like_table("a,b\n1,2\n3,4\n"));
/// assert!(!looks_like_table("Once, upon a time,\nthere was a king\nwho, as kings do, slept.\n"));
/// ```
pub fn looks_like_table(text: &str) -> bool {
    let lines: Vec<&str> = text
        .lines()
        .filter(|line| !line.trim().is_empty())
        .take(LINES)
        .collect();
    let same = |mark: char| {
        let counts = || lines.iter().map(|line| line.matches(mark).count());
        counts()
            .next()
            .is_some_and(|first| first > 0 && counts().all(|own| own == first))
    };
    let objects = || {
        lines
            .iter()
            .all(|line| line.starts_with('{') && line.ends_with('}'))
    };
    lines.len() >= 3 && ([',', ';', '\t'].into_iter().any(same) || objects())
}

/// Lines that are looked at.
const LINES: usize = 20;

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::*;

    #[test]
    fn text_is_read_inflated_and_checked() {
        let folder = tempfile::tempdir().unwrap();
        let path = |name: &str| folder.path().join(name);
        std::fs::write(path("plain"), "\u{FEFF}häuser").unwrap();
        let file = std::fs::File::create(path("packed")).unwrap();
        let mut packed = flate2::write::GzEncoder::new(file, flate2::Compression::fast());
        packed.write_all("häuser".as_bytes()).unwrap();
        packed.finish().unwrap();
        std::fs::write(path("latin"), b"h\xE4user").unwrap();
        let run = Run::new(0);
        assert_eq!(text(&path("plain"), &run).unwrap(), "häuser");
        assert_eq!(text(&path("packed"), &run).unwrap(), "häuser");
        let error = text(&path("latin"), &run).unwrap_err().to_string();
        assert!(error.ends_with("byte 0xe4 at 1"), "{error}");
        assert!(text(&path("none"), &run).is_err());
    }
}

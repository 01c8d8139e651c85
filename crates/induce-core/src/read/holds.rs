//! What a file holds, by its first bytes: for the error of someone who gave one kind of file in place of another.

use super::{arrow, bytes, idx, libsvm, npy, npz, parquet};

/// What a file holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Holds {
    /// A model, with the name of its format.
    Model(&'static str),
    /// A picture, with the name of its format.
    Picture(&'static str),
    /// A graph, with the name of its format.
    Graph(&'static str),
    /// A table in a format of ours that cannot be mistaken.
    Table(&'static str),
    /// Something that nothing here reads, as a user would name it.
    Foreign(&'static str),
    /// Text: a table in CSV, or prose.
    Text,
    /// Bytes that say nothing.
    Unknown,
}

/// First bytes, and what begins so.
const BEGINNINGS: [(&[u8], Holds); 25] = [
    (b"GGUF", Holds::Model("GGUF")),
    (b"tree\nversion", Holds::Model("LightGBM")),
    (b"binf", Holds::Model("XGBoost, in its binary format")),
    (b"{\"learner\"", Holds::Model("XGBoost")),
    (b"{L", Holds::Model("XGBoost")),
    (b"\x89PNG", Holds::Picture("PNG")),
    (b"\xFF\xD8\xFF", Holds::Picture("JPEG")),
    (b"GIF8", Holds::Picture("GIF")),
    (b"II*\0", Holds::Picture("TIFF")),
    (b"MM\0*", Holds::Picture("TIFF")),
    (b"%%MatrixMarket", Holds::Graph("Matrix Market")),
    (b"graph [", Holds::Graph("GML")),
    (b"graph\n[", Holds::Graph("GML")),
    (b"Creator \"", Holds::Graph("GML")),
    (b"%PDF", Holds::Foreign("a PDF document")),
    (
        b"\xD0\xCF\x11\xE0",
        Holds::Foreign("an Excel workbook of the old format"),
    ),
    (b"SQLite format 3", Holds::Foreign("an SQLite database")),
    (b"\x89HDF", Holds::Foreign("an HDF5 file")),
    (b"\x80\x02", Holds::Foreign("a Python pickle")),
    (b"\x80\x03", Holds::Foreign("a Python pickle")),
    (b"\x80\x04", Holds::Foreign("a Python pickle")),
    (b"\x80\x05", Holds::Foreign("a Python pickle")),
    (b"\x7FELF", Holds::Foreign("a program")),
    (b"BZh", Holds::Foreign("compressed with bzip2")),
    (b"\xFD7zXZ", Holds::Foreign("compressed with xz")),
];

impl Holds {
    /// A file of safetensors: a model of ours, or the weights of another's.
    pub const SAFETENSORS: Self = Self::Model("safetensors");

    /// What a file of these bytes holds; what gzip has compressed counts as text.
    pub fn of(content: &[u8]) -> Self {
        let text = content.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(content);
        let start = text.trim_ascii_start();
        // Its first bytes are a length, which may be those of anything.
        if is_safetensors(content) {
            return Self::SAFETENSORS;
        }
        let begun = BEGINNINGS.iter().find(|(first, _)| start.starts_with(first));
        if let Some((_, holds)) = begun {
            return *holds;
        }
        match content {
            _ if content.starts_with(b"RIFF") && content.get(8..12) == Some(b"WEBP") => Self::Picture("WebP"),
            _ if is_workbook(content) => Self::Foreign("an Excel workbook"),
            _ if is_graphml(start) => Self::Graph("GraphML"),
            _ if is_markup(start) => Self::Foreign("a web page or XML"),
            _ if content.starts_with(parquet::MAGIC) => Self::Table("Parquet"),
            _ if content.starts_with(arrow::MAGIC) => Self::Table("Arrow"),
            _ if content.starts_with(npy::MAGIC) => Self::Table("NPY"),
            _ if content.starts_with(npz::MAGIC) => Self::Table("NPZ"),
            _ if idx::is_idx(content) => Self::Table("IDX"),
            _ if libsvm::is_libsvm(content) => Self::Table("LIBSVM"),
            _ if bytes::is_gzip(content) || is_text(content) => Self::Text,
            _ => Self::Unknown,
        }
    }
}

/// A length of 8 bytes, then a JSON object.
fn is_safetensors(content: &[u8]) -> bool {
    content.len() > 9 && content[8] == b'{' && content[4..8].iter().all(|&byte| byte == 0)
}

/// A zip archive of Office.
fn is_workbook(content: &[u8]) -> bool {
    let start = &content[..content.len().min(4000)];
    let has = |name: &[u8]| start.windows(name.len()).any(|part| part == name);
    content.starts_with(b"PK") && (has(b"[Content_Types].xml") || has(b"xl/"))
}

fn is_markup(start: &[u8]) -> bool {
    let first = start[..start.len().min(9)].to_ascii_lowercase();
    [&b"<!doctype"[..], b"<html", b"<?xml"]
        .iter()
        .any(|tag| first.starts_with(tag))
}

/// Whether `<graphml` comes early in what is XML, after a declaration and comments.
pub(super) fn is_graphml(content: &[u8]) -> bool {
    let start = content[..content.len().min(4000)].trim_ascii_start();
    start.starts_with(b"<") && memchr::memmem::find(start, b"<graphml").is_some()
}

/// Whether the first bytes are printable.
fn is_text(content: &[u8]) -> bool {
    let start = &content[..content.len().min(1000)];
    !start.is_empty()
        && start
            .iter()
            .all(|&byte| byte >= b' ' || b"\t\r\n\x0C".contains(&byte))
}

#[cfg(test)]
mod tests {
    use super::Holds;

    #[test]
    fn files_are_known_by_their_first_bytes() {
        let cases: [(&[u8], Holds); 9] = [
            (b"<?xml version='1.0'?>\n<graphml>", Holds::Graph("GraphML")),
            (b"\x89PNG\r\n", Holds::Picture("PNG")),
            (b"\x10\0\0\0\0\0\0\0{\"a\":1}", Holds::Model("safetensors")),
            (
                b"\xEF\xBB\xBF<!DOCTYPE html>",
                Holds::Foreign("a web page or XML"),
            ),
            (
                b"PK\x03\x04....[Content_Types].xml",
                Holds::Foreign("an Excel workbook"),
            ),
            (b"a,b\n1,2\n", Holds::Text),
            (b"PAR1....", Holds::Table("Parquet")),
            (b"", Holds::Unknown),
            (b"\0\x01\xFF", Holds::Unknown),
        ];
        for (bytes, holds) in cases {
            assert_eq!(Holds::of(bytes), holds, "{bytes:?}");
        }
    }
}

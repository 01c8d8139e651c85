//! The names of a table's columns without its rows: what a shell asks for while a line is typed.

use std::fs::File;
use std::io::Read;
use std::path::Path;

use parquet::arrow::arrow_reader::{ArrowReaderMetadata, ArrowReaderOptions};

use super::{Format, ReadOptions, bytes, guard, parquet as own, read, read_bytes, sniff};
use crate::error::{Error, Result};
use crate::run::Run;

/// Bytes of a text that are looked at.
const HEAD: u64 = 64 << 10;
/// The largest file that is read whole, where the names are not at its beginning.
const WHOLE: u64 = 16 << 20;

/// The names of the columns of the table at `path`, from its first kilobytes or its footer.
/// They are none where finding them takes long, or waiting: in a pipe, in a large file of arrays.
///
/// # Errors
/// If the file cannot be read, or is no table.
pub fn names(path: &Path, options: &ReadOptions) -> Result<Vec<String>> {
    let fail = |source| Error::io("read", path, source);
    // A pipe is not even opened: that would wait for a writer.
    let facts = std::fs::metadata(path).map_err(fail)?;
    if !facts.is_file() {
        return Ok(Vec::new());
    }
    let file = File::open(path).map_err(fail)?;
    let mut head = Vec::new();
    (&file).take(HEAD).read_to_end(&mut head).map_err(fail)?;
    let gzip = bytes::is_gzip(&head);
    if gzip {
        head = bytes::inflated_head(&head, HEAD);
    }
    let name = path.display().to_string();
    match options.format.unwrap_or_else(|| sniff(&head)) {
        Format::Csv | Format::Jsonl | Format::Libsvm => {
            of_text(&name, &head, gzip || facts.len() > HEAD, options)
        }
        Format::Parquet if !gzip => of_parquet(&name, &file),
        _ if facts.len() <= WHOLE => Ok(read(path, options, &Run::new(0))?.0.names()),
        _ => Ok(Vec::new()),
    }
}

/// Line ends that are tried: where the text is cut, the last of them may lie within a quoted value.
const CUTS: usize = 8;

/// The names in the beginning of a text, `cut` anywhere.
fn of_text(name: &str, head: &[u8], cut: bool, options: &ReadOptions) -> Result<Vec<String>> {
    let first = |end: usize| Ok(read_bytes(name, &head[..end], options, &Run::new(0))?.0.names());
    let ends = head.iter().enumerate().rev().filter(|(_, byte)| **byte == b'\n');
    let mut ends = ends.map(|(end, _)| end + 1).take(if cut { CUTS } else { 0 });
    let found = ends.find_map(|end| first(end).ok());
    found.map_or_else(|| first(head.len()), Ok)
}

/// The names in the footer.
fn of_parquet(name: &str, file: &File) -> Result<Vec<String>> {
    let metadata = guard::no_panic(name, "Parquet", || {
        ArrowReaderMetadata::load(file, ArrowReaderOptions::new()).map_err(|error| own::failed(name, &error))
    })?;
    let fields = metadata.schema().fields().iter();
    Ok(fields.map(|field| field.name().clone()).collect())
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::*;
    use crate::table::{Column, Table};
    use crate::write;

    fn of(path: &Path) -> Vec<String> {
        names(path, &ReadOptions::default()).unwrap()
    }

    #[test]
    fn a_header_is_enough() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("long.csv");
        let text = format!("a;\"b c\";y\n{}", "1;\"x\ny\";2\n".repeat(20_000));
        std::fs::write(&path, &text).unwrap();
        assert_eq!(of(&path), ["a", "b c", "y"]);
        let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        packed.write_all(text.as_bytes()).unwrap();
        std::fs::write(&path, packed.finish().unwrap()).unwrap();
        assert_eq!(of(&path), ["a", "b c", "y"]);
    }

    #[test]
    fn formats_with_a_schema_tell_it() {
        let folder = tempfile::tempdir().unwrap();
        let table = Table::new(vec![
            Column::from_f64("a", vec![1.0, 2.0]),
            Column::from_f64("b", vec![1.0, 3.0]),
        ]);
        for format in [Format::Parquet, Format::Arrow, Format::Jsonl] {
            let path = folder.path().join(format.name());
            write::write(&path, table.as_ref().unwrap(), format).unwrap();
            assert_eq!(of(&path), ["a", "b"], "{format}");
        }
        assert!(names(&folder.path().join("none"), &ReadOptions::default()).is_err());
        assert!(of(folder.path()).is_empty(), "a folder has no columns");
    }
}

//! NumPy arrays: NPY, and NPZ in [`super::npz`].
//!
//! Source: numpy.lib.format, versions 1.0 to 3.0.

use arrow_array::StringArray;

use super::elements::Elements;
use super::guard;
use super::matrix::{Element, Matrix};
use crate::error::{Error, Result};
use crate::run::Run;
use crate::table::Column;

/// First bytes of a file.
pub(crate) const MAGIC: &[u8] = b"\x93NUMPY";

/// Most columns that a matrix may have.
pub(crate) const COLUMNS: usize = 100_000;
/// Bytes of a text beside its letters.
const TEXT: u64 = 64;

/// What the header says, checked against the length of the file.
pub(crate) struct Array<'a> {
    file: &'a str,
    of: Of,
    big_endian: bool,
    fortran: bool,
    shape: Vec<usize>,
    data: &'a [u8],
}

/// The type of the elements.
#[derive(Clone, Copy)]
enum Of {
    Numbers(Element),
    /// So many bytes of ASCII or UTF-8.
    Bytes(usize),
    /// So many UTF-32 characters.
    Characters(usize),
}

/// The columns of an NPY file: `x0`, `x1`, ...
pub(crate) fn read(file: &str, bytes: &[u8], run: &Run) -> Result<Vec<(Column, String)>> {
    let array = parse(file, bytes)?;
    guard::within(format!("`{file}` as a table"), array.needed(), run.room())?;
    let columns = array.columns(run.threads(), "x", true)?;
    let why = format!("the array has the shape {:?}", array.shape);
    Ok(columns.into_iter().map(|column| (column, why.clone())).collect())
}

/// Whether an array holds Python objects or records, which are not read.
pub(super) fn holds_objects(bytes: &[u8]) -> bool {
    let header = &bytes[..bytes.len().min(256)];
    let has = |word: &[u8]| memchr::memmem::find(header, word).is_some();
    has(b"'descr': '|O") || has(b"'descr': 'O") || has(b"'descr': [")
}

/// As [`parse`], of an array that is to be no table: its rows may be of any length.
pub(super) fn parse_any<'a>(file: &'a str, bytes: &'a [u8]) -> Result<Array<'a>> {
    let array = heading(file, bytes)?;
    array.check_length()?;
    Ok(array)
}

/// The header and the data of an NPY file.
pub(crate) fn parse<'a>(file: &'a str, bytes: &'a [u8]) -> Result<Array<'a>> {
    let array = heading(file, bytes)?;
    array.check()?;
    Ok(array)
}

/// The same of a file that may end anywhere after its header.
pub(super) fn heading<'a>(file: &'a str, bytes: &'a [u8]) -> Result<Array<'a>> {
    let short = || broken(file, "it ends within its header");
    let version = *bytes.get(6).ok_or_else(short)?;
    let (length, start) = match version {
        1 => (
            bytes
                .get(8..10)
                .map(|b| usize::from(b[0]) | usize::from(b[1]) << 8),
            10,
        ),
        2 | 3 => (
            bytes
                .get(8..12)
                .and_then(|b| Some(u32::from_le_bytes(b.try_into().ok()?) as usize)),
            12,
        ),
        _ => return Err(broken(file, &format!("its version {version} is not 1, 2 or 3"))),
    };
    let length = length.ok_or_else(short)?;
    let header = bytes
        .get(start..)
        .and_then(|rest| rest.get(..length))
        .ok_or_else(short)?;
    let header = std::str::from_utf8(header).map_err(|_| broken(file, "its header is not text"))?;
    let data = &bytes[start + length..];
    let (descr, fortran, shape) = parse_header(file, header)?;
    let (of, big_endian) = parse_descr(file, descr)?;
    Ok(Array {
        file,
        of,
        big_endian,
        fortran,
        shape,
        data,
    })
}

/// `{'descr': '<f8', 'fortran_order': False, 'shape': (3, 4), }`
fn parse_header<'h>(file: &str, header: &'h str) -> Result<(&'h str, bool, Vec<usize>)> {
    let value = |key: &str| {
        let at = header.find(&format!("'{key}'"))? + key.len() + 2;
        Some(header[at..].trim_start().strip_prefix(':')?.trim_start())
    };
    let lacks = |key: &str| broken(file, &format!("its header has no proper `{key}`"));
    let descr = value("descr").ok_or_else(|| lacks("descr"))?;
    if descr.starts_with('[') {
        let hint = "save the fields as single arrays in an NPZ file, or as Parquet";
        return Err(guard::malformed(file, "NPY", "it is a structured array", hint));
    }
    let descr = descr
        .strip_prefix('\'')
        .and_then(|rest| rest.split('\'').next())
        .ok_or_else(|| lacks("descr"))?;
    let order = value("fortran_order").ok_or_else(|| lacks("fortran_order"))?;
    let shape = value("shape").and_then(|rest| rest.strip_prefix('(')?.split(')').next());
    let sizes = shape
        .ok_or_else(|| lacks("shape"))?
        .split(',')
        .map(str::trim)
        .filter(|size| !size.is_empty());
    let sizes: Option<Vec<usize>> = sizes
        .map(|size| size.trim_end_matches('L').parse().ok())
        .collect();
    Ok((
        descr,
        order.starts_with("True"),
        sizes.ok_or_else(|| lacks("shape"))?,
    ))
}

fn parse_descr(file: &str, descr: &str) -> Result<(Of, bool)> {
    let big_endian = descr.starts_with('>');
    let name = descr.trim_start_matches(['<', '>', '|', '=']);
    let of = match name {
        "b1" | "?" => Of::Numbers(Element::Boolean),
        "i1" | "b" => Of::Numbers(Element::I8),
        "i2" => Of::Numbers(Element::I16),
        "i4" => Of::Numbers(Element::I32),
        "i8" => Of::Numbers(Element::I64),
        "u1" | "B" => Of::Numbers(Element::U8),
        "u2" => Of::Numbers(Element::U16),
        "u4" => Of::Numbers(Element::U32),
        "u8" => Of::Numbers(Element::U64),
        "f2" => Of::Numbers(Element::F16),
        "f4" => Of::Numbers(Element::F32),
        "f8" => Of::Numbers(Element::F64),
        _ if name.starts_with('O') => {
            let hint = "it is a pickle, which can run code when it is read; convert it: `a = a.astype(float)` or `a.astype(str)` before numpy.save";
            return Err(guard::malformed(file, "NPY", "it holds Python objects", hint));
        }
        _ => {
            let text = |letter| {
                name.strip_prefix(letter)
                    .and_then(|size: &str| size.parse().ok().filter(|size| *size < 1 << 28))
            };
            match (text('S'), text('U')) {
                (Some(size), _) => Of::Bytes(size),
                (_, Some(size)) => Of::Characters(size),
                _ => return Err(broken(file, &format!("its type `{descr}` is not read"))),
            }
        }
    };
    Ok((of, big_endian))
}

fn broken(file: &str, reason: &str) -> Error {
    guard::malformed(file, "NPY", reason, "write the file again with numpy.save")
}

impl Array<'_> {
    /// Lengths of the axes.
    pub(super) fn shape(&self) -> &[usize] {
        &self.shape
    }

    /// Levels from 0 to 255, if the elements are bytes, or true or false, in the order of C.
    pub(super) fn levels(&self) -> Option<Vec<u8>> {
        match self.of {
            _ if self.fortran => None,
            Of::Numbers(Element::U8) => Some(self.data.to_vec()),
            Of::Numbers(Element::Boolean) => Some(self.data.iter().map(|bit| 255 * bit.min(&1)).collect()),
            _ => None,
        }
    }

    /// Whether they can be meant as images: numbers of three axes or four, whatever their type.
    pub(super) fn is_of_images(&self) -> bool {
        matches!(self.shape.len(), 3 | 4) && matches!(self.of, Of::Numbers(_))
    }

    /// The elements, if they are whole numbers along one axis.
    pub(super) fn whole_numbers(&self) -> Option<Vec<i64>> {
        let Of::Numbers(element) = self.of else {
            return None;
        };
        let signed = matches!(element, Element::I8 | Element::I16 | Element::I32 | Element::I64);
        let whole = signed || matches!(element, Element::U8 | Element::U16 | Element::U32 | Element::U64);
        if !whole || self.shape.len() != 1 {
            return None;
        }
        let one = |own: &[u8]| {
            let mut bytes = own.to_vec();
            if self.big_endian {
                bytes.reverse();
            }
            let sign = if signed && bytes.last().is_some_and(|b| *b > 127) {
                255
            } else {
                0
            };
            bytes.resize(8, sign);
            bytes.try_into().map_or(0, i64::from_le_bytes)
        };
        Some(self.data.chunks_exact(element.size()).map(one).collect())
    }

    /// Rows: the first axis.
    pub(crate) fn rows(&self) -> usize {
        self.shape.first().copied().unwrap_or(1)
    }

    /// Elements per row: all other axes together.
    pub(crate) fn width(&self) -> usize {
        self.shape.iter().skip(1).product()
    }

    /// Bytes of its columns, and of the texts of one of them while it is made.
    pub(crate) fn needed(&self) -> u64 {
        let (rows, width) = (self.rows(), self.width());
        let text = |size: usize| {
            let one = (rows as u64).saturating_mul(TEXT + size as u64);
            guard::cells(rows, width, 4).saturating_add(one)
        };
        match self.of {
            Of::Numbers(element) => guard::cells(rows, width, element.width()),
            Of::Bytes(size) | Of::Characters(size) => text(size),
        }
    }

    /// Number of axes.
    pub(crate) fn axes(&self) -> usize {
        self.shape.len()
    }

    /// Its numbers where they lie, in the order of the file; nothing of texts.
    pub(super) fn elements(&self) -> Option<Elements<'_>> {
        let Of::Numbers(element) = self.of else {
            return None;
        };
        Some(Elements {
            bytes: self.data,
            element,
            big_endian: self.big_endian,
        })
    }

    /// Where the element (i, j) of two axes lies among all.
    pub(super) fn place(&self, i: usize, j: usize) -> usize {
        if self.fortran {
            j * self.rows() + i
        } else {
            i * self.width() + j
        }
    }

    fn check(&self) -> Result<()> {
        self.check_length()?;
        if self.width() <= COLUMNS {
            return Ok(());
        }
        let reason = format!("its shape {:?} makes more than {COLUMNS} columns", self.shape);
        Err(broken(self.file, &reason))
    }

    /// That the file has as many elements as the header says.
    fn check_length(&self) -> Result<()> {
        let size = match self.of {
            Of::Numbers(element) => element.size(),
            Of::Bytes(size) => size.max(1),
            Of::Characters(size) => (size * 4).max(1),
        };
        let needed = self
            .shape
            .iter()
            .try_fold(size, |product, &n| product.checked_mul(n));
        // The product of the other axes alone can overflow if one axis is 0.
        let width = self
            .shape
            .iter()
            .skip(1)
            .try_fold(1_usize, |product, &n| product.checked_mul(n));
        if needed != Some(self.data.len()) && !matches!(self.of, Of::Bytes(0) | Of::Characters(0)) {
            let needed = needed.map_or("more bytes than there are".to_string(), |needed| {
                format!("{needed} bytes")
            });
            let reason = format!(
                "its shape {:?} needs {needed}, the file has {}",
                self.shape,
                self.data.len()
            );
            return Err(broken(self.file, &reason));
        }
        if matches!(self.of, Of::Bytes(0) | Of::Characters(0)) {
            return Err(broken(self.file, "it holds texts of no length"));
        }
        if self.fortran && self.shape.len() > 2 {
            return Err(broken(
                self.file,
                "it has more than two axes in Fortran order, save numpy.ascontiguousarray of it",
            ));
        }
        match width {
            Some(_) => Ok(()),
            None => Err(broken(
                self.file,
                &format!("its shape {:?} makes more than {COLUMNS} columns", self.shape),
            )),
        }
    }

    /// The columns `name0`, `name1`, ... or only `name`.
    pub(crate) fn columns(&self, threads: usize, name: &str, numbered: bool) -> Result<Vec<Column>> {
        let title = |j: usize| {
            if numbered {
                format!("{name}{j}")
            } else {
                name.to_string()
            }
        };
        let matrix = |element| Matrix {
            bytes: self.data,
            element,
            big_endian: self.big_endian,
            by_columns: self.fortran,
            rows: self.rows(),
            width: self.width(),
        };
        match self.of {
            Of::Numbers(element) => matrix(element).columns(threads, title),
            Of::Bytes(size) => self.texts(size, title, |bytes| String::from_utf8_lossy(bytes).into_owned()),
            Of::Characters(size) => self.texts(size * 4, title, |bytes| self.utf32(bytes)),
        }
    }

    fn utf32(&self, bytes: &[u8]) -> String {
        let (characters, _) = bytes.as_chunks::<4>();
        let code = |bytes: &[u8; 4]| {
            if self.big_endian {
                u32::from_be_bytes(*bytes)
            } else {
                u32::from_le_bytes(*bytes)
            }
        };
        characters
            .iter()
            .map(|bytes| char::from_u32(code(bytes)).unwrap_or('\u{FFFD}'))
            .collect()
    }

    /// Columns of texts of `size` bytes each, padded with NUL.
    fn texts(
        &self,
        size: usize,
        title: impl Fn(usize) -> String,
        decode: impl Fn(&[u8]) -> String,
    ) -> Result<Vec<Column>> {
        let (rows, width) = (self.rows(), self.width());
        let at = |i: usize, j: usize| if self.fortran { j * rows + i } else { i * width + j };
        let column = |j: usize| {
            let texts: Vec<String> = (0..rows)
                .map(|i| {
                    decode(&self.data[at(i, j) * size..][..size])
                        .trim_end_matches('\0')
                        .to_string()
                })
                .collect();
            let bytes = texts.iter().map(|text| text.len() as u64).sum();
            guard::within(
                format!("the text of column `{}`", title(j)),
                bytes,
                i32::MAX as u64,
            )?;
            let texts: StringArray = texts
                .iter()
                .map(|text| (!text.is_empty()).then_some(text))
                .collect();
            let text = Column::trusted(
                title(j),
                crate::table::ColumnType::Text,
                std::sync::Arc::new(texts),
            );
            Ok(text.to_category())
        };
        (0..width).map(column).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headers_are_read_as_numpy_writes_them() {
        let header = "{'descr': '<f8', 'fortran_order': False, 'shape': (3, 4), }   \n";
        assert_eq!(parse_header("a", header).unwrap(), ("<f8", false, vec![3, 4]));
        let header = "{'descr': '>i2', 'fortran_order': True, 'shape': (5,), }";
        assert_eq!(parse_header("a", header).unwrap(), (">i2", true, vec![5]));
    }
}

//! Values out of bytes that may end or lie.

use induce_core::{Error, Result};

/// A place in a file; nothing is allocated for what the file has no bytes for.
#[derive(Clone)]
pub struct Cursor<'a> {
    pub file: &'a str,
    pub format: &'static str,
    bytes: &'a [u8],
    at: usize,
}

impl<'a> Cursor<'a> {
    pub fn new(file: &'a str, format: &'static str, bytes: &'a [u8]) -> Self {
        Self {
            file,
            format,
            bytes,
            at: 0,
        }
    }

    /// Where it is.
    pub fn at(&self) -> usize {
        self.at
    }

    /// Bytes that are left.
    pub fn left(&self) -> usize {
        self.bytes.len() - self.at
    }

    /// What is wrong with the file.
    pub fn fault(&self, reason: impl Into<String>) -> Error {
        Error::Malformed {
            file: self.file.into(),
            format: self.format,
            reason: reason.into(),
            hint: Some("the download or the conversion was cut off or damaged; fetch the file again".into()),
        }
    }

    /// The next `count` bytes, which are `what`.
    ///
    /// # Errors
    /// If there are not so many.
    pub fn take(&mut self, count: usize, what: &str) -> Result<&'a [u8]> {
        if count > self.left() {
            return Err(self.fault(format!(
                "unexpected end of file in {what}: {count} bytes needed at offset {}, {} left",
                self.at,
                self.left()
            )));
        }
        let taken = &self.bytes[self.at..self.at + count];
        self.at += count;
        Ok(taken)
    }

    fn array<const N: usize>(&mut self, what: &str) -> Result<[u8; N]> {
        let taken = self.take(N, what)?;
        Ok(std::array::from_fn(|i| taken[i]))
    }

    /// The next byte.
    ///
    /// # Errors
    /// If the bytes end.
    pub fn u8(&mut self, what: &str) -> Result<u8> {
        Ok(self.array::<1>(what)?[0])
    }

    /// The next unsigned integer, little-endian.
    ///
    /// # Errors
    /// If the bytes end.
    pub fn u32(&mut self, what: &str) -> Result<u32> {
        self.array(what).map(u32::from_le_bytes)
    }

    /// The next signed integer, little-endian.
    ///
    /// # Errors
    /// If the bytes end.
    pub fn i32(&mut self, what: &str) -> Result<i32> {
        self.array(what).map(i32::from_le_bytes)
    }

    /// The next long unsigned integer, little-endian.
    ///
    /// # Errors
    /// If the bytes end.
    pub fn u64(&mut self, what: &str) -> Result<u64> {
        self.array(what).map(u64::from_le_bytes)
    }

    /// The next value of single precision, little-endian.
    ///
    /// # Errors
    /// If the bytes end.
    pub fn f32(&mut self, what: &str) -> Result<f32> {
        self.array(what).map(f32::from_le_bytes)
    }

    /// The next `rows` x `columns` values.
    pub fn f32s(&mut self, rows: usize, columns: usize, what: &str) -> Result<Vec<f32>> {
        let count = rows.checked_mul(columns).and_then(|n| n.checked_mul(4));
        let bytes = self.take(count.unwrap_or(usize::MAX), what)?;
        Ok(singles(bytes))
    }
}

/// Bytes as little-endian values.
pub fn singles(bytes: &[u8]) -> Vec<f32> {
    bytes
        .as_chunks::<4>()
        .0
        .iter()
        .map(|b| f32::from_le_bytes(*b))
        .collect()
}

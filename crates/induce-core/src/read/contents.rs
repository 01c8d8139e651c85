//! The bytes of a file, for readers of other crates.

use std::path::Path;

use super::bytes::{Bytes, load};
use crate::error::Result;

/// The bytes of a file: mapped into memory if it is large, so that opening it costs nothing.
pub struct Contents(Bytes);

impl Contents {
    /// Of the file at `path`; `-` is standard input.
    ///
    /// # Errors
    /// If it cannot be read.
    pub fn of(path: &Path) -> Result<Self> {
        load(path).map(Self)
    }
}

impl std::ops::Deref for Contents {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        &self.0
    }
}

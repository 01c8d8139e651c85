//! Two pictures in one.

use induce_core::picture::Picture;
use induce_core::{Error, Result};

use crate::robust::plane::Matrix;

/// placeholder
pub fn mosaic(_a: &Picture, _b: &Picture, _h: &Matrix, _threads: usize) -> Result<Picture> {
    Err(Error::data("x", "y"))
}

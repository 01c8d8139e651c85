//! The innermost loop of a matrix product: a few rows by a few vectors, summed in registers.
//!
//! C (+)= A B for at most [`ROWS`] rows and [`COLUMNS`] columns. A is read number by number, along any strides; rows of B
//! must be adjacent. Every number of C is the sum over k in order, whatever the sizes around it.

#[cfg(target_arch = "x86_64")]
mod avx2;
#[cfg(target_arch = "x86_64")]
mod avx512;
mod plain;

use induce_core::simd::{Level, level};

use crate::element::Element;

/// Most rows of a block.
pub const ROWS: usize = 6;
/// Most columns of a block: four vectors of AVX-512.
pub const COLUMNS: usize = 64;

/// A block of a product.
///
/// The pointers must be good for the sizes: `a` for `rows` by `depth` at `a_row` and `a_depth`, `b` for `depth` by
/// `columns` at `b_depth` and 1, `c` for `rows` by `columns` at `c_row` and 1. Nobody else may write `c`, or a and b.
#[derive(Clone, Copy)]
pub struct Block<T> {
    pub rows: usize,
    pub columns: usize,
    pub depth: usize,
    pub a: *const T,
    pub a_row: usize,
    pub a_depth: usize,
    pub b: *const T,
    pub b_depth: usize,
    pub c: *mut T,
    pub c_row: usize,
    /// Whether C keeps what it holds.
    pub add: bool,
}

/// Do a block.
///
/// # Safety
/// What [`Block`] says of the pointers must hold.
#[expect(unsafe_code, reason = "a kernel on pointers")]
pub unsafe fn block<T: Element>(b: Block<T>) {
    #[cfg(target_arch = "x86_64")]
    if let Some(b) = T::as_single(b) {
        match level() {
            // SAFETY: the level was detected, and the caller vouches for the pointers.
            Level::Avx512 => return unsafe { avx512::block(b) },
            // SAFETY: as above.
            Level::Avx2 => return unsafe { avx2::block(b) },
            Level::Baseline => {}
        }
    }
    // SAFETY: the caller vouches for the pointers.
    unsafe { plain::block(b) }
}

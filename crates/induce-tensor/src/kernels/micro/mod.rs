//! The innermost loop of a matrix product: a few rows by a few vectors, summed in registers.
//!
//! C (+)= A B for at most [`ROWS`] rows and [`COLUMNS`] columns. A is read element by element, along any strides; rows of B
//! must be adjacent. Every element of C is the sum over k in order, whatever the sizes around it.

#[cfg(target_arch = "x86_64")]
mod avx2;
#[cfg(target_arch = "x86_64")]
mod avx512;
mod block;
mod fused;
mod kind;
mod plain;
#[cfg(target_arch = "x86_64")]
mod turn;

use induce_core::simd::{Level, level};

pub use block::{Block, COLUMNS, Kernel, ROWS};
pub use kind::Microkernel;

/// The kernel that does blocks of `T` on this machine. What [`Block`] says of the pointers must hold for each.
pub fn kernel<T: Microkernel>() -> Kernel<T> {
    #[cfg(target_arch = "x86_64")]
    match (T::of_single(avx512::block, avx2::block), level()) {
        (Some([best, _]), Level::Avx512) => return best,
        (Some([_, next]), Level::Avx2) => return next,
        _ => {}
    }
    plain::block
}

/// (rows, columns) with rows `row` apart to (columns, rows) with rows `to_row` apart.
///
/// # Panics
/// If a slice is too short.
pub fn transpose<T: Microkernel>(
    from: &[T],
    row: usize,
    (rows, columns): (usize, usize),
    to: &mut [T],
    to_row: usize,
) {
    if rows == 0 || columns == 0 {
        return;
    }
    let fits = |length: usize, lines: usize, apart: usize, width: usize| {
        let last = (lines - 1).checked_mul(apart);
        last.and_then(|last| last.checked_add(width))
            .is_some_and(|needed| needed <= length)
    };
    assert!(fits(from.len(), rows, row, columns) && fits(to.len(), columns, to_row, rows));
    #[cfg(target_arch = "x86_64")]
    let fast = level() == Level::Avx512 && T::is_single();
    for i in (0..rows).step_by(SQUARE) {
        for j in (0..columns).step_by(SQUARE) {
            #[cfg(target_arch = "x86_64")]
            if fast && i + SQUARE <= rows && j + SQUARE <= columns {
                let (from, to) = (from[i * row + j..].as_ptr(), to[j * to_row + i..].as_mut_ptr());
                #[expect(unsafe_code, reason = "a kernel on pointers")]
                // SAFETY: the level was detected, values are in single precision, and the square lies within both.
                unsafe {
                    turn::square(from.cast(), row, to.cast(), to_row);
                }
                continue;
            }
            for i in i..(i + SQUARE).min(rows) {
                for j in j..(j + SQUARE).min(columns) {
                    to[j * to_row + i] = from[i * row + j];
                }
            }
        }
    }
}

/// The side of the squares that a transpose is made of.
const SQUARE: usize = 16;

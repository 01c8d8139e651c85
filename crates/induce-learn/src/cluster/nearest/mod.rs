//! Which centre is nearest to a row, for many rows and many centres.
//!
//! |x - c|^2 = |x|^2 - 2 (x'c - |c|^2 / 2), so the nearest centre has the largest score x'c - |c|^2 / 2: a matrix product, whose
//! rows are reduced to the best and the second best score while they are in registers. That is done in single precision. Where
//! the two are closer than rounding can have moved them, distances of the row are computed in double precision: assignments are
//! those of double precision, ties go to the first centre, and so they are the same on every machine.

mod codebook;
mod exact;
mod proof;
mod singles;
mod tile;

pub use codebook::Codebook;
pub use exact::{Found, inertia, lower, sizes, square, squared_distances};
pub use singles::Singles;
pub use tile::Best;

#[cfg(test)]
mod tests;

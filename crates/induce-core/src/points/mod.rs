//! Rows as points: what models of distances and densities see of a table.
//!
//! A point is a row of coordinates u = (x - centre) / scale, where the centre of an axis is its mean and the scale is one power of
//! two for all, so that distances are those of the table but for a factor, and squares neither overflow nor underflow; with
//! `standardize` it is the deviation of each. A category becomes an axis for each of its values, 1 where it is that. A value
//! that is missing is NaN.

mod frame;
mod matrix;
mod plane;
mod summary;
mod sums;

pub use frame::{Axis, Frame, Scaling};
pub use matrix::{CHUNK, Moments, Points};
pub use plane::Plane;
pub use summary::Summary;
pub use sums::{dot_centred, square_centred, sum};

#[cfg(test)]
mod tests;

//! What networks read: rows of tables as numbers, and the size of images.

mod columns;
mod size;

pub use columns::{Columns, Matrix, near};
pub use size::{MOST, Size};

//! LightGBM's text: `key=value` lines, a block per tree.

mod names;
mod objective;
mod read;
mod text;
mod tree;
mod write;
mod write_tree;

pub use read::read;
pub use write::write;

/// A branch on categories.
const CATEGORY: u8 = 1;
/// Missing values go left.
const DEFAULT_LEFT: u8 = 2;
/// Zero counts as missing.
const MISSING_ZERO: u8 = 1 << 2;
/// NaN counts as missing.
const MISSING_NAN: u8 = 2 << 2;

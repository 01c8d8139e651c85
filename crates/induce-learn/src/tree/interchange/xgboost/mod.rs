//! XGBoost's JSON and UBJSON, which are one tree of values in two spellings.

mod cats;
mod known;
mod objective;
mod read;
mod tree;
mod write;
mod write_tree;

pub use read::{notes, read};
pub use write::{write_json, write_ubj};

/// The parent of a root.
const NO_PARENT: i32 = i32::MAX;

//! From values to small integer codes: what trees are grown and applied on.
//!
//! Code 0 is a missing value. A quantity in bin b has code b + 1, a category
//! the rank of its frequency plus 1. Columns with up to 256 codes are bytes.

mod binner;
mod codes;
mod cuts;
mod packed;
mod search;
mod whole;

pub use binner::{Binner, Pool, bin_table};
pub use codes::{BLOCK, CodeColumn, Codes};
pub use packed::{Packed, PackedColumn, Part, STRIDE};
pub use search::Search;

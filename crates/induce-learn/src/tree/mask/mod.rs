//! Applying trees to 64 rows at a time.
//!
//! Every branch is evaluated for a whole block of rows by one comparison of
//! codes, which yields a 64-bit mask; masks are propagated from the root to the
//! leaves by `and` and `and not`. No row ever waits for the branch before it,
//! and a subtree that no row of the block reaches is skipped.

mod apply;
mod code_test;
mod code_tree;
mod masks;
mod values;
#[cfg(target_arch = "x86_64")]
mod x86;

pub use apply::{CHUNK, Valued, add_values, add_values_all, answers};
pub use code_test::{CodeBranch, CodeTest};
pub use code_tree::CodeTree;
pub use values::{code_test, value_test};

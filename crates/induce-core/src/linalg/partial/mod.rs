//! Some eigenvalues and vectors of a large symmetric matrix.

mod block;
mod filter;
mod iterate;
mod operator;
mod product;

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test may stop at the first surprise")]
mod tests;

pub use iterate::{Partial, PartialEigen, smallest};
pub use operator::Symmetric;

//! Linear algebra that several families share.

mod csr;

pub use csr::Csr;

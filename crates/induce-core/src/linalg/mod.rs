//! Linear algebra that several families share: one Cholesky, one symmetric eigenproblem, whole or in part, one sparse matrix.
//!
//! Dense matrices are slices, row-major, of (rows, columns). Our own rather than a library's because a fit must have the
//! same bits on every instruction set: libraries choose fused kernels by machine. Systems are p x p with p columns of a
//! design, a small part of a fit's time.

mod cholesky;
mod csr;
pub mod distance;
mod eigen;
mod matrix3;
mod partial;
mod semidefinite;
mod solve;
mod vector;

pub use cholesky::{Cholesky, factor_semidefinite, invert, solve_semidefinite};
pub use csr::{Csr, transpose};
pub use eigen::Eigen;
pub use matrix3::{Matrix3, adjugate, determinant, multiply};
pub use partial::{Partial, PartialEigen, Symmetric, smallest};
pub use semidefinite::Semidefinite;
pub use solve::solve_general;
pub use vector::{LANES, axpy, dot, sum_lanes, sum_of};

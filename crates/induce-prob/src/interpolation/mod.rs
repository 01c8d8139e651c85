//! Interpolation: a function of which only values at nodes are known.
//!
//! All interpolants here have one form, the barycentric one,
//!
//! r(x) = sum of w_j f_j / (x - x_j) over sum of w_j / (x - x_j),
//!
//! and differ in their weights: [`Polynomial`] is Lagrange's, [`floater_hormann`] a rational function without poles, [`Aaa`] a
//! rational function that is fitted. It is stable for good nodes and costs O(n) a point (Berrut & Trefethen 2004).

mod aaa;
mod estimate;
mod floater_hormann;
mod nodes;
mod polynomial;
mod quadrature;
mod rational;
mod scaled;

pub use aaa::{Aaa, Complex, Pole};
pub use estimate::{Doubt, doubt};
pub use floater_hormann::floater_hormann;
pub use nodes::{Nodes, Spacing};
pub use polynomial::Polynomial;
pub use quadrature::{clenshaw_curtis, fejer, gauss_legendre};
pub use rational::Barycentric;

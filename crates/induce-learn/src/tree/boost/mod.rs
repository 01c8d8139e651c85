//! Gradient boosting: functional Newton steps with trees as directions.
//!
//! The model is F(x) = F_0 + eta sum_t f_t(x) and round t fits the tree f_t to
//! the second-order expansion of the loss at F_{t-1},
//!
//! sum_i [ g_i f(x_i) + h_i f(x_i)^2 / 2 ] + gamma T + (lambda / 2) |w|^2 + alpha |w|_1
//!
//! (Friedman 2001; Chen & Guestrin 2016, equations 3 to 7). Likelihood: any
//! [`induce_prob::Loss`]. Prior: gamma per leaf, Gaussian and Laplace on leaf
//! values. Inference: greedy trees, shrunk by eta. With `step = gradient` trees
//! are fitted to -g by least squares, and leaf values come from a line search.

mod auto;
mod bin;
mod booster;
mod candidate;
mod checkpoint;
mod chosen;
mod dart;
mod drive;
mod entry;
mod evaluate;
mod fit;
mod gradient;
mod init_model;
mod leaf;
mod model;
mod plan;
mod sample;
mod spec;
mod trial;

pub use booster::Booster;
pub use checkpoint::Checkpoint;
pub use entry::{BOOST, boosted};
pub use fit::{fit, fit_from, fit_with, resume};
pub use init_model::InitModel;
pub use model::Model;
pub use spec::{Method, Order, Spec, Step};
pub use trial::Trial;

#[cfg(test)]
mod tests;

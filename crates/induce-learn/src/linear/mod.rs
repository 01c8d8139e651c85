//! Generalised linear models: a likelihood of eta = b_0 + x'b, a prior on b, and its mode.
//!
//! minimise (1 / n) sum_i w_i loss(y_i, x_i'b + offset_i) + sum_j pen(b_j),   n = sum_i w_i
//!
//! with half the unit deviance as loss (McCullagh & Nelder 1989). Likelihood: any [`induce_prob::Family`] under any
//! [`induce_prob::Link`], or the multinomial. Prior: flat, Gaussian (ridge), Laplace (lasso), their product (elastic
//! net), SCAD, MCP; lambda = phi / (n tau^2), noise variance over n times prior variance. Inference, by shape:
//!
//! | problem | solver |
//! |---|---|
//! | squared loss, smooth prior, n >= p | normal equations by Cholesky with a step of refinement; with pivots if they are singular |
//! | squared loss, smooth prior, n < p | the dual; without a prior the shortest solution, with its rank |
//! | other losses, smooth prior, p <= 2000 | Newton; for many rows L-BFGS from the minimum over a sample, with its Hessian |
//! | squared loss, smooth prior, p > 2000 | LSMR, which needs products with the design only |
//! | other losses, p > 2000 | Newton-CG, preconditioned by the Hessian's diagonal |
//! | kinks or bounds | proximal Newton, coordinate descent on working sets with extrapolation |
//!
//! Columns are centred and scaled within the fit, so that neither their units nor their means decide how well it
//! converges; results are in the user's units.

mod composite;
mod csr;
mod descent;
mod encode;
mod entry;
mod fit;
mod gaussian;
mod inference;
pub(crate) mod kernels;
mod likelihood;
mod loss;
mod lsmr;
pub(crate) mod matrix;
mod model;
mod path;
mod penalty;
mod problem;
mod smooth;
mod softmax;
mod spec;
mod store;

pub use encode::Term;
pub use entry::{
    ELASTIC_NET, GLM, LASSO, LINEAR, LOGISTIC, Named, RIDGE, linear, path_of, with_coefficients,
};
pub use fit::{Path, fit, fit_from, fit_sparse, fit_sparse_from, path};
pub use model::{Bands, Coefficient, Model, Statistics, Test};

pub use spec::{Covariance, FamilyChoice, Lambda, LinkChoice, Missing, PriorChoice, Solver, Spec};

#[cfg(test)]
mod tests;

//! Robust fitting: some rows follow the model, the others follow nothing.
//!
//! The likelihood of a residual `r` of `d` dimensions is a Gaussian beside a uniform,
//!
//! ```text
//! p(r) = gamma N(r; 0, sigma^2 I) + (1 - gamma) u
//! ```
//!
//! with no prior on the model; the inference is random sampling of minimal subsets (Fischler and Bolles, *Random
//! sample consensus*, CACM 1981), each good one improved by expectation-maximisation. One engine, [`search`], serves
//! regression ([`regression`]) and the geometry of the plane ([`plane`]); a problem says how a few rows make a model,
//! what the residuals are, and how weighted rows improve a model ([`Problem`]).

pub mod plane;
pub mod regression;
mod sample;
mod score;
mod search;

pub use sample::Sampler;
pub use score::{Mixture, in_range};
pub use search::{Estimate, Problem, Search, search};

#[cfg(test)]
mod tests;

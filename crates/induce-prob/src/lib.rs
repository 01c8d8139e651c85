//! Likelihoods, links and losses, written once and used everywhere.
//!
//! A model of induce is likelihood x prior x inference. This crate is the
//! first factor: a [`Loss`] is the negative log-likelihood of a target given a
//! score, up to terms the score does not reach. The booster takes its gradient
//! and curvature, a GLM the same ones, a network head the gradient.

pub mod family;
pub mod information;
pub mod interpolation;
pub mod link;
pub mod loss;
pub mod math;
pub mod pareto;
pub mod polygamma;
pub mod prior;
pub mod special;

pub use family::Family;
pub use link::Link;
pub use loss::{Leaf, Loss, Objective};
pub use prior::Prior;

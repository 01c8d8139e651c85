//! Classical models: trees and gradient boosting, linear models, clusters and mixtures, topics, robust fitting, image registration.

pub mod bayes;
pub mod cluster;
pub mod decomposition;
pub mod ensemble;
pub mod graph;
pub mod linear;
pub mod mixture;
pub mod propagation;
pub mod robust;
pub mod topic;
pub mod tree;
pub mod vision;

pub use induce_core::points;
pub use tree::{boost, forest};

//! Classical models: trees and gradient boosting, linear models, robust fitting, image registration.

pub mod dataset;
pub mod linear;
pub mod robust;
pub mod schema;
pub mod tree;
pub mod vision;

pub use dataset::{ClassWeight, Dataset};
pub use schema::{Feature, FeatureType, Schema};
pub use tree::{boost, forest};

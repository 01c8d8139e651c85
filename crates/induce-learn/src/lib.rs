//! Classical models on tables: trees and gradient boosting, linear models.

pub mod dataset;
pub mod linear;
pub mod schema;
pub mod tree;

pub use dataset::{ClassWeight, Dataset};
pub use schema::{Feature, Meaning, Schema};
pub use tree::boost;

//! Classical models on tables: trees and gradient boosting.

pub mod dataset;
pub mod schema;
pub mod tree;

pub use dataset::{ClassWeight, Dataset};
pub use schema::{Feature, Meaning, Schema};
pub use tree::{boost, forest};

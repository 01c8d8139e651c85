//! Classical models on tables: trees and gradient boosting.

pub mod schema;
pub mod tree;

pub use schema::{Feature, Meaning, Schema};
pub use tree::boost;

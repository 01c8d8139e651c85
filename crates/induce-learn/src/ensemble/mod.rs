//! Models made of other models: bagging and `AdaBoost` of any model of the registry.

mod adaboost;
mod bagging;
pub(crate) mod members;

pub use adaboost::{ADABOOST, AdaBoost};
pub use bagging::{BAGGING, Bagging};
pub use members::of_members;

//! The models as the registry knows them: a file per family, with its rows, their settings, and how to train and open them.

mod adaboost;
mod bagging;
pub(crate) mod boost;
pub(crate) mod forest;
pub(crate) mod linear;
mod members;
mod ransac;

pub use adaboost::ADABOOST;
pub use bagging::BAGGING;
pub use boost::BOOST;
pub use forest::{EXTRA_TREES, FOREST, TREE};
pub use linear::{ELASTIC_NET, GLM, LASSO, LINEAR, LOGISTIC, RIDGE};
pub use members::of_members;
pub use ransac::RANSAC;

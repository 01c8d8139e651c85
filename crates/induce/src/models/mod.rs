//! The models as the registry knows them: a file per family, with its rows, their settings, and how to train and open them.

mod boost;
mod linear;

pub use boost::BOOST;
pub use linear::{ELASTIC_NET, GLM, LASSO, LINEAR, LOGISTIC, RIDGE};

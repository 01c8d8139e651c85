//! Trees: the engine of boosting and forests.
//!
//! Values become small integer codes ([`bins`]), a [`grow::Grower`] builds one
//! tree on fixed-point derivatives, a [`Tree`] is the result in terms of values
//! again, and [`mask`] applies trees to 64 rows at a time.

pub mod bins;
pub mod boost;
mod ensemble;
mod follow;
pub mod forest;
pub mod grow;
pub mod histogram;
pub mod interchange;
pub mod mask;
mod node;
mod shap;
pub mod split;
pub mod store;

pub use ensemble::Ensemble;
pub use node::{Branch, Test, Tree};
pub use shap::Shap;

//! What k-means, DP-means and their kin have in common when they are fitted: centres, and the nearest of them.

mod model;
mod report;

pub use model::Centres;
pub(crate) use model::farther;

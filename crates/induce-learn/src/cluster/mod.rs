//! Clusters of rows.
//!
//! Every model here is a Gaussian mixture seen from some side. k-means is expectation-maximisation on a mixture with covariances
//! sigma^2 I as sigma goes to 0; DP-means is the same limit of a Dirichlet-process mixture (Kulis & Jordan 2012). What they share is
//! in [`nearest`]: which centre is nearest to a row.

pub mod centres;
pub mod dp_means;
pub mod hdp;
pub mod kmeans;
pub mod nearest;
pub(crate) mod picture;
pub mod spectral;

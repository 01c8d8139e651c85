//! Clusters of rows.
//!
//! Every model here is a Gaussian mixture seen from some side. k-means is expectation-maximisation on a mixture with covariances
//! sigma^2 I as sigma goes to 0; DP-means is the same limit of a Dirichlet-process mixture (Kulis & Jordan 2012). What they share is
//! in [`nearest`]: which centre is nearest to a row.

pub mod bisecting;
pub mod centres;
pub mod dp_means;
pub mod hdp;
pub mod kmeans;
pub mod mini_batch;
pub mod nearest;
pub(crate) mod picture;
pub(crate) mod remarks;
pub mod spectral;

/// How many starts there are where nobody says it (0): ten where one costs up to `cheap`, fewer the more it costs, and at least one.
pub(crate) fn starts(said: usize, work: f64, cheap: f64) -> usize {
    match said {
        0 => ((10.0 * cheap / work) as usize).clamp(1, 10),
        said => said,
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test may stop at the first surprise")]
mod tests;

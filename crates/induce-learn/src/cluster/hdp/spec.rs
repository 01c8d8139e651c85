//! The settings of the hard HDP: plain data.

use induce_core::Result;
use induce_core::model::{Space, range};
use induce_core::settings;

use crate::cluster::dp_means::Penalty;
use crate::cluster::kmeans::Clusters;

settings! {
    /// What the hard HDP may be told.
    pub struct Spec {
        /// What a global cluster costs, a squared distance; `auto` is what `lambda` of DP-means is more than `lambda_local`
        lambda_global: Penalty = Penalty::Auto, search Space::Log(1e-2, 1e3);
        /// What a local cluster costs, a squared distance; `auto` is how far rows are within clusters, half of `lambda` at most
        lambda_local: Penalty = Penalty::Auto, search Space::Log(1e-2, 1e3);
        /// The number of global clusters that `lambda_global` is to lead to, roughly; `auto` takes the widest gap
        n_clusters: Clusters = Clusters::Auto, when lambda_global ["auto"];
        /// Most iterations
        max_iter: usize = 300, in range::to(1, 1_000_000);
        /// Divide every column by its deviation, so that none counts for its unit
        standardize: bool = false;
    }
}

impl Spec {
    /// Hold every setting against its range.
    ///
    /// # Errors
    /// For the first that cannot be.
    pub fn check(&self) -> Result<()> {
        self.check_ranges()
    }
}

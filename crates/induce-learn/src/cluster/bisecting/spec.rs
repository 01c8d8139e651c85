//! The settings of bisecting k-means: plain data.

use induce_core::model::{Space, range};
use induce_core::{Result, choices, settings};

use crate::cluster::kmeans::Init;

choices! {
    /// Which cluster is divided next.
    pub enum Strategy {
        /// That of the largest sum of squared distances.
        Inertia = "biggest_inertia",
        /// That of the most rows.
        Rows = "largest_cluster",
    }
}

settings! {
    /// What bisecting k-means may be told.
    pub struct Spec {
        /// Number of clusters
        n_clusters: usize = 8, in range::to(1, 1_000_000), search Space::Whole(2, 20);
        /// Which cluster is divided next
        bisecting_strategy: Strategy = Strategy::Inertia;
        /// How the two centres of a division begin
        init: Init = Init::Random;
        /// Starts of every division, of which the best is kept
        n_init: usize = 1, in range::to(1, 100_000);
        /// Most iterations of a division
        max_iter: usize = 300, in range::to(1, 1_000_000);
        /// A division has ended when its centres together move less than this, in variances of the data
        tol: f64 = 1e-4, in range::at_least(0.0);
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

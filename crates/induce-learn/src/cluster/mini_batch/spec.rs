//! The settings of mini-batch k-means: plain data.

use induce_core::model::{Space, range};
use induce_core::{Result, settings};

use crate::cluster::kmeans::Init;

settings! {
    /// What mini-batch k-means may be told.
    pub struct Spec {
        /// Number of clusters
        n_clusters: usize = 8, in range::to(1, 1_000_000), search Space::Whole(2, 20);
        /// How centres begin
        init: Init = Init::PlusPlus;
        /// Centres to begin from, in the units of the table; `init` and `n_init` have no say then
        centers: Vec<Vec<f64>> = Vec::new();
        /// Rows that the first centres are drawn from; 0 is three times a mini-batch, or three times the clusters if that is more
        init_size: usize = 0;
        /// Starts, of which the one that suits `init_size` rows best is gone on with
        n_init: usize = 3, in range::to(1, 100_000);
        /// Rows of a mini-batch
        batch_size: usize = 1024, in range::from(1);
        /// Most passes over the rows
        max_iter: usize = 100, in range::to(1, 1_000_000);
        /// It has ended when centres move less than this, in variances of the data, smoothed over mini-batches; 0 does not ask
        tol: f64 = 0.0, in range::at_least(0.0);
        /// It has ended when the smoothed inertia has not fallen for so many mini-batches; 0 does not ask
        max_no_improvement: usize = 10;
        /// Centres with fewer rows than this fraction of the largest are moved
        reassignment_ratio: f64 = 0.01, in range::closed(0.0, 1.0);
        /// Take all rows as one mini-batch, and pass over them once; going on from a model they always are
        online: bool = false;
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

//! The settings of Gaussian mixtures: plain data.

use induce_core::model::{Space, range};
use induce_core::{Result, choices, settings};

choices! {
    /// Which covariances components have.
    pub enum CovarianceType {
        /// Each its own.
        Full = "full",
        /// All the same.
        Tied = "tied",
        /// Each its own diagonal.
        Diag = "diag",
        /// Each its own single variance.
        Spherical = "spherical",
    }
}

choices! {
    /// Where responsibilities begin.
    pub enum Init {
        /// At the clusters of k-means.
        KMeans = "kmeans",
        /// At rows drawn by their squared distance to each other.
        PlusPlus = "k-means++",
        /// At random probabilities.
        Random = "random",
        /// At rows drawn at random.
        RandomRows = "random_from_data",
    }
}

settings! {
    /// What a Gaussian mixture may be told.
    ///
    /// ```
    /// use induce_learn::mixture::gmm::Spec;
    /// assert!(Spec::default().check().is_ok());
    /// assert!(Spec { annealing: 0.0, ..Spec::default() }.check().is_err());
    /// ```
    pub struct Spec {
        /// Number of components
        n_components: usize = 2, in range::to(1, 100_000), search Space::Whole(1, 12), alias "n_clusters";
        /// Which covariances components have
        covariance_type: CovarianceType = CovarianceType::Full, search Space::OneOf(CovarianceType::NAMES);
        /// Where responsibilities begin
        init: Init = Init::KMeans;
        /// Weights to begin from, in place of those of `init`
        weights: Vec<f64> = Vec::new();
        /// Means to begin from, in the units of the table: `[[1, 2], [3, 4]]`
        means: Vec<Vec<f64>> = Vec::new();
        /// Covariances to begin from, in the units of the table, row after row: `[[1, 0, 0, 1]]`; one is that of all components
        covariances: Vec<Vec<f64>> = Vec::new();
        /// Starts, of which the best is gone on with; 0 is 10 for few rows, down to 1 for many
        n_init: usize = 0, in range::to(0, 100_000);
        /// Most iterations
        max_iter: usize = 200, in range::to(0, 1_000_000);
        /// It has ended when ln L rises by less than this per unit of weight
        tol: f64 = 1e-4, in range::at_least(0.0);
        /// Added to variances, in variances of each column
        reg_covar: f64 = 1e-6, in range::at_least(0.0);
        /// Means begin at this power of densities of one covariance, which rises until they part, so that they depend less on the start, as 0.02 does; 1 is no annealing, and enough where several starts are k-means
        annealing: f64 = 1.0, in range::up_to(0.0, 1.0);
        /// Going on from a model, count its rows beside these instead of only beginning there
        online: bool = false;
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

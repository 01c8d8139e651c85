//! The settings of Bayesian mixtures: plain data.

use induce_core::model::range;
use induce_core::{Result, choices, settings};

use crate::mixture::gmm::{CovarianceType, Init};

choices! {
    /// What the weights of components are drawn from.
    pub enum Concentration {
        /// The sticks of a Dirichlet process.
        Process = "dirichlet_process",
        /// A Dirichlet distribution.
        Distribution = "dirichlet_distribution",
    }
}

choices! {
    /// How the posterior is found.
    pub enum Inference {
        /// By coordinate ascent.
        Cavi = "cavi",
        /// By natural gradients on mini-batches.
        Svi = "svi",
        /// With the statistics of every batch kept, and components born and merged.
        Memoized = "memoized",
    }
}

settings! {
    /// What a Bayesian mixture may be told.
    ///
    /// ```
    /// use induce_learn::mixture::bayes::Spec;
    /// assert!(Spec::default().check().is_ok());
    /// assert!(Spec { covariance_prior: 0.0, ..Spec::default() }.check().is_err());
    /// ```
    pub struct Spec {
        /// Most components; those that the rows do not need stay empty
        n_components: usize = 10, in range::to(1, 100_000), alias "n_clusters";
        /// Which covariances the components of the mixture have
        covariance_type: CovarianceType = CovarianceType::Full;
        /// What the weights of components are drawn from
        weight_concentration_prior_type: Concentration = Concentration::Process;
        /// Concentration of the weights: the less, the fewer components; 0 is 1 / n_components
        weight_concentration_prior: f64 = 0.0, in range::at_least(0.0);
        /// Mean of the prior of means, in the units of the table: `[1, 2]`; none is the mean of all rows
        mean_prior: Vec<f64> = Vec::new();
        /// Rows that the prior of a mean counts for
        mean_precision_prior: f64 = 1.0, in range::above(0.0);
        /// Rows that the prior of a precision counts for; 0 is as many as there are coordinates
        degrees_of_freedom_prior: f64 = 0.0, in range::at_least(0.0);
        /// Inverse scale of the prior of a precision, in covariances of all rows
        covariance_prior: f64 = 1.0, in range::above(0.0);
        /// The inverse scale itself, in the units of the table, row after row: `[1, 0, 0, 1]`; none is that of `covariance_prior`
        covariance_prior_matrix: Vec<f64> = Vec::new();
        /// Added to the covariance of all rows in the prior, in variances of each column
        reg_covar: f64 = 1e-6, in range::at_least(0.0);
        /// How the posterior is found
        inference: Inference = Inference::Cavi;
        /// Where the first responsibilities come from
        init: Init = Init::KMeans, alias "init_params";
        /// Starts, of which the best is gone on with; 0 is 5 for few rows, down to 1 for many
        n_init: usize = 0, in range::to(0, 100_000);
        /// Most passes over all rows
        max_iter: usize = 500, in range::to(1, 1_000_000);
        /// It has ended when the ELBO rises by less than this per unit of weight
        tol: f64 = 1e-6, in range::at_least(0.0);
        /// Rows whose statistics make one step
        batch_size: usize = 1024, in range::to(1, 1_000_000_000), when inference ["svi", "memoized"];
        /// kappa of the step rho = (t + learning_offset)^-kappa
        learning_decay: f64 = 0.7, in range::up_to(0.5, 1.0), when inference ["svi"];
        /// What is added to the number of a step
        learning_offset: f64 = 10.0, in range::at_least(1.0), when inference ["svi"];
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

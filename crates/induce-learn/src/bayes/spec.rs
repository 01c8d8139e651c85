//! The settings of Bayesian regressions: plain data.

use induce_core::model::range;
use induce_core::{Result, settings};

settings! {
    /// What Bayesian linear regression may be told.
    ///
    /// ```
    /// assert!(induce_learn::bayes::Spec::default().check().is_ok());
    /// ```
    pub struct Spec {
        /// Shape of the gamma prior of alpha, the precision of the noise
        alpha_1: f64 = 1e-6, in range::above(0.0);
        /// Rate of the gamma prior of alpha, in variances of the target
        alpha_2: f64 = 1e-6, in range::above(0.0);
        /// Shape of the gamma prior of lambda, the precision of the coefficients
        lambda_1: f64 = 1e-6, in range::above(0.0);
        /// Rate of the gamma prior of lambda, in coefficients of standardised columns
        lambda_2: f64 = 1e-6, in range::above(0.0);
        /// Most steps of coordinate ascent
        max_iter: usize = 1000, in range::to(1, 1_000_000);
        /// It has ended when the ELBO rises by less than this
        tol: f64 = 1e-8, in range::at_least(0.0);
    }
}

settings! {
    /// What Bayesian logistic regression may be told.
    ///
    /// ```
    /// assert!(induce_learn::bayes::LogisticSpec::default().check().is_ok());
    /// ```
    pub struct LogisticSpec {
        /// Shape of the gamma prior of lambda, the precision of the coefficients
        lambda_1: f64 = 1e-2, in range::above(0.0);
        /// Rate of the gamma prior of lambda, in coefficients of standardised columns
        lambda_2: f64 = 1e-2, in range::above(0.0);
        /// Deviation of the normal prior of the intercept, in log-odds
        intercept_scale: f64 = 10.0, in range::above(0.0);
        /// Most steps of coordinate ascent
        max_iter: usize = 1000, in range::to(1, 1_000_000);
        /// It has ended when the ELBO rises by less than this
        tol: f64 = 1e-6, in range::at_least(0.0);
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

impl LogisticSpec {
    /// Hold every setting against its range.
    ///
    /// # Errors
    /// For the first that cannot be.
    pub fn check(&self) -> Result<()> {
        self.check_ranges()
    }
}

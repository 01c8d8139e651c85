//! The settings of Bayesian regressions: plain data.

use induce_core::model::range;
use induce_core::{Error, Result, settings};

settings! {
    /// What Bayesian linear regression may be told.
    ///
    /// ```
    /// assert!(induce_learn::bayes::Spec::default().check().is_ok());
    /// ```
    pub struct Spec {
        /// Shape of the gamma prior of alpha, the precision of the noise
        alpha_1: f64 = 1e-6, in range::above(0.0);
        /// Rate of the gamma prior of alpha, in variances of the target; in its own units without `standardize`
        alpha_2: f64 = 1e-6, in range::above(0.0);
        /// Shape of the gamma prior of lambda, the precision of the coefficients
        lambda_1: f64 = 1e-6, in range::above(0.0);
        /// Rate of the gamma prior of lambda, in coefficients of standardised columns; of the columns themselves without `standardize`
        lambda_2: f64 = 1e-6, in range::above(0.0);
        /// alpha to begin at; 0 is the inverse variance of the target
        alpha_init: f64 = 0.0, in range::at_least(0.0);
        /// lambda to begin at; 0 is 1
        lambda_init: f64 = 0.0, in range::at_least(0.0);
        /// Divide columns and target by their deviations, so that one lambda is for all of them
        standardize: bool = true;
        /// Whether there is an intercept, which has a flat prior
        fit_intercept: bool = true;
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
        self.check_ranges()?;
        match self.standardize && !self.fit_intercept {
            false => Ok(()),
            true => Err(Error::setting(
                "standardize",
                true,
                "deviations are taken about means, which only an intercept takes off: set `standardize=false`",
            )),
        }
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

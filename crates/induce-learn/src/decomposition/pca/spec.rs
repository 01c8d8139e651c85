//! The settings of principal components: plain data.

use induce_core::model::{Range, SettingValue};
use induce_core::{Error, Result, choices, settings};
use serde::{Deserialize, Serialize};
use serde_json::Value;

choices! {
    /// How the components are found.
    pub enum Solver {
        /// `em` where values are missing, `covariance` for up to 2000 columns, else `randomized`.
        Auto = "auto",
        /// The eigenvectors of the covariance.
        Covariance = "covariance",
        /// Products of the rows with a block of random vectors, until residuals are small.
        Randomized = "randomized",
        /// Expectation-maximisation over the values that are there.
        Em = "em",
    }
}

/// How many components are kept.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "Value", into = "Value")]
pub enum Components {
    /// As many as there are.
    All,
    /// So many.
    Number(usize),
    /// Those that have this part of the variance.
    Share(f64),
    /// As many as the evidence is for (Minka 2000).
    Mle,
}

impl From<Components> for Value {
    fn from(own: Components) -> Self {
        match own {
            Components::All => "all".into(),
            Components::Number(k) => k.into(),
            Components::Share(share) => share.into(),
            Components::Mle => "mle".into(),
        }
    }
}

impl TryFrom<Value> for Components {
    type Error = String;

    fn try_from(value: Value) -> std::result::Result<Self, String> {
        // A number that replaces a word is a text.
        let text = value.as_str();
        let whole = value.as_u64().or_else(|| text?.parse().ok());
        let real = value.as_f64().or_else(|| text?.parse().ok());
        match (whole, real, text) {
            (Some(k), _, _) if k > 0 => Ok(Self::Number(k as usize)),
            (None, Some(share), _) => Ok(Self::Share(share)),
            (_, _, Some("all")) => Ok(Self::All),
            (_, _, Some("mle")) => Ok(Self::Mle),
            _ => Err(format!(
                "`n_components` is a number of at least 1, a part of the variance below 1, `all` or `mle`, not {value}"
            )),
        }
    }
}

impl SettingValue for Components {
    const RANGE: Range = Range::Said("a number, a part of the variance such as 0.95, all, mle");

    fn check(&self, name: &str, _: &Range) -> Result<()> {
        match *self {
            Self::Share(share) if !(share > 0.0 && share < 1.0) => Err(Error::setting(
                name,
                share,
                "a part of the variance lies between 0 and 1; a number of components is whole",
            )),
            _ => Ok(()),
        }
    }
}

settings! {
    /// What principal components may be told.
    pub struct Spec {
        /// How many are kept: a number, the part of the variance that they must have, `all`, or `mle` by the evidence
        n_components: Components = Components::Number(2);
        /// How they are found
        solver: Solver = Solver::Auto;
        /// Divide scores by their deviations
        whiten: bool = false;
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

//! The settings of DP-means: plain data.

use induce_core::model::{Range, SettingValue, Space, range};
use induce_core::{Error, Result, choices, settings};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::cluster::kmeans::Clusters;

choices! {
    /// When a row that is too far from all centres makes a new one.
    pub enum Creation {
        /// After all rows are assigned, the farthest first.
        Delayed = "delayed",
        /// At once, in the order of the rows, as the paper has it.
        Serial = "serial",
    }
}

/// The squared distance at which a row makes a cluster of its own, or `auto`.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "Value", into = "Value")]
pub enum Penalty {
    /// By the farthest-first rule from the number of clusters that is wanted.
    Auto,
    /// This one.
    Fixed(f64),
}

impl From<Penalty> for Value {
    fn from(penalty: Penalty) -> Self {
        match penalty {
            Penalty::Auto => "auto".into(),
            Penalty::Fixed(lambda) => lambda.into(),
        }
    }
}

impl TryFrom<Value> for Penalty {
    type Error = String;

    fn try_from(value: Value) -> std::result::Result<Self, String> {
        // Beside a word a number on the command line is a text.
        let written = value.as_str().and_then(|text| text.parse().ok());
        match (value.as_f64().or(written), value.as_str()) {
            (Some(lambda), _) => Ok(Self::Fixed(lambda)),
            (None, Some("auto")) => Ok(Self::Auto),
            _ => Err(format!("`lambda` is `auto` or a number above 0, not {value}")),
        }
    }
}

impl SettingValue for Penalty {
    const RANGE: Range = Range::Said("auto, or a number above 0");

    fn check(&self, name: &str, _: &Range) -> Result<()> {
        match *self {
            Self::Fixed(lambda) if !(lambda > 0.0 && lambda.is_finite()) => Err(Error::setting(
                name,
                lambda,
                "it is a squared distance, and must be finite and above 0",
            )),
            _ => Ok(()),
        }
    }
}

settings! {
    /// What DP-means may be told.
    pub struct Spec {
        /// Squared distance to all centres at which a row makes a cluster of its own; `auto` follows from `n_clusters`
        lambda: Penalty = Penalty::Auto, search Space::Log(1e-2, 1e3);
        /// The number of clusters that `lambda` is to lead to, roughly; `auto` takes the widest gap among lambdas
        n_clusters: Clusters = Clusters::Auto, when lambda ["auto"];
        /// The largest number that `auto` looks at
        max_clusters: usize = 50, in range::to(1, 100_000), when n_clusters ["auto"];
        /// When a row that is too far from all centres makes a new one
        creation: Creation = Creation::Delayed;
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

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test may stop at the first surprise")]
mod tests {
    use super::*;

    /// `--set lambda=6` was refused: beside the word `auto` the 6 was a text.
    #[test]
    fn a_number_on_the_command_line_is_a_lambda() {
        for (value, lambda) in [
            (Value::from("6"), Penalty::Fixed(6.0)),
            (Value::from(0.5), Penalty::Fixed(0.5)),
            (Value::from("auto"), Penalty::Auto),
        ] {
            assert_eq!(Penalty::try_from(value), Ok(lambda));
        }
        assert!(
            Penalty::try_from(Value::from("six"))
                .unwrap_err()
                .contains("not \"six\"")
        );
    }
}

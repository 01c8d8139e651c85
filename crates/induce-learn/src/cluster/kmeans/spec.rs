//! The settings of k-means: plain data.

use induce_core::model::{Range, SettingValue, Space, range};
use induce_core::{Error, Result, choices, settings};
use serde::{Deserialize, Serialize};
use serde_json::Value;

choices! {
    /// How centres begin.
    pub enum Init {
        /// `k-means++`, or `k-means||` where that would look at every row too often.
        Auto = "auto",
        /// Rows drawn by their squared distance to the centres so far, the best of several draws each (Arthur & Vassilvitskii 2007).
        PlusPlus = "k-means++",
        /// A few rounds that draw many rows at a time, then `k-means++` among them (Bahmani et al. 2012).
        Parallel = "k-means||",
        /// Rows drawn at random.
        Random = "random",
    }
}

choices! {
    /// Which distances are not computed.
    pub enum Algorithm {
        /// `hamerly` where centres are several, `yinyang` where they are many and wide.
        Auto = "auto",
        /// None: every centre for every row.
        Lloyd = "lloyd",
        /// Those of rows that bounds prove to stay where they are (Hamerly 2010).
        Hamerly = "hamerly",
        /// Those of groups of centres that bounds prove to be farther than the own one (Ding et al. 2015).
        Yinyang = "yinyang",
    }
}

choices! {
    /// What "near" means.
    pub enum Metric {
        /// Squared Euclidean distance.
        Euclidean = "euclidean",
        /// The angle: rows and centres are scaled to length 1 (spherical k-means).
        Cosine = "cosine",
    }
}

choices! {
    /// What happens to a centre that no row is nearest to.
    pub enum Empty {
        /// It moves to the row that is farthest from its centre.
        Farthest = "farthest",
        /// It is dropped: there are fewer clusters.
        Drop = "drop",
        /// An error.
        Error = "error",
    }
}

choices! {
    /// What decides the number of clusters.
    pub enum Criterion {
        /// The largest mean silhouette.
        Silhouette = "silhouette",
        /// The smallest k whose gap to uniform data is within a standard error of the next (Tibshirani, Walther & Hastie 2001).
        Gap = "gap",
        /// The smallest BIC of the spherical mixture that k-means stands for.
        Bic = "bic",
    }
}

/// A number of clusters, or `auto`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Value", into = "Value")]
pub enum Clusters {
    /// The data choose.
    Auto,
    /// So many.
    Fixed(usize),
}

impl From<Clusters> for Value {
    fn from(clusters: Clusters) -> Self {
        match clusters {
            Clusters::Auto => "auto".into(),
            Clusters::Fixed(k) => k.into(),
        }
    }
}

impl TryFrom<Value> for Clusters {
    type Error = String;

    fn try_from(value: Value) -> std::result::Result<Self, String> {
        let written = value.as_str().and_then(|text| text.parse().ok());
        let fixed = value.as_u64().or(written).filter(|k| *k > 0);
        match (fixed, value.as_str()) {
            (Some(k), _) => Ok(Self::Fixed(k as usize)),
            (None, Some("auto")) => Ok(Self::Auto),
            _ => Err(format!(
                "`n_clusters` is `auto` or a whole number of at least 1, not {value}"
            )),
        }
    }
}

impl SettingValue for Clusters {
    const RANGE: Range = Range::Said("auto, or a number of at least 1");

    fn check(&self, _: &str, _: &Range) -> Result<()> {
        Ok(())
    }
}

settings! {
    /// What k-means may be told.
    ///
    /// ```
    /// use induce_learn::cluster::kmeans::Spec;
    /// assert!(Spec::default().check().is_ok());
    /// assert!(Spec { tol: -1.0, ..Spec::default() }.check().is_err());
    /// ```
    pub struct Spec {
        /// Number of clusters; `auto` fits every number up to `max_clusters` and chooses
        n_clusters: Clusters = Clusters::Fixed(8), search Space::Whole(2, 20);
        /// The largest number that `auto` tries
        max_clusters: usize = 10, in range::to(1, 1_000), when n_clusters ["auto"];
        /// What decides the number of clusters
        criterion: Criterion = Criterion::Silhouette, when n_clusters ["auto"];
        /// How centres begin
        init: Init = Init::Auto;
        /// Centres to begin from, in the units of the table: `[[1, 2], [3, 4]]`; `init` and `n_init` have no say then
        centers: Vec<Vec<f64>> = Vec::new();
        /// Starts, of which the best is kept; 0 is 10 for few rows, down to 1 for many
        n_init: usize = 0, in range::to(0, 100_000);
        /// Most iterations of a start
        max_iter: usize = 300, in range::to(1, 1_000_000);
        /// A start has ended when all centres together move less than this, in variances of the data
        tol: f64 = 1e-4, in range::at_least(0.0);
        /// Which distances are not computed; the clusters are the same
        algorithm: Algorithm = Algorithm::Auto;
        /// What "near" means
        metric: Metric = Metric::Euclidean;
        /// Divide every column by its deviation, so that none counts for its unit
        standardize: bool = false;
        /// What happens to a centre that no row is nearest to
        empty_clusters: Empty = Empty::Farthest;
    }
}

impl Spec {
    /// Hold every setting against its range.
    ///
    /// # Errors
    /// For the first that cannot be.
    pub fn check(&self) -> Result<()> {
        self.check_ranges()?;
        match self.n_clusters {
            Clusters::Fixed(k) if self.centers.is_empty() || self.centers.len() == k => {}
            Clusters::Auto if self.centers.is_empty() => {}
            _ => {
                return Err(Error::setting(
                    "centers",
                    format!("{} points", self.centers.len()),
                    "there must be as many as `n_clusters`",
                ));
            }
        }
        if self.metric == Metric::Cosine && self.standardize {
            return Err(Error::setting(
                "standardize",
                true,
                "with metric=cosine rows are scaled, not columns",
            ));
        }
        Ok(())
    }
}

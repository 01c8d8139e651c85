//! Predictions beside the true values.

use serde::{Deserialize, Serialize};

use super::Score;
use crate::error::{Error, Result};

/// What is predicted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Task {
    /// A quantity.
    Regression,
    /// A class.
    Classification,
    /// An order within groups.
    Ranking,
    /// A division into clusters, which no target teaches.
    Clustering,
}

impl Task {
    /// All tasks.
    pub const ALL: [Self; 4] = [
        Self::Regression,
        Self::Classification,
        Self::Ranking,
        Self::Clustering,
    ];

    /// The lower-case name, as in `--task NAME`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Regression => "regression",
            Self::Classification => "classification",
            Self::Ranking => "ranking",
            Self::Clustering => "clustering",
        }
    }
}

impl std::fmt::Display for Task {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.name())
    }
}

/// ```
/// use induce_core::metrics::Task;
/// assert_eq!("ranking".parse::<Task>()?, Task::Ranking);
/// assert!("sorting".parse::<Task>().is_err());
/// # Ok::<(), induce_core::Error>(())
/// ```
impl std::str::FromStr for Task {
    type Err = Error;

    fn from_str(name: &str) -> Result<Self> {
        let found = Self::ALL.into_iter().find(|task| task.name() == name);
        let what = || {
            Error::data(
                format!("unknown task `{name}`"),
                "it is regression, classification or ranking",
            )
        };
        found.ok_or_else(what)
    }
}

/// Predictions for `n` rows.
#[derive(Debug, Clone, Copy, Default)]
pub struct Predictions<'a> {
    /// True values: a quantity, a class index, or a relevance. // (rows)
    pub truth: &'a [f64],
    /// Weight of each row; all 1 if absent. // (rows)
    pub weights: Option<&'a [f64]>,
    /// Predicted quantity, class index, or score. For classes it may be empty: then the most probable class counts. // (rows)
    pub values: &'a [f64],
    /// The probability of each class; may be empty. // (rows, classes)
    pub probabilities: &'a [f64],
    /// Number of classes; class 1 of two is the positive one.
    pub classes: usize,
    /// The group of each row, for ranking; rows of a group stand together. // (rows)
    pub groups: Option<&'a [u32]>,
    /// Where the rows of clusters are.
    pub points: Option<Points<'a>>,
    /// What only the model can compute: inertia, likelihoods.
    pub own: &'a [Score],
}

/// Rows as points of the space in which clusters are compact.
#[derive(Debug, Clone, Copy)]
pub struct Points<'a> {
    /// Coordinates. // (rows, width)
    pub values: &'a [f64],
    /// Coordinates of a point.
    pub width: usize,
    /// The rows that stand for all where every pair is looked at; all if absent.
    pub sample: Option<&'a [usize]>,
}

impl<'a> Points<'a> {
    /// The coordinates of a row.
    #[inline]
    pub fn row(&self, row: usize) -> &'a [f64] {
        &self.values[row * self.width..][..self.width]
    }
}

impl<'a> Predictions<'a> {
    /// Predicted quantities.
    pub fn regression(truth: &'a [f64], values: &'a [f64]) -> Self {
        Self {
            truth,
            values,
            ..Self::default()
        }
    }

    /// Probabilities of `classes` classes, row by row.
    pub fn classification(truth: &'a [f64], probabilities: &'a [f64], classes: usize) -> Self {
        Self {
            truth,
            probabilities,
            classes,
            ..Self::default()
        }
    }

    /// Scores within groups.
    pub fn ranking(truth: &'a [f64], values: &'a [f64], groups: &'a [u32]) -> Self {
        Self {
            truth,
            values,
            groups: Some(groups),
            ..Self::default()
        }
    }

    /// A cluster of every row beside its known class, which may be NaN; without classes `truth` is empty.
    pub fn clustering(truth: &'a [f64], clusters: &'a [f64]) -> Self {
        Self {
            truth,
            values: clusters,
            ..Self::default()
        }
    }

    /// The same with a weight for each row.
    #[must_use]
    pub fn with_weights(self, weights: Option<&'a [f64]>) -> Self {
        Self { weights, ..self }
    }

    /// How many rows.
    pub fn rows(&self) -> usize {
        match self.truth.is_empty() {
            true => self.values.len(),
            false => self.truth.len(),
        }
    }

    /// The weight of a row.
    #[inline]
    pub fn weight(&self, row: usize) -> f64 {
        self.weights.map_or(1.0, |weights| weights[row])
    }

    /// The true class of a row.
    #[inline]
    pub fn class(&self, row: usize) -> usize {
        self.truth[row] as usize
    }

    /// The predicted class of a row: as given, else the likeliest, the first of equals.
    #[inline]
    pub fn predicted(&self, row: usize) -> usize {
        if !self.values.is_empty() {
            return self.values[row] as usize;
        }
        let probabilities = &self.probabilities[row * self.classes..][..self.classes];
        (1..self.classes).fold(0, |best, class| {
            if probabilities[class] > probabilities[best] {
                class
            } else {
                best
            }
        })
    }

    /// The probability of a class.
    #[inline]
    pub fn probability(&self, row: usize, class: usize) -> f64 {
        self.probabilities[row * self.classes + class]
    }

    /// Whether there are probabilities.
    pub fn has_probabilities(&self) -> bool {
        !self.probabilities.is_empty()
    }

    /// Checks that the predictions suit `task`.
    ///
    /// # Errors
    /// If lengths, classes, weights or values cannot be used for it.
    pub fn check(&self, task: Task) -> Result<()> {
        let n = self.rows();
        if n == 0 {
            return Err(wrong("there is no row to score"));
        }
        self.check_weights()?;
        if task == Task::Clustering {
            return self.check_clusters();
        }
        if self.truth.iter().any(|value| !value.is_finite()) {
            return Err(wrong("the truth has a value that is missing or infinite"));
        }
        let given = if task == Task::Classification && self.values.is_empty() {
            n
        } else {
            self.values.len()
        };
        if given > n && given.is_multiple_of(n) {
            return Err(Error::data(
                format!(
                    "the model predicts {} values for every row, and metrics are of one",
                    given / n
                ),
                "`predict` writes a column for each of them",
            ));
        }
        if given != n {
            return Err(wrong(format!("there are {given} predictions for {n} rows")));
        }
        if self.values.iter().any(|value| !value.is_finite()) {
            return Err(wrong("a prediction is missing or infinite"));
        }
        match task {
            Task::Regression => Ok(()),
            Task::Classification => self.check_classes(),
            Task::Ranking if self.groups.is_some_and(|groups| groups.len() != n) => {
                Err(wrong("there is not one group for each row"))
            }
            Task::Ranking | Task::Clustering => Ok(()),
        }
    }

    fn check_clusters(&self) -> Result<()> {
        let n = self.rows();
        if self.values.len() != n || !(self.truth.is_empty() || self.truth.len() == n) {
            return Err(wrong(format!(
                "there are {} clusters and {} classes for {n} rows",
                self.values.len(),
                self.truth.len()
            )));
        }
        if self.points.is_some_and(|own| own.values.len() != n * own.width) {
            return Err(wrong("there is not one point for each row"));
        }
        match self.values.iter().any(|value| !value.is_finite()) {
            true => Err(wrong("a cluster is missing or infinite")),
            false => Ok(()),
        }
    }

    fn check_weights(&self) -> Result<()> {
        let Some(weights) = self.weights else {
            return Ok(());
        };
        if weights.len() != self.rows() {
            return Err(wrong(format!(
                "there are {} weights for {} rows",
                weights.len(),
                self.rows()
            )));
        }
        if weights.iter().any(|weight| !weight.is_finite() || *weight < 0.0) {
            return Err(wrong("a weight is negative, missing or infinite"));
        }
        if weights.iter().sum::<f64>() <= 0.0 {
            return Err(wrong("all weights are zero"));
        }
        Ok(())
    }

    fn check_classes(&self) -> Result<()> {
        let is_class = |value: &f64| *value >= 0.0 && *value < self.classes as f64 && value.fract() == 0.0;
        if let Some(value) = self
            .truth
            .iter()
            .chain(self.values)
            .find(|value| !is_class(value))
        {
            return Err(wrong(format!("{value} is no index of {} classes", self.classes)));
        }
        let found = self.probabilities.len();
        if (found > 0 || self.values.is_empty()) && found != self.rows() * self.classes {
            return Err(wrong(format!(
                "there are {found} probabilities for {} rows of {} classes",
                self.rows(),
                self.classes
            )));
        }
        if self
            .probabilities
            .iter()
            .any(|p| !(-1e-9..=1.0 + 1e-9).contains(p))
        {
            return Err(wrong("a probability is not between 0 and 1"));
        }
        Ok(())
    }
}

fn wrong(what: impl Into<String>) -> Error {
    Error::data(
        what,
        "give one finite prediction, and one weight of at least 0 if any, for each row of the truth",
    )
}

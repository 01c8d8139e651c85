//! Rows of a table, with or without a target.

use std::borrow::Cow;

use super::Fact;
use crate::linalg::Csr;
use crate::metrics::{Predictions, Task};
use crate::model::{Dataset, Prediction};
use crate::resample::{self, Split};
use crate::{Error, Fingerprint, Result, Run, Table};

/// What a user may say about the rows of a table; what is `None` or empty is inferred.
#[derive(Debug, Clone, Default)]
pub struct RowsOptions {
    /// The column to predict.
    pub target: Option<String>,
    /// The column of known classes that clusters are held against, and never learnt from.
    pub labels: Option<String>,
    /// The column of row weights.
    pub weight: Option<String>,
    /// The column whose equal values mark rows that belong together.
    pub group: Option<String>,
    /// Columns to leave out.
    pub drop: Vec<String>,
    /// Columns of names, such as users and items of ratings: kept as they are, whatever they hold.
    pub names: Vec<String>,
    /// What to predict, if it was asked for.
    pub task: Option<Task>,
    /// What the model allows only.
    pub only: Option<OnlyTask>,
}

/// The only task of a model with its settings.
#[derive(Debug, Clone)]
pub struct OnlyTask {
    /// The task.
    pub task: Task,
    /// Why: the model has no other, or its settings allow none.
    pub why: String,
    /// The model's name.
    pub model: &'static str,
    /// A hint at the models for another one.
    pub others: String,
}

/// Rows to learn from or to be evaluated on.
///
/// ```
/// use induce_core::model::{Rows, RowsOptions};
/// use induce_core::{Column, Table};
///
/// let table = Table::new(vec![
///     Column::from_f64("x", vec![1.0, 2.0, 3.0]),
///     Column::from_text("y", &[Some("a"), Some("b"), Some("a")]),
/// ])?;
/// let rows = Rows::new(&table, &RowsOptions::default())?;
/// assert_eq!(rows.target()?.classes, ["a", "b"]);
/// assert_eq!(rows.target()?.values, [0.0, 1.0, 0.0]);
/// // Without a target all columns are features.
/// assert!(Rows::without_target(&table, &RowsOptions::default())?.target().is_err());
/// # Ok::<(), induce_core::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct Rows {
    /// The features.
    pub features: Features,
    /// What is to be predicted of every row, if anything.
    pub target: Option<Target>,
    /// A weight per row.
    pub weight: Option<Vec<f64>>,
    /// A group number per row; rows of a group are neighbours.
    pub groups: Option<Vec<u32>>,
    /// What was left out or changed, in sentences.
    pub notes: Vec<String>,
}

/// What is predicted of every row.
///
/// One vector of doubles serves quantities, class indices and relevances: losses, metrics and splits read it as it lies.
#[derive(Debug, Clone)]
pub struct Target {
    /// Its column.
    pub name: String,
    /// What is predicted.
    pub task: Task,
    /// Why that was thought.
    pub why: String,
    /// A quantity, a class index or a relevance per row. // (rows)
    pub values: Vec<f64>,
    /// The names of the classes; empty for a quantity.
    pub classes: Vec<String>,
    /// Targets learnt together with this one.
    pub further: Vec<Target>,
}

impl Target {
    /// The same with its classes numbered as these, by name; what is unknown stays so.
    ///
    /// # Errors
    /// If a value is of a class that is not among them.
    pub fn known_as(self, classes: &[String]) -> Result<Self> {
        if self.classes == classes {
            return Ok(self);
        }
        let code_of = |value: &f64| {
            if value.is_nan() {
                return Ok(*value);
            }
            let name = self.classes.get(*value as usize).map_or("", String::as_str);
            let found = classes.iter().position(|own| own == name);
            found.map(|code| code as f64).ok_or_else(|| {
                Error::data(
                    format!(
                        "`{}` has the class `{name}`, which the model does not know",
                        self.name
                    ),
                    format!("the classes are {}", classes.join(", ")),
                )
            })
        };
        Ok(Self {
            values: self.values.iter().map(code_of).collect::<Result<_>>()?,
            classes: classes.to_vec(),
            ..self
        })
    }

    /// Only these rows, in this order.
    #[must_use]
    pub fn take(&self, rows: &[usize]) -> Self {
        Self {
            name: self.name.clone(),
            task: self.task,
            why: self.why.clone(),
            values: rows.iter().map(|&r| self.values[r]).collect(),
            classes: self.classes.clone(),
            further: self.further.iter().map(|own| own.take(rows)).collect(),
        }
    }
}

/// The features of rows.
#[derive(Debug, Clone)]
pub enum Features {
    /// Columns.
    Table(Table),
    /// Rows that are mostly 0, without a table: columns are named `x0`, `x1`, ...
    Sparse(Csr),
}

impl Default for Features {
    fn default() -> Self {
        Self::Table(Table::default())
    }
}

impl From<Table> for Features {
    fn from(table: Table) -> Self {
        Self::Table(table)
    }
}

impl Features {
    /// How many rows there are.
    pub fn rows(&self) -> usize {
        match self {
            Self::Table(table) => table.rows(),
            Self::Sparse(rows) => rows.rows(),
        }
    }

    /// The columns.
    ///
    /// # Errors
    /// If the rows are sparse.
    pub fn table(&self) -> Result<&Table> {
        match self {
            Self::Table(table) => Ok(table),
            Self::Sparse(_) => Err(sparse()),
        }
    }

    /// Only these rows, in this order.
    #[must_use]
    pub fn take(&self, rows: &[usize]) -> Self {
        match self {
            Self::Table(table) => Self::Table(table.take(rows)),
            Self::Sparse(own) => Self::Sparse(own.take(rows)),
        }
    }

    fn divide(self, first: &[usize], second: &[usize]) -> (Self, Self) {
        match self {
            Self::Table(table) => {
                let (left, right) = table.divide(first, second);
                (left.into(), right.into())
            }
            Self::Sparse(rows) => (Self::Sparse(rows.take(first)), Self::Sparse(rows.take(second))),
        }
    }

    fn sum_up(&self, sum: &mut Fingerprint) {
        match self {
            Self::Table(table) => table.columns().iter().for_each(|column| sum.column(column)),
            Self::Sparse(rows) => {
                sum.word(rows.columns() as u64);
                rows.starts().iter().for_each(|start| sum.word(*start as u64));
                rows.index()
                    .iter()
                    .for_each(|column| sum.word(u64::from(*column)));
                sum.values(rows.value());
            }
        }
    }

    /// How many columns there are.
    pub fn columns(&self) -> usize {
        match self {
            Self::Table(table) => table.columns().len(),
            Self::Sparse(rows) => rows.columns(),
        }
    }
}

fn sparse() -> Error {
    Error::data(
        "the rows are sparse, and the model reads tables",
        "the linear models read sparse rows; for others make the rows dense",
    )
}

/// Features alone.
impl From<Features> for Rows {
    fn from(features: Features) -> Self {
        Self {
            features,
            target: None,
            weight: None,
            groups: None,
            notes: Vec::new(),
        }
    }
}

impl Rows {
    /// How many rows there are.
    pub fn rows(&self) -> usize {
        self.features.rows()
    }

    /// The features as columns.
    ///
    /// # Errors
    /// If the rows are sparse.
    pub fn table(&self) -> Result<&Table> {
        self.features.table()
    }

    /// What is to be predicted.
    ///
    /// # Errors
    /// If there is no target.
    pub fn target(&self) -> Result<&Target> {
        self.target.as_ref().ok_or_else(|| {
            Error::data(
                "the rows have no target",
                "name the column to predict with `--target COL`",
            )
        })
    }

    /// Only these rows, in this order.
    #[must_use]
    pub fn take(&self, rows: &[usize]) -> Self {
        Self {
            features: self.features.take(rows),
            ..self.take_but_features(rows)
        }
    }

    fn take_but_features(&self, rows: &[usize]) -> Self {
        Self {
            features: Features::default(),
            target: self.target.as_ref().map(|target| target.take(rows)),
            weight: self.weight.as_ref().map(|w| rows.iter().map(|&r| w[r]).collect()),
            groups: self.groups.as_ref().map(|g| rows.iter().map(|&r| g[r]).collect()),
            notes: self.notes.clone(),
        }
    }

    /// The rows of a weight above 0: a weight of 0 is to mean what leaving out the row means, also where cuts between
    /// values are chosen.
    pub fn counted(&self) -> Cow<'_, Self> {
        self.counting_rows()
            .map_or(Cow::Borrowed(self), |rows| Cow::Owned(self.take(&rows)))
    }

    /// The rows whose weight is not 0; `None` if that is all of them, or none.
    pub fn counting_rows(&self) -> Option<Vec<usize>> {
        let weight = self.weight.as_deref().unwrap_or_default();
        if weight.iter().all(|w| *w != 0.0) || weight.iter().all(|w| *w == 0.0) {
            return None;
        }
        Some((0..weight.len()).filter(|&row| weight[row] != 0.0).collect())
    }

    /// Two parts of the rows, each in its order.
    ///
    /// Column after column, each freed as soon as it is divided: the memory of one more column
    /// is needed, where two calls of [`take`](Self::take) need that of the whole table.
    #[must_use]
    pub fn divide(mut self, first: &[usize], second: &[usize]) -> (Self, Self) {
        let features = std::mem::take(&mut self.features);
        let (a, b) = (self.take_but_features(first), self.take_but_features(second));
        let (left, right) = features.divide(first, second);
        (Self { features: left, ..a }, Self { features: right, ..b })
    }

    /// A fraction of the rows at random: whole groups if there are groups, of each class alike if there are classes.
    ///
    /// # Errors
    /// If one of the sides would be empty.
    pub fn holdout(&self, fraction: f64, run: &Run) -> Result<Split> {
        match &self.groups {
            Some(groups) => resample::group_holdout(groups, fraction, run),
            None => resample::holdout(self.rows(), self.strata().as_deref(), fraction, run),
        }
    }

    /// `k` folds under the same rules.
    ///
    /// # Errors
    /// If there are fewer rows, or groups, than folds.
    pub fn folds(&self, k: usize, run: &Run) -> Result<Vec<Split>> {
        match &self.groups {
            Some(groups) => resample::group_folds(groups, k, run),
            None => resample::folds(self.rows(), self.strata().as_deref(), k, run),
        }
    }

    /// Class indices, for stratified splits.
    pub fn strata(&self) -> Option<Vec<u32>> {
        let target = self.target.as_ref()?;
        (target.task == Task::Classification).then(|| target.values.iter().map(|&y| y as u32).collect())
    }

    /// Predictions of these rows beside the truth.
    ///
    /// # Errors
    /// If there is no target.
    pub fn judge<'a>(&'a self, prediction: &'a Prediction) -> Result<Predictions<'a>> {
        let target = self.target()?;
        let base = match target.task {
            Task::Regression => Predictions::regression(&target.values, &prediction.values),
            Task::Classification => {
                Predictions::classification(&target.values, &prediction.probabilities, prediction.classes)
            }
            Task::Clustering => Predictions::clustering(&target.values, &prediction.values),
            Task::Ranking => Predictions::ranking(
                &target.values,
                &prediction.values,
                self.groups.as_deref().unwrap_or_default(),
            ),
        };
        Ok(base.with_weights(self.weight.as_deref()))
    }

    /// Call `f` with the rows as supervised models read them.
    ///
    /// # Errors
    /// If there is no target or the rows are sparse, and as `f`.
    pub fn with_dataset<R>(&self, f: impl FnOnce(&Dataset) -> Result<R>) -> Result<R> {
        let target = self.target()?;
        let groups = self.groups.as_ref().filter(|_| target.task == Task::Ranking);
        let ends = groups.map(|g| group_ends(g));
        f(&Dataset {
            table: self.table()?,
            target: &target.values,
            weight: self.weight.as_deref(),
            groups: ends.as_deref(),
            classes: &target.classes,
        })
    }
}

fn group_ends(groups: &[u32]) -> Vec<usize> {
    let changes = (1..groups.len()).filter(|&i| groups[i] != groups[i - 1]);
    std::iter::once(0).chain(changes).chain([groups.len()]).collect()
}

impl Rows {
    pub(super) fn sum_up(&self, sum: &mut Fingerprint) {
        self.features.sum_up(sum);
        if let Some(target) = &self.target {
            sum.bytes(target.name.as_bytes());
            sum.bytes(target.task.name().as_bytes());
            target.classes.iter().for_each(|name| sum.bytes(name.as_bytes()));
            sum.values(&target.values);
            target.further.iter().for_each(|own| sum.values(&own.values));
        }
        sum.values(self.weight.as_deref().unwrap_or_default());
        for group in self.groups.iter().flatten() {
            sum.word(u64::from(*group));
        }
    }

    pub(super) fn describe(&self) -> Vec<Fact> {
        let mut facts: Vec<Fact> = vec![
            ("rows", self.rows().into()),
            ("features", self.features.columns().into()),
        ];
        if let Some(target) = &self.target {
            facts.push(("target", target.name.as_str().into()));
            facts.push(("classes", target.classes.clone().into()));
        }
        facts
    }
}

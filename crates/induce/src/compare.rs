//! Several models on the same folds.

use std::time::Instant;

use induce_core::metrics::{Score, Task};
use induce_core::model::{Data, Rows, Settings};
use induce_core::{Error, Result, Run};

use induce_prob::special::student_quantile;

use crate::validate::evaluate;

/// How one model did.
#[derive(Debug, Clone, PartialEq)]
pub struct Compared {
    /// What to call it: the model's name, with a number if it appears twice.
    pub name: String,
    /// The scores of every fold.
    pub folds: Vec<Vec<Score>>,
    /// The metric that decides, of every fold.
    pub values: Vec<f64>,
    /// Its mean over the folds.
    pub mean: f64,
    /// Ends of the 95 % interval of the mean, within the range of the metric; none where folds do not differ.
    pub interval: Option<(f64, f64)>,
    /// How much worse than the best model, and the ends of the 95 % interval of that; `None` for the best.
    pub behind: Option<(f64, f64, f64)>,
    /// Seconds of fitting, all folds together.
    pub fit_seconds: f64,
}

/// The metric by which models are ranked: the likelihood for classes, as it sees more than a right or wrong.
///
/// ```
/// use induce::core::metrics::Task;
///
/// assert_eq!(induce::compare::metric(Task::Regression), "rmse");
/// ```
pub fn metric(task: Task) -> &'static str {
    match task {
        Task::Classification => "log_loss",
        Task::Regression => "rmse",
        Task::Ranking => "ndcg@10",
        Task::Clustering => "silhouette",
    }
}

/// The metric by which models are ranked on these rows: agreement with known classes, where clusters have any.
///
/// ```
/// use induce::prelude::*;
///
/// let table = Table::new(vec![Column::from_f64("x", vec![0.0, 1.0])])?;
/// let rows = Rows::without_target(&table, &RowsOptions::default())?;
/// assert_eq!(induce::compare::metric_of(&rows), "silhouette");
/// # Ok::<(), induce::Error>(())
/// ```
pub fn metric_of(rows: &Rows) -> &'static str {
    match &rows.target {
        Some(target) if target.task == Task::Clustering => "adjusted_rand",
        Some(target) => metric(target.task),
        None => metric(Task::Clustering),
    }
}

/// What is predicted of rows: clusters, where there is no target.
///
/// ```
/// use induce::prelude::*;
///
/// let table = Table::new(vec![Column::from_f64("x", vec![0.0, 1.0])])?;
/// let rows = Rows::without_target(&table, &RowsOptions::default())?;
/// assert_eq!(induce::compare::task_of(&rows), Task::Clustering);
/// # Ok::<(), induce::Error>(())
/// ```
pub fn task_of(rows: &Rows) -> Task {
    rows.target
        .as_ref()
        .map_or(Task::Clustering, |target| target.task)
}

/// Whether less of the deciding metric is better.
///
/// ```
/// use induce::core::metrics::Task;
///
/// assert!(induce::compare::is_loss(Task::Classification));
/// assert!(!induce::compare::is_loss(Task::Ranking));
/// ```
pub fn is_loss(task: Task) -> bool {
    !matches!(task, Task::Ranking | Task::Clustering)
}

/// Fit every model on the same `k` folds; best first.
///
/// Folds share their training rows, so their variance understates that of the mean: intervals are those of the
/// corrected resampled t-test, whose variance is (1/k + 1/(k - 1)) s^2 (Nadeau & Bengio 2003, equation 5).
///
/// ```
/// # use induce::prelude::*;
/// # let x: Vec<f64> = (0..60).map(f64::from).collect();
/// # let y: Vec<f64> = x.iter().map(|x| 2.0 * x + 1.0).collect();
/// # let table = Table::new(vec![Column::from_f64("x", x), Column::from_f64("y", y)])?;
/// # let rows = Rows::new(&table, &RowsOptions::default())?;
/// let models = [("tree".to_owned(), induce::settings("tree")?), ("line".to_owned(), induce::settings("linear")?)];
/// let ranked = induce::compare::compare(&models, &rows, 5, &mut Run::new(0))?;
/// assert_eq!(ranked[0].name, "line");
/// let (mean, low, high) = ranked[1].behind.expect("only the best is behind nobody");
/// assert!(0.0 < low && low < mean && mean < high);
/// # Ok::<(), induce::Error>(())
/// ```
///
/// # Errors
/// If there are fewer rows than folds, a fold has no such metric, as the fits, and [`Error::Interrupted`].
pub fn compare(models: &[(String, Settings)], rows: &Rows, k: usize, run: &mut Run) -> Result<Vec<Compared>> {
    let splits = rows.folds(k, run)?;
    let (task, metric) = (task_of(rows), metric_of(rows));
    let mut all: Vec<Compared> = models.iter().map(|(name, _)| empty(name)).collect();
    run.monitor().begin("folds", (splits.len() * models.len()) as u64);
    for (f, split) in splits.iter().enumerate() {
        let (train, test) = (Data::Rows(rows.take(&split.train)), rows.take(&split.test));
        for (m, (name, settings)) in models.iter().enumerate() {
            let clock = Instant::now();
            let mut own = run.part();
            let fitted = settings
                .fit(&train, &mut own)
                .map_err(|error| error.within(name))?;
            all[m].fit_seconds += clock.elapsed().as_secs_f64();
            let (scores, _) = evaluate(fitted.model.as_ref(), &test, run.threads())?;
            all[m]
                .values
                .push(value_of(&scores, task, metric).map_err(|error| error.within(name))?);
            all[m].folds.push(scores);
            run.monitor().step((f * models.len() + m + 1) as u64, &[]);
            if run.stop_reason().is_some() {
                return Err(Error::Interrupted);
            }
        }
    }
    run.monitor().end();
    Ok(rank(all, task))
}

fn empty(name: &str) -> Compared {
    Compared {
        name: name.into(),
        folds: Vec::new(),
        values: Vec::new(),
        mean: 0.0,
        interval: None,
        behind: None,
        fit_seconds: 0.0,
    }
}

pub(crate) fn value_of(scores: &[Score], task: Task, metric: &str) -> Result<f64> {
    let found = scores.iter().find(|s| s.name == metric).map(|s| s.value);
    found.ok_or_else(|| match task {
        Task::Clustering => Error::data(
            format!("the rows of a fold are in one cluster, which has no {metric}"),
            "ask for more clusters, or leave the model out",
        ),
        _ => Error::data(
            format!("a fold has no {metric}"),
            "use fewer folds, so that each has all classes",
        ),
    })
}

fn rank(mut all: Vec<Compared>, task: Task) -> Vec<Compared> {
    let sign = if is_loss(task) { 1.0 } else { -1.0 };
    for model in &mut all {
        let (mean, ends) = mean_of_folds(&model.values);
        (model.mean, model.interval) = (mean, within_range(ends, task));
    }
    all.sort_by(|a, b| (sign * a.mean).total_cmp(&(sign * b.mean)));
    let best = all[0].values.clone();
    for model in &mut all[1..] {
        let differences: Vec<f64> = model
            .values
            .iter()
            .zip(&best)
            .map(|(m, b)| sign * (m - b))
            .collect();
        let (mean, (low, high)) = mean_of_folds(&differences);
        model.behind = Some((mean, low, high));
    }
    all
}

/// An interval of the deciding metric: a loss is not negative, NDCG not above 1 either. With few folds the t distribution
/// reaches beyond. An interval of no width would claim that the mean is known.
fn within_range((low, high): (f64, f64), task: Task) -> Option<(f64, f64)> {
    let most = if is_loss(task) { f64::INFINITY } else { 1.0 };
    let least = if task == Task::Clustering { -1.0 } else { 0.0 };
    (low < high).then(|| (low.max(least), high.min(most)))
}

/// The mean over folds with its corrected 95 % interval.
///
/// ```
/// let (mean, (low, high)) = induce::compare::mean_of_folds(&[1.0, 2.0, 3.0]);
/// assert_eq!(mean, 2.0);
/// assert!(low < 1.0 && high > 3.0, "three folds say little");
/// ```
pub fn mean_of_folds(values: &[f64]) -> (f64, (f64, f64)) {
    let k = values.len() as f64;
    let mean = values.iter().sum::<f64>() / k;
    let variance = values.iter().map(|v| (v - mean).powi(2)).sum::<f64>() / (k - 1.0);
    let error = ((1.0 / k + 1.0 / (k - 1.0)) * variance).sqrt();
    let half = student_quantile(0.05, k - 1.0) * error;
    (mean, (mean - half, mean + half))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Two folds gave an RMSE of 0.3 an interval from -2.4 on.
    #[test]
    fn intervals_stay_within_the_range_of_the_metric() {
        let of = |values: &[f64], task| within_range(mean_of_folds(values).1, task);
        let (low, high) = of(&[0.2, 0.4], Task::Regression).unwrap();
        assert!(low == 0.0 && high > 1.0, "{low} {high}");
        assert_eq!(of(&[0.7, 0.9], Task::Ranking), Some((0.0, 1.0)));
        assert_eq!(of(&[0.5, 0.5], Task::Classification), None);
    }
}

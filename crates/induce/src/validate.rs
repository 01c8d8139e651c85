//! Splits and scores: how good a model is on rows it has not seen.

use induce_core::metrics::{self, Score};
use induce_core::model::{Cluster, Data, Model, Prediction, Rows, Settings, evaluate_clusters};
use induce_core::{Error, Outcome, Result, Run};

/// The metrics of `model` on `rows`, with its predictions.
///
/// ```
/// # use induce::prelude::*;
/// # let x: Vec<f64> = (0..60).map(f64::from).collect();
/// # let y: Vec<f64> = x.iter().map(|x| 2.0 * x + 1.0).collect();
/// # let table = Table::new(vec![Column::from_f64("x", x), Column::from_f64("y", y)])?;
/// # let rows = Rows::new(&table, &RowsOptions::default())?;
/// # let fitted = induce::settings("tree")?.fit(&Data::Rows(rows.clone()), &mut Run::new(0))?;
/// let (scores, prediction) = induce::validate::evaluate(fitted.model.as_ref(), &rows, 1)?;
/// assert_eq!(prediction.values.len(), rows.rows());
/// assert!(scores.iter().any(|score| score.name == "r2" && score.value > 0.9));
/// # Ok::<(), induce::Error>(())
/// ```
///
/// # Errors
/// If the model predicts nothing, or the rows have no target or lack a column.
pub fn evaluate(model: &dyn Model, rows: &Rows, threads: usize) -> Result<(Vec<Score>, Prediction)> {
    if let Some(clusterer) = model.clusterer() {
        return clusters(clusterer, rows, threads);
    }
    let prediction = model.predict(&rows.features, threads)?;
    let scores = metrics::scores(rows.target()?.task, &rows.judge(&prediction)?)?;
    Ok((scores, prediction))
}

fn clusters(model: &dyn Cluster, rows: &Rows, threads: usize) -> Result<(Vec<Score>, Prediction)> {
    let evaluation = evaluate_clusters(model, rows, &mut Run::new(0).with_threads(threads))?;
    let prediction = evaluation.prediction;
    Ok((evaluation.scores, prediction.expect("clusters are predicted")))
}

/// The outcome of a cross-validation.
pub struct CrossValidation {
    /// Scores over all rows, each predicted by the model that had not seen it.
    pub scores: Vec<Score>,
    /// Scores of every fold.
    pub folds: Vec<Vec<Score>>,
    /// Predictions of all rows.
    pub prediction: Prediction,
    /// Rows in the order of the predictions.
    pub rows: Vec<usize>,
    /// How the fits ended.
    pub outcomes: Vec<Outcome>,
}

/// Fit on all folds but one and predict that one, `k` times.
///
/// ```
/// use induce::prelude::*;
///
/// let x: Vec<f64> = (0..60).map(f64::from).collect();
/// let y: Vec<f64> = x.iter().map(|x| 2.0 * x + 1.0).collect();
/// let table = Table::new(vec![Column::from_f64("x", x), Column::from_f64("y", y)])?;
/// let rows = Rows::new(&table, &RowsOptions::default())?;
/// let cv = induce::validate::cross_validate(&induce::settings("linear")?, &rows, 5, &mut Run::new(0))?;
/// assert!(cv.scores.iter().any(|score| score.name == "r2" && score.value > 0.99));
/// # Ok::<(), induce::Error>(())
/// ```
///
/// # Errors
/// If there are fewer rows than folds, as the fit, and [`Error::Interrupted`].
pub fn cross_validate(settings: &Settings, rows: &Rows, k: usize, run: &mut Run) -> Result<CrossValidation> {
    let target = rows.target()?;
    let mut all = Prediction {
        values: Vec::new(),
        probabilities: Vec::new(),
        classes: target.classes.len(),
    };
    let (mut order, mut per_fold, mut outcomes) = (Vec::new(), Vec::new(), Vec::new());
    for (fold, split) in rows.folds(k, run)?.into_iter().enumerate() {
        let (train, test) = (Data::Rows(rows.take(&split.train)), rows.take(&split.test));
        // A fold that took all of the time would leave the others a model of nothing.
        let parts = (k - fold).max(1) as u32;
        let fitted = run.within_parts(1, parts, |run| settings.fit(&train, run))?;
        let (scores, prediction) = evaluate(fitted.model.as_ref(), &test, run.threads())?;
        all.values.extend(prediction.values);
        all.probabilities.extend(prediction.probabilities);
        order.extend(split.test);
        per_fold.push(scores);
        outcomes.push(fitted.outcome);
        if run.interrupted() {
            return Err(Error::Interrupted);
        }
    }
    let scores = metrics::scores(target.task, &rows.take(&order).judge(&all)?)?;
    Ok(CrossValidation {
        scores,
        folds: per_fold,
        prediction: all,
        rows: order,
        outcomes,
    })
}

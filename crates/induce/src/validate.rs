//! Splits and scores: how good a model is on rows it has not seen.

use induce_core::metrics::{self, Score};
use induce_core::resample::{self, Split};
use induce_core::{Outcome, Result, Run};

use crate::model::{Model, Prediction};
use crate::problem::Problem;
use crate::settings::Settings;

/// The scores of `model` on `problem`, with its predictions.
pub fn evaluate(model: &dyn Model, problem: &Problem, threads: usize) -> Result<(Vec<Score>, Prediction)> {
    let prediction = model.predict(&problem.features, threads)?;
    let scores = metrics::scores(problem.task, &prediction.judge(problem))?;
    Ok((scores, prediction))
}

/// A share of the rows at random: whole groups if there are groups, of each class alike if there are classes.
pub fn holdout(problem: &Problem, share: f64, run: &Run) -> Result<Split> {
    match &problem.groups {
        Some(groups) => resample::group_holdout(groups, share, run),
        None => resample::holdout(problem.rows(), problem.strata().as_deref(), share, run),
    }
}

/// `k` folds under the same rules.
pub fn folds(problem: &Problem, k: usize, run: &Run) -> Result<Vec<Split>> {
    match &problem.groups {
        Some(groups) => resample::group_folds(groups, k, run),
        None => resample::folds(problem.rows(), problem.strata().as_deref(), k, run),
    }
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
pub fn cross_validate(
    settings: &Settings,
    problem: &Problem,
    k: usize,
    run: &mut Run,
) -> Result<CrossValidation> {
    let splits = folds(problem, k, run)?;
    let mut all = Prediction {
        values: Vec::new(),
        probabilities: Vec::new(),
        classes: problem.classes.len(),
    };
    let (mut rows, mut per_fold, mut outcomes) = (Vec::new(), Vec::new(), Vec::new());
    for split in splits {
        let (train, test) = (problem.take(&split.train), problem.take(&split.test));
        let fitted = settings.fit(&train, None, run)?;
        let (scores, prediction) = evaluate(fitted.model.as_ref(), &test, run.threads())?;
        all.values.extend(prediction.values);
        all.probabilities.extend(prediction.probabilities);
        rows.extend(split.test);
        per_fold.push(scores);
        outcomes.push(fitted.outcome);
        if run.interrupted() {
            return Err(induce_core::Error::Interrupted);
        }
    }
    let scores = metrics::scores(problem.task, &all.judge(&problem.take(&rows)))?;
    Ok(CrossValidation {
        scores,
        folds: per_fold,
        prediction: all,
        rows,
        outcomes,
    })
}

//! How good a model is on data.

use super::{Data, Fact, Predict, Prediction};
use crate::metrics::{Score, scores};
use crate::{Error, Result, Run};

/// The metrics of a model on data, and what they were computed from.
#[derive(Debug, Clone)]
pub struct Evaluation {
    /// Metrics with their intervals.
    pub scores: Vec<Score>,
    /// The predictions, of models that predict a target.
    pub prediction: Option<Prediction>,
    /// How much was evaluated.
    pub facts: Vec<Fact>,
}

/// The default metrics of a model that predicts a target.
pub(super) fn of_predictions(
    predictor: Option<&dyn Predict>,
    data: &Data,
    run: &mut Run,
) -> Result<Evaluation> {
    let predictor = predictor.ok_or_else(|| {
        Error::data(
            "the model predicts no target",
            "`induce show` says what it can do",
        )
    })?;
    let rows = data.rows()?;
    let prediction = predictor.predict((&rows.features).into(), run.threads())?;
    let scores = scores(predictor.task(), &rows.judge(&prediction)?)?;
    Ok(Evaluation {
        scores,
        prediction: Some(prediction),
        facts: vec![("rows", rows.rows().into())],
    })
}

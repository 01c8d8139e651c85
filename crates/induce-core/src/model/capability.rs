//! What fitted models can do: small traits, of which a model has some.

use super::{Data, Embedding, Importance, Inputs, Intervals, Margins, Model, Prediction, Schema, Shap};
use crate::metrics::Task;
use crate::{Error, Result, Run};

/// Predicts a target: quantities, classes with probabilities, or an order.
pub trait Predict: Model {
    /// The columns it reads and the classes it knows.
    fn schema(&self) -> &Schema;

    /// What it predicts.
    fn task(&self) -> Task;

    /// Its predictions for data that have its columns.
    ///
    /// # Errors
    /// If a column is missing or of another type.
    fn predict(&self, inputs: Inputs, threads: usize) -> Result<Prediction>;

    /// Quantiles of the target at `probabilities`, row-major (rows, probabilities).
    ///
    /// # Errors
    /// If the model knows none, and as [`predict`](Self::predict).
    fn quantiles(&self, _inputs: Inputs, _probabilities: &[f64], _threads: usize) -> Result<Vec<f64>> {
        Err(Error::data(
            format!("the model `{}` predicts no quantiles", self.name()),
            "train `-m glm`, `-m forest --set quantiles=true`, or `-m boost --set objective=quantile` for one of them",
        ))
    }

    /// Intervals of this coverage; from the quantiles, if it knows no others.
    ///
    /// # Errors
    /// If the coverage is not between 0 and 1, the model has no intervals, and as [`predict`](Self::predict).
    fn intervals(&self, inputs: Inputs, coverage: f64, threads: usize) -> Result<Intervals> {
        if !(coverage > 0.0 && coverage < 1.0) {
            return Err(Error::setting(
                "--interval",
                coverage,
                "it must lie between 0 and 1, such as 0.95",
            ));
        }
        if !self.schema().classes.is_empty() {
            return Err(Error::data(
                format!(
                    "the model `{}` has no intervals of its probabilities",
                    self.name()
                ),
                "`-m logistic` and `-m glm` have",
            ));
        }
        let tails = [0.5 * (1.0 - coverage), 0.5 * (1.0 + coverage)];
        let ends = self.quantiles(inputs, &tails, threads)?;
        let side = |k: usize| ends.iter().skip(k).step_by(2).copied().collect();
        Ok(Intervals {
            mean: None,
            new: Some((side(0), side(1))),
        })
    }

    /// Scores before the link, row-major (rows, outputs).
    ///
    /// # Errors
    /// If it has none, and as [`predict`](Self::predict).
    fn margins(&self, _inputs: Inputs, _threads: usize) -> Result<Margins> {
        Err(Error::data(
            format!("the model `{}` has no scores before a link", self.name()),
            "`boost` and the linear models have",
        ))
    }
}

/// Maps data to vectors: embeddings, distances, codes.
pub trait Transform: Model {
    /// The vectors, (rows, width).
    ///
    /// # Errors
    /// If the data are of another kind, or lack a column.
    fn transform(&self, inputs: Inputs, threads: usize) -> Result<Embedding>;
}

/// Knows how likely data are.
pub trait Density: Model {
    /// ln p(x) per row, image or token, in nats.
    ///
    /// # Errors
    /// If the data are of another kind, or lack a column.
    fn log_density(&self, data: &Data, run: &mut Run) -> Result<Vec<f64>>;
}

/// Draws data like those it learnt from.
pub trait Generate: Model {
    /// `n` samples: rows, images, or as many tokens of a text.
    ///
    /// # Errors
    /// If there is no room for them.
    fn generate(&self, n: usize, run: &mut Run) -> Result<Data>;
}

/// Says what moved its predictions.
pub trait Explain: Model {
    /// Shapley values of every feature on the scale of the scores; with the mean they sum to the score.
    ///
    /// # Errors
    /// If the model has no exact ones, or a column is missing.
    fn shap(&self, _inputs: Inputs, _threads: usize) -> Result<Shap> {
        Err(no_shap(self.name()))
    }

    /// Gain, cover and number of every feature's splits; `None` for a model that has no splits.
    fn importances(&self) -> Option<Vec<Importance>> {
        None
    }
}

/// The error of a model without exact Shapley values.
pub fn no_shap(model: &str) -> Error {
    Error::data(
        format!("the model `{model}` has no exact Shapley values"),
        "leave out `--shap`, or train trees or a linear model",
    )
}

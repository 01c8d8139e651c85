//! What a fitted model is, and what it can do: one trait, and small ones for capabilities, of which a model has some.

use std::any::Any;

use serde_json::Value;

use super::ratings::{Baselines, Rater, Ratings};
use super::{
    Beaten, Data, DataKind, Embedding, Entry, Evaluation, Fact, Graph, Importance, Inputs, Intervals,
    Margins, Prediction, Rows, Schema, Section, Shap,
};
use crate::metrics::{self, Predictions, Score, Task, score, scores};
use crate::model_file::ModelFile;
use crate::{Error, Result, Run, Table};

/// A fitted model of any family.
pub trait Model: Any + Send + Sync {
    /// Its row of the registry.
    fn entry(&self) -> &'static Entry;

    /// What it is applied to: what its entry learns from, or which of them it learnt from.
    fn reads(&self) -> DataKind {
        self.entry().input
    }

    /// The values of the settings it was fitted with.
    fn settings(&self) -> Value;

    /// Its file, without the training card.
    ///
    /// # Errors
    /// If it cannot be kept.
    fn store(&self) -> Result<ModelFile>;

    /// What it tells of itself: for `induce show` and notebooks.
    fn summary(&self) -> Vec<Section> {
        Vec::new()
    }

    /// What it shows on data, for the report page: its summary, and pictures that need room or the data. Some thousand rows
    /// are enough.
    ///
    /// # Errors
    /// If the data are of another kind, or lack a column.
    fn report(&self, _data: &Data, _run: &Run) -> Result<Vec<Section>> {
        Ok(self.summary())
    }

    /// What a step of its fit is called, as the learning curve counts them: `round`, `tree`, `epoch`.
    fn step_unit(&self) -> &'static str {
        "step"
    }

    /// Facts about it for `--format json`: numbers of trees, coefficients, sizes.
    fn facts(&self) -> Vec<Fact> {
        Vec::new()
    }

    /// What the fit found out besides the model, in sentences.
    fn notes(&self) -> Vec<String> {
        Vec::new()
    }

    /// The models it is made of: members of an ensemble, a base.
    fn parts(&self) -> Vec<&dyn Model> {
        Vec::new()
    }

    /// How good it is on data: the metrics of its task with their intervals.
    ///
    /// # Errors
    /// If the data are of another kind, have no target, or lack a column.
    fn evaluate(&self, data: &Data, run: &mut Run) -> Result<Evaluation> {
        if let Some(clusterer) = self.clusterer() {
            return evaluate_clusters(clusterer, data.rows()?, run);
        }
        let predictor = self.predictor().ok_or_else(|| {
            Error::data(
                "the model predicts no target",
                "`induce show` says what it can do",
            )
        })?;
        evaluate_predictions(predictor, data, run)
    }

    /// What predictions that know less score on data, by what they are, and what is to be said of how it is judged: for models that have
    /// more to beat than a constant.
    ///
    /// # Errors
    /// As [`evaluate`](Self::evaluate).
    fn baselines(&self, _data: &Data, _run: &Run) -> Result<Beaten> {
        Ok(Beaten::default())
    }

    /// The columns that it reads, if it reads columns.
    fn columns(&self) -> Option<&Schema> {
        self.predictor().map(Predict::schema)
    }

    /// Labels, quantities, probabilities, intervals.
    fn predictor(&self) -> Option<&dyn Predict> {
        None
    }

    /// Embeddings, distances, codes.
    fn transformer(&self) -> Option<&dyn Transform> {
        None
    }

    /// Lists of items for users.
    fn recommender(&self) -> Option<&dyn Recommend> {
        None
    }

    /// Clusters of rows.
    fn clusterer(&self) -> Option<&dyn Cluster> {
        None
    }

    /// ln p(x).
    fn density(&self) -> Option<&dyn Density> {
        None
    }

    /// Bounds of ln p(x).
    fn bounded(&self) -> Option<&dyn Bounds> {
        None
    }

    /// Texts, images, rows, actions.
    fn generator(&self) -> Option<&dyn Generate> {
        None
    }

    /// What is missing of rows.
    fn imputer(&self) -> Option<&dyn Impute> {
        None
    }

    /// What comes back of data, and what lies between them.
    fn redrawer(&self) -> Option<&dyn Redraw> {
        None
    }

    /// Which nodes are likely to be joined.
    fn linker(&self) -> Option<&dyn Links> {
        None
    }

    /// Shapley values and importances.
    fn explainer(&self) -> Option<&dyn Explain> {
        None
    }

    /// Its name in the registry.
    fn name(&self) -> &'static str {
        self.entry().info.name
    }
}

impl dyn Model {
    /// The model as the type of its family, if it is that.
    pub fn downcast<T: Model>(&self) -> Option<&T> {
        (self as &dyn Any).downcast_ref()
    }

    /// Its predictions: quantities, classes with probabilities, or an order.
    ///
    /// # Errors
    /// If it predicts nothing, or the data lack a column.
    pub fn predict<'a>(&self, inputs: impl Into<Inputs<'a>>, threads: usize) -> Result<Prediction> {
        self.predicting()?.predict(inputs.into(), threads)
    }

    /// What predicts with it.
    ///
    /// # Errors
    /// If it predicts nothing.
    pub fn predicting(&self) -> Result<&dyn Predict> {
        self.predictor().ok_or_else(|| {
            Error::data(
                format!("the model `{}` predicts no target", self.name()),
                match (self.transformer(), self.density()) {
                    (Some(_), Some(_)) => {
                        "`induce embed` writes where it places rows, `--density` ln p(x) of each"
                    }
                    (Some(_), None) => "`induce embed` writes where it places rows",
                    _ => "`induce show` says what it can do",
                },
            )
        })
    }
}

/// Predicts a target: quantities, classes with probabilities, or an order.
pub trait Predict: Model {
    /// The columns it reads and the classes it knows.
    fn schema(&self) -> &Schema;

    /// What it predicts.
    fn task(&self) -> Task;

    /// Names of metrics that say more of this model than those of its task: the deviance or the quantile loss that it minimises.
    fn own_metrics(&self) -> Vec<String> {
        Vec::new()
    }

    /// What is to be said of data before their predictions: users, items, nodes that training had not, and how these are predicted.
    ///
    /// # Errors
    /// If a column is missing or of another type.
    fn remarks(&self, _inputs: Inputs) -> Result<Vec<String>> {
        Ok(Vec::new())
    }

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

/// Rates items by users, and so recommends some to each.
pub trait Recommend: Predict {
    /// What it learnt from.
    fn ratings(&self) -> &Ratings;

    /// What it has to beat.
    fn known_baselines(&self) -> &Baselines;

    /// Users that training had not, placed by what the rows of a table say of them; nothing if the model reads nothing of users, or the table lacks
    /// it. // (rows, width)
    ///
    /// # Errors
    /// If a column is of another type than in training.
    fn embed_users(&self, _table: &Table, _threads: usize) -> Result<Option<Vec<f32>>> {
        Ok(None)
    }

    /// The rating of every item by somebody. // (items)
    fn rate_items(&self, user: Rater, out: &mut [f64]);

    /// How it rates whom or what training had not, in words: `by the biases that are known`.
    fn rates_unknown(&self) -> &'static str;

    /// From which rating on an item is relevant, and at which rank lists are judged.
    fn judged_by(&self) -> (f64, usize);
}

/// Divides rows into clusters: what it predicts are their numbers, from 0 on.
pub trait Cluster: Predict {
    /// The rows as points of the space in which its clusters are compact. // (rows, width)
    ///
    /// # Errors
    /// As [`predict`](Predict::predict).
    fn points(&self, inputs: Inputs, threads: usize) -> Result<Embedding>;

    /// Metrics that only it can compute: inertia, likelihoods, bounds.
    ///
    /// # Errors
    /// As [`predict`](Predict::predict).
    fn own_scores(&self, rows: &Rows, threads: usize) -> Result<Vec<Score>>;

    /// Clusters of rows, where those that are far from all make new ones, numbered on.
    ///
    /// # Errors
    /// If the model knows no distance at which that begins, and as [`predict`](Predict::predict).
    fn with_new_clusters(&self, _inputs: Inputs, _threads: usize) -> Result<Prediction> {
        Err(no_new_clusters(self.name()))
    }
}

/// A pair of nodes that may be joined.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Link {
    /// The node.
    pub node: u32,
    /// The other.
    pub other: u32,
    /// How likely it is that they are joined.
    pub probability: f64,
}

/// Says which nodes of a graph are likely to be joined.
pub trait Links: Model {
    /// For every node the `top` others that it is most likely joined to, without those that it is joined to already: node by node,
    /// the likeliest first.
    ///
    /// # Errors
    /// If features are missing, or edges lead one way.
    fn links(&self, graph: &Graph, top: usize, threads: usize) -> Result<Vec<Link>>;

    /// What is to be said of a graph before its edges: nodes that training had not.
    fn remarks(&self, _graph: &Graph) -> Vec<String> {
        Vec::new()
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

/// Knows bounds of ln p(x) that get better with samples.
pub trait Bounds: Model {
    /// The bounds on data by so many samples of the latent variables of each, in nats.
    ///
    /// # Errors
    /// If the data are of another kind.
    fn bounds(&self, data: &Data, samples: usize, run: &mut Run) -> Result<Evaluation>;
}

/// Draws data like those it learnt from.
pub trait Generate: Model {
    /// `n` samples: rows, images, or as many tokens of a text.
    ///
    /// # Errors
    /// If there is no room for them.
    fn generate(&self, n: usize, run: &mut Run) -> Result<Data>;
}

/// Fills in what is missing of rows.
pub trait Impute: Model {
    /// The table with every missing value of a column that the model knows replaced: by its expectation, or most probable category, given what is
    /// there of the row; or by a draw from what it may be.
    ///
    /// # Errors
    /// If a column is missing, or holds what can be no expectation.
    fn impute(&self, table: &Table, drawn: bool, run: &mut Run) -> Result<Table>;
}

/// Says data by latent variables and draws them again.
pub trait Redraw: Model {
    /// Each of the first of these beside what is left of it: twice as many.
    ///
    /// # Errors
    /// If the data are of another kind.
    fn reconstruct(&self, data: &Data, first: usize, run: &Run) -> Result<Data>;

    /// For so many pairs, from one to the next in `steps` along a line of latent variables, both ends included.
    ///
    /// # Errors
    /// If the data are of another kind, fewer than two, or the latent variables have no lines.
    fn interpolate(&self, data: &Data, pairs: usize, steps: usize, run: &Run) -> Result<Data>;
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

/// The error of a model whose clusters are all there are.
pub fn no_new_clusters(model: &str) -> Error {
    Error::data(
        format!("the model `{model}` makes no new clusters"),
        "leave out `--new`, or train `-m dp-means`",
    )
}

/// The error of a model without exact Shapley values.
pub fn no_shap(model: &str) -> Error {
    Error::data(
        format!("the model `{model}` has no exact Shapley values"),
        "leave out `--shap`, or train trees or a linear model",
    )
}

/// The metrics of a model that predicts a target: what `Model::evaluate` gives unless a model says otherwise.
///
/// # Errors
/// If the data are of another kind, have no target, or lack a column.
pub fn evaluate_predictions(predictor: &dyn Predict, data: &Data, run: &Run) -> Result<Evaluation> {
    if let Data::Graph(graph) = data {
        return evaluate_examples(predictor, graph, run);
    }
    let prediction = predictor.predict(data.inputs()?, run.threads())?;
    let judged = data.judge(&prediction)?;
    let mut scores = scores(predictor.task(), &judged)?;
    let own = predictor.own_metrics();
    // One that these rows do not define is left out, as those of the task are.
    scores.extend(own.iter().filter_map(|name| score(name, &judged).ok()));
    Ok(Evaluation {
        scores,
        prediction: Some(prediction),
        facts: vec![(data.kind().parts(), data.len().into())],
    })
}

/// The same of the examples of a graph whose targets are known.
fn evaluate_examples(predictor: &dyn Predict, graph: &Graph, run: &Run) -> Result<Evaluation> {
    let (target, known) = (graph.target()?, graph.known()?);
    let prediction = predictor.predict(Inputs::Graph(graph), run.threads())?;
    let (own, truth) = (prediction.take(&known), target.take(&known).values);
    let judged = match predictor.task() {
        Task::Classification => Predictions::classification(&truth, &own.probabilities, own.classes),
        _ => Predictions::regression(&truth, &own.values),
    };
    Ok(Evaluation {
        scores: scores(predictor.task(), &judged)?,
        prediction: Some(prediction),
        facts: vec![(
            if graph.collection.is_some() {
                "graphs"
            } else {
                "nodes"
            },
            known.len().into(),
        )],
    })
}

/// Rows whose pairs are looked at for silhouettes: more cost more than they tell.
const PAIRED: usize = 4_000;

/// The metrics of a model of clusters on rows: what `Model::evaluate` gives unless a model says otherwise.
///
/// # Errors
/// As the model's predictions.
pub fn evaluate_clusters(model: &dyn Cluster, rows: &Rows, run: &mut Run) -> Result<Evaluation> {
    let threads = run.threads();
    let prediction = model.predict((&rows.features).into(), threads)?;
    let points = model.points((&rows.features).into(), threads)?;
    let own = model.own_scores(rows, threads)?;
    let sample = sample(rows.rows(), run);
    let truth = rows.target.as_ref().map(|target| &target.values[..]);
    let judged = Predictions {
        points: Some(metrics::Points {
            values: &points.values,
            width: points.names.len(),
            sample: sample.as_deref(),
        }),
        own: &own,
        ..Predictions::clustering(truth.unwrap_or_default(), &prediction.values)
    };
    let judged = judged.with_weights(rows.weight.as_deref());
    let mut facts = vec![("rows", rows.rows().into())];
    facts.extend(
        sample
            .as_ref()
            .map(|own| ("rows_of_silhouette", own.len().into())),
    );
    Ok(Evaluation {
        scores: scores(Task::Clustering, &judged)?,
        prediction: Some(prediction),
        facts,
    })
}

/// Rows that stand for all where pairs are looked at; `None` if they are few enough.
fn sample(rows: usize, run: &Run) -> Option<Vec<usize>> {
    (rows > PAIRED).then(|| {
        let mut all = run.stream("evaluate/silhouette").permutation(rows);
        all.truncate(PAIRED);
        all.sort_unstable();
        all
    })
}

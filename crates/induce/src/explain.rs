//! Why a model predicts what it predicts: importances.

use induce_core::metrics::{self, Task};
use induce_core::{Result, Run};

use induce_prob::special::student_quantile;

use crate::model::Model;
use crate::problem::Problem;

/// How much a feature matters, by three measures.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Importance {
    /// The feature.
    pub feature: String,
    /// Objective gained by its splits.
    pub gain: f64,
    /// Curvature (rows, for squared loss) that its splits decided on.
    pub cover: f64,
    /// Number of its splits.
    pub splits: usize,
}

/// Gain, cover and count of every feature's splits; all zero for a model without trees.
pub fn importances(model: &dyn Model) -> Vec<Importance> {
    let names = model.schema().names();
    let mut all: Vec<_> = names
        .into_iter()
        .map(|feature| Importance {
            feature,
            ..Importance::default()
        })
        .collect();
    let trees = model.trees();
    for branch in trees
        .iter()
        .flat_map(|t| &t.trees)
        .flat_map(|tree| &tree.branches)
    {
        let own = &mut all[branch.feature as usize];
        own.gain += branch.gain;
        own.cover += branch.cover;
        own.splits += 1;
    }
    all
}

/// The loss of one number when a feature is shuffled: mean over repetitions with its 95 % interval.
#[derive(Debug, Clone, PartialEq)]
pub struct Permutation {
    /// The feature.
    pub feature: String,
    /// Mean loss of the metric.
    pub value: f64,
    /// Lower end.
    pub low: f64,
    /// Upper end.
    pub high: f64,
}

/// Shuffles per feature.
const REPEATS: usize = 5;

/// The metric permutation importance is measured in.
pub fn permutation_metric(task: Task) -> &'static str {
    match task {
        Task::Regression => "rmse",
        Task::Classification => "log_loss",
        Task::Ranking => "ndcg",
    }
}

/// How much worse the model gets when a feature is shuffled (Breiman 2001; Fisher, Rudin & Dominici 2019).
///
/// Positive means that the feature helps.
pub fn permutation(model: &dyn Model, problem: &Problem, run: &Run) -> Result<Vec<Permutation>> {
    let metric = permutation_metric(problem.task);
    let judge = |table: &induce_core::Table| -> Result<f64> {
        let prediction = model.predict(table, run.threads())?;
        let value = metrics::score(metric, &prediction.judge(problem))?.value;
        Ok(if metric == "ndcg" { -value } else { value })
    };
    let base = judge(&problem.features)?;
    let stream = run.stream("explain/permutation");
    let mut all = Vec::new();
    for (f, feature) in model.schema().names().into_iter().enumerate() {
        let column = problem.features.column(&feature)?.clone();
        let mut losses = Vec::with_capacity(REPEATS);
        for repeat in 0..REPEATS {
            let order = stream
                .child((f * REPEATS + repeat) as u64)
                .permutation(problem.rows());
            let shuffled = problem.features.without(&[&feature]).with(column.take(&order))?;
            losses.push(judge(&shuffled)? - base);
        }
        let mean = losses.iter().sum::<f64>() / REPEATS as f64;
        let variance = losses.iter().map(|l| (l - mean).powi(2)).sum::<f64>() / (REPEATS - 1) as f64;
        let half = student_quantile(0.05, (REPEATS - 1) as f64) * (variance / REPEATS as f64).sqrt();
        all.push(Permutation {
            feature,
            value: mean,
            low: mean - half,
            high: mean + half,
        });
    }
    Ok(all)
}

//! The one table of metrics: the command line, Python and the docs look here.

use super::confusion::{self, Average};
use super::interval::Estimate;
use super::predictions::{Predictions, Task};
use super::{agreement, precision_recall, probability, ranking, regression, roc, separation};
use crate::error::{Error, Result};

/// A metric.
#[derive(Debug, Clone, Copy)]
pub struct Metric {
    /// Its name, as in scikit-learn.
    pub name: &'static str,
    /// Other names that find it.
    pub aliases: &'static [&'static str],
    /// What it scores.
    pub task: Task,
    /// Whether more is better.
    pub greater_is_better: bool,
    /// Whether it is shown when nobody asks for a particular metric.
    pub default: bool,
    /// What the parameter after `@` is, if it has one.
    pub parameter: Option<&'static str>,
    /// What the rows need for it to be defined.
    pub needs: &'static str,
    /// The value and its interval; `None` if it is not defined for the rows.
    pub function: fn(&Predictions, Option<f64>) -> Option<Estimate>,
}

const ANY: &str = "at least one row with weight is needed";
const PROBABILITIES: &str = "it needs probabilities, and each class at least once";
const SPREAD: &str = "it needs two rows";
const POSITIVE: &str = "it needs positive predictions, and a truth that is not negative (positive for gamma)";
const LABELS: &str = "it needs known classes: `--labels COL`";
const CLUSTERS: &str = "it needs at least two clusters, one of them of several rows";
const OWN: &str = "the model does not compute it";
const RELEVANCE: &str = "it needs relevances of at least 0, and k of at least 1";

const fn of(
    task: Task,
    name: &'static str,
    aliases: &'static [&'static str],
    greater_is_better: bool,
    default: bool,
    needs: &'static str,
    function: fn(&Predictions, Option<f64>) -> Option<Estimate>,
) -> Metric {
    Metric {
        name,
        aliases,
        task,
        greater_is_better,
        default,
        parameter: None,
        needs,
        function,
    }
}

const fn with(parameter: &'static str, metric: Metric) -> Metric {
    Metric {
        parameter: Some(parameter),
        ..metric
    }
}

/// What only a model can compute, under the name that it gave it.
fn own(predictions: &Predictions, name: &str) -> Option<Estimate> {
    let found = predictions.own.iter().find(|score| score.name == name)?;
    Some(Estimate {
        value: found.value,
        low: found.low,
        high: found.high,
    })
}

use Task::{Classification as C, Clustering as G, Ranking as K, Regression as R};

/// All metrics, the most looked at of each task first.
pub const METRICS: &[Metric] = &[
    of(C, "accuracy", &["accuracy_score"], true, true, ANY, |p, _| {
        confusion::accuracy(p)
    }),
    of(
        C,
        "balanced_accuracy",
        &["balanced_accuracy_score"],
        true,
        true,
        ANY,
        |p, _| confusion::balanced_accuracy(p),
    ),
    of(
        C,
        "roc_auc",
        &["auc", "roc_auc_score", "roc_auc_ovr"],
        true,
        true,
        PROBABILITIES,
        |p, _| roc::roc_auc(p),
    ),
    of(
        C,
        "log_loss",
        &["logloss", "cross_entropy"],
        false,
        true,
        PROBABILITIES,
        |p, _| probability::log_loss(p),
    ),
    of(
        C,
        "brier",
        &["brier_score", "brier_score_loss"],
        false,
        true,
        PROBABILITIES,
        |p, _| probability::brier(p),
    ),
    of(
        C,
        "average_precision",
        &["average_precision_score", "pr_auc"],
        true,
        true,
        PROBABILITIES,
        |p, _| precision_recall::average_precision(p),
    ),
    of(C, "precision", &["precision_score"], true, true, ANY, |p, _| {
        confusion::precision(p, Average::Usual)
    }),
    of(C, "recall", &["recall_score"], true, true, ANY, |p, _| {
        confusion::recall(p, Average::Usual)
    }),
    of(C, "f1", &["f1_score"], true, true, ANY, |p, _| {
        confusion::f1(p, Average::Usual)
    }),
    of(C, "matthews_corrcoef", &["mcc"], true, true, ANY, |p, _| {
        confusion::matthews_corrcoef(p)
    }),
    of(
        C,
        "cohen_kappa",
        &["kappa", "cohen_kappa_score"],
        true,
        false,
        "chance alone must be able to miss",
        |p, _| confusion::cohen_kappa(p),
    ),
    of(C, "precision_macro", &[], true, false, ANY, |p, _| {
        confusion::precision(p, Average::Macro)
    }),
    of(C, "recall_macro", &[], true, false, ANY, |p, _| {
        confusion::recall(p, Average::Macro)
    }),
    of(C, "f1_macro", &[], true, false, ANY, |p, _| {
        confusion::f1(p, Average::Macro)
    }),
    of(C, "precision_weighted", &[], true, false, ANY, |p, _| {
        confusion::precision(p, Average::Weighted)
    }),
    of(C, "recall_weighted", &[], true, false, ANY, |p, _| {
        confusion::recall(p, Average::Weighted)
    }),
    of(C, "f1_weighted", &[], true, false, ANY, |p, _| {
        confusion::f1(p, Average::Weighted)
    }),
    of(
        R,
        "rmse",
        &["root_mean_squared_error"],
        false,
        true,
        ANY,
        |p, _| regression::rmse(p),
    ),
    of(R, "mae", &["mean_absolute_error"], false, true, ANY, |p, _| {
        regression::mae(p)
    }),
    of(R, "r2", &["r2_score"], true, true, SPREAD, |p, _| {
        regression::r2(p)
    }),
    of(R, "mse", &["mean_squared_error"], false, false, ANY, |p, _| {
        regression::mse(p)
    }),
    of(R, "median_absolute_error", &[], false, true, ANY, |p, _| {
        regression::median_absolute_error(p)
    }),
    of(R, "max_error", &[], false, false, ANY, |p, _| {
        regression::max_error(p)
    }),
    of(
        R,
        "mape",
        &["mean_absolute_percentage_error"],
        false,
        false,
        ANY,
        |p, _| regression::mape(p),
    ),
    of(
        R,
        "explained_variance",
        &["explained_variance_score"],
        true,
        false,
        SPREAD,
        |p, _| regression::explained_variance(p),
    ),
    with(
        "the quantile, 0.5 if absent",
        of(
            R,
            "pinball",
            &["mean_pinball_loss"],
            false,
            false,
            "its quantile lies between 0 and 1",
            |p, alpha| regression::pinball(p, alpha.unwrap_or(0.5)),
        ),
    ),
    of(R, "coverage", &[], true, false, ANY, |p, _| {
        regression::coverage(p)
    }),
    of(
        R,
        "poisson_deviance",
        &["mean_poisson_deviance"],
        false,
        false,
        POSITIVE,
        |p, _| regression::tweedie(p, 1.0),
    ),
    of(
        R,
        "gamma_deviance",
        &["mean_gamma_deviance"],
        false,
        false,
        POSITIVE,
        |p, _| regression::tweedie(p, 2.0),
    ),
    with(
        "the power, 1.5 if absent",
        of(
            R,
            "tweedie_deviance",
            &["tweedie", "mean_tweedie_deviance"],
            false,
            false,
            POSITIVE,
            |p, power| regression::tweedie(p, power.unwrap_or(1.5)),
        ),
    ),
    with(
        "ranks that count, all if absent",
        of(K, "ndcg", &["ndcg_score"], true, true, RELEVANCE, ranking::ndcg),
    ),
    with(
        "ranks that count, all if absent",
        of(
            K,
            "recall",
            &["recall_at_k"],
            true,
            false,
            RELEVANCE,
            ranking::recall,
        ),
    ),
    of(K, "map", &["mean_average_precision"], true, true, ANY, |p, _| {
        ranking::map(p)
    }),
    of(
        G,
        "silhouette",
        &["silhouette_score"],
        true,
        true,
        CLUSTERS,
        |p, _| separation::silhouette(p),
    ),
    of(
        G,
        "calinski_harabasz",
        &["calinski_harabasz_score"],
        true,
        true,
        CLUSTERS,
        |p, _| separation::calinski_harabasz(p),
    ),
    of(
        G,
        "davies_bouldin",
        &["davies_bouldin_score"],
        false,
        true,
        CLUSTERS,
        |p, _| separation::davies_bouldin(p),
    ),
    of(
        G,
        "adjusted_rand",
        &["ari", "adjusted_rand_score"],
        true,
        true,
        LABELS,
        |p, _| agreement::adjusted_rand(p),
    ),
    of(
        G,
        "normalized_mutual_info",
        &["nmi", "normalized_mutual_info_score"],
        true,
        true,
        LABELS,
        |p, _| agreement::normalized_mutual_info(p),
    ),
    of(
        G,
        "adjusted_mutual_info",
        &["ami", "adjusted_mutual_info_score"],
        true,
        true,
        LABELS,
        |p, _| agreement::adjusted_mutual_info(p),
    ),
    of(
        G,
        "homogeneity",
        &["homogeneity_score"],
        true,
        true,
        LABELS,
        |p, _| agreement::homogeneity(p),
    ),
    of(
        G,
        "completeness",
        &["completeness_score"],
        true,
        true,
        LABELS,
        |p, _| agreement::completeness(p),
    ),
    of(
        G,
        "v_measure",
        &["v_measure_score"],
        true,
        false,
        LABELS,
        |p, _| agreement::v_measure(p),
    ),
    of(
        G,
        "fowlkes_mallows",
        &["fowlkes_mallows_score"],
        true,
        false,
        LABELS,
        |p, _| agreement::fowlkes_mallows(p),
    ),
    of(G, "inertia", &[], false, true, OWN, |p, _| own(p, "inertia")),
    of(G, "objective", &[], false, true, OWN, |p, _| own(p, "objective")),
    of(G, "modularity", &[], true, true, OWN, |p, _| own(p, "modularity")),
    of(G, "normalized_cut", &[], false, true, OWN, |p, _| {
        own(p, "normalized_cut")
    }),
    of(G, "log_likelihood", &[], true, true, OWN, |p, _| {
        own(p, "log_likelihood")
    }),
    of(G, "elbo", &[], true, true, OWN, |p, _| own(p, "elbo")),
    of(G, "bic", &[], false, true, OWN, |p, _| own(p, "bic")),
    of(G, "aic", &[], false, true, OWN, |p, _| own(p, "aic")),
    of(G, "icl", &[], false, true, OWN, |p, _| own(p, "icl")),
];

/// The metric called `name`, and the parameter after its `@`: `ndcg@10`, `pinball@0.9`.
///
/// # Errors
/// If there is no such metric, or it has no such parameter; the hint suggests the nearest name.
pub fn find(name: &str) -> Result<(&'static Metric, Option<f64>)> {
    let (stem, parameter) = match name.split_once('@') {
        Some((stem, parameter)) => (stem, Some(parameter)),
        None => (name, None),
    };
    let named = |metric: &&Metric| metric.name == stem || metric.aliases.contains(&stem);
    // Of two of one name the one that has a parameter where there is one: `recall@10` is of lists, `recall` of classes.
    let mut all = METRICS.iter().filter(named);
    let first = all.next();
    let fitting = first
        .into_iter()
        .chain(all)
        .find(|own| parameter.is_none() || own.parameter.is_some());
    let metric = fitting.or(first).ok_or_else(|| Error::UnknownName {
        what: "metric",
        name: name.into(),
        known: METRICS.iter().map(|metric| metric.name.to_string()).collect(),
    })?;
    let Some(text) = parameter else {
        return Ok((metric, None));
    };
    let value = text.parse().ok().filter(|_| metric.parameter.is_some());
    let value: f64 = value.ok_or_else(|| {
        Error::data(
            format!("`{text}` is no parameter of the metric `{}`", metric.name),
            metric
                .parameter
                .map_or("it has none".to_string(), |what| format!("it is {what}")),
        )
    })?;
    Ok((metric, Some(value)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn metrics_are_found_by_all_their_names() {
        for metric in METRICS {
            for name in metric.aliases.iter().chain([&metric.name]) {
                assert_eq!(find(name).unwrap().0.name, metric.name);
            }
        }
        assert_eq!(find("ndcg@10").unwrap().1, Some(10.0));
        assert_eq!(
            (find("recall@10").unwrap().0.task, find("recall").unwrap().0.task),
            (Task::Ranking, Task::Classification)
        );
        assert!(find("rmse@3").is_err());
        assert_eq!(
            find("rmsee").unwrap_err().hint().as_deref(),
            Some("did you mean `rmse`?")
        );
    }
}

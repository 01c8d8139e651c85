//! The metrics that the page can put into words.

/// What is known about a metric: its label, what it means, its range (NaN where it has no end).
pub(super) struct Known {
    name: &'static str,
    label: &'static str,
    meaning: &'static str,
    pub range: (f64, f64),
}

/// No end.
const OPEN: f64 = f64::NAN;

const fn known(name: &'static str, label: &'static str, meaning: &'static str, range: (f64, f64)) -> Known {
    Known {
        name,
        label,
        meaning,
        range,
    }
}

const KNOWN: &[Known] = &[
    known("loss", "Loss", "nats per token; lower is better", (0.0, OPEN)),
    known(
        "perplexity",
        "Perplexity",
        "as unsure as between so many equally likely tokens; lower is better",
        (1.0, OPEN),
    ),
    known(
        "bits_per_byte",
        "Bits per byte",
        "what a byte of the text needs when compressed with the model; lower is better",
        (0.0, OPEN),
    ),
    known(
        "top_1",
        "First guess right",
        "fraction of tokens that were the most probable",
        (0.0, 1.0),
    ),
    known(
        "iwae",
        "IWAE",
        "bound of the log likelihood by importance samples, in nats per image; higher is better",
        (OPEN, OPEN),
    ),
    known(
        "jvi_1",
        "JVI-1",
        "the same without the first term of its bias, in nats per image; higher is better",
        (OPEN, OPEN),
    ),
    known(
        "jvi_2",
        "JVI-2",
        "the same without the first two terms of its bias, in nats per image; higher is better",
        (OPEN, OPEN),
    ),
    known(
        "bits_per_dimension",
        "Bits per dimension",
        "what a value needs when compressed with the model; lower is better",
        (0.0, OPEN),
    ),
    known(
        "ess",
        "Effective samples",
        "so many draws of the posterior itself would say as much; higher is better",
        (1.0, OPEN),
    ),
    known(
        "active_units",
        "Active units",
        "latent variables that say something of the images",
        (0.0, OPEN),
    ),
    known(
        "codebook_perplexity",
        "Codebook perplexity",
        "so many codes, used alike, would be as uncertain; higher is better",
        (1.0, OPEN),
    ),
    known(
        "codes_used",
        "Codes used",
        "codes that stand at a place of an image",
        (0.0, OPEN),
    ),
    known(
        "accuracy",
        "Accuracy",
        "fraction of rows classified correctly",
        (0.0, 1.0),
    ),
    known(
        "balanced_accuracy",
        "Balanced accuracy",
        "mean over the classes of the fraction classified correctly",
        (0.0, 1.0),
    ),
    known(
        "roc_auc",
        "ROC AUC",
        "chance that a positive row scores above a negative one",
        (0.5, 1.0),
    ),
    known(
        "average_precision",
        "Average precision",
        "mean precision over all recalls",
        (0.0, 1.0),
    ),
    known(
        "log_loss",
        "Log loss",
        "surprise per row; lower is better",
        (0.0, OPEN),
    ),
    known("f1", "F1", "harmonic mean of precision and recall", (0.0, 1.0)),
    known("f1_macro", "F1, macro", "F1, mean over the classes", (0.0, 1.0)),
    known(
        "precision",
        "Precision",
        "fraction of the predicted positives that are true",
        (0.0, 1.0),
    ),
    known(
        "recall",
        "Recall",
        "fraction of the positives that are found",
        (0.0, 1.0),
    ),
    known(
        "matthews_corrcoef",
        "Matthews correlation",
        "correlation of truth and prediction",
        (0.0, 1.0),
    ),
    known(
        "expected_calibration_error",
        "Calibration error",
        "mean gap of probability and truth",
        (0.0, OPEN),
    ),
    known("r2", "R²", "fraction of the variance explained", (0.0, 1.0)),
    known(
        "rmse",
        "RMSE",
        "root of the mean squared error; lower is better",
        (0.0, OPEN),
    ),
    known("mse", "MSE", "mean squared error; lower is better", (0.0, OPEN)),
    known("mae", "MAE", "mean absolute error; lower is better", (0.0, OPEN)),
    known(
        "mape",
        "MAPE",
        "mean absolute error relative to the true value",
        (0.0, OPEN),
    ),
    known(
        "median_absolute_error",
        "Median absolute error",
        "half of the rows are closer",
        (0.0, OPEN),
    ),
    known(
        "ndcg",
        "NDCG",
        "quality of the ranking, weighted to its top",
        (0.0, 1.0),
    ),
    known(
        "brier",
        "Brier score",
        "mean squared error of the probabilities; lower is better",
        (0.0, OPEN),
    ),
    known(
        "map",
        "Mean average precision",
        "mean over the queries of the precision at each relevant row",
        (0.0, 1.0),
    ),
    known(
        "precision_macro",
        "Precision, macro",
        "precision, mean over the classes",
        (0.0, 1.0),
    ),
    known(
        "recall_macro",
        "Recall, macro",
        "recall, mean over the classes",
        (0.0, 1.0),
    ),
    known(
        "precision_weighted",
        "Precision, weighted",
        "precision, mean over the rows of the classes",
        (0.0, 1.0),
    ),
    known(
        "recall_weighted",
        "Recall, weighted",
        "recall, mean over the rows of the classes",
        (0.0, 1.0),
    ),
    known(
        "f1_weighted",
        "F1, weighted",
        "F1, mean over the rows of the classes",
        (0.0, 1.0),
    ),
    known(
        "cohen_kappa",
        "Cohen's kappa",
        "agreement with the truth beyond chance",
        (0.0, 1.0),
    ),
    known(
        "max_error",
        "Largest error",
        "the error of the worst row; lower is better",
        (0.0, OPEN),
    ),
    known(
        "explained_variance",
        "Explained variance",
        "as R², but a constant error costs nothing",
        (0.0, 1.0),
    ),
    known(
        "pinball",
        "Pinball loss",
        "error of a quantile; lower is better",
        (0.0, OPEN),
    ),
    known(
        "coverage",
        "Coverage",
        "fraction of targets at or below the prediction; for a quantile, its probability",
        (0.0, 1.0),
    ),
    known(
        "poisson_deviance",
        "Poisson deviance",
        "distance of counts from their means; lower is better",
        (0.0, OPEN),
    ),
    known(
        "gamma_deviance",
        "Gamma deviance",
        "relative distance of positive values from their means; lower is better",
        (0.0, OPEN),
    ),
    known(
        "tweedie_deviance",
        "Tweedie deviance",
        "distance between Poisson's and the gamma's; lower is better",
        (0.0, OPEN),
    ),
    known(
        "adjusted_rand",
        "Adjusted Rand",
        "agreement of two clusterings beyond chance",
        (0.0, 1.0),
    ),
    known(
        "silhouette",
        "Silhouette",
        "how much nearer rows are to their own cluster than to the next, from -1 to 1",
        (0.0, 1.0),
    ),
    known(
        "calinski_harabasz",
        "Calinski-Harabasz",
        "variance between the clusters over that within; higher is better",
        (0.0, OPEN),
    ),
    known(
        "davies_bouldin",
        "Davies-Bouldin",
        "width of two clusters over their distance, in the worst pair of each; lower is better",
        (0.0, OPEN),
    ),
    known(
        "normalized_mutual_info",
        "Normalized mutual information",
        "what clusters and classes tell of one another, over the mean of their entropies",
        (0.0, 1.0),
    ),
    known(
        "adjusted_mutual_info",
        "Adjusted mutual information",
        "mutual information of clusters and classes beyond chance",
        (0.0, 1.0),
    ),
    known(
        "homogeneity",
        "Homogeneity",
        "1 if every cluster holds one class alone",
        (0.0, 1.0),
    ),
    known(
        "completeness",
        "Completeness",
        "1 if every class lies in one cluster alone",
        (0.0, 1.0),
    ),
    known(
        "v_measure",
        "V-measure",
        "harmonic mean of homogeneity and completeness",
        (0.0, 1.0),
    ),
    known(
        "fowlkes_mallows",
        "Fowlkes-Mallows",
        "geometric mean of precision and recall over pairs of rows",
        (0.0, 1.0),
    ),
    known(
        "inertia",
        "Inertia",
        "sum of squared distances to the centres; lower is better",
        (0.0, OPEN),
    ),
    known(
        "objective",
        "Objective",
        "what the model minimises; lower is better",
        (OPEN, OPEN),
    ),
    known(
        "modularity",
        "Modularity",
        "edges within clusters beyond those that chance would draw; higher is better",
        (0.0, 1.0),
    ),
    known(
        "normalized_cut",
        "Normalized cut",
        "sum over the clusters of the edges that leave one over all its edges; lower is better",
        (0.0, OPEN),
    ),
    known(
        "log_likelihood",
        "Log likelihood",
        "log density of the rows under the model; higher is better",
        (OPEN, OPEN),
    ),
    known(
        "elbo",
        "ELBO",
        "lower bound of the log evidence; higher is better",
        (OPEN, OPEN),
    ),
    known(
        "bic",
        "BIC",
        "-2 log likelihood + ln(rows) per parameter; lower is better",
        (OPEN, OPEN),
    ),
    known(
        "aic",
        "AIC",
        "-2 log likelihood + 2 per parameter; lower is better",
        (OPEN, OPEN),
    ),
    known(
        "icl",
        "ICL",
        "BIC + twice the entropy of the assignments; lower is better",
        (OPEN, OPEN),
    ),
];

pub(super) fn lookup(name: &str) -> Option<&'static Known> {
    // A parameter stands behind the name: `ndcg@10`, `iwae_50`.
    let (name, _) = name.split_once('@').unwrap_or((name, ""));
    let name = if name.starts_with("iwae_") { "iwae" } else { name };
    KNOWN.iter().find(|known| known.name == name)
}

/// What else a fit may follow.
const FOLLOWED: &[(&str, &str)] = &[
    ("ndcg_loss", "NDCG loss"),
    ("mean_pinball_loss", "Mean pinball loss"),
];

pub(super) fn label(name: &str) -> String {
    if let Some((_, label)) = FOLLOWED.iter().find(|own| own.0 == name) {
        return (*label).to_owned();
    }
    let (plain, parameter) = name.split_once('@').unwrap_or((name, ""));
    let label = lookup(plain).map_or_else(
        || capital(&plain.replace('_', " ")),
        |known| known.label.to_owned(),
    );
    match parameter {
        "" => label,
        own => format!("{label}@{own}"),
    }
}

fn capital(name: &str) -> String {
    let mut letters = name.chars();
    letters.next().map_or(String::new(), |first| {
        first.to_uppercase().chain(letters).collect()
    })
}

pub(super) fn meaning(name: &str) -> &'static str {
    lookup(name).map_or("", |known| known.meaning)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `Brier` and `Map` stood on pages without a word, and `Map` reached up to 1.5.
    #[test]
    fn every_metric_is_put_into_words() {
        for metric in induce_core::metrics::METRICS {
            let known = lookup(metric.name);
            assert!(
                known.is_some_and(|own| !own.meaning.is_empty()),
                "{}",
                metric.name
            );
        }
        assert_eq!(lookup("map").map(|own| own.range), Some((0.0, 1.0)));
        assert_eq!(
            (label("ndcg@10"), label("ndcg_loss")),
            ("NDCG@10".into(), "NDCG loss".into())
        );
    }
}

"""Golden values of the metrics, from scikit-learn.

    pip install -r requirements.txt && python metrics.py > metrics.json
"""

import json
import sys
import warnings

import numpy as np
from sklearn import metrics as m

warnings.simplefilter("ignore")
rng = np.random.default_rng(20260601)
cases = []


def classification(name, truth, probabilities, weights, classes):
    values = np.argmax(probabilities, axis=1)
    w = {"sample_weight": weights}
    binary = classes == 2
    usual = {} if binary else {"average": "macro"}
    score = probabilities[:, 1] if binary else probabilities
    scores = {
        "accuracy": m.accuracy_score(truth, values, **w),
        "balanced_accuracy": m.balanced_accuracy_score(truth, values, **w),
        "matthews_corrcoef": m.matthews_corrcoef(truth, values, **w),
        "cohen_kappa": m.cohen_kappa_score(truth, values, **w),
        "log_loss": m.log_loss(truth, probabilities, labels=range(classes), **w),
        "brier": m.brier_score_loss(truth, score, labels=range(classes), **w),
        "roc_auc": m.roc_auc_score(truth, score, multi_class="ovr", **w),
        "average_precision": m.average_precision_score(truth, score, **w),
    }
    for stem, function in [("precision", m.precision_score), ("recall", m.recall_score), ("f1", m.f1_score)]:
        scores[stem] = function(truth, values, **usual, **w)
        scores[stem + "_macro"] = function(truth, values, average="macro", **w)
        scores[stem + "_weighted"] = function(truth, values, average="weighted", **w)
    add(name, "classification", truth, weights, scores, probabilities=probabilities.ravel(), classes=classes)


def regression(name, truth, values, weights):
    w = {"sample_weight": weights}
    scores = {
        "rmse": m.root_mean_squared_error(truth, values, **w),
        "mse": m.mean_squared_error(truth, values, **w),
        "mae": m.mean_absolute_error(truth, values, **w),
        "median_absolute_error": m.median_absolute_error(truth, values, **w),
        "r2": m.r2_score(truth, values, **w),
        "mape": m.mean_absolute_percentage_error(truth, values, **w),
        "explained_variance": m.explained_variance_score(truth, values, **w),
        "max_error": m.max_error(truth, values),
        "pinball@0.9": m.mean_pinball_loss(truth, values, alpha=0.9, **w),
        "tweedie_deviance@0": m.mean_tweedie_deviance(truth, values, power=0, **w),
    }
    if (values > 0).all() and (truth >= 0).all():
        scores["poisson_deviance"] = m.mean_poisson_deviance(truth, values, **w)
        scores["tweedie_deviance@1.3"] = m.mean_tweedie_deviance(truth, values, power=1.3, **w)
    if (values > 0).all() and (truth > 0).all():
        scores["gamma_deviance"] = m.mean_gamma_deviance(truth, values, **w)
        scores["tweedie_deviance@3"] = m.mean_tweedie_deviance(truth, values, power=3, **w)
    add(name, "regression", truth, weights, scores, values=values)


def ranking(name, truth, values, groups):
    parts = [np.flatnonzero(groups == g) for g in np.unique(groups)]
    ndcg = lambda k: float(np.mean([m.ndcg_score([truth[p]], [values[p]], k=k) for p in parts]))
    mean = np.mean([m.average_precision_score(truth[p] > 0, values[p]) for p in parts])
    scores = {"ndcg": ndcg(None), "ndcg@3": ndcg(3), "ndcg@1": ndcg(1), "map": mean}
    add(name, "ranking", truth, None, scores, values=values, groups=groups)


def add(name, task, truth, weights, scores, **arrays):
    listed = {key: value.tolist() if hasattr(value, "tolist") else value for key, value in arrays.items()}
    cases.append({
        "name": name,
        "task": task,
        "truth": [float(t) for t in truth],
        "weights": None if weights is None else weights.tolist(),
        **listed,
        "scores": {key: float(value) for key, value in scores.items()},
    })


n = 60
weights = np.round(rng.uniform(0.1, 3, n), 3)
for label, w in [("plain", None), ("weighted", weights), ("some weights zero", np.where(np.arange(n) % 7 == 0, 0, weights))]:
    truth = rng.integers(0, 2, n)
    p = np.round(np.clip(0.3 * truth + rng.uniform(0, 0.7, n), 0, 1), 2)  # rounded, so that there are ties
    classification(f"binary, {label}", truth, np.c_[1 - p, p], w, 2)
    truth = np.r_[0, 1, 2, 3, rng.integers(0, 4, n - 4)]
    p = rng.dirichlet(np.ones(4), n) + 0.4 * np.eye(4)[truth]
    classification(f"four classes, {label}", truth, p / p.sum(axis=1, keepdims=True), w, 4)
    truth = rng.normal(size=n)
    regression(f"numbers, {label}", truth, truth + 0.5 * rng.normal(size=n), w)
    values = rng.gamma(2, 2, n)
    regression(f"counts, {label}", rng.poisson(values).astype(float), values, w)
    regression(f"positive, {label}", rng.gamma(2, values), values, w)
truth = np.zeros(12, int)
truth[5] = 1
p = np.r_[np.zeros(6), np.ones(6)]
classification("certain and wrong", truth, np.c_[1 - p, p], None, 2)
groups = np.repeat(np.arange(8), [5, 1, 9, 12, 3, 10, 12, 8])
truth = rng.integers(0, 4, n).astype(float)
truth[groups == 4] = 0
# A group of a single row has no order for scikit-learn, so it is left out.
many = groups != 1
ranking("groups with ties", truth[many], np.round(truth + rng.normal(size=n), 1)[many], groups[many])
json.dump(cases, sys.stdout, indent=1)
print()

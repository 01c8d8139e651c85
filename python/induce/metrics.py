"""Metrics with their 95 % intervals, under scikit-learn's names."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from . import _native

if TYPE_CHECKING:
    from ._typing import ArrayLike, MatrixLike

__all__ = ["Score", "evaluate", "names"]


def __dir__() -> list[str]:
    return sorted(__all__)


class Score(NamedTuple):
    """A metric's value, and the ends of its interval where one is known."""

    value: float
    low: float | None
    high: float | None


def names() -> list[str]:
    """The metrics there are."""
    return [name for name, _, _ in _native.metric_names()]


def evaluate(
    estimator: Any, X: MatrixLike, y: ArrayLike, *, sample_weight: ArrayLike | None = None, metric: str | None = None
) -> dict[str, Score]:
    """Judge a fitted classifier or regressor of any package on rows it has not seen.

    Parameters
    ----------
    estimator : object with `predict_proba` and `classes_`, or with `predict`
        What divides rows into clusters, or finds outliers, is refused: numbers of clusters are no quantities.
    X : array-like of shape (n_samples, n_features)
    y : array-like of shape (n_samples,)
    sample_weight : array-like of shape (n_samples,), default=None
    metric : str, default=None
        Only this one, such as `log_loss`, `roc_auc`, `rmse`, `fbeta@2`; None is every usual one of the task.

    Returns
    -------
    dict of str to Score

    Examples
    --------
    >>> import numpy as np
    >>> from induce.linear_model import Ridge
    >>> from induce.metrics import evaluate
    >>> X = np.arange(20.0).reshape(-1, 1)
    >>> y = 2 * X[:, 0] + np.sin(X[:, 0])
    >>> score = evaluate(Ridge().fit(X, y), X, y)["rmse"]
    >>> score.low < score.value < score.high
    True
    """
    weight = None if sample_weight is None else np.ascontiguousarray(sample_weight, dtype=np.float64)
    y = np.asarray(y)
    _check_judgeable(estimator)
    if hasattr(estimator, "predict_proba"):
        classes = np.asarray(estimator.classes_)
        place = {label: k for k, label in enumerate(classes.tolist())}
        unknown = [label for label in np.unique(y).tolist() if label not in place]
        if unknown:
            raise ValueError(f"y holds classes that the estimator does not know: {unknown}")
        codes = np.asarray([place[label] for label in y.tolist()], dtype=np.float64)
        chances = np.ascontiguousarray(estimator.predict_proba(X), dtype=np.float64)
        found = _native.of_classes(codes, chances, weight, metric)
    else:
        found = _native.of_quantities(_quantities(y, "y"), _quantities(estimator.predict(X), "the prediction"), weight, metric)
    return {name: Score(value, low, high) for name, value, low, high in found}


def _check_judgeable(estimator: Any) -> None:
    """An error if what the estimator predicts is neither classes with probabilities nor a quantity."""
    name, kind = type(estimator).__name__, kind_of(estimator)
    if kind in ("clusterer", "density_estimator"):
        raise ValueError(
            f"{name} divides rows, and numbers of its clusters are neither classes nor quantities\nhint: "
            "`sklearn.metrics.adjusted_rand_score(y, estimator.predict(X))` holds them against classes, and "
            "`sklearn.metrics.silhouette_score(X, estimator.predict(X))` asks for none"
        )
    if kind == "outlier_detector":
        raise ValueError(f"{name} says which rows are outliers, which is neither a probability of classes nor a quantity")
    if kind == "classifier" and not hasattr(estimator, "predict_proba"):
        raise ValueError(f"{name} has no predict_proba\nhint: `sklearn.calibration.CalibratedClassifierCV` adds probabilities")


def kind_of(estimator: Any) -> str | None:
    """What scikit-learn takes an estimator for; None where it says nothing."""
    if getattr(estimator, "_task", None) == "clustering":
        return "clusterer"
    try:
        return estimator.__sklearn_tags__().estimator_type  # type: ignore[no-any-return]
    except Exception:
        # Of other packages, or of earlier versions of scikit-learn.
        return getattr(estimator, "_estimator_type", None)


def _quantities(values: ArrayLike, what: str) -> np.ndarray:
    """Values as numbers; texts that look like numbers are none."""
    values = np.asarray(values)
    if values.dtype.kind in "USO" and any(isinstance(value, (str, bytes)) for value in values.ravel().tolist()):
        raise ValueError(f"{what} holds texts, and the estimator has no predict_proba: metrics of quantities need numbers")
    return np.ascontiguousarray(values, dtype=np.float64)

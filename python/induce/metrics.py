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
    """Judge a fitted estimator of any package on rows it has not seen.

    Parameters
    ----------
    estimator : object with `predict_proba` and `classes_`, or with `predict`
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
        values = np.ascontiguousarray(estimator.predict(X), dtype=np.float64)
        found = _native.of_quantities(np.ascontiguousarray(y, dtype=np.float64), values, weight, metric)
    return {name: Score(value, low, high) for name, value, low, high in found}

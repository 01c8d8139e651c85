"""Mutual information of features and a target, under scikit-learn's names and with its values.

Where scikit-learn adds noise to break ties, ties are exact here: values are equal to 1e-8 where none repeat, and a constant
feature has exactly 0, where scikit-learn's grows with the number of rows. `induce.info.mutual_information` gives the interval
and the p-value of each.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from ._categories import column_of
from ._compat import check_classification_targets
from ._data import columns_of_categories, is_frame
from .info import mutual_information

if TYPE_CHECKING:
    from ._typing import ArrayLike, MatrixLike

__all__ = ["mutual_info_classif", "mutual_info_regression", "mutual_info_score"]


def __dir__() -> list[str]:
    return sorted(__all__)


def mutual_info_regression(
    X: MatrixLike,
    y: ArrayLike,
    *,
    discrete_features: Any = "auto",
    n_neighbors: int = 3,
    copy: bool = True,
    random_state: int | None = None,
    n_jobs: int | None = None,
) -> np.ndarray:
    """Mutual information of each feature and a continuous target, in nats.

    Parameters
    ----------
    X : array-like of shape (n_samples, n_features)
    y : array-like of shape (n_samples,)
    discrete_features : "auto", bool, or array-like of bool or of indices, default="auto"
        Which features are categories; "auto" is those of a frame that are no numbers, all of a sparse matrix, and none of an array.
    n_neighbors : int, default=3
    copy : bool, default=True
        Nothing is written into X.
    random_state : int, default=None
        Nothing is random.
    n_jobs : int, default=None

    Examples
    --------
    >>> import numpy as np
    >>> from induce.feature_selection import mutual_info_regression
    >>> X = np.random.default_rng(0).normal(size=(300, 2))
    >>> own = mutual_info_regression(np.c_[X, np.ones(300)], X[:, 0] ** 2)
    >>> own.argmax(), own[2]
    (np.int64(0), np.float64(0.0))
    """
    return _each(X, y, discrete_features, False, n_neighbors, n_jobs)


def mutual_info_classif(
    X: MatrixLike,
    y: ArrayLike,
    *,
    discrete_features: Any = "auto",
    n_neighbors: int = 3,
    copy: bool = True,
    random_state: int | None = None,
    n_jobs: int | None = None,
) -> np.ndarray:
    """Mutual information of each feature and classes, in nats. See `mutual_info_regression`."""
    check_classification_targets(y)
    return _each(X, y, discrete_features, True, n_neighbors, n_jobs)


def mutual_info_score(labels_true: ArrayLike, labels_pred: ArrayLike) -> float:
    """Mutual information of two labellings, in nats: the plug-in estimate."""
    return _plug_in(np.asarray(labels_true), np.asarray(labels_pred))


def _plug_in(a: np.ndarray, b: np.ndarray) -> float:
    own = mutual_information(a, b, discrete_x=True, discrete_y=True, estimator="plug-in", permutations=0)
    return own.value


def _each(X: Any, y: Any, discrete: Any, classes: bool, n_neighbors: int, n_jobs: int | None) -> np.ndarray:
    X = X if hasattr(X, "tocsr") or is_frame(X) else np.asarray(X)
    mask = _discrete(X, discrete)
    y = np.asarray(y).ravel()
    X = X.toarray() if hasattr(X, "toarray") else X

    def one(column: np.ndarray, categories: bool) -> float:
        if categories and classes:
            return _plug_in(column, y)
        return mutual_information(
            column,
            y,
            discrete_x=bool(categories),
            discrete_y=classes,
            n_neighbors=n_neighbors,
            permutations=0,
            n_jobs=n_jobs,
        ).value

    return np.array([one(column_of(X, f), mask[f]) for f in range(len(mask))])


def _discrete(X: Any, discrete: Any) -> np.ndarray:
    """Which features are categories."""
    if X.ndim != 2:
        raise ValueError(f"X has {X.ndim} dimensions\nhint: it is (n_samples, n_features)")
    mask = np.zeros(X.shape[1], dtype=bool)
    if isinstance(discrete, (bool, np.bool_)):
        mask[:] = discrete
    elif not isinstance(discrete, str):
        mask[np.asarray(discrete)] = True
    elif discrete != "auto":
        raise ValueError(f"discrete_features={discrete!r} is neither 'auto', nor a bool, nor a mask or places of features")
    elif hasattr(X, "tocsr"):
        # As in scikit-learn: what is sparse is counts.
        mask[:] = True
    elif is_frame(X):
        mask |= columns_of_categories(X)
    return mask

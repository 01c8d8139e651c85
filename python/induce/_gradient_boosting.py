"""Gradient boosting under scikit-learn's names (Friedman 2001)."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import numpy as np

from ._base import _Rows
from ._boosted import BoostedClassifier, BoostedRegressor, _flat
from ._gradient_base import RANGES, GradientBoosting
from ._parameters import keep
from ._ranges import Having, Number, Word

if TYPE_CHECKING:
    from ._typing import MatrixLike

_GRADIENT_DOC = """

    F(x) = F_0(x) + learning_rate sum_m f_m(x). Every tree f_m is fitted to the negative gradient of the loss by least
    squares, between all different values of a feature; its leaf values are the steps that lower the loss of their rows
    most: medians for absolute errors, one Newton step for likelihoods (Friedman 2001, algorithm 1).

    Parameters
    ----------
    loss : str
        {losses}.
    learning_rate : float >= 0, default=0.1
    n_estimators : int, default=100
    subsample : float in (0, 1], default=1.0
        Fraction of the rows that a tree sees, drawn anew for every round.
    criterion : str
        Deprecated and not used: trees are fitted by least squares.
    min_samples_split, min_samples_leaf : int or float
        Least rows of a node that is split, and of a leaf; a float is a fraction of the rows.
    min_weight_fraction_leaf : float, default=0.0
    max_depth : int or None, default=3
    min_impurity_decrease : float, default=0.0
        Least fall of the mean square of the gradient by a split, times the fraction of its rows.
    init : estimator, "zero" or None, default=None
        What the trees begin with: the predictions of a fitted copy of the estimator, zeros, or the best constant.
    random_state : int, RandomState or None, default=None
    max_features : int, float, "sqrt", "log2" or None
        Features a node considers.
    verbose : int, default=0
        1 prints a table of losses, of some rounds; more prints every round.
    max_leaf_nodes : int or None, default=None
        Grow the leaf of largest gain first, to so many leaves.
    warm_start : bool, default=False
        Go on from the fit before, up to `n_estimators`: the same trees as one fit with all of them.
    validation_fraction : float, default=0.1
    n_iter_no_change : int or None, default=None
        Hold `validation_fraction` out, stratified by class, and stop when the loss there is not lower than the
        highest of so many rounds before, by more than `tol`.
    tol : float, default=1e-4
    ccp_alpha : float >= 0, default=0.0
        Cost of a leaf in minimal cost-complexity pruning, in units of `min_impurity_decrease`.{more}

    Attributes
    ----------
    estimators_ : ndarray of shape (n_estimators_, n_trees_per_iteration_)
        The trees as regressors.
    n_estimators_, n_trees_per_iteration_, max_features_ : int
    feature_importances_ : ndarray of shape (n_features,)
    train_score_ : ndarray of shape (n_estimators_,)
        The mean loss of every round's rows after it.
    oob_scores_, oob_improvement_ : ndarray of shape (n_estimators_,)
        With `subsample` below 1: the mean loss of the rows that a round did not draw, after it, and by how much it fell.
    oob_score_ : float
        The last of `oob_scores_`.
    init_ : estimator or "zero"
    fit_report_ : FitReport
"""


class GradientBoostingRegressor(GradientBoosting, BoostedRegressor):
    __doc__ = "Gradient boosting for quantities, with scikit-learn's parameters." + _GRADIENT_DOC.format(
        losses="squared_error, absolute_error, huber or quantile",
        more="\n    alpha : float, default=0.9\n        The quantile of loss='quantile', and of the absolute residuals at which "
        "loss='huber' turns linear.",
    )
    _LOSSES = {"squared_error": "squared", "absolute_error": "absolute", "huber": "huber", "quantile": "quantile"}
    _RANGES = RANGES | {
        "loss": [Word(*_LOSSES)],
        "init": [Word("zero"), None, Having("fit", "predict")],
        "alpha": [Number(float, 0.0, 1.0, "neither")],
    }

    def __init__(
        self,
        *,
        loss="squared_error",
        learning_rate=0.1,
        n_estimators=100,
        subsample=1.0,
        criterion="deprecated",
        min_samples_split=2,
        min_samples_leaf=1,
        min_weight_fraction_leaf=0.0,
        max_depth=3,
        min_impurity_decrease=0.0,
        init=None,
        random_state=None,
        max_features=None,
        alpha=0.9,
        verbose=0,
        max_leaf_nodes=None,
        warm_start=False,
        validation_fraction=0.1,
        n_iter_no_change=None,
        tol=1e-4,
        ccp_alpha=0.0,
    ):
        keep(self, locals())

    def _boost_settings(self, rows: _Rows) -> dict[str, Any]:
        return super()._boost_settings(rows) | {"quantile": self.alpha, "huber_quantile": self.alpha}

    def _init_scores(self, X: MatrixLike) -> np.ndarray:
        return np.asarray(self._init.predict(X), dtype=np.float64).reshape(-1, 1)

    def predict(self, X: MatrixLike) -> np.ndarray:
        """The predicted quantity, of shape (n_samples,).

        Parameters
        ----------
        X : array-like, sparse matrix or frame of shape (n_samples, n_features)
        """
        return self._raw(X)[:, 0]

    def staged_predict(self, X: MatrixLike) -> Iterator[np.ndarray]:
        """`predict` after every round.

        Parameters
        ----------
        X : array-like, sparse matrix or frame of shape (n_samples, n_features)
        """
        for raw in self._staged_raw(X):
            yield raw[:, 0]


class GradientBoostingClassifier(GradientBoosting, BoostedClassifier):
    __doc__ = "Gradient boosting for classes, with scikit-learn's parameters." + _GRADIENT_DOC.format(
        losses="log_loss, or for two classes exponential, the loss of AdaBoost", more=""
    )
    _LOSSES = {"log_loss": "auto", "exponential": "exponential"}
    _RANGES = RANGES | {"loss": [Word(*_LOSSES)], "init": [Word("zero"), None, Having("fit", "predict_proba")]}

    def __init__(
        self,
        *,
        loss="log_loss",
        learning_rate=0.1,
        n_estimators=100,
        subsample=1.0,
        criterion="deprecated",
        min_samples_split=2,
        min_samples_leaf=1,
        min_weight_fraction_leaf=0.0,
        max_depth=3,
        min_impurity_decrease=0.0,
        init=None,
        random_state=None,
        max_features=None,
        verbose=0,
        max_leaf_nodes=None,
        warm_start=False,
        validation_fraction=0.1,
        n_iter_no_change=None,
        tol=1e-4,
        ccp_alpha=0.0,
    ):
        keep(self, locals())

    def _weight(self, sample_weight: Any, target: np.ndarray) -> np.ndarray | None:
        weight = super()._weight(sample_weight, target)
        left = len(self.classes_) if weight is None else len(np.unique(target[weight > 0]))
        if left < 2:
            raise ValueError(
                f"y contains {left} class after sample_weight trimmed classes with zero weights, while a minimum of 2 "
                "classes are required."
            )
        if self.loss == "exponential" and len(self.classes_) > 2:
            raise ValueError(
                "loss='exponential' is only suitable for a binary classification problem, you have "
                f"n_classes={len(self.classes_)}. Please use loss='log_loss' instead."
            )
        return weight

    def _factor(self) -> float:
        return 2.0 if self.loss == "log_loss" and len(self.classes_) == 2 else 1.0

    def _after(self, steps: int) -> None:
        super()._after(steps)
        self.n_classes_ = len(self.classes_)
        # The native score is the log-odds for either loss.
        self._scale = 0.5 if json.loads(self.model_.settings)["objective"] == "exponential" else 1.0

    def _init_scores(self, X: MatrixLike) -> np.ndarray:
        probabilities = np.asarray(self._init.predict_proba(X), dtype=np.float64)
        tiny = np.finfo(np.float64).eps
        logs = np.log(np.clip(probabilities, tiny, 1 - tiny))
        if probabilities.shape[1] == 2:
            return logs[:, 1:] - np.log1p(-np.clip(probabilities[:, 1:], tiny, 1 - tiny))
        return logs - logs.mean(axis=1, keepdims=True)

    def decision_function(self, X: MatrixLike) -> np.ndarray:
        """Scores before the link, of shape (n_samples,) for two classes, else (n_samples, n_classes).

        Log-odds; half of them for loss="exponential", which is the scale of AdaBoost.

        Parameters
        ----------
        X : array-like, sparse matrix or frame of shape (n_samples, n_features)
        """
        return self._decision(self._raw(X))

    def _decision(self, raw: np.ndarray) -> np.ndarray:
        return _flat(self._scale * raw)

    def predict_proba(self, X: MatrixLike) -> np.ndarray:
        """The probability of every class, of shape (n_samples, n_classes), in the order of `classes_`.

        Parameters
        ----------
        X : array-like, sparse matrix or frame of shape (n_samples, n_features)
        """
        return _shares(self._raw(X))

    def predict(self, X: MatrixLike) -> np.ndarray:
        """The likeliest class, of shape (n_samples,).

        Parameters
        ----------
        X : array-like, sparse matrix or frame of shape (n_samples, n_features)
        """
        return self._likeliest(self._raw(X))

    def _likeliest(self, raw: np.ndarray) -> np.ndarray:
        return self.classes_[(raw[:, 0] > 0).astype(np.intp) if raw.shape[1] == 1 else raw.argmax(axis=1)]

    def staged_predict(self, X: MatrixLike) -> Iterator[np.ndarray]:
        """`predict` after every round.

        Parameters
        ----------
        X : array-like, sparse matrix or frame of shape (n_samples, n_features)
        """
        for raw in self._staged_raw(X):
            yield self._likeliest(raw)

    def staged_predict_proba(self, X: MatrixLike) -> Iterator[np.ndarray]:
        """`predict_proba` after every round."""
        for raw in self._staged_raw(X):
            yield _shares(raw)

    def staged_decision_function(self, X: MatrixLike) -> Iterator[np.ndarray]:
        """`decision_function` after every round."""
        for raw in self._staged_raw(X):
            yield self._decision(raw)


def _shares(raw: np.ndarray) -> np.ndarray:
    """Probabilities of the classes for scores before the link."""
    if raw.shape[1] == 1:
        odds = np.exp(-np.abs(raw[:, 0]))
        less, more = odds / (1 + odds), 1 / (1 + odds)
        second = np.where(raw[:, 0] > 0, more, less)
        return np.column_stack([np.where(raw[:, 0] > 0, less, more), second])
    probabilities = np.exp(raw - raw.max(axis=1, keepdims=True))
    return probabilities / probabilities.sum(axis=1, keepdims=True)

"""Gradient boosting under scikit-learn's names (Friedman 2001)."""

from __future__ import annotations

import json
import warnings
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from . import _native
from ._base import _Rows
from ._boosted import BoostedClassifier, BoostedRegressor, _flat
from ._compat import check_is_fitted, clone
from ._early import some_rows
from ._gradient_course import GradientCourse
from ._parameters import keep
from ._ranges import FLAG, VERBOSE, Having, Number, Word, check
from ._trees import least_rows, share_of_features

_RANGES: dict[str, list[Any]] = {
    "learning_rate": [Number(float, 0.0)],
    "n_estimators": [Number(int, 1)],
    "subsample": [Number(float, 0.0, 1.0, "right")],
    "criterion": [Word("squared_error", "friedman_mse", "deprecated")],
    "min_samples_split": [Number(int, 2), Number(float, 0.0, 1.0, "right", whole=False)],
    "min_samples_leaf": [Number(int, 1), Number(float, 0.0, 1.0, "neither", whole=False)],
    "min_weight_fraction_leaf": [Number(float, 0.0, 0.5, "both")],
    "max_depth": [Number(int, 1), None],
    "min_impurity_decrease": [Number(float, 0.0)],
    "max_features": [Number(int, 1), Number(float, 0.0, 1.0, "right", whole=False), Word("sqrt", "log2"), None],
    "verbose": [VERBOSE],
    "max_leaf_nodes": [Number(int, 2), None],
    "warm_start": [FLAG],
    "validation_fraction": [Number(float, 0.0, 1.0, "neither")],
    "n_iter_no_change": [Number(int, 1), None],
    "tol": [Number(float, 0.0)],
    "ccp_alpha": [Number(float, 0.0)],
}


class _GradientBoosting:
    """Trees fitted to the negative gradient by least squares, leaf values by line search."""

    _LOSSES: dict[str, str] = {}
    _RANGES = _RANGES

    def fit(self, X: Any, y: Any, sample_weight: Any = None, monitor: Any = None) -> Any:
        """Fit the model.

        Parameters
        ----------
        X : array-like, sparse matrix or frame of shape (n_samples, n_features)
        y : array-like of shape (n_samples,)
        sample_weight : array-like of shape (n_samples,), default=None
            A weight counts as so many repetitions of its row.
        monitor : callable, default=None
            Called after every round with its number, from 0, the estimator as it is then, and local variables; True ends
            the fit.

        Returns
        -------
        self
        """
        check(self)
        if self.criterion != "deprecated":
            warnings.warn(
                "The parameter `criterion` has no effect: trees are fitted by least squares. Leave it at its default.",
                FutureWarning,
                stacklevel=2,
            )
        course = GradientCourse(self, X, monitor)
        return self._fit(X, y, sample_weight, as_fitted=course.rows, run=course.run)

    def _boost_settings(self, rows: _Rows) -> dict[str, Any]:
        check(self)
        number = rows.sum
        leaf = least_rows("min_samples_leaf", self.min_samples_leaf, number, 1)
        leaf = max(leaf, np.ceil(self.min_weight_fraction_leaf * number))
        leaves = self.max_leaf_nodes
        return {
            "objective": self._LOSSES[self.loss],
            "step": "gradient",
            "rounds": self.n_estimators,
            "learning_rate": self.learning_rate,
            "growth": "depthwise" if leaves is None else "leafwise",
            "max_depth": 0 if self.max_depth is None else self.max_depth,
            "max_leaves": 0 if leaves is None else leaves,
            "split": "exact",
            "min_child_weight": 0.0,
            "min_rows": int(leaf),
            "min_split": int(least_rows("min_samples_split", self.min_samples_split, number, 2)),
            "lambda": 0.0,
            # The gain is the fall of the sum of squares over the rows of a bag, the decrease that of their mean.
            "gamma": self.min_impurity_decrease * number * self.subsample,
            "pruning": self.ccp_alpha * number * self.subsample,
            "subsample": self.subsample,
            "colsample": 1.0,
            "colsample_node": share_of_features(self.max_features, self.n_features_in_),
            "early_stopping": 0,
            "trace": 1,
            "out_of_bag": self.subsample < 1.0,
        }

    def _fits_natively(self) -> bool:
        return self.init is None

    def _factor(self) -> float:
        """What the mean loss of the native fit is multiplied with: scikit-learn states the deviance of two classes."""
        return 1.0

    def _after(self, steps: int) -> None:
        super()._after(steps)
        self.n_estimators_ = self.model_.rounds
        self.n_trees_per_iteration_ = self.model_.outputs
        self.max_features_ = max(1, round(share_of_features(self.max_features, self.n_features_in_) * self.n_features_in_))

    # Where trees begin.

    def _begin(self, X: Any, rows: _Rows, learn: np.ndarray | None, *, fitted: bool) -> np.ndarray | None:
        """Scores before any tree, (rows, outputs); `None` for the best constant."""
        if self.init is None:
            self.__dict__.pop("init_", None)
            return None
        if isinstance(self.init, str):
            self.init_ = self.init
            outputs = len(self.classes_) if self._task == "classification" and len(self.classes_) > 2 else 1
            return np.zeros((len(rows.target), outputs))
        if not fitted:
            self.init_ = _fitted_init(self.init, X, rows, learn)
        return self._init_scores(X)

    def _init_scores(self, X: Any) -> np.ndarray:
        raise NotImplementedError

    def _raw(self, X: Any) -> np.ndarray:
        """Scores before the link, (rows, outputs)."""
        return self._raw_of(X)(self.model_)

    def _raw_of(self, X: Any) -> Callable[[_native.Model], np.ndarray]:
        """Scores before the link of a model of some of the rounds, on top of `init_`."""
        table, threads = self._checked(X), self._threads()
        begin = self._init_scores(X) if self._has_init() else None

        def raw(model: _native.Model) -> np.ndarray:
            scores = model.margins(table, threads)
            return scores if begin is None else scores + begin

        return raw

    def _staged_raw(self, X: Any) -> Iterator[np.ndarray]:
        check_is_fitted(self, "model_")
        return map(self._raw_of(X), self._stages())

    def _has_init(self) -> bool:
        return not isinstance(getattr(self, "init_", "zero"), str)

    def save(self, path: Any) -> None:
        """Write the model file, which the command line opens as well.

        Raises
        ------
        ValueError
            If the trees begin at an estimator, which no model file holds.
        """
        check_is_fitted(self, "model_")
        if self._has_init():
            raise ValueError(f"a model file does not hold the estimator init={self.init!r}: pickle the model")
        super().save(path)

    # The trees.

    def apply(self, X: Any) -> np.ndarray:
        """The number of the leaf that a row comes to in every tree.

        Parameters
        ----------
        X : array-like, sparse matrix or frame of shape (n_samples, n_features)

        Returns
        -------
        ndarray of shape (n_samples, n_estimators), for classes (n_samples, n_estimators, n_trees_per_iteration_)
        """
        table = self._checked(X)
        leaves = self.model_.leaves(table, self._threads()).astype(np.float64)
        return leaves if self._task == "classification" else leaves[:, :, 0]

    @property
    def estimators_(self) -> np.ndarray:
        """The trees as regressors, of shape (n_estimators, n_trees_per_iteration_); their values are before the shrinkage."""
        check_is_fitted(self, "model_")
        outputs = self.model_.outputs
        trees = np.empty((self.model_.rounds, outputs), dtype=object)
        grown = self.__dict__.get("_grown", [(self.model_.rounds, self.get_params(deep=False))])
        begin = 0
        for end, params in grown:
            for i in range(begin, end):
                trees[i] = [self._tree(i * outputs + k, params) for k in range(outputs)]
            begin = end
        return trees

    def _tree(self, index: int, params: dict[str, Any]) -> Any:
        """Tree `index` as a regressor with the parameters that it was grown with."""
        from .tree import DecisionTreeRegressor

        tree = DecisionTreeRegressor(**{name: params[name] for name in DecisionTreeRegressor().get_params()
                                        if name in params and name != "criterion"})
        rate = params["learning_rate"]
        return tree._adopt(self.model_.tree(index, 1.0 / rate if rate > 0 else 1.0))


def _fitted_init(init: Any, X: Any, rows: _Rows, learn: np.ndarray | None) -> Any:
    """A copy of the estimator `init`, fitted to the rows that learn."""
    init = clone(init)
    y, weight = rows.target, rows.weight
    if learn is not None:
        X, y = some_rows(X, learn), y[learn]
    if weight is None:
        return init.fit(X, y)
    weight = weight if learn is None else weight[learn]
    refusal = f"The initial estimator {type(init).__name__} does not support sample weights."
    try:
        return init.fit(X, y, sample_weight=weight)
    except TypeError as error:
        if "unexpected keyword argument 'sample_weight'" in str(error):
            raise ValueError(refusal) from error
        raise
    except ValueError as error:
        # A pipeline, which does not know for which of its steps the weights are.
        if "stepname__parameter" in str(error):
            raise ValueError(refusal) from error
        raise


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
        Share of the rows that a tree sees, drawn anew for every round.
    criterion : str
        Deprecated and not used: trees are fitted by least squares.
    min_samples_split, min_samples_leaf : int or float
        Least rows of a node that is split, and of a leaf; a float is a share.
    min_weight_fraction_leaf : float, default=0.0
    max_depth : int or None, default=3
    min_impurity_decrease : float, default=0.0
        Least fall of the mean square of the gradient by a split, times its rows' share.
    init : estimator, "zero" or None, default=None
        What the trees begin with: the predictions of a fitted copy of the estimator, zeros, or the best constant.
    random_state : int, RandomState or None, default=None
    max_features : int, float, "sqrt", "log2" or None
        Features a node looks at.
    verbose : int, default=0
        1 prints a table of losses, of some rounds; more prints every round.
    max_leaf_nodes : int or None, default=None
        Grow the leaf of largest gain first, to so many leaves.
    warm_start : bool, default=False
        Go on from the fit before, up to `n_estimators`: the same trees as one fit with all of them.
    validation_fraction : float, default=0.1
    n_iter_no_change : int or None, default=None
        Hold `validation_fraction` out, for classes with their shares, and stop when the loss there is not lower than the
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
        Only if `init` is given.
    fit_report_ : FitReport
"""


class GradientBoostingRegressor(_GradientBoosting, BoostedRegressor):
    __doc__ = "Gradient boosting for quantities, with scikit-learn's parameters." + _GRADIENT_DOC.format(
        losses="squared_error, absolute_error, huber or quantile",
        more="\n    alpha : float, default=0.9\n        The quantile of loss='quantile', and of the absolute residuals at which "
        "loss='huber' turns linear.",
    )
    _LOSSES = {"squared_error": "squared", "absolute_error": "absolute", "huber": "huber", "quantile": "quantile"}
    _RANGES = _RANGES | {
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

    def _init_scores(self, X: Any) -> np.ndarray:
        return np.asarray(self.init_.predict(X), dtype=np.float64).reshape(-1, 1)

    def predict(self, X: Any) -> np.ndarray:
        """The predicted quantity, of shape (n_samples,).

        Parameters
        ----------
        X : array-like, sparse matrix or frame of shape (n_samples, n_features)
        """
        return self._raw(X)[:, 0]

    def staged_predict(self, X: Any) -> Iterator[np.ndarray]:
        """`predict` after every round.

        Parameters
        ----------
        X : array-like, sparse matrix or frame of shape (n_samples, n_features)
        """
        for raw in self._staged_raw(X):
            yield raw[:, 0]


class GradientBoostingClassifier(_GradientBoosting, BoostedClassifier):
    __doc__ = "Gradient boosting for classes, with scikit-learn's parameters." + _GRADIENT_DOC.format(
        losses="log_loss, or for two classes exponential, the loss of AdaBoost", more=""
    )
    _LOSSES = {"log_loss": "auto", "exponential": "exponential"}
    _RANGES = _RANGES | {"loss": [Word(*_LOSSES)], "init": [Word("zero"), None, Having("fit", "predict_proba")]}

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

    def _init_scores(self, X: Any) -> np.ndarray:
        shares = np.asarray(self.init_.predict_proba(X), dtype=np.float64)
        tiny = np.finfo(np.float64).eps
        logs = np.log(np.clip(shares, tiny, 1 - tiny))
        if shares.shape[1] == 2:
            return logs[:, 1:] - np.log1p(-np.clip(shares[:, 1:], tiny, 1 - tiny))
        return logs - logs.mean(axis=1, keepdims=True)

    def decision_function(self, X: Any) -> np.ndarray:
        """Scores before the link, of shape (n_samples,) for two classes, else (n_samples, n_classes).

        Log-odds; half of them for loss="exponential", which is the scale of AdaBoost.

        Parameters
        ----------
        X : array-like, sparse matrix or frame of shape (n_samples, n_features)
        """
        return self._decision(self._raw(X))

    def _decision(self, raw: np.ndarray) -> np.ndarray:
        return _flat(self._scale * raw)

    def predict_proba(self, X: Any) -> np.ndarray:
        """The probability of every class, of shape (n_samples, n_classes), in the order of `classes_`.

        Parameters
        ----------
        X : array-like, sparse matrix or frame of shape (n_samples, n_features)
        """
        return _shares(self._raw(X))

    def predict(self, X: Any) -> np.ndarray:
        """The likeliest class, of shape (n_samples,).

        Parameters
        ----------
        X : array-like, sparse matrix or frame of shape (n_samples, n_features)
        """
        return self._likeliest(self._raw(X))

    def _likeliest(self, raw: np.ndarray) -> np.ndarray:
        return self.classes_[(raw[:, 0] > 0).astype(np.intp) if raw.shape[1] == 1 else raw.argmax(axis=1)]

    def staged_predict(self, X: Any) -> Iterator[np.ndarray]:
        """`predict` after every round.

        Parameters
        ----------
        X : array-like, sparse matrix or frame of shape (n_samples, n_features)
        """
        for raw in self._staged_raw(X):
            yield self._likeliest(raw)

    def staged_predict_proba(self, X: Any) -> Iterator[np.ndarray]:
        """`predict_proba` after every round."""
        for raw in self._staged_raw(X):
            yield _shares(raw)

    def staged_decision_function(self, X: Any) -> Iterator[np.ndarray]:
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
    shares = np.exp(raw - raw.max(axis=1, keepdims=True))
    return shares / shares.sum(axis=1, keepdims=True)

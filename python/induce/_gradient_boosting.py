"""Gradient boosting under scikit-learn's names (Friedman 2001)."""

from __future__ import annotations

import numbers
from collections.abc import Iterable
from typing import Any

import numpy as np

from ._base import _Rows
from ._boosted import BoostedClassifier, BoostedRegressor, StagedClassifier, StagedRegressor
from ._parameters import keep, only
from ._rows import held_out
from ._trees import least_rows, share_of_features


class _EarlyStopping:
    """Mixin: part of the rows held out for early stopping."""

    def _patience(self, rows: _Rows) -> int:
        raise NotImplementedError

    def _as_fitted(self, rows: _Rows) -> _Rows:
        patience = self._patience(rows)
        rows = super()._as_fitted(rows)
        if patience == 0 or rows.valid is not None:
            return rows
        share = self.validation_fraction
        if share is None:
            rows.valid = rows
            return rows
        if isinstance(share, numbers.Integral):
            share = share / len(rows.target)
        if not 0.0 < share < 1.0 or len(rows.target) < 2:
            raise ValueError(f"validation_fraction == {self.validation_fraction}, must leave rows on both sides")
        return held_out(rows, share, self._seed())


def _counted(name: str, value: Any) -> int:
    if not isinstance(value, numbers.Integral) or value < 1:
        raise ValueError(f"{name} == {value}, must be an int >= 1")
    return int(value)


class _GradientBoosting(_EarlyStopping):
    _LOSSES: dict[str, str] = {}

    def _patience(self, rows: _Rows) -> int:
        return 0 if self.n_iter_no_change is None else _counted("n_iter_no_change", self.n_iter_no_change)

    def _boost_settings(self, rows: _Rows) -> dict[str, Any]:
        if self.loss not in self._LOSSES:
            raise ValueError(f"loss == {self.loss!r} is none of those that are supported: {list(self._LOSSES)}")
        only(self, "trees are boosted from the best constant", init=None)
        only(self, "fit once with as many rounds as you want", warm_start=False)
        only(self, "set `max_depth` or `min_samples_leaf`", ccp_alpha=0.0)
        only(self, "any improvement counts", tol=1e-4)
        number = rows.sum
        leaf = least_rows("min_samples_leaf", self.min_samples_leaf, number, 1)
        leaf = max(leaf, np.ceil(self.min_weight_fraction_leaf * number))
        if least_rows("min_samples_split", self.min_samples_split, number, 2) > 2 * leaf:
            raise ValueError(
                f"{type(self).__name__} does not support min_samples_split={self.min_samples_split!r} above twice "
                "`min_samples_leaf`; set `min_samples_leaf`"
            )
        if self.min_impurity_decrease and self.loss != "squared_error":
            raise ValueError("min_impurity_decrease is supported for loss='squared_error' only")
        if self.max_depth is not None:
            _counted("max_depth", self.max_depth)
        leaves = self.max_leaf_nodes
        return {
            "objective": self._LOSSES[self.loss],
            "rounds": _counted("n_estimators", self.n_estimators),
            "learning_rate": self.learning_rate,
            "growth": "depthwise" if leaves is None else "leafwise",
            "max_depth": 0 if self.max_depth is None else self.max_depth,
            "max_leaves": 0 if leaves is None else leaves,
            "split": "exact",
            "min_child_weight": 0.0,
            "min_rows": int(leaf),
            "lambda": 0.0,
            # The gain of squared error is the fall of its sum, scikit-learn's decrease that of its mean.
            "gamma": self.min_impurity_decrease * number,
            "subsample": self.subsample,
            "colsample": 1.0,
            "colsample_node": share_of_features(self.max_features, self.n_features_in_),
            "early_stopping": self._patience(rows),
        }

    def _after(self, steps: int) -> None:
        super()._after(steps)
        self.n_estimators_ = self.model_.rounds
        traces = self.fit_report_.traces.get("train", {})
        self.train_score_ = np.asarray(list(next(iter(traces.values()), {}).values())[: self.n_estimators_])
        self.max_features_ = max(1, round(share_of_features(self.max_features, self.n_features_in_) * self.n_features_in_))


_GRADIENT_DOC = """

    F(x) = F_0 + learning_rate sum_m f_m(x), every tree f_m a Newton step of the loss on all different values.

    Parameters
    ----------
    loss : str
        {losses}.
    learning_rate : float in (0, 1], default=0.1
    n_estimators : int, default=100
    subsample : float in (0, 1], default=1.0
    criterion : str
        Taken and not used: splits are chosen by the loss's own gain.
    min_samples_split : int or float, default=2
        At most twice `min_samples_leaf`.
    min_samples_leaf : int or float, default=1
        Estimated by a leaf's share of its parent's curvature; exact for squared error.
    min_weight_fraction_leaf : float, default=0.0
    max_depth : int or None, default=3
    min_impurity_decrease : float, default=0.0
        For squared error only.
    init, warm_start, tol, ccp_alpha
        Their defaults only; an error if they are set.
    random_state : int, RandomState or None, default=None
    max_features : int, float, "sqrt", "log2" or None
    verbose : int, default=0
        Show a progress bar.
    max_leaf_nodes : int or None, default=None
    validation_fraction : float, default=0.1
    n_iter_no_change : int or None, default=None
        Hold `validation_fraction` out and stop after so many rounds without a better loss there.{more}

    Attributes
    ----------
    feature_importances_ : ndarray of shape (n_features,)
    n_estimators_ : int
    train_score_ : ndarray of shape (n_estimators_,)
        The loss on the training rows after every round.
    fit_report_ : FitReport
"""


class GradientBoostingRegressor(_GradientBoosting, StagedRegressor, BoostedRegressor):
    __doc__ = "Gradient boosting for quantities, with scikit-learn's parameters." + _GRADIENT_DOC.format(
        losses="squared_error, absolute_error or quantile",
        more="\n    alpha : float, default=0.9\n        The quantile of loss='quantile'.",
    )
    _LOSSES = {"squared_error": "squared", "absolute_error": "absolute", "quantile": "quantile"}

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
        return super()._boost_settings(rows) | {"quantile": self.alpha}


class GradientBoostingClassifier(_GradientBoosting, StagedClassifier, BoostedClassifier):
    __doc__ = "Gradient boosting for classes, with scikit-learn's parameters." + _GRADIENT_DOC.format(
        losses="log_loss", more=""
    )
    _LOSSES = {"log_loss": "auto"}

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

    def _after(self, steps: int) -> None:
        super()._after(steps)
        self.n_classes_ = len(self.classes_)


#: Rows above which `early_stopping="auto"` holds some out, as in scikit-learn.
_MANY = 10_000


class _HistGradientBoosting(_EarlyStopping):
    _LOSSES: dict[str, str] = {}

    def _patience(self, rows: _Rows) -> int:
        early = self.early_stopping
        if early not in (True, False, "auto"):
            raise ValueError(f"early_stopping == {early!r} is none of True, False, 'auto'")
        if early == "auto":
            early = len(rows.target) > _MANY
        return _counted("n_iter_no_change", self.n_iter_no_change) if early else 0

    def _boost_settings(self, rows: _Rows) -> dict[str, Any]:
        if self.loss not in self._LOSSES:
            raise ValueError(f"loss == {self.loss!r} is none of those that are supported: {list(self._LOSSES)}")
        only(self, "fit once with as many rounds as you want", warm_start=False)
        only(self, "any improvement counts", tol=1e-7)
        only(self, "the loss is watched", scoring="loss")
        only(self, "give a frame whose columns are categories", categorical_features="from_dtype")
        if not 2 <= self.max_bins <= 255:
            raise ValueError(f"max_bins={self.max_bins} should be no smaller than 2 and no larger than 255.")
        if self.max_leaf_nodes is not None and self.max_leaf_nodes < 2:
            raise ValueError(f"max_leaf_nodes == {self.max_leaf_nodes}, must be >= 2 or None")
        return {
            "objective": self._LOSSES[self.loss],
            "rounds": _counted("max_iter", self.max_iter),
            "learning_rate": self.learning_rate,
            "growth": "leafwise",
            "max_depth": 0 if self.max_depth is None else _counted("max_depth", self.max_depth),
            "max_leaves": 0 if self.max_leaf_nodes is None else self.max_leaf_nodes,
            "bins": self.max_bins,
            "min_child_weight": 1e-3,
            "min_rows": _counted("min_samples_leaf", self.min_samples_leaf),
            "lambda": self.l2_regularization,
            "subsample": 1.0,
            "colsample": 1.0,
            "colsample_node": share_of_features(float(self.max_features), self.n_features_in_),
            "early_stopping": self._patience(rows),
            "monotone": self._monotone(self.monotonic_cst),
            "interactions": self._interactions(),
        }

    def _interactions(self) -> list[list[str]]:
        given = self.interaction_cst
        if isinstance(given, str):
            names = self._names()
            if given == "no_interactions":
                return [[name] for name in names]
            if given == "pairwise":
                return [[a, b] for i, a in enumerate(names) for b in names[i + 1 :]]
            raise ValueError(f"interaction_cst == {given!r} is none of 'pairwise', 'no_interactions' and sets of features")
        if given is not None and not (isinstance(given, Iterable) and all(isinstance(s, Iterable) for s in given)):
            raise ValueError("Interaction constraints must be a sequence of tuples or lists")
        return self._sets(given)

    def _after(self, steps: int) -> None:
        super()._after(steps)
        self.n_iter_ = self.model_.rounds
        self.do_early_stopping_ = "valid" in self.fit_report_.traces


_HIST_DOC = """

    F(x) = F_0 + learning_rate sum_m f_m(x), every tree f_m a Newton step of the loss on binned values.

    Parameters
    ----------
    loss : str
        {losses}.
    learning_rate : float in (0, 1], default=0.1
    max_iter : int, default=100
    max_leaf_nodes : int or None, default=31
    max_depth : int or None, default=None
    min_samples_leaf : int, default=20
        Estimated by a leaf's share of its parent's curvature; exact for squared error.
    l2_regularization : float, default=0.0
    max_features : float, default=1.0
        Share of the features that a node looks at.
    max_bins : int, default=255
    categorical_features, warm_start, scoring, tol
        Their defaults only; an error if they are set. Columns of categories of a frame are categories.
    monotonic_cst : array-like of int of shape (n_features,) or dict, default=None
    interaction_cst : {{"pairwise", "no_interactions"}} or sequence of lists, default=None
    early_stopping : "auto" or bool, default="auto"
        Hold `validation_fraction` out; "auto" does with more than 10 000 rows.
    validation_fraction : float, int or None, default=0.1
        None watches the training rows themselves.
    n_iter_no_change : int, default=10
    verbose : int, default=0
        Show a progress bar.
    random_state : int, RandomState or None, default=None{more}

    Attributes
    ----------
    n_iter_ : int
    do_early_stopping_ : bool
    feature_importances_ : ndarray of shape (n_features,)
    fit_report_ : FitReport
"""


class HistGradientBoostingRegressor(_HistGradientBoosting, StagedRegressor, BoostedRegressor):
    __doc__ = "Gradient boosting on binned values for quantities, with scikit-learn's parameters." + _HIST_DOC.format(
        losses="squared_error, absolute_error, gamma, poisson or quantile",
        more="\n    quantile : float, default=None\n        The quantile of loss='quantile'.",
    )
    _LOSSES = {
        "squared_error": "squared",
        "absolute_error": "absolute",
        "gamma": "gamma",
        "poisson": "poisson",
        "quantile": "quantile",
    }

    def __init__(
        self,
        loss="squared_error",
        *,
        quantile=None,
        learning_rate=0.1,
        max_iter=100,
        max_leaf_nodes=31,
        max_depth=None,
        min_samples_leaf=20,
        l2_regularization=0.0,
        max_features=1.0,
        max_bins=255,
        categorical_features="from_dtype",
        monotonic_cst=None,
        interaction_cst=None,
        warm_start=False,
        early_stopping="auto",
        scoring="loss",
        validation_fraction=0.1,
        n_iter_no_change=10,
        tol=1e-7,
        verbose=0,
        random_state=None,
    ):
        keep(self, locals())

    def _boost_settings(self, rows: _Rows) -> dict[str, Any]:
        settings = super()._boost_settings(rows)
        if self.loss != "quantile":
            return settings
        if self.quantile is None:
            raise ValueError("loss='quantile' needs `quantile`, a number in (0, 1)")
        return settings | {"quantile": self.quantile}


class HistGradientBoostingClassifier(_HistGradientBoosting, StagedClassifier, BoostedClassifier):
    __doc__ = "Gradient boosting on binned values for classes, with scikit-learn's parameters." + _HIST_DOC.format(
        losses="log_loss", more='\n    class_weight : dict, "balanced" or None, default=None'
    )
    _LOSSES = {"log_loss": "auto"}

    def __init__(
        self,
        loss="log_loss",
        *,
        learning_rate=0.1,
        max_iter=100,
        max_leaf_nodes=31,
        max_depth=None,
        min_samples_leaf=20,
        l2_regularization=0.0,
        max_features=1.0,
        max_bins=255,
        categorical_features="from_dtype",
        monotonic_cst=None,
        interaction_cst=None,
        warm_start=False,
        early_stopping="auto",
        scoring="loss",
        validation_fraction=0.1,
        n_iter_no_change=10,
        tol=1e-7,
        verbose=0,
        random_state=None,
        class_weight=None,
    ):
        keep(self, locals())

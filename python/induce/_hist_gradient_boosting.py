"""Gradient boosting on binned values under scikit-learn's names (Ke et al. 2017)."""

from __future__ import annotations

import itertools
import numbers
from typing import TYPE_CHECKING, Any

import numpy as np

from ._base import _Rows
from ._boosted import BoostedClassifier, BoostedRegressor, StagedClassifier, StagedRegressor
from ._categories import ChosenCategories
from ._compat import check_random_state, check_sample_weight
from ._hist_course import HistCourse
from ._parameters import keep
from ._ranges import CALLABLE, FLAG, SEQUENCE, TABLE, TEXT, VERBOSE, Number, Word, check
from ._trees import fraction_of_features

if TYPE_CHECKING:
    from ._typing import ArrayLike, MatrixLike

_RANGES: dict[str, list[Any]] = {
    "learning_rate": [Number(float, 0.0, None, "neither")],
    "max_iter": [Number(int, 1)],
    "max_leaf_nodes": [Number(int, 2), None],
    "max_depth": [Number(int, 1), None],
    "min_samples_leaf": [Number(int, 1)],
    "l2_regularization": [Number(float, 0.0)],
    "max_features": [Number(float, 0.0, 1.0, "right")],
    "monotonic_cst": [SEQUENCE, TABLE, None],
    "interaction_cst": [SEQUENCE, Word("pairwise", "no_interactions"), None],
    "n_iter_no_change": [Number(int, 1)],
    "validation_fraction": [Number(float, 0.0, 1.0, "neither", whole=False), Number(int, 1), None],
    "tol": [Number(float, 0.0)],
    "max_bins": [Number(int, 2, 255, "both")],
    "categorical_features": [SEQUENCE, Word("from_dtype"), None],
    "warm_start": [FLAG],
    "early_stopping": [Word("auto"), FLAG],
    "scoring": [TEXT, CALLABLE, None],
    "verbose": [VERBOSE],
}


#: Categories of fewer rows are taken for missing.
_RARE = 10


class _HistGradientBoosting(ChosenCategories):
    """Newton trees on binned values."""

    _LOSSES: dict[str, str] = {}
    _RANGES = _RANGES

    def fit(
        self, X: MatrixLike, y: ArrayLike, sample_weight: ArrayLike | None = None, *, X_val: Any = None, y_val: Any = None, sample_weight_val: Any = None
    ) -> Any:
        """Fit the model.

        Parameters
        ----------
        X : array-like, sparse matrix or frame of shape (n_samples, n_features)
        y : array-like of shape (n_samples,)
        sample_weight : array-like of shape (n_samples,), default=None
            A weight counts as so many repetitions of its row.
        X_val, y_val, sample_weight_val : array-like, default=None
            Held-out rows that say when to stop, in place of a part of the training rows.

        Returns
        -------
        self
        """
        check(self)
        for given, other, name, missing in ((X_val, y_val, "X_val", "y_val"), (y_val, X_val, "y_val", "X_val")):
            if given is not None and other is None:
                raise ValueError(f"{name} is provided, but {missing} was not provided.")
        if X_val is not None and self.early_stopping is False:
            raise ValueError(
                "X_val and y_val are passed to fit while at the same time early_stopping is False. When passing X_val and "
                "y_val to fit, early_stopping should be set to either 'auto' or True."
            )
        held_out = None if X_val is None else (X_val, y_val, sample_weight_val)
        course = HistCourse(self, X, y, held_out)
        valid = None if held_out is None else lambda: self._held_out(*held_out)
        return self._fit(X, y, sample_weight, valid=valid, as_fitted=course.rows, run=course.run)

    def _held_out(self, X: MatrixLike, y: ArrayLike, sample_weight: Any) -> _Rows:
        """The held-out rows, as the native fit reads them."""
        rows = self._held_out_rows((X, y))()
        if sample_weight is not None:
            rows.weight = check_sample_weight(sample_weight, rows.target, dtype=np.float64, ensure_non_negative=True)
        return rows

    def _draw_split_seed(self) -> int:
        return int(check_random_state(self.random_state).randint(np.iinfo(np.uint32).max, dtype="u8"))

    # Columns.

    def _finite(self) -> Any:
        # Infinite values lie beyond all others, and missing ones go where they gain most.
        return False

    def _given_categories(self) -> Any:
        return self.categorical_features

    def _most_categories(self) -> int:
        return self.max_bins

    def _monotone(self, given: Any) -> dict[str, int]:
        if given is None:
            return {}
        if self._task == "classification" and len(self.classes_) > 2:
            raise ValueError("monotonic constraints are not supported for multiclass classification.")
        found = super()._monotone(_checked_directions(self, given))
        names, mask = self._names(), getattr(self, "is_categorical_", None)
        if mask is not None and any(mask[names.index(name)] for name, way in found.items() if way):
            raise ValueError("Categorical features cannot have monotonic constraints.")
        return found

    def _interactions(self) -> list[list[str]]:
        """Sets of features that may meet, by name; features in none of them are a set."""
        given, features = self.interaction_cst, self.n_features_in_
        if given is None:
            return []
        if isinstance(given, str):
            places = range(features)
            given = itertools.combinations(places, 2) if given == "pairwise" else [[j] for j in places]
        try:
            groups = [set(group) for group in given]
        except TypeError as error:
            raise ValueError(
                f"Interaction constraints must be a sequence of tuples or lists, got: {self.interaction_cst!r}."
            ) from error
        for group in groups:
            if not all(isinstance(j, numbers.Integral) and 0 <= j < features for j in group):
                raise ValueError(
                    f"Interaction constraints must consist of integer indices in [0, n_features - 1] = [0, {features - 1}], "
                    f"specifying the position of features, got invalid indices: {group!r}"
                )
        rest = set(range(features)).difference(*groups)
        return self._sets([sorted(group) for group in [*groups, rest] if group])

    # The fit.

    def _boost_settings(self, rows: _Rows) -> dict[str, Any]:
        check(self)
        return {
            "objective": self._LOSSES[self.loss],
            "rounds": self.max_iter,
            "learning_rate": self.learning_rate,
            "growth": "leafwise",
            "max_depth": 0 if self.max_depth is None else self.max_depth,
            "max_leaves": 0 if self.max_leaf_nodes is None else self.max_leaf_nodes,
            "bins": self.max_bins,
            "min_child_weight": 1e-3,
            "min_samples_leaf": self.min_samples_leaf,
            "lambda": self.l2_regularization,
            # As in scikit-learn: no penalty of their own, any set of them, and what is rare is missing.
            "category_lambda": 0.0,
            "category_set": self.max_bins,
            "category_rows": _RARE,
            # As in scikit-learn: the diagonal of the second derivative.
            "softmax_curvature": "diagonal",
            "subsample": 1.0,
            "colsample": 1.0,
            "colsample_node": fraction_of_features(float(self.max_features), self.n_features_in_),
            "early_stopping": 0,
            "trace": 1 if getattr(self, "do_early_stopping_", False) else 0,
            "monotone": self._monotone(self.monotonic_cst),
            "interactions": self._interactions(),
        }

    def _fits_natively(self) -> bool:
        categories = self.categorical_features
        return self.early_stopping is not True and (categories is None or isinstance(categories, str))

    def _after(self, steps: int) -> None:
        super()._after(steps)
        self.n_iter_ = self.model_.rounds
        self.n_trees_per_iteration_ = self.model_.outputs


def _checked_directions(owner: Any, given: Any) -> Any:
    """Directions of scores, from names or one per feature, each -1, 0 or 1."""
    if isinstance(given, dict):
        if not hasattr(owner, "feature_names_in_"):
            raise ValueError(
                f"{type(owner).__name__} was not fitted on data with feature names. Pass monotonic_cst as an integer array "
                "instead."
            )
        unknown = sorted(set(given) - set(owner.feature_names_in_))
        if unknown:
            shown = unknown if len(unknown) <= 5 else [*unknown[:5], "..."]
            raise ValueError(f"monotonic_cst contains {len(unknown)} unexpected feature names: {shown}.")
        for name, way in given.items():
            if way not in (-1, 0, 1):
                raise ValueError(f"monotonic_cst['{name}'] must be either -1, 0 or 1. Got {way!r}.")
        return given
    given = np.asarray(given)
    wrong = np.setdiff1d(given, [-1, 0, 1])
    if len(wrong):
        raise ValueError(f"monotonic_cst must be an array-like of -1, 0 or 1. Observed values: {wrong.tolist()}.")
    if given.shape != (owner.n_features_in_,):
        raise ValueError(f"monotonic_cst has shape {given.shape} but the input data X has {owner.n_features_in_} features.")
    return given


_HIST_DOC = """

    F(x) = F_0 + learning_rate sum_m f_m(x), every tree f_m a Newton step of the loss on binned values.

    Parameters
    ----------
    loss : str
        {losses}.
    learning_rate : float > 0, default=0.1
    max_iter : int, default=100
    max_leaf_nodes : int or None, default=31
    max_depth : int or None, default=None
    min_samples_leaf : int, default=20
        Estimated by a leaf's fraction of its parent's curvature; exact for squared error.
    l2_regularization : float, default=0.0
    max_features : float, default=1.0
        Fraction of the features that a node considers.
    max_bins : int, default=255
        Also the most categories that a feature may have.
    categorical_features : "from_dtype", array-like of bool, int or str, or None, default="from_dtype"
        Columns that are categories: those of a frame that are no numbers, a mask, indices, names. Values that were not seen
        in the fit, or in fewer than 10 rows, are missing values.
    monotonic_cst : array-like of int of shape (n_features,) or dict of str to int, default=None
        The direction, -1 or 1, in which a feature may move the score.
    interaction_cst : {{"pairwise", "no_interactions"}} or sequence of lists of int, default=None
        Features that may meet on one path; those that are in none of the lists are a list of their own.
    warm_start : bool, default=False
        Go on from the fit before, up to `max_iter`: the same trees as one fit with all of them.
    early_stopping : "auto" or bool, default="auto"
        "auto" is with more than 10 000 rows.
    scoring : str, callable or None, default="loss"
        What early stopping watches: the loss, a scorer by name or as a callable, or None for the estimator's `score`.
    validation_fraction : float, int or None, default=0.1
        Rows that are held out to be scored, stratified by class; None scores the training rows.
    n_iter_no_change : int, default=10
        Stop when none of so many rounds has a score better, by more than `tol`, than the round before them.
    tol : float, default=1e-7
    verbose : int, default=0
        Show a progress bar.
    random_state : int, RandomState or None, default=None{more}

    Attributes
    ----------
    n_iter_, n_trees_per_iteration_ : int
    do_early_stopping_ : bool
    is_categorical_ : ndarray of bool of shape (n_features,) or None
    train_score_, validation_score_ : ndarray
        With early stopping: scores, the larger the better, before the first round and after each.
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
    _RANGES = _RANGES | {"loss": [Word(*_LOSSES)], "quantile": [Number(float, 0.0, 1.0, "both"), None]}

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

    def _target(self, y: ArrayLike) -> np.ndarray:
        target = super()._target(y)
        if self.loss == "gamma" and not (target > 0).all():
            raise ValueError("loss='gamma' requires strictly positive y.")
        if self.loss == "poisson" and not ((target >= 0).all() and target.sum() > 0):
            raise ValueError("loss='poisson' requires non-negative y and sum(y) > 0.")
        return target

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
    _RANGES = _RANGES | {"loss": [Word(*_LOSSES)]}

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

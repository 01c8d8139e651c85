"""What gradient boosting under scikit-learn's names has in common: settings, beginnings, trees (Friedman 2001)."""

from __future__ import annotations

import copy
import warnings
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

import numpy as np

from . import _native
from ._base import _Rows
from ._compat import check_is_fitted, clone
from ._data import rows_of
from ._gradient_course import GradientCourse
from ._ranges import FLAG, VERBOSE, Number, Word, check
from ._trees import least_rows, fraction_of_features

if TYPE_CHECKING:
    from ._typing import ArrayLike, MatrixLike, PathLike, Self

RANGES: dict[str, list[Any]] = {
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


class GradientBoosting:
    """Trees fitted to the negative gradient by least squares, leaf values by line search."""

    _LOSSES: dict[str, str] = {}
    _RANGES = RANGES

    def fit(self, X: MatrixLike, y: ArrayLike, sample_weight: ArrayLike | None = None, monitor: Any = None) -> Self:
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
            "min_samples_leaf": int(leaf),
            "min_samples_split": int(least_rows("min_samples_split", self.min_samples_split, number, 2)),
            "lambda": 0.0,
            # The gain is the fall of the sum of squares over the rows of a bag, the decrease that of their mean.
            "gamma": self.min_impurity_decrease * number * self.subsample,
            "pruning": self.ccp_alpha * number * self.subsample,
            "subsample": self.subsample,
            "colsample": 1.0,
            "colsample_node": fraction_of_features(self.max_features, self.n_features_in_),
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
        self.max_features_ = max(1, round(fraction_of_features(self.max_features, self.n_features_in_) * self.n_features_in_))

    # Where trees begin.

    def _begin(self, X: MatrixLike, rows: _Rows, learn: np.ndarray | None, *, fitted: bool) -> np.ndarray | None:
        """Scores before any tree, (rows, outputs); `None` for the best constant."""
        if self.init is None:
            self.__dict__.pop("_init", None)
            return None
        if isinstance(self.init, str):
            self._init = self.init
            outputs = len(self.classes_) if self._task == "classification" and len(self.classes_) > 2 else 1
            return np.zeros((len(rows.target), outputs))
        if not fitted:
            self._init = _fitted_init(self.init, X, rows, learn)
        return self._init_scores(X)

    def _init_scores(self, X: MatrixLike) -> np.ndarray:
        raise NotImplementedError

    def _raw(self, X: MatrixLike) -> np.ndarray:
        """Scores before the link, (rows, outputs)."""
        return self._raw_of(X)(self.model_)

    def _raw_of(self, X: MatrixLike) -> Callable[[_native.Model], np.ndarray]:
        """Scores before the link of a model of some of the rounds, on top of `init_`."""
        table, threads = self._checked(X), self._threads()
        begin = self._init_scores(X) if self._has_init() else None

        def raw(model: _native.Model) -> np.ndarray:
            scores = model.margins(table, threads)
            return scores if begin is None else scores + begin

        return raw

    def _staged_raw(self, X: MatrixLike) -> Iterator[np.ndarray]:
        check_is_fitted(self, "model_")
        return map(self._raw_of(X), self._stages())

    def _adopted_like(self, model: _native.Model) -> Any:
        """An estimator as this one, but with another model."""
        other = copy.copy(self)
        other.model_ = model
        return other

    def _has_init(self) -> bool:
        return not isinstance(self.__dict__.get("_init", "zero"), str)

    @property
    def init_(self) -> Any:
        """What the trees begin with: the fitted `init`, "zero", or the best constant, as an estimator."""
        check_is_fitted(self, "model_")
        return self.__dict__["_init"] if "_init" in self.__dict__ else BestConstant(self)

    def __len__(self) -> int:
        return self.model_.rounds if "model_" in self.__dict__ else 0

    def __bool__(self) -> bool:
        # An estimator that is not fitted is an estimator all the same.
        return True

    def __getitem__(self, round: int) -> Any:
        return self.estimators_[round]

    def __iter__(self) -> Any:
        return iter(self.estimators_)

    def save(self, path: PathLike) -> None:
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

    def apply(self, X: MatrixLike) -> np.ndarray:
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


class BestConstant:
    """A model of no trees: for every row the best constant.

    Parameters
    ----------
    owner : estimator
    """

    def __init__(self, owner: Any) -> None:
        self._none = owner._adopted_like(owner.model_.first(0))

    def predict(self, X: MatrixLike) -> np.ndarray:
        """The constant, or the likeliest class, of shape (n_samples,)."""
        return self._none.predict(X)

    def predict_proba(self, X: MatrixLike) -> np.ndarray:
        """The frequencies of the classes, of shape (n_samples, n_classes)."""
        return self._none.predict_proba(X)


def _fitted_init(init: Any, X: MatrixLike, rows: _Rows, learn: np.ndarray | None) -> Any:
    """A copy of the estimator `init`, fitted to the rows that learn."""
    init = clone(init)
    y, weight = rows.target, rows.weight
    if learn is not None:
        X, y = rows_of(X, learn), y[learn]
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

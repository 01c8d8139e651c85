"""What boosted trees have in common, whichever package their parameters are named after."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import numpy as np

from . import _native
from ._base import Classifier, Regressor, _Rows
from ._compat import check_is_fitted
from ._rows import FEW, RowsByContent
from ._tree_arrays import TreeArrays

if TYPE_CHECKING:
    from ._typing import ArrayLike, MatrixLike, Self


class Boosted(RowsByContent):
    """Mixin: boosted trees as an estimator.

    The score of a row is a sum of trees,

        F(x) = F_0 + eta sum_m f_m(x),

    each fitted to gradient g and curvature h of the loss at the scores so far; a leaf's value is
    -T(G) / (H + lambda) with G, H the leaf's sums and T the soft threshold at alpha (Chen & Guestrin 2016, equation 5).
    """

    _kind = "boost"
    _takes_missing = True
    _takes_categories = True

    def _settings(self, rows: _Rows) -> dict[str, Any]:
        settings = self._boost_settings(rows)
        if settings.get("max_depth") == 0 and settings.get("max_leaves") == 0:
            # No limit at all is said by as many leaves as there are rows.
            settings["max_leaves"] = max(2, len(rows.target))
        return settings

    def _boost_settings(self, rows: _Rows) -> dict[str, Any]:
        raise NotImplementedError

    def _draws_rows(self, rows: _Rows) -> bool:
        if len(rows.target) <= FEW:
            return True
        # Without draws, the order of many rows moves nothing but the last bits of the derivatives' fixed point.
        settings = self._settings(rows)
        draws = settings.get("subsample", 1.0) < 1.0 or settings.get("goss_top", 0.0) > 0.0
        return draws or settings.get("rounds") == 0

    # Columns.

    def _monotone(self, given: Any) -> dict[str, int]:
        """Directions by feature name, from a dict or from one number per feature."""
        if given is None:
            return {}
        if isinstance(given, str):
            given = [int(number) for number in re.findall(r"[+-]?\d+", given)]
        if hasattr(given, "items"):
            return {self._name(feature): int(way) for feature, way in given.items()}
        given = np.asarray(given)
        if given.shape != (self.n_features_in_,):
            raise ValueError(f"monotone constraints of shape {given.shape} for {self.n_features_in_} features")
        return {name: int(way) for name, way in zip(self._names(), given) if way}

    def _sets(self, given: Any) -> list[list[str]]:
        """Sets of features by name."""
        return [] if given is None else [[self._name(feature) for feature in group] for group in given]

    def _name(self, feature: Any) -> str:
        if isinstance(feature, str):
            return feature
        names = self._names()
        if not 0 <= int(feature) < len(names):
            raise ValueError(f"there is no feature {feature}: there are {len(names)}")
        return names[int(feature)]

    # Rows to be evaluated on.

    def _held_out_rows(self, eval_set: Any) -> Any:
        """What makes the validation rows once the training rows are known; `None` without an `eval_set`."""
        if eval_set is None:
            return None
        pair = list(eval_set)
        if len(pair) == 1:
            pair = list(pair[0])
        if len(pair) != 2:
            raise ValueError("eval_set must be one pair (X, y); several are not supported")

        def rows() -> _Rows:
            table, _ = self._table(pair[0], reset=False, threads=self._threads())
            target = self._target_of_valid(pair[1])
            if len(table) != len(target):
                raise ValueError(f"eval_set has {len(table)} rows and {len(target)} targets")
            return _Rows(table, target, None)

        return rows

    def _target_of_valid(self, y: ArrayLike) -> np.ndarray:
        return self._target(y)

    # What a fitted one can say.

    def _after(self, steps: int) -> None:
        traces = self.fit_report_.traces
        self.n_rounds_ = self.model_.rounds
        self.evals_result_ = {
            # Where every round is followed, there is a value before the first one too.
            split: {metric: [value for step, value in points.items() if step > 0] for metric, points in metrics.items()}
            for split, metrics in traces.items()
        }
        self.__dict__.pop("best_iteration_", None)
        if "valid" in traces:
            course = next(iter(traces["valid"].values()))
            self.best_iteration_ = int(min(course, key=course.__getitem__))

    @property
    def feature_importances_(self) -> np.ndarray:
        """The fraction of the total gain of the splits that every feature has, of shape (n_features,)."""
        return self._importances("total_gain")

    def _importances(self, kind: str) -> np.ndarray:
        check_is_fitted(self, "model_")
        found = self.model_.importances()
        gains, splits, covers = (np.asarray([i[k] for i in found], dtype=np.float64) for k in (1, 2, 3))
        if kind == "cover":
            values = covers / np.maximum(splits, 1.0)
        elif kind == "total_cover":
            values = covers
        elif kind == "weight":
            values = splits
        elif kind == "gain":
            values = gains / np.maximum(splits, 1.0)
        elif kind == "total_gain":
            values = gains
        else:
            raise ValueError(f"importance_type == {kind!r} is none of 'weight', 'gain', 'cover', 'total_gain', 'total_cover'")
        total = values.sum()
        return values / total if total > 0 else values

    def shap_values(self, X: MatrixLike, *, with_mean: bool = False) -> np.ndarray:
        """Exact Shapley values of every feature on the scale of the scores (Lundberg et al. 2020, path-dependent).

        phi_j sums over the features, with the mean score, to the row's score before the link.

        Parameters
        ----------
        X : array-like, sparse matrix or frame of shape (n_samples, n_features)
        with_mean : bool, default=False
            Append the mean score as one more column.

        Returns
        -------
        ndarray of shape (n_samples, n_features), or (n_samples, n_features, n_classes) for several classes
        """
        table = self._checked(X)
        values = self.model_.shap(table, self._threads())
        values = values if with_mean else values[:, :, :-1]
        return values[:, 0] if values.shape[1] == 1 else values.transpose(0, 2, 1)

    def _compute_partial_dependence_recursion(self, grid: Any, target_features: Any) -> np.ndarray:
        """Partial dependence on the scale of the scores, without the start, of shape (n_outputs, n_points), by one walk down
        each tree: scikit-learn's `recursion`."""
        check_is_fitted(self, "model_")
        outputs, features = self.model_.outputs, self.n_features_in_
        found = np.zeros((outputs, len(grid)))
        for number in range(self.model_.rounds * outputs):
            tree = TreeArrays(self.model_, number, features, [])
            tree.compute_partial_dependence(np.asarray(grid), np.asarray(target_features), found[number % outputs])
        return found

    def _stages(self) -> Iterator[_native.Model]:
        check_is_fitted(self, "model_")
        return (self.model_.first(rounds) for rounds in range(1, self.model_.rounds + 1))


class BoostedRegressor(Boosted, Regressor):
    """Boosted trees for quantities."""

    def fit(self, X: MatrixLike, y: ArrayLike, sample_weight: ArrayLike | None = None, *, eval_set: Any = None) -> Self:
        """Fit the model.

        Parameters
        ----------
        X : array-like, sparse matrix or frame of shape (n_samples, n_features)
        y : array-like of shape (n_samples,)
        sample_weight : array-like of shape (n_samples,), default=None
            A weight counts as so many repetitions of its row.
        eval_set : (X, y), default=None
            Rows that the loss is watched on, for early stopping and `evals_result_`.

        Returns
        -------
        self
        """
        return self._fit(X, y, sample_weight, valid=self._held_out_rows(eval_set))


class BoostedClassifier(Boosted, Classifier):
    """Boosted trees for classes."""

    def fit(self, X: MatrixLike, y: ArrayLike, sample_weight: ArrayLike | None = None, *, eval_set: Any = None) -> Self:
        """Fit the model.

        Parameters
        ----------
        X : array-like, sparse matrix or frame of shape (n_samples, n_features)
        y : array-like of shape (n_samples,)
            Classes: numbers or strings.
        sample_weight : array-like of shape (n_samples,), default=None
            A weight counts as so many repetitions of its row.
        eval_set : (X, y), default=None
            Rows that the loss is watched on, for early stopping and `evals_result_`.

        Returns
        -------
        self
        """
        return self._fit(X, y, sample_weight, valid=self._held_out_rows(eval_set))

    def _target_of_valid(self, y: ArrayLike) -> np.ndarray:
        y = np.asarray(y).ravel()
        known = {label: code for code, label in enumerate(self.classes_.tolist())}
        unknown = sorted({str(label) for label in y.tolist() if label not in known})
        if unknown:
            raise ValueError(f"eval_set has classes that the training rows have not: {', '.join(unknown)}")
        return np.asarray([known[label] for label in y.tolist()], dtype=np.float64)

    def decision_function(self, X: MatrixLike) -> np.ndarray:
        """Scores before the link, of shape (n_samples,) for two classes, else (n_samples, n_classes).

        Parameters
        ----------
        X : array-like, sparse matrix or frame of shape (n_samples, n_features)
        """
        table = self._checked(X)
        return _flat(self.model_.margins(table, self._threads()))


def _flat(margins: np.ndarray) -> np.ndarray:
    return margins[:, 0] if margins.shape[1] == 1 else margins


class StagedRegressor:
    """Mixin: predictions after every round."""

    def staged_predict(self, X: MatrixLike) -> Iterator[np.ndarray]:
        """`predict` after every round.

        Parameters
        ----------
        X : array-like, sparse matrix or frame of shape (n_samples, n_features)
        """
        table = self._checked(X)
        for model in self._stages():
            yield model.predict(table, self._threads())


class StagedClassifier:
    """Mixin: predictions after every round."""

    def staged_predict(self, X: MatrixLike) -> Iterator[np.ndarray]:
        """`predict` after every round.

        Parameters
        ----------
        X : array-like, sparse matrix or frame of shape (n_samples, n_features)
        """
        table = self._checked(X)
        for model in self._stages():
            yield self.classes_[model.predict(table, self._threads()).astype(np.intp)]

    def staged_predict_proba(self, X: MatrixLike) -> Iterator[np.ndarray]:
        """`predict_proba` after every round."""
        table = self._checked(X)
        for model in self._stages():
            yield model.probabilities(table, self._threads())

    def staged_decision_function(self, X: MatrixLike) -> Iterator[np.ndarray]:
        """`decision_function` after every round."""
        table = self._checked(X)
        for model in self._stages():
            yield _flat(model.margins(table, self._threads()))


class BoostedRanker(Boosted):
    """Boosted trees for the order of rows within queries."""

    _task = "ranking"

    def fit(self, X: MatrixLike, y: ArrayLike, sample_weight: ArrayLike | None = None, *, group: ArrayLike | None = None, qid: ArrayLike | None = None,
            eval_set: Any = None, eval_group: Any = None, eval_qid: Any = None) -> Any:
        """Fit the model.

        Parameters
        ----------
        X : array-like, sparse matrix or frame of shape (n_samples, n_features)
        y : array-like of shape (n_samples,)
            Relevance, the larger the better.
        sample_weight : array-like of shape (n_samples,), default=None
        group : array-like of shape (n_queries,), default=None
            Rows of every query, one query after the other.
        qid : array-like of shape (n_samples,), default=None
            The query of every row; rows of a query must be neighbours. Without `group` and `qid` all rows are one query.
        eval_set : (X, y), default=None
            Rows that the loss is watched on, with `eval_group` or `eval_qid`.
        eval_group, eval_qid : array-like, default=None

        Returns
        -------
        self
        """
        valid = self._held_out_rows(eval_set)
        if valid is not None:
            plain = valid

            def valid() -> _Rows:
                rows = plain()
                rows.groups = groups_of(len(rows.target), eval_group, eval_qid)
                return rows

        return self._fit(X, y, sample_weight, groups=lambda number: groups_of(number, group, qid), valid=valid)

    def predict(self, X: MatrixLike) -> np.ndarray:
        """A score per row, of shape (n_samples,): within a query, the larger the better.

        Parameters
        ----------
        X : array-like, sparse matrix or frame of shape (n_samples, n_features)
        """
        table = self._checked(X)
        return self.model_.predict(table, self._threads())


def groups_of(rows: int, group: Any, qid: Any) -> np.ndarray:
    """The number of every row's query, from the queries' sizes or from their names."""
    if group is not None and qid is not None:
        raise ValueError("give `group` or `qid`, not both")
    if group is not None:
        # Lists, nested ones too, frames, series and Arrow's arrays, of whole numbers however they are stored.
        sizes = np.asarray(group, dtype=np.float64).ravel()
        if not np.isfinite(sizes).all() or (sizes != np.floor(sizes)).any() or (sizes < 0).any() or sizes.sum() != rows:
            raise ValueError(f"`group` must be whole numbers that sum to the number of rows, {rows}, not {sizes.sum():g}")
        return np.repeat(np.arange(len(sizes), dtype=np.uint32), sizes.astype(np.intp))
    if qid is None:
        return np.zeros(rows, dtype=np.uint32)
    qid = np.asarray(qid).ravel()
    if len(qid) != rows:
        raise ValueError(f"`qid` has {len(qid)} rows, X has {rows}")
    starts = np.ones(rows, dtype=bool)
    starts[1:] = qid[1:] != qid[:-1]
    if starts.sum() != len(np.unique(qid)):
        raise ValueError("rows of one query must be neighbours: sort the rows by `qid`")
    return (np.cumsum(starts) - 1).astype(np.uint32)

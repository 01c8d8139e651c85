"""Lasso and elastic net whose strength cross-validation chooses."""

from __future__ import annotations

import numbers
from typing import TYPE_CHECKING, Any

import numpy as np

from . import _native
from ._base import Regressor, _Rows, as_json
from ._parameters import keep
from ._routing import routed
from ._compat import HAS_SKLEARN
from ._linear import Linear

if TYPE_CHECKING:
    from ._typing import ArrayLike, MatrixLike, Self

__all__ = ["ElasticNetCV", "LassoCV"]


def _splits(cv: Any, X: MatrixLike, y: np.ndarray, more: dict[str, Any]) -> list[tuple[np.ndarray, np.ndarray]]:
    """Pairs of row numbers to learn from and to evaluate on."""
    if cv is None or isinstance(cv, numbers.Integral):
        folds = 5 if cv is None else int(cv)
        if not 2 <= folds <= len(y):
            raise ValueError(f"cv == {folds} must be at least 2 and at most n_samples = {len(y)}")
        parts = np.array_split(np.arange(len(y)), folds)
        return [(np.concatenate(parts[:k] + parts[k + 1 :]), parts[k]) for k in range(folds)]
    if HAS_SKLEARN:
        from sklearn.model_selection import check_cv

        return list(check_cv(cv).split(X, y, **more))
    return list(cv)


class ElasticNetCV(Linear, Regressor):
    """Elastic net with `alpha` and `l1_ratio` of least squared error on held-out rows, along paths of falling alpha.

    Under squared loss a path asks the rows once: all its steps work on their moments.

    Parameters
    ----------
    l1_ratio : float or sequence of float in (0, 1], default=0.5
    eps : float, default=1e-3
        The least alpha over the largest, which holds every coefficient at 0.
    alphas : int or sequence of float, default=100
        How many, or which.
    fit_intercept : bool, default=True
    precompute, copy_X, selection
        Taken for compatibility; the solver decides.
    max_iter : int, default=1000
    tol : float, default=1e-4
    cv : int, splitter, iterable of (train, test) or None, default=None
        None is 5 folds.
    verbose : int, default=0
    n_jobs : int or None, default=None
        Threads; None is all. The result does not depend on it.
    positive : bool, default=False
    random_state : int, RandomState or None, default=None
        Taken for compatibility; nothing is random.

    Attributes
    ----------
    alpha_, l1_ratio_ : float
        The chosen strength.
    alphas_ : ndarray of shape (n_alphas,) or (n_l1_ratios, n_alphas)
    mse_path_ : ndarray of shape (n_alphas, n_folds) or (n_l1_ratios, n_alphas, n_folds)
    coef_ : ndarray of shape (n_features,)
    intercept_ : float
    dual_gap_ : float
        The duality gap relative to the loss at 0.
    """

    _kind = "elastic-net"
    _sparse = "dense"
    _takes_categories = False

    def __init__(
        self,
        *,
        l1_ratio=0.5,
        eps=1e-3,
        alphas=100,
        fit_intercept=True,
        precompute="auto",
        max_iter=1000,
        tol=1e-4,
        cv=None,
        copy_X=True,
        verbose=0,
        n_jobs=None,
        positive=False,
        random_state=None,
        selection="cyclic",
    ):
        keep(self, locals())

    def fit(self, X: MatrixLike, y: ArrayLike, sample_weight: ArrayLike | None = None, **params: Any) -> Self:
        """Fit the model.

        Parameters
        ----------
        X : array-like, sparse matrix or frame of shape (n_samples, n_features)
        y : array-like of shape (n_samples,)
        sample_weight : array-like of shape (n_samples,), default=None
            A weight counts as so many repetitions of its row.
        **params
            What the splitter is given, such as `groups`, where metadata are routed.

        Returns
        -------
        self
        """
        self._for_splits = routed(self, "fit", params, "splitter")
        return super().fit(X, y, sample_weight)

    def get_metadata_routing(self) -> Any:
        """Where what is handed to `fit` goes: to the splitter."""
        from sklearn.model_selection import check_cv
        from sklearn.utils.metadata_routing import MetadataRouter, MethodMapping

        mapping = MethodMapping().add(caller="fit", callee="split")
        return MetadataRouter(owner=self).add_self_request(self).add(splitter=check_cv(self.cv), method_mapping=mapping)

    def _gives_alphas(self) -> bool:
        if isinstance(self.alphas, numbers.Integral):
            return False
        for j, alpha in enumerate(self.alphas):
            if not isinstance(alpha, numbers.Real):
                raise TypeError(f"alphas[{j}] must be an instance of float, not {type(alpha).__name__}")
            if not 0.0 <= alpha < np.inf:
                raise ValueError(f"alphas[{j}] == {alpha}, must be >= 0.0.")
        return True

    def _ratios(self) -> list[float]:
        return [float(r) for r in np.atleast_1d(self.l1_ratio)]

    def _settings(self, rows: _Rows) -> dict[str, Any]:
        X = np.column_stack([rows.table.numbers(name) for name in rows.table.names])
        self._gives_alphas()
        splits = _splits(self.cv, X, rows.target, self._for_splits)
        ratios, alphas, errors = self._ratios(), [], []
        for ratio in ratios:
            grid = self._grid(X, rows, ratio)
            alphas.append(grid)
            errors.append(np.column_stack([self._errors(X, rows, ratio, grid, *split) for split in splits]))
        # A fold counts by the weight of its rows, as it would if rows were repeated.
        weight = np.ones(len(rows.target)) if rows.weight is None else rows.weight
        means = [np.average(own, axis=1, weights=[weight[test].sum() for _, test in splits]) for own in errors]
        r = int(np.argmin([own.min() for own in means]))
        self.l1_ratio_, self.alpha_ = ratios[r], float(alphas[r][means[r].argmin()])
        single = len(ratios) == 1
        # Where alphas were given they are the same for all ratios.
        self.alphas_ = alphas[0] if single or self._gives_alphas() else np.array(alphas)
        self.mse_path_ = errors[0] if single else np.array(errors)
        return super()._settings(rows) | self._prior(self.l1_ratio_) | {"lambda": self.alpha_}

    def _prior(self, ratio: float) -> dict[str, Any]:
        return {"l1_ratio": ratio}

    def _after(self, steps: int) -> None:
        super()._after(steps)
        self.dual_gap_ = self.statistics_.get("gap")

    def _grid(self, X: np.ndarray, rows: _Rows, ratio: float) -> np.ndarray:
        if self._gives_alphas():
            return np.sort(np.asarray(self.alphas, dtype=float))[::-1]
        if ratio <= 0:
            raise ValueError(
                "Automatic alpha grid generation is not supported for l1_ratio=0. Please supply a grid by providing your "
                "estimator with the appropriate `alphas=` argument."
            )
        weight = np.full(len(X), 1.0 / len(X)) if rows.weight is None else rows.weight / rows.weight.sum()
        y = rows.target - (weight @ rows.target if self.fit_intercept else 0.0)
        centre = weight @ X if self.fit_intercept else 0.0
        gradient = (X - centre).T @ (weight * y)
        # Where coefficients may not be negative, a negative gradient keeps them at 0.
        top = max(0.0, (gradient if self.positive else np.abs(gradient)).max()) / ratio
        if top <= np.finfo(float).resolution:
            return np.full(int(self.alphas), np.finfo(float).resolution)
        return np.geomspace(top, top * self.eps, int(self.alphas))

    def _errors(
        self, X: np.ndarray, rows: _Rows, ratio: float, grid: np.ndarray, train: np.ndarray, test: np.ndarray
    ) -> np.ndarray:
        """The mean squared error on `test` under every alpha."""
        weight = None if rows.weight is None else np.ascontiguousarray(rows.weight[train])
        part = np.asfortranarray(X[train])
        table = _native.Table.from_matrix(part, rows.table.names, self._threads())
        own = _Rows(table, np.ascontiguousarray(rows.target[train]), weight)
        settings = super()._settings(own) | self._prior(ratio)
        features, coefficients, intercepts = _native.linear_path(
            self._kind, as_json(settings), own.like(rows), grid.tolist(), self._threads()
        )
        residual = rows.target[test][:, None] - X[test][:, features] @ coefficients.T - np.asarray(intercepts)
        return np.average(residual**2, axis=0, weights=None if rows.weight is None else rows.weight[test])


class LassoCV(ElasticNetCV):
    """Lasso with the `alpha` of least squared error on held-out rows.

    Parameters and attributes are those of `ElasticNetCV`, without `l1_ratio`.
    """

    _kind = "lasso"

    def __init__(
        self,
        *,
        eps=1e-3,
        alphas=100,
        fit_intercept=True,
        precompute="auto",
        max_iter=1000,
        tol=1e-4,
        copy_X=True,
        cv=None,
        verbose=False,
        n_jobs=None,
        positive=False,
        random_state=None,
        selection="cyclic",
    ):
        keep(self, locals())

    def _ratios(self) -> list[float]:
        return [1.0]

    def _prior(self, ratio: float) -> dict[str, Any]:
        return {}

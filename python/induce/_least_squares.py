"""Ordinary least squares, which the other linear models and robust fits build on."""

from __future__ import annotations

from typing import Any

import numpy as np

from ._base import Regressor, _Rows
from ._linear import Linear
from ._many import ManyTargets
from ._parameters import keep


class LinearRegression(ManyTargets, Linear, Regressor):
    """Ordinary least squares: argmin_b sum_i w_i (y_i - b_0 - x_i' b)^2.

    Parameters
    ----------
    fit_intercept : bool, default=True
    copy_X : bool, default=True
        Taken for compatibility; X is never written to.
    tol : float, default=1e-6
    n_jobs : int or None, default=None
        Threads; None is all. The result does not depend on it.
    positive : bool, default=False
        No coefficient may be negative.

    Attributes
    ----------
    coef_ : ndarray of shape (n_features,)
    intercept_ : float
    rank_ : int
    singular_ : ndarray of shape (min(n_samples, n_features),)
        Rank and singular values of the centred rows, where these are dense, and few enough that it costs little.
    statistics_ : dict
        Deviance, degrees of freedom, log-likelihood, AIC, BIC and the F test.

    Examples
    --------
    >>> import numpy as np
    >>> from induce.linear_model import LinearRegression
    >>> X = np.arange(6.0).reshape(-1, 1)
    >>> model = LinearRegression().fit(X, 3 * X[:, 0] - 1)
    >>> print(model.coef_.round(6), round(model.intercept_, 6))
    [3.] -1.0
    """

    _kind = "linear"

    def __init__(self, *, fit_intercept=True, copy_X=True, tol=1e-6, n_jobs=None, positive=False):
        keep(self, locals())

    def _run(self, settings: dict[str, Any], rows: _Rows, threads: int) -> Any:
        for name in ("rank_", "singular_"):
            self.__dict__.pop(name, None)
        found = super()._run(settings, rows, threads)
        names = getattr(rows.table, "names", None)
        if names is not None and len(rows.target) * len(names) ** 2 <= _CHEAP:
            self._keep_singular_values(np.column_stack([rows.table.numbers(name) for name in names]), rows.weight)
        return found

    def _keep_singular_values(self, X: np.ndarray, weight: np.ndarray | None) -> None:
        weight = np.ones(len(X)) if weight is None else weight
        if not (np.isfinite(X).all() and weight.sum() > 0):
            return
        centre = weight @ X / weight.sum() if self.fit_intercept else 0.0
        self.singular_ = np.linalg.svd(np.sqrt(weight)[:, None] * (X - centre), compute_uv=False)
        largest = self.singular_.max(initial=0.0)
        self.rank_ = int((self.singular_ > max(X.shape) * np.finfo(np.float64).eps * largest).sum())


#: Multiplications that singular values may cost beside the fit.
_CHEAP = 1e8

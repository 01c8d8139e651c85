"""Ordinary least squares, which the other linear models and robust fits build on."""

from __future__ import annotations

from ._base import Regressor
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

"""Generalised linear models: a family, a link, and a prior on the coefficients.

The objective is the mean loss plus a penalty, which is minus the log-posterior over the number of rows: ridge is a Gaussian
prior of the coefficients, lasso a Laplace prior (McCullagh & Nelder 1989; Tibshirani 1996).
"""

from __future__ import annotations

import json
from typing import Any

import numpy as np

from ._base import Classifier, Regressor, _Rows

from ._ransac import RANSACRegressor

__all__ = ["LinearRegression", "Ridge", "Lasso", "ElasticNet", "LogisticRegression", "RANSACRegressor"]

#: What counts as a slope of 0, relative to the mean residual: a larger `tol` is not used, since Newton steps end far below it.
_TOLERANCE = 1e-8


class _Linear:
    """What linear models have in common."""

    _takes_categories = True

    def _settings(self, rows: _Rows) -> dict[str, Any]:
        settings: dict[str, Any] = {"standardise": False, "missing": "error"}
        for ours, theirs in (("fit_intercept", "fit_intercept"), ("positive", "positive"), ("max_iterations", "max_iter")):
            value = getattr(self, theirs, None)
            if value is not None:
                settings[ours] = value
        tol = getattr(self, "tol", None)
        settings["tolerance"] = _TOLERANCE if tol is None else min(float(tol), _TOLERANCE)
        return settings

    def _warns_of_limits(self) -> bool:
        return True

    def _after(self, steps: int) -> None:
        inside = self.model_.linear()
        self.terms_ = np.asarray(inside["terms"], dtype=object)
        coefficients = inside["coefficients"]
        features = np.asarray(inside["features"], dtype=np.intp)
        if len(set(features.tolist())) == len(features):
            by_feature = np.zeros((len(coefficients), self.n_features_in_))
            by_feature[:, features] = coefficients
            coefficients = by_feature
        self._coefficients = coefficients
        self._set_coefficients(coefficients, inside["intercepts"])
        self.n_iter_ = max(1, int(steps))
        self.statistics_ = json.loads(inside["statistics"])

    def _set_coefficients(self, coefficients: np.ndarray, intercepts: np.ndarray) -> None:
        self.coef_ = coefficients[0]
        self.intercept_ = float(intercepts[0])

    def summary(self) -> list[dict[str, Any]]:
        """The coefficient table: estimate, standard error, statistic, p and interval of every term.

        Errors are those of maximum likelihood; under a prior, deviations of the Laplace-approximate posterior. None where
        they are not known, as under a prior with kinks.
        """
        names = ("term", "estimate", "error", "statistic", "p", "low", "high")
        return [dict(zip(names, row)) for row in self.model_.linear()["table"]]


class LinearRegression(_Linear, Regressor):
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
        self.fit_intercept = fit_intercept
        self.copy_X = copy_X
        self.tol = tol
        self.n_jobs = n_jobs
        self.positive = positive


class Ridge(_Linear, Regressor):
    """Ridge regression: argmin_b sum_i w_i (y_i - b_0 - x_i' b)^2 + alpha |b|^2, a Gaussian prior of the coefficients.

    Parameters
    ----------
    alpha : float, default=1.0
        Noise variance over prior variance.
    fit_intercept : bool, default=True
    copy_X : bool, default=True
        Taken for compatibility; X is never written to.
    max_iter : int or None, default=None
    tol : float, default=1e-4
    solver : {"auto", "svd", "cholesky", "lsmr", "lsqr", "sparse_cg", "sag", "saga", "lbfgs"}, default="auto"
        `auto` chooses by shape; the stochastic solvers are taken for `auto`, which is exact.
    positive : bool, default=False
    random_state : int, RandomState or None, default=None
        Taken for compatibility; nothing is random.

    Attributes
    ----------
    coef_ : ndarray of shape (n_features,)
    intercept_ : float
    """

    _kind = "ridge"
    _SOLVERS = {"svd": "svd", "cholesky": "cholesky", "lsmr": "lsmr", "lsqr": "lsmr", "lbfgs": "lbfgs"}

    def __init__(
        self,
        alpha=1.0,
        *,
        fit_intercept=True,
        copy_X=True,
        max_iter=None,
        tol=1e-4,
        solver="auto",
        positive=False,
        random_state=None,
    ):
        self.alpha = alpha
        self.fit_intercept = fit_intercept
        self.copy_X = copy_X
        self.max_iter = max_iter
        self.tol = tol
        self.solver = solver
        self.positive = positive
        self.random_state = random_state

    def _settings(self, rows: _Rows) -> dict[str, Any]:
        return super()._settings(rows) | {"lambda": self.alpha / rows.sum}


class ElasticNet(_Linear, Regressor):
    """Elastic net: argmin_b sum_i w_i (y_i - b_0 - x_i' b)^2 / (2 W) + alpha (l1_ratio |b|_1 + (1 - l1_ratio) |b|^2 / 2).

    W is the sum of the weights. The prior is the product of a Laplace and a Gaussian density (Zou & Hastie 2005).

    Parameters
    ----------
    alpha : float, default=1.0
    l1_ratio : float in [0, 1], default=0.5
    fit_intercept : bool, default=True
    precompute, copy_X, warm_start, selection
        Taken for compatibility; the solver decides.
    max_iter : int, default=1000
    tol : float, default=1e-4
    positive : bool, default=False
    random_state : int, RandomState or None, default=None
        Taken for compatibility; nothing is random.

    Attributes
    ----------
    coef_ : ndarray of shape (n_features,)
    intercept_ : float
    dual_gap_ : float
        The duality gap relative to the loss at 0: how far the objective can be from its minimum.
    """

    _kind = "elastic-net"

    def __init__(
        self,
        alpha=1.0,
        *,
        l1_ratio=0.5,
        fit_intercept=True,
        precompute=False,
        max_iter=1000,
        copy_X=True,
        tol=1e-4,
        warm_start=False,
        positive=False,
        random_state=None,
        selection="cyclic",
    ):
        self.alpha = alpha
        self.l1_ratio = l1_ratio
        self.fit_intercept = fit_intercept
        self.precompute = precompute
        self.max_iter = max_iter
        self.copy_X = copy_X
        self.tol = tol
        self.warm_start = warm_start
        self.positive = positive
        self.random_state = random_state
        self.selection = selection

    def _settings(self, rows: _Rows) -> dict[str, Any]:
        return super()._settings(rows) | {"lambda": self.alpha, "l1_ratio": self.l1_ratio}

    def _after(self, steps: int) -> None:
        super()._after(steps)
        self.dual_gap_ = self.statistics_.get("gap")


class Lasso(ElasticNet):
    """Lasso: argmin_b sum_i w_i (y_i - b_0 - x_i' b)^2 / (2 W) + alpha |b|_1, a Laplace prior of the coefficients.

    Parameters and attributes are those of `ElasticNet`, without `l1_ratio`.
    """

    _kind = "lasso"

    def __init__(
        self,
        alpha=1.0,
        *,
        fit_intercept=True,
        precompute=False,
        copy_X=True,
        max_iter=1000,
        tol=1e-4,
        warm_start=False,
        positive=False,
        random_state=None,
        selection="cyclic",
    ):
        super().__init__(
            alpha,
            l1_ratio=1.0,
            fit_intercept=fit_intercept,
            precompute=precompute,
            max_iter=max_iter,
            copy_X=copy_X,
            tol=tol,
            warm_start=warm_start,
            positive=positive,
            random_state=random_state,
            selection=selection,
        )

    def _settings(self, rows: _Rows) -> dict[str, Any]:
        settings = super()._settings(rows)
        del settings["l1_ratio"]
        return settings


class LogisticRegression(_Linear, Classifier):
    """Logistic regression: argmin_b C sum_i w_i loss_i(b) + (1 - l1_ratio) |b|^2 / 2 + l1_ratio |b|_1.

    The loss is minus the Bernoulli log-likelihood under the logit link, or the multinomial one under the softmax for more
    than two classes.

    Parameters
    ----------
    C : float, default=1.0
        Prior variance; infinity is maximum likelihood.
    l1_ratio : float in [0, 1], default=0.0
    tol : float, default=1e-4
    fit_intercept : bool, default=True
    class_weight : dict or "balanced", default=None
    random_state : int, RandomState or None, default=None
        Taken for compatibility; nothing is random.
    solver : str, default="auto"
        Taken for compatibility; the solver is chosen by shape.
    max_iter : int, default=100
    n_jobs : int or None, default=None
        Threads; None is all. The result does not depend on it.

    Attributes
    ----------
    classes_ : ndarray of shape (n_classes,)
    coef_ : ndarray of shape (1, n_features) or (n_classes, n_features)
    intercept_ : ndarray of shape (1,) or (n_classes,)
    n_iter_ : ndarray of shape (1,)
    """

    _kind = "logistic"

    def __init__(
        self,
        *,
        C=1.0,
        l1_ratio=0.0,
        tol=1e-4,
        fit_intercept=True,
        class_weight=None,
        random_state=None,
        solver="auto",
        max_iter=100,
        n_jobs=None,
    ):
        self.C = C
        self.l1_ratio = l1_ratio
        self.tol = tol
        self.fit_intercept = fit_intercept
        self.class_weight = class_weight
        self.random_state = random_state
        self.solver = solver
        self.max_iter = max_iter
        self.n_jobs = n_jobs

    def _target(self, y: Any) -> np.ndarray:
        codes = super()._target(y)
        if len(self.classes_) < 2:
            raise ValueError(
                f"This solver needs samples of at least 2 classes in the data, but the data contains only one class: "
                f"{self.classes_[0]!r}"
            )
        return codes

    def _settings(self, rows: _Rows) -> dict[str, Any]:
        if not self.C > 0:
            raise ValueError(f"C == {self.C!r}, must be positive")
        prior = "gaussian" if self.l1_ratio == 0 else "laplace" if self.l1_ratio == 1 else "elastic-net"
        settings = super()._settings(rows) | {"prior": prior, "lambda": 1.0 / (self.C * rows.sum)}
        settings["family"] = "bernoulli" if len(self.classes_) == 2 else "multinomial"
        if prior == "elastic-net":
            settings["l1_ratio"] = self.l1_ratio
        return settings

    def _set_coefficients(self, coefficients: np.ndarray, intercepts: np.ndarray) -> None:
        self.coef_, self.intercept_ = coefficients, np.asarray(intercepts)

    def _after(self, steps: int) -> None:
        super()._after(steps)
        self.n_iter_ = np.asarray([self.n_iter_], dtype=np.int32)

    def decision_function(self, X: Any) -> np.ndarray:
        """The log-odds, of shape (n_samples,) for two classes, else the scores, (n_samples, n_classes)."""
        table = self._checked(X)
        margins = self.model_.margins(table, self._threads())
        return margins.ravel() if margins.shape[1] == 1 else margins

"""Bayesian regressions: coefficients and their precision have posteriors."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from . import _coordinates, _native
from ._base import Classifier, Regressor, _Rows, check_coverage
from ._parameters import keep, take_settings
from ._ranges import FLAG, Number, check

if TYPE_CHECKING:
    from ._typing import ArrayLike, MatrixLike, Self


class _Bayesian:
    """What both share."""

    _takes_missing = True
    _takes_categories = True
    _keeps_course = True
    _sparse = "dense"

    def fit(self, X: MatrixLike, y: ArrayLike, sample_weight: ArrayLike | None = None) -> Self:
        """Find the posterior.

        Parameters
        ----------
        X : array-like, sparse matrix or frame of shape (n_samples, n_features)
        y : array-like of shape (n_samples,)
        sample_weight : array-like of shape (n_samples,), default=None
            A weight counts as so many repetitions of its row.

        Returns
        -------
        self
        """
        check(self)
        return super().fit(X, y, sample_weight)  # type: ignore[misc]

    def _warns_of_limits(self) -> bool:
        return True

    def _take_settings(self, settings: dict[str, Any]) -> None:
        take_settings(self, settings)

    def _of_type(self, values: np.ndarray) -> np.ndarray:
        return values.astype(self.__dict__.get("_dtype", np.float64), copy=False)

    def _set_posterior(self, steps: int) -> dict[str, Any]:
        """What both find; a column without any value has the coefficient 0, of which nothing is known."""
        found = _native.posterior(self.model_)  # type: ignore[attr-defined]
        coordinates = _coordinates.of_model(self.model_, self._names())  # type: ignore[attr-defined]
        self.terms_ = np.asarray(coordinates.names, dtype=object)
        self.coef_ = self._of_type(coordinates.spread(found["coefficients"], 0.0))
        self.sigma_ = self._of_type(coordinates.spread_square(found["covariance"], 0.0))
        self.lambda_ = found["lambda"]
        self.n_iter_ = max(1, int(steps))
        trace = self.fit_report_.traces.get("train", {}).get("elbo", {})  # type: ignore[attr-defined]
        self.elbo_ = np.asarray([value for _, value in sorted(trace.items())])
        return found


class BayesianLinearRegression(_Bayesian, Regressor):
    """Linear regression that learns how large noise and coefficients are (MacKay 1992; Bishop 2006, 10.3).

    y ~ N(b + x'w, 1 / alpha), w ~ N(0, I / lambda), alpha ~ Gamma(alpha_1, alpha_2), lambda ~ Gamma(lambda_1, lambda_2)

    Parameters
    ----------
    alpha_1, alpha_2, lambda_1, lambda_2 : float, default=1e-6
        Shapes and rates of the gamma priors.
    alpha_init, lambda_init : float or None, default=None
        Where iterations begin; None is the inverse variance of y, and 1. They begin at least squares too, and the end of the higher ELBO counts.
    standardize : bool, default=True
        Divide columns and target by their deviations, so that one lambda is for all columns whatever their units; priors are then in these
        units.
    fit_intercept : bool, default=True
        Without it `standardize` must be False.
    max_iter : int, default=1000
    tol : float, default=1e-8
        It has ended when the ELBO rises by less.
    n_jobs : int or None, default=None
        Threads; None is all. The result does not depend on it.

    Attributes
    ----------
    coef_ : ndarray of shape (n_coordinates,)
        Posterior means.
    sigma_ : ndarray of shape (n_coordinates, n_coordinates)
        Posterior covariance.
    intercept_ : float
    alpha_, lambda_ : float
        Posterior means of the precisions of noise and coefficients.
    elbo_ : ndarray of shape (n_iter_,)
        After every iteration; it never falls.
    n_iter_ : int
    terms_ : ndarray of shape (n_coordinates,)
        Names of the coordinates: a column of numbers, or `column=category`; without categories the columns.
    n_features_in_ : int
    fit_report_ : FitReport

    Notes
    -----
    Without standardisation the fixed points are those of scikit-learn's `BayesianRidge`, but that an intercept is one degree of freedom
    less. There may be two, one of little noise and one of small coefficients; scikit-learn ends at that which is nearer.

    Examples
    --------
    >>> import numpy as np
    >>> from induce.linear_model import BayesianLinearRegression
    >>> x = np.arange(30.0)[:, None]
    >>> model = BayesianLinearRegression().fit(x, 2.0 * x.ravel() + np.sin(x.ravel()))
    >>> mean, deviation = model.predict([[10.0]], return_std=True)
    >>> bool(abs(mean[0] - 20) < 3 * deviation[0])
    True
    """

    _kind = "bayes-linear"
    _RANGES: ClassVar[dict[str, Any]] = {
        **{name: [Number(float, 0.0, None, "neither")] for name in ("alpha_1", "alpha_2", "lambda_1", "lambda_2")},
        "alpha_init": [None, Number(float, 0.0, None, "neither")],
        "lambda_init": [None, Number(float, 0.0, None, "neither")],
        "standardize": [FLAG],
        "fit_intercept": [FLAG],
        "max_iter": [Number(int, 1, None)],
        "tol": [Number(float, 0.0, None)],
    }

    def __init__(
        self,
        *,
        alpha_1: float = 1e-6,
        alpha_2: float = 1e-6,
        lambda_1: float = 1e-6,
        lambda_2: float = 1e-6,
        alpha_init: float | None = None,
        lambda_init: float | None = None,
        standardize: bool = True,
        fit_intercept: bool = True,
        max_iter: int = 1000,
        tol: float = 1e-8,
        n_jobs: int | None = None,
    ) -> None:
        keep(self, locals())

    def _settings(self, rows: _Rows) -> dict[str, Any]:
        names = ("alpha_1", "alpha_2", "lambda_1", "lambda_2", "standardize", "fit_intercept", "max_iter", "tol")
        own: dict[str, Any] = {name: getattr(self, name) for name in names}
        for name in ("alpha_init", "lambda_init"):
            own[name] = getattr(self, name) or 0.0
        return own

    def _after(self, steps: int) -> None:
        found = self._set_posterior(steps)
        self.intercept_ = float(found["intercept"]) if self.fit_intercept else 0.0
        self.alpha_ = found["alpha"]

    def predict(self, X: MatrixLike, return_std: bool = False) -> Any:
        """The posterior mean of a new observation, and its deviation if that is asked, of shape (n_samples,).

        Parameters
        ----------
        X : array-like, sparse matrix or frame of shape (n_samples, n_features)
        return_std : bool, default=False
            sqrt(1 / alpha + x'Sx): of noise and of what is not known of coefficients and intercept.
        """
        mean = super().predict(X)
        if not return_std:
            return mean
        low, high = self._intervals(X, 0.5)[0]
        own = (high - low).ravel() / (2.0 * _native.posterior(self.model_)["quartile"])
        return mean, np.sqrt(1.0 / self.alpha_ + own**2)


class BayesianLogisticRegression(_Bayesian, Classifier):
    """Logistic regression of two classes whose coefficients have a posterior (Jaakkola & Jordan 2000; Bishop 2006, 10.6).

    P(y = 1) = sigma(b + x'w), w ~ N(0, I / lambda) for columns that are divided by their deviations, lambda ~ Gamma(lambda_1, lambda_2),
    b ~ N(0, intercept_scale^2)

    Parameters
    ----------
    lambda_1, lambda_2 : float, default=1e-2
        Shape and rate of the gamma prior of lambda, in coefficients of standardised columns.
    intercept_scale : float, default=10.0
        Deviation of the prior of the intercept, in log-odds.
    max_iter : int, default=1000
    tol : float, default=1e-6
        It has ended when the ELBO rises by less.
    n_jobs : int or None, default=None
        Threads; None is all. The result does not depend on it.

    Attributes
    ----------
    classes_ : ndarray of shape (2,)
    coef_ : ndarray of shape (1, n_coordinates)
        Posterior means.
    sigma_ : ndarray of shape (n_coordinates, n_coordinates)
        Posterior covariance: that of a bound, which is narrower than the posterior's.
    intercept_ : ndarray of shape (1,)
    lambda_ : float
    elbo_ : ndarray of shape (n_iter_,)
        After every iteration; it never falls.
    n_iter_ : int
    terms_ : ndarray of shape (n_coordinates,)
        Names of the coordinates: a column of numbers, or `column=category`; without categories the columns.
    n_features_in_ : int
    fit_report_ : FitReport

    Examples
    --------
    >>> import numpy as np
    >>> from induce.linear_model import BayesianLogisticRegression
    >>> x = np.linspace(-3, 3, 40)[:, None]
    >>> model = BayesianLogisticRegression().fit(x, x.ravel() + np.sin(7 * x.ravel()) > 0)
    >>> low, high = model.predict_interval([[2.0]])
    >>> bool(low[0, 1] < model.predict_proba([[2.0]])[0, 1] < high[0, 1])
    True
    """

    _kind = "bayes-logistic"
    _multiclass = False
    _RANGES: ClassVar[dict[str, Any]] = {
        "lambda_1": [Number(float, 0.0, None, "neither")],
        "lambda_2": [Number(float, 0.0, None, "neither")],
        "intercept_scale": [Number(float, 0.0, None, "neither")],
        "max_iter": [Number(int, 1, None)],
        "tol": [Number(float, 0.0, None)],
    }

    def __init__(
        self,
        *,
        lambda_1: float = 1e-2,
        lambda_2: float = 1e-2,
        intercept_scale: float = 10.0,
        max_iter: int = 1000,
        tol: float = 1e-6,
        n_jobs: int | None = None,
    ) -> None:
        keep(self, locals())

    def _settings(self, rows: _Rows) -> dict[str, Any]:
        return {name: getattr(self, name) for name in ("lambda_1", "lambda_2", "intercept_scale", "max_iter", "tol")}

    def _target(self, y: ArrayLike) -> np.ndarray:
        codes = super()._target(y)
        if len(self.classes_) != 2:
            known = len(self.classes_)
            if known < 2:
                raise ValueError(f"This solver needs samples of at least 2 classes in the data, but the data contains only one class: {self.classes_[0]!r}")
            raise ValueError(f"Only binary classification is supported. The type of the target is multiclass: {known} classes.")
        return codes

    def _after(self, steps: int) -> None:
        found = self._set_posterior(steps)
        self.coef_ = self.coef_[None]
        self.intercept_ = self._of_type(np.asarray([found["intercept"]]))

    def decision_function(self, X: MatrixLike) -> np.ndarray:
        """The log-odds of the second class, in its mean probability, of shape (n_samples,)."""
        both = self.predict_proba(X)
        tiny = np.finfo(np.float64).tiny
        return np.log(np.maximum(both[:, 1], tiny)) - np.log(np.maximum(both[:, 0], tiny))

    def predict_interval(self, X: MatrixLike, coverage: float = 0.95) -> tuple[np.ndarray, np.ndarray]:
        """Lower and upper ends of the probabilities of both classes, each of shape (n_samples, 2).

        Parameters
        ----------
        X : array-like, sparse matrix or frame of shape (n_samples, n_features)
        coverage : float in (0, 1)
        """
        check_coverage(self, coverage)
        table = self._checked(X)
        low, high = self.model_.intervals(table, coverage, self._threads())[0]
        return low, high

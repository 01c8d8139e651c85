"""Generalised linear models: a family, a link, and a prior on the coefficients.

The objective is the mean loss plus a penalty, which is minus the log-posterior over the number of rows: ridge is a Gaussian
prior of the coefficients, lasso a Laplace prior (McCullagh & Nelder 1989; Tibshirani 1996).
"""

from __future__ import annotations

import json
import warnings
from typing import TYPE_CHECKING, Any

import numpy as np

from ._base import Classifier, Regressor, _Rows
from ._bayes import BayesianLinearRegression, BayesianLogisticRegression
from ._parameters import keep
from ._compat import check_is_fitted, check_sample_weight, counts_as
from ._cv import ElasticNetCV, LassoCV
from ._least_squares import LinearRegression
from ._linear import Linear, SparseCoefficients
from ._logistic import least, limit_text, share_of_laplace, with_negative_weights
from ._many import ManyTargets
from ._paths import enet_path, lasso_path
from ._ransac import RANSACRegressor

if TYPE_CHECKING:
    from ._typing import ArrayLike, MatrixLike, Self

__all__ = [
    "LinearRegression",
    "Ridge",
    "Lasso",
    "ElasticNet",
    "LogisticRegression",
    "BayesianLinearRegression",
    "BayesianLogisticRegression",
    "PoissonRegressor",
    "GammaRegressor",
    "TweedieRegressor",
    "GeneralizedLinearRegressor",
    "GeneralizedLinearClassifier",
    "ElasticNetCV",
    "LassoCV",
    "RANSACRegressor",
    "enet_path",
    "lasso_path",
]


def __dir__() -> list[str]:
    return sorted(__all__)


class Ridge(ManyTargets, Linear, Regressor):
    """Ridge regression: argmin_b sum_i w_i (y_i - b_0 - x_i' b)^2 + alpha |b|^2, a Gaussian prior of the coefficients.

    Parameters
    ----------
    alpha : float or array-like of shape (n_targets,), default=1.0
        Noise variance over prior variance, for all targets or for each.
    fit_intercept : bool, default=True
    copy_X : bool, default=True
        Taken for compatibility; X is never written to.
    max_iter : int or None, default=None
    tol : float, default=1e-4
    solver : {"auto", "svd", "cholesky", "lsmr", "lsqr", "sparse_cg", "sag", "saga", "lbfgs"}, default="auto"
        `auto` chooses by shape; the stochastic solvers are taken for `auto`, which is exact. Bounds need `auto` or `lbfgs`.
    positive : bool, default=False
    random_state : int, RandomState or None, default=None
        Taken for compatibility; nothing is random.

    Attributes
    ----------
    coef_ : ndarray of shape (n_features,)
    intercept_ : float
    solver_ : str
        The solver by the name it was asked for, or the one that `auto` has chosen.
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
        keep(self, locals())

    def _parameters_of(self, target: int, count: int) -> dict[str, Any]:
        parameters = super()._parameters_of(target, count)
        alphas = np.atleast_1d(self.alpha)
        if len(alphas) not in (1, count):
            raise ValueError(f"Number of targets and number of penalties do not correspond: {len(alphas)} != {count}")
        return parameters | {"alpha": float(alphas[target if len(alphas) > 1 else 0])}

    def _settings(self, rows: _Rows) -> dict[str, Any]:
        alphas = np.atleast_1d(self.alpha)
        if len(alphas) != 1:
            raise ValueError(f"Number of targets and number of penalties do not correspond: {len(alphas)} != 1")
        if self.positive and self.solver not in ("auto", "lbfgs"):
            raise ValueError(
                f"solver='{self.solver}' does not support positive fitting. Please set the solver to 'auto' or 'lbfgs', or set "
                "`positive=False`"
            )
        return super()._settings(rows) | {"lambda": float(alphas[0]) / rows.sum}

    def _after(self, steps: int) -> None:
        super()._after(steps)
        self.solver_ = self.statistics_["solver"] if self.solver == "auto" else self.solver


class ElasticNet(ManyTargets, Linear, Regressor):
    """Elastic net: argmin_b sum_i w_i (y_i - b_0 - x_i' b)^2 / (2 W) + alpha (l1_ratio |b|_1 + (1 - l1_ratio) |b|^2 / 2).

    W is the sum of the weights. The prior is the product of a Laplace and a Gaussian density (Zou & Hastie 2005).

    Parameters
    ----------
    alpha : float, default=1.0
    l1_ratio : float in [0, 1], default=0.5
    fit_intercept : bool, default=True
    precompute, copy_X, selection
        Taken for compatibility; the solver decides.
    max_iter : int, default=1000
    tol : float, default=1e-4
    warm_start : bool, default=False
        Start at the coefficients of the fit before.
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
    _keeps_column = False

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
        keep(self, locals())

    def _settings(self, rows: _Rows) -> dict[str, Any]:
        return super()._settings(rows) | {"lambda": self.alpha} | self._prior()

    def _prior(self) -> dict[str, Any]:
        return {"l1_ratio": self.l1_ratio}

    def fit(self, X: MatrixLike, y: ArrayLike, sample_weight: ArrayLike | None = None, check_input: bool = True) -> Self:
        """Fit the model.

        Parameters
        ----------
        X : array-like, sparse matrix or frame of shape (n_samples, n_features)
        y : array-like of shape (n_samples,) or (n_samples, n_targets)
        sample_weight : array-like of shape (n_samples,), default=None
            A weight counts as so many repetitions of its row.
        check_input : bool, default=True
            Taken for compatibility; the input is always checked, and never written to.

        Returns
        -------
        self
        """
        return super().fit(X, y, sample_weight)

    def _after(self, steps: int) -> None:
        super()._after(steps)
        self.dual_gap_ = self.statistics_.get("gap")

    @property
    def sparse_coef_(self) -> Any:
        """The coefficients as a SciPy matrix of compressed rows."""
        from scipy.sparse import csr_matrix

        check_is_fitted(self, "coef_")
        return csr_matrix(self.coef_)

    path = staticmethod(enet_path)


class Lasso(ElasticNet):
    """Lasso: argmin_b sum_i w_i (y_i - b_0 - x_i' b)^2 / (2 W) + alpha |b|_1, a Laplace prior of the coefficients.

    Parameters and attributes are those of `ElasticNet`, without `l1_ratio`.
    """

    _kind = "lasso"
    l1_ratio = 1.0

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
        keep(self, locals())

    def _prior(self) -> dict[str, Any]:
        return {}

    path = staticmethod(lasso_path)


class _LinearClassifier(Linear, Classifier):
    """Classes by linear scores."""

    def _target(self, y: ArrayLike) -> np.ndarray:
        codes = super()._target(y)
        if len(self.classes_) < 2:
            raise ValueError(
                f"This solver needs samples of at least 2 classes in the data, but the data contains only one class: "
                f"{self.classes_[0]!r}"
            )
        return codes

    def _set_coefficients(self, coefficients: np.ndarray, intercepts: np.ndarray) -> None:
        self.coef_, self.intercept_ = coefficients, np.asarray(intercepts)

    def _after(self, steps: int) -> None:
        super()._after(steps)
        self.n_iter_ = np.asarray([self.n_iter_], dtype=np.int32)

    def _predict_by_hand(self, X: MatrixLike) -> np.ndarray:
        scores = self.decision_function(X)
        return np.asarray(self.classes_)[scores.argmax(axis=1) if scores.ndim == 2 else (scores > 0).astype(np.intp)]

    def predict_proba(self, X: MatrixLike) -> np.ndarray:
        """The probability of every class, of shape (n_samples, n_classes), in the order of `classes_`.

        Parameters
        ----------
        X : array-like, sparse matrix or frame of shape (n_samples, n_features)
        """
        if not self._by_hand():
            return super().predict_proba(X)
        scores = self.decision_function(X)
        if scores.ndim == 1:
            scores = np.column_stack([np.zeros(len(scores)), scores])
        chances = np.exp(scores - scores.max(axis=1, keepdims=True))
        return chances / chances.sum(axis=1, keepdims=True)

    def decision_function(self, X: MatrixLike) -> np.ndarray:
        """The log-odds, of shape (n_samples,) for two classes, else the scores, (n_samples, n_classes)."""
        if self._by_hand():
            scores = self._scores_by_hand(X)
            return scores.ravel() if scores.ndim == 2 and scores.shape[1] == 1 else scores
        margins = self._ask("margins", X)
        return margins.ravel() if margins.shape[1] == 1 else margins


class LogisticRegression(SparseCoefficients, _LinearClassifier):
    """Logistic regression: argmin_b C sum_i w_i loss_i(b) + (1 - l1_ratio) |b|^2 / 2 + l1_ratio |b|_1.

    The loss is minus the Bernoulli log-likelihood under the logit link, or the multinomial one under the softmax for more
    than two classes.

    Parameters
    ----------
    penalty : {"l2", "l1", "elasticnet", None}, default="deprecated"
        scikit-learn's old name for `l1_ratio` 0, 1 or between, and for C infinite; left alone it says nothing.
    C : float, default=1.0
        Prior variance; infinity is maximum likelihood.
    l1_ratio : float in [0, 1], default=0.0
    dual : False, default=False
        Taken for compatibility; the problem is solved in the primal.
    tol : float, default=1e-4
    fit_intercept : bool, default=True
    intercept_scaling : float, default=1
        Taken for compatibility; the intercept is never penalised.
    class_weight : dict or "balanced", default=None
    random_state : int, RandomState or None, default=None
        Taken for compatibility; nothing is random.
    solver : {"auto", "lbfgs", "liblinear", "newton-cg", "newton-cholesky", "sag", "saga"}, default="auto"
        The solver is chosen by shape; scikit-learn's names are taken, with the priors they are for.
    max_iter : int, default=100
    verbose : int, default=0
    warm_start : bool, default=False
        Start at the coefficients of the fit before.
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
        penalty="deprecated",
        *,
        C=1.0,
        l1_ratio=0.0,
        dual=False,
        tol=1e-4,
        fit_intercept=True,
        intercept_scaling=1,
        class_weight=None,
        random_state=None,
        solver="auto",
        max_iter=100,
        verbose=0,
        warm_start=False,
        n_jobs=None,
    ):
        keep(self, locals())

    def _limit_text(self, reason: str, steps: int) -> str:
        return limit_text(self.solver, reason, steps)

    def _own_weight(self, sample_weight: Any, target: np.ndarray) -> np.ndarray | None:
        """The weights as they were given; they may be below 0, as learning with noisy labels has them."""
        if sample_weight is None or (np.asarray(sample_weight) >= 0).all():
            return super()._own_weight(sample_weight, target)
        weight = check_sample_weight(sample_weight, target, dtype=np.float64)
        if not weight.sum() > 0:
            raise ValueError(f"Sample weights must sum to more than 0, not to {weight.sum():g}.")
        return np.ascontiguousarray(weight)

    def _run(self, settings: dict[str, Any], rows: _Rows, threads: int) -> Any:
        if rows.weight is None or (rows.weight >= 0).all():
            return super()._run(settings, rows, threads)
        weight, rows.weight = rows.weight, np.maximum(rows.weight, 0.0)
        found = super()._run(settings, rows, threads)
        rows.weight = weight
        with warnings.catch_warnings():
            # What there is to say of parameters was said when they became settings.
            warnings.simplefilter("ignore")
            ratio = share_of_laplace(self)
        return with_negative_weights(self, found, rows, ratio)

    def _settings(self, rows: _Rows) -> dict[str, Any]:
        if not self.C > 0:
            raise ValueError(f"C == {self.C!r}, must be positive")
        ratio = share_of_laplace(self)
        prior = {None: "none", 0.0: "gaussian", 1.0: "laplace"}.get(ratio, "elastic-net")
        settings = super()._settings(rows) | {"prior": prior}
        if prior != "none":
            settings["lambda"] = 1.0 / (self.C * rows.sum)
        settings["family"] = "bernoulli" if len(self.classes_) == 2 else "multinomial"
        if prior == "elastic-net":
            settings["l1_ratio"] = ratio
        return settings


class _Glm(Linear, Regressor):
    """A quantity whose mean is an inverse link of a linear score."""

    _kind = "glm"

    def _power(self) -> float:
        """The power of the variance function, by which `score` measures deviance."""
        raise NotImplementedError

    def _target(self, y: ArrayLike) -> np.ndarray:
        y, power = super()._target(y), self._power()
        if (y < 0).any() and power >= 1 or (y == 0).any() and power >= 2:
            least = "0" if power < 2 else "above 0"
            raise ValueError(
                f"Some value(s) of y are out of the valid range of the loss {type(self).__name__!r}: they must be {least}"
                + (" or more" if power < 2 else "")
            )
        return y

    def score(self, X: MatrixLike, y: ArrayLike, sample_weight: ArrayLike | None = None) -> float:
        """D squared: the fraction of the null deviance that the model explains.

        Parameters
        ----------
        X : array-like, sparse matrix or frame of shape (n_samples, n_features)
        y : array-like of shape (n_samples,)
        sample_weight : array-like of shape (n_samples,), default=None
        """
        y = self._target(y)
        weight = np.ones(len(y)) if sample_weight is None else self._weight(sample_weight, y)
        own = np.average(_deviance(self._power(), y, self.predict(X)), weights=weight)
        mean = np.full(len(y), np.average(y, weights=weight))
        null = np.average(_deviance(self._power(), y, mean), weights=weight)
        return float(1.0 - own / null)


def _deviance(power: float, y: np.ndarray, mean: np.ndarray) -> np.ndarray:
    """The unit deviance of a Tweedie family (Jorgensen 1997): 2 int_mu^y (y - t) / t^power dt."""
    if power == 0:
        return (y - mean) ** 2
    if power == 1:
        return 2 * (np.where(y > 0, y * np.log(np.where(y > 0, y, 1.0) / mean), 0.0) - y + mean)
    if power == 2:
        return 2 * (np.log(mean / y) + y / mean - 1)
    first = np.where(y > 0, np.abs(y) ** (2 - power), 0.0) / ((1 - power) * (2 - power))
    return 2 * (first - y * mean ** (1 - power) / (1 - power) + mean ** (2 - power) / (2 - power))


class PoissonRegressor(_Glm):
    """Counts: log E[y] = b_0 + x' b, minimising the mean half deviance of the Poisson family plus alpha |b|^2 / 2.

    Parameters
    ----------
    alpha : float, default=1.0
        Precision of the Gaussian prior of the coefficients.
    fit_intercept : bool, default=True
    solver : {"auto", "lbfgs", "newton-cholesky"}, default="auto"
        Taken for compatibility; the solver is chosen by shape.
    max_iter : int, default=100
    tol : float, default=1e-4
    warm_start : bool, default=False
        Start at the coefficients of the fit before.
    verbose : int, default=0

    Attributes
    ----------
    coef_ : ndarray of shape (n_features,)
    intercept_ : float
    """

    _positive_target = True

    def __init__(
        self, *, alpha=1.0, fit_intercept=True, solver="auto", max_iter=100, tol=1e-4, warm_start=False, verbose=0
    ):
        keep(self, locals())

    def _power(self) -> float:
        return 1.0

    def _settings(self, rows: _Rows) -> dict[str, Any]:
        family = {"family": "poisson", "link": "log", "prior": "gaussian", "lambda": self.alpha}
        return super()._settings(rows) | family


class GammaRegressor(PoissonRegressor):
    """Positive quantities of constant relative spread: log E[y] = b_0 + x' b under the gamma family.

    The objective is the mean half deviance plus alpha |b|^2 / 2. Parameters and attributes are those of `PoissonRegressor`.
    """

    def _power(self) -> float:
        return 2.0

    def _settings(self, rows: _Rows) -> dict[str, Any]:
        return super()._settings(rows) | {"family": "gamma"}


class TweedieRegressor(_Glm):
    """Quantities of variance phi mu^power: normal (0), Poisson (1), compound Poisson (between 1 and 2), gamma (2), inverse
    Gaussian (3).

    The objective is the mean half deviance plus alpha |b|^2 / 2.

    Parameters
    ----------
    power : float, default=0
        <= 0 or >= 1.
    alpha : float, default=1.0
    fit_intercept : bool, default=True
    link : {"auto", "identity", "log"}, default="auto"
        `auto` is identity for powers up to 0, else log.
    solver : {"auto", "lbfgs", "newton-cholesky"}, default="auto"
        Taken for compatibility; the solver is chosen by shape.
    max_iter : int, default=100
    tol : float, default=1e-4
    warm_start : bool, default=False
        Start at the coefficients of the fit before.
    verbose : int, default=0
    """

    def __init__(
        self,
        *,
        power=0.0,
        alpha=1.0,
        fit_intercept=True,
        link="auto",
        solver="auto",
        max_iter=100,
        tol=1e-4,
        warm_start=False,
        verbose=0,
    ):
        keep(self, locals())

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.target_tags.positive_only = self.power > 0
        return tags

    def _power(self) -> float:
        return float(self.power)

    def _settings(self, rows: _Rows) -> dict[str, Any]:
        if self.link not in ("auto", "identity", "log"):
            raise ValueError(f"link == {self.link!r} is none of 'auto', 'identity', 'log'")
        link = ("identity" if self.power <= 0 else "log") if self.link == "auto" else self.link
        named = {0.0: "gaussian", 1.0: "poisson", 2.0: "gamma", 3.0: "inverse-gaussian"}.get(float(self.power))
        family = {"family": named} if named else {"family": "tweedie", "power": self.power}
        return super()._settings(rows) | family | {"link": link, "prior": "gaussian", "lambda": self.alpha}


_GLM_PARAMETERS = """
    Parameters
    ----------
    family : {families}
    link : {{"auto", "identity", "log", "logit", "probit", "cloglog", "cauchit", "inverse", "inverse-squared", "sqrt"}}
        What of the mean is linear; `auto` is canonical where that is usual.
    prior : {{"none", "gaussian", "laplace", "elastic-net", "scad", "mcp"}}, default="none"
    alpha : float or "cv", default="cv"
        Strength of the prior, the objective being mean loss plus penalty; "cv" chooses it by cross-validation.
    l1_ratio : float in [0, 1], default=0.5
    fit_intercept : bool, default=True
    covariance : {{"auto", "none", "model", "hc0", "hc1", "hc2", "hc3"}}, default="auto"
        Where standard errors come from: the likelihood, or White's robust estimates.
    max_iter : int, default=100
    tol : float, default=1e-8
    n_jobs : int or None, default=None
        Threads; None is all. The result does not depend on it.

    Attributes
    ----------
    coef_, intercept_
    statistics_ : dict
        Deviance, degrees of freedom, log-likelihood, AIC, BIC and the test against the intercept alone.

    `summary()` has estimates, standard errors, tests and intervals.
"""


class _AnyGlm(Linear):
    _kind = "glm"

    def __init__(
        self,
        *,
        family="auto",
        link="auto",
        prior="none",
        alpha="cv",
        l1_ratio=0.5,
        fit_intercept=True,
        covariance="auto",
        max_iter=100,
        tol=1e-8,
        n_jobs=None,
    ):
        keep(self, locals())

    def _settings(self, rows: _Rows) -> dict[str, Any]:
        own = {"family": self.family, "link": self.link, "prior": self.prior, "covariance": self.covariance}
        own["tolerance"] = self.tol
        if self.prior != "none":
            own["lambda"] = self.alpha
        if self.prior == "elastic-net":
            own["l1_ratio"] = self.l1_ratio
        return super()._settings(rows) | own


class GeneralizedLinearRegressor(_AnyGlm, Regressor):
    __doc__ = "A generalised linear model of a quantity: any family under any link (McCullagh & Nelder 1989).\n" + (
        _GLM_PARAMETERS.format(
            families='{"auto", "gaussian", "poisson", "gamma", "inverse-gaussian", "negative-binomial", "tweedie"}'
        ).replace("    max_iter :", '''    dispersion : float > 0 or "ml", default=1.0
        Of the negative binomial family, whose variance is mu + dispersion mu^2; "ml" is the one of largest likelihood, each
        with the coefficients that are best for it.
    max_iter :''').replace("    statistics_ :", '''    dispersion_ : float
        Of the negative binomial family: the dispersion that was given or found.
    statistics_ :''')
    )

    def __init__(
        self,
        *,
        family="auto",
        link="auto",
        prior="none",
        alpha="cv",
        l1_ratio=0.5,
        fit_intercept=True,
        covariance="auto",
        dispersion=1.0,
        max_iter=100,
        tol=1e-8,
        n_jobs=None,
    ):
        keep(self, locals())

    def _settings(self, rows: _Rows) -> dict[str, Any]:
        settings = super()._settings(rows)
        if self.family != "negative-binomial":
            if self.dispersion != 1.0:
                raise ValueError(f"dispersion={self.dispersion!r} is of the family 'negative-binomial', not of {self.family!r}")
            return settings
        return settings if self.dispersion == "ml" else settings | {"alpha": float(self.dispersion)}

    def _run(self, settings: dict[str, Any], rows: _Rows, threads: int) -> Any:
        if self.family != "negative-binomial":
            return super()._run(settings, rows, threads)
        if self.dispersion != "ml":
            self.dispersion_ = float(self.dispersion)
            return super()._run(settings, rows, threads)

        def against(logarithm: float) -> float:
            """Minus the likelihood, profiled over the coefficients."""
            own = super(GeneralizedLinearRegressor, self)._run(settings | {"alpha": float(np.exp(logarithm))}, rows, threads)
            return -float(json.loads(own[0].linear()["statistics"])["log_likelihood"])

        self.dispersion_ = float(np.exp(least(against, np.log(1e-8), np.log(1e4))))
        return super()._run(settings | {"alpha": self.dispersion_}, rows, threads)


class GeneralizedLinearClassifier(_AnyGlm, _LinearClassifier):
    __doc__ = "A generalised linear model of classes: Bernoulli or multinomial, under any link.\n" + (
        _GLM_PARAMETERS.format(families='{"auto", "bernoulli", "multinomial"}')
    )


counts_as(LinearRegression, "linear_model", "LinearRegression")

"""Gaussian mixtures under scikit-learn's names."""

from __future__ import annotations

import json
import warnings
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from . import _mixture_start, _native
from ._base import seed_of
from ._compat import ConvergenceWarning, DensityMixin, check_is_fitted
from ._parameters import keep
from ._ranges import FLAG, SEQUENCE, VERBOSE, Number, Word
from ._unsupervised import Unsupervised

if TYPE_CHECKING:
    from ._base import _Rows
    from ._typing import ArrayLike, MatrixLike, Self


class GaussianMixture(DensityMixin, Unsupervised):
    """Mixture of Gaussians by expectation-maximisation (Dempster, Laird & Rubin 1977).

    Parameters
    ----------
    n_components : int, default=1
    covariance_type : {"full", "tied", "diag", "spherical"}, default="full"
    tol : float, default=1e-3
        It has ended when the log likelihood rises by less than this per row.
    reg_covar : float, default=1e-6
        Added to variances, in variances of each column, so that rescaling a column rescales the answer; in scikit-learn it is in the
        units of the columns. (With "spherical" it is in a common unit near the largest variance.)
    max_iter : int, default=100
    n_init : int, default=1
        Starts; each is iterated up to 20 times, and the best goes on.
    init_params : {"kmeans", "k-means++", "random", "random_from_data"}, default="kmeans"
        "k-means++" and "random_from_data" begin with the rows that are nearest to each of the drawn ones.
    weights_init : array-like of shape (n_components,), default=None
    means_init : array-like of shape (n_components, n_features), default=None
    precisions_init : array-like, default=None
        Inverses of the covariances, of the shape of `precisions_`.
    random_state : int, RandomState or None, default=None
    warm_start : bool, default=False
        Whether a fit goes on from the one before.
    verbose : int, default=0
    verbose_interval : int, default=10
        Taken for the sake of scikit-learn, and of no effect.
    annealing : float, default=1.0
        Means begin at this power of densities of one covariance, which rises until they part, so that they depend less on the start, as 0.02 does; 1 is no annealing, and enough where several starts are k-means (Rose 1998).

    Attributes
    ----------
    weights_ : ndarray of shape (n_components,)
    means_ : ndarray of shape (n_components, n_features)
    covariances_ : ndarray
        Of shape (n_components, n_features, n_features) if "full", (n_features, n_features) if "tied", (n_components, n_features) if
        "diag", (n_components,) if "spherical".
    precisions_, precisions_cholesky_ : ndarray
        Inverses of the covariances, and upper triangles U with U U' equal to them.
    converged_ : bool
    n_iter_ : int
    lower_bound_ : float
        The log likelihood per row at these parameters; scikit-learn's is that before the last step.
    lower_bounds_ : list of float
    n_features_in_ : int
    fit_report_ : FitReport

    Notes
    -----
    Of a row with missing values (NaN) the marginal of what it has counts (Ghahramani & Jordan 1994).

    Examples
    --------
    >>> import numpy as np
    >>> from induce.mixture import GaussianMixture
    >>> x = np.array([[1.0], [1.1], [0.9], [5.0], [5.1], [4.9]])
    >>> GaussianMixture(2, random_state=0).fit(x).means_.round(3).ravel().tolist() in ([1.0, 5.0], [5.0, 1.0])
    True
    """

    _kind = "gmm"
    _sparse = None
    _RANGES: ClassVar[dict[str, Any]] = {
        "n_components": [Number(int, 1, None)],
        "covariance_type": [Word("full", "tied", "diag", "spherical")],
        "tol": [Number(float, 0.0, None)],
        "reg_covar": [Number(float, 0.0, None)],
        "max_iter": [Number(int, 0, None)],
        "n_init": [Number(int, 1, None)],
        "init_params": [Word("kmeans", "k-means++", "random", "random_from_data")],
        "weights_init": [SEQUENCE, None],
        "means_init": [SEQUENCE, None],
        "precisions_init": [SEQUENCE, None],
        "warm_start": [FLAG],
        "verbose": [VERBOSE],
        "verbose_interval": [Number(int, 1, None)],
        "annealing": [Number(float, 0.0, 1.0, "right")],
    }

    def __init__(
        self,
        n_components: int = 1,
        *,
        covariance_type: str = "full",
        tol: float = 1e-3,
        reg_covar: float = 1e-6,
        max_iter: int = 100,
        n_init: int = 1,
        init_params: str = "kmeans",
        weights_init: ArrayLike | None = None,
        means_init: ArrayLike | None = None,
        precisions_init: ArrayLike | None = None,
        random_state: Any = None,
        warm_start: bool = False,
        verbose: int = 0,
        verbose_interval: int = 10,
        annealing: float = 1.0,
    ) -> None:
        keep(self, locals())

    def fit(self, X: MatrixLike, y: Any = None, sample_weight: ArrayLike | None = None) -> Self:
        """Estimate the mixture.

        Parameters
        ----------
        X : array-like or frame of shape (n_samples, n_features)
        y : Ignored
        sample_weight : array-like of shape (n_samples,), default=None
            A weight counts as so many repetitions of its row.

        Returns
        -------
        self
        """
        self._estimate(X, sample_weight)
        return self

    def fit_predict(self, X: MatrixLike, y: Any = None, sample_weight: ArrayLike | None = None) -> np.ndarray:
        """The likeliest component of every row of a fit, of shape (n_samples,)."""
        rows = self._estimate(X, sample_weight)
        return self.model_.predict(rows.table, self._threads()).astype(np.int64)

    def _estimate(self, X: MatrixLike, sample_weight: ArrayLike | None) -> _Rows:
        rows = self._read(X, sample_weight)
        n = len(rows.table)
        if n < 2:
            text = f"Found array with {n} sample(s) (shape=({n}, {self.n_features_in_})) while a minimum of 2 is required"
            raise ValueError(f"{text} by {type(self).__name__}.")
        if n < self.n_components:
            text = f"Expected n_samples >= n_components but got n_components = {self.n_components}"
            raise ValueError(f"{text}, n_samples = {n}")
        goes_on = self.warm_start and "model_" in self.__dict__
        self._learn(self._own_settings(), rows, init=self.model_ if goes_on else None)
        report = self.fit_report_
        if report.outcome == "stopped" and "singular" in report.reason:
            raise ValueError(
                "Fitting the mixture model failed because some components have ill-defined empirical covariance (for instance "
                "caused by singleton or collapsed samples). Try to decrease the number of components, increase reg_covar, or "
                f"scale the input data. ({report.reason})"
            )
        if not self.converged_ and self.max_iter > 0:
            text = "Best performing initialization did not converge. Try different init parameters, or increase max_iter, tol"
            warnings.warn(f"{text}, or check for degenerate data.", ConvergenceWarning, stacklevel=3)
        return rows

    def _own_settings(self) -> dict[str, Any]:
        names = ("n_components", "covariance_type", "tol", "reg_covar", "max_iter", "n_init", "annealing")
        own = {name: getattr(self, name) for name in names}
        return {**own, "init": self.init_params, **_mixture_start.settings_of(self, self.n_features_in_)}

    def _after(self, steps: int) -> None:
        mixture = _native.mixture(self.model_)
        kind = json.loads(self.model_.facts)["covariance_type"]
        self.weights_ = self._of_type(mixture.weights)
        self.means_ = self._of_type(mixture.means)
        # Triangles L with L L' the covariances; their inverses, transposed, are those of the precisions.
        triangles = np.linalg.inv(np.linalg.cholesky(mixture.covariances)).transpose(0, 2, 1)
        self.covariances_ = self._of_type(_shaped(mixture.covariances, kind))
        self.precisions_cholesky_ = self._of_type(_shaped(triangles, kind))
        self.precisions_ = self._of_type(_shaped(triangles @ triangles.transpose(0, 2, 1), kind))
        self.converged_ = self.fit_report_.outcome == "converged"
        self.n_iter_ = int(steps)
        self.lower_bound_ = float(json.loads(self.model_.facts)["log_likelihood"])
        trace = self.fit_report_.traces.get("train", {}).get("log_likelihood", {})
        self.lower_bounds_ = [value for step, value in sorted(trace.items()) if step > 0]

    def predict(self, X: MatrixLike) -> np.ndarray:
        """The likeliest component of every row, of shape (n_samples,).

        Parameters
        ----------
        X : array-like or frame of shape (n_samples, n_features)
        """
        return self._ask("predict", X).astype(np.int64)

    def predict_proba(self, X: MatrixLike) -> np.ndarray:
        """The probability of every component, of shape (n_samples, n_components).

        Parameters
        ----------
        X : array-like or frame of shape (n_samples, n_features)
        """
        return self._ask("probabilities", X)

    def score_samples(self, X: MatrixLike) -> np.ndarray:
        """The log density of every row, of shape (n_samples,).

        Parameters
        ----------
        X : array-like or frame of shape (n_samples, n_features)
        """
        rows = self._checked(X)
        return _native.log_density(self.model_, rows, self._threads())

    def score(self, X: MatrixLike, y: Any = None, sample_weight: ArrayLike | None = None) -> float:
        """The mean log density of rows.

        Parameters
        ----------
        X : array-like or frame of shape (n_samples, n_features)
        y : Ignored
        sample_weight : array-like of shape (n_samples,), default=None
        """
        ln = self.score_samples(X)
        return float(np.average(ln, weights=self._own_weight(sample_weight, ln)))

    def sample(self, n_samples: int = 1) -> tuple[np.ndarray, np.ndarray]:
        """Draw rows.

        Parameters
        ----------
        n_samples : int, default=1

        Returns
        -------
        X : ndarray of shape (n_samples, n_features)
        y : ndarray of shape (n_samples,)
            Their components, one after the other.
        """
        check_is_fitted(self, "model_")
        if n_samples < 1:
            raise ValueError(f"Invalid value for 'n_samples': {n_samples} . The sampling requires at least one sample.")
        rows, components = _native.mixture(self.model_).sample(n_samples, seed_of(self.random_state))
        order = np.argsort(components, kind="stable")
        return rows[order], components[order]

    def aic(self, X: MatrixLike) -> float:
        """Akaike's information criterion of rows: the lower the better."""
        return self._criteria(X)["aic"]

    def bic(self, X: MatrixLike) -> float:
        """The Bayesian information criterion of rows: the lower the better."""
        return self._criteria(X)["bic"]

    def icl(self, X: MatrixLike) -> float:
        """The integrated classification likelihood (Biernacki, Celeux & Govaert 2000), as `bic` plus twice the entropy of the
        components of rows: the lower the better."""
        return self._criteria(X)["icl"]

    def _criteria(self, X: MatrixLike) -> dict[str, float]:
        check_is_fitted(self, "model_")
        rows = self._read(X, reset=False)
        return dict(_native.own_scores(self.model_, rows, self._threads()))

    def marginal(self, features: Any) -> _native.Mixture:
        """The mixture of some columns.

        Parameters
        ----------
        features : int, str or list of these
            Columns by place or name.

        Returns
        -------
        Mixture
            With `names`, `weights`, `means`, `covariances`, and the methods `marginal`, `condition`, `mean`, `variance`,
            `log_density` and `sample`.
        """
        check_is_fitted(self, "model_")
        return _native.mixture(self.model_).marginal(self._places(features))

    def condition(self, features: Any, values: Any) -> _native.Mixture:
        """The mixture of the other columns, given the values of some.

        Parameters
        ----------
        features : int, str or list of these
        values : float or array-like of shape (n_given,)

        Returns
        -------
        Mixture
            As `marginal` has it.
        """
        check_is_fitted(self, "model_")
        given = np.atleast_1d(np.asarray(values, dtype=np.float64)).tolist()
        return _native.mixture(self.model_).condition(self._places(features), given)

    def regress(self, features: Any, values: ArrayLike) -> tuple[np.ndarray, np.ndarray]:
        """What is expected of the other columns, given the values of some in every row.

        Parameters
        ----------
        features : int, str or list of these
        values : array-like of shape (n_rows, n_given)

        Returns
        -------
        mean, variance : ndarray of shape (n_rows, n_features - n_given)
        """
        check_is_fitted(self, "model_")
        places = self._places(features)
        given = np.asarray(values, dtype=np.float64).reshape(-1, len(places))
        return _native.mixture(self.model_).regress(places, given)


def _shaped(matrices: np.ndarray, kind: str) -> np.ndarray:
    """Matrices of all components in the shape of a kind of covariances."""
    if kind == "full":
        return matrices
    if kind == "tied":
        return matrices[0]
    diagonals = np.diagonal(matrices, axis1=1, axis2=2)
    return diagonals.copy() if kind == "diag" else diagonals[:, 0].copy()

"""Gaussian mixtures under scikit-learn's names."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, ClassVar

from . import _mixture_start, _native
from ._compat import check_is_fitted
from ._mixture_base import Mixtures
from ._parameters import keep
from ._ranges import SEQUENCE, Number

if TYPE_CHECKING:
    from ._base import _Rows
    from ._typing import ArrayLike, MatrixLike


class GaussianMixture(Mixtures):
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
    means_init : array-like of shape (n_components, n_coordinates), default=None
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
    means_ : ndarray of shape (n_components, n_coordinates)
        NaN in columns that had no value in any row.
    covariances_ : ndarray
        Of shape (n_components, n_coordinates, n_coordinates) if "full", (n_coordinates, n_coordinates) if "tied", (n_components,
        n_coordinates) if "diag", (n_components,) if "spherical".
    precisions_, precisions_cholesky_ : ndarray
        Inverses of the covariances, and upper triangles U with U U' equal to them.
    converged_ : bool
    n_iter_ : int
    lower_bound_ : float
        The log likelihood per row at these parameters; scikit-learn's is that before the last step.
    lower_bounds_ : list of float
    terms_ : ndarray of shape (n_coordinates,)
        Names of the coordinates: a column of numbers, or `column=category`; without categories the columns.
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
    _RANGES: ClassVar[dict[str, Any]] = {
        **Mixtures._SHARED_RANGES,
        "max_iter": [Number(int, 0, None)],
        "weights_init": [SEQUENCE, None],
        "means_init": [SEQUENCE, None],
        "precisions_init": [SEQUENCE, None],
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

    def _own_settings(self, rows: _Rows) -> dict[str, Any]:
        names = ("n_components", "covariance_type", "tol", "reg_covar", "max_iter", "n_init", "annealing")
        own = {name: getattr(self, name) for name in names}
        return {**own, "init": self.init_params, **_mixture_start.settings_of(self, rows)}

    def _after(self, steps: int) -> None:
        self._set_mixture()
        self.converged_ = self.fit_report_.outcome == "converged"
        self.n_iter_ = int(steps)
        self.lower_bound_ = float(json.loads(self.model_.facts)["log_likelihood"])
        trace = self.fit_report_.traces.get("train", {}).get("log_likelihood", {})
        self.lower_bounds_ = [value for step, value in sorted(trace.items()) if step > 0]

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

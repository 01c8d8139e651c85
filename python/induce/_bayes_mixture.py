"""Bayesian mixtures of Gaussians under scikit-learn's names."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from . import _native
from ._base import seed_of
from ._mixture_base import Mixtures
from ._mixture_start import finite
from ._parameters import keep
from ._ranges import SEQUENCE, Kind, Number, Word

if TYPE_CHECKING:
    from ._base import _Rows
    from ._typing import ArrayLike

#: A matrix, a row of variances, or a single variance.
_SCALE = Kind("an array-like or a float", lambda value: hasattr(value, "__len__") or Number(float, 0.0, None, "neither").admits(value))


class BayesianGaussianMixture(Mixtures):
    """Mixture of Gaussians by variational inference (Bishop 2006, 10.2; Blei & Jordan 2006).

    Parameters
    ----------
    n_components : int, default=1
        Most components: those that the rows do not need stay empty.
    covariance_type : {"full", "tied", "diag", "spherical"}, default="full"
    tol : float, default=1e-3
        It has ended when the ELBO of all rows rises by less.
    reg_covar : float, default=1e-6
        Added to the covariance of all rows in the prior, in variances of each column.
    max_iter : int, default=100
    n_init : int, default=1
        Starts; each is iterated up to 20 times, and the best goes on.
    init_params : {"kmeans", "k-means++", "random", "random_from_data"}, default="kmeans"
    weight_concentration_prior_type : {"dirichlet_process", "dirichlet_distribution"}, default="dirichlet_process"
    weight_concentration_prior : float or None, default=None
        None is 1 / n_components.
    mean_precision_prior : float or None, default=None
        Rows that the prior of a mean counts for; None is 1.
    mean_prior : array-like of shape (n_coordinates,), default=None
        None is the mean of all rows.
    degrees_of_freedom_prior : float or None, default=None
        None is n_coordinates.
    covariance_prior : float or array-like, default=None
        Of the shape of `covariance_prior_`; None is the covariance of all rows.
    random_state : int, RandomState or None, default=None
    warm_start : bool, default=False
        Whether a fit goes on from the one before.
    verbose : int, default=0
    verbose_interval : int, default=10
        Taken for the sake of scikit-learn, and of no effect.
    inference : {"cavi", "svi", "memoized"}, default="cavi"
        By coordinate ascent; by natural gradients on mini-batches (Hoffman et al. 2013); or with the statistics of every batch kept, and
        components born and merged where that raises the ELBO (Hughes & Sudderth 2013).
    batch_size : int, default=1024
        Rows whose statistics make one step of "svi" and "memoized".

    Attributes
    ----------
    weights_ : ndarray of shape (n_components,)
        Posterior means, divided by their sum.
    means_ : ndarray of shape (n_components, n_coordinates)
        NaN in columns that had no value in any row.
    covariances_ : ndarray
        Inverses of the posterior means of precisions, of the shape that `GaussianMixture` has.
    precisions_, precisions_cholesky_ : ndarray
    weight_concentration_ : tuple of two ndarrays, or ndarray, of shape (n_components,)
        Parameters of the sticks, or of the Dirichlet distribution.
    mean_precision_, degrees_of_freedom_ : ndarray of shape (n_components,)
        With "tied" all precisions are one, and `degrees_of_freedom_` is a float.
    weight_concentration_prior_, mean_precision_prior_, degrees_of_freedom_prior_ : float
    mean_prior_ : ndarray of shape (n_coordinates,)
    covariance_prior_ : ndarray of shape (n_coordinates, n_coordinates), (n_coordinates,), or float
    lower_bound_ : float
        The ELBO of all rows, with every constant: scikit-learn's is without some.
    lower_bounds_ : list of float
    elbo_terms_ : dict of str to float
        What the ELBO is made of: expected log likelihood + entropy - divergences of weights and of components.
    n_components_used_ : int
        Components that hold at least half a row.
    converged_ : bool
    n_iter_ : int
    terms_ : ndarray of shape (n_coordinates,)
        Names of the coordinates: a column of numbers, or `column=category`; without categories the columns.
    n_features_in_ : int
    fit_report_ : FitReport

    Notes
    -----
    `score_samples` is the log of the predictive density, a mixture of Student's distributions; scikit-learn's is a bound. Rows are
    sampled from it too. Values that are missing (NaN) are expected given those of their row. With "tied" there is one
    precision, which all rows count for; scikit-learn's counts an equal part of them for each component, and its bound can fall.

    Examples
    --------
    >>> import numpy as np
    >>> from induce.mixture import BayesianGaussianMixture
    >>> x = np.r_[np.linspace(0.9, 1.1, 20), np.linspace(4.9, 5.1, 20)][:, None]
    >>> BayesianGaussianMixture(6, random_state=0, max_iter=500).fit(x).n_components_used_
    2
    """

    _kind = "bayes-gmm"
    # The tolerance is per row there, and of all rows here.
    _NAMES: ClassVar[dict[str, str | None]] = {"init": "init_params", "covariance_prior": None, "covariance_prior_matrix": None, "tol": None}
    _RANGES: ClassVar[dict[str, Any]] = {
        **Mixtures._SHARED_RANGES,
        "max_iter": [Number(int, 1, None)],
        "weight_concentration_prior_type": [Word("dirichlet_process", "dirichlet_distribution")],
        "weight_concentration_prior": [Number(float, 0.0, None, "neither"), None],
        "mean_precision_prior": [Number(float, 0.0, None, "neither"), None],
        "mean_prior": [SEQUENCE, None],
        "degrees_of_freedom_prior": [Number(float, 0.0, None, "neither"), None],
        "covariance_prior": [_SCALE, None],
        "inference": [Word("cavi", "svi", "memoized")],
        "batch_size": [Number(int, 1, None)],
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
        weight_concentration_prior_type: str = "dirichlet_process",
        weight_concentration_prior: float | None = None,
        mean_precision_prior: float | None = None,
        mean_prior: ArrayLike | None = None,
        degrees_of_freedom_prior: float | None = None,
        covariance_prior: Any = None,
        random_state: Any = None,
        warm_start: bool = False,
        verbose: int = 0,
        verbose_interval: int = 10,
        inference: str = "cavi",
        batch_size: int = 1024,
    ) -> None:
        keep(self, locals())

    def _own_settings(self, rows: _Rows) -> dict[str, Any]:
        names = ("n_components", "covariance_type", "reg_covar", "max_iter", "n_init", "weight_concentration_prior_type",
                 "inference", "batch_size")
        own: dict[str, Any] = {name: getattr(self, name) for name in names}
        for name in ("weight_concentration_prior", "mean_precision_prior", "degrees_of_freedom_prior"):
            if getattr(self, name) is not None:
                own[name] = getattr(self, name)
        mass = len(rows.table) if rows.weight is None else float(rows.weight.sum())
        own |= {"init": self.init_params, "tol": self.tol / mass}
        return own | self._priors(rows)

    def _priors(self, rows: _Rows) -> dict[str, Any]:
        """The parameters that have an entry for every coordinate, of those that the model has."""
        own: dict[str, Any] = {}
        if self.degrees_of_freedom_prior is None and self.mean_prior is None and self.covariance_prior is None:
            return own
        coordinates = self._coordinates_of(rows)
        width, known = len(coordinates), coordinates.places
        self._check_degrees(len(known))
        if self.mean_prior is not None:
            own["mean_prior"] = finite(_of_shape(self.mean_prior, "means", (width,))[known], "means").tolist()
        if self.covariance_prior is not None:
            own["covariance_prior_matrix"] = self._matrix(width)[np.ix_(known, known)].ravel().tolist()
        return own

    def _check_degrees(self, width: int) -> None:
        said = self.degrees_of_freedom_prior
        if said is not None and self.covariance_type in ("full", "tied") and said <= width - 1:
            raise ValueError(
                f"The parameter 'degrees_of_freedom_prior' should be greater than {width - 1}, but got {said:.3f}."
            )

    def _matrix(self, width: int) -> np.ndarray:
        """The prior of covariances as a whole matrix."""
        kind = self.covariance_type
        if kind == "spherical":
            if not Number(float, 0.0, None, "neither").admits(self.covariance_prior):
                raise ValueError(f"The parameter 'spherical covariance_prior' should be greater than 0., but got {self.covariance_prior}.")
            return np.eye(width) * float(self.covariance_prior)
        shape = (width,) if kind == "diag" else (width, width)
        own = _of_shape(self.covariance_prior, f"{kind} covariance_prior", shape)
        if kind == "diag":
            if not (own > 0).all():
                raise ValueError("'diag covariance_prior' should be positive")
            return np.diag(own)
        if not np.allclose(own, own.T) or not (np.linalg.eigvalsh(own) > 0).all():
            raise ValueError(f"'{kind} covariance_prior' should be symmetric, positive-definite")
        return own

    def _after(self, steps: int) -> None:
        if not np.isfinite(_native.mixture(self.model_).covariances).all():
            raise ValueError("variances of these columns are out of the range of numbers: divide the columns by a power of ten")
        self._set_mixture()
        facts = json.loads(self.model_.facts)
        width = len(facts["mean_prior"])
        sticks = [self._of_type(np.asarray(own)) for own in facts["weight_concentration"]]
        self.weight_concentration_ = tuple(sticks) if len(sticks) == 2 else sticks[0]
        self.mean_precision_ = self._of_type(np.asarray(facts["mean_precision"]))
        degrees = self._of_type(np.asarray(facts["degrees_of_freedom"]))
        self.degrees_of_freedom_ = float(degrees[0]) if facts["covariance_type"] == "tied" else degrees
        for name in ("weight_concentration_prior", "mean_precision_prior", "degrees_of_freedom_prior"):
            setattr(self, f"{name}_", facts[name])
        self.mean_prior_ = self._of_type(self._coordinates.spread(facts["mean_prior"]))
        scale = np.asarray(facts["covariance_prior"]).reshape(1, width, width)
        kind = facts["covariance_type"]
        scale = self._shaped(scale, kind) if kind == "tied" else self._shaped(scale, kind)[0]
        self.covariance_prior_ = float(scale) if kind == "spherical" else scale
        self.n_components_used_ = facts["n_components_used"]
        self.converged_ = self.fit_report_.outcome == "converged"
        self.n_iter_ = int(steps)
        mass = sum(facts["rows_held"])
        traces = self.fit_report_.traces.get("train", {})
        self.lower_bound_ = float(facts["elbo"]) * mass
        self.lower_bounds_ = [value * mass for step, value in sorted(traces.get("elbo", {}).items()) if step > 0]
        names = ("expected_log_likelihood", "entropy", "kl_weights", "kl_components")
        self.elbo_terms_ = {name: value * mass for name, value in zip(names, facts["elbo_terms"])}

    def _drawn(self, n: int) -> tuple[np.ndarray, np.ndarray]:
        """Rows of the predictive distribution, and their components."""
        rows = _native.draws(self.model_, n, seed_of(self.random_state))
        return rows[:, :-1], rows[:, -1].astype(np.int64)


def _of_shape(values: Any, name: str, shape: tuple[int, ...]) -> np.ndarray:
    array = np.asarray(values, dtype=np.float64)
    if array.shape != shape:
        raise ValueError(f"The parameter '{name}' should have the shape of {shape}, but got {array.shape}")
    return array

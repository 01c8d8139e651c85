"""Principal components under scikit-learn's names."""

from __future__ import annotations

import json
import math
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from . import _native
from ._compat import ClassNamePrefixFeaturesOutMixin, TransformerMixin, check_is_fitted
from ._parameters import keep
from ._ranges import FLAG, Number, Word
from ._unsupervised import Unsupervised

if TYPE_CHECKING:
    from ._typing import MatrixLike, Self

#: What scikit-learn calls solvers, and what finds the components here.
SOLVERS = {
    "auto": "auto",
    "full": "covariance",
    "covariance_eigh": "covariance",
    "arpack": "auto",
    "randomized": "auto",
}


class PCA(ClassNamePrefixFeaturesOutMixin, TransformerMixin, Unsupervised):
    """Principal components: the directions that rows vary most along (Pearson 1901; Tipping & Bishop 1999).

    Parameters
    ----------
    n_components : int, float, "mle" or None, default=None
        So many, at least 1; as many as have this part of the variance; as many as the evidence is for (Minka 2000); all.
    copy : bool, default=True
        Of no effect: X is never written to.
    whiten : bool, default=False
        Divide scores by their deviations.
    svd_solver : {"auto", "full", "covariance_eigh", "arpack", "randomized"}, default="auto"
        "full" and "covariance_eigh" are the eigenvectors of the covariance. The others are these for up to 2000 rows or columns; of
        more they iterate on a block of random vectors until the variances no longer change, by 1e-10 of the largest. Where values are
        missing, they are expectation-maximisation.
    tol : float, default=0.0
        Of no effect.
    iterated_power : int or "auto", default="auto"
        Of no effect.
    n_oversamples : int, default=10
        Of no effect.
    power_iteration_normalizer : {"auto", "QR", "LU", "none"}, default="auto"
        Of no effect.
    random_state : int, RandomState or None, default=None
    standardize : bool, default=False
        Divide every column by its deviation; `components_` are then those of such columns, and variances are in their units.

    Attributes
    ----------
    components_ : ndarray of shape (n_components, n_coordinates)
        The largest coordinate of each is positive.
    explained_variance_, explained_variance_ratio_, singular_values_ : ndarray of shape (n_components,)
    mean_ : ndarray of shape (n_coordinates,)
    noise_variance_ : float
        The mean variance of the directions that are left out, of all n_coordinates of them.
    n_components_ : int
    n_samples_ : int
    terms_ : ndarray of shape (n_coordinates,)
        Names of the coordinates: a column of numbers, or `column=category`; without categories the columns.
    n_features_in_ : int
    fit_report_ : FitReport

    Notes
    -----
    Where values are missing (NaN), components are those of the likeliest model of what is there, and `transform` and `score`
    expect what a row lacks given what it has (Tipping & Bishop 1999, section 3.2).

    Examples
    --------
    >>> from induce.decomposition import PCA
    >>> PCA(1).fit([[0.0, 0.0], [3.0, 4.0], [6.0, 8.0]]).components_.round(3).tolist()
    [[0.6, 0.8]]
    """

    _kind = "pca"
    _task = "transform"
    _RANGES: ClassVar[dict[str, Any]] = {
        "n_components": [Number(int, 0, None), Number(float, 0, 1, "neither", whole=False), Word("mle"), None],
        "copy": [FLAG],
        "whiten": [FLAG],
        "svd_solver": [Word(*SOLVERS)],
        "tol": [Number(float, 0, None)],
        "iterated_power": [Word("auto"), Number(int, 0, None)],
        "n_oversamples": [Number(int, 1, None)],
        "power_iteration_normalizer": [Word("auto", "QR", "LU", "none")],
        "standardize": [FLAG],
    }

    def __init__(
        self,
        n_components: int | float | str | None = None,
        *,
        copy: bool = True,
        whiten: bool = False,
        svd_solver: str = "auto",
        tol: float = 0.0,
        iterated_power: int | str = "auto",
        n_oversamples: int = 10,
        power_iteration_normalizer: str = "auto",
        random_state: Any = None,
        standardize: bool = False,
    ) -> None:
        keep(self, locals())

    def fit(self, X: MatrixLike, y: Any = None) -> Self:
        """Find the components.

        Parameters
        ----------
        X : array-like, sparse matrix or frame of shape (n_samples, n_features)
        y : Ignored

        Returns
        -------
        self
        """
        rows = self._read(X)
        width = len(self._coordinates_of(rows))
        self._check_components(len(rows.table), width)
        n_components = self.n_components
        if n_components is None:
            n_components = "all"
            if self.svd_solver == "arpack":
                n_components = max(1, min(len(rows.table), width) - 1)
        own = {"n_components": n_components, "whiten": self.whiten, "standardize": self.standardize}
        self._learn({**own, "solver": SOLVERS[self.svd_solver]}, rows)
        return self

    def _check_components(self, n: int, width: int) -> None:
        wanted, most, truncated = self.n_components, min(n, width), self.svd_solver in ("arpack", "randomized")
        if wanted is None:
            return
        if wanted == "mle" and not truncated:
            if n < width:
                raise ValueError("n_components='mle' is only supported if n_samples >= n_features")
            return
        if isinstance(wanted, str):
            raise ValueError(f"n_components={wanted!r} cannot be a string with svd_solver='{self.svd_solver}'")
        if wanted == 0 or truncated and wanted > most:
            text = f"n_components={wanted!r} must be between 1 and min(n_samples, n_features)={most!r}"
            raise ValueError(f"{text} with svd_solver='{self.svd_solver}'")
        if self.svd_solver == "arpack" and wanted == most:
            text = f"n_components={wanted!r} must be strictly less than min(n_samples, n_features)={most!r}"
            raise ValueError(f"{text} with svd_solver='{self.svd_solver}'")
        if isinstance(wanted, (int, np.integer)) and wanted > most:
            text = f"n_components={wanted} must be between 0 and min(n_samples, n_features)={most}"
            raise ValueError(f"{text} with svd_solver={self.svd_solver!r}")

    def _after(self, steps: int) -> None:
        found, coordinates = _native.components(self.model_), self._set_coordinates()
        if not coordinates.plain:
            # The native arrays have one entry for each column, not for each category.
            facts = json.loads(self.model_.facts)
            found |= {name: coordinates.spread(facts[name]) for name in ("components", "mean")}
        # Columns without any value have no part in the components.
        self.components_ = self._of_type(np.nan_to_num(found["components"]))
        variances = found["variances"]
        self.explained_variance_ = self._of_type(variances)
        total = found["total"]
        self.explained_variance_ratio_ = self._of_type(variances / total if total > 0 else np.zeros_like(variances))
        self.singular_values_ = self._of_type(np.sqrt(variances * max(found["mass"] - 1.0, 0.0)))
        self.mean_ = self._of_type(found["mean"])
        self._scale = coordinates.scales if self.standardize else None
        self.noise_variance_ = float(found["noise"])
        self.n_components_ = len(variances)
        self.n_samples_ = round(found["mass"])

    @property
    def _n_features_out(self) -> int:
        return int(self.components_.shape[0])

    def transform(self, X: MatrixLike) -> np.ndarray:
        """The coordinates of rows along the components, of shape (n_samples, n_components).

        Parameters
        ----------
        X : array-like, sparse matrix or frame of shape (n_samples, n_features)
        """
        rows = self._checked(X)
        return self._of_type(_native.transform(self.model_, rows, self._threads()))

    def inverse_transform(self, X: MatrixLike) -> np.ndarray:
        """Rows with these coordinates, of shape (n_samples, n_coordinates).

        Parameters
        ----------
        X : array-like of shape (n_samples, n_components)
        """
        check_is_fitted(self, "model_")
        scores = np.asarray(X)
        if self.whiten:
            scores = scores * np.sqrt(self.explained_variance_)
        rows = scores @ self.components_
        return (rows if self._scale is None else rows * self._scale) + self.mean_

    def get_covariance(self) -> np.ndarray:
        """The covariance of the model, W W' + sigma^2 I, of shape (n_coordinates, n_coordinates)."""
        check_is_fitted(self, "model_")
        excess = np.maximum(self.explained_variance_ - self.noise_variance_, 0.0)
        covariance = (self.components_.T * excess) @ self.components_
        covariance.flat[:: len(covariance) + 1] += self.noise_variance_
        return covariance

    def get_precision(self) -> np.ndarray:
        """The inverse of `get_covariance`, of shape (n_coordinates, n_coordinates)."""
        check_is_fitted(self, "model_")
        if self.noise_variance_ == 0.0:
            return np.linalg.inv(self.get_covariance())
        # U diag(1 / lambda - 1 / sigma^2) U' + I / sigma^2, for U has orthonormal columns.
        excess = 1.0 / np.maximum(self.explained_variance_, self.noise_variance_) - 1.0 / self.noise_variance_
        precision = (self.components_.T * excess) @ self.components_
        precision.flat[:: len(precision) + 1] += 1.0 / self.noise_variance_
        return precision

    def score_samples(self, X: MatrixLike) -> np.ndarray:
        """The log density of every row under the probabilistic model, of shape (n_samples,).

        Parameters
        ----------
        X : array-like, sparse matrix or frame of shape (n_samples, n_features)
        """
        rows = self._checked(X)
        if self.noise_variance_ > 0.0:
            return _native.log_density(self.model_, rows, self._threads())
        # All variance is explained: a density if no direction is without.
        width = len(self._coordinates.places)
        if self.n_components_ < width or not (self.explained_variance_ > 0).all():
            raise ValueError("the components explain everything: rows off them have no density; keep fewer components")
        # Scales of columns without any value are 1.
        unscaled = 0.0 if self._scale is None else float(np.log(self._scale).sum())
        scores = _native.transform(self.model_, rows, self._threads())
        variances = self.explained_variance_.astype(np.float64)
        squares = scores**2 if self.whiten else scores**2 / variances
        return -0.5 * (squares.sum(axis=1) + np.log(variances).sum() + width * math.log(2 * math.pi)) - unscaled

    def score(self, X: MatrixLike, y: Any = None) -> float:
        """The mean log density of rows.

        Parameters
        ----------
        X : array-like, sparse matrix or frame of shape (n_samples, n_features)
        y : Ignored
        """
        return float(self.score_samples(X).mean())

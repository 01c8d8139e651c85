"""What mixtures of Gaussians share, however their parameters are found."""

from __future__ import annotations

import json
import warnings
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from . import _native
from ._base import seed_of
from ._compat import ConvergenceWarning, DensityMixin, check_is_fitted
from ._gaussians import Mixture, places_of
from ._ranges import FLAG, VERBOSE, Number, Word
from ._unsupervised import Unsupervised

if TYPE_CHECKING:
    from ._base import _Rows
    from ._typing import ArrayLike, MatrixLike, Self


class Mixtures(DensityMixin, Unsupervised):
    """A mixture of Gaussians."""

    _sparse = None
    _keeps_course = True
    _NAMES: ClassVar[dict[str, str | None]] = {
        "init": "init_params", "means": "means_init", "weights": "weights_init", "covariances": None,
    }
    #: What both have alike.
    _SHARED_RANGES: ClassVar[dict[str, Any]] = {
        "n_components": [Number(int, 1, None)],
        "covariance_type": [Word("full", "tied", "diag", "spherical")],
        "tol": [Number(float, 0.0, None)],
        "reg_covar": [Number(float, 0.0, None)],
        "n_init": [Number(int, 1, None)],
        "init_params": [Word("kmeans", "k-means++", "random", "random_from_data")],
        "warm_start": [FLAG],
        "verbose": [VERBOSE],
        "verbose_interval": [Number(int, 1, None)],
    }

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
        self._learn(self._own_settings(rows), rows, init=self.model_ if goes_on else None)
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

    def _own_settings(self, rows: _Rows) -> dict[str, Any]:
        raise NotImplementedError

    def _set_mixture(self) -> None:
        """Weights, means and covariances as attributes."""
        mixture = _native.mixture(self.model_)
        kind = json.loads(self.model_.facts)["covariance_type"]
        coordinates = self._set_coordinates()
        self.weights_ = self._of_type(mixture.weights)
        self.means_ = self._of_type(coordinates.spread(mixture.means))
        # Triangles L with L L' the covariances; their inverses, transposed, are those of the precisions.
        triangles = np.linalg.inv(np.linalg.cholesky(mixture.covariances)).transpose(0, 2, 1)
        self.covariances_ = self._shaped(mixture.covariances, kind)
        self.precisions_cholesky_ = self._shaped(triangles, kind)
        self.precisions_ = self._shaped(triangles @ triangles.transpose(0, 2, 1), kind)

    def _shaped(self, matrices: np.ndarray, kind: str) -> np.ndarray:
        """Matrices over the model's coordinates in the shape of a kind of covariances, over all coordinates."""
        own = shaped(matrices, kind)
        if kind != "spherical":
            own = self._coordinates.spread(own) if kind == "diag" else self._coordinates.spread_square(own)
        return self._of_type(own)

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
        X : ndarray of shape (n_samples, n_coordinates)
            NaN in columns that had no value in any row.
        y : ndarray of shape (n_samples,)
            Their components, one after the other.
        """
        check_is_fitted(self, "model_")
        if n_samples < 1:
            raise ValueError(f"Invalid value for 'n_samples': {n_samples} . The sampling requires at least one sample.")
        rows, components = self._drawn(n_samples)
        order = np.argsort(components, kind="stable")
        return self._coordinates.spread(rows[order]), components[order]

    def _drawn(self, n: int) -> tuple[np.ndarray, np.ndarray]:
        """Rows and their components."""
        return _native.mixture(self.model_).sample(n, seed_of(self.random_state))

    def _distribution(self, features: Any) -> tuple[Mixture, list[int]]:
        """The mixture, and which of its coordinates these are: it has none of which nothing is known."""
        check_is_fitted(self, "model_")
        places = places_of(features, self._coordinates.names)
        return Mixture(self.model_), [self._coordinates.own(place) for place in places]

    def marginal(self, features: Any) -> Mixture:
        """The mixture of some coordinates.

        Parameters
        ----------
        features : int, str or list of these
            Coordinates by place or name; without categories these are the columns.

        Returns
        -------
        Mixture
            With `names`, `weights`, `means`, `covariances`, and the methods `marginal`, `condition`, `mean`, `variance`,
            `log_density` and `sample`.
        """
        mixture, own = self._distribution(features)
        return mixture.marginal(own)

    def condition(self, features: Any, values: Any) -> Mixture:
        """The mixture of the other coordinates, given the values of some.

        Parameters
        ----------
        features : int, str or list of these
        values : float or array-like of shape (n_given,)

        Returns
        -------
        Mixture
            As `marginal` has it, of the coordinates of which something is known.
        """
        mixture, own = self._distribution(features)
        return mixture.condition(own, values)

    def regress(self, features: Any, values: ArrayLike) -> tuple[np.ndarray, np.ndarray]:
        """What is expected of the other coordinates, given the values of some in every row.

        Parameters
        ----------
        features : int, str or list of these
        values : array-like of shape (n_rows, n_given)

        Returns
        -------
        mean, variance : ndarray of shape (n_rows, n_coordinates - n_given)
        """
        mixture, own = self._distribution(features)
        coordinates = self._coordinates
        rest = np.delete(np.arange(len(coordinates)), coordinates.places[own])
        known = np.isin(rest, coordinates.places)
        found = []
        for values_of in mixture.regress(own, values):
            whole = np.full((len(values_of), len(rest)), np.nan)
            whole[:, known] = values_of
            found.append(whole)
        return found[0], found[1]


def shaped(matrices: np.ndarray, kind: str) -> np.ndarray:
    """Matrices of all components in the shape of a kind of covariances."""
    if kind == "full":
        return matrices
    if kind == "tied":
        return matrices[0]
    diagonals = np.diagonal(matrices, axis1=1, axis2=2)
    return diagonals.copy() if kind == "diag" else diagonals[:, 0].copy()

"""What models of centres share."""

from __future__ import annotations

import json
import warnings
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from . import _native
from ._base import as_json
from ._compat import (
    ClassNamePrefixFeaturesOutMixin,
    ClusterMixin,
    ConvergenceWarning,
    TransformerMixin,
    check_sample_weight,
)
from ._ranges import CALLABLE, SEQUENCE, Kind, Number, Word
from ._unsupervised import Unsupervised

if TYPE_CHECKING:
    from ._base import _Rows
    from ._coordinates import Coordinates
    from ._typing import ArrayLike, MatrixLike

#: What `init` may be.
ANY_INIT = [Word("k-means++", "random"), CALLABLE, SEQUENCE, Kind("a sparse matrix", lambda value: hasattr(value, "tocsr"))]


class Centres(ClassNamePrefixFeaturesOutMixin, TransformerMixin, ClusterMixin, Unsupervised):
    """A model whose clusters are centres."""

    _NAMES: ClassVar[dict[str, str | None]] = {"centers": "init", "lambda": "lam"}
    _RANGES: ClassVar[dict[str, Any]] = {
        "n_clusters": [Number(int, 1, None)],
        "n_init": [Word("auto"), Number(int, 1, None)],
        "max_iter": [Number(int, 1, None)],
        "tol": [Number(float, 0, None)],
    }

    @property
    def _n_features_out(self) -> int:
        return int(self.cluster_centers_.shape[0])

    def _after(self, steps: int) -> None:
        found = _native.centres(self.model_)
        coordinates = self._set_coordinates()
        # Of categories there is one entry for each, where the native array has one for each column.
        centres = found["centres"] if coordinates.plain else coordinates.spread(json.loads(self.model_.facts)["cluster_centers"])
        self.cluster_centers_ = self._of_type(centres)
        self.inertia_ = float(found["inertia"])
        self.n_iter_ = int(steps)
        if len(found["labels"]):
            self.labels_ = found["labels"]
        if found["lambda"] is not None:
            self.lambda_ = float(found["lambda"])

    def _check_clusters(self, n: int) -> None:
        if not isinstance(self.n_clusters, str) and n < self.n_clusters:
            raise ValueError(f"n_samples={n} should be >= n_clusters={self.n_clusters}.")

    def _warn_of_fewer(self) -> None:
        distinct = len(np.unique(self.labels_))
        if distinct < self.n_clusters:
            text = f"Number of distinct clusters ({distinct}) found smaller than n_clusters ({self.n_clusters})"
            warnings.warn(f"{text}. Possibly due to duplicate points in X.", ConvergenceWarning, stacklevel=3)

    def _starts(self, many: int) -> int:
        """How many starts `n_init` says, of which "auto" is one of `k-means++` and `many` of others."""
        given = not isinstance(self.init, str) and not callable(self.init)
        if self.n_init == "auto":
            return 1 if given or self.init == "k-means++" else many
        if given and self.n_init != 1:
            text = f"Explicit initial center position passed: performing only one init in {type(self).__name__}"
            warnings.warn(f"{text} instead of n_init={self.n_init}.", RuntimeWarning, stacklevel=3)
            return 1
        return int(self.n_init)

    def _points(self, given: Any, coordinates: Coordinates) -> list[list[float]]:
        """Centres to begin from, checked, of the coordinates that the model has."""
        centres = np.asarray(given.toarray() if hasattr(given, "toarray") else given, dtype=np.float64)
        if centres.ndim != 2 or len(centres) != self.n_clusters:
            text = f"The shape of the initial centers {centres.shape} does not match the number of clusters"
            raise ValueError(f"{text} {self.n_clusters}.")
        if centres.shape[1] != len(coordinates):
            text = f"The shape of the initial centers {centres.shape} does not match the number of features of the data"
            many = "" if coordinates.plain else f", with one for each category: {', '.join(coordinates.names)}"
            raise ValueError(f"{text} {len(coordinates)}{many}.")
        known = centres[:, coordinates.places]
        if not np.isfinite(known).all():
            raise ValueError(f"Input init contains {'NaN' if np.isnan(known).any() else 'infinity'}.")
        return known.tolist()

    def _begun(self, X: MatrixLike, rows: _Rows, coordinates: Coordinates, state: Any) -> list[list[float]]:
        """What a callable begins from."""
        if not coordinates.plain or isinstance(X, _native.Table):
            points = coordinates.points(rows.table)
        else:
            points = X.tocsr() if hasattr(X, "tocsr") else np.asarray(X, dtype=self.__dict__.get("_dtype", np.float64))
        return self._points(self.init(points, self.n_clusters, random_state=state), coordinates)

    def fit_predict(self, X: MatrixLike, y: Any = None, sample_weight: ArrayLike | None = None) -> np.ndarray:
        """The cluster of every row of a fit, of shape (n_samples,)."""
        return np.asarray(self.fit(X, y, sample_weight=sample_weight).labels_)

    def fit_transform(self, X: MatrixLike, y: Any = None, sample_weight: ArrayLike | None = None) -> np.ndarray:
        """The distances of the rows of a fit to its centres, of shape (n_samples, n_clusters)."""
        return self.fit(X, y, sample_weight=sample_weight).transform(X)

    def predict(self, X: MatrixLike) -> np.ndarray:
        """The cluster of every row, of shape (n_samples,): that of the nearest centre.

        Parameters
        ----------
        X : array-like, sparse matrix or frame of shape (n_samples, n_features)
        """
        return self._ask("predict", X).astype(np.int32)

    def transform(self, X: MatrixLike) -> np.ndarray:
        """The distances of rows to the centres, of shape (n_samples, n_clusters).

        Parameters
        ----------
        X : array-like, sparse matrix or frame of shape (n_samples, n_features)
        """
        rows = self._checked(X)
        return self._of_type(_native.transform(self.model_, rows, self._threads()))

    def score(self, X: MatrixLike, y: Any = None, sample_weight: ArrayLike | None = None) -> float:
        """The sum of squared distances to the nearest centres, times -1.

        Parameters
        ----------
        X : array-like, sparse matrix or frame of shape (n_samples, n_features)
        y : Ignored
        sample_weight : array-like of shape (n_samples,), default=None
        """
        rows = self._checked(X)
        nearest = _native.transform(self.model_, rows, self._threads()).min(axis=1) ** 2
        weight = None if sample_weight is None else check_sample_weight(sample_weight, nearest)
        return -float(nearest.sum() if weight is None else weight @ nearest)

    def _spread(self, rows: _Rows, where: np.ndarray | None) -> None:
        """The labels of all rows, from those of different ones."""
        if where is None:
            return
        labels = self.labels_[where]
        without = np.flatnonzero(where < 0)
        if len(without):
            labels[without] = self.model_.predict(rows.table.take(without.astype(np.int64)), self._threads())
        self.labels_ = labels

    def _best(self, X: MatrixLike, every: _Rows, rows: _Rows, settings: dict[str, Any], starts: int) -> None:
        """A fit from what `init` is, the best of several where it is a callable: `every` are the rows of X, `rows` the different ones."""
        if isinstance(self.init, str):
            self._learn({**settings, "init": str(self.init), "n_init": starts}, rows)
            return
        if not callable(self.init):
            self._learn({**settings, "centers": self._points(self.init, self._coordinates_of(rows))}, rows)
            return
        from ._compat import check_random_state

        state, best, coordinates = check_random_state(self.random_state), None, self._coordinates_of(every)
        for _ in range(starts):
            own = {**settings, "centers": self._begun(X, every, coordinates, state)}
            found = _native.fit(self._kind, as_json(own), rows, seed=0, threads=self._threads())
            inertia = _native.centres(found[0])["inertia"]
            if best is None or inertia < best[0]:
                best = (inertia, own)
        assert best is not None, "there is at least one start"
        self._learn(best[1], rows, seed=0)

"""Mini-batch k-means under scikit-learn's names."""

from __future__ import annotations

import math
import warnings
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, ClassVar

from ._centres import ANY_INIT, Centres
from ._merged import merged
from ._parameters import keep
from ._ranges import FLAG, VERBOSE, Number

if TYPE_CHECKING:
    from ._base import _Rows
    from ._typing import ArrayLike, MatrixLike, Self


class MiniBatchKMeans(Centres):
    """k-means by mini-batches of rows (Sculley 2010): nearly as good, at a part of the time, and for rows that come in parts.

    Parameters
    ----------
    n_clusters : int, default=8
    init : {"k-means++", "random"}, array-like of shape (n_clusters, n_features) or callable, default="k-means++"
    max_iter : int, default=100
        Most passes over the rows.
    batch_size : int, default=1024
    verbose : int, default=0
    compute_labels : bool, default=True
        Whether there are `labels_` and `inertia_`.
    random_state : int, RandomState or None, default=None
    tol : float, default=0.0
        It has ended when centres move less than this, in variances of the data, smoothed over mini-batches; 0 does not ask.
    max_no_improvement : int or None, default=10
        It has ended when the smoothed inertia has not fallen for so many mini-batches; None does not ask.
    init_size : int or None, default=None
        Rows that the first centres are drawn from; None is three times a mini-batch, or three times the clusters if that is more.
    n_init : int or "auto", default="auto"
        Starts, of which the one that suits `init_size` rows best is gone on with; "auto" is 1 for "k-means++" and arrays, else 3.
    reassignment_ratio : float, default=0.01
        Centres with fewer rows than this fraction of the largest are moved.
    standardize : bool, default=False
        Divide every column by its deviation.

    Attributes
    ----------
    cluster_centers_ : ndarray of shape (n_clusters, n_coordinates)
    labels_ : ndarray of shape (n_samples,)
    inertia_ : float
    n_iter_ : int
        Passes that were begun.
    n_steps_ : int
        Mini-batches.
    terms_ : ndarray of shape (n_coordinates,)
        Names of the coordinates: a column of numbers, or `column=category`; without categories the columns.
    n_features_in_ : int
    fit_report_ : FitReport
    """

    _kind = "mini-batch-kmeans"
    _KEPT = ("n_steps_", "n_iter_")
    _RANGES: ClassVar[dict[str, Any]] = {
        **Centres._RANGES,
        "init": ANY_INIT,
        "batch_size": [Number(int, 1, None)],
        "compute_labels": [FLAG],
        "max_no_improvement": [Number(int, 0, None), None],
        "init_size": [Number(int, 1, None), None],
        "reassignment_ratio": [Number(float, 0, None)],
        "standardize": [FLAG],
        "verbose": [VERBOSE],
    }

    def __init__(
        self,
        n_clusters: int = 8,
        *,
        init: str | ArrayLike | Callable[..., Any] = "k-means++",
        max_iter: int = 100,
        batch_size: int = 1024,
        verbose: int = 0,
        compute_labels: bool = True,
        random_state: Any = None,
        tol: float = 0.0,
        max_no_improvement: int | None = 10,
        init_size: int | None = None,
        n_init: int | str = "auto",
        reassignment_ratio: float = 0.01,
        standardize: bool = False,
    ) -> None:
        keep(self, locals())

    def fit(self, X: MatrixLike, y: Any = None, sample_weight: ArrayLike | None = None) -> Self:
        """Divide rows.

        Parameters
        ----------
        X : array-like, sparse matrix or frame of shape (n_samples, n_features)
        y : Ignored
        sample_weight : array-like of shape (n_samples,), default=None
            A weight pulls a centre as so many repetitions of its row; rows are drawn without regard to it.

        Returns
        -------
        self
        """
        rows = self._read(X, sample_weight)
        n = self._begin(X, rows, online=False)
        self.n_steps_ = self.n_iter_
        self.n_iter_ = math.ceil(self.n_steps_ * min(self.batch_size, n) / n)
        return self

    def partial_fit(self, X: MatrixLike, y: Any = None, sample_weight: ArrayLike | None = None) -> Self:
        """Move the centres by one mini-batch; the first call begins with it.

        Parameters
        ----------
        X : array-like, sparse matrix or frame of shape (n_samples, n_features)
        y : Ignored
        sample_weight : array-like of shape (n_samples,), default=None

        Returns
        -------
        self
        """
        known = hasattr(self, "model_")
        steps = self.__dict__.get("n_steps_", 0) if known else 0
        rows = self._read(X, sample_weight, reset=not known)
        if known:
            self._learn(self._own_settings(online=True), rows, init=self.model_)
            self._labels_if_asked()
        else:
            self._begin(X, rows, online=True)
        self.n_steps_ = steps + 1
        return self

    def _begin(self, X: MatrixLike, rows: _Rows, *, online: bool) -> int:
        """A fit from nothing; the number of different rows."""
        self._check_clusters(len(rows.table))
        if self.init_size is not None and self.init_size < self.n_clusters:
            text = f"init_size={self.init_size} should be larger than n_clusters={self.n_clusters}."
            warnings.warn(f"{text} Setting it to {self.n_clusters}.", RuntimeWarning, stacklevel=3)
        few, where = merged(rows, self.n_features_in_)
        self._best(X, rows, few, self._own_settings(online=online), self._starts(3))
        self._spread(rows, where)
        self._labels_if_asked()
        return len(few.table)

    def _labels_if_asked(self) -> None:
        if not self.compute_labels:
            del self.labels_, self.inertia_

    def _own_settings(self, *, online: bool) -> dict[str, Any]:
        names = ("n_clusters", "max_iter", "batch_size", "tol", "standardize")
        return {
            **{name: getattr(self, name) for name in names},
            "max_no_improvement": self.max_no_improvement or 0,
            "init_size": self.init_size or 0,
            "reassignment_ratio": min(float(self.reassignment_ratio), 1.0),
            "online": online,
        }

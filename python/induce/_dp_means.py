"""Clusters whose number follows from a distance: DP-means, and the hard HDP for several data sets."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from . import _native
from ._centres import Centres
from ._merged import merged
from ._parameters import keep
from ._ranges import FLAG, VERBOSE, Number, Word

if TYPE_CHECKING:
    from ._typing import ArrayLike, MatrixLike, Self

#: What a squared distance may be.
PENALTY = [Word("auto"), Number(float, 0.0, None, "neither")]


class DPMeans(Centres):
    """DP-means: a row farther than a distance from all centres makes a cluster of its own (Kulis & Jordan 2012).

    Parameters
    ----------
    n_clusters : int or "auto", default="auto"
        The number that `lam="auto"` is to lead to, roughly; "auto" takes the widest gap among distances.
    lam : float or "auto", default="auto"
        Lambda, the squared distance at which a row makes a cluster of its own; "auto" follows from `n_clusters`.
    max_clusters : int, default=50
        The largest number that "auto" looks at.
    creation : {"delayed", "serial"}, default="delayed"
        "delayed" lets the farthest row make a cluster first; "serial" takes rows in their order, as the paper has it.
    max_iter : int, default=300
    standardize : bool, default=False
        Divide every column by its deviation.
    verbose : int, default=0

    Attributes
    ----------
    lambda_ : float
    cluster_centers_ : ndarray of shape (n_clusters, n_coordinates)
    labels_ : ndarray of shape (n_samples,)
    inertia_ : float
    n_iter_ : int
    terms_ : ndarray of shape (n_coordinates,)
        Names of the coordinates: a column of numbers, or `column=category`; without categories the columns.
    n_features_in_ : int
    fit_report_ : FitReport

    Examples
    --------
    >>> from induce.cluster import DPMeans
    >>> model = DPMeans(lam=16.0).fit([[1.0], [2.0], [10.0], [12.0], [30.0]])
    >>> len(model.cluster_centers_), model.predict([[99.0]], new=True).tolist()
    (3, [3])
    """

    _kind = "dp-means"
    _RANGES: ClassVar[dict[str, Any]] = {
        "n_clusters": [Number(int, 1, None), Word("auto")],
        "lam": PENALTY,
        "max_clusters": [Number(int, 1, None)],
        "creation": [Word("delayed", "serial")],
        "max_iter": [Number(int, 1, None)],
        "standardize": [FLAG],
        "verbose": [VERBOSE],
    }

    def __init__(
        self,
        n_clusters: int | str = "auto",
        *,
        lam: float | str = "auto",
        max_clusters: int = 50,
        creation: str = "delayed",
        max_iter: int = 300,
        standardize: bool = False,
        verbose: int = 0,
    ) -> None:
        keep(self, locals())

    def fit(self, X: MatrixLike, y: Any = None, sample_weight: ArrayLike | None = None) -> Self:
        """Divide rows.

        Parameters
        ----------
        X : array-like, sparse matrix or frame of shape (n_samples, n_features)
        y : Ignored
        sample_weight : array-like of shape (n_samples,), default=None

        Returns
        -------
        self
        """
        rows = self._read(X, sample_weight)
        own: dict[str, Any] = {"lambda": self.lam, "creation": self.creation, "max_iter": self.max_iter}
        if self.lam == "auto":
            own["n_clusters"] = self.n_clusters
            if self.n_clusters == "auto":
                own["max_clusters"] = self.max_clusters
        self._learn({**own, "standardize": self.standardize}, rows)
        return self

    def predict(self, X: MatrixLike, new: bool = False) -> np.ndarray:
        """The cluster of every row, of shape (n_samples,).

        Parameters
        ----------
        X : array-like, sparse matrix or frame of shape (n_samples, n_features)
        new : bool, default=False
            Let rows that are farther than lambda from all centres make new clusters, numbered on.
        """
        if not new:
            return super().predict(X)
        rows = self._checked(X)
        return _native.with_new_clusters(self.model_, rows, self._threads()).astype(np.int32)


class HardHDP(Centres):
    """The hard HDP: clusters of several data sets, which share them (Kulis & Jordan 2012).

    Parameters
    ----------
    n_clusters : int or "auto", default="auto"
        The number of shared clusters that `lambda_global="auto"` is to lead to, roughly.
    lambda_global : float or "auto", default="auto"
        What a shared cluster costs, a squared distance.
    lambda_local : float or "auto", default="auto"
        What a cluster of one data set costs, a squared distance.
    max_iter : int, default=300
    standardize : bool, default=False
        Divide every column by its deviation.
    verbose : int, default=0

    Attributes
    ----------
    cluster_centers_ : ndarray of shape (n_clusters, n_coordinates)
        Of the shared clusters.
    labels_ : ndarray of shape (n_samples,)
        The shared cluster of every row.
    lambda_ : float
        What a new shared cluster costs a row: both penalties.
    inertia_ : float
    n_iter_ : int
    terms_ : ndarray of shape (n_coordinates,)
        Names of the coordinates: a column of numbers, or `column=category`; without categories the columns.
    n_features_in_ : int
    fit_report_ : FitReport
    """

    _kind = "hard-hdp"
    _RANGES: ClassVar[dict[str, Any]] = {
        "n_clusters": [Number(int, 1, None), Word("auto")],
        "lambda_global": PENALTY,
        "lambda_local": PENALTY,
        "max_iter": [Number(int, 1, None)],
        "standardize": [FLAG],
        "verbose": [VERBOSE],
    }

    def __init__(
        self,
        n_clusters: int | str = "auto",
        *,
        lambda_global: float | str = "auto",
        lambda_local: float | str = "auto",
        max_iter: int = 300,
        standardize: bool = False,
        verbose: int = 0,
    ) -> None:
        keep(self, locals())

    def fit(
        self, X: MatrixLike, y: Any = None, sample_weight: ArrayLike | None = None, groups: ArrayLike | None = None
    ) -> Self:
        """Divide the rows of several data sets.

        Parameters
        ----------
        X : array-like, sparse matrix or frame of shape (n_samples, n_features)
        y : Ignored
        sample_weight : array-like of shape (n_samples,), default=None
        groups : array-like of shape (n_samples,), default=None
            The data set of every row; None is a single one.

        Returns
        -------
        self
        """
        rows = self._read(X, sample_weight)
        rows.groups = np.zeros(len(rows.table), dtype=np.uint32)
        if groups is not None:
            rows.groups = np.unique(np.asarray(groups), return_inverse=True)[1].ravel().astype(np.uint32)
        own = {name: getattr(self, name) for name in ("lambda_global", "lambda_local", "max_iter", "standardize")}
        if self.lambda_global == "auto":
            own["n_clusters"] = self.n_clusters
        if len(rows.groups) != len(rows.table):
            raise ValueError(f"groups has {len(rows.groups)} entries, X has {len(rows.table)} rows")
        few, where = merged(rows, self.n_features_in_)
        self._learn(own, few)
        self._spread(rows, where)
        return self

"""Bisecting k-means under scikit-learn's names."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from ._centres import Centres
from ._merged import merged
from ._parameters import keep
from ._ranges import FLAG, VERBOSE, Number, Word

if TYPE_CHECKING:
    from ._typing import ArrayLike, MatrixLike, Self


class BisectingKMeans(Centres):
    """Bisecting k-means: one cluster after the other is divided in two.

    Parameters
    ----------
    n_clusters : int, default=8
    init : {"k-means++", "random"}, default="random"
        How the two centres of a division begin.
    n_init : int, default=1
        Starts of every division, of which the best is kept.
    random_state : int, RandomState or None, default=None
    max_iter : int, default=300
        Of every division.
    verbose : int, default=0
    tol : float, default=1e-4
        A division has ended when its centres together move less than this, in variances of the data.
    copy_x : bool, default=True
        Of no effect: X is never written to.
    algorithm : {"lloyd", "elkan"}, default="lloyd"
        Of no effect: results are the same.
    bisecting_strategy : {"biggest_inertia", "largest_cluster"}, default="biggest_inertia"
        Which cluster is divided next.
    standardize : bool, default=False
        Divide every column by its deviation.

    Attributes
    ----------
    cluster_centers_ : ndarray of shape (n_clusters, n_coordinates)
    labels_ : ndarray of shape (n_samples,)
    inertia_ : float
    terms_ : ndarray of shape (n_coordinates,)
        Names of the coordinates: a column of numbers, or `column=category`; without categories the columns.
    n_features_in_ : int
    fit_report_ : FitReport

    Notes
    -----
    `predict` asks pair by pair which centre is nearer: a row need not come to the cluster whose centre is nearest of all.
    """

    _kind = "bisecting-kmeans"
    _RANGES: ClassVar[dict[str, Any]] = {
        **Centres._RANGES,
        "init": [Word("k-means++", "random")],
        "n_init": [Number(int, 1, None)],
        "copy_x": [FLAG],
        "algorithm": [Word("lloyd", "elkan")],
        "bisecting_strategy": [Word("biggest_inertia", "largest_cluster")],
        "standardize": [FLAG],
        "verbose": [VERBOSE],
    }

    def __init__(
        self,
        n_clusters: int = 8,
        *,
        init: str = "random",
        n_init: int = 1,
        random_state: Any = None,
        max_iter: int = 300,
        verbose: int = 0,
        tol: float = 1e-4,
        copy_x: bool = True,
        algorithm: str = "lloyd",
        bisecting_strategy: str = "biggest_inertia",
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
            A weight counts as so many repetitions of its row.

        Returns
        -------
        self
        """
        rows = self._read(X, sample_weight)
        self._check_clusters(len(rows.table))
        names = ("n_clusters", "init", "n_init", "max_iter", "tol", "bisecting_strategy", "standardize")
        few, where = merged(rows, self.n_features_in_)
        self._learn({name: getattr(self, name) for name in names}, few)
        self._spread(rows, where)
        return self

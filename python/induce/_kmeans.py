"""k-means under scikit-learn's names."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from . import _data, _native
from ._base import seed_of
from ._centres import ANY_INIT, Centres
from ._merged import merged
from ._parameters import keep
from ._ranges import FLAG, VERBOSE, Number, Word
from ._unsupervised import threads

if TYPE_CHECKING:
    from ._typing import ArrayLike, MatrixLike, Self


class KMeans(Centres):
    """k-means: k compact clusters about their means (Lloyd 1982), from greedy k-means++ starts (Arthur & Vassilvitskii 2007).

    Parameters
    ----------
    n_clusters : int or "auto", default=8
        "auto" fits every number up to `max_clusters` and chooses by `criterion`.
    init : {"k-means++", "random"}, array-like of shape (n_clusters, n_features) or callable, default="k-means++"
        A callable is given X, the number of clusters and `random_state`.
    n_init : int or "auto", default="auto"
        Starts, of which the best is kept; "auto" is 1 for "k-means++" and arrays, else 10.
    max_iter : int, default=300
    tol : float, default=1e-4
        All centres together move less than this, in variances of the data.
    verbose : int, default=0
    random_state : int, RandomState or None, default=None
    copy_x : bool, default=True
        Of no effect: X is never written to.
    algorithm : {"lloyd", "elkan"}, default="lloyd"
        Of no effect: results are the same, and distances that our own bounds (Hamerly 2010) prove needless are left out by both.
    metric : {"euclidean", "cosine"}, default="euclidean"
        "cosine" scales rows and centres to length 1 (spherical k-means); rows must be complete then.
    standardize : bool, default=False
        Divide every column by its deviation.
    max_clusters : int, default=10
        Of `n_clusters="auto"`.
    criterion : {"silhouette", "gap", "bic"}, default="silhouette"
        Of `n_clusters="auto"`.

    Attributes
    ----------
    cluster_centers_ : ndarray of shape (n_clusters, n_coordinates)
        Fewer, if there are fewer different rows.
    labels_ : ndarray of shape (n_samples,)
    inertia_ : float
        The sum of squared distances to the nearest centres.
    n_iter_ : int
    terms_ : ndarray of shape (n_coordinates,)
        Names of the coordinates: a column of numbers, or `column=category`; without categories the columns.
    n_features_in_ : int
    fit_report_ : FitReport

    Notes
    -----
    Starts are drawn by what rows hold: neither their order nor weights in place of repetitions change them (for up to a million values;
    of more, the order does).

    Of a row with missing values (NaN) only the coordinates count that are there (k-POD: Chi, Chi & Baraniuk 2016).

    Examples
    --------
    >>> from induce.cluster import KMeans
    >>> KMeans(2, random_state=0).fit([[1.0], [2.0], [10.0], [12.0]]).inertia_
    2.5
    """

    _kind = "kmeans"
    _RANGES: ClassVar[dict[str, Any]] = {
        **Centres._RANGES,
        "n_clusters": [Number(int, 1, None), Word("auto")],
        "init": ANY_INIT,
        "copy_x": [FLAG],
        "algorithm": [Word("lloyd", "elkan")],
        "metric": [Word("euclidean", "cosine")],
        "standardize": [FLAG],
        "max_clusters": [Number(int, 1, None)],
        "criterion": [Word("silhouette", "gap", "bic")],
        "verbose": [VERBOSE],
    }

    def __init__(
        self,
        n_clusters: int | str = 8,
        *,
        init: str | ArrayLike | Callable[..., Any] = "k-means++",
        n_init: int | str = "auto",
        max_iter: int = 300,
        tol: float = 1e-4,
        verbose: int = 0,
        random_state: Any = None,
        copy_x: bool = True,
        algorithm: str = "lloyd",
        metric: str = "euclidean",
        standardize: bool = False,
        max_clusters: int = 10,
        criterion: str = "silhouette",
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
        if self.algorithm == "elkan" and self.n_clusters == 1:
            text = "algorithm='elkan' doesn't make sense for a single cluster. Using 'lloyd' instead."
            warnings.warn(text, RuntimeWarning, stacklevel=2)
        few, where = merged(rows, self.n_features_in_)
        self._best(X, rows, few, self._own_settings(), self._starts(10))
        self._spread(rows, where)
        if not isinstance(self.n_clusters, str):
            self._warn_of_fewer()
        return self

    def _own_settings(self) -> dict[str, Any]:
        own: dict[str, Any] = {
            name: getattr(self, name) for name in ("n_clusters", "max_iter", "tol", "metric", "standardize")
        }
        if self.n_clusters == "auto":
            if not isinstance(self.init, str):
                raise ValueError("n_clusters='auto' chooses the number of clusters, which centres in `init` would fix")
            own |= {"max_clusters": self.max_clusters, "criterion": self.criterion}
        return own


def k_means(
    X: MatrixLike,
    n_clusters: int,
    *,
    sample_weight: ArrayLike | None = None,
    init: str | ArrayLike | Callable[..., Any] = "k-means++",
    n_init: int | str = "auto",
    max_iter: int = 300,
    verbose: bool = False,
    tol: float = 1e-4,
    random_state: Any = None,
    copy_x: bool = True,
    algorithm: str = "lloyd",
    return_n_iter: bool = False,
) -> tuple[Any, ...]:
    """k-means as a function: what `KMeans` is told, and what it finds.

    Returns
    -------
    centroid : ndarray of shape (n_clusters, n_features)
    label : ndarray of shape (n_samples,)
    inertia : float
    best_n_iter : int
        Only if `return_n_iter`.
    """
    own = {name: value for name, value in locals().items() if name not in ("X", "sample_weight", "return_n_iter")}
    model = KMeans(**own).fit(X, sample_weight=sample_weight)
    found = (model.cluster_centers_, model.labels_, model.inertia_)
    return (*found, model.n_iter_) if return_n_iter else found


def kmeans_plusplus(
    X: MatrixLike,
    n_clusters: int,
    *,
    sample_weight: ArrayLike | None = None,
    x_squared_norms: ArrayLike | None = None,
    random_state: Any = None,
    n_local_trials: int | None = None,
) -> tuple[np.ndarray, np.ndarray]:
    """Rows to begin k-means from, drawn by their squared distance to those before (Arthur & Vassilvitskii 2007).

    Parameters
    ----------
    X : array-like or sparse matrix of shape (n_samples, n_features)
    n_clusters : int
    sample_weight : array-like of shape (n_samples,), default=None
    x_squared_norms : array-like of shape (n_samples,), default=None
        Of no effect but that its length is checked.
    random_state : int, RandomState or None, default=None
    n_local_trials : int or None, default=None
        Only None, which is 2 + ln k.

    Returns
    -------
    centers : ndarray of shape (n_clusters, n_features)
        Fewer, if there are fewer different rows.
    indices : ndarray of shape (n_clusters,)
    """
    if n_local_trials is not None:
        raise ValueError(f"n_local_trials={n_local_trials!r} is not supported: there are 2 + ln k, as None has it")
    model = KMeans(n_clusters)
    rows = model._read(X, sample_weight)
    n = len(rows.table)
    if x_squared_norms is not None and len(np.asarray(x_squared_norms)) != n:
        length = len(np.asarray(x_squared_norms))
        raise ValueError(f"The length of x_squared_norms {length} should be equal to the length of n_samples {n}.")
    model._check_clusters(n)
    indices = _native.seed_places(rows, n_clusters, seed_of(random_state), threads())
    coordinates = model._coordinates_of(rows)
    if not coordinates.plain or isinstance(X, _native.Table):
        return coordinates.points(rows.table.take(indices)), indices
    centres = _data.rows_of(X, indices)
    return np.asarray(centres.toarray() if hasattr(centres, "toarray") else centres), indices

"""Spectral clustering under scikit-learn's name."""

from __future__ import annotations

import json
import math
import warnings
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from . import _data
from ._base import _Rows
from ._compat import HAS_SKLEARN, ClusterMixin, ConvergenceWarning, check_is_fitted, validate_data
from ._graphs import Nodes
from ._parameters import keep
from ._ranges import Number, Word, check
from ._unsupervised import Unsupervised

if TYPE_CHECKING:
    from ._typing import MatrixLike, Self

#: Affinities whose graph is built natively, and what the registry calls them.
GRAPHS: dict[str, dict[str, Any]] = {
    "self_tuning": {"edges": "mutual", "weights": "self_tuning", "connect": True},
    "nearest_neighbors": {"edges": "neighbors", "weights": "connectivity", "connect": False},
    "rbf": {"edges": "all", "weights": "rbf", "connect": False},
}

#: Affinities that are matrices already.
GIVEN = ("precomputed", "precomputed_nearest_neighbors")


class SpectralClustering(ClusterMixin, Unsupervised):
    """Spectral clustering: k-means in the eigenvectors of a graph's Laplacian (Shi & Malik 2000; Ng, Jordan & Weiss 2001).

    Parameters
    ----------
    n_clusters : int or "auto", default=8
        "auto" is where the eigenvalues make their largest step.
    eigen_solver : {"arpack", "lobpcg", "amg"} or None, default=None
        Taken for the sake of scikit-learn, and of no effect: there is one solver, whose residuals are in `residuals_`.
    n_components : int or None, default=None
        Eigenvectors that are coordinates; None is `n_clusters`.
    random_state : int, RandomState or None, default=None
    n_init : int, default=10
        Starts of k-means.
    gamma : float, default=1.0
        Scale of "rbf", and of kernels that have one.
    affinity : {"rbf", "self_tuning", "nearest_neighbors", "precomputed", "precomputed_nearest_neighbors"}, kernel or callable, default="rbf"
        "self_tuning" joins rows that are among the nearest of each other, by similarities in their own scales: it needs no
        `gamma`, memory for a few edges a row, and is the default of the command line. Other names are kernels of
        `sklearn.metrics.pairwise`, which scikit-learn computes. Similarities must not be negative: "laplacian" and, of data that are not
        negative, "chi2" never are; "linear", "poly", "polynomial", "sigmoid", "cosine" and "additive_chi2" are refused with rows of which one is,
        where scikit-learn fits what may have no meaning.
    n_neighbors : int, default=10
        Of "nearest_neighbors" (each row counts among its own, as in scikit-learn) and "self_tuning".
    eigen_tol : float or "auto", default="auto"
        Residual of an eigenvector that is good enough; "auto" is 1e-8.
    assign_labels : {"kmeans", "discretize", "cluster_qr"}, default="kmeans"
    degree : float, default=3
    coef0 : float, default=1
    kernel_params : dict or None, default=None
        Of kernels that scikit-learn computes.
    n_jobs : int or None, default=None
        Threads; None is all processors.
    verbose : bool, default=False

    Attributes
    ----------
    labels_ : ndarray of shape (n_samples,)
    affinity_matrix_ : array-like of shape (n_samples, n_samples)
        Of similarities that are given, or that scikit-learn computes; graphs that are built natively are not kept.
    eigenvalues_, residuals_ : ndarray
        The smallest of the Laplacian, and `|L v - lambda v|` of their vectors.
    normalized_cut_, modularity_ : float
    n_components_graph_ : int
        Connected components.
    n_features_in_ : int
    fit_report_ : FitReport
    """

    _kind = "spectral"
    _NAMES: ClassVar[dict[str, str | None]] = {"tolerance": "eigen_tol"}
    _takes_missing = False
    _RANGES: ClassVar[dict[str, Any]] = {
        "n_clusters": [Number(int, 1, None), Word("auto")],
        "eigen_solver": [Word("arpack", "lobpcg", "amg"), None],
        "n_components": [Number(int, 1, None), None],
        "n_init": [Number(int, 1, None)],
        "gamma": [Number(float, 0, None)],
        "n_neighbors": [Number(int, 1, None)],
        "eigen_tol": [Number(float, 0, None), Word("auto")],
        "assign_labels": [Word("kmeans", "discretize", "cluster_qr")],
        "degree": [Number(float, 0, None)],
        "coef0": [Number(float, None, None)],
    }

    def __init__(
        self,
        n_clusters: int | str = 8,
        *,
        eigen_solver: str | None = None,
        n_components: int | None = None,
        random_state: Any = None,
        n_init: int = 10,
        gamma: float = 1.0,
        affinity: str | Callable[..., Any] = "rbf",
        n_neighbors: int = 10,
        eigen_tol: float | str = "auto",
        assign_labels: str = "kmeans",
        degree: float = 3,
        coef0: float = 1,
        kernel_params: dict[str, Any] | None = None,
        n_jobs: int | None = None,
        verbose: bool = False,
    ) -> None:
        keep(self, locals())

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.input_tags.pairwise = self.affinity in GIVEN
        return tags

    def fit(self, X: MatrixLike, y: Any = None) -> Self:
        """Divide rows, or the nodes of a graph.

        Parameters
        ----------
        X : array-like, sparse matrix or frame of shape (n_samples, n_features), or (n_samples, n_samples)
            Rows; similarities with "precomputed"; sparse distances of neighbours with "precomputed_nearest_neighbors".
        y : Ignored

        Returns
        -------
        self
        """
        check(self)
        for name in ("_column_names", "_card", "_affinity"):
            self.__dict__.pop(name, None)
        self._check_affinity()
        graph = isinstance(self.affinity, str) and self.affinity in GRAPHS
        data: Any = self._read(X) if graph else Nodes(_data.SparseRows(self._similarities(X)))
        self._check_enough(len(data.table) if isinstance(data, _Rows) else len(data.edges))
        if self.verbose:
            print(f"Computing label assignment using {self.assign_labels}")
        self._learn(self._settings(data), data)
        if self.n_components_graph_ > 1:
            text = f"Graph is not fully connected: it has {self.n_components_graph_} components, which are told apart before anything within them"
            warnings.warn(text, UserWarning, stacklevel=2)
        if self.fit_report_.outcome == "exhausted":
            warnings.warn(f"{type(self).__name__}: {self.fit_report_.reason}", ConvergenceWarning, stacklevel=2)
        return self

    def predict(self, X: MatrixLike) -> np.ndarray:
        """The cluster that a step of the random walk from each row most likely leads to; rows of the fit keep theirs.

        Parameters
        ----------
        X : array-like, sparse matrix or frame of shape (n_samples, n_features)

        Returns
        -------
        ndarray of shape (n_samples,)
        """
        check_is_fitted(self, "model_")
        if not (isinstance(self.affinity, str) and self.affinity in GRAPHS):
            raise ValueError(f"rows have no place in a graph that was given: predict needs one of {', '.join(GRAPHS)}, not {self.affinity!r}")
        return np.asarray(self._ask("predict", X)).astype(np.int32)

    def _settings(self, rows: Any) -> dict[str, Any]:
        own: dict[str, Any] = {
            "n_clusters": self.n_clusters,
            "assign_labels": self.assign_labels,
            "tolerance": 1e-8 if self.eigen_tol in ("auto", 0) else min(float(self.eigen_tol), 0.5),
        }
        if self.assign_labels == "kmeans":
            own["n_init"] = self.n_init
            if self.n_components is not None:
                own["n_components"] = self.n_components
        if isinstance(self.affinity, str) and self.affinity in GRAPHS:
            own |= GRAPHS[self.affinity]
            if self.affinity == "rbf":
                own["gamma"] = max(float(self.gamma), 5e-324)
            else:
                # scikit-learn counts a row among its own neighbours.
                others = self.n_neighbors - 1 if self.affinity == "nearest_neighbors" else self.n_neighbors
                own["n_neighbors"] = max(1, min(others, len(rows.table) - 1))
        return own

    def _take_settings(self, settings: dict[str, Any]) -> None:
        super()._take_settings(settings)
        for name, graph in GRAPHS.items():
            if all(settings.get(setting) == value for setting, value in graph.items()):
                self.affinity = name

    def _after(self, steps: int) -> None:
        facts = json.loads(self.model_.facts)
        self.labels_ = np.asarray(facts["labels"], dtype=np.int32)
        self.eigenvalues_ = np.asarray(facts["eigenvalues"])
        self.residuals_ = np.asarray(facts["residuals"])
        self.normalized_cut_ = float(facts["normalized_cut"])
        self.modularity_ = float(facts["modularity"])
        self.n_components_graph_ = int(facts["components"])

    def _check_affinity(self) -> None:
        known = {*GRAPHS, *GIVEN}
        if HAS_SKLEARN:
            from sklearn.metrics.pairwise import KERNEL_PARAMS

            known |= set(KERNEL_PARAMS)
        if not callable(self.affinity) and self.affinity not in known:
            names = ", ".join(repr(name) for name in sorted(known))
            raise ValueError(
                f"The 'affinity' parameter of {type(self).__name__} must be a str among {{{names}}} or a callable. "
                f"Got {self.affinity!r} instead."
            )

    def _check_enough(self, n: int) -> None:
        if n < 2:
            raise ValueError(f"Found array with {n} sample(s) while a minimum of 2 is required by {type(self).__name__}.")

    def _similarities(self, X: MatrixLike) -> Any:
        """The matrix of similarities that is not built natively, compressed."""
        if self.affinity == "precomputed":
            given = validate_data(self, X, accept_sparse=["csr", "csc", "coo"], dtype=np.float64, ensure_min_samples=2)
            if given.shape[0] != given.shape[1]:
                raise ValueError(f"affinity='precomputed' needs a square matrix of similarities, not one of {given.shape}")
            self._affinity = given
        elif not HAS_SKLEARN:
            raise ValueError(f"affinity={self.affinity!r} is computed by scikit-learn, which is not installed")
        elif self.affinity == "precomputed_nearest_neighbors":
            from sklearn.neighbors import NearestNeighbors

            given = validate_data(self, X, accept_sparse=["csr", "csc", "coo"], dtype=np.float64, ensure_min_samples=2)
            graph = NearestNeighbors(n_neighbors=self.n_neighbors, n_jobs=self.n_jobs, metric="precomputed")
            near = graph.fit(given).kneighbors_graph(X=given, mode="connectivity")
            self._affinity = 0.5 * (near + near.T)
        else:
            from sklearn.metrics.pairwise import pairwise_kernels

            rows = validate_data(self, X, accept_sparse=["csr", "csc", "coo"], dtype=np.float64, ensure_min_samples=2)
            more = dict(self.kernel_params or {})
            if not callable(self.affinity):
                more |= {"gamma": self.gamma, "degree": self.degree, "coef0": self.coef0}
            self._affinity = pairwise_kernels(rows, metric=self.affinity, filter_params=True, **more)
            self._check_not_negative()
        return _compressed(self._affinity)

    def _check_not_negative(self) -> None:
        """An error if a kernel says that rows are less than not alike: a graph has no such weights."""
        least = float(np.min(self._affinity))
        if least < 0:
            raise ValueError(
                f"affinity={self.affinity!r} has similarities below 0, down to {least:.3g}, and weights of a graph are not negative\n"
                "hint: 'rbf', 'laplacian' and 'nearest_neighbors' have none; 'cosine' has none of data that are not negative"
            )

    @property
    def affinity_matrix_(self) -> Any:
        """The similarities, of shape (n_samples, n_samples)."""
        check_is_fitted(self, "model_")
        if "_affinity" not in self.__dict__:
            raise AttributeError(
                f"the graph of affinity={self.affinity!r} is built natively and not kept; "
                "`sklearn.metrics.pairwise.rbf_kernel` and `sklearn.neighbors.kneighbors_graph` compute such matrices"
            )
        return self._affinity


def _compressed(affinity: Any) -> Any:
    """Compressed rows, symmetric to the last bit."""
    if not HAS_SKLEARN and not hasattr(affinity, "tocsr"):
        raise ValueError("similarities are handed over as a sparse matrix of SciPy where scikit-learn is not installed")
    from scipy.sparse import csr_array

    rows = csr_array(affinity)
    back = csr_array(rows.T)
    if (rows != back).nnz:
        scale = float(np.abs(rows.data).max(initial=0.0))
        off = float(np.abs((rows - back).data).max(initial=0.0))
        if not math.isfinite(off) or off > 1e-8 * scale:
            warnings.warn("Array is not symmetric, and will be converted to symmetric by average with its transpose.", stacklevel=4)
        rows = csr_array(0.5 * (rows + back))
    return rows

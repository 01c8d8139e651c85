"""Information measures, in nats: entropies, divergences, and what variables say of each other.

Every estimate from a sample has a value, an interval, the bounds that the truth cannot leave and, where there is a null
hypothesis, a p-value.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from . import _native

if TYPE_CHECKING:
    from ._typing import ArrayLike

__all__ = [
    "Estimate",
    "alpha_divergence",
    "conditional_mutual_information",
    "cross_entropy",
    "differential_entropy",
    "entropy",
    "entropy_of_counts",
    "f_divergence",
    "kl_divergence",
    "mutual_information",
    "renyi_divergence",
    "renyi_entropy",
    "total_correlation",
]


def __dir__() -> list[str]:
    return sorted(__all__)


class Estimate(NamedTuple):
    """An estimate in nats.

    `value` is within `bounds`, `raw` is what the estimator gave before; `interval` is None where no variance is known,
    `p_value` where nothing is tested; `test` says which null hypothesis, and how.
    """

    value: float
    raw: float
    interval: tuple[float, float] | None
    p_value: float | None
    test: str
    bounds: tuple[float, float]
    estimator: str
    rows: int


def _how(permutations: int, confidence: float, random_state: int | None, n_jobs: int | None) -> tuple[int, float, int, int]:
    cores = os.cpu_count() or 1
    threads = 1 if n_jobs is None else cores + 1 + n_jobs if n_jobs < 0 else n_jobs
    return permutations, confidence, random_state or 0, max(1, threads)


def _probabilities(p: ArrayLike) -> np.ndarray:
    return np.ascontiguousarray(p, dtype=np.float64).ravel()


def _is_categories(values: np.ndarray, discrete: bool | None) -> bool:
    return values.dtype.kind in "OUSb" if discrete is None else discrete


def _codes(values: np.ndarray) -> np.ndarray:
    if values.ndim > 1:
        values = values.reshape(len(values), -1)
        return np.unique(values, axis=0, return_inverse=True)[1].ravel().astype(np.uint32)
    return np.unique(values, return_inverse=True)[1].astype(np.uint32)


def _points(values: np.ndarray, categories: bool) -> tuple[np.ndarray, bool]:
    if categories:
        return np.ascontiguousarray(_codes(values)[:, None], dtype=np.float64), True
    values = np.asarray(values, dtype=np.float64)
    return np.ascontiguousarray(values.reshape(len(values), -1)), False


def entropy(p: ArrayLike) -> float:
    """H(p) = -sum p ln p of probabilities.

    Examples
    --------
    >>> from induce.info import entropy
    >>> round(entropy([0.5, 0.25, 0.25]), 4)
    1.0397
    """
    return _native.entropy_of_probabilities(_probabilities(p), 1.0)


def renyi_entropy(p: ArrayLike, order: float) -> float:
    """ln(sum p^a) / (1 - a) of probabilities."""
    return _native.entropy_of_probabilities(_probabilities(p), order)


def kl_divergence(p: ArrayLike, q: ArrayLike) -> float:
    """KL(p || q) = sum p ln(p / q) of probabilities."""
    return f_divergence(p, q, "kl")


def cross_entropy(p: ArrayLike, q: ArrayLike) -> float:
    """-sum p ln q = H(p) + KL(p || q) of probabilities."""
    return entropy(p) + kl_divergence(p, q)


def f_divergence(p: ArrayLike, q: ArrayLike, name: str = "kl") -> float:
    """sum q f(p / q) of probabilities, f convex.

    Parameters
    ----------
    p, q : array-like
        Probabilities of the same outcomes.
    name : str, default="kl"
        `kl`, `reverse-kl`, `jensen-shannon`, `squared-hellinger`, `total-variation`, `pearson-chi-squared` or
        `neyman-chi-squared`.
    """
    return _native.divergence(name, _probabilities(p), _probabilities(q), 0.5)


def alpha_divergence(p: ArrayLike, q: ArrayLike, alpha: float) -> float:
    """(sum p^a q^(1 - a) - 1) / (a (a - 1)) of probabilities."""
    return _native.divergence("alpha", _probabilities(p), _probabilities(q), alpha)


def renyi_divergence(p: ArrayLike, q: ArrayLike, order: float) -> float:
    """ln(sum p^a q^(1 - a)) / (a - 1) of probabilities."""
    return _native.divergence("renyi", _probabilities(p), _probabilities(q), order)


def entropy_of_counts(counts: ArrayLike, estimator: str = "miller-madow", *, confidence: float = 0.95) -> Estimate:
    """The entropy of the distribution that counts were drawn from.

    `estimator` is `plug-in`, `miller-madow`, `grassberger`, `chao-shen`, `shrinkage` or `nsb`. The p-value is of all outcomes
    being equally likely.

    Examples
    --------
    >>> from induce.info import entropy_of_counts
    >>> own = entropy_of_counts([4, 2, 3, 0, 2, 4, 0, 0, 2], "nsb")
    >>> own.interval[0] < own.value < own.bounds[1]
    True
    """
    counts = np.ascontiguousarray(counts).ravel()
    if counts.size and (np.any(counts < 0) or np.any(counts != np.floor(counts))):
        raise ValueError("counts are whole numbers that are not negative\nhint: count first, such as by numpy.unique")
    if counts.size and counts.max() >= 2**64:
        raise ValueError("the counts sum to more than 64 bits hold\nhint: divide them: only their shares and their number count")
    return Estimate(*_native.information_of_counts(counts.astype(np.uint64), estimator, confidence))


def differential_entropy(X: ArrayLike, *, n_neighbors: int = 3, confidence: float = 0.95, n_jobs: int | None = None) -> Estimate:
    """The entropy of a density by nearest neighbours (Kozachenko & Leonenko): minus infinity where values repeat."""
    values, _ = _points(np.asarray(X), False)
    return Estimate(*_native.information_of_density(values, n_neighbors, _how(0, confidence, 0, n_jobs)))


def mutual_information(
    x: ArrayLike,
    y: ArrayLike,
    *,
    discrete_x: bool | None = None,
    discrete_y: bool | None = None,
    n_neighbors: int = 3,
    method: str = "auto",
    estimator: str = "miller-madow",
    standardise: bool = True,
    permutations: int = 199,
    confidence: float = 0.95,
    random_state: int | None = 0,
    n_jobs: int | None = None,
) -> Estimate:
    """I(X; Y) of two variables, numbers, vectors or categories.

    Parameters
    ----------
    x, y : array-like of shape (n_samples,) or (n_samples, n_columns)
    discrete_x, discrete_y : bool, default=None
        Whether they are categories; None is told from the type: texts, objects and booleans are.
    n_neighbors : int, default=3
    method : {"auto", "ksg1", "ksg2", "gao"}, default="auto"
        `auto` is counts for two categories, Ross's for one, Kraskov's first for none; ties are exact, without noise.
    estimator : str, default="miller-madow"
        Of the entropies of two categories, see `entropy_of_counts`.
    standardise : bool, default=True
        Divide numbers by their standard deviation, as scikit-learn does.
    permutations : int, default=199
        Of the test of independence; 0 is no test. Two categories have a G-test instead unless cells are sparse.
    confidence : float, default=0.95
    random_state : int, default=0
    n_jobs : int, default=None

    Examples
    --------
    >>> import numpy as np
    >>> from induce.info import mutual_information
    >>> x = np.random.default_rng(0).normal(size=500)
    >>> own = mutual_information(x, x**2)
    >>> own.value > 1 and own.p_value == 0.005
    True
    >>> mutual_information(x, np.ones(500)).value
    0.0
    """
    x, y = np.asarray(x), np.asarray(y)
    kinds = (_is_categories(x, discrete_x), _is_categories(y, discrete_y))
    how = _how(permutations, confidence, random_state, n_jobs)
    if method == "auto" and all(kinds):
        return Estimate(*_native.information_of_codes(_codes(x), _codes(y), None, estimator, how))
    numbers, categories = (y, x) if kinds[0] else (x, y)
    if method == "auto" and any(kinds) and (numbers.ndim == 1 or numbers.shape[1] == 1):
        values = np.ascontiguousarray(numbers, dtype=np.float64).ravel()
        return Estimate(*_native.information_of_classes(values, _codes(categories), n_neighbors, how))
    points = [_points(x, kinds[0]), _points(y, kinds[1])]
    method = "ksg1" if method == "auto" else method
    return Estimate(*_native.information_of_points(points, None, method, n_neighbors, standardise, how))


def conditional_mutual_information(
    x: ArrayLike,
    y: ArrayLike,
    given: ArrayLike,
    *,
    discrete_x: bool | None = None,
    discrete_y: bool | None = None,
    discrete_given: bool | None = None,
    n_neighbors: int = 3,
    estimator: str = "miller-madow",
    standardise: bool = True,
    permutations: int = 199,
    confidence: float = 0.95,
    random_state: int | None = 0,
    n_jobs: int | None = None,
) -> Estimate:
    """I(X; Y | Z): counts for categories, else nearest neighbours (Frenzel & Pompe). See `mutual_information`."""
    x, y, z = np.asarray(x), np.asarray(y), np.asarray(given)
    kinds = (_is_categories(x, discrete_x), _is_categories(y, discrete_y), _is_categories(z, discrete_given))
    how = _how(permutations, confidence, random_state, n_jobs)
    if all(kinds):
        return Estimate(*_native.information_of_codes(_codes(x), _codes(y), _codes(z), estimator, how))
    points = [_points(x, kinds[0]), _points(y, kinds[1])]
    return Estimate(*_native.information_of_points(points, _points(z, kinds[2]), "ksg1", n_neighbors, standardise, how))


def total_correlation(
    *variables: ArrayLike,
    n_neighbors: int = 3,
    standardise: bool = True,
    permutations: int = 199,
    confidence: float = 0.95,
    random_state: int | None = 0,
    n_jobs: int | None = None,
) -> Estimate:
    """sum H(X_j) - H(X_1, ..., X_m), what all variables share; one matrix stands for its columns."""
    all_: list[Any] = [np.asarray(own) for own in variables]
    if len(all_) == 1 and all_[0].ndim == 2:
        all_ = list(all_[0].T)
    points = [_points(own, _is_categories(own, None)) for own in all_]
    if len(points) < 2:
        raise ValueError("one variable shares nothing\nhint: give at least two")
    how = _how(permutations, confidence, random_state, n_jobs)
    return Estimate(*_native.information_of_points(points, None, "ksg1", n_neighbors, standardise, how))

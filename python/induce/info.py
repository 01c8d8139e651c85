"""Information measures, in nats: entropies, divergences, and what variables say of each other.

Every estimate from a sample has a value, an interval, the bounds that the truth cannot leave and, where there is a null
hypothesis, a p-value.
"""

from __future__ import annotations

import decimal
import numbers
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from . import _native
from ._base import seed_of, threads_of
from ._categories import coded, column_of
from ._data import is_frame
from ._ranges import Number, Word, check_values
from ._words import spoken

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


#: What parameters of several functions may be.
_RANGES: dict[str, list[Any]] = {
    "n_neighbors": [Number(int, 1, None)],
    "permutations": [Number(int, 0, None)],
    "confidence": [Number(float, 0, 1, "neither")],
    "order": [Number(float, 0, None)],
    "alpha": [Number(float, None, None)],
    "method": [Word("auto", "ksg1", "ksg2", "gao")],
    "estimator": [Word("plug-in", "miller-madow", "grassberger", "chao-shen", "shrinkage", "nsb")],
}

#: What the native half calls them.
_NAMES = {"neighbours": "n_neighbors"}


def _check(owner: str, **values: Any) -> None:
    check_values(owner, values, _RANGES)


def _how(permutations: int, confidence: float, random_state: Any, n_jobs: int | None) -> tuple[int, float, int, int]:
    return permutations, confidence, seed_of(random_state), 1 if n_jobs is None else threads_of(n_jobs)


def _probabilities(p: ArrayLike) -> np.ndarray:
    return np.ascontiguousarray(p, dtype=np.float64).ravel()


def _variable(given: Any, discrete: bool | None, name: str) -> tuple[np.ndarray, bool]:
    """The values of a variable, and whether they are categories, which are then numbered."""
    if hasattr(given, "tocsr"):
        raise TypeError(f"{name} is sparse, and a dense array is needed: `{name}.toarray()`")
    columns = [_column(own, name) for own in _columns_of(given)]
    rows = len(columns[0][0]) if columns else 0
    if rows == 0:
        raise ValueError(f"{name} has no values")
    if any(len(values) != rows for values, _ in columns):
        raise ValueError(f"the columns of {name} have different lengths")
    kinds = {kind for _, kind in columns}
    if discrete is None and len(kinds) > 1:
        raise ValueError(f"{name} has columns of numbers and columns of categories: hand them over apart, or say `discrete_{name}`")
    categories = kinds == {True} if discrete is None else bool(discrete)
    if categories:
        return _together([_codes(values, name) for values, _ in columns]), True
    if any(kind and values.dtype.kind not in "bO" for values, kind in columns):
        raise ValueError(f"{name} holds texts, which are no numbers")
    points = np.column_stack([np.asarray(values, dtype=np.float64) for values, _ in columns])
    return np.ascontiguousarray(points[:, 0] if np.ndim(given) == 1 else points), False


def _columns_of(given: Any) -> list[Any]:
    """A variable's columns, those of frames with their types."""
    if is_frame(given) and not hasattr(given, "dtype"):
        return [column_of(given, j) for j in range(given.shape[1])]
    if hasattr(given, "dtype") and not isinstance(given, np.ndarray):
        return [given]
    values = np.asarray(given)
    if values.ndim == 0:
        return [values.reshape(1)]
    values = values.reshape(len(values), -1) if len(values) else values.reshape(0, 1)
    return list(values.T)


def _column(column: Any, name: str) -> tuple[np.ndarray, bool]:
    """A column's values, and whether its type says that they are categories: texts, booleans, pandas' and Arrow's own."""
    if hasattr(getattr(column, "dtype", None), "categories") or hasattr(column, "dictionary_decode"):
        values, codes = coded(column)
        if (codes < 0).any():
            raise ValueError(f"{name} lacks values: leave out the rows that are missing")
        return values[codes].astype(object), True
    if hasattr(column, "isna") and hasattr(column, "to_numpy"):
        # Pandas has a value for a missing one that compares with nothing.
        values = column.to_numpy() if isinstance(column.dtype, np.dtype) else column.to_numpy(dtype=object, na_value=None)
    else:
        values = np.asarray(column)
    if values.dtype.kind != "O":
        return values, values.dtype.kind in "USb"
    known = [value for value in values.tolist() if value is not None and value == value]
    if known and all(_is_number(value) for value in known):
        # Numbers that only happen to be kept as objects, as pandas often has them.
        return np.asarray([np.nan if value is None else float(value) for value in values.tolist()]), False
    if len(known) < len(values):
        raise ValueError(f"{name} lacks values: leave out the rows that are missing")
    return values, True


def _is_number(value: Any) -> bool:
    return isinstance(value, (numbers.Real, decimal.Decimal)) and not isinstance(value, (bool, np.bool_))


def _codes(values: np.ndarray, name: str) -> np.ndarray:
    """Numbers of categories, from 0 on."""
    if values.dtype.kind == "f" and np.isnan(values).any():
        raise ValueError(f"{name} lacks values: leave out the rows that are NaN")
    return coded(values)[1].astype(np.uint32)


def _together(columns: list[np.ndarray]) -> np.ndarray:
    """The numbers of categories that several columns make together."""
    if len(columns) == 1:
        return columns[0]
    return np.unique(np.column_stack(columns), axis=0, return_inverse=True)[1].ravel().astype(np.uint32)


def _points(variable: tuple[np.ndarray, bool]) -> tuple[np.ndarray, bool]:
    values, categories = variable
    return np.ascontiguousarray(values.reshape(len(values), -1), dtype=np.float64), categories


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
    _check("renyi_entropy", order=order)
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
    _check("alpha_divergence", alpha=alpha)
    if alpha in (0, 1):
        name = "kl" if alpha == 1 else "reverse-kl"
        raise ValueError(f"alpha_divergence has no alpha={alpha!r}: its limit there is `f_divergence(p, q, {name!r})`")
    return _native.divergence("alpha", _probabilities(p), _probabilities(q), alpha)


def renyi_divergence(p: ArrayLike, q: ArrayLike, order: float) -> float:
    """ln(sum p^a q^(1 - a)) / (a - 1) of probabilities."""
    _check("renyi_divergence", order=order)
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
    _check("entropy_of_counts", estimator=estimator, confidence=confidence)
    counts = np.ascontiguousarray(counts).ravel()
    if counts.size and (np.any(counts < 0) or np.any(counts != np.floor(counts))):
        raise ValueError("counts are whole numbers that are not negative\nhint: count first, such as by numpy.unique")
    if counts.size and counts.max() >= 2**64:
        raise ValueError("the counts sum to more than 64 bits hold\nhint: divide them: only their shares and their number count")
    return Estimate(*_native.information_of_counts(counts.astype(np.uint64), estimator, confidence))


def differential_entropy(X: ArrayLike, *, n_neighbors: int = 3, confidence: float = 0.95, n_jobs: int | None = None) -> Estimate:
    """The entropy of a density by nearest neighbours (Kozachenko & Leonenko): minus infinity where values repeat."""
    _check("differential_entropy", n_neighbors=n_neighbors, confidence=confidence)
    values, _ = _points(_variable(X, False, "X"))
    with spoken(_NAMES):
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
    random_state: Any = 0,
    n_jobs: int | None = None,
) -> Estimate:
    """I(X; Y) of two variables, numbers, vectors or categories.

    Parameters
    ----------
    x, y : array-like of shape (n_samples,) or (n_samples, n_columns)
    discrete_x, discrete_y : bool, default=None
        Whether they are categories; None is told from the type: texts, booleans and categories of a frame are, and objects
        if they are not all numbers.
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
    random_state : int, RandomState or None, default=0
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
    _check("mutual_information", n_neighbors=n_neighbors, method=method, estimator=estimator, permutations=permutations,
           confidence=confidence)
    variables = _variable(x, discrete_x, "x"), _variable(y, discrete_y, "y")
    how = _how(permutations, confidence, random_state, n_jobs)
    with spoken(_NAMES):
        return Estimate(*_of_two(*variables, method, estimator, n_neighbors, standardise, how))


def _of_two(x: Any, y: Any, method: str, estimator: str, n_neighbors: int, standardise: bool, how: Any) -> Any:
    """The native estimate for the kinds that two variables are of."""
    if method == "auto" and x[1] and y[1]:
        return _native.information_of_codes(x[0], y[0], None, estimator, how)
    (values, _), (codes, mixed) = (y, x) if x[1] else (x, y)
    if method == "auto" and mixed and (values.ndim == 1 or values.shape[1] == 1):
        return _native.information_of_classes(np.ascontiguousarray(values.ravel()), codes, n_neighbors, how)
    method = "ksg1" if method == "auto" else method
    return _native.information_of_points([_points(x), _points(y)], None, method, n_neighbors, standardise, how)


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
    random_state: Any = 0,
    n_jobs: int | None = None,
) -> Estimate:
    """I(X; Y | Z): counts for categories, else nearest neighbours (Frenzel & Pompe). See `mutual_information`."""
    _check("conditional_mutual_information", n_neighbors=n_neighbors, estimator=estimator, permutations=permutations,
           confidence=confidence)
    a, b, c = _variable(x, discrete_x, "x"), _variable(y, discrete_y, "y"), _variable(given, discrete_given, "given")
    how = _how(permutations, confidence, random_state, n_jobs)
    with spoken(_NAMES):
        if a[1] and b[1] and c[1]:
            return Estimate(*_native.information_of_codes(a[0], b[0], c[0], estimator, how))
        points = [_points(a), _points(b)]
        return Estimate(*_native.information_of_points(points, _points(c), "ksg1", n_neighbors, standardise, how))


def total_correlation(
    *variables: ArrayLike,
    n_neighbors: int = 3,
    standardise: bool = True,
    permutations: int = 199,
    confidence: float = 0.95,
    random_state: Any = 0,
    n_jobs: int | None = None,
) -> Estimate:
    """sum H(X_j) - H(X_1, ..., X_m), what all variables share; one matrix stands for its columns."""
    _check("total_correlation", n_neighbors=n_neighbors, permutations=permutations, confidence=confidence)
    all_: list[Any] = list(variables)
    if len(all_) == 1 and np.ndim(all_[0]) == 2:
        all_ = _columns_of(all_[0])
    points = [_points(_variable(own, None, f"variable {place}")) for place, own in enumerate(all_, 1)]
    if len(points) < 2:
        raise ValueError("one variable shares nothing\nhint: give at least two")
    how = _how(permutations, confidence, random_state, n_jobs)
    with spoken(_NAMES):
        return Estimate(*_native.information_of_points(points, None, "ksg1", n_neighbors, standardise, how))

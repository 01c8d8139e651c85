"""Draws of rows that neither the order of the rows nor weights in place of repetitions can change."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from . import _native

if TYPE_CHECKING:
    from ._typing import MatrixLike

def _cells(values: Any, column: Any) -> np.ndarray:
    """A number for every cell, 0 for the value 0, so that sparse and dense rows have the same sum."""
    return _native.hash_cells(np.asarray(values, dtype=np.float64), np.atleast_1d(np.asarray(column, dtype=np.uint64)))


def _hashes(X: MatrixLike) -> np.ndarray:
    """A hash of every row's cells."""
    if hasattr(X, "tocsr"):
        X = X.tocoo()
        total = np.zeros(X.shape[0], dtype=np.uint64)
        np.add.at(total, X.row, _cells(X.data, X.col))
        return total
    total = np.zeros(len(X), dtype=np.uint64)
    for j in range(X.shape[1]):
        total += _cells(X[:, j], j)
    return total


def by_content(X: MatrixLike, y: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The rows in an order of what they hold, and whether each holds what the one before holds.

    Where X or y holds something else than numbers, the rows as they come.
    """
    if isinstance(X, _native.Table):
        target = y if y.ndim == 1 else y.sum(axis=1)
        return X.order(np.ascontiguousarray(target, dtype=np.float64))
    if X.dtype.kind not in "fiub" or y.dtype.kind not in "fiub":
        return np.arange(len(y)), np.zeros(len(y), dtype=bool)
    X, y = X if X.ndim == 2 else X.reshape(len(X), -1), y.reshape(len(y), -1)
    total = _hashes(X)
    for j in range(y.shape[1]):
        # Columns of y are far behind any of X.
        total += _cells(y[:, j], (1 << 40) + j)
    return _native.order_by_cells(total)


class Distinct:
    """Rows that differ from each other, each with the sum of the weights of those that are like it.

    Parameters
    ----------
    order, same : ndarray of shape (n_samples,)
        From `by_content`.
    weight : ndarray of shape (n_samples,) or None
        A row of weight 0 is none.
    """

    def __init__(self, order: np.ndarray, same: np.ndarray, weight: np.ndarray | None) -> None:
        number = np.cumsum(~same) - 1
        self.of_row = np.empty(len(order), dtype=np.int64)
        self.of_row[order] = number
        weights = np.ones(len(order)) if weight is None else weight[order]
        total = np.bincount(number, weights=weights)
        there = total > 0
        self.rows, self.weight = order[~same][there], total[there]
        self.of_row = np.where(there, np.cumsum(there) - 1, -1)[self.of_row]

    def counts(self, drawn: np.ndarray) -> np.ndarray:
        """How often each was drawn."""
        return np.bincount(self.of_row[drawn], minlength=len(self.rows))


class Draws:
    """Rows and features for every seed.

    Parameters
    ----------
    order : ndarray of int of shape (n_samples,)
        The rows in an order that depends on what they hold only.
    weight : ndarray of shape (n_samples,) or None
        A row is drawn in proportion to it.
    rows, features : (number to draw, number there are, whether with replacement)
    """

    def __init__(
        self,
        order: np.ndarray,
        weight: np.ndarray | None,
        rows: tuple[int, int, bool],
        features: tuple[int, int, bool],
    ) -> None:
        self.order, self.weight, self.rows, self.features = order, weight, rows, features

    def of(self, seed: int) -> tuple[np.ndarray, np.ndarray]:
        """Features and rows of a member."""
        random = np.random.RandomState(seed)
        number, all_of_them, again = self.features
        drawn = random.randint(0, all_of_them, number) if again else random.permutation(all_of_them)[:number]
        features = drawn if again else np.sort(drawn)
        return features, self._rows(random)

    def _rows(self, random: np.random.RandomState) -> np.ndarray:
        number, all_of_them, again = self.rows
        if not again:
            share = None if self.weight is None else self.weight[self.order] / self.weight.sum()
            return self.order[random.choice(all_of_them, number, replace=False, p=share)]
        # A row of weight 2 lies where two rows of weight 1 would.
        ends = np.arange(1.0, all_of_them + 1) if self.weight is None else np.cumsum(self.weight[self.order])
        return self.order[np.searchsorted(ends, random.uniform(0, ends[-1], number), side="right")]

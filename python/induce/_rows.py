"""Rows by what they hold: draws that neither the order of the rows nor weights in place of repetitions can change."""

from __future__ import annotations

import numpy as np

from ._base import _Rows

#: Weights are written out as repetitions while that makes at most so many times as many rows, or so many rows.
TIMES, FEW = 4, 10_000


def taken(rows: _Rows, places: np.ndarray) -> _Rows:
    """Only the rows at these places, in their order."""
    weight, groups, offset = (
        None if each is None else np.ascontiguousarray(each[places]) for each in (rows.weight, rows.groups, rows.offset)
    )
    some = _Rows(rows.table.take(places.astype(np.int64)), np.ascontiguousarray(rows.target[places]), weight, groups)
    some.offset = offset
    return some.like(rows)


class RowsByContent:
    """Mixin of models that draw rows or whose sums depend on their order.

    Before the fit, rows of weight 0 are left out, weights that are whole numbers are written out as repetitions (while
    their sum is at most four times the number of rows, or 10 000), and the rows (of a
    query) are put in the order of a hash of what they hold. A shuffled table, or one with weights in place of repeated rows, is then the same table.
    """

    _sparse = "dense"
    #: Whether rows that hold the same become one, with the sum of their weights: for models that draw different rows.
    _merges_rows = False

    def _draws_rows(self, rows: _Rows) -> bool:
        return True

    def _as_fitted(self, rows: _Rows) -> _Rows:
        draws = self._draws_rows(rows)
        if rows.weight is None and not draws:
            return rows
        places = np.arange(len(rows.target))
        if draws:
            places, same = rows.table.order(rows.target)
            if self._merges_rows:
                return self._with_valid(self._merged(rows, places, same), rows)
        if draws and rows.groups is not None:
            places = places[np.argsort(rows.groups[places], kind="stable")]
        if rows.weight is not None:
            places = places[rows.weight[places] > 0]
            weight = rows.weight[places]
            whole = bool((weight == np.floor(weight)).all())
            if whole and weight.sum() <= max(FEW, TIMES * len(weight)):
                places = np.repeat(places, weight.astype(np.int64))
                plain = self._with_valid(_Rows(rows.table, rows.target, None, rows.groups).like(rows), rows)
                plain.offset = rows.offset
                rows = plain
        return self._with_valid(taken(rows, places), rows)

    @staticmethod
    def _merged(rows: _Rows, places: np.ndarray, same: np.ndarray) -> _Rows:
        weight = np.ones(len(places)) if rows.weight is None else rows.weight[places]
        total = np.bincount(np.cumsum(~same) - 1, weights=weight)
        merged = taken(rows, places[~same][total > 0])
        total = total[total > 0]
        merged.weight = None if (total == 1).all() else total
        return merged

    @staticmethod
    def _with_valid(rows: _Rows, source: _Rows) -> _Rows:
        rows.valid = source.valid
        return rows

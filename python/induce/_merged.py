"""Equal rows as one row of their weight, in an order of what they hold."""

from __future__ import annotations

from typing import Any

import numpy as np

from . import _native
from ._base import _Rows

#: Cells up to which rows are merged.
CELLS = 1_000_000


def merged(rows: _Rows, width: int) -> tuple[_Rows, np.ndarray | None]:
    """Rows without doubles, so that what is drawn depends on neither their order nor weights in place of repetitions; and the place
    of each row among them, -1 for one without weight.

    Of more than a million values the rows stay as they are, with None: draws are as good, and the order costs time there.
    """
    n = len(rows.table)
    if n * width > CELLS:
        return rows, None
    places, kinds = _sorted(rows.table, n)
    if rows.groups is not None:
        by_group = np.argsort(rows.groups[places], kind="stable")
        places, kinds = places[by_group], kinds[by_group]
        # Rows of different groups are different.
        kinds = kinds + rows.groups[places].astype(np.int64) * (n + 1)
    first = np.r_[True, kinds[1:] != kinds[:-1]]
    own = np.cumsum(first) - 1
    total = np.bincount(own, weights=np.ones(n) if rows.weight is None else rows.weight[places])
    counts = total > 0
    kept = np.ascontiguousarray(places[first][counts]).astype(np.int64)
    few = _Rows(
        rows.table.take(kept),
        None,  # type: ignore[arg-type]
        None if (total[counts] == 1).all() else total[counts],
        None if rows.groups is None else np.ascontiguousarray(rows.groups[kept]),
    )
    few.task = rows.task
    where = np.empty(n, dtype=np.int64)
    where[places] = np.where(counts, np.cumsum(counts) - 1, -1)[own]
    return few, where


def _sorted(table: Any, n: int) -> tuple[np.ndarray, np.ndarray]:
    """Places in an order of what rows hold, and a number for each that equal rows share."""
    if set(table.kinds) != {"number"}:
        places, same = table.order(np.zeros(n))
        return places, np.cumsum(~same)
    values = np.stack([table.numbers(name) for name in table.names], axis=1)
    single, double = (_hashes(values.astype(dtype).astype(np.float64)) for dtype in (np.float32, np.float64))
    # First by what single precision keeps, so that rows in either precision come in the same order.
    places = np.lexsort((double, single))
    return places, np.cumsum(np.r_[True, double[places][1:] != double[places][:-1]])


def _hashes(values: np.ndarray) -> np.ndarray:
    columns = np.broadcast_to(np.arange(values.shape[1], dtype=np.uint64), values.shape)
    cells = _native.hash_cells(values.ravel(), np.ascontiguousarray(columns).ravel())
    return cells.reshape(values.shape).sum(axis=1, dtype=np.uint64)

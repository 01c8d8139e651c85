"""Equal rows as one row of their weight, in an order of what they hold."""

from __future__ import annotations

import numpy as np

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
    places, same = rows.table.order(np.zeros(n))
    kinds = np.cumsum(~same)
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

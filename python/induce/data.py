"""Tables from files: CSV, Parquet, Arrow, JSON lines, NumPy, libsvm and IDX, whose format is found out.

A table goes into every estimator as it is, and into pandas, polars and pyarrow without a copy (`pyarrow.table(table)`,
`polars.DataFrame(table)`).
"""

from __future__ import annotations

import os
from typing import Any

from . import _native
from ._native import Table

__all__ = ["Table", "read"]


def read(path: Any, target: str | None = None) -> Any:
    """Read a table.

    Parameters
    ----------
    path : str or path-like
    target : str, default=None
        The column to predict.

    Returns
    -------
    table : Table
        All columns, or all but the target if one is named.
    y : ndarray of shape (n_samples,)
        The target: numbers, booleans, or objects of `str` for names and other words (`Yes`, `No`). Only if `target` is given.

    Raises
    ------
    FileNotFoundError
        If there is no such file.
    ValueError
        If it is malformed; the message says where.
    """
    import numpy as np

    table = _native.read(os.fspath(path))
    if target is None:
        return table
    rest = table.select([name for name in table.names if name != target])
    kind = dict(zip(table.names, table.kinds)).get(target)
    if kind in ("category", "text"):
        return rest, np.asarray(table.text(target), dtype=object)
    if kind == "boolean":
        words = np.asarray(table.text(target), dtype=object)
        plain = set(words) <= {"true", "false"}
        return rest, words == "true" if plain else words
    return rest, table.numbers(target)

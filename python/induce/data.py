"""Tables from files: CSV, Parquet, Arrow, JSON lines, NumPy, libsvm and IDX, whose format is found out.

A table goes into every estimator as it is, and into pandas, polars and pyarrow: `pandas.DataFrame(table)`,
`polars.DataFrame(table)`, `pyarrow.table(table)`, the last two without a copy.
"""

from __future__ import annotations

import os
import warnings
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, overload

import numpy as np

from . import _native
from ._native import Table

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["Table", "read"]


def __dir__() -> list[str]:
    return sorted(__all__)

_Path = str | os.PathLike[str]


@overload
def read(
    path: _Path, target: None = None, *, drop: str | Sequence[str] = (), columns: Sequence[str] = (),
    types: Mapping[str, str] | None = None, missing: str | Sequence[str] | None = None, delimiter: str | None = None,
    header: bool | None = None, format: str | None = None,
) -> Table: ...


@overload
def read(
    path: _Path, target: str, *, drop: str | Sequence[str] = (), columns: Sequence[str] = (),
    types: Mapping[str, str] | None = None, missing: str | Sequence[str] | None = None, delimiter: str | None = None,
    header: bool | None = None, format: str | None = None,
) -> tuple[Table, NDArray[np.generic]]: ...


def read(
    path: _Path,
    target: str | None = None,
    *,
    drop: str | Sequence[str] = (),
    columns: Sequence[str] = (),
    types: Mapping[str, str] | None = None,
    missing: str | Sequence[str] | None = None,
    delimiter: str | None = None,
    header: bool | None = None,
    format: str | None = None,
) -> Table | tuple[Table, NDArray[np.generic]]:
    """Read a table, as the command line reads it.

    Parameters
    ----------
    path : str or path-like
    target : str, default=None
        The column to predict.
    drop : str or list of str
        Columns that are left out.
    columns : list of str
        Only these columns, in this order; none is all.
    types : dict of str to {"number", "boolean", "category", "date", "text"}, default=None
        What columns hold, where that is not to be found out.
    missing : str or list of str, default=None
        Texts that mean that there is no value, in place of the usual ones (`NA`, `null`, `?` and the like); the empty text
        always does.
    delimiter : {"comma", "tab", "semicolon", "bar", "space"} or a character, default=None
        What separates the fields of a CSV file.
    header : bool, default=None
        Whether the first record of a CSV file holds the names of the columns.
    format : {"csv", "jsonl", "parquet", "arrow", "npy", "npz", "libsvm", "idx"}, default=None
        The format, where the content is not to tell it.

    Returns
    -------
    table : Table
        All columns, or all but the target if one is named.
    y : ndarray of shape (n_samples,)
        The target: numbers, or objects of `str`, the words in the file, for categories and booleans (`yes`, `True`). Only if
        `target` is given; rows without one are left out, with a warning.

    Raises
    ------
    FileNotFoundError
        If there is no such file.
    KeyError
        If a column that is named is not there.
    ValueError
        If it is malformed; the message says where.
    """
    table, notes = _native.read(
        os.fspath(path),
        format=format,
        delimiter=delimiter,
        header=header,
        missing=_listed(missing) if missing is not None else None,
        types=list(types.items()) if types else None,
        columns=list(columns),
        drop=_listed(drop),
    )
    for note in notes:
        warnings.warn(note, UserWarning, stacklevel=2)
    if target is None:
        return table
    kinds = dict(zip(table.names, table.kinds))
    rest = table.drop(target)
    words = kinds[target] in ("category", "text", "boolean")
    y = np.asarray(table.text(target), dtype=object) if words else table.numbers(target)
    known = np.asarray([own is not None for own in y]) if words else ~np.isnan(y)
    if known.all():
        return rest, y
    warnings.warn(
        f"{(~known).sum()} of {len(y)} rows are left out: they have no `{target}`", UserWarning, stacklevel=2
    )
    return rest[known], y[known]


def _listed(given: str | Sequence[str]) -> list[str]:
    return [given] if isinstance(given, str) else list(given)

"""Python's tables as native ones, without a copy where their memory allows it.

Doubles and floats in Fortran's order, columns of pandas and polars, and Arrow tables are read where they lie; a matrix in
C's order is copied once, since a table is kept by columns. Categories stay categories.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from . import _native


class SparseRows:
    """SciPy's compressed rows as the native side reads them: row starts, column indices, values, columns."""

    def __init__(self, matrix: Any) -> None:
        matrix = matrix.tocsr()
        if not matrix.has_canonical_format:
            matrix = matrix.copy()
            matrix.sum_duplicates()
        self.starts = np.ascontiguousarray(matrix.indptr, dtype=np.uint64)
        self.index = matrix.indices.view(np.uint32) if matrix.indices.dtype == np.int32 else matrix.indices.astype(np.uint32)
        self.value = np.ascontiguousarray(matrix.data, dtype=np.float64)
        self.columns = int(matrix.shape[1])

    def __len__(self) -> int:
        return len(self.starts) - 1


def is_frame(X: Any) -> bool:
    """Whether X has named columns of types of their own."""
    return hasattr(X, "__arrow_c_stream__") or (hasattr(X, "columns") and hasattr(X, "iloc"))


def column_names(X: Any) -> list[str] | None:
    """The names of the columns, if they are all strings."""
    names = X.column_names if hasattr(X, "column_names") else getattr(X, "columns", None)
    if names is None:
        return None
    names = list(names)
    return names if names and all(isinstance(name, str) for name in names) else None


def has_categories(X: Any) -> bool:
    """Whether a frame has a column that is no number."""
    if hasattr(X, "iloc"):
        return any(not _is_number(dtype) for dtype in X.dtypes)
    if hasattr(X, "schema"):
        return any(_arrow_is_text(dtype) for dtype in _types(X))
    return False


def columns_of_categories(X: Any) -> np.ndarray:
    """Which columns of a frame are no numbers."""
    if hasattr(X, "iloc"):
        return np.asarray([not (_is_number(dtype) or getattr(dtype, "kind", "O") in "mM") for dtype in X.dtypes], dtype=bool)
    return np.asarray([_arrow_is_text(dtype) for dtype in _types(X)] if hasattr(X, "schema") else [], dtype=bool)


def _is_number(dtype: Any) -> bool:
    return isinstance(dtype, np.dtype) and dtype.kind in "fiub" or getattr(dtype, "kind", "O") in "fiub"


def _types(X: Any) -> list[Any]:
    schema = X.schema
    if isinstance(schema, dict) or hasattr(schema, "values") and callable(schema.values):
        return list(schema.values())
    return list(schema.types)


def _arrow_is_text(dtype: Any) -> bool:
    name = str(dtype).lower()
    return any(word in name for word in ("str", "utf8", "categorical", "enum", "dictionary"))


def rows_of(X: Any, places: np.ndarray) -> Any:
    """The rows of an array, a sparse matrix, a frame, a list or a native table at these places."""
    if isinstance(X, _native.Table):
        return X.take(places.astype(np.int64))
    if hasattr(X, "iloc"):
        return X.iloc[places]
    if hasattr(X, "take") and not isinstance(X, np.ndarray) and hasattr(X, "schema"):
        return X.take(places)
    if hasattr(X, "tocsr"):
        return (X if X.format in ("csr", "csc") else X.tocsr())[places]
    return X[places] if hasattr(X, "get_columns") else np.asarray(X)[places]


def table_of_matrix(array: np.ndarray, names: list[str], threads: int) -> _native.Table:
    """A table of a two-dimensional array of float64 or float32."""
    return _native.Table.from_matrix(array, names, threads)


def table_of_frame(X: Any, names: list[str]) -> _native.Table:
    """A table of a frame, its columns called `names`."""
    if hasattr(X, "iloc"):
        return _native.Table.from_columns([_pandas_column(name, X.iloc[:, j]) for j, name in enumerate(names)])
    return _native.Table.from_arrow(X.__arrow_c_stream__(None), names)


def _pandas_column(name: str, series: Any) -> _native.Column:
    dtype = series.dtype
    if hasattr(dtype, "categories"):
        codes = np.ascontiguousarray(series.cat.codes.to_numpy(), dtype=np.int32)
        return _native.Table.category(name, codes, [str(c) for c in dtype.categories])
    if isinstance(dtype, np.dtype) and dtype.kind in "fiub":
        return _native.Table.column(name, series.to_numpy())
    if _is_number(dtype):
        return _native.Table.column(name, series.to_numpy(dtype=float, na_value=np.nan))
    if getattr(dtype, "kind", "O") in "mM":
        seconds = series.to_numpy().astype("datetime64[ns]").astype("int64").astype(float) / 1e9
        seconds[series.isna().to_numpy()] = np.nan
        return _native.Table.column(name, seconds)
    values = series.to_numpy(dtype=object, na_value=None)
    known = np.array([v is not None and v == v for v in values], dtype=bool)
    words = np.array([str(v) for v in values[known]], dtype=object)
    names, inverse = np.unique(words.astype(str), return_inverse=True)
    codes = np.full(len(values), -1, dtype=np.int32)
    codes[known] = inverse
    return _native.Table.category(name, codes, [str(n) for n in names])

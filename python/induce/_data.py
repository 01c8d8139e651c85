"""Python's tables as native ones, without a copy where their memory allows it.

Doubles and floats in Fortran's order, columns of pandas and polars, and Arrow tables are read where they lie; a matrix in
C's order is copied once, since a table is kept by columns. Categories stay categories.
"""

from __future__ import annotations

import datetime as dt
import decimal
import numbers
from typing import TYPE_CHECKING, Any

import numpy as np

from . import _native

if TYPE_CHECKING:
    from ._typing import MatrixLike


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


def is_frame(X: MatrixLike) -> bool:
    """Whether X has named columns of types of their own."""
    return hasattr(X, "__arrow_c_stream__") or (hasattr(X, "columns") and hasattr(X, "iloc"))


def column_names(X: MatrixLike) -> list[str] | None:
    """The names of the columns, if they are all strings."""
    names = X.column_names if hasattr(X, "column_names") else getattr(X, "columns", None)
    if names is None:
        return None
    names = list(names)
    return names if names and all(isinstance(name, str) for name in names) else None


def has_categories(X: MatrixLike) -> bool:
    """Whether a frame has a column that is no plain number: names, booleans, moments, which an array would not tell apart."""
    if hasattr(X, "iloc"):
        return any(not _is_number(dtype) for dtype in X.dtypes)
    if hasattr(X, "schema"):
        return any(_arrow_is_text(dtype) or _arrow_is_moment(dtype) for dtype in _types(X))
    return False


def columns_of_categories(X: MatrixLike) -> np.ndarray:
    """Which columns of a frame are no numbers."""
    if hasattr(X, "iloc"):
        return np.asarray(
            [not (_is_number(dtype) or getattr(dtype, "kind", "O") in "mM" or _plain_objects(X.iloc[:, j]) is not None)
             for j, dtype in enumerate(X.dtypes)], dtype=bool
        )
    return np.asarray([_arrow_is_text(dtype) for dtype in _types(X)] if hasattr(X, "schema") else [], dtype=bool)


def _is_number(dtype: Any) -> bool:
    return isinstance(dtype, np.dtype) and dtype.kind in "fiub" or getattr(dtype, "kind", "O") in "fiub"


def _types(X: MatrixLike) -> list[Any]:
    schema = X.schema
    if isinstance(schema, dict) or hasattr(schema, "values") and callable(schema.values):
        return list(schema.values())
    return list(schema.types)


def _arrow_is_text(dtype: Any) -> bool:
    name = str(dtype).lower()
    return any(word in name for word in ("str", "utf8", "categorical", "enum", "dictionary"))


def _arrow_is_moment(dtype: Any) -> bool:
    name = str(dtype).lower()
    return any(word in name for word in ("date", "time"))


def rows_of(X: MatrixLike, places: np.ndarray) -> Any:
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


def is_moments(X: MatrixLike) -> bool:
    """Whether X is an array of moments."""
    return isinstance(X, np.ndarray) and X.dtype.kind == "M" and X.ndim == 2


def table_of_moments(X: np.ndarray, names: list[str]) -> _native.Table:
    """A table of an array of moments, its columns called `names`."""
    return _native.Table.from_columns([_moments(name, X[:, j]) for j, name in enumerate(names)])


def table_of_frame(X: MatrixLike, names: list[str]) -> _native.Table:
    """A table of a frame, its columns called `names`."""
    if hasattr(X, "iloc"):
        return _native.Table.from_columns([pandas_column(name, X.iloc[:, j]) for j, name in enumerate(names)])
    return _native.Table.from_arrow(X.__arrow_c_stream__(None), names)


def pandas_column(name: str, series: Any) -> _native.Column:
    """A column of pandas as the readers of files would have it: moments whatever their unit, booleans, numbers, names."""
    dtype = series.dtype
    if hasattr(dtype, "categories"):
        codes = np.ascontiguousarray(series.cat.codes.to_numpy(), dtype=np.int32)
        return _native.Table.category(name, codes, [name_of(c) for c in dtype.categories])
    if isinstance(dtype, np.dtype) and dtype.kind in "fiub":
        return _native.Table.column(name, series.to_numpy())
    kind = getattr(dtype, "kind", "O")
    if kind == "b":
        return _native.Table.booleans(name, series.astype("Int8").fillna(-1).to_numpy().astype(np.int32))
    if _is_number(dtype):
        return _native.Table.column(name, series.to_numpy(dtype=float, na_value=np.nan))
    if kind == "M":
        return _moments(name, _without_zone(series))
    if kind == "m":
        seconds = series.to_numpy().astype("timedelta64[ns]").astype("int64").astype(float) / 1e9
        seconds[series.isna().to_numpy()] = np.nan
        return _native.Table.column(name, seconds)
    plain = _plain_objects(series)
    if plain is not None:
        return _moments(name, plain) if plain.dtype.kind == "M" else _booleans_or_numbers(name, plain)
    values = series.to_numpy(dtype=object, na_value=None)
    known = np.array([v is not None and v == v for v in values], dtype=bool)
    words = np.array([name_of(v) for v in values[known]], dtype=object)
    names, inverse = np.unique(words.astype(str), return_inverse=True)
    codes = np.full(len(values), -1, dtype=np.int32)
    codes[known] = inverse
    return _native.Table.category(name, codes, [str(n) for n in names])


def name_of(value: Any) -> str:
    """The name of a category: 1 and 1.0 are the same, as in a file."""
    if isinstance(value, (float, np.floating)) and value == np.floor(value) and abs(value) < 2.0**53:
        return str(int(value))
    return str(value)


def _plain_objects(series: Any) -> np.ndarray | None:
    """Objects that are all moments, all booleans (1, 0, -1 for none) or all numbers, as such an array; else None."""
    if getattr(series.dtype, "kind", "O") != "O" or hasattr(series.dtype, "categories"):
        return None
    values = series.to_numpy(dtype=object, na_value=None)
    known = np.array([v is not None and v == v for v in values], dtype=bool)
    kinds = {_KINDS.get(kind, _kind(kind)) for kind in {type(v) for v in values[known]}}
    if len(kinds) != 1 or None in kinds:
        return None
    kind = kinds.pop()
    if kind is bool:
        return np.where(known, np.equal(values, True), -1).astype(np.int8)
    if kind is float:
        numbers = np.full(len(values), np.nan)
        numbers[known] = values[known].astype(np.float64)
        return numbers
    moments = np.full(len(values), np.datetime64("NaT", "us"), dtype="datetime64[us]")
    moments[known] = [np.datetime64(_in_utc(v), "us") for v in values[known]]
    return moments


#: What objects of a type are; others are found out.
_KINDS: dict[type, type | None] = {bool: bool, int: float, float: float, str: None, dt.date: dt.date, dt.datetime: dt.date}


def _kind(kind: type) -> type | None:
    if issubclass(kind, (bool, np.bool_)):
        return bool
    if issubclass(kind, dt.date):
        return dt.date
    return float if issubclass(kind, (numbers.Real, decimal.Decimal)) else None


def _in_utc(moment: Any) -> Any:
    if getattr(moment, "tzinfo", None) is None:
        return moment
    return moment.astimezone(dt.timezone.utc).replace(tzinfo=None)


def _booleans_or_numbers(name: str, values: np.ndarray) -> _native.Column:
    if values.dtype == np.int8:
        return _native.Table.booleans(name, values.astype(np.int32))
    return _native.Table.column(name, values)


def _without_zone(series: Any) -> np.ndarray:
    """Moments in UTC, in the unit they are kept in."""
    dtype = series.dtype
    arrow = getattr(dtype, "pyarrow_dtype", None)
    zone = getattr(dtype, "tz", None) if arrow is None else getattr(arrow, "tz", None)
    if zone is not None:
        series = series.dt.tz_convert("UTC").dt.tz_localize(None)
    if arrow is not None:
        return np.asarray(series.astype(f"datetime64[{getattr(arrow, 'unit', 'us')}]"))
    unit = np.datetime_data(dtype)[0] if isinstance(dtype, np.dtype) else getattr(dtype, "unit", "us")
    return series.to_numpy(dtype=f"datetime64[{unit}]", na_value=np.datetime64("NaT"))


def _moments(name: str, values: np.ndarray) -> _native.Column:
    unit, step = np.datetime_data(values.dtype)
    if step != 1 or unit not in ("D", "s", "ms", "us", "ns"):
        values, unit = values.astype("datetime64[us]"), "us"
    return _native.Table.moments(name, np.ascontiguousarray(values).view(np.int64), unit)

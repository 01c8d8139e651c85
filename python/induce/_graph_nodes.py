"""What is known of the nodes of a graph: their features and their classes."""

from __future__ import annotations

import numbers
import warnings
from typing import Any

import numpy as np

from . import _data, _native
from ._graphs import Given, Nodes, Rows, array_of, words

#: Features of which fewer than one in so many is not 0 are kept as those alone, as the command line keeps those of NPZ files.
SPARSE = 4


def put_features(nodes: Nodes, X: Any, graph: Given, leave: tuple[str, ...] = ()) -> list[str] | None:
    """Give nodes the features of X, of the data or of their attributes; the names of those that have some."""
    X = graph.x if X is None else X
    if X is None:
        nodes.table = _of_attributes(graph, leave)
        return None if nodes.table is None else nodes.table.names
    if _has_columns(X):
        return _put_frame(nodes, X, len(graph))
    values = X if hasattr(X, "tocsr") else array_of(X)
    _check(values, len(graph))
    if hasattr(values, "tocsr"):
        nodes.features = _data.SparseRows(values)
        return None
    values = values.astype(np.float64, copy=False)
    if np.isinf(values).any():
        i, j = np.argwhere(np.isinf(values))[0]
        raise ValueError(f"X is infinite at ({i}, {j})\nhint: give NaN where a value is missing")
    if np.count_nonzero(values) < values.size // SPARSE and not np.isnan(values).any():
        nodes.features = sparse_of(values)
    else:
        nodes.table = _data.table_of_matrix(values, [f"x{j}" for j in range(values.shape[1])], 1)
    return None


def _has_columns(X: Any) -> bool:
    """Whether X is a table or a frame whose columns have names; a frame of numbered columns is an array."""
    return isinstance(X, _native.Table) or (_data.is_frame(X) and _data.column_names(X) is not None)


def put_known(nodes: Nodes, X: Any, graph: Given, width: int | None, columns: list[str], named: bool, model: str) -> None:
    """Give nodes the features that a fitted model reads: so many sparse ones, or these columns."""
    X = graph.x if X is None else X
    if X is None:
        if columns:
            nodes.table = _selected(_of_attributes(graph, (), columns), columns, model)
        elif width is not None:
            raise ValueError(f"the {model} was fitted with {width} features of the nodes\nhint: give X")
        return
    if not columns and width is None:
        # It knows nodes by their names alone, in files and graphs with features too.
        return
    frame = _has_columns(X)
    if not frame:
        X = X if hasattr(X, "tocsr") else array_of(X)
        _check(X, len(graph))
    wanted = len(columns) + (width or 0)
    if not (frame and named) and X.shape[1] != wanted:
        raise ValueError(f"X has {X.shape[1]} features, but {model} is expecting {wanted} features as input\nhint: give the features of the fit")
    if width is not None:
        values = np.asarray(X) if frame else X
        nodes.features = _data.SparseRows(values) if hasattr(values, "tocsr") else sparse_of(values.astype(np.float64, copy=False))
    elif frame:
        table = X if isinstance(X, _native.Table) else _data.table_of_frame(X, (_data.column_names(X) if named else None) or columns)
        if len(table) != len(graph):
            raise ValueError(_of_others(len(table), len(graph)))
        nodes.table = _selected(table, columns, model)
    else:
        dense = X.toarray() if hasattr(X, "tocsr") else X.astype(np.float64, copy=False)
        nodes.table = _data.table_of_matrix(np.asarray(dense, dtype=np.float64), columns, 1)


def _selected(table: _native.Table | None, columns: list[str], model: str) -> _native.Table:
    there = [] if table is None else table.names
    lacking = [name for name in columns if name not in there]
    if table is None or lacking:
        raise ValueError(f"nodes have no `{lacking[0]}`, which {model} was fitted with\nhint: give X with the features of the fit")
    return table.select(columns)


def _put_frame(nodes: Nodes, X: Any, n: int) -> list[str]:
    table = X if isinstance(X, _native.Table) else _data.table_of_frame(X, _data.column_names(X) or [])
    if len(table) != n:
        raise ValueError(_of_others(len(table), n))
    nodes.table = without_text(table)
    return nodes.table.names


def without_text(table: _native.Table) -> _native.Table:
    """A table without what no model reads, of which is warned; an error if a column is called as the names of nodes are."""
    if "node" in table.names:
        raise ValueError("a feature is called `node`, as the names of nodes are\nhint: give it another name")
    table, notes = table.features()
    for note in notes:
        warnings.warn(note, UserWarning, stacklevel=5)
    return table


def _of_others(rows: int, n: int) -> str:
    return f"X has {rows} rows, and the graph {n} nodes\nhint: X has a row for each node, in the order of the graph's"


def _check(values: Any, n: int) -> None:
    if len(values.shape) != 2:
        raise ValueError(f"X has the shape {values.shape}\nhint: it has a row for each node and a column for each feature")
    if values.shape[0] != n:
        raise ValueError(_of_others(values.shape[0], n))
    if values.dtype.kind not in "fiub":
        raise ValueError(f"X is of type {values.dtype}\nhint: give numbers, or a frame whose columns may hold categories")
    if hasattr(values, "tocsr") and not np.isfinite(values.tocsr().data).all():
        raise ValueError("X is sparse and contains NaN or infinity\nhint: a feature that is missing is 0 among sparse ones; dense ones may be NaN")


def sparse_of(values: np.ndarray) -> Rows:
    """Compressed rows of an array."""
    rows, columns = np.nonzero(values)
    starts = np.zeros(len(values) + 1, dtype=np.uint64)
    starts[1:] = np.cumsum(np.bincount(rows, minlength=len(values)))
    return Rows(starts, columns.astype(np.uint32), np.ascontiguousarray(values[rows, columns], dtype=np.float64), values.shape[1])


# Attributes of nodes.


def _of_attributes(graph: Given, leave: tuple[str, ...], wanted: list[str] | None = None) -> _native.Table | None:
    """A table of attributes but for some; of a model that is fitted, of which words need not be few."""
    columns: list[_native.Column] = []
    for name, values in graph.attributes.items():
        if name not in leave:
            found = _columns(name, values, wanted is not None and name in wanted)
            columns += found
            if not found and wanted is None:
                warnings.warn(f"the attribute `{name}` of nodes is no feature: it holds neither numbers nor a few words", UserWarning, stacklevel=4)
    return _native.Table.from_columns(columns) if columns else None


def missing(value: Any) -> bool:
    """Whether a value stands for none: None, NaN, NaT or NA."""
    if value is None or type(value).__name__ in ("NAType", "NaTType"):
        return True
    return isinstance(value, numbers.Number) and bool(value != value)


def _columns(name: str, values: list[Any], known_to_be: bool = False) -> list[_native.Column]:
    """The columns of an attribute; none if it is no feature, which may be known already."""
    known = [own for own in values if not missing(own)]
    if known_to_be and not known:
        return [_native.Table.column(name, np.full(len(values), np.nan))]
    if known and all(isinstance(own, (bool, np.bool_)) for own in known):
        return [_native.Table.booleans(name, np.array([-1 if missing(own) else int(own) for own in values], dtype=np.int32))]
    if known and all(isinstance(own, numbers.Real) for own in known):
        return [_native.Table.column(name, np.array([np.nan if missing(own) else float(own) for own in values]))]
    if known and all(isinstance(own, str) for own in known):
        # Where most nodes have a word of their own it is a name.
        few = known_to_be or len(set(known)) <= max(2, len(known) // 2)
        return [words(name, [None if missing(own) else own for own in values])] if few else []
    try:
        vectors = np.array(values, dtype=np.float64)
    except (TypeError, ValueError):
        return []
    if vectors.ndim != 2:
        return []
    return [_native.Table.column(f"{name}{j}", np.ascontiguousarray(vectors[:, j])) for j in range(vectors.shape[1])]


# Classes.


def name_of(label: Any) -> str:
    """What a class is called, in files and by the native half: 1 and 1.0 are the same."""
    return _data.name_of(label)


def labels_of(y: Any, graph: Given) -> tuple[np.ndarray, np.ndarray]:
    """Labels of nodes or graphs, and of which they are known: all but None, NaN, "" and, among whole numbers, -1."""
    values = array_of(y)
    if values.ndim == 2 and values.shape[1] == 1:
        values = values.ravel()
    n, of = graph.examples, graph.example
    if values.shape != (n,):
        hint = f'y has a label for each {of}; None, NaN, -1 or "" where it is not known'
        raise ValueError(f"y has the shape {values.shape}, and there are {n} {of}s\nhint: {hint}")
    if values.dtype.kind in "OUS":
        known = np.array([not (missing(own) or own == "") for own in values], dtype=bool)
        values = _typed(values, known)
    else:
        known = ~np.isnan(values) if values.dtype.kind == "f" else np.ones(n, dtype=bool)
    own = values[known]
    if own.dtype.kind == "c" or own.dtype.kind == "f" and not (np.isfinite(own) & (own == np.floor(own))).all():
        raise ValueError("y holds quantities, and the model learns classes\nhint: give whole numbers or texts: one for each class")
    if own.dtype.kind in "fi" and own.size:
        # Of -1 and 1 both are classes.
        if own.min() == -1 and set(np.unique(own).tolist()) != {-1, 1}:
            known &= values != -1
    return values, known


def _typed(values: np.ndarray, known: np.ndarray) -> np.ndarray:
    """Objects of one type as an array of it; others as texts."""
    own = [value.decode() if isinstance(value, bytes) else value for value in values[known].tolist()]
    if all(isinstance(value, (bool, np.bool_)) for value in own):
        dtype: Any = bool
    elif all(isinstance(value, numbers.Integral) for value in own):
        dtype = np.int64
    elif all(isinstance(value, numbers.Real) for value in own):
        dtype = np.float64
    else:
        own, dtype = [_data.name_of(value) for value in own], np.array(list(map(_data.name_of, own)) or [""]).dtype
    found = np.zeros(len(values), dtype=dtype)
    found[known] = own
    return found

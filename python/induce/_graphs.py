"""Graphs as users have them, and as the native half reads them.

Matrices of SciPy and NumPy, graphs of NetworkX and data of PyTorch Geometric are known by what they can do: none of these packages is imported.
"""

from __future__ import annotations

import warnings
from collections.abc import Mapping
from typing import Any

import numpy as np

from . import _native
from ._data import SparseRows
from ._words import in_python


class Rows:
    """Compressed rows that are at hand already."""

    def __init__(self, starts: np.ndarray, index: np.ndarray, value: np.ndarray, columns: int) -> None:
        self.starts, self.index, self.value, self.columns = starts, index, value, columns

    def __len__(self) -> int:
        return len(self.starts) - 1


class Nodes:
    """A graph as the native half reads it."""

    def __init__(self, edges: SparseRows | Rows, names: list[str] | None = None) -> None:
        #: Compressed rows, as `SparseRows` or `Rows` are.
        self.edges: Any = edges
        self.names = names
        self.table: _native.Table | None = None
        #: Compressed rows, too.
        self.features: Any = None
        self.target: np.ndarray | None = None
        self.classes: list[str] = []
        self.name = "y"
        self.split: tuple[np.ndarray, np.ndarray, np.ndarray] | None = None
        #: The graph that each node is in, and how many there are, where classes are those of graphs.
        self.graphs: tuple[np.ndarray, int] | None = None

    def like(self) -> Nodes:
        """Another of the same edges, of whose nodes nothing is known."""
        own = Nodes(self.edges, self.names)
        own.graphs = self.graphs
        return own

    def __getstate__(self) -> dict[str, Any]:
        """A table as its columns, for native tables are no pickles."""
        state = dict(self.__dict__)
        if self.table is not None:
            parts = zip(self.table.names, self.table.kinds)
            state["table"] = [
                (name, kind, self.table.text(name) if kind == "category" else self.table.numbers(name)) for name, kind in parts
            ]
        return state

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__dict__.update(state)
        if state["table"] is not None:
            self.table = _native.Table.from_columns([_column(*own) for own in state["table"]])


def _column(name: str, kind: str, values: Any) -> _native.Column:
    if kind == "category":
        return words(name, values)
    if kind == "boolean":
        return _native.Table.booleans(name, np.where(np.isnan(values), -1, values).astype(np.int32))
    if kind == "date":
        counts = np.rint(np.where(np.isnan(values), 0.0, values) * 1e6).astype(np.int64)
        return _native.Table.moments(name, np.where(np.isnan(values), np.iinfo(np.int64).min, counts), "us")
    return _native.Table.column(name, values)


def words(name: str, values: list[str | None]) -> _native.Column:
    """A column of categories, None where there is none."""
    known = np.array([own is not None for own in values], dtype=bool)
    codes = np.full(len(values), -1, dtype=np.int32)
    names, codes[known] = np.unique(np.array([own for own in values if own is not None], dtype=str), return_inverse=True)
    return _native.Table.category(name, codes, [str(own) for own in names])


class Given:
    """What a user's graph says: edges, and whatever it knows of its nodes."""

    def __init__(self, nodes: Nodes) -> None:
        self.nodes = nodes
        #: Nodes as the user calls them, in their order.
        self.called: list[Any] | None = None
        #: Attributes of nodes by name, None where a node has none.
        self.attributes: dict[str, list[Any]] = {}
        self.x: Any = None
        self.y: Any = None
        #: Masks by what they are for: train, valid, test.
        self.masks: dict[str, Any] = {}

    def __len__(self) -> int:
        return len(self.nodes.edges)

    @property
    def examples(self) -> int:
        """How many nodes there are, or graphs where classes are theirs."""
        return len(self) if self.nodes.graphs is None else self.nodes.graphs[1]

    @property
    def example(self) -> str:
        """What has a class: a node or a graph."""
        return "node" if self.nodes.graphs is None else "graph"

    def kept(self) -> Given:
        """What is asked for after a fit: labels by name and by node, and which nodes judge."""
        own = Given(self.nodes)
        own.called, own.attributes = self.called, self.attributes
        if self.nodes.split is not None and len(self.nodes.split[2]):
            own.masks["test"] = self.nodes.split[2]
        return own


def array_of(values: Any) -> np.ndarray:
    """An array of a tensor or of whatever NumPy takes."""
    if getattr(values, "is_sparse", False):
        values = values.to_dense()
    if hasattr(values, "detach"):
        values = values.detach().cpu()
    return values.numpy() if hasattr(values, "numpy") and hasattr(values, "dim") else np.asarray(values)


def given(graph: Any, *, level: int = 3) -> Given:
    """What a graph of any kind says; remarks on its edges are warnings, `level` calls above."""
    if isinstance(graph, Given):
        return graph
    if isinstance(graph, (list, tuple)) and any(_is_graph(own) for own in graph):
        return _of_many([given(own, level=level + 1) for own in graph])
    if hasattr(graph, "edge_index"):
        found, remarks = _of_tensors(graph)
    elif callable(getattr(graph, "is_directed", None)) and hasattr(graph, "nodes") and hasattr(graph, "edges"):
        found, remarks = _of_networkx(graph)
    else:
        found, remarks = _of_matrix(graph)
    for remark in remarks:
        warnings.warn(in_python(remark), UserWarning, stacklevel=level)
    return found


def _is_graph(own: Any) -> bool:
    """Whether a member of a list is a graph, and no row of a matrix."""
    return isinstance(own, Given) or hasattr(own, "edge_index") or hasattr(own, "tocoo") or hasattr(own, "nodes") or getattr(own, "ndim", 0) == 2


def _of_many(all_: list[Given]) -> Given:
    """Graphs side by side; what each knows of its nodes is joined, where all know it."""
    sizes = np.array([len(own) for own in all_])
    first = np.concatenate([[0], np.cumsum(sizes)])
    rows = [own.nodes.edges for own in all_]
    ends = np.concatenate([np.asarray(own.index, dtype=np.int64) + start for own, start in zip(rows, first)])
    starts = np.zeros(first[-1] + 1, dtype=np.uint64)
    starts[1:] = np.cumsum(np.concatenate([np.diff(np.asarray(own.starts).astype(np.int64)) for own in rows]))
    value = np.concatenate([np.asarray(own.value, dtype=np.float64) for own in rows])
    found = Given(Nodes(Rows(starts, ends.astype(np.uint32), value, int(first[-1]))))
    found.nodes.graphs = (np.repeat(np.arange(len(all_), dtype=np.uint32), sizes), len(all_))
    found.attributes = {
        name: [value for own in all_ for value in own.attributes.get(name, [None] * len(own))]
        for name in dict.fromkeys(name for own in all_ for name in own.attributes)
    }
    with_x = [own.x is not None for own in all_]
    if any(with_x) and not all(with_x):
        raise ValueError(f"graph {with_x.index(False)} has no `x`, and others have\nhint: features are those of all nodes, or of none")
    if all(with_x):
        widths = {np.shape(own.x)[1:] for own in all_}
        if len(widths) > 1:
            raise ValueError(f"graphs have `x` of different widths: {sorted(widths)}")
        found.x = np.concatenate([own.x for own in all_])
    if all(own.y is not None and np.size(own.y) == 1 for own in all_):
        found.y = np.array([np.ravel(own.y)[0] for own in all_])
    return found


def _edges(n: int, ends: tuple[np.ndarray, np.ndarray], weight: np.ndarray | None, sense: str) -> tuple[Rows, list[str]]:
    """Rows of edges that lead both ways, and remarks."""
    if n == 0:
        raise ValueError("the graph has no node")
    for side in ends:
        if side.size and not (side.min() >= 0 and side.max() < n):
            wrong = int(side[(side < 0) | (side >= n)][0])
            raise ValueError(f"an edge is at node {wrong}, and there are {n}\nhint: nodes are numbered from 0, in the order of the rows of X and y")
    if weight is not None and not np.isfinite(weight).all():
        k = int(np.flatnonzero(~np.isfinite(weight))[0])
        raise ValueError(f"the weight of the edge between nodes {ends[0][k]} and {ends[1][k]} is {weight[k]}\nhint: leave edges out that have no weight")
    pairs = (np.ascontiguousarray(ends[0], dtype=np.uint32), np.ascontiguousarray(ends[1], dtype=np.uint32))
    weights = None if weight is None else np.ascontiguousarray(weight, dtype=np.float64)
    starts, index, value, remarks = _native.graph_edges(n, pairs, weights, sense)
    return Rows(starts, index, value, n), remarks


def _square(shape: tuple[int, ...]) -> int:
    if len(shape) != 2 or shape[0] != shape[1]:
        raise ValueError(
            f"a graph of shape {shape} is no matrix of edges\n"
            "hint: give a square matrix, sparse or dense, a graph of NetworkX, or data of PyTorch Geometric; features of nodes are X"
        )
    return int(shape[0])


def _check_numbers(dtype: Any) -> None:
    if dtype.kind not in "fiub":
        raise ValueError(f"a matrix of {dtype} holds no weights of edges\nhint: 0 is no edge, and 1 is one")


def _of_matrix(graph: Any) -> tuple[Given, list[str]]:
    if hasattr(graph, "tocoo"):
        n = _square(graph.shape)
        _check_numbers(graph.dtype)
        entries = graph.tocoo()
        ends, weight = (entries.row, entries.col), np.asarray(entries.data, dtype=np.float64)
    else:
        matrix = array_of(graph)
        n = _square(matrix.shape)
        _check_numbers(matrix.dtype)
        rows, columns = np.nonzero(matrix)
        ends, weight = (rows, columns), matrix[rows, columns].astype(np.float64)
    edges, remarks = _edges(n, ends, weight, "entries")
    return Given(Nodes(edges)), remarks


def _of_networkx(graph: Any) -> tuple[Given, list[str]]:
    called = list(graph.nodes)
    place = {node: i for i, node in enumerate(called)}
    triples = list(graph.edges(data="weight", default=1))
    ends = np.array([(place[a], place[b]) for a, b, _ in triples], dtype=np.int64).reshape(-1, 2)
    try:
        weight = np.array([1.0 if own is None else own for *_, own in triples], dtype=np.float64)
    except (TypeError, ValueError):
        raise ValueError("the attribute `weight` of an edge is no number\nhint: weights are numbers of at least 0, and 1 where there is none") from None
    edges, remarks = _edges(len(called), (ends[:, 0], ends[:, 1]), weight, "one_way" if graph.is_directed() else "both")
    names = [str(node) for node in called]
    found = Given(Nodes(edges, names if len(set(names)) == len(names) else [repr(node) for node in called]))
    found.called = called
    known = [graph.nodes[node] for node in called]
    # In the order in which nodes have them: a set would have another order in every process.
    attributes = dict.fromkeys(name for own in known for name in own)
    found.attributes = {str(name): [own.get(name) for own in known] for name in attributes}
    return found, remarks


def _of_tensors(graph: Any) -> tuple[Given, list[str]]:
    if graph.edge_index is None:
        raise ValueError("`edge_index` of the data is None\nhint: it has two rows, the ends of each edge")
    ends = array_of(graph.edge_index)
    if ends.ndim != 2 or ends.shape[0] != 2:
        raise ValueError(f"`edge_index` has the shape {ends.shape}\nhint: it has two rows, the ends of each edge")
    weight = getattr(graph, "edge_weight", None)
    weight = None if weight is None else array_of(weight).astype(np.float64).ravel()
    if weight is not None and len(weight) != ends.shape[1]:
        raise ValueError(f"`edge_weight` has {len(weight)} weights, and `edge_index` {ends.shape[1]} edges")
    x, y = getattr(graph, "x", None), getattr(graph, "y", None)
    n = getattr(graph, "num_nodes", None)
    if n is None:
        n = len(x) if x is not None else len(y) if y is not None else int(ends.max(initial=-1)) + 1
    edges, remarks = _edges(int(n), (ends[0], ends[1]), weight, "entries")
    found = Given(Nodes(edges))
    found.x, found.y = (None if x is None else array_of(x)), (None if y is None else array_of(y))
    batch = getattr(graph, "batch", None)
    if batch is not None and (found.y is None or len(found.y) != len(found)):
        # A class for each node is one of nodes.
        of = array_of(batch).astype(np.uint32)
        found.nodes.graphs = (of, max(int(of.max(initial=0)) + 1, 0 if found.y is None else len(found.y)))
    for part, name in (("train", "train_mask"), ("valid", "val_mask"), ("test", "test_mask")):
        mask = getattr(graph, name, None)
        if mask is not None:
            found.masks[part] = array_of(mask)
    return found, remarks


def nodes_of(mask: Any, graph: Given, name: str) -> np.ndarray:
    """Numbers of the nodes that a mask or an array of numbers says, rising."""
    n, chosen, of = graph.examples, array_of(mask), graph.example
    if chosen.ndim != 1:
        raise ValueError(f"{name} has the shape {chosen.shape}\nhint: it is a mask of the {of}s, or numbers of {of}s")
    if chosen.dtype == np.bool_:
        if len(chosen) != n:
            raise ValueError(f"{name} is a mask of {len(chosen)}, and there are {n} {of}s\nhint: a mask has True or False for each {of}")
        return np.flatnonzero(chosen).astype(np.uint32)
    if chosen.dtype.kind not in "iu" and chosen.size:
        raise ValueError(f"{name} is of type {chosen.dtype}\nhint: it is a mask of True and False, or numbers of {of}s")
    if chosen.size and not (chosen.min() >= 0 and chosen.max() < n):
        wrong = int(chosen[(chosen < 0) | (chosen >= n)][0])
        raise ValueError(f"{name} has the {of} {wrong}, and there are {n}\nhint: {of}s are numbered from 0")
    return np.unique(chosen).astype(np.uint32)


def labels_given(y: Any, graph: Given) -> tuple[Any, str]:
    """Labels of the nodes, and what they are called: an array, a mapping from nodes, or the name of an attribute of theirs."""
    if y is None:
        if graph.y is None:
            others = f", or the name of an attribute: {', '.join(graph.attributes)}" if graph.attributes else ""
            raise ValueError(
                f"y is None, and the graph has no labels of its own\nhint: y is a label for each {graph.example}, NaN where it is not known{others}"
            )
        return graph.y, "y"
    if isinstance(y, str) and graph.nodes.graphs is not None:
        raise ValueError(f"y is the attribute `{y}` of nodes, and there are {graph.examples} graphs\nhint: y is a label for each graph")
    if isinstance(y, str):
        if y not in graph.attributes:
            others = ", ".join(f"`{name}`" for name in graph.attributes) or "none"
            raise ValueError(f"nodes have no attribute `{y}`\nhint: there are {others}")
        return _objects(graph.attributes[y]), y
    if isinstance(y, Mapping):
        called = range(graph.examples) if graph.called is None or graph.nodes.graphs is not None else graph.called
        nodes = set(called)
        strangers = [node for node in y if node not in nodes]
        if strangers:
            raise ValueError(f"y has a label of {strangers[0]!r}, which is no {graph.example} there")
        return _objects([y.get(node) for node in called]), "y"
    name = getattr(y, "name", None)
    return array_of(y), name if isinstance(name, str) and name else "y"


def _objects(values: list[Any]) -> np.ndarray:
    found = np.empty(len(values), dtype=object)
    found[:] = values
    return found

"""What models of graphs share: from a graph to the native fit, and what a model is asked then."""

from __future__ import annotations

import json
import warnings
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from . import _card, _graph_nodes, _native
from ._base import seed_of, threads_of
from ._compat import BaseEstimator, ClassifierMixin
from ._fitted import ELSEWHERE, Fitted
from ._graphs import Given, Nodes, given, labels_given, nodes_of
from ._ranges import Number, check
from ._words import in_python, spoken
from .metrics import Score

if TYPE_CHECKING:
    from ._typing import ArrayLike, MatrixLike, Self

__all__ = ["ELSEWHERE", "GraphFit", "GraphModel", "GraphNetwork"]


class GraphFit(Fitted):
    """A model that learns from a graph."""

    #: The graph of the fit; a model of a file has none.
    _given: Given

    def _take_inputs(self, names: list[str] | None) -> None:
        self.__dict__.pop("feature_names_in_", None)
        width, columns, _ = _native.graph_inputs(self.model_)
        self.n_features_in_ = len(columns) + (width or 0)
        if names is not None and columns:
            self.feature_names_in_ = np.asarray(columns, dtype=object)

    def _asked(self, graph: Any, X: Any) -> tuple[Given, Nodes]:
        """A graph with the features that the model reads; None is that of the fit."""
        model = self._fitted()
        if graph is None:
            if "_given" not in self.__dict__:
                raise ValueError(f"this {type(self).__name__} was opened from a file, which keeps no graph\nhint: give the graph")
            own = self._given
            if X is None:
                return own, own.nodes
        else:
            own = given(graph, level=4)
        nodes = own.nodes.like()
        wanted, columns, _ = _native.graph_inputs(model)
        _graph_nodes.put_known(nodes, X, own, wanted, columns, "feature_names_in_" in self.__dict__, type(self).__name__)
        return own, nodes

    @property
    def n_parameters_(self) -> int:
        """Numbers that were learnt; 0 where a model has none."""
        return json.loads(self._fitted().facts).get("parameters", 0)

    def _opened(self, model: _native.Model, card: str) -> Any:
        super()._opened(model, card)
        _, columns, _ = _native.graph_inputs(model)
        self._take_inputs(columns if any(name != f"x{j}" for j, name in enumerate(columns)) else None)
        return self


class GraphModel(GraphFit, ClassifierMixin, BaseEstimator):
    """A model of the registry that learns the classes of nodes, or of graphs."""

    _RANGES: ClassVar[dict[str, Any]] = {**Fitted._RANGES, "labels_per_class": [Number(int, 0)]}
    _KEPT: ClassVar[tuple[str, ...]] = ("_attribute",)
    #: Whether features of nodes are read at all.
    _reads_features: ClassVar[bool] = True

    classes_: np.ndarray
    #: The attribute of nodes that was learnt, which is no feature of others.
    _attribute: str | None

    # The fit.

    def fit(self, graph: Any, y: Any = None, *, X: MatrixLike | None = None, train: ArrayLike | None = None, valid: ArrayLike | None = None) -> Self:
        """Learn the classes of the nodes of a graph, or of graphs, from those that are known.

        Ctrl-C raises KeyboardInterrupt after the step, and the model so far is kept.

        Parameters
        ----------
        graph : sparse or dense matrix of shape (n, n), graph of NetworkX, or data of PyTorch Geometric
            Weights of edges, at least 0. An edge leads both ways: where it is there one way only it is taken both ways, and where its weights differ it
            has their mean, both with a warning. Edges of NetworkX have the weight `weight`, or 1; those of PyTorch Geometric `edge_weight`, or 1.
            Networks learn classes of whole graphs of a list of graphs, or of a batch of PyTorch Geometric with a class for each graph.
        y : array-like of shape (n,), dict or str, default=None
            The class of each node, or of each graph. None, NaN, "" and, among whole numbers, -1 say that it is not known (of -1 and 1 alone both are classes).
            A dict has classes of nodes as the graph calls them, a text is the name of an attribute of NetworkX's nodes, and None takes `y` of
            PyTorch Geometric's data.
        X : array-like, sparse matrix or frame of shape (n, n_features), default=None
            Features of the nodes in the graph's order. NaN in an array or a frame is a missing value. An array of which fewer than a quarter
            are not 0 is taken for sparse, as one of words. None takes `x` of the data, or the attributes of NetworkX's nodes that are numbers, flags,
            vectors, or a few words; nodes without any are known by their names alone.
        train : array-like, default=None
            Nodes, or graphs, to learn from: a mask, or their numbers from 0. None is `train_mask` of the data, or all whose class is known.
        valid : array-like, default=None
            Nodes that choose the best weights, as `train`. None is `val_mask`, or a share of those to learn from (`validation_fraction`).

        Returns
        -------
        self
        """
        check(self)
        own = given(graph)
        labels, name = labels_given(y, own)
        values, known = _graph_nodes.labels_of(labels, own)
        if not known.any():
            hint = 'None, NaN, "" and -1 in y say that a class is not known'
            raise ValueError(f"no {own.example} has a known class to learn from\nhint: {hint}")
        classes, codes = np.unique(values[known], return_inverse=True)
        nodes = own.nodes
        nodes.target = np.full(own.examples, np.nan)
        nodes.target[known] = codes
        nodes.classes, nodes.name = [_graph_nodes.name_of(one) for one in classes.tolist()], name
        attribute = y if isinstance(y, str) else None
        names = None
        if self._reads_features:
            names = _graph_nodes.put_features(nodes, X, own, () if attribute is None else (attribute,))
        seed = seed_of(self.random_state)
        nodes.split = self._split(own, train, valid, seed)
        self._check_classes(nodes)
        self._run(nodes, seed)
        self.classes_, self._given, self._attribute = classes, own.kept(), attribute
        self._take_inputs(names)
        self._stop_if_interrupted()
        return self

    def _split(self, graph: Given, train: Any, valid: Any, seed: int) -> Any:
        """Numbers of nodes to learn from, to choose by and to judge by; None where nothing is said."""
        masks = {**graph.masks, **({} if train is None else {"train": train}), **({} if valid is None else {"valid": valid})}
        if self.labels_per_class:
            if masks:
                warnings.warn("the division of the nodes that is given is not used (`labels_per_class`)", UserWarning, stacklevel=3)
            with spoken({}):
                *parts, short = _native.graph_split(graph.nodes, self.labels_per_class, seed)
            for note in short:
                warnings.warn(in_python(note), UserWarning, stacklevel=3)
            return tuple(parts)
        if not masks:
            return None
        parts = [nodes_of(masks.get(part, []), graph, part) for part in ("train", "valid", "test")]
        if "train" in masks and not len(parts[0]):
            raise ValueError("train has no node\nhint: it is a mask of the nodes to learn from, or their numbers")
        both = np.intersect1d(parts[0], parts[1])
        if len(both):
            warnings.warn(f"{len(both)} of the nodes to learn from choose the weights too (`valid`)", UserWarning, stacklevel=3)
        return tuple(parts)

    def _check_classes(self, nodes: Nodes) -> None:
        """An error if there is one class only, or one without a node to learn from."""
        chosen: Any = nodes.target
        if nodes.split is not None and len(nodes.split[0]):
            chosen = chosen[nodes.split[0]]
        there = set(chosen[~np.isnan(chosen)].astype(int).tolist())
        for code, name in enumerate(nodes.classes):
            if code not in there:
                raise ValueError(
                    f"no node to learn from is of the class `{name}`\n"
                    "hint: label one of it and have it in `train`, or leave the class out of y: None, NaN or -1 is not known"
                )

        if len(nodes.classes) < 2:
            raise ValueError(
                f"all nodes to learn from are of the class `{nodes.classes[0]}`: there is nothing to tell apart\nhint: label nodes of two classes or more"
            )

    # What a fitted model says.

    def predict(self, graph: Any = None, *, X: MatrixLike | None = None) -> np.ndarray:
        """The likeliest class of every node, of shape (n,).

        Parameters
        ----------
        graph : as in `fit`, default=None
            None is the graph of the fit.
        X : as in `fit`, default=None
            Features of the nodes; None takes those of the graph.
        """
        _, nodes = self._asked(graph, X)
        with spoken({}):
            found, _ = _native.graph_classes(self.model_, nodes, threads_of(self.n_jobs))
        return self.classes_[found.astype(np.intp)]

    def predict_proba(self, graph: Any = None, *, X: MatrixLike | None = None) -> np.ndarray:
        """The probability of every class for every node, of shape (n, n_classes), in the order of `classes_`.

        Parameters
        ----------
        graph : as in `fit`, default=None
            None is the graph of the fit.
        X : as in `fit`, default=None
        """
        _, nodes = self._asked(graph, X)
        with spoken({}):
            return _native.graph_classes(self.model_, nodes, threads_of(self.n_jobs))[1]

    def score(self, graph: Any = None, y: Any = None, *, X: MatrixLike | None = None, nodes: ArrayLike | None = None) -> float:
        """The share of nodes whose class is predicted rightly, of those whose class is known.

        Parameters
        ----------
        graph : as in `fit`, default=None
            None is the graph of the fit.
        y : as in `fit`, default=None
            True classes; None takes those of the graph.
        X : as in `fit`, default=None
        nodes : array-like, default=None
            Which nodes count: a mask, or their numbers. None is `test_mask` of PyTorch Geometric's data, what `labels_per_class` left to judge
            by in the graph of the fit, or all.
        """
        return self.evaluate(graph, y, X=X, nodes=nodes)["accuracy"].value

    def evaluate(self, graph: Any = None, y: Any = None, *, X: MatrixLike | None = None, nodes: ArrayLike | None = None) -> dict[str, Score]:
        """The metrics of the model on nodes whose classes are known, by name, with 95 % intervals.

        Parameters
        ----------
        graph : as in `fit`, default=None
            None is the graph of the fit.
        y : as in `fit`, default=None
            True classes; None takes those of the graph.
        X : as in `fit`, default=None
        nodes : array-like, default=None
            Which nodes count: a mask, or their numbers. None is `test_mask` of PyTorch Geometric's data, what `labels_per_class` left to judge
            by in the graph of the fit, or all.

        Returns
        -------
        dict of str to Score
        """
        own, asked = self._asked(graph, X)
        judged = asked.like()
        judged.table, judged.features = asked.table, asked.features
        judged.classes = list(self.model_.classes)
        judged.target = self._truth(own, graph, y)
        if nodes is not None or "test" in own.masks:
            chosen = nodes_of(own.masks["test"] if nodes is None else nodes, own, "nodes")
            others = np.setdiff1d(np.arange(own.examples), chosen)
            judged.target[others] = np.nan
        if np.isnan(judged.target).all():
            raise ValueError("none of these nodes has a known class to judge by\nhint: give y, and in `nodes` some whose class it says")
        with spoken({}):
            found = _native.graph_scores(self.model_, judged, seed_of(self.random_state), threads_of(self.n_jobs))
        return {name: Score(value, low, high) for name, value, low, high in found}

    def _truth(self, own: Given, graph: Any, y: Any) -> np.ndarray:
        """Codes of the true classes, NaN where they are not known."""
        if y is None and graph is None:
            return own.nodes.target.copy()  # type: ignore[union-attr]
        if y is None and own.y is None and self._attribute is not None:
            y = self._attribute
        values, known = _graph_nodes.labels_of(labels_given(y, own)[0], own)
        codes = {name: code for code, name in enumerate(self.model_.classes)}
        names = [_graph_nodes.name_of(one) for one in values[known].tolist()]
        strangers = sorted(set(names) - set(codes))
        if strangers:
            others = ", ".join(f"`{name}`" for name in list(codes)[:10])
            raise ValueError(f"y holds classes that the model does not know: {', '.join(strangers[:5])}\nhint: it knows {others}")
        target = np.full(own.examples, np.nan)
        target[known] = [codes[name] for name in names]
        return target

    @property
    def split_(self) -> dict[str, np.ndarray]:
        """Numbers of the nodes that were learnt from, that chose the weights, and that are left to judge by: "train", "valid" and "test"; empty where
        nobody said which."""
        self._fitted()
        split = self._given.nodes.split if "_given" in self.__dict__ else None
        if split is None:
            return {}
        return {part: nodes.astype(np.intp) for part, nodes in zip(("train", "valid", "test"), split)}

    def _opened(self, model: _native.Model, card: str) -> Any:
        super()._opened(model, card)
        self._attribute = _card.told(card).get("state", {}).get("_attribute")
        self.classes_ = _card.classes_of(model.classes, _card.told(card).get("classes"))
        return self


class GraphNetwork(GraphModel):
    """A network of the nodes of a graph."""

    def transform(self, graph: Any = None, *, X: MatrixLike | None = None) -> np.ndarray:
        """The last hidden layer of every node, of shape (n, width).

        Parameters
        ----------
        graph : as in `fit`, default=None
            None is the graph of the fit.
        X : as in `fit`, default=None
        """
        _, nodes = self._asked(graph, X)
        with spoken({}):
            return _native.graph_embedding(self.model_, nodes, threads_of(self.n_jobs))

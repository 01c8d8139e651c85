"""Models of which nodes of a graph are joined: what they learn from edges, and say of others."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from . import _graph_nodes, _native
from ._base import seed_of, threads_of
from ._compat import BaseEstimator
from ._graph_models import GraphFit
from ._graphs import given
from ._ranges import check
from ._words import spoken

if TYPE_CHECKING:
    from ._typing import MatrixLike, Self


class GraphLinks(GraphFit, BaseEstimator):
    """A model of the registry that learns which nodes are joined."""

    def fit(self, graph: Any, y: Any = None, *, X: MatrixLike | None = None) -> Self:
        """Learn from the edges of a graph.

        Ctrl-C raises KeyboardInterrupt after the step, and the model so far is kept.

        Parameters
        ----------
        graph : sparse or dense matrix of shape (n, n), graph of NetworkX, or data of PyTorch Geometric
            Weights of edges, at least 0. An edge leads both ways: where it is there one way only it is taken both ways.
        y : None
            Not used.
        X : array-like, sparse matrix or frame of shape (n, n_features), default=None
            Features of the nodes in the graph's order. None takes those of the graph.

        Returns
        -------
        self
        """
        check(self)
        own = given(graph)
        own.nodes.graphs = None
        names = _graph_nodes.put_features(own.nodes, X, own)
        self._run(own.nodes, seed_of(self.random_state))
        self._given = own.kept()
        self._take_inputs(names)
        self._stop_if_interrupted()
        return self

    def transform(self, graph: Any = None, *, X: MatrixLike | None = None) -> np.ndarray:
        """The mean of the embedding of every node, of shape (n, latent).

        Parameters
        ----------
        graph : as in `fit`, default=None
            None is the graph of the fit.
        X : as in `fit`, default=None
        """
        _, nodes = self._asked(graph, X)
        with spoken({}):
            return _native.graph_embedding(self.model_, nodes, threads_of(self.n_jobs))

    def links(self, graph: Any = None, *, X: MatrixLike | None = None, top: int = 10) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """The nodes that each node is likeliest to be joined to, of those that it is not.

        Parameters
        ----------
        graph : as in `fit`, default=None
            None is the graph of the fit.
        X : as in `fit`, default=None
        top : int, default=10
            Others of each node.

        Returns
        -------
        nodes, others, probability : ndarray of shape (n * top,)
            Numbers of nodes, and how likely it is that they are joined; the likeliest of a node first.
        """
        if not isinstance(top, (int, np.integer)) or top < 1:
            raise ValueError(f"top == {top!r} is no number of nodes; it is at least 1")
        _, nodes = self._asked(graph, X)
        with spoken({}):
            found, others, probability = _native.graph_links(self.model_, nodes, int(top), threads_of(self.n_jobs))
        return found.astype(np.intp), others.astype(np.intp), probability

"""Looks into the trees of a fitted model."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from . import _native
from ._compat import check_is_fitted
from ._nodes import Nodes
from ._pruning import Path, impurity, weakest_links
from ._tree_arrays import TreeArrays, partial_dependence

if TYPE_CHECKING:
    from ._typing import ArrayLike, MatrixLike, Self


def paths(parents: list[np.ndarray], leaves: np.ndarray) -> Any:
    """Which nodes every row passes, as a CSR matrix (rows, nodes of all trees), and where each tree's nodes begin."""
    from scipy.sparse import csr_matrix

    starts = np.cumsum([0, *(len(parent) for parent in parents)])
    rows, columns = [], []
    for start, parent, ends in zip(starts, parents, leaves.T):
        row, node = np.arange(len(ends)), ends.astype(np.int64)
        while row.size:
            rows.append(row)
            columns.append(start + node)
            row, node = row[parent[node] >= 0], parent[node][parent[node] >= 0]
    places = np.concatenate(rows), np.concatenate(columns)
    ones = np.ones(len(places[0]), dtype=np.int64)
    return csr_matrix((ones, places), shape=(len(leaves), starts[-1])), starts


class TreeViews:
    """Mixin of estimators whose model is made of trees."""

    def _nodes(self, tree: int = 0) -> Nodes:
        check_is_fitted(self, "model_")
        return Nodes(self.model_, tree)  # type: ignore[attr-defined]

    def _ends(self, X: MatrixLike) -> np.ndarray:
        table = self._checked(X)  # type: ignore[attr-defined]
        return _native.forest_leaves(self.model_, table, self._threads()).astype(np.int64)  # type: ignore[attr-defined]

    def _compute_partial_dependence_recursion(self, grid: Any, target_features: Any) -> np.ndarray:
        """The mean over trees of the partial dependence of a quantity, by one walk down each: scikit-learn's `recursion`."""
        check_is_fitted(self, "model_")
        count, features = self.model_.trees, self.n_features_in_  # type: ignore[attr-defined]
        return partial_dependence(self.model_, count, features, grid, target_features) / count  # type: ignore[attr-defined]

    @property
    def feature_importances_(self) -> np.ndarray:
        """The fraction of the total gain of the splits that every feature has, of shape (n_features,); of a forest the trees' mean."""
        check_is_fitted(self, "model_")
        count, features = self.model_.trees, self.n_features_in_  # type: ignore[attr-defined]
        mean = np.mean([self._nodes(tree).importances(features) for tree in range(count)], axis=0)
        return mean / mean.sum() if mean.sum() > 0 else mean


class OneTree(TreeViews):
    """Mixin of estimators of one tree."""

    def fit(self, X: MatrixLike, y: ArrayLike, sample_weight: ArrayLike | None = None, check_input: bool = True) -> Self:
        """Fit the model.

        Parameters
        ----------
        X : array-like, sparse matrix or frame of shape (n_samples, n_features)
        y : array-like of shape (n_samples,) or (n_samples, n_outputs)
        sample_weight : array-like of shape (n_samples,), default=None
            A weight counts as so many repetitions of its row.
        check_input : bool, default=True
            Taken for compatibility; the input is always checked.

        Returns
        -------
        self
        """
        return super().fit(X, y, sample_weight)  # type: ignore[misc]

    @property
    def tree_(self) -> TreeArrays:
        """The nodes as arrays."""
        check_is_fitted(self, "model_")
        classes: list[int] = []
        if self._task == "classification":  # type: ignore[attr-defined]
            classes = [int(count) for count in np.atleast_1d(self.n_classes_)]  # type: ignore[attr-defined]
        entropy = self.criterion in ("entropy", "log_loss")  # type: ignore[attr-defined]
        return TreeArrays(self.model_, 0, self.n_features_in_, classes, entropy)  # type: ignore[attr-defined]

    def predict(self, X: MatrixLike, check_input: bool = True) -> Any:
        """What the tree predicts, of the shape of the y that was fitted.

        Parameters
        ----------
        X : array-like, sparse matrix or frame of shape (n_samples, n_features)
        check_input : bool, default=True
            Taken for compatibility; the input is always checked.
        """
        return super().predict(X)  # type: ignore[misc]

    def apply(self, X: MatrixLike, check_input: bool = True) -> np.ndarray:
        """The number of the leaf that every row ends in, of shape (n_samples,); nodes are counted depth first.

        Parameters
        ----------
        X : array-like, sparse matrix or frame of shape (n_samples, n_features)
        check_input : bool, default=True
            Taken for compatibility; the input is always checked.
        """
        return self._ends(X)[:, 0]

    def decision_path(self, X: MatrixLike, check_input: bool = True) -> Any:
        """Which nodes every row passes, as a CSR matrix of shape (n_samples, n_nodes).

        Parameters
        ----------
        X : array-like, sparse matrix or frame of shape (n_samples, n_features)
        check_input : bool, default=True
            Taken for compatibility; the input is always checked.
        """
        leaves = self._ends(X)
        return paths([self._nodes().parent], leaves)[0]

    def cost_complexity_pruning_path(self, X: MatrixLike, y: ArrayLike, sample_weight: ArrayLike | None = None) -> Any:
        """The subtrees that some `ccp_alpha` leaves of the tree grown on these rows.

        Parameters
        ----------
        X : array-like, sparse matrix or frame of shape (n_samples, n_features)
        y : array-like of shape (n_samples,) or (n_samples, n_outputs)
        sample_weight : array-like of shape (n_samples,), default=None

        Returns
        -------
        mapping with attributes
            `ccp_alphas`, the prices of a leaf at which branches fall, and `impurities`, what their leaves come to.
        """
        tree = type(self)(**self.get_params(deep=False) | {"ccp_alpha": 0.0})  # type: ignore[attr-defined]
        tree.fit(X, y, sample_weight)
        target = tree._target(y)
        weight = tree._weight(sample_weight, target)
        weight = np.ones(len(target)) if weight is None else weight
        # Entropies are in nats in the engine.
        unit = np.log(2.0) if tree.criterion in ("entropy", "log_loss") else 1.0
        prices, added = weakest_links(tree._nodes(), weight.sum() * unit)
        whole = impurity(tree.criterion, target[:, None] if tree._targets is None else tree._targets[0], weight)
        left = whole - added.sum()
        return Path(ccp_alphas=np.r_[0.0, prices], impurities=left + np.r_[0.0, np.cumsum(added)])

    def get_depth(self) -> int:
        """The number of questions on the longest way to a leaf."""
        return self._nodes().depth

    def get_n_leaves(self) -> int:
        """The number of leaves."""
        return self._nodes().leaves


class ManyTrees(TreeViews):
    """Mixin of forests."""

    def apply(self, X: MatrixLike) -> np.ndarray:
        """The number of the leaf that every row ends in, of shape (n_samples, n_trees); nodes are counted depth first.

        Parameters
        ----------
        X : array-like, sparse matrix or frame of shape (n_samples, n_features)
        """
        return self._ends(X)

    def decision_path(self, X: MatrixLike) -> tuple[Any, np.ndarray]:
        """Which nodes every row passes.

        Parameters
        ----------
        X : array-like, sparse matrix or frame of shape (n_samples, n_features)

        Returns
        -------
        indicator : CSR matrix of shape (n_samples, n_nodes)
        n_nodes_ptr : ndarray of shape (n_trees + 1,)
            The columns of tree i are `n_nodes_ptr[i]` to `n_nodes_ptr[i + 1]`.
        """
        leaves = self._ends(X)
        return paths([self._nodes(tree).parent for tree in range(leaves.shape[1])], leaves)

    def __len__(self) -> int:
        return self.model_.trees if "model_" in self.__dict__ else 0

    def __bool__(self) -> bool:
        # An estimator that is not fitted is an estimator all the same.
        return True

    def __getitem__(self, tree: int) -> Any:
        return self.estimators_[tree]

    def __iter__(self) -> Any:
        return iter(self.estimators_)

    @property
    def estimators_(self) -> list[Any]:
        """The trees as fitted estimators of their own. They predict the numbers of classes, not their names."""
        check_is_fitted(self, "model_")
        return [self._tree(tree) for tree in range(self.model_.trees)]

    @property
    def estimator_(self) -> Any:
        """An unfitted tree with the parameters of the forest's."""
        given = self.get_params(deep=False)  # type: ignore[attr-defined]
        unfitted = self._tree_class()  # type: ignore[attr-defined]
        known = {name: value for name, value in given.items() if name in unfitted.get_params(deep=False)}
        return unfitted.set_params(**known | {"random_state": None})

    def _tree(self, number: int) -> Any:
        tree = self.estimator_
        tree.model_ = _native.forest_tree(self.model_, number)  # type: ignore[attr-defined]
        tree.n_features_in_, tree._column_names = self.n_features_in_, self.model_.features  # type: ignore[attr-defined]
        tree.n_outputs_, tree.fit_report_ = self.n_outputs_, self.fit_report_  # type: ignore[attr-defined]
        if hasattr(self, "classes_"):
            tree.n_classes_ = self.n_classes_
            numbers = [np.arange(count, dtype=np.float64) for count in np.atleast_1d(self.n_classes_)]
            tree.classes_ = numbers if self.n_outputs_ > 1 else numbers[0]  # type: ignore[attr-defined]
        tree._after(0)
        return tree

"""The nodes of a tree as arrays, under the names of scikit-learn's `tree_`; and partial dependence by one walk down a tree."""

from __future__ import annotations

from typing import Any

import numpy as np

from . import _native


class TreeArrays:
    """One tree: nodes are counted depth first, left before right, from 0, as scikit-learn counts them.

    Attributes
    ----------
    children_left, children_right, feature : ndarray of int of shape (node_count,)
        -1, -1 and -2 for leaves.
    threshold : ndarray of shape (node_count,)
        -2 for leaves, NaN where a set of categories goes left.
    missing_go_to_left : ndarray of bool of shape (node_count,)
    value : ndarray of shape (node_count, n_outputs, max_n_classes)
        Means of quantities, probabilities of classes; of a branch those of its rows.
    impurity : ndarray of shape (node_count,)
        Gini or entropy of classes. Of quantities a model file does not hold it: NaN.
    weighted_n_node_samples, n_node_samples : ndarray of shape (node_count,)
        Weights of the rows of a node.
    node_count, n_leaves, max_depth, n_features, n_outputs, max_n_classes : int
    n_classes : ndarray of int of shape (n_outputs,)
    """

    def __init__(self, model: _native.Model, number: int, features: int, classes: list[int], entropy: bool = False) -> None:
        found = _native.forest_nodes(model, number)
        self.parent = found["parent"]
        self.children_left, self.children_right = found["left"], found["right"]
        leaf = self.children_left < 0
        self.feature = np.where(leaf, -2, found["feature"])
        self.threshold = np.where(leaf, -2.0, found["threshold"])
        self.missing_go_to_left = found["missing_left"].astype(np.uint8)
        self.weighted_n_node_samples = found["weight"]
        self.n_node_samples = np.maximum(1, np.rint(found["weight"])).astype(np.int64)
        self.node_count, self.n_features = len(self.parent), features
        self.n_leaves = int(leaf.sum())
        self.n_classes = np.asarray(classes or [1], dtype=np.int64)
        self.n_outputs, self.max_n_classes = len(self.n_classes), int(self.n_classes.max())
        self.values = self._with_branches(found["values"])
        self.value = self._value(bool(classes))
        self.impurity = self._impurity(entropy) if classes else np.full(self.node_count, np.nan)

    @property
    def max_depth(self) -> int:
        """Questions on the longest way to a leaf."""
        depth = np.zeros(self.node_count, dtype=np.int64)
        for node in range(1, self.node_count):
            depth[node] = depth[self.parent[node]] + 1
        return int(depth.max())

    def _with_branches(self, values: np.ndarray) -> np.ndarray:
        """The values of the leaves, and of branches the weighted means of what is below."""
        values, weight = values.copy(), self.weighted_n_node_samples
        for node in range(self.node_count - 1, -1, -1):
            left, right = self.children_left[node], self.children_right[node]
            if left >= 0:
                total = weight[left] + weight[right]
                share = weight[left] / total if total > 0 else 0.5
                values[node] = share * values[left] + (1 - share) * values[right]
        return values

    def _value(self, classes: bool) -> np.ndarray:
        value = np.zeros((self.node_count, self.n_outputs, self.max_n_classes))
        if not classes:
            value[:, :, 0] = self.values
            return value
        if self.n_outputs == 1 and self.values.shape[1] == 1:
            # Of two classes a leaf keeps the probability of the second.
            second = self.values[:, 0]
            value[:, 0] = np.column_stack([1 - second, second]) if self.max_n_classes == 2 else 1.0
            return value
        begin = 0
        for k, count in enumerate(self.n_classes.tolist()):
            value[:, k, :count] = self.values[:, begin : begin + count]
            begin += count
        return value

    def _impurity(self, entropy: bool) -> np.ndarray:
        p = self.value
        own = -(p * np.log2(np.where(p > 0, p, 1.0))) if entropy else p * (1 - p)
        return own.sum(axis=2).mean(axis=1)

    def compute_partial_dependence(self, X: np.ndarray, target_features: np.ndarray, out: np.ndarray) -> None:
        """Add to `out` the mean value at every row of a grid: other features' questions are answered by their rows' weights.

        Parameters
        ----------
        X : ndarray of shape (n_points, n_target_features)
        target_features : ndarray of int of shape (n_target_features,)
        out : ndarray of shape (n_points,)
        """
        place = {int(feature): k for k, feature in enumerate(target_features)}
        share = {0: np.ones(len(X))}
        # Parents come before their children.
        for node in range(self.node_count):
            own = share.pop(node)
            left, right = int(self.children_left[node]), int(self.children_right[node])
            if left < 0:
                out += own * self.values[node, 0]
                continue
            feature = int(self.feature[node])
            if feature in place:
                values = np.asarray(X[:, place[feature]], dtype=np.float64)
                goes = np.where(np.isnan(values), bool(self.missing_go_to_left[node]), values <= self.threshold[node])
                share[left], share[right] = own * goes, own * ~goes
            else:
                first, second = self.weighted_n_node_samples[left], self.weighted_n_node_samples[right]
                part = first / (first + second) if first + second > 0 else 0.5
                share[left], share[right] = own * part, own * (1 - part)


def partial_dependence(model: _native.Model, count: int, features: int, grid: Any, target_features: Any) -> np.ndarray:
    """The sum over trees of their partial dependence at every row of a grid, of shape (n_points,)."""
    out = np.zeros(len(grid))
    for number in range(count):
        tree = TreeArrays(model, number, features, [])
        tree.compute_partial_dependence(np.asarray(grid), np.asarray(target_features), out)
    return out

"""Minimal cost-complexity pruning: all subtrees that some price of a leaf makes the best (Breiman et al. 1984, section 3.3).

    g(t) = (R(t) - R(T_t)) / (|T_t| - 1)

is the price per leaf at which the branch t is worth no more than a leaf in its place; R is the impurity of leaves in fractions
of the rows, T_t the subtree below t, |T_t| its leaves. The branch of the least g falls first.
"""

from __future__ import annotations

import numpy as np

from ._nodes import Nodes


class Path(dict):
    """What a price of a leaf leaves of a tree, also as attributes.

    Attributes
    ----------
    ccp_alphas : ndarray of shape (n_subtrees,)
        The prices at which branches fall, ascending from 0.
    impurities : ndarray of shape (n_subtrees,)
        The impurity of the leaves that are left.
    """

    __getattr__ = dict.__getitem__


def weakest_links(nodes: Nodes, rows: float) -> tuple[np.ndarray, np.ndarray]:
    """The price at which each branch falls, in the order in which they do, and the impurity that its fall adds.

    Parameters
    ----------
    nodes : Nodes
    rows : float
        The sum of the weights.
    """
    parent, branch = nodes.parent, nodes.feature >= 0
    worth, leaves = np.where(branch, nodes.gain, 0.0) / rows, np.where(branch, 0, 1)
    # Parents are numbered before their children.
    for node in range(len(nodes) - 1, 0, -1):
        worth[parent[node]] += worth[node]
        leaves[parent[node]] += leaves[node]
    price = np.where(branch, worth / np.maximum(leaves - 1, 1), np.inf)
    prices, added = [], []
    while np.isfinite(price).any():
        fallen = int(price.argmin())
        prices.append(price[fallen])
        added.append(worth[fallen])
        price[fallen : _end(parent, fallen)] = np.inf
        gone, fewer = worth[fallen], leaves[fallen] - 1
        node = fallen
        while node >= 0:
            worth[node] -= gone
            leaves[node] -= fewer
            if node != fallen:
                price[node] = worth[node] / max(leaves[node] - 1, 1)
            node = parent[node]
    return np.asarray(prices), np.asarray(added)


def _end(parent: np.ndarray, node: int) -> int:
    """The number after the last node below `node`: nodes are counted depth first, so they are neighbours."""
    outside = np.flatnonzero(parent[node + 1 :] < node)
    return node + 1 + int(outside[0]) if outside.size else len(parent)


def impurity(criterion: str, targets: np.ndarray, weight: np.ndarray) -> float:
    """The mean impurity of targets, (n_samples, n_outputs)."""
    fraction = weight / weight.sum()
    return float(np.mean([_impurity(criterion, column, fraction) for column in targets.T]))


def _impurity(criterion: str, target: np.ndarray, fraction: np.ndarray) -> float:
    if criterion in ("gini", "entropy", "log_loss"):
        p = np.bincount(target.astype(np.intp), weights=fraction)
        p = p[p > 0]
        return float(1.0 - p @ p) if criterion == "gini" else float(-(p @ np.log2(p)))
    if criterion == "absolute_error":
        order = np.argsort(target)
        median = target[order][np.searchsorted(np.cumsum(fraction[order]), 0.5)]
        return float(fraction @ np.abs(target - median))
    mean = fraction @ target
    if criterion == "poisson":
        some = target > 0
        return float(fraction[some] @ (target[some] * np.log(target[some] / mean)))
    return float(fraction @ (target - mean) ** 2)

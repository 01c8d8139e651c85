"""The nodes of one tree of a fitted model."""

from __future__ import annotations

import numpy as np

from . import _native


class Nodes:
    """The nodes of one tree, counted depth first, left before right, from 0."""

    def __init__(self, model: _native.Model, tree: int) -> None:
        found = _native.forest_nodes(model, tree)
        self.parent, self.feature, self.gain = found["parent"], found["feature"], found["gain"]

    def __len__(self) -> int:
        return len(self.parent)

    @property
    def leaves(self) -> int:
        """How many nodes are leaves."""
        return int((self.feature < 0).sum())

    @property
    def depth(self) -> int:
        """Questions on the longest way to a leaf."""
        above, depth = self.parent[self.feature < 0], 0
        while (above := above[above >= 0]).size:
            above, depth = self.parent[above], depth + 1
        return depth

    def importances(self, features: int) -> np.ndarray:
        """The fraction of the total gain of the splits that every feature has."""
        branch = self.feature >= 0
        gains = np.bincount(self.feature[branch], weights=self.gain[branch], minlength=features)
        return gains / gains.sum() if gains.sum() > 0 else gains

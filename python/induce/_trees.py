"""What estimators made of trees have in common."""

from __future__ import annotations

import numbers
from typing import Any

import numpy as np

from ._base import _Rows


def share_of_features(max_features: Any, features: int) -> float:
    """`max_features` of scikit-learn as a share of the features."""
    if max_features is None:
        return 1.0
    if isinstance(max_features, str):
        root = {"sqrt": np.sqrt, "log2": np.log2}.get(max_features)
        if root is None:
            raise ValueError(f"max_features == {max_features!r} is none of 'sqrt', 'log2', None, an int or a float")
        return max(1, int(root(features))) / features
    if isinstance(max_features, numbers.Integral):
        if not 1 <= max_features <= features:
            raise ValueError(f"max_features == {max_features}, must be in [1, {features}]")
        return int(max_features) / features
    if not 0.0 < max_features <= 1.0:
        raise ValueError(f"max_features == {max_features}, must be in (0, 1]")
    return max(1, int(max_features * features)) / features


def least_rows(name: str, value: Any, rows: float, least: int) -> float:
    """A number of rows, or a share of them."""
    if isinstance(value, numbers.Integral):
        if value < least:
            raise ValueError(f"{name} == {value}, must be >= {least}")
        return float(value)
    if not 0.0 < value <= 1.0:
        raise ValueError(f"{name} == {value}, must be an int >= {least} or a float in (0, 1]")
    return max(float(least), float(np.ceil(value * rows)))


class TreeMixin:
    """Parameters, importances and shapes of trees."""

    _takes_missing = True
    _takes_categories = True
    _sparse = "dense"
    _CRITERIA = {
        "gini": "gini",
        "entropy": "entropy",
        "log_loss": "entropy",
        "squared_error": "squared",
        "friedman_mse": "squared",
    }

    def _tree_settings(self, rows: _Rows) -> dict[str, Any]:
        criterion = self._CRITERIA.get(self.criterion)
        wanted = {"gini", "entropy"} if self._task == "classification" else {"squared"}
        if criterion not in wanted:
            known = [name for name, ours in self._CRITERIA.items() if ours in wanted]
            raise ValueError(f"criterion == {self.criterion!r} is none of {known}")
        if self.max_depth is not None and self.max_depth < 1:
            raise ValueError(f"max_depth == {self.max_depth}, must be >= 1")
        if getattr(self, "max_leaf_nodes", None) is not None:
            raise ValueError("max_leaf_nodes is not supported: limit `max_depth` or `min_samples_leaf`, or set `ccp_alpha`")
        if getattr(self, "monotonic_cst", None) is not None:
            raise ValueError("monotonic_cst is not supported here; `induce.boost` has `monotone`")
        leaf = least_rows("min_samples_leaf", self.min_samples_leaf, rows.sum, 1)
        leaf = max(leaf, self.min_weight_fraction_leaf * rows.sum)
        return {
            "criterion": criterion,
            "max_depth": 0 if self.max_depth is None else self.max_depth,
            "min_leaf": leaf,
            "min_split": least_rows("min_samples_split", self.min_samples_split, rows.sum, 2),
            "colsample_node": share_of_features(self.max_features, self.n_features_in_),
            "min_gain": self.min_impurity_decrease,
            "pruning": self.ccp_alpha,
            "bins": self.max_bins,
        }

    @property
    def feature_importances_(self) -> np.ndarray:
        """The share of every feature in what the splits gained, of shape (n_features,)."""
        from ._compat import check_is_fitted

        check_is_fitted(self, "model_")
        gains = np.asarray([gain for _, gain, _ in self.model_.importances()])
        total = gains.sum()
        return gains / total if total > 0 else gains

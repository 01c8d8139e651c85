"""What estimators made of trees have in common."""

from __future__ import annotations

import numbers
import warnings
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from . import _native
from ._base import _Rows
from ._joint import JointTargets
from ._ranges import Number, Word, check

if TYPE_CHECKING:
    from ._typing import ArrayLike, MatrixLike


#: Up to so many rows a single tree has a bin for every value.
_FEW_ROWS = 10_000


def fraction_of_features(max_features: Any, features: int) -> float:
    """`max_features` of scikit-learn as a fraction of the features."""
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
    """A number of rows, or a fraction of them."""
    if isinstance(value, numbers.Integral):
        if value < least:
            raise ValueError(f"{name} == {value}, must be >= {least}")
        return float(value)
    if not 0.0 < value <= 1.0:
        raise ValueError(f"{name} == {value}, must be an int >= {least} or a float in (0, 1]")
    return max(float(least), float(np.ceil(value * rows)))


class TreeMixin(JointTargets):
    """Parameters and checks of trees."""

    _takes_missing = True
    _takes_categories = True
    _sparse = "dense"
    _CRITERIA: ClassVar[dict[str, str]] = {
        "gini": "gini",
        "entropy": "entropy",
        "log_loss": "entropy",
        "squared_error": "squared",
        "absolute_error": "absolute",
        "poisson": "poisson",
    }
    #: How the error says that the counts of a Poisson target are all zero.
    _ABOVE_ZERO = "positive"

    def _fit(self, X: MatrixLike, y: ArrayLike, sample_weight: ArrayLike | None = None, **more: Any) -> Any:
        if hasattr(y, "tocsr"):
            raise ValueError("sparse multilabel-indicator for y is not supported.")
        if self.criterion == "poisson" and y is not None:
            self._check_counts(np.asarray(y))
        try:
            return super()._fit(X, y, sample_weight, **more)  # type: ignore[misc]
        finally:
            self.__dict__.pop("_targets", None)

    def _check_counts(self, y: np.ndarray) -> None:
        if y.dtype.kind in "fiu" and (y < 0).any():
            raise ValueError("Some value(s) of y are negative which is not allowed for Poisson regression.")
        if y.dtype.kind in "fiu" and y.size and y.sum() <= 0:
            raise ValueError(f"Sum of y is not {self._ABOVE_ZERO} which is necessary for Poisson regression.")

    def _run(self, settings: dict[str, Any], rows: _Rows, threads: int) -> Any:
        rows.targets, rows.outputs = self._targets or (None, None)
        return super()._run(settings, rows, threads)  # type: ignore[misc]

    def _start(self) -> Any:
        """The model to which trees are added."""
        return None

    def _check_parameters(self) -> None:
        wanted = {"gini", "entropy"} if self._task == "classification" else {"squared", "absolute", "poisson"}
        check(
            self,
            criterion=[Word(*sorted(name for name, ours in self._CRITERIA.items() if ours in wanted))],
            max_depth=[Number(int, 1), None],
            min_samples_split=[Number(int, 2), Number(float, 0.0, 1.0, "right", whole=False)],
            min_samples_leaf=[Number(int, 1), Number(float, 0.0, 1.0, "neither", whole=False)],
            min_weight_fraction_leaf=[Number(float, 0.0, 0.5, "both")],
            max_features=[Number(int, 1), Number(float, 0.0, 1.0, "right", whole=False), Word("log2", "sqrt"), None],
            max_leaf_nodes=[Number(int, 2), None],
            min_impurity_decrease=[Number(float, 0.0, None)],
            ccp_alpha=[Number(float, 0.0, None)],
        )

    def _tree_settings(self, rows: _Rows) -> dict[str, Any]:
        self._check_parameters()
        # Entropies are in nats here, in bits for scikit-learn.
        unit = np.log(2.0) if self._CRITERIA[self.criterion] == "entropy" else 1.0
        return {
            "criterion": self._CRITERIA[self.criterion],
            "max_depth": 0 if self.max_depth is None else self.max_depth,
            "max_leaves": 0 if self.max_leaf_nodes is None else self.max_leaf_nodes,
            "min_samples_leaf": self._least_leaf(rows),
            "min_samples_split": self._least_split(rows),
            "colsample_node": fraction_of_features(self.max_features, self.n_features_in_),
            "min_impurity_decrease": float(self.min_impurity_decrease) * unit,
            "pruning": float(self.ccp_alpha) * unit,
            "bins": self._bins(rows),
            "monotone": {} if self.monotonic_cst is None else self._directions(np.asarray(self.monotonic_cst)),
        }

    def _directions(self, ways: np.ndarray) -> dict[str, int]:
        """Which way features may move the prediction, by name."""
        if getattr(self, "n_outputs_", 1) > 1:
            raise ValueError("Monotonicity constraints are not supported with multiple outputs.")
        if ways.shape != (self.n_features_in_,):
            shape = ways.shape[0] if ways.ndim else 1
            raise ValueError(
                f"monotonic_cst has shape {shape} but the input data X has {self.n_features_in_} features."
            )
        if not np.isin(ways, (-1, 0, 1)).all():
            raise ValueError(f"monotonic_cst must be None or an array-like of -1, 0 or 1, but got {np.unique(ways)}")
        if len(getattr(self, "classes_", ())) > 2:
            raise ValueError("Monotonicity constraints are not supported with multiclass classification")
        return {name: int(way) for name, way in zip(self._names(), ways) if way}

    def _least_leaf(self, rows: _Rows) -> float:
        leaf = least_rows("min_samples_leaf", self.min_samples_leaf, rows.sum, 1)
        # One row is what a leaf has anyhow, however little it weighs.
        leaf = 1e-12 * rows.sum if leaf == 1 else leaf
        return max(leaf, self.min_weight_fraction_leaf * rows.sum)

    def _bins(self, rows: _Rows) -> int:
        if self.max_bins is not None:
            return self.max_bins
        return _FEW_ROWS if len(rows.target) <= _FEW_ROWS else 255

    def _least_split(self, rows: _Rows) -> float:
        split = least_rows("min_samples_split", self.min_samples_split, rows.sum, 2)
        return 0.0 if split == 2 else split

    def _after(self, steps: int) -> None:
        features = self.n_features_in_
        self.max_features_ = max(1, round(fraction_of_features(self.max_features, features) * features))


def criterion_of_today(criterion: Any) -> Any:
    """The criterion, where scikit-learn 1.9 gave `friedman_mse` up: it was `squared_error` all along."""
    if isinstance(criterion, str) and criterion == "friedman_mse":
        warnings.warn(
            'Value `"friedman_mse"` for `criterion` is deprecated. It maps to `"squared_error"` as both were always '
            'equivalent. Use `criterion="squared_error"` to remove this warning.',
            FutureWarning,
            stacklevel=3,
        )
        return "squared_error"
    return criterion

"""scikit-learn's base classes and checks where it is installed, the least of them where it is not."""

from __future__ import annotations

import inspect
import numbers
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from ._typing import ArrayLike, MatrixLike

try:
    from sklearn.base import (
        BaseEstimator,
        ClassifierMixin,
        ClassNamePrefixFeaturesOutMixin,
        ClusterMixin,
        DensityMixin,
        RegressorMixin,
        TransformerMixin,
        clone,
    )
    from sklearn.exceptions import ConvergenceWarning, DataConversionWarning, NotFittedError
    from sklearn.utils import check_random_state
    from sklearn.utils.multiclass import check_classification_targets
    from sklearn.utils.validation import _check_sample_weight as check_sample_weight
    from sklearn.utils.validation import check_is_fitted, column_or_1d, validate_data

    HAS_SKLEARN = True
except ImportError:
    HAS_SKLEARN = False

    class NotFittedError(ValueError, AttributeError):  # type: ignore[no-redef]
        """Raised where a fitted estimator is needed."""

    class ConvergenceWarning(UserWarning):  # type: ignore[no-redef]
        """A fit ended before its tolerance was met."""

    class DataConversionWarning(UserWarning):  # type: ignore[no-redef]
        """Data were taken in another shape or type than they came in."""

    def clone(estimator: Any) -> Any:  # type: ignore[no-redef]
        params = estimator.get_params(deep=False)
        return type(estimator)(**{k: clone(v) if hasattr(v, "get_params") else v for k, v in params.items()})

    class BaseEstimator:  # type: ignore[no-redef]
        """Parameters by name."""

        @classmethod
        def _get_param_names(cls) -> list[str]:
            return [name for name in inspect.signature(cls.__init__).parameters if name not in ("self", "kwargs")]

        def get_params(self, deep: bool = True) -> dict[str, Any]:
            return {name: getattr(self, name) for name in self._get_param_names()}

        def set_params(self, **params: Any) -> BaseEstimator:
            known = self._get_param_names()
            for name, value in params.items():
                if name not in known:
                    raise ValueError(f"Invalid parameter {name!r} for {type(self).__name__}; valid ones are {known}")
                setattr(self, name, value)
            return self

        def __repr__(self) -> str:
            defaults = inspect.signature(type(self).__init__).parameters
            said = [f"{k}={v!r}" for k, v in self.get_params().items() if k not in defaults or repr(v) != repr(defaults[k].default)]
            return f"{type(self).__name__}({', '.join(said)})"

    class ClassifierMixin:  # type: ignore[no-redef]
        """`score` is the accuracy."""

        def score(self, X: MatrixLike, y: ArrayLike, sample_weight: ArrayLike | None = None) -> float:
            right = np.asarray(self.predict(X)) == np.asarray(y)  # type: ignore[attr-defined]
            return float(np.average(right, weights=sample_weight))

    class RegressorMixin:  # type: ignore[no-redef]
        """`score` is R squared."""

        def score(self, X: MatrixLike, y: ArrayLike, sample_weight: ArrayLike | None = None) -> float:
            y = np.asarray(y, dtype=float)
            rest = np.average((y - self.predict(X)) ** 2, weights=sample_weight)  # type: ignore[attr-defined]
            return float(1 - rest / np.average((y - np.average(y, weights=sample_weight)) ** 2, weights=sample_weight))

    class ClusterMixin:  # type: ignore[no-redef]
        """`fit_predict` is the labels of a fit."""

        def fit_predict(self, X: MatrixLike, y: Any = None) -> np.ndarray:
            return np.asarray(self.fit(X, y).labels_)  # type: ignore[attr-defined]

    class TransformerMixin:  # type: ignore[no-redef]
        """`fit_transform` is a fit and what it makes of the same rows."""

        def fit_transform(self, X: MatrixLike, y: Any = None) -> np.ndarray:
            return np.asarray(self.fit(X, y).transform(X))  # type: ignore[attr-defined]

    class ClassNamePrefixFeaturesOutMixin:  # type: ignore[no-redef]
        """New features are called as their class, and counted."""

        def get_feature_names_out(self, input_features: Any = None) -> np.ndarray:
            name = type(self).__name__.lower()
            return np.asarray([f"{name}{i}" for i in range(self._n_features_out)], dtype=object)  # type: ignore[attr-defined]

    class DensityMixin:  # type: ignore[no-redef]
        """A density of rows."""

    def clone(estimator: Any) -> Any:  # type: ignore[no-redef]
        return type(estimator)(**estimator.get_params(deep=False))

    def check_random_state(seed: Any) -> np.random.RandomState:  # type: ignore[no-redef]
        if seed is None:
            return np.random.mtrand._rand
        if isinstance(seed, numbers.Integral):
            return np.random.RandomState(int(seed))
        if isinstance(seed, np.random.RandomState):
            return seed
        raise ValueError(f"{seed!r} cannot be used to seed a random state")

    def check_classification_targets(y: ArrayLike) -> None:  # type: ignore[no-redef]
        y = np.asarray(y)
        if y.dtype.kind == "f" and np.any(y != np.floor(y)):
            raise ValueError("Unknown label type: continuous. A classifier needs classes, not quantities.")

    def check_is_fitted(estimator: Any, attributes: Any = None) -> None:  # type: ignore[no-redef]
        if not hasattr(estimator, attributes or "model_"):
            raise NotFittedError(f"This {type(estimator).__name__} instance is not fitted yet. Call 'fit' first.")

    def column_or_1d(y: ArrayLike, *, warn: bool = False, **_: Any) -> np.ndarray:  # type: ignore[no-redef]
        y = np.asarray(y)
        if y.ndim == 2 and y.shape[1] == 1:
            return y.ravel()
        if y.ndim != 1:
            raise ValueError(f"y should be a 1d array, got an array of shape {y.shape} instead.")
        return y

    def check_sample_weight(sample_weight: Any, X: MatrixLike, **_: Any) -> np.ndarray:  # type: ignore[no-redef]
        weight = np.asarray(sample_weight, dtype=float)
        if weight.ndim == 0:
            weight = np.full(len(X), float(weight))
        if weight.shape != (len(X),):
            raise ValueError(f"sample_weight.shape == {weight.shape}, expected {(len(X),)}!")
        if not np.isfinite(weight).all() or (weight < 0).any():
            raise ValueError("Input sample_weight contains NaN, infinity or negative values.")
        return weight

    def validate_data(  # type: ignore[no-redef]
        estimator: Any, X: MatrixLike, y: ArrayLike | None = None, *, reset: bool = True, ensure_all_finite: Any = True, **_: Any
    ) -> Any:
        array = np.asarray(X)
        if array.dtype.kind not in "fiub":
            array = array.astype(float)
        if array.dtype not in (np.float32, np.float64):
            array = array.astype(float)
        if array.ndim != 2:
            raise ValueError(f"Expected 2D array, got {array.ndim}D array instead. Reshape your data.")
        if ensure_all_finite is True and not np.isfinite(array).all():
            raise ValueError("Input X contains NaN or infinity.")
        if array.shape[0] == 0 or array.shape[1] == 0:
            raise ValueError(f"Found array with {array.shape[0]} sample(s) and {array.shape[1]} feature(s).")
        names = getattr(X, "columns", None)
        if reset:
            estimator.n_features_in_ = array.shape[1]
            if names is not None:
                estimator.feature_names_in_ = np.asarray(list(names), dtype=object)
        elif array.shape[1] != estimator.n_features_in_:
            raise ValueError(
                f"X has {array.shape[1]} features, but {type(estimator).__name__} "
                f"is expecting {estimator.n_features_in_} features as input."
            )
        return array if y is None else (array, np.asarray(y))


def counts_as(ours: Any, module: str, *names: str) -> None:
    """Have scikit-learn's `isinstance` take a class of ours for classes of its own, whose methods and attributes it has.

    Functions such as `plot_tree`, `RANSACRegressor` and `partial_dependence` ask for the class, not for what they use of it.
    """
    if HAS_SKLEARN:
        import importlib

        space = importlib.import_module(f"sklearn.{module}")
        for name in names:
            getattr(space, name).register(ours)


__all__ = [
    "HAS_SKLEARN",
    "BaseEstimator",
    "ClassNamePrefixFeaturesOutMixin",
    "ClassifierMixin",
    "ClusterMixin",
    "ConvergenceWarning",
    "DataConversionWarning",
    "DensityMixin",
    "NotFittedError",
    "RegressorMixin",
    "TransformerMixin",
    "check_classification_targets",
    "check_is_fitted",
    "check_random_state",
    "check_sample_weight",
    "clone",
    "column_or_1d",
    "counts_as",
    "validate_data",
]

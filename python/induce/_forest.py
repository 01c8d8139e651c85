"""What forests of classes and of quantities share: members, samples, trees that are added, out-of-bag scores."""

from __future__ import annotations

import numbers
import warnings
from typing import TYPE_CHECKING, Any

import numpy as np

from . import _native
from ._base import Regressor, _Rows
from ._joint import JointClasses
from ._ranges import Number, check
from ._trees import TreeMixin
from ._views import ManyTrees

if TYPE_CHECKING:
    from ._typing import ArrayLike, MatrixLike

_NOTHING_TO_GROW = "Warm-start fitting without increasing n_estimators does not fit new trees."
_NOT_LEFT_OUT = (
    "Some inputs do not have OOB scores. This probably means too few trees were used to compute any reliable OOB estimates."
)
_BALANCED = (
    'class_weight presets "balanced" or "balanced_subsample" are not recommended for warm_start if the fitted data differs '
    "from the full dataset: give the weights of the full dataset."
)


class Forest(ManyTrees, TreeMixin):
    """Trees on samples of the rows, averaged."""

    _ABOVE_ZERO = "strictly positive"

    def _settings(self, rows: _Rows) -> dict[str, Any]:
        check(self, n_estimators=[Number(int, 1)], max_samples=[None, Number(float, 0.0, None, "neither", whole=False), Number(int, 1)])
        if self.oob_score and not self.bootstrap:
            raise ValueError("Out of bag estimation only available if bootstrap=True")
        if self.max_samples is not None and not self.bootstrap:
            raise ValueError(
                "`max_sample` cannot be set if `bootstrap=False`. Either switch to `bootstrap=True` or set `max_sample=None`."
            )
        settings = self._tree_settings(rows) | {"trees": self.n_estimators, "bootstrap": self.bootstrap}
        if self.max_samples is not None:
            is_count = isinstance(self.max_samples, numbers.Integral)
            settings["subsample"] = self.max_samples / len(rows.target) if is_count else self.max_samples
        settings["keep_out_of_bag"] = bool(self.oob_score)
        # Probabilities are the means of the trees, as in scikit-learn.
        settings["smoothing"] = 0.0
        return settings

    # Trees that are added.

    def _fit(self, X: MatrixLike, y: ArrayLike, sample_weight: ArrayLike | None = None, **more: Any) -> Any:
        if self._continues() and self._has_enough():
            return self
        for name in ("oob_score_", "oob_prediction_", "oob_decision_function_"):
            self.__dict__.pop(name, None)
        if not self._continues():
            self.__dict__.pop("_first_seed", None)
        return super()._fit(X, y, sample_weight, **more)

    def _continues(self) -> bool:
        return bool(self.warm_start) and "model_" in self.__dict__

    def _has_enough(self) -> bool:
        """Whether a warm start has nothing to do."""
        check(self, n_estimators=[Number(int, 1)])
        if self.n_estimators < len(self):
            raise ValueError(
                f"n_estimators={self.n_estimators} must be larger or equal to len(estimators_)={len(self)} when "
                "warm_start==True"
            )
        if getattr(self, "class_weight", None) in ("balanced", "balanced_subsample"):
            warnings.warn(_BALANCED, UserWarning, stacklevel=4)
        if self.n_estimators > len(self):
            return False
        warnings.warn(_NOTHING_TO_GROW, UserWarning, stacklevel=4)
        return not self.oob_score or "oob_score_" in self.__dict__

    def _start(self) -> Any:
        return self.model_ if self._continues() else None

    def _seed(self) -> int:
        # Trees draw by the seed and their number, so all trees of a forest have one seed.
        if "_first_seed" not in self.__dict__:
            self._first_seed = super()._seed()
        return self._first_seed

    # Out-of-bag scores.

    def _run(self, settings: dict[str, Any], rows: _Rows, threads: int) -> Any:
        found = super()._run(settings, rows, threads)
        if self.oob_score:
            means = _out_of_bag(found[0], rows, threads)
            if np.isnan(means).any():
                warnings.warn(_NOT_LEFT_OUT, UserWarning, stacklevel=6)
            self._set_out_of_bag(rows.target[:, None] if self._targets is None else self._targets[0], means)
        return found

    def _set_out_of_bag(self, truth: np.ndarray, means: np.ndarray) -> None:
        """Set the attributes, from what leaves say, (n_samples, numbers of a leaf), NaN where no tree left the row out."""
        raise NotImplementedError

    def _score_out_of_bag(self, truth: np.ndarray, predicted: np.ndarray, usual: Any) -> None:
        shape = (lambda each: each[:, 0]) if truth.shape[1] == 1 else (lambda each: each)
        scoring = self.oob_score if callable(self.oob_score) else usual
        self.oob_score_ = scoring(shape(truth), shape(predicted))


class ForestOfClasses(JointClasses, Forest):
    """A forest of classes."""

    def _tree_class(self) -> Any:
        from .tree import DecisionTreeClassifier, ExtraTreeClassifier

        return ExtraTreeClassifier() if self._kind == "extra-trees" else DecisionTreeClassifier()

    def _target(self, y: ArrayLike) -> np.ndarray:
        target = super()._target(y)
        if self.oob_score and self.n_outputs_ > 1 and max(self.n_classes_) > 2:
            raise ValueError(
                "The type of target cannot be used to compute OOB estimates. Got multiclass-multioutput while only the "
                "following are supported: continuous, continuous-multioutput, binary, multiclass, multilabel-indicator."
            )
        return target

    def _set_out_of_bag(self, truth: np.ndarray, means: np.ndarray) -> None:
        classes = self.classes_ if self.n_outputs_ > 1 else [self.classes_]
        if len({len(names) for names in classes}) > 1:
            raise ValueError("OOB estimates of several targets need targets of equally many classes")
        if means.shape[1] == 1:
            # One number, the probability of the second class, or of the only one.
            means = np.column_stack([1.0 - means, means]) if len(classes[0]) == 2 else 1.0 + 0.0 * means
        probabilities = np.nan_to_num(means).reshape(len(means), len(classes), -1).transpose(0, 2, 1)
        self.oob_decision_function_ = probabilities[:, :, 0] if len(classes) == 1 else probabilities
        self._score_out_of_bag(truth.astype(np.intp), probabilities.argmax(axis=1), _accuracy)


class QuantileForest(Forest, Regressor):
    """A forest of a quantity."""

    def _tree_class(self) -> Any:
        from .tree import DecisionTreeRegressor, ExtraTreeRegressor

        return ExtraTreeRegressor() if self._kind == "extra-trees" else DecisionTreeRegressor()

    def _settings(self, rows: _Rows) -> dict[str, Any]:
        return super()._settings(rows) | {"quantiles": self.quantiles}

    def _set_out_of_bag(self, truth: np.ndarray, means: np.ndarray) -> None:
        means = np.nan_to_num(means)
        self.oob_prediction_ = means[:, 0] if means.shape[1] == 1 else means
        self._score_out_of_bag(truth, means, _r_squared)

    def predict_quantiles(self, X: MatrixLike, probabilities: Any) -> np.ndarray:
        """Quantiles of the target (Meinshausen 2006), of shape (n_samples, n_probabilities).

        Parameters
        ----------
        X : array-like or frame of shape (n_samples, n_features)
        probabilities : sequence of float in (0, 1)
        """
        return self.model_.quantiles(self._checked(X), [float(p) for p in probabilities], self._threads())


def _out_of_bag(model: _native.Model, rows: _Rows, threads: int) -> np.ndarray:
    """The means of the trees that left a row out, (n_samples, numbers of a leaf); NaN where there is none."""
    found = _native.forest_out_of_bag(model)
    assert found is not None, "the setting keep_out_of_bag is on"
    if rows.weight is None or rows.weight.all():
        return found.reshape(len(rows.target), -1)
    # No tree has seen a row of weight 0.
    means = _native.forest_joint(model, rows.table, threads)
    means[rows.weight != 0] = found.reshape(-1, means.shape[1])
    return means


def _accuracy(truth: np.ndarray, predicted: np.ndarray) -> float:
    """The fraction of rows whose every target is right."""
    return float((truth == predicted).reshape(len(truth), -1).all(axis=1).mean())


def _r_squared(truth: np.ndarray, predicted: np.ndarray) -> float:
    """1 - sum (y - f)^2 / sum (y - mean y)^2, the mean over the targets; 0 for a constant target that is missed."""
    left = ((truth - predicted) ** 2).sum(axis=0)
    total = ((truth - truth.mean(axis=0)) ** 2).sum(axis=0)
    with np.errstate(divide="ignore", invalid="ignore"):
        scores = np.where(total > 0, 1.0 - left / total, np.where(left > 0, 0.0, 1.0))
    return float(scores.mean())

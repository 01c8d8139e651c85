"""Several targets at once, learned by the same trees."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import numpy as np

from . import _card, _native
from ._base import _class_weights
from ._compat import check_classification_targets

if TYPE_CHECKING:
    from ._typing import ArrayLike, MatrixLike


class JointTargets:
    """Mixin of trees and forests: y may be (n_samples, n_outputs).

    A split is chosen by the mean of the targets' impurities, and a leaf predicts all of them, so one set of trees tells
    what the targets have in common.
    """

    _many_outputs = True
    #: The targets of the fit that is running, (n_samples, n_outputs), and the names of their classes.
    _targets: Any = None

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()  # type: ignore[misc]
        tags.target_tags.multi_output = True
        if tags.classifier_tags is not None:
            tags.classifier_tags.multi_label = True
        return tags

    def _target(self, y: ArrayLike) -> np.ndarray:
        y = np.asarray(y)
        self.n_outputs_ = y.shape[1] if y.ndim == 2 else 1
        if self.n_outputs_ == 1:
            target = super()._target(y)  # type: ignore[misc]
            if self._task == "classification":  # type: ignore[attr-defined]
                self.n_classes_ = len(self.classes_)
            return target
        if self._task == "classification":  # type: ignore[attr-defined]
            return self._classes_of(y)
        if y.dtype.kind not in "fiub":
            y = y.astype(np.float64)
        return self._keep(np.ascontiguousarray(y, dtype=np.float64), [[] for _ in range(self.n_outputs_)])

    def _classes_of(self, y: np.ndarray) -> np.ndarray:
        check_classification_targets(y)
        found = [np.unique(column, return_inverse=True) for column in y.T]
        self.classes_ = [classes for classes, _ in found]
        self.n_classes_ = np.asarray([len(classes) for classes in self.classes_])
        codes = np.column_stack([codes for _, codes in found]).astype(np.float64)
        return self._keep(codes, [[str(name) for name in classes] for classes in self.classes_])

    def _keep(self, targets: np.ndarray, names: list[list[str]]) -> np.ndarray:
        if not np.isfinite(targets).all():
            raise ValueError("Input y contains NaN or infinity.")
        self._targets = targets, names
        return np.ascontiguousarray(targets[:, 0])

    def _class_names(self) -> list[str]:
        return super()._class_names() if self.n_outputs_ == 1 else []  # type: ignore[misc]

    def _weight(self, sample_weight: Any, target: np.ndarray) -> np.ndarray | None:
        by_class = getattr(self, "class_weight", None)
        if by_class is None or self.n_outputs_ == 1:
            return super()._weight(sample_weight, target)  # type: ignore[misc]
        if isinstance(by_class, dict):
            raise ValueError("For multi-output, class_weight should be a list of dicts, or the string 'balanced'.")
        if not isinstance(by_class, str) and len(by_class) != self.n_outputs_:
            raise ValueError("For multi-output, number of elements in class_weight should match number of outputs.")
        chosen = [by_class] * self.n_outputs_ if isinstance(by_class, str) else by_class
        weight = self._own_weight(sample_weight, target)
        own = np.ones(len(target)) if weight is None else weight
        codes = self._targets[0].T.astype(np.intp)
        # The weights of the targets' classes are multiplied.
        factors = [_class_weights(*each, own) for each in zip(chosen, self.classes_, codes)]
        return own * np.prod(factors, axis=0)

    def _adopt(self, model: _native.Model) -> Any:
        super()._adopt(model)  # type: ignore[misc]
        outputs = json.loads(model.facts).get("outputs", [])
        self.n_outputs_ = max(1, len(outputs))
        if outputs and outputs[0]:
            kinds = _card.told(self.__dict__.get("_card", "{}")).get("classes")
            kinds = kinds if isinstance(kinds, list) else [None] * len(outputs)
            self.classes_ = [_card.classes_of(names, kind) for names, kind in zip(outputs, kinds)]
            self.n_classes_ = np.asarray([len(names) for names in outputs])
        elif self._task == "classification":  # type: ignore[attr-defined]
            self.n_classes_ = len(self.classes_)
        return self

    def _joint(self, X: MatrixLike) -> np.ndarray:
        """The means of all targets, or the probabilities of all their classes, of shape (n_samples, values)."""
        table = self._checked(X)  # type: ignore[attr-defined]
        return _native.forest_joint(self.model_, table, self._threads())  # type: ignore[attr-defined]

    def predict(self, X: MatrixLike) -> np.ndarray:
        """What the trees predict, of the shape of the y that was fitted.

        Parameters
        ----------
        X : array-like, sparse matrix or frame of shape (n_samples, n_features)
        """
        if getattr(self, "n_outputs_", 1) == 1:
            return super().predict(X)  # type: ignore[misc]
        if self._task == "regression":  # type: ignore[attr-defined]
            return self._joint(X)
        chosen = [classes[probabilities.argmax(axis=1)] for classes, probabilities in zip(self.classes_, self.predict_proba(X))]
        out = np.empty((len(chosen[0]), self.n_outputs_), dtype=self.classes_[0].dtype)
        for k, column in enumerate(chosen):
            out[:, k] = column
        return out


class JointClasses(JointTargets):
    """Of classifiers."""

    def predict_proba(self, X: MatrixLike) -> Any:
        """The probability of every class, of shape (n_samples, n_classes), in the order of `classes_`.

        Parameters
        ----------
        X : array-like, sparse matrix or frame of shape (n_samples, n_features)

        Returns
        -------
        ndarray, or with several targets a list of one ndarray for each
        """
        if getattr(self, "n_outputs_", 1) == 1:
            return super().predict_proba(X)  # type: ignore[misc]
        return np.split(self._joint(X), np.cumsum(self.n_classes_)[:-1], axis=1)

    def predict_log_proba(self, X: MatrixLike) -> Any:
        """The logarithms of `predict_proba`."""
        if getattr(self, "n_outputs_", 1) == 1:
            return super().predict_log_proba(X)  # type: ignore[misc]
        with np.errstate(divide="ignore"):
            return [np.log(probabilities) for probabilities in self.predict_proba(X)]

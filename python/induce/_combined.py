"""Models made of other models: what they share, and bagging (Breiman 1996)."""

from __future__ import annotations

import json
import numbers
from typing import Any

import numpy as np

from ._base import Classifier, Estimator, Regressor, _Rows, written
from ._compat import check_is_fitted
from ._parameters import keep, only
from ._rows import RowsByContent


def _clone(estimator: Any) -> Any:
    return type(estimator)(**estimator.get_params(deep=False))


def base_of(owner: Any, estimator: Any, rows: _Rows) -> dict[str, str]:
    """An unfitted estimator of this package as the settings `base` and `base_settings`.

    Raises
    ------
    TypeError
        If it is an estimator of another package: its fit cannot be run from here.
    ValueError
        If it does another task, weighs classes, or has parameters that its fit heeds in Python.
    """
    if not isinstance(estimator, Estimator):
        name = f"{type(estimator).__module__.split('.')[0]}'s {type(estimator).__name__}"
        raise TypeError(
            f"{type(owner).__name__} needs an estimator of induce, not {name}; take the class of the same name from "
            "induce.tree, induce.linear_model or induce.ensemble"
        )
    if estimator._task != owner._task:
        raise ValueError(f"a base for {estimator._task} cannot do {owner._task}")
    if not estimator._fits_natively():
        raise ValueError(f"{type(owner).__name__} fits its members natively, which {estimator!r} is not with these parameters")
    if getattr(estimator, "class_weight", None) is not None:
        raise ValueError("class_weight of the base estimator is not supported: give the fit `sample_weight`")
    base = _clone(estimator)
    base.n_features_in_ = owner.n_features_in_
    for known in ("feature_names_in_", "classes_"):
        if hasattr(owner, known):
            setattr(base, known, getattr(owner, known))
    settings = {name: written(value) for name, value in base._settings(rows).items()}
    return {"base": base._kind, "base_settings": json.dumps(settings)}


class Combined(RowsByContent):
    """Mixin: a model whose members are models of this package."""

    _takes_missing = True
    _takes_categories = True

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.input_tags.allow_nan = self._finite() == "allow-nan"
        return tags

    def _finite(self) -> Any:
        return "allow-nan" if getattr(self._base(), "_takes_missing", False) else True

    def _base(self) -> Any:
        return self._default_base() if self.estimator is None else self.estimator

    def _default_base(self) -> Any:
        raise NotImplementedError

    def _combined_settings(self, rows: _Rows) -> dict[str, Any]:
        if not isinstance(self.n_estimators, numbers.Integral) or self.n_estimators < 1:
            raise ValueError(f"n_estimators == {self.n_estimators}, must be an int >= 1")
        return base_of(self, self._base(), rows) | {"members": self.n_estimators}

    @property
    def estimator_(self) -> Any:
        """The unfitted base."""
        check_is_fitted(self, "model_")
        return _clone(self._base())

    @property
    def estimators_(self) -> list[Any]:
        """The fitted members."""
        check_is_fitted(self, "model_")
        found = [_clone(self._base())._adopt(model) for model in self.model_.members()]
        for member in found:
            if hasattr(self, "classes_"):
                # Members predict numbers of classes.
                member.classes_ = np.arange(len(self.classes_))
        return found


_BAGGING_DOC = """

    f(x) = (1 / B) sum_b f_b(x), every f_b fitted to rows drawn with replacement (Breiman 1996).

    Parameters
    ----------
    estimator : estimator of induce, default=None
        What is fitted again and again; None is a decision tree.
    n_estimators : int, default=10
    max_samples : int, float or None, default=None
        Rows drawn per member; None is as many as there are.
    max_features : int or float, default=1.0
        Features of a member, drawn without replacement.
    bootstrap : bool, default=True
        Draw rows with replacement.
    bootstrap_features, oob_score, warm_start : False
        Not supported; an error if they are set.
    n_jobs : int or None, default=None
        Threads; None is all. The result does not depend on it.
    random_state : int, RandomState or None, default=None
    verbose : int, default=0
        Show a progress bar.

    Attributes
    ----------
    estimators_ : list of estimators
    estimators_features_ : list of ndarray
        The features of every member.
    fit_report_ : FitReport
"""


class _Bagging(Combined):
    _kind = "bagging"

    def __init__(
        self,
        estimator=None,
        n_estimators=10,
        *,
        max_samples=None,
        max_features=1.0,
        bootstrap=True,
        bootstrap_features=False,
        oob_score=False,
        warm_start=False,
        n_jobs=None,
        random_state=None,
        verbose=0,
    ):
        keep(self, locals())

    def _default_base(self) -> Any:
        from .tree import DecisionTreeClassifier, DecisionTreeRegressor

        return DecisionTreeClassifier() if self._task == "classification" else DecisionTreeRegressor()

    def _settings(self, rows: _Rows) -> dict[str, Any]:
        only(self, "features are drawn without replacement", bootstrap_features=False)
        only(self, "the forests of induce.ensemble have it", oob_score=False)
        only(self, "fit once with as many members as you want", warm_start=False)
        samples = 1.0 if self.max_samples is None else self.max_samples
        return self._combined_settings(rows) | {
            "bootstrap": self.bootstrap,
            "subsample": _share("max_samples", samples, len(rows.target)),
            "colsample": _share("max_features", self.max_features, self.n_features_in_),
        }

    @property
    def estimators_features_(self) -> list[np.ndarray]:
        """The features of every member."""
        check_is_fitted(self, "model_")
        place = {name: j for j, name in enumerate(self._names())}
        return [np.asarray([place[name] for name in model.features]) for model in self.model_.members()]


def _share(name: str, value: Any, number: int) -> float:
    if isinstance(value, numbers.Integral) and not isinstance(value, bool):
        if not 1 <= value <= number:
            raise ValueError(f"{name} == {value}, must be in [1, {number}]")
        return int(value) / number
    if not 0.0 < value <= 1.0:
        raise ValueError(f"{name} == {value}, must be in (0, 1]")
    return float(value)


class BaggingRegressor(_Bagging, Regressor):
    __doc__ = "The mean of one regressor fitted to many samples of the rows." + _BAGGING_DOC


class BaggingClassifier(_Bagging, Classifier):
    __doc__ = "The mean probabilities of one classifier fitted to many samples of the rows." + _BAGGING_DOC

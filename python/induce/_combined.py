"""Models made of other models: bagging and AdaBoost (Breiman 1996; Zhu, Zou, Rosset & Hastie 2009; Drucker 1997)."""

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
        If it does another task, or weighs classes.
    """
    if not isinstance(estimator, Estimator):
        name = f"{type(estimator).__module__.split('.')[0]}'s {type(estimator).__name__}"
        raise TypeError(
            f"{type(owner).__name__} needs an estimator of induce, not {name}; take the class of the same name from "
            "induce.tree, induce.linear_model or induce.ensemble"
        )
    if estimator._task != owner._task:
        raise ValueError(f"a base for {estimator._task} cannot do {owner._task}")
    if getattr(estimator, "class_weight", None) is not None:
        raise ValueError("class_weight of the base estimator is not supported: give the fit `sample_weight`")
    base = _clone(estimator)
    base.n_features_in_ = owner.n_features_in_
    if getattr(base, "max_bins", 0) is None:
        # Members are many: as in a forest, bins are as good as values, and quicker.
        base.max_bins = 255
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


_ADABOOST_DOC = """

    Parameters
    ----------
    estimator : estimator of induce, default=None
        What is fitted again and again; None is a decision tree of depth {depth}. It must heed weights.
    n_estimators : int, default=50
    learning_rate : float, default=1.0
        Shrinkage of every member's say.{more}
    random_state : int, RandomState or None, default=None

    Attributes
    ----------
    estimators_ : list of estimators
    estimator_weights_ : ndarray of shape (n_members,)
        The members' says.
    estimator_errors_ : ndarray of shape (n_members,)
    feature_importances_ : ndarray of shape (n_features,)
        If the members have them.
    fit_report_ : FitReport
"""


class _AdaBoost(Combined):
    _kind = "adaboost"

    def _settings(self, rows: _Rows) -> dict[str, Any]:
        return self._combined_settings(rows) | {"learning_rate": self.learning_rate}

    @property
    def estimator_weights_(self) -> np.ndarray:
        """The say of every member."""
        check_is_fitted(self, "model_")
        return self.model_.array("says")

    @property
    def estimator_errors_(self) -> np.ndarray:
        """The weighted error of every member."""
        check_is_fitted(self, "model_")
        errors = next(iter(self.fit_report_.traces.get("train", {}).values()), {})
        return np.asarray(list(errors.values())[: len(self.estimator_weights_)])

    @property
    def feature_importances_(self) -> np.ndarray:
        """The members' importances, weighted by their says."""
        check_is_fitted(self, "model_")
        members = self.estimators_
        if not hasattr(type(members[0]), "feature_importances_"):
            raise AttributeError(f"{type(members[0]).__name__} has no feature_importances_")
        return np.average([m.feature_importances_ for m in members], axis=0, weights=self.estimator_weights_)


class AdaBoostClassifier(_AdaBoost, Classifier):
    __doc__ = """SAMME: members fitted one after the other to rows weighted by the errors so far.

    A member of weighted error e has the say alpha = learning_rate (ln((1 - e) / e) + ln(K - 1)); the weights of the rows
    it gets wrong are multiplied by exp(alpha) (Zhu et al. 2009).
    """.rstrip() + _ADABOOST_DOC.format(depth=1, more="")

    def __init__(self, estimator=None, *, n_estimators=50, learning_rate=1.0, random_state=None):
        keep(self, locals())

    def _default_base(self) -> Any:
        from .tree import DecisionTreeClassifier

        return DecisionTreeClassifier(max_depth=1)

    def decision_function(self, X: Any) -> np.ndarray:
        """Mean says of the classes, of shape (n_samples,) for two classes, else (n_samples, n_classes).

        Parameters
        ----------
        X : array-like, sparse matrix or frame of shape (n_samples, n_features)
        """
        # The probabilities are softmax(d / (K - 1)), and the says of a member sum to zero.
        scores = self.predict_log_proba(X)
        if scores.shape[1] <= 2:
            return scores[:, -1] - scores[:, 0]
        return (scores - scores.mean(axis=1, keepdims=True)) * (scores.shape[1] - 1)


class AdaBoostRegressor(_AdaBoost, Regressor):
    __doc__ = """AdaBoost.R2: the weighted median of members fitted to rows weighted by the errors so far (Drucker 1997).""" \
        + _ADABOOST_DOC.format(depth=3, more='\n    loss : "linear"\n        The only one that is supported.')

    def __init__(self, estimator=None, *, n_estimators=50, learning_rate=1.0, loss="linear", random_state=None):
        keep(self, locals())

    def _default_base(self) -> Any:
        from .tree import DecisionTreeRegressor

        return DecisionTreeRegressor(max_depth=3)

    def _settings(self, rows: _Rows) -> dict[str, Any]:
        only(self, loss="linear")
        return super()._settings(rows)

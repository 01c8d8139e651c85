"""AdaBoost of any estimator (Zhu, Zou, Rosset & Hastie 2009; Drucker 1997)."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import numpy as np

from ._adaboost_loop import ClassLoop, QuantityLoop, heeds_weights, warn_of_infinite_weights
from ._base import Classifier, Estimator, FitReport, Regressor, _Rows
from ._combined import Combined, _clone
from ._compat import check_is_fitted, check_random_state, validate_data
from ._parameters import keep
from ._ranges import Having, Number, Word, check

_RANGES: dict[str, list[Any]] = {
    "estimator": [Having("fit", "predict"), None],
    "n_estimators": [Number(int, 1)],
    "learning_rate": [Number(float, 0.0, None, "neither")],
}

_DOC = """

    Parameters
    ----------
    estimator : estimator, default=None
        What is fitted again and again; None is a decision tree of depth {depth}. Estimators of this package are fitted
        natively, any other is fitted from Python{heeds}.
    n_estimators : int, default=50
    learning_rate : float > 0, default=1.0
        Shrinkage of every member's say.{more}
    random_state : int, RandomState or None, default=None

    Attributes
    ----------
    estimators_ : list of estimators
    estimator_weights_ : ndarray of shape (n_members,)
        The members' says.
    estimator_errors_ : ndarray of shape (n_members,)
        The members' weighted errors.
    feature_importances_ : ndarray of shape (n_features,)
        If the members have them.
    fit_report_ : FitReport
"""


class _AdaBoost(Combined):
    _kind = "adaboost"
    _RANGES = _RANGES

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.input_tags.sparse = True
        return tags

    def _is_native(self) -> bool:
        """Whether the members are models of this package; a class of the user's own made of one may fit in another way."""
        base = self._base()
        ours = type(base).__module__.partition(".")[0] == __name__.partition(".")[0]
        return ours and isinstance(base, Estimator) and base._fits_natively()

    def fit(self, X: Any, y: Any, sample_weight: Any = None) -> Any:
        """Fit the model.

        Parameters
        ----------
        X : array-like, sparse matrix or frame of shape (n_samples, n_features)
        y : array-like of shape (n_samples,)
        sample_weight : array-like of shape (n_samples,), default=None

        Returns
        -------
        self
        """
        check(self)
        if self._is_native():
            return self._fit(X, y, sample_weight)
        return self._fit_from_python(X, y, sample_weight)

    def _settings(self, rows: _Rows) -> dict[str, Any]:
        return self._combined_settings(rows) | {"learning_rate": self.learning_rate}

    def _after(self, steps: int) -> None:
        super()._after(steps)
        self._members = self._native_members()
        self.estimator_weights_ = self.model_.array("says")
        errors = next(iter(self.fit_report_.traces.get("train", {}).values()), {})
        self.estimator_errors_ = np.asarray(list(errors.values())[: len(self.estimator_weights_)])
        if "weights are infinite" in str(self.fit_report_):
            warn_of_infinite_weights(len(self._members) - 1)

    def _native_members(self) -> list[Any]:
        """The members as estimators, each with the seed that it was fitted with."""
        models, seeds = self.model_.members(), json.loads(self.model_.entry("seeds") or "[]")
        members = [_clone(self._base())._adopt(model) for model in models]
        for i, member in enumerate(members):
            if hasattr(self, "classes_"):
                # Members predict numbers of classes.
                member.classes_ = np.arange(len(self.classes_))
            if seeds and "random_state" in member.get_params(deep=False):
                member.random_state = seeds[i]
        return members

    # Members that are fitted from Python.

    def _fit_from_python(self, X: Any, y: Any, sample_weight: Any) -> Any:
        numeric = {} if self._task == "classification" else {"y_numeric": True}
        X, y = validate_data(self, X, y, accept_sparse=["csr", "csc"], allow_nd=True, dtype=None, **numeric)
        target = self._target(y)
        weight = self._weight(sample_weight, target)
        weight = np.full(len(target), 1.0 / len(target)) if weight is None else weight / weight.sum()
        loop = self._loop(X, target, weight, check_random_state(self.random_state))
        loop.run()
        self.model_ = None
        self._members = loop.members
        self.estimator_weights_, self.estimator_errors_ = np.asarray(loop.says), np.asarray(loop.errors)
        self.fit_report_ = FitReport("converged", f"{len(loop.members)} members are fitted", len(loop.members), [])
        return self

    def _loop(self, X: Any, target: np.ndarray, weight: np.ndarray, draws: np.random.RandomState) -> Any:
        raise NotImplementedError

    def save(self, path: Any) -> None:
        """Write the model file, which the command line opens as well.

        Raises
        ------
        ValueError
            If the members are of another package: no model file holds them.
        """
        check_is_fitted(self, "model_")
        if self.model_ is None:
            raise ValueError("a model file holds no members of another package: pickle the model")
        super().save(path)

    # What the members say.

    @property
    def estimator_(self) -> Any:
        """The unfitted base."""
        check_is_fitted(self, "model_")
        return _clone(self._base())

    @property
    def estimators_(self) -> list[Any]:
        """The fitted members."""
        check_is_fitted(self, "model_")
        return self._members

    def _predictions(self, X: Any) -> np.ndarray:
        """What every member predicts, (members, rows)."""
        check_is_fitted(self, "model_")
        if self.model_ is not None:
            table = self._checked(X)
            return np.asarray([member.model_.predict(table, self._threads()) for member in self._members])
        X = validate_data(self, X, reset=False, accept_sparse=["csr", "csc"], allow_nd=True, dtype=None)
        return np.asarray([member.predict(X) for member in self._members])

    @property
    def feature_importances_(self) -> np.ndarray:
        """The members' importances, weighted by their says."""
        check_is_fitted(self, "model_")
        members = self._members
        if not hasattr(members[0], "feature_importances_"):
            raise AttributeError(f"{type(members[0]).__name__} has no feature_importances_")
        return np.average([m.feature_importances_ for m in members], axis=0, weights=self.estimator_weights_)


class AdaBoostClassifier(_AdaBoost, Classifier):
    __doc__ = """SAMME: members fitted one after the other to rows weighted by the errors so far.

    A member of weighted error e has the say alpha = learning_rate (ln((1 - e) / e) + ln(K - 1)); the weights of the rows
    it gets wrong are multiplied by exp(alpha) (Zhu et al. 2009).
    """.rstrip() + _DOC.format(depth=1, more="", heeds=", and must heed weights")

    def __init__(self, estimator=None, *, n_estimators=50, learning_rate=1.0, random_state=None):
        keep(self, locals())

    def _default_base(self) -> Any:
        from .tree import DecisionTreeClassifier

        return DecisionTreeClassifier(max_depth=1)

    def _loop(self, X: Any, target: np.ndarray, weight: np.ndarray, draws: np.random.RandomState) -> Any:
        base = self._base()
        if not heeds_weights(base):
            raise ValueError(f"{type(base).__name__} doesn't support sample_weight.")
        return ClassLoop(self, base, X, self.classes_[target.astype(np.intp)], weight, draws)

    def _after(self, steps: int) -> None:
        super()._after(steps)
        self.n_classes_ = len(self.classes_)

    def _votes(self, X: Any) -> np.ndarray:
        """1 for the class that a member predicts, -1 / (K - 1) for the others, of shape (members, rows, classes)."""
        names = np.arange(len(self.classes_)) if self.model_ is not None else self.classes_
        chosen = self._predictions(X)[:, :, None] == names
        return np.where(chosen, 1.0, -1.0 / max(1, len(self.classes_) - 1))

    def _said(self, votes: np.ndarray, members: int) -> np.ndarray:
        """Mean says of the classes by the first members."""
        says = self.estimator_weights_[:members]
        scores = np.tensordot(says, votes[:members], axes=1) / says.sum()
        if scores.shape[1] == 1:
            return np.zeros(len(scores))
        return scores[:, 1] - scores[:, 0] if scores.shape[1] == 2 else scores

    def _shares(self, scores: np.ndarray) -> np.ndarray:
        """Probabilities of the classes: softmax(d / (K - 1)) of the mean says d."""
        if len(self.classes_) == 1:
            return np.ones((len(scores), 1))
        # For two classes the margin is what the logistic function takes.
        logs = np.column_stack([-scores, scores]) / 2 if scores.ndim == 1 else scores / (scores.shape[1] - 1)
        shares = np.exp(logs - logs.max(axis=1, keepdims=True))
        return shares / shares.sum(axis=1, keepdims=True)

    def _likeliest(self, scores: np.ndarray) -> np.ndarray:
        return self.classes_[(scores > 0).astype(np.intp) if scores.ndim == 1 else scores.argmax(axis=1)]

    def decision_function(self, X: Any) -> np.ndarray:
        """Mean says of the classes, of shape (n_samples,) for two classes, else (n_samples, n_classes).

        Parameters
        ----------
        X : array-like, sparse matrix or frame of shape (n_samples, n_features)
        """
        check_is_fitted(self, "model_")
        return self._said(self._votes(X), len(self._members))

    def predict(self, X: Any) -> np.ndarray:
        """The class with the largest sum of says, of shape (n_samples,).

        Parameters
        ----------
        X : array-like, sparse matrix or frame of shape (n_samples, n_features)
        """
        return self._likeliest(self.decision_function(X))

    def predict_proba(self, X: Any) -> np.ndarray:
        """softmax(d / (K - 1)) of the mean says d, of shape (n_samples, n_classes) (Zhu et al. 2009, section 2.3).

        Parameters
        ----------
        X : array-like, sparse matrix or frame of shape (n_samples, n_features)
        """
        return self._shares(self.decision_function(X))

    def staged_decision_function(self, X: Any) -> Iterator[np.ndarray]:
        """`decision_function` of the first member, the first two, and so on."""
        check_is_fitted(self, "model_")
        votes = self._votes(X)
        for members in range(1, len(votes) + 1):
            yield self._said(votes, members)

    def staged_predict(self, X: Any) -> Iterator[np.ndarray]:
        """`predict` of the first member, the first two, and so on."""
        return map(self._likeliest, self.staged_decision_function(X))

    def staged_predict_proba(self, X: Any) -> Iterator[np.ndarray]:
        """`predict_proba` of the first member, the first two, and so on."""
        return map(self._shares, self.staged_decision_function(X))

    def staged_score(self, X: Any, y: Any, sample_weight: Any = None) -> Iterator[float]:
        """The accuracy of the first member, the first two, and so on."""
        for predicted in self.staged_predict(X):
            yield float(np.average(predicted == np.asarray(y), weights=sample_weight))


class AdaBoostRegressor(_AdaBoost, Regressor):
    __doc__ = """AdaBoost.R2: the weighted median of members fitted to rows weighted by the errors so far (Drucker 1997).

    With l_i in [0, 1] the loss of a row, e the weighted mean of the losses and beta = e / (1 - e), a member has the say
    learning_rate ln(1 / beta), and the weight of a row is multiplied by beta^(learning_rate (1 - l_i)). Members of this
    package are fitted to the weighted rows, others to rows drawn by weight.
    """.rstrip() + _DOC.format(
        depth=3,
        heeds="",
        more='\n    loss : {"linear", "square", "exponential"}, default="linear"\n'
        "        A row's loss is its error's share l of the largest error, l^2, or 1 - exp(-l).",
    )
    _RANGES = _RANGES | {"loss": [Word("linear", "square", "exponential")]}

    def __init__(self, estimator=None, *, n_estimators=50, learning_rate=1.0, loss="linear", random_state=None):
        keep(self, locals())

    def _default_base(self) -> Any:
        from .tree import DecisionTreeRegressor

        return DecisionTreeRegressor(max_depth=3)

    def _settings(self, rows: _Rows) -> dict[str, Any]:
        return super()._settings(rows) | {"loss": self.loss}

    def _loop(self, X: Any, target: np.ndarray, weight: np.ndarray, draws: np.random.RandomState) -> Any:
        return QuantityLoop(self, self._base(), X, target, weight, draws)

    def predict(self, X: Any) -> np.ndarray:
        """The weighted median of the members' predictions, of shape (n_samples,).

        Parameters
        ----------
        X : array-like, sparse matrix or frame of shape (n_samples, n_features)
        """
        check_is_fitted(self, "model_")
        if self.model_ is not None:
            return super().predict(X)
        return _median(self._predictions(X), self.estimator_weights_)

    def staged_predict(self, X: Any) -> Iterator[np.ndarray]:
        """`predict` of the first member, the first two, and so on."""
        predictions = self._predictions(X)
        for members in range(1, len(predictions) + 1):
            yield _median(predictions[:members], self.estimator_weights_[:members])

    def staged_score(self, X: Any, y: Any, sample_weight: Any = None) -> Iterator[float]:
        """R squared of the first member, the first two, and so on."""
        y = np.asarray(y, dtype=np.float64)
        spread = np.average((y - np.average(y, weights=sample_weight)) ** 2, weights=sample_weight)
        for predicted in self.staged_predict(X):
            yield float(1 - np.average((y - predicted) ** 2, weights=sample_weight) / spread)


def _median(predictions: np.ndarray, says: np.ndarray) -> np.ndarray:
    """The least prediction with half of the says at or below it, midway to the next where it is exactly half."""
    order = np.argsort(predictions, axis=0, kind="stable")
    values = np.take_along_axis(predictions, order, axis=0)
    below = np.cumsum(says[order], axis=0)
    half = below[-1] / 2
    rows = np.arange(predictions.shape[1])
    first = (below >= half).argmax(axis=0)
    after = np.minimum(first + 1, len(values) - 1)
    tied = np.abs(below[first, rows] - half) <= 1e-12 * below[-1]
    return np.where(tied, (values[first, rows] + values[after, rows]) / 2, values[first, rows])

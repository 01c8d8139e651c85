"""AdaBoost (Freund & Schapire 1997): SAMME for classes (Zhu et al. 2009), R2 for quantities (Drucker 1997)."""

from __future__ import annotations

import json
import warnings
from typing import TYPE_CHECKING, Any, ClassVar, Iterator

import numpy as np

from . import _native
from ._base import Classifier, Estimator, FitReport, Regressor
from ._compat import check_is_fitted, check_random_state
from ._data import rows_of
from ._draws import Distinct, Draws, by_content
from ._members import Ensemble, is_ours, seeded, takes_weights
from ._parameters import keep
from ._ranges import Having, Number, Word, check

if TYPE_CHECKING:
    from ._typing import ArrayLike, MatrixLike, Self

__all__ = ["AdaBoostClassifier", "AdaBoostRegressor"]

_DOC = """

    Parameters
    ----------
    estimator : estimator, default=None
        What is fitted again and again, of this package or any other; None is a decision tree of depth {depth}.{needs}
    n_estimators : int, default=50
        How many members, at most.
    learning_rate : float, default=1.0
        Shrinkage of every member's weight.{more}
    random_state : int, RandomState or None, default=None

    Attributes
    ----------
    estimator_ : estimator
        The unfitted base.
    estimators_ : list of estimators
    estimator_weights_ : ndarray of shape (n_members,)
        The members' weights.
    estimator_errors_ : ndarray of shape (n_members,)
        Their weighted errors.
    feature_importances_ : ndarray of shape (n_features,)
        If the members have them.
    fit_report_ : FitReport

    Members are given weights of mean 1.
"""


class _AdaBoost(Ensemble, Estimator):
    _kind = "adaboost"
    _RANGES: ClassVar[dict[str, list[Any]]] = {
        "estimator": [Having("fit", "predict"), None],
        "n_estimators": [Number(int, 1)],
        "learning_rate": [Number(float, 0.0, None, "neither")],
    }

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.input_tags.sparse = True
        return tags

    def fit(self, X: MatrixLike, y: ArrayLike, sample_weight: ArrayLike | None = None) -> Self:
        """Fit the members, one after the other.

        Parameters
        ----------
        X : array-like, sparse matrix or frame of shape (n_samples, n_features)
        y : array-like of shape (n_samples,)
        sample_weight : array-like of shape (n_samples,), default=None
            A weight counts as so many repetitions of its row.

        Returns
        -------
        self
        """
        check(self)
        if y is None:
            raise ValueError(f"{type(self).__name__} requires y to be passed, but the target y is None")
        X, y = self._given(X, y, reset=True, allow_nd=True)
        if self._task == "classification":
            y = self._codes(y)
        else:
            y = Estimator._target(self, y)
        weight = self._weight(sample_weight, y)
        # The same bits however the rows come, and whether a row comes twice or has a weight of 2.
        distinct = Distinct(*by_content(X, y), weight)
        self._boost(rows_of(X, distinct.rows), y[distinct.rows], distinct.weight)
        return self

    def _boost(self, X: MatrixLike, y: np.ndarray, weight: np.ndarray) -> None:
        random, base = check_random_state(self.random_state), self._member()
        weighted, order = takes_weights(base), np.arange(len(y))
        if not weighted:
            self._refuse_unweighted(base)
        self.estimators_, alphas, errors = [], [], []
        reason = f"all {self.n_estimators} members are fitted"
        for _ in range(self.n_estimators):
            # As many in all as rows, as parameters such as a leaf's least weight expect.
            weight = weight / weight.mean()
            member = seeded(base, random)
            if weighted:
                member = self._fit_member(member, X, y, None, sample_weight=weight)
            else:
                drawn = Draws(order, weight, (len(y), len(y), True), (1, 1, False)).of(random.randint(2**31 - 1))[1]
                member = self._fit_member(member, rows_of(X, drawn), y[drawn], None)
            error, alpha, factors = self._evaluate(np.asarray(member.predict(X)), y, weight)
            if alpha is None and not self.estimators_:
                self._refuse_useless(member)
            if alpha is None and self.estimators_:
                reason = f"member {len(self.estimators_) + 1} is no better than chance"
                break
            self.estimators_.append(member)
            errors.append(error)
            if alpha is None or error == 0.0:
                # A perfect member outweighs all others together.
                alphas.append(sum(alphas) + 1.0)
                reason = f"member {len(self.estimators_)} " + ("makes no error" if error == 0.0 else "is no better than chance")
                break
            alphas.append(alpha)
            with np.errstate(over="ignore"):
                weight = weight * factors
            if not np.isfinite(weight.sum()):
                warnings.warn(
                    f"Sample weights have reached infinite values, at iteration {len(alphas) - 1}, causing overflow. "
                    "Iterations stopped. Try lowering the learning rate."
                )
                reason = "weights have overflowed"
                break
            if weight.sum() <= 0:
                reason = "no weight is left"
                break
        self.estimator_weights_, self.estimator_errors_ = np.asarray(alphas), np.asarray(errors)
        outcome = "exhausted" if reason.startswith("all") else "converged"
        points = list(enumerate(errors, start=1))
        self.fit_report_ = FitReport(outcome, reason, len(alphas), [], [("train", "weighted error", points)])

    def _refuse_unweighted(self, base: Any) -> None:
        """An error if members must heed weights."""

    def _refuse_useless(self, member: Any) -> None:
        """An error if the first member is no better than chance, and that is no model."""

    def _evaluate(self, predicted: np.ndarray, y: np.ndarray, weight: np.ndarray) -> tuple[float, float | None, Any]:
        """A member's weighted error, its estimator weight (None if it is no better than chance), and the factors of the weights."""
        raise NotImplementedError

    def _weights_of_members(self) -> list[float] | None:
        return self.estimator_weights_.tolist()

    def _spec(self) -> dict[str, Any]:
        return {
            "base": self.estimators_[0].model_.kind,
            "rounds": len(self.estimators_),
            "learning_rate": float(self.learning_rate),
        }

    def _after_adoption(self, model: _native.Model) -> None:
        self.estimator_weights_ = np.asarray(json.loads(model.facts)["estimator_weights"])
        self.estimator_errors_ = np.full(len(self.estimators_), np.nan)
        self.fit_report_ = FitReport("converged", "opened from a file", len(self.estimators_), model.notes)

    def _asked(self, X: MatrixLike) -> Any:
        check_is_fitted(self, "estimators_")
        return self._given(X, reset=False, allow_nd=True)

    @property
    def feature_importances_(self) -> np.ndarray:
        """The members' importances, averaged with the weights of the members."""
        check_is_fitted(self, "estimators_")
        if not all(hasattr(member, "feature_importances_") for member in self.estimators_):
            raise AttributeError(
                "Unable to compute feature importances since estimator does not have a feature_importances_ attribute"
            )
        return np.average([m.feature_importances_ for m in self.estimators_], axis=0, weights=self.estimator_weights_)

    def staged_score(self, X: MatrixLike, y: ArrayLike, sample_weight: ArrayLike | None = None) -> Iterator[float]:
        """`score` of the first one, two, three ... members."""
        members, weights = self.estimators_, self.estimator_weights_
        for k in range(1, len(members) + 1):
            first = self._first(members[:k], weights[:k])
            yield first.score(X, y, sample_weight)

    def _first(self, members: list[Any], weights: np.ndarray) -> Any:
        part = type(self)(**self.get_params(deep=False))
        part.__dict__.update(self.__dict__ | {"estimators_": members, "estimator_weights_": weights})
        return part


class AdaBoostClassifier(_AdaBoost, Classifier):
    __doc__ = """SAMME: members fitted one after the other to rows weighted by the errors so far.

    A member of weighted error e has the weight alpha = learning_rate (ln((1 - e) / e) + ln(K - 1)); the weights of the rows
    it gets wrong are multiplied by exp(alpha) (Zhu, Zou, Rosset & Hastie 2009, algorithm 2).
    """.rstrip() + _DOC.format(depth=1, more="", needs="\n        It must heed weights.")

    def __init__(self, estimator=None, *, n_estimators=50, learning_rate=1.0, random_state=None):
        keep(self, locals())

    def _default_member(self) -> Any:
        from .tree import DecisionTreeClassifier

        return DecisionTreeClassifier(max_depth=1)

    @property
    def n_classes_(self) -> int:
        """The number of classes."""
        return len(self.classes_)

    def _refuse_unweighted(self, base: Any) -> None:
        raise ValueError(f"{type(base).__name__} doesn't support sample_weight.")

    def _refuse_useless(self, member: Any) -> None:
        raise ValueError(
            f"{type(member).__name__} is worse than random on these rows: AdaBoost needs members that are better than chance"
        )

    def _evaluate(self, predicted: np.ndarray, y: np.ndarray, weight: np.ndarray) -> tuple[float, float | None, Any]:
        wrong, classes = predicted != y, len(self.classes_)
        error = float(np.average(wrong, weights=weight))
        if error <= 0.0:
            return 0.0, 1.0, 1.0
        if error >= 1.0 - 1.0 / classes:
            return error, None, 1.0
        alpha = self.learning_rate * (np.log((1.0 - error) / error) + np.log(classes - 1.0))
        with np.errstate(over="ignore"):
            return error, float(alpha), np.where(wrong, np.exp(alpha), 1.0)

    def decision_function(self, X: MatrixLike) -> np.ndarray:
        """Mean weights of the classes, of shape (n_samples,) for two classes, else (n_samples, n_classes).

        Parameters
        ----------
        X : array-like, sparse matrix or frame of shape (n_samples, n_features)
        """
        *_, last = self.staged_decision_function(X)
        return last

    def staged_decision_function(self, X: MatrixLike) -> Iterator[np.ndarray]:
        """`decision_function` of the first one, two, three ... members."""
        X, classes = self._asked(X), len(self.classes_)
        # Its weight for the member's class, and against the others so that all sum to zero.
        against, total, said = -1.0 / max(1, classes - 1), 0.0, 0.0
        for member, own in zip(self.estimators_, self.estimator_weights_):
            chosen = np.asarray(member.predict(X))[:, None] == np.arange(classes)
            total, said = total + np.where(chosen, own, against * own), said + own
            scores = total / said
            yield scores[:, -1] - scores[:, 0] if classes <= 2 else scores.copy()

    def predict(self, X: MatrixLike) -> np.ndarray:
        """The class of the largest sum of weights, of shape (n_samples,).

        Parameters
        ----------
        X : array-like, sparse matrix or frame of shape (n_samples, n_features)
        """
        return self._named(self.decision_function(X))

    def staged_predict(self, X: MatrixLike) -> Iterator[np.ndarray]:
        """`predict` of the first one, two, three ... members."""
        return (self._named(scores) for scores in self.staged_decision_function(X))

    def _named(self, scores: np.ndarray) -> np.ndarray:
        return self.classes_[(scores > 0).astype(np.intp) if scores.ndim == 1 else scores.argmax(axis=1)]

    def predict_proba(self, X: MatrixLike) -> np.ndarray:
        """softmax(d / (K - 1)) of the mean weights d (Zhu et al. 2009, section 2.3), of shape (n_samples, n_classes).

        Parameters
        ----------
        X : array-like, sparse matrix or frame of shape (n_samples, n_features)
        """
        check_is_fitted(self, "estimators_")
        ours = all(is_ours(member) and member._part.names is not None for member in self.estimators_)
        if ours and len(self.classes_) > 1 and _is_finite(X):
            # Where a file can hold the model it says what it says at the command line, to the last bit.
            return super().predict_proba(X)
        return self._probabilities(self.decision_function(X))

    def staged_predict_proba(self, X: MatrixLike) -> Iterator[np.ndarray]:
        """`predict_proba` of the first one, two, three ... members."""
        return (self._probabilities(scores) for scores in self.staged_decision_function(X))

    def _probabilities(self, scores: np.ndarray) -> np.ndarray:
        if len(self.classes_) == 1:
            return np.ones((len(scores), 1))
        scores = np.column_stack([-scores, scores]) / 2 if scores.ndim == 1 else scores / (len(self.classes_) - 1)
        powers = np.exp(scores - scores.max(axis=1, keepdims=True))
        return powers / powers.sum(axis=1, keepdims=True)


def _is_finite(X: MatrixLike) -> bool:
    """Whether X has no missing value that members may know, but the checks of a matrix do not."""
    return not isinstance(X, np.ndarray) or X.dtype.kind not in "fc" or bool(np.isfinite(X).all())


class AdaBoostRegressor(_AdaBoost, Regressor):
    __doc__ = """AdaBoost.R2: the weighted median of members fitted to rows weighted by the errors so far (Drucker 1997).

    With L_i = |y_i - f(x_i)| / max_j |y_j - f(x_j)|, or its `loss`, and the mean loss e, beta = e / (1 - e): a member's weight
    is -learning_rate ln(beta), and the weight of a row is multiplied by beta^(learning_rate (1 - L_i)).
    """.rstrip() + _DOC.format(
        depth=3,
        needs="\n        One that heeds no weights is fitted to rows drawn in proportion to them.",
        more='\n    loss : {"linear", "square", "exponential"}, default="linear"\n        L, L^2 or 1 - exp(-L).',
    )

    _RANGES = _AdaBoost._RANGES | {"loss": [Word("linear", "square", "exponential")]}

    def __init__(self, estimator=None, *, n_estimators=50, learning_rate=1.0, loss="linear", random_state=None):
        keep(self, locals())

    def _default_member(self) -> Any:
        from .tree import DecisionTreeRegressor

        return DecisionTreeRegressor(max_depth=3)

    def _evaluate(self, predicted: np.ndarray, y: np.ndarray, weight: np.ndarray) -> tuple[float, float | None, Any]:
        misses = np.abs(predicted - y)
        largest = misses.max()
        if largest == 0.0:
            return 0.0, 1.0, 1.0
        misses = misses / largest
        if self.loss == "square":
            misses = misses**2
        elif self.loss == "exponential":
            misses = 1.0 - np.exp(-misses)
        error = float(np.average(misses, weights=weight))
        if error >= 0.5:
            return error, None, 1.0
        beta = error / (1.0 - error)
        return error, float(-self.learning_rate * np.log(beta)), beta ** (self.learning_rate * (1.0 - misses))

    def predict(self, X: MatrixLike) -> np.ndarray:
        """The weighted median of the members' predictions, of shape (n_samples,).

        Parameters
        ----------
        X : array-like, sparse matrix or frame of shape (n_samples, n_features)
        """
        X = self._asked(X)
        return self._median(np.array([member.predict(X) for member in self.estimators_]), self.estimator_weights_)

    def staged_predict(self, X: MatrixLike) -> Iterator[np.ndarray]:
        """`predict` of the first one, two, three ... members."""
        X = self._asked(X)
        members = np.array([member.predict(X) for member in self.estimators_])
        return (self._median(members[:k], self.estimator_weights_[:k]) for k in range(1, len(members) + 1))

    @staticmethod
    def _median(members: np.ndarray, weights: np.ndarray) -> np.ndarray:
        order = members.argsort(axis=0)
        sums = weights[order].cumsum(axis=0)
        goal, columns = 0.5 * sums[-1], np.arange(members.shape[1])
        place = (sums >= goal).argmax(axis=0)
        value = members[order[place, columns], columns]
        # Midway to the next where half is met exactly.
        after = np.minimum(place + 1, len(weights) - 1)
        tie = np.abs(sums[place, columns] - goal) <= 1e-12 * sums[-1]
        return np.where(tie, value + (members[order[after, columns], columns] - value) / 2, value)

"""AdaBoost of members that are fitted from Python: SAMME (Zhu et al. 2009) and R2 (Drucker 1997)."""

from __future__ import annotations

import inspect
import warnings
from typing import Any

import numpy as np

from ._compat import clone
from ._early import some_rows

#: Least share of a row's weight that is not zero: members divide by sums of weights.
_LEAST = np.finfo(np.float64).eps


class Loop:
    """Members fitted one after the other, each to rows weighted by the errors so far.

    Parameters
    ----------
    owner : AdaBoostClassifier or AdaBoostRegressor
    base : estimator
    X : array-like, as the members see it
    y : ndarray of shape (n_samples,)
    weight : ndarray of shape (n_samples,)
        Sums to 1.
    draws : RandomState
    """

    def __init__(self, owner: Any, base: Any, X: Any, y: np.ndarray, weight: np.ndarray, draws: np.random.RandomState) -> None:
        self.owner, self.base, self.X, self.y, self.draws = owner, base, X, y, draws
        self.weight, self.counted = weight, weight > 0
        self.members: list[Any] = []
        self.says: list[float] = []
        self.errors: list[float] = []

    def run(self) -> None:
        """Fit up to `n_estimators` members."""
        for number in range(self.owner.n_estimators):
            self.weight = np.where(self.counted, np.maximum(self.weight, _LEAST), 0.0)
            member = self._member()
            error, say, factors = self._judged(self._fitted(member).predict(self.X))
            if say is None:
                if not self.members:
                    self._first_is_useless(member)
                return
            self._add(member, error, say)
            if error == 0:
                return
            with np.errstate(over="ignore"):
                self.weight = self.weight * factors
            total = self.weight.sum()
            if not np.isfinite(total):
                warn_of_infinite_weights(number)
                return
            if total <= 0:
                return
            self.weight = self.weight / total

    def _add(self, member: Any, error: float, say: float) -> None:
        self.members.append(member)
        self.errors.append(error)
        self.says.append(say)

    def _member(self) -> Any:
        member = clone(self.base)
        params = member.get_params(deep=True)
        own = {name: int(self.draws.randint(np.iinfo(np.int32).max)) for name in sorted(params)
               if name == "random_state" or name.endswith("__random_state")}
        return member.set_params(**own) if own else member

    def _fitted(self, member: Any) -> Any:
        raise NotImplementedError

    def _judged(self, predicted: np.ndarray) -> tuple[float, float | None, np.ndarray]:
        """Weighted error, say (`None` for a member no better than chance), and factors of the rows' weights."""
        raise NotImplementedError

    def _first_is_useless(self, member: Any) -> None:
        raise NotImplementedError


class ClassLoop(Loop):
    """SAMME."""

    def _fitted(self, member: Any) -> Any:
        member.fit(self.X, self.y, sample_weight=self.weight)
        return member

    def _judged(self, predicted: np.ndarray) -> tuple[float, float | None, np.ndarray]:
        wrong = np.asarray(predicted) != self.y
        error = float(np.average(wrong, weights=self.weight))
        classes = len(self.owner.classes_)
        if error <= 0:
            return 0.0, 1.0, np.ones(len(wrong))
        if error >= 1 - 1 / classes:
            return error, None, np.ones(len(wrong))
        say = self.owner.learning_rate * (np.log((1 - error) / error) + np.log(classes - 1))
        with np.errstate(over="ignore"):
            return error, float(say), np.exp(say * wrong)

    def _first_is_useless(self, member: Any) -> None:
        name = type(self.owner).__name__
        raise ValueError(f"BaseClassifier in {name} ensemble is worse than random, ensemble can not be fit.")


class QuantityLoop(Loop):
    """AdaBoost.R2: every member is fitted to rows drawn with the weights as chances."""

    _LOSSES = {"linear": lambda l: l, "square": np.square, "exponential": lambda l: -np.expm1(-l)}

    def _fitted(self, member: Any) -> Any:
        number = len(self.y)
        drawn = self.draws.choice(number, size=number, replace=True, p=self.weight / self.weight.sum())
        member.fit(some_rows(self.X, drawn), self.y[drawn])
        return member

    def _judged(self, predicted: np.ndarray) -> tuple[float, float | None, np.ndarray]:
        misses = np.where(self.counted, np.abs(np.asarray(predicted).ravel() - self.y), 0.0)
        largest = misses.max()
        loss = self._LOSSES[self.owner.loss](misses / largest if largest > 0 else misses)
        error = float((self.weight * loss).sum() / self.weight.sum())
        if error <= 0:
            return 0.0, 1.0, np.ones(len(loss))
        if error >= 0.5:
            return error, None, np.ones(len(loss))
        beta, rate = error / (1 - error), self.owner.learning_rate
        return error, float(-rate * np.log(beta)), np.power(beta, rate * (1 - loss))

    def _first_is_useless(self, member: Any) -> None:
        # A lone member predicts what it predicts, whatever its say.
        self._add(member, 1.0, 0.0)


def warn_of_infinite_weights(number: int) -> None:
    """Say that the fit ended since a row's weight outgrew all numbers."""
    warnings.warn(
        f"Sample weights have reached infinite values, at iteration {number}, causing overflow. Iterations stopped. "
        "Try lowering the learning rate.",
        UserWarning,
        stacklevel=4,
    )


def heeds_weights(estimator: Any) -> bool:
    """Whether a fit of the estimator takes `sample_weight`."""
    return "sample_weight" in inspect.signature(estimator.fit).parameters

"""Early stopping: which rows are held out, by what score, and when it has been enough."""

from __future__ import annotations

import numbers
from collections.abc import Callable
from typing import Any

import numpy as np

from ._compat import HAS_SKLEARN


def divide(number: int, held_out: Any, strata: np.ndarray | None, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Places of the rows that learn and of those that are held out; scikit-learn's `train_test_split`, where it is installed.

    Parameters
    ----------
    number : int
        Rows.
    held_out : int or float
        How many rows are held out, or which fraction of them.
    strata : ndarray of shape (number,) or None
        Classes that are to be as frequent on both sides.
    seed : int

    Raises
    ------
    ValueError
        If one side would be empty, or lack a class.
    """
    places = np.arange(number)
    if HAS_SKLEARN:
        from sklearn.model_selection import train_test_split

        learn, test = train_test_split(places, test_size=held_out, stratify=strata, random_state=seed)
        return learn, test
    count = int(held_out) if isinstance(held_out, numbers.Integral) else int(np.ceil(held_out * number))
    if not 0 < count < number:
        raise ValueError(f"validation_fraction={held_out} of {number} rows leaves none on one side")
    order = np.random.RandomState(seed).permutation(number)
    if strata is not None:
        # Every so many of the rows sorted by class are rows of all classes.
        order = order[np.argsort(strata[order], kind="stable")]
    held = np.zeros(number, dtype=bool)
    held[order[((np.arange(count) + 0.5) * number / count).astype(np.intp)]] = True
    return np.flatnonzero(~held), np.flatnonzero(held)


def scorer_of(estimator: Any, scoring: Any) -> Callable[..., float]:
    """What scores `(estimator, X, y, sample_weight=)`, the larger the better: a callable, a name, or the estimator's own."""
    if HAS_SKLEARN:
        from sklearn.metrics import check_scoring

        return check_scoring(estimator, scoring)
    if callable(scoring):
        return scoring
    if scoring is None:
        return lambda estimator, X, y, **weight: estimator.score(X, y, **weight)
    raise ValueError(f"scoring={scoring!r} needs scikit-learn; give a callable of (estimator, X, y), or None")


class LossPatience:
    """Stop when a loss is no better, by more than `tolerance`, than the worst of the last `rounds` of them."""

    def __init__(self, rounds: int, tolerance: float) -> None:
        self.rounds, self.tolerance = rounds, tolerance
        self.losses: list[float] = []

    def stops(self, loss: float) -> bool:
        recent = self.losses[-self.rounds :]
        self.losses.append(loss)
        return len(recent) == self.rounds and not loss + self.tolerance < max(recent)


class ScorePatience:
    """Stop when none of the last `rounds` scores is better, by more than `tolerance`, than the one before them."""

    def __init__(self, rounds: int, tolerance: float) -> None:
        self.rounds, self.tolerance = rounds, tolerance

    def stops(self, scores: list[float]) -> bool:
        if len(scores) <= self.rounds:
            return False
        return not max(scores[-self.rounds :]) > scores[-self.rounds - 1] + self.tolerance

"""Random sample consensus of any estimator (Fischler & Bolles 1981), for what the native search does not take."""

from __future__ import annotations

import math
import warnings
from typing import TYPE_CHECKING, Any, Callable, NamedTuple

import numpy as np

from ._compat import ConvergenceWarning, check_random_state
from ._members import seeded

if TYPE_CHECKING:
    from ._typing import MatrixLike

#: Why a sample was passed over -> the attribute that counts it.
SKIPS = ("n_skips_no_inliers_", "n_skips_invalid_data_", "n_skips_invalid_model_")


class Best(NamedTuple):
    """The largest set of rows that agree with one model so far."""

    inliers: np.ndarray
    score: float


def loss_of(loss: Any, y: np.ndarray) -> Callable[[np.ndarray, np.ndarray], np.ndarray]:
    """What a row misses by: the sum over the targets of absolute or squared differences, or a function of the user."""
    if callable(loss):
        return loss
    power = {"absolute_error": 1, "squared_error": 2}[loss]

    def misses(target: np.ndarray, predicted: np.ndarray) -> np.ndarray:
        own = np.abs(target - predicted) ** power
        return own if y.ndim == 1 else own.sum(axis=1)

    return misses


def trials_needed(inliers: int, rows: int, sample: int, confidence: float) -> float:
    """Samples until one without outliers has been drawn with probability `confidence`."""
    clean = (inliers / rows) ** sample
    if clean <= 0.0:
        return math.inf
    if clean >= 1.0 or confidence <= 0.0:
        return 1.0
    if confidence >= 1.0:
        return math.inf
    return math.ceil(math.log1p(-confidence) / math.log1p(-clean))


def search(owner: Any, base: Any, X: MatrixLike, y: np.ndarray, weight: np.ndarray | None, sample: int, limit: float) -> Best:
    """The rows that agree, by fits to random samples; counts of what was skipped are left on `owner`.

    Raises
    ------
    ValueError
        If no sample had a valid model with inliers.
    """
    random, rows = check_random_state(owner.random_state), len(y)
    misses, model = loss_of(owner.loss, y), seeded(base, check_random_state(owner.random_state))
    for name in SKIPS:
        setattr(owner, name, 0)

    def skip(name: str) -> None:
        setattr(owner, name, getattr(owner, name) + 1)

    def evaluated(drawn: np.ndarray, best: Best | None) -> Best | None:
        """What a sample comes to, if that is more than the best."""
        if owner.is_data_valid is not None and not owner.is_data_valid(X[drawn], y[drawn]):
            return skip("n_skips_invalid_data_")
        model.fit(X[drawn], y[drawn], **({} if weight is None else {"sample_weight": weight[drawn]}))
        if owner.is_model_valid is not None and not owner.is_model_valid(model, X[drawn], y[drawn]):
            return skip("n_skips_invalid_model_")
        inliers = misses(y, model.predict(X)) <= limit
        count = inliers.sum()
        if count < (1 if best is None else best.inliers.sum()):
            return skip("n_skips_no_inliers_")
        score = model.score(X[inliers], y[inliers])
        better = best is None or count > best.inliers.sum() or score >= best.score
        return Best(inliers, score) if better else None

    best, trials, needed = None, 0, float(owner.max_trials)
    while trials < needed:
        trials += 1
        if _skipped(owner) > owner.max_skips:
            break
        found = evaluated(random.permutation(rows)[:sample], best)
        if found is not None:
            best, count = found, int(found.inliers.sum())
            needed = min(needed, trials_needed(count, rows, sample, owner.stop_probability))
            if count >= owner.stop_n_inliers or best.score >= owner.stop_score:
                break
    owner.n_trials_ = trials
    if best is None:
        what = "skipped more iterations than `max_skips` without finding" if _skipped(owner) > owner.max_skips else "could not find"
        raise ValueError(
            f"RANSAC {what} a valid consensus set in {trials} samples: {owner.n_skips_invalid_data_} were invalid data, "
            f"{owner.n_skips_invalid_model_} led to an invalid model, {owner.n_skips_no_inliers_} had no inliers; see the "
            "attributes n_skips_..., and loosen `residual_threshold`, `is_data_valid` or `is_model_valid`"
        )
    if _skipped(owner) > owner.max_skips:
        warnings.warn(
            "RANSAC found a valid consensus set but exited early due to skipping more iterations than `max_skips`. See "
            "estimator attributes for diagnostics.",
            ConvergenceWarning,
        )
    return best


def _skipped(owner: Any) -> int:
    return sum(getattr(owner, name) for name in SKIPS)

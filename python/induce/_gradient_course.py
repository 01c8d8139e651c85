"""What is seen of a fit of `GradientBoosting*` round by round."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np

from . import _native
from ._base import _Rows
from ._course import Course
from ._early import LossPatience, divide

if TYPE_CHECKING:
    from ._typing import MatrixLike


class GradientCourse(Course):
    """Losses of every round, out-of-bag losses, a user's monitor, a table of rounds, early stopping."""

    def __init__(self, owner: Any, X: MatrixLike, monitor: Callable[..., Any] | None) -> None:
        super().__init__(owner, X)
        self.monitor = monitor
        if self.model is not None and owner.n_estimators < self.begin:
            raise ValueError(
                f"n_estimators={owner.n_estimators} must be larger or equal to estimators_.shape[0]={self.begin} "
                "when warm_start==True"
            )
        self.draws = owner.subsample < 1.0
        self.earlier = {name: getattr(owner, name)[: self.begin] for name in _COURSES if self.model is not None and
                        hasattr(owner, name)}
        self.latest: dict[str, list[float]] = {name: [] for name in _COURSES}
        self.table = RoundTable(owner, self.begin, self.draws) if owner.verbose else None
        waits = owner.n_iter_no_change
        self.patience = None if waits is None else LossPatience(waits, owner.tol)

    def divided(self, rows: _Rows) -> tuple[np.ndarray, np.ndarray] | None:
        owner = self.owner
        if self.patience is None:
            return None
        strata = rows.target if owner._task == "classification" else None
        places = divide(len(rows.target), owner.validation_fraction, strata, owner._first_seed)
        if strata is not None and len(np.unique(strata[places[0]])) < len(owner.classes_):
            raise ValueError(
                "The training data after the early stopping split is missing some classes. Try using another random seed."
            )
        return places

    def before(self, rows: _Rows, learn: np.ndarray | None) -> None:
        rows.offset = self.owner._begin(self.X, rows, learn, fitted=self.model is not None)

    def round(self, step: int, losses: dict[str, float]) -> bool:
        if step == self.begin:
            return False
        self._note(losses)
        if self.table is not None:
            self.table.round(step, self.latest["train_score_"][-1], self.latest["oob_improvement_"][-1:])
        if self.patience is not None and self.patience.stops(losses["valid"] * self.owner._factor()):
            rounds = self.patience.rounds
            return self.stop(f"no better validation loss than in the {rounds} rounds before round {step}")
        return False

    def _note(self, losses: dict[str, float]) -> None:
        """The losses of a round, as the attributes of the owner have them."""
        factor = self.owner._factor()
        self.latest["train_score_"].append(factor * losses.get("in_bag", losses["train"]))
        if "out_of_bag" in losses:
            self.latest["oob_scores_"].append(factor * losses["out_of_bag"])
            self.latest["oob_improvement_"].append(factor * (losses["out_of_bag_before"] - losses["out_of_bag"]))

    def wants_models(self) -> bool:
        return self.monitor is not None

    def after_round(self, model: _native.Model) -> bool:
        self.owner.model_ = model
        rounds = len(self.latest["train_score_"])
        for name in _COURSES if self.draws else _COURSES[:1]:
            course = np.full(rounds, np.nan)
            known = self.latest[name]
            course[rounds - len(known) :] = known
            self._set(name, course)
        if self.monitor(model.rounds - 1, self.owner, locals()):  # type: ignore[misc]
            return self.stop(f"the monitor ended the fit after {model.rounds} rounds")
        return False

    def keep(self, model: _native.Model, losses: dict[str, dict[int, float]]) -> None:
        factor = self.owner._factor()

        def course(split: str) -> np.ndarray:
            known = losses.get(split, {})
            return factor * np.asarray([known.get(step, np.nan) for step in range(self.begin + 1, model.rounds + 1)])

        self._set("train_score_", course("in_bag" if "in_bag" in losses else "train"))
        for name in _COURSES[1:]:
            if self.draws or name in self.earlier:
                scores = course("out_of_bag")
                self._set(name, scores if name == "oob_scores_" else course("out_of_bag_before") - scores)
            else:
                self.owner.__dict__.pop(name, None)
        self.owner.__dict__.pop("oob_score_", None)
        if self.draws and len(self.owner.oob_scores_):
            self.owner.oob_score_ = self.owner.oob_scores_[-1]
        grown = self.owner.__dict__.get("_grown", []) if self.model is not None else []
        self.owner._grown = [*grown, (model.rounds, self.owner.get_params(deep=False))]

    def _set(self, name: str, course: np.ndarray) -> None:
        """What the fits before noted, zeros where they did not, and what this one did."""
        earlier = self.earlier.get(name, np.zeros(self.begin))
        setattr(self.owner, name, np.concatenate([earlier, course]))


_COURSES = ("train_score_", "oob_scores_", "oob_improvement_")


class RoundTable:
    """Rounds as lines of a table on standard output: each of the first ten, then every tenth, then every hundredth."""

    def __init__(self, owner: Any, begin: int, draws: bool) -> None:
        self.owner, self.begin, self.every = owner, begin, 1
        self.start = time.monotonic()
        heads = ["Train Loss", *(["OOB Improve"] if draws else []), "Remaining Time"]
        print(" ".join([f"{'Iter':>10}", *(f"{head:>16}" for head in heads)]))

    def round(self, step: int, loss: float, improvement: list[float]) -> None:
        done = step - self.begin
        if done % self.every:
            return
        left = (self.owner.n_estimators - step) * (time.monotonic() - self.start) / done
        remaining = f"{left / 60:.2f}m" if left > 60 else f"{left:.2f}s"
        print(" ".join([f"{step:>10d}", *(f"{value:>16.4f}" for value in [loss, *improvement]), f"{remaining:>16}"]))
        if self.owner.verbose == 1 and done // (self.every * 10) > 0:
            self.every *= 10

"""A fit of boosted trees that is followed round by round, and that may go on from the fit before."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from . import _native
from ._base import _Rows, as_json
from ._progress import Listeners
from ._rows import taken

if TYPE_CHECKING:
    from ._typing import MatrixLike


class Course:
    """One fit: which rows learn and which are held out, what it begins with, what is seen of every round, when it stops.

    Parameters
    ----------
    owner : estimator
        It keeps what the fits before came to, for `warm_start`.
    X : array-like or frame
        As it was given to the fit.
    """

    def __init__(self, owner: Any, X: MatrixLike) -> None:
        self.owner, self.X = owner, X
        warm = owner.warm_start and "model_" in owner.__dict__
        self.model: _native.Model | None = owner.model_ if warm else None
        self.begin = 0 if self.model is None else self.model.rounds
        if self.model is None:
            # Rounds that are added later draw on from the same stream.
            owner._first_seed = owner._seed()
        self.stopped: str | None = None

    # What subclasses say.

    def divided(self, rows: _Rows) -> tuple[np.ndarray, np.ndarray] | None:
        """Places of the rows that learn and of those that are held out; `None` if all learn."""
        raise NotImplementedError

    def before(self, rows: _Rows, learn: np.ndarray | None) -> None:
        """All rows, before they are divided, and the places of those that learn; `None` if all do."""

    def listeners(self) -> list[Any]:
        """What hears of every round's number and losses."""
        return []

    def round(self, step: int, losses: dict[str, float]) -> bool:
        """A round is done, these are its losses by the rows they are of; whether it was the last. Number `begin` is not a
        round, but what is there before the first."""
        return False

    def wants_models(self) -> bool:
        """Whether the model so far is wanted after every round."""
        return False

    def after_round(self, model: _native.Model) -> bool:
        """The model after a round; whether it was the last."""
        return False

    # The fit.

    def rows(self, rows: _Rows) -> _Rows:
        """The rows that learn, with those that are held out, as the native fit is to see them."""
        places = self.divided(rows)
        self.before(rows, None if places is None else places[0])
        if places is not None:
            learn, held_out = places
            rows, valid = taken(rows, learn), taken(rows, held_out)
            rows.valid = valid
        return self.owner._as_fitted(rows)

    def run(self, settings: dict[str, Any], rows: _Rows, threads: int) -> Any:
        """The native fit; what it came to goes into the owner."""
        owner = self.owner
        found = _native.fit(
            owner._kind,
            as_json(settings),
            rows,
            valid=rows.valid,
            init=self.model,
            seed=owner._first_seed,
            threads=threads,
            listener=Listeners([*self.listeners(), _Ear(self)]),
            callback=self.after_round if self.wants_models() else None,
        )
        model, outcome, reason, steps, interrupted, traces = found
        self.keep(model, {split: dict(points) for split, _, points in traces})
        if self.stopped is not None and outcome == "stopped" and not interrupted:
            outcome, reason = "converged", self.stopped
        return model, outcome, reason, steps, interrupted, traces

    def keep(self, model: _native.Model, losses: dict[str, dict[int, float]]) -> None:
        """Set the attributes of the owner that tell the fit's course."""

    def stop(self, reason: str) -> bool:
        """End the fit after this round."""
        self.stopped = reason
        return True


class _Ear:
    """What tells a course of its rounds."""

    def __init__(self, course: Course) -> None:
        self.course = course

    def step(self, step: int, metrics: dict[str, float]) -> bool:
        return self.course.round(step, {name.rsplit(" ", 1)[0]: value for name, value in metrics.items()})

"""What is seen of a fit of `HistGradientBoosting*` round by round."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from . import _native
from ._base import _Rows
from ._course import Course
from ._data import rows_of
from ._early import ScorePatience, divide, scorer_of
from ._progress import Bar

if TYPE_CHECKING:
    from ._typing import ArrayLike, MatrixLike

#: Training rows that a scorer is given, at most.
_SCORED = 10_000

#: Losses whose halves scikit-learn takes.
_HALVED = ("squared_error", "poisson", "gamma")


class HistCourse(Course):
    """Scores of every round on training and validation rows, early stopping.

    Parameters
    ----------
    owner : estimator
    X, y : array-like
        As they were given to the fit.
    held_out : tuple or None
        X, y and weights of the held-out rows, if they were given.
    """

    def __init__(self, owner: Any, X: MatrixLike, y: ArrayLike, held_out: tuple[Any, Any, Any] | None) -> None:
        super().__init__(owner, X)
        if self.model is not None and owner.max_iter < self.begin:
            raise ValueError(
                f"max_iter={owner.max_iter} must be larger than or equal to n_iter_={self.begin} when warm_start==True"
            )
        if self.model is None:
            owner._split_seed = owner._draw_split_seed()
        self.y, self.held_out = y, held_out
        kept = self.model is not None and hasattr(owner, "train_score_")
        self.train: list[float] = list(owner.train_score_) if kept else []
        self.valid: list[float] = list(owner.validation_score_) if kept else []
        self.scorer: Any = None
        self.patience = ScorePatience(owner.n_iter_no_change, owner.tol)

    def divided(self, rows: _Rows) -> tuple[np.ndarray, np.ndarray] | None:
        owner = self.owner
        early = owner.early_stopping
        owner.do_early_stopping_ = bool(len(rows.target) > 10_000 if isinstance(early, str) else early)
        owner.n_trees_per_iteration_ = len(owner.classes_) if owner._task == "classification" and len(owner.classes_) > 2 else 1
        places = None
        if owner.do_early_stopping_ and self.held_out is None and owner.validation_fraction is not None:
            strata = rows.target if owner._task == "classification" else None
            places = divide(len(rows.target), owner.validation_fraction, strata, owner._split_seed)
        if owner.do_early_stopping_ and owner.scoring != "loss":
            self._prepare_scores(rows, places)
        return places

    def _prepare_scores(self, rows: _Rows, places: tuple[np.ndarray, np.ndarray] | None) -> None:
        """What a scorer is shown: rows as they were given."""
        self.scorer = scorer_of(self.owner, self.owner.scoring)
        learn = np.arange(len(rows.target)) if places is None else places[0]
        if len(learn) > _SCORED:
            strata = rows.target[learn] if self.owner._task == "classification" else None
            learn = learn[divide(len(learn), _SCORED, strata, self.owner._split_seed)[1]]
        y = np.asarray(self.y).ravel()
        self.seen = self._shown(rows_of(self.X, learn), y[learn], None if rows.weight is None else rows.weight[learn])
        self.unseen = None
        if self.held_out is not None:
            self.unseen = self._shown(*self.held_out)
        elif places is not None:
            test = places[1]
            weight = None if rows.weight is None else rows.weight[test]
            self.unseen = self._shown(rows_of(self.X, test), y[test], weight)

    @staticmethod
    def _shown(X: MatrixLike, y: ArrayLike, weight: Any) -> tuple[Any, Any, dict[str, Any]]:
        return X, y, {} if weight is None else {"sample_weight": weight}

    def listeners(self) -> list[Any]:
        return [Bar(type(self.owner).__name__)] if self.owner.verbose else []

    def wants_models(self) -> bool:
        return self.scorer is not None

    def after_round(self, model: _native.Model) -> bool:
        if not self.train:
            self._score(model.first(0))
        self._score(model)
        return self._enough(model.rounds)

    def _score(self, model: _native.Model) -> None:
        self.owner.model_ = model
        for shown, scores in ((self.seen, self.train), (self.unseen, self.valid)):
            if shown is not None:
                X, y, weight = shown
                scores.append(float(self.scorer(self.owner, X, y, **weight)))

    def round(self, step: int, losses: dict[str, float]) -> bool:
        if self.scorer is not None or not self.owner.do_early_stopping_:
            return False
        if step == self.begin and self.train:
            # Where a fit goes on, the scores so far are known.
            return False
        factor = self._factor()
        self.train.append(-factor * losses["train"])
        if "valid" in losses:
            self.valid.append(-factor * losses["valid"])
        return step > self.begin and self._enough(step)

    def _factor(self) -> float:
        return 0.5 if self.owner.loss in _HALVED else 1.0

    def _enough(self, step: int) -> bool:
        if self.patience.stops(self.valid or self.train):
            return self.stop(f"no better score in the {self.patience.rounds} rounds before round {step}")
        return False

    def keep(self, model: _native.Model, losses: dict[str, dict[int, float]]) -> None:
        self.owner.train_score_, self.owner.validation_score_ = np.asarray(self.train), np.asarray(self.valid)

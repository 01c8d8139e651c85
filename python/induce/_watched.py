"""A fit of boosted trees whose every round is judged on rows and by metrics that were named, and heard by callbacks.

The scores of the rows are kept, and only a round's own trees are added to them.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

from . import _native
from ._base import _Rows, as_json
from ._named_metrics import Metric


class Watched(NamedTuple):
    """Rows that every round is judged on."""

    name: str
    table: Any
    target: np.ndarray
    weight: np.ndarray
    groups: np.ndarray | None
    #: Scores that the trees are added to, (rows, outputs).
    offset: np.ndarray | None


class Judged(NamedTuple):
    """A metric of a round, in the order in which LightGBM's callbacks read it."""

    dataset_name: str
    metric_name: str
    metric_value: float
    maximize: bool
    metric_std_dev: float | None = None

    def is_cv_result(self) -> bool:
        """Whether it is of a cross-validation: never."""
        return False


def means(objective: str, margins: np.ndarray) -> np.ndarray:
    """Predictions of scores (rows, outputs): quantities, the second class's probability, or all classes'."""
    if objective == "softmax":
        chances = np.exp(margins - margins.max(axis=1, keepdims=True))
        return chances / chances.sum(axis=1, keepdims=True)
    score = margins[:, 0] if margins.shape[1] == 1 else margins
    if objective in ("logistic", "exponential"):
        odds = np.exp(-np.abs(score))
        return np.where(score > 0, 1 / (1 + odds), odds / (1 + odds))
    return np.exp(score) if objective in ("poisson", "gamma", "tweedie") else score


def objective_of(model: _native.Model) -> str:
    """The name of a boosted model's loss."""
    return str(json.loads(model.settings)["objective"])


class Scores:
    """The scores of some rows, round by round."""

    def __init__(self, watched: Watched, whole: bool, threads: int) -> None:
        self.watched, self.threads = watched, threads
        #: Whether earlier trees change, as with DART.
        self.whole = whole
        self.rounds, self.margins = 0, np.zeros((0, 0))

    def after(self, model: _native.Model) -> np.ndarray:
        """The scores by all rounds of a model that has grown."""
        table, offset = self.watched.table, self.watched.offset
        if self.whole or self.rounds == 0:
            self.margins = model.margins(table, self.threads)
            if offset is not None:
                self.margins = self.margins + offset
        elif model.rounds > self.rounds:
            start = model.between(0, 0).margins(table, self.threads)
            self.margins = self.margins + model.between(self.rounds, model.rounds).margins(table, self.threads) - start
        self.rounds = model.rounds
        return self.margins


class Patience:
    """Early stopping by one series or by any of several: how many rounds, and by how much a value must be better."""

    def __init__(self, rounds: int, watches: Callable[[list[Judged]], list[Judged]], delta: float = 0.0) -> None:
        self.rounds, self.watches, self.delta = rounds, watches, delta
        self.best: dict[tuple[str, str], tuple[float, int]] = {}

    def ended(self, step: int, judged: list[Judged]) -> int | None:
        """The best round if it has been enough."""
        for one in self.watches(judged):
            key = (one.dataset_name, one.metric_name)
            sign = 1.0 if one.maximize else -1.0
            best, at = self.best.get(key, (-np.inf, step))
            if sign * one.metric_value > best + self.delta or key not in self.best:
                self.best[key] = (sign * one.metric_value, step)
            elif step - at >= self.rounds:
                return at
        return None

    def best_round(self) -> int | None:
        """The best round of the series that is watched first."""
        return next(iter(self.best.values()))[1] if self.best else None


class WatchedFit:
    """One fit, its rounds judged.

    Parameters
    ----------
    owner : estimator
    sets : callable
        Makes the rows that are judged, once the columns and classes of the fit are known.
    metrics : callable
        Makes the metrics for the name of the loss.
    patience : Patience or None
    callbacks : list of callables
        Each is shown (model, round from 0, what was judged, all that was judged before); True ends the fit.
    """

    def __init__(
        self,
        owner: Any,
        sets: Callable[[], list[Watched]],
        metrics: Callable[[str], list[Metric]],
        patience: Patience | None,
        callbacks: list[Callable[..., Any]],
        init: _native.Model | None = None,
    ) -> None:
        self.owner, self.sets, self.metrics = owner, sets, metrics
        self.patience, self.callbacks, self.init = patience, callbacks, init
        self.history: dict[str, dict[str, list[float]]] = {}
        #: The best round, from 1, where early stopping or a callback has said one.
        self.best: int | None = None
        self.reason: str | None = None

    def run(self, settings: dict[str, Any], rows: _Rows, threads: int) -> Any:
        """The native fit; the model is of the rounds to the best one if early stopping was asked for."""
        owner = self.owner
        watched = self.sets()
        begin = 0 if self.init is None else self.init.rounds
        scores = [Scores(own, settings.get("dart_rate", 0.0) > 0, threads) for own in watched]
        named: list[Metric] = []

        def after_round(model: _native.Model) -> bool:
            objective = objective_of(model)
            if not named:
                named.extend(self.metrics(objective))
            judged: list[Judged] = []
            for own in scores:
                prediction = means(objective, own.after(model))
                for metric in named:
                    judged += _judged(metric, own.watched, prediction)
            return self._heard(model, model.rounds - 1 - begin, begin, judged)

        found = _native.fit(
            owner._kind,
            as_json(settings | {"early_stopping": 0} | ({"rounds": settings["rounds"] + begin} if begin else {})),
            rows,
            init=self.init,
            seed=owner._seed(),
            threads=threads,
            time=getattr(owner, "max_time", None),
            listener=owner._listener(),
            callback=after_round if scores or self.callbacks else None,
        )
        return self._kept(found, begin)

    def _heard(self, model: _native.Model, step: int, begin: int, judged: list[Judged]) -> bool:
        for one in judged:
            self.history.setdefault(one.dataset_name, {}).setdefault(one.metric_name, []).append(one.metric_value)
        ends = False
        for callback in self.callbacks:
            ends = callback(model, step, judged, self.history) is True or ends
        if self.patience is not None and (at := self.patience.ended(step, judged)) is not None:
            self.best = at + 1
            self.reason = f"no better round than {at + 1} in {self.patience.rounds} rounds"
            ends = True
        return ends

    def _kept(self, found: Any, begin: int) -> Any:
        model, outcome, reason, steps, interrupted, traces = found
        if self.patience is not None and self.best is None:
            best = self.patience.best_round()
            self.best = None if best is None else best + 1
        if self.best is not None:
            model = model.first(begin + self.best)
        if self.reason is not None and outcome == "stopped" and not interrupted:
            outcome, reason = "converged", self.reason
        return model, outcome, reason, steps, interrupted, traces


def _judged(metric: Metric, watched: Watched, prediction: np.ndarray) -> list[Judged]:
    value: Any = metric.value(watched.target, prediction, watched.weight, watched.groups)
    if isinstance(value, (list, tuple)):
        # A user's own metric in LightGBM's manner says its name, and whether larger is better; or several do.
        own = value if isinstance(value, list) else [value]
        return [Judged(watched.name, str(name), float(number), bool(larger)) for name, number, larger in own]
    return [Judged(watched.name, metric.name, float(value), metric.larger_is_better)]

"""Several models on the same folds, and a search of the settings of one."""

from __future__ import annotations

import html
import json
import time
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from . import _native
from ._base import _Rows, as_json, seed_of, threads_of
from ._compat import HAS_SKLEARN, clone, column_or_1d
from ._data import rows_of
from ._registry import class_of
from ._words import spoken
from .metrics import evaluate, kind_of

if TYPE_CHECKING:
    from ._typing import ArrayLike, MatrixLike

#: The metric that decides.
_METRICS = {"regression": "rmse", "classification": "log_loss", "clustering": "adjusted_rand"}

#: Metrics of which more is better.
_GAINS = ("adjusted_rand",)

#: What the command line compares if no model is named.
_USUAL = {
    "regression": ("boost", "forest", "tree", "linear"),
    "classification": ("boost", "forest", "tree", "logistic"),
    "clustering": ("kmeans", "gmm", "dp-means"),
}


class Compared(NamedTuple):
    """How one model did on the folds.

    `low` and `high` are the ends of the 95 % interval of `mean` by the corrected resampled t-test (Nadeau & Bengio 2003);
    `behind` is the mean, and the ends, of how much worse it is than the best, None for the best.
    """

    name: str
    mean: float
    low: float
    high: float
    behind: tuple[float, float, float] | None
    values: tuple[float, ...]
    fit_seconds: float


class Comparison(list[Compared]):
    """Models in the order of a metric, the best first.

    Attributes
    ----------
    metric : str
    """

    def __init__(self, metric: str, models: Iterable[Compared]) -> None:
        super().__init__(models)
        self.metric = metric

    def _cells(self) -> list[list[str]]:
        head = ["model", self.metric, "95 % interval", "behind the best", "fit"]
        rows = [
            [own.name, f"{own.mean:.5g}", f"{own.low:.5g} - {own.high:.5g}",
             "best" if own.behind is None else "{:.4g} ({:.4g} - {:.4g})".format(*own.behind), f"{own.fit_seconds:.2f} s"]
            for own in self
        ]
        return [head, *rows]

    def __repr__(self) -> str:
        cells = self._cells()
        widths = [max(len(row[j]) for row in cells) for j in range(len(cells[0]))]
        return "\n".join("  ".join(cell.ljust(width) for cell, width in zip(row, widths)).rstrip() for row in cells)

    def _repr_html_(self) -> str:
        head, *rows = self._cells()
        lines = ["".join(f"<th>{html.escape(cell)}</th>" for cell in head)]
        lines += ["".join(f"<td>{html.escape(cell)}</td>" for cell in row) for row in rows]
        return "<table>" + "".join(f"<tr>{line}</tr>" for line in lines) + "</table>"


def compare(
    models: Mapping[str, Any] | Iterable[Any] | None,
    X: MatrixLike,
    y: ArrayLike | None = None,
    sample_weight: ArrayLike | None = None,
    *,
    task: str | None = None,
    cv: int = 5,
    random_state: int = 0,
    n_jobs: int | None = None,
) -> Comparison:
    """Fit models on the same folds and rank them, by the log loss of classes, the RMSE of a quantity, or the adjusted Rand index of
    clusters and known classes.

    Parameters
    ----------
    models : dict of str to model, list of models, or None
        A model is a name of the registry with settings, `"boost:rounds=50"`, as in `induce compare`, or an estimator of any
        package. None is a boosted model, a forest, a tree and a linear one; of clusters k-means, a mixture and DP-means.
    X : array-like or frame of shape (n_samples, n_features)
    y : array-like of shape (n_samples,)
        Of models of clusters the classes that these are held against, not learnt from.
    sample_weight : array-like of shape (n_samples,), default=None
    task : {"regression", "classification", "clustering"}, default=None
        None is found out: "clustering" if the models are such; else words, booleans, and few whole numbers are classes.
    cv : int, default=5
        Folds; of each class alike.
    random_state : int, default=0
        Deals the rows to the folds: those of `induce compare --seed`.
    n_jobs : int or None, default=None

    Returns
    -------
    Comparison
        A list of `Compared`, the best first, which shows as a table.

    Examples
    --------
    >>> import numpy as np
    >>> import induce
    >>> X = np.arange(60.0).reshape(-1, 1)
    >>> ranked = induce.compare(["tree", "linear"], X, 2 * X[:, 0] + 1)
    >>> ranked[0].name, ranked.metric
    ('linear', 'rmse')
    """
    models = [models] if isinstance(models, str) else models
    told = None if models is None else models if isinstance(models, Mapping) else dict(_named(models))
    rows = _rows(X, y, sample_weight, task or _task_of_models(() if told is None else told.values()))
    metric, threads, seed = _METRICS[rows.task], threads_of(n_jobs), seed_of(random_state)
    named = dict(_named(_USUAL[rows.task])).items() if told is None else told.items()
    folds = None
    found = []
    for name, model in named:
        if isinstance(model, str):
            kind, *words = model.split(":")
            with spoken():
                _, values, seconds = _native.compare(kind.strip(), words, rows, cv, seed, threads)
        else:
            folds = _native.folds(rows, cv, seed) if folds is None else folds
            values, seconds = _judged(model, X, np.asarray(y).ravel(), sample_weight, folds, metric)
        found.append(Compared(name, *_native.mean_of_folds(values), None, tuple(values), seconds))
    sign = -1.0 if metric in _GAINS else 1.0
    found.sort(key=lambda own: sign * own.mean)
    best = np.asarray(found[0].values) if found else np.zeros(0)
    rest = [own._replace(behind=_native.mean_of_folds((sign * (np.asarray(own.values) - best)).tolist())) for own in found[1:]]
    return Comparison(metric, [*found[:1], *rest])


def _named(models: Iterable[Any]) -> list[tuple[str, Any]]:
    """Models by name: their own, with a number if it comes again."""
    named: list[tuple[str, Any]] = []
    for model in models:
        name = model if isinstance(model, str) else type(model).__name__
        named.append((f"{name} ({len(named) + 1})" if name in dict(named) else name, model))
    return named


def _judged(
    model: Any, X: MatrixLike, y: np.ndarray, sample_weight: Any, folds: list[tuple[list[int], list[int]]], metric: str
) -> tuple[list[float], float]:
    """The metric of an estimator on every fold, and the seconds of its fits."""
    values, seconds = [], 0.0
    for train, test in folds:
        learn, held_out = np.asarray(train), np.asarray(test)
        weight = None if sample_weight is None else np.asarray(sample_weight, dtype=np.float64)
        own, clock = clone(model), time.perf_counter()
        # Clusters are held against classes, not learnt from them.
        truth = () if metric == "adjusted_rand" else (y[learn],)
        own.fit(rows_of(X, learn), *truth, **({} if weight is None else {"sample_weight": weight[learn]}))
        seconds += time.perf_counter() - clock
        if metric == "adjusted_rand":
            values.append(_agreement(own.predict(rows_of(X, held_out)), y[held_out], weight))
            continue
        held_weight = None if weight is None else weight[held_out]
        score = evaluate(own, rows_of(X, held_out), y[held_out], sample_weight=held_weight, metric=metric)
        values.append(next(iter(score.values())).value)
    return values, seconds


def _agreement(clusters: Any, classes: np.ndarray, weight: Any) -> float:
    """The adjusted Rand index of the clusters that an estimator predicts."""
    if not HAS_SKLEARN or weight is not None:
        reason = "without weights" if HAS_SKLEARN else "by scikit-learn, which is not installed"
        raise ValueError(f"clusters of an estimator are held against classes {reason}: name a model of the registry, such as 'kmeans'")
    from sklearn.metrics import adjusted_rand_score

    return float(adjusted_rand_score(classes, clusters))


class Trial(NamedTuple):
    """One set of settings, evaluated: what was drawn (empty for the defaults), with which fraction of the rows."""

    settings: str
    fraction: float
    value: float
    seconds: float


class Tuned:
    """What a search of settings came to.

    Attributes
    ----------
    estimator_ : estimator
        The best settings, fitted to all rows.
    best : Trial
    default : Trial or None
        The defaults on all rows, if time allowed.
    trials : list of Trial
    settings : dict
        All settings of the best trial.
    metric : str
    reason : str
        Why the search ended.
    """

    def __init__(self, estimator: Any, found: dict[str, Any]) -> None:
        self.estimator_ = estimator
        self.metric: str = found["metric"]
        self.best = Trial(*found["best"])
        self.default = None if found["default"] is None else Trial(*found["default"])
        self.trials = [Trial(*own) for own in found["trials"]]
        self.settings: dict[str, Any] = json.loads(found["settings"])
        self.reason: str = found["reason"]

    def __repr__(self) -> str:
        drawn = self.best.settings or "the defaults"
        beside = "" if self.default is None else f", the defaults {self.default.value:.5g}"
        return f"Tuned({drawn}: {self.metric} {self.best.value:.5g}{beside}; {self.reason})"


def tune(
    model: str,
    X: MatrixLike,
    y: ArrayLike | None = None,
    sample_weight: ArrayLike | None = None,
    *,
    task: str | None = None,
    trials: int = 50,
    max_time: float | None = None,
    random_state: int = 0,
    n_jobs: int | None = None,
) -> Tuned:
    """Search the settings of a model at random, with successive halving (Bergstra & Bengio 2012; Jamieson & Talwalkar 2016).

    Parameters
    ----------
    model : str
        A name of the registry, with the settings that are to stay: `"boost:learning_rate=0.1"`.
    X : array-like or frame of shape (n_samples, n_features)
    y : array-like of shape (n_samples,)
        Of a model of clusters the classes that these are held against, not learnt from.
    sample_weight : array-like of shape (n_samples,), default=None
    task : {"regression", "classification", "clustering"}, default=None
        None is found out, as by `compare`.
    trials : int, default=50
        Sets of settings, the defaults among them.
    max_time : float, default=None
        Seconds after which the search ends.
    random_state : int, default=0
    n_jobs : int or None, default=None

    Returns
    -------
    Tuned
    """
    rows = _rows(X, y, sample_weight, task or _task_of_models([model]))
    threads, seed = threads_of(n_jobs), seed_of(random_state)
    kind, *words = model.split(":")
    with spoken():
        found = _native.tune(kind, words, rows, trials, seed, threads, max_time)
    if rows.task == "clustering":
        # The classes have judged; the final fit learns from the rows alone.
        rows.target = None
    fitted = _native.fit(kind, as_json(json.loads(found["settings"])), rows, seed=seed, threads=threads)[0]
    estimator = class_of(kind, rows.task)()._adopt(fitted)
    if rows.task == "classification":
        estimator.classes_ = np.unique(np.asarray(y).ravel())
    return Tuned(estimator, found | {"metric": _METRICS[rows.task]})


def _task_of_models(models: Iterable[Any]) -> str | None:
    """The task that models can do nothing else than, if that is to find clusters."""
    kinds = {_is_of_clusters(model) for model in models}
    if kinds == {True, False}:
        raise ValueError("models of clusters and models of a target have no metric in common: compare them apart")
    return "clustering" if kinds == {True} else None


def _is_of_clusters(model: Any) -> bool:
    if isinstance(model, str):
        known = _native.models().get(model.split(":")[0].strip())
        return known is not None and known["tasks"] == ["clustering"]
    return kind_of(model) in ("clusterer", "density_estimator")


def _rows(X: MatrixLike, y: ArrayLike | None, sample_weight: Any, task: str | None) -> _Rows:
    """Rows for a model of the registry."""
    if y is None:
        if task == "clustering":
            raise ValueError("y is None, and clusters are held against known classes here\nhint: hand the classes over as y; `score` judges one model without")
        raise ValueError("y is None, and there is nothing to predict: name a target")
    y = column_or_1d(np.asarray(y))
    task = task or _task(y)
    if task not in _METRICS:
        raise ValueError(f"task == {task!r} is none of {', '.join(_METRICS)}")
    if task == "clustering":
        return _labelled(X, y, sample_weight)
    own = class_of("boost", task)()
    table, _ = own._table(X, None, reset=True, threads=threads_of(None))
    target = own._target(y)
    if len(table) != len(target):
        raise ValueError(f"X has {len(table)} rows, y has {len(target)}")
    rows = _Rows(table, target, own._own_weight(sample_weight, target))
    rows.task, rows.classes = task, own._class_names()
    return rows


def _labelled(X: MatrixLike, y: np.ndarray, sample_weight: Any) -> _Rows:
    """Rows of clusters beside the classes that these are held against."""
    rows = class_of("kmeans", "clustering")()._read(X, sample_weight)
    classes, codes = np.unique(y, return_inverse=True)
    if len(codes) != len(rows.table):
        raise ValueError(f"X has {len(rows.table)} rows, y has {len(codes)}")
    rows.target, rows.classes = codes.astype(np.float64), [str(name) for name in classes]
    return rows


def _task(y: np.ndarray) -> str:
    """What the command line takes a target for."""
    if y.dtype.kind not in "fiu":
        return "classification"
    different = np.unique(y)
    few = len(different) <= 2 or (len(different) <= 20 and (y == np.floor(y)).all() and 10 * len(different) <= len(y))
    return "classification" if few else "regression"

"""Metrics of held-out rows under the names of XGBoost and LightGBM.

A metric is of targets y, predictions f (quantities, probabilities of the second of two classes, or of every class, of shape
(n_samples, n_classes)), weights w that are never None, and the queries' numbers of the rows.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

#: Probabilities are kept so far from 0 and 1.
_TINY = 1e-16


class Metric(NamedTuple):
    """A metric under the name it is recorded by."""

    name: str
    #: Of targets, predictions, weights, and the rows' queries.
    value: Callable[[np.ndarray, np.ndarray, np.ndarray, Any], float]
    larger_is_better: bool = False


def _mean(values: np.ndarray, w: np.ndarray) -> float:
    return float(np.average(values, weights=w))


def _of_rows(loss: Callable[[np.ndarray, np.ndarray], np.ndarray]) -> Callable[..., float]:
    """The weighted mean of a loss of single rows."""
    return lambda y, f, w, queries: _mean(loss(y, f), w)


def _log_loss(y: np.ndarray, f: np.ndarray) -> np.ndarray:
    f = np.clip(f, _TINY, 1 - _TINY)
    return -(y * np.log(f) + (1 - y) * np.log1p(-f))


def _log_loss_of_classes(y: np.ndarray, f: np.ndarray) -> np.ndarray:
    f = np.column_stack([1 - f, f]) if f.ndim == 1 else f
    return -np.log(np.clip(f[np.arange(len(y)), y.astype(np.intp)], _TINY, 1.0))


def _error_of_classes(y: np.ndarray, f: np.ndarray) -> np.ndarray:
    return y != (f.argmax(axis=1) if f.ndim == 2 else f > 0.5)


def _pinball(alpha: float) -> Callable[[np.ndarray, np.ndarray], np.ndarray]:
    return lambda y, f: np.where(y >= f, alpha * (y - f), (1 - alpha) * (f - y))


def _huber(alpha: float) -> Callable[[np.ndarray, np.ndarray], np.ndarray]:
    def loss(y: np.ndarray, f: np.ndarray) -> np.ndarray:
        d = np.abs(y - f)
        return np.where(d <= alpha, 0.5 * d * d, alpha * (d - 0.5 * alpha))

    return loss


def _log_factorial(y: np.ndarray) -> np.ndarray:
    from math import lgamma

    return np.asarray([lgamma(value + 1) for value in y])


def _tweedie(rho: float) -> Callable[[np.ndarray, np.ndarray], np.ndarray]:
    return lambda y, f: -y * f ** (1 - rho) / (1 - rho) + f ** (2 - rho) / (2 - rho)


def _area(y: np.ndarray, f: np.ndarray, w: np.ndarray) -> float:
    """The area under the ROC curve of one score: the weight of pairs in order, ties counting half."""
    order = np.argsort(f, kind="stable")
    y, f, w = y[order] > 0, f[order], w[order]
    starts = np.flatnonzero(np.r_[True, f[1:] != f[:-1]])
    positive = np.add.reduceat(np.where(y, w, 0.0), starts)
    negative = np.add.reduceat(np.where(y, 0.0, w), starts)
    pairs = positive.sum() * negative.sum()
    below = np.cumsum(negative) - negative
    return float((positive * (below + 0.5 * negative)).sum() / pairs) if pairs > 0 else 0.5


def _auc(y: np.ndarray, f: np.ndarray, w: np.ndarray, queries: Any) -> float:
    if f.ndim == 1:
        return _area(y, f, w)
    # One class against the rest, by the classes' weights, as XGBoost does it.
    shares = [w[y == k].sum() for k in range(f.shape[1])]
    areas = [_area((y == k) + 0.0, f[:, k], w) for k in range(f.shape[1])]
    return float(np.average(areas, weights=shares))


def _average_precision(y: np.ndarray, f: np.ndarray, w: np.ndarray, queries: Any) -> float:
    if f.ndim == 2:
        shares = [w[y == k].sum() for k in range(f.shape[1])]
        own = [_average_precision((y == k) + 0.0, f[:, k], w, None) for k in range(f.shape[1])]
        return float(np.average(own, weights=shares))
    order = np.argsort(-f, kind="stable")
    hit, w = w[order] * (y[order] > 0), w[order]
    ends = np.flatnonzero(np.r_[f[order][1:] != f[order][:-1], True])
    found, seen = np.cumsum(hit)[ends], np.cumsum(w)[ends]
    return float((np.diff(np.r_[0.0, found]) * found / seen).sum() / found[-1]) if found[-1] > 0 else 0.0


def _interpolated_precision(y: np.ndarray, f: np.ndarray, w: np.ndarray, queries: Any) -> float:
    """The area under the precision-recall curve with hyperbolas between its points (Davis & Goadrich 2006), as XGBoost has it."""
    if f.ndim == 2:
        shares = [w[y == k].sum() for k in range(f.shape[1])]
        own = [_interpolated_precision((y == k) + 0.0, f[:, k], w, None) for k in range(f.shape[1])]
        return float(np.average(own, weights=shares))
    order = np.argsort(-f, kind="stable")
    hit, miss = w[order] * (y[order] > 0), w[order] * (y[order] <= 0)
    ends = np.flatnonzero(np.r_[f[order][1:] != f[order][:-1], True])
    total = hit.sum()
    if total <= 0 or miss.sum() <= 0:
        return 0.0
    recall, fall = np.r_[0.0, np.cumsum(hit)[ends]] / total, np.r_[0.0, np.cumsum(miss)[ends]] / total
    gained = np.diff(recall) > 0
    before, after, missed = recall[:-1][gained], recall[1:][gained], fall[:-1][gained]
    slope = 1 + np.diff(fall)[gained] / (after - before)
    at = missed - (slope - 1) * before
    with np.errstate(divide="ignore", invalid="ignore"):
        bent = (after - before - at / slope * (np.log(slope * after + at) - np.log(slope * before + at))) / slope
    return float(np.where(at == 0, (after - before) / slope, bent).sum())


def _by_query(own: Callable[[np.ndarray], float]) -> Callable[..., float]:
    """The mean over queries of something of their relevances, best score first."""

    def mean(y: np.ndarray, f: np.ndarray, w: np.ndarray, queries: Any) -> float:
        queries = np.zeros(len(y)) if queries is None else np.asarray(queries)
        ends = np.flatnonzero(np.r_[queries[1:] != queries[:-1], True]) + 1
        parts = zip(np.r_[0, ends[:-1]], ends)
        return float(np.mean([own(y[a:b][np.argsort(-f[a:b], kind="stable")]) for a, b in parts]))

    return mean


def _ndcg(depth: int) -> Callable[[np.ndarray], float]:
    def own(relevance: np.ndarray) -> float:
        most = depth or len(relevance)
        discount = 1 / np.log2(np.arange(2, len(relevance) + 2))
        gain = (2.0**relevance - 1)[:most] @ discount[:most]
        best = (2.0 ** np.sort(relevance)[::-1] - 1)[:most] @ discount[:most]
        # A query without a relevant row is in order, in both packages.
        return gain / best if best > 0 else 1.0

    return own


def _map(depth: int) -> Callable[[np.ndarray], float]:
    def own(relevance: np.ndarray) -> float:
        most = depth or len(relevance)
        hit = (relevance > 0)[:most]
        if not hit.any():
            return 1.0 if not (relevance > 0).any() else 0.0
        precision = np.cumsum(hit) / np.arange(1, len(hit) + 1)
        return float((precision * hit).sum() / min(most, (relevance > 0).sum()))

    return own


def _rmse(y: np.ndarray, f: np.ndarray, w: np.ndarray, queries: Any) -> float:
    return float(np.sqrt(_mean((y - f) ** 2, w)))


def _rmsle(y: np.ndarray, f: np.ndarray, w: np.ndarray, queries: Any) -> float:
    return _rmse(np.log1p(y), np.log1p(f), w, queries)


_SQUARE = _of_rows(lambda y, f: (y - f) ** 2)
_ABSOLUTE = _of_rows(lambda y, f: np.abs(y - f))
_PERCENT = _of_rows(lambda y, f: np.abs((y - f) / np.maximum(np.abs(y), 1.0)))
_POISSON = _of_rows(lambda y, f: f - y * np.log(np.maximum(f, _TINY)))
_GAMMA = _of_rows(lambda y, f: y / f + np.log(f))
_GAMMA_DEVIANCE = _of_rows(lambda y, f: 2 * (np.log(f / y) + y / f - 1))
_ERROR = _of_rows(lambda y, f: y != (f > 0.5))

#: XGBoost's metrics without a parameter: value, and whether larger is better.
_XGBOOST: dict[str, tuple[Callable[..., float], bool]] = {
    "rmse": (_rmse, False),
    "rmsle": (_rmsle, False),
    "mae": (_ABSOLUTE, False),
    "mape": (_of_rows(lambda y, f: np.abs((y - f) / y)), False),
    "logloss": (_of_rows(_log_loss), False),
    "error": (_ERROR, False),
    "mlogloss": (_of_rows(_log_loss_of_classes), False),
    "merror": (_of_rows(_error_of_classes), False),
    "auc": (_auc, True),
    "aucpr": (_interpolated_precision, True),
    "poisson-nloglik": (_of_rows(lambda y, f: f - y * np.log(np.maximum(f, _TINY)) + _log_factorial(y)), False),
    "gamma-nloglik": (_GAMMA, False),
    "gamma-deviance": (_GAMMA_DEVIANCE, False),
    "ndcg": (_by_query(_ndcg(0)), True),
    "map": (_by_query(_map(0)), True),
}

#: LightGBM's metrics without a parameter.
_LIGHTGBM: dict[str, tuple[Callable[..., float], bool]] = {
    "l1": (_ABSOLUTE, False),
    "l2": (_SQUARE, False),
    "rmse": (_rmse, False),
    "mape": (_PERCENT, False),
    "poisson": (_POISSON, False),
    "gamma": (_GAMMA, False),
    "gamma_deviance": (_GAMMA_DEVIANCE, False),
    "fair": (_of_rows(lambda y, f: np.abs(y - f) - np.log1p(np.abs(y - f))), False),
    "binary_logloss": (_of_rows(_log_loss), False),
    "binary_error": (_ERROR, False),
    "multi_logloss": (_of_rows(_log_loss_of_classes), False),
    "multi_error": (_of_rows(_error_of_classes), False),
    "cross_entropy": (_of_rows(_log_loss), False),
    "auc": (_auc, True),
    "average_precision": (_average_precision, True),
}

_LIGHTGBM_ALIASES = {
    **dict.fromkeys(("mean_absolute_error", "mae", "regression_l1"), "l1"),
    **dict.fromkeys(("mean_squared_error", "mse", "regression_l2", "regression"), "l2"),
    **dict.fromkeys(("root_mean_squared_error", "l2_root"), "rmse"),
    "mean_absolute_percentage_error": "mape",
    "binary": "binary_logloss",
    **dict.fromkeys(("multiclass", "softmax", "multiclassova"), "multi_logloss"),
    "xentropy": "cross_entropy",
    **dict.fromkeys(("lambdarank", "rank_xendcg", "xendcg"), "ndcg"),
    "mean_average_precision": "map",
}


def of_xgboost(name: str, quantile: float, power: float) -> Metric:
    """XGBoost's metric called `name`, such as `logloss`, `ndcg@5`, `error@0.7`.

    Raises
    ------
    ValueError
        If there is none.
    """
    stem, _, parameter = name.partition("@")
    if name in _XGBOOST:
        return Metric(name, *_XGBOOST[name])
    try:
        if stem in ("ndcg", "map") and parameter:
            own = {"ndcg": _ndcg, "map": _map}[stem](int(parameter.rstrip("-")))
            return Metric(name, _by_query(own), True)
        if stem == "error" and parameter:
            least = float(parameter)
            return Metric(name, _of_rows(lambda y, f: y != (f > least)))
        if stem == "tweedie-nloglik":
            return Metric(name, _of_rows(_tweedie(float(parameter or power))))
    except ValueError as error:
        raise ValueError(f"eval_metric={name!r}: {parameter!r} is no number") from error
    if name == "quantile":
        return Metric(name, _of_rows(_pinball(quantile)))
    known = ", ".join([*_XGBOOST, "error@T", "ndcg@N", "map@N", "quantile", "tweedie-nloglik@P"])
    raise ValueError(f"Unknown metric function {name}: eval_metric may be a callable, or {known}")


def of_lightgbm(name: str, alpha: float, power: float, positions: Any) -> list[Metric]:
    """LightGBM's metrics called `name`: several for positions of a query.

    Raises
    ------
    ValueError
        If there is none.
    """
    name = _LIGHTGBM_ALIASES.get(name, name)
    if name in _LIGHTGBM:
        return [Metric(name, *_LIGHTGBM[name])]
    own: dict[str, Callable[[np.ndarray, np.ndarray], np.ndarray]] = {
        "quantile": _pinball(alpha), "huber": _huber(alpha), "tweedie": _tweedie(power)
    }
    if name in own:
        return [Metric(name, _of_rows(own[name]))]
    ranked = {"ndcg": _ndcg, "map": _map}
    stem, _, parameter = name.partition("@")
    if stem in ranked:
        wanted = [int(parameter)] if parameter else [int(position) for position in positions]
        return [Metric(f"{stem}@{position}", _by_query(ranked[stem](position)), True) for position in wanted]
    known = ", ".join([*_LIGHTGBM, *own, *ranked])
    raise ValueError(f"Unknown metric {name!r}: it may be a callable, or {known}")

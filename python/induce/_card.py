"""What a model file says of the estimator that it was saved from: parameters, types of classes, how the fit ended.

The native half reads none of it: it is a part of the card of the training, under "python".
"""

from __future__ import annotations

import json
import numbers
from typing import Any

import numpy as np

#: Parameters that say how a fit is done and not what it finds: equal models are to have equal files.
_HOW = {"n_jobs", "verbose", "verbose_interval", "callbacks", "copy_x", "copy_X", "copy"}


def written(estimator: Any) -> str:
    """The card of an estimator's model file: that of the file which it came from, and what only Python knows."""
    card = json.loads(estimator.__dict__.get("_card", "{}"))
    own = {"class": type(estimator).__name__, "parameters": _parameters(estimator), "classes": _types(estimator), "fit": _fit(estimator)}
    kept = {name: getattr(estimator, name) for name in estimator._KEPT if name in estimator.__dict__}
    return json.dumps((card if isinstance(card, dict) else {}) | {"python": own | {"state": kept}}, allow_nan=False)


def _parameters(estimator: Any) -> dict[str, Any]:
    """The parameters that JSON can hold; any other is its default in an estimator that is opened."""
    found = {}
    for name, value in estimator.get_params(deep=False).items():
        try:
            plain = _plain(value)
        except TypeError:
            continue
        if name not in _HOW:
            found[name] = plain
    return found


def _plain(value: Any) -> Any:
    """A value in the types that JSON has."""
    if value is None or isinstance(value, (bool, np.bool_)):
        return None if value is None else bool(value)
    if isinstance(value, str):
        return str(value)
    if isinstance(value, numbers.Integral):
        return int(value)
    if isinstance(value, numbers.Real) and np.isfinite(value):
        return float(value)
    if isinstance(value, np.ndarray) and value.dtype.kind in "fiub":
        return _plain(value.tolist())
    if isinstance(value, (list, tuple)):
        return [_plain(own) for own in value]
    raise TypeError(f"JSON has no {type(value).__name__}")


def _fit(estimator: Any) -> dict[str, Any]:
    report = estimator.__dict__.get("fit_report_")
    if report is None:
        return {}
    own: dict[str, Any] = {"outcome": report.outcome, "reason": report.reason, "steps": int(report.steps)}
    if estimator._keeps_course:
        # A value that is no number has no place in JSON, and none in a course.
        own["traces"] = [
            [split, metric, [[step, value] for step, value in points.items() if np.isfinite(value)]]
            for split, metrics in report.traces.items()
            for metric, points in metrics.items()
        ]
    return own


def _types(estimator: Any) -> Any:
    """The types of classes, which the native half knows by their names alone."""
    classes = estimator.__dict__.get("classes_")
    return [_type(own) for own in classes] if isinstance(classes, list) else None if classes is None else _type(classes)


def _type(classes: Any) -> str | None:
    classes = np.asarray(classes)
    if classes.dtype.kind in "biuf":
        return classes.dtype.str
    words = classes.dtype.kind == "U" or all(isinstance(name, str) for name in classes.tolist())
    return classes.dtype.kind if words else None


def told(card: str) -> dict[str, Any]:
    """What the card says of the estimator; nothing, if the file is not Python's."""
    known = json.loads(card or "{}")
    own = known.get("python") if isinstance(known, dict) else None
    return own if isinstance(own, dict) else {}


def parameters_of(card: str, name: str, known: Any) -> dict[str, Any] | None:
    """The parameters that the card has for a class of this name; None if it has none."""
    own = told(card)
    if own.get("class") != name or not isinstance(own.get("parameters"), dict):
        return None
    return {parameter: value for parameter, value in own["parameters"].items() if parameter in known}


def classes_of(names: list[str], kind: Any = None) -> np.ndarray:
    """Classes of a type by their names; where the type is not known, whole numbers if all are such."""
    if kind in ("U", "O"):
        return np.asarray(names, dtype=object if kind == "O" else None)
    if kind is None:
        try:
            return np.asarray([int(name) for name in names])
        except ValueError:
            return np.asarray(names)
    dtype = np.dtype(kind)
    read = {"b": lambda name: name == "True", "f": float}.get(dtype.kind, int)
    return np.asarray([read(name) for name in names], dtype=dtype)

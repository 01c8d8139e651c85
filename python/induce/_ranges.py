"""What the parameters of a constructor may be, declared by class and said in one voice.

A class has `_RANGES = {"learning_rate": [Number(float, 0.0, None, "neither")], "max_depth": [Number(int, 1), None]}`;
`check(estimator)` raises an `InvalidParameterError` for the first that is nothing of what it may be. The words are
scikit-learn's, so that messages read alike whichever package an estimator is of.
"""

from __future__ import annotations

import math
import numbers
from typing import Any

import numpy as np


class InvalidParameterError(ValueError, TypeError):
    """A parameter is of another type, or out of its range."""


class Number:
    """A number of a kind, `int` or `float`, in a range.

    Parameters
    ----------
    kind : {int, float}
    low, high : number or None
        None is no bound.
    closed : {"left", "right", "both", "neither"}
        Which bounds belong to the range.
    whole : bool, default=True
        Whether whole numbers pass for floats.
    """

    def __init__(self, kind: type, low: Any = None, high: Any = None, closed: str = "left", *, whole: bool = True) -> None:
        self.kind, self.low, self.high, self.closed, self.whole = kind, low, high, closed, whole

    def admits(self, value: Any) -> bool:
        if isinstance(value, (bool, np.bool_)) or not isinstance(value, numbers.Real) or math.isnan(value):
            return False
        integral = isinstance(value, numbers.Integral)
        if integral and not self.whole or not integral and self.kind is int:
            return False
        low = -math.inf if self.low is None else self.low
        high = math.inf if self.high is None else self.high
        above = value >= low if self.closed in ("left", "both") else value > low
        below = value <= high if self.closed in ("right", "both") or self.high is None else value < high
        return bool(above and below)

    def __str__(self) -> str:
        def bound(value: Any, other: str) -> str:
            return other if value is None else str(value if self.kind is int else float(value))

        left = "[" if self.closed in ("left", "both") else "("
        right = "]" if self.closed in ("right", "both") else ")"
        kind = "an int" if self.kind is int else "a float"
        return f"{kind} in the range {left}{bound(self.low, '-inf')}, {bound(self.high, 'inf')}{right}"


class Word:
    """One of these strings."""

    def __init__(self, *words: str) -> None:
        self.words = words

    def admits(self, value: Any) -> bool:
        return isinstance(value, str) and value in self.words

    def __str__(self) -> str:
        return f"a str among {{{', '.join(map(repr, self.words))}}}"


class Having:
    """An object with these methods."""

    def __init__(self, *methods: str) -> None:
        self.methods = methods

    def admits(self, value: Any) -> bool:
        return all(callable(getattr(value, method, None)) for method in self.methods)

    def __str__(self) -> str:
        return f"an object implementing {' and '.join(map(repr, self.methods))}"


class Kind:
    """Anything that a test admits, under a name."""

    def __init__(self, name: str, test: Any) -> None:
        self.name, self.admits = name, test

    def __str__(self) -> str:
        return self.name


class _Nothing:
    def admits(self, value: Any) -> bool:
        return value is None

    def __str__(self) -> str:
        return "None"


FLAG = Kind("an instance of 'bool'", lambda value: isinstance(value, (bool, np.bool_)))
CALLABLE = Kind("a callable", callable)
TEXT = Kind("an instance of 'str'", lambda value: isinstance(value, str))
SEQUENCE = Kind("an array-like", lambda value: hasattr(value, "__len__") and not isinstance(value, (str, dict)))
TABLE = Kind("an instance of 'dict'", lambda value: isinstance(value, dict))
VERBOSE = Kind("an int in the range [0, inf) or an instance of 'bool'",
               lambda value: isinstance(value, (bool, np.bool_)) or isinstance(value, numbers.Integral) and value >= 0)


def check(estimator: Any, **more: list[Any]) -> None:
    """An error for the first parameter that is nothing of what its class, or `more`, says it may be.

    Raises
    ------
    InvalidParameterError
        Both a ValueError and a TypeError.
    """
    ranges = {**getattr(estimator, "_RANGES", {}), **more}
    check_values(type(estimator).__name__, {name: getattr(estimator, name) for name in ranges}, ranges)


def check_values(owner: str, values: dict[str, Any], ranges: dict[str, list[Any]]) -> None:
    """An error for the first of these values of a class or a function that is out of its range.

    Raises
    ------
    InvalidParameterError
    """
    for name, value in values.items():
        admitted = [_Nothing() if one is None else one for one in ranges[name]]
        if any(one.admits(value) for one in admitted):
            continue
        *others, last = map(str, admitted)
        what = f"{', '.join(others)} or {last}" if others else last
        raise InvalidParameterError(
            f"The {name!r} parameter of {owner} must be {what}. Got {value!r} instead."
        )

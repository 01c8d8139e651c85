"""Parameters in their ranges, refused in scikit-learn's words."""

from __future__ import annotations

import numbers
from collections.abc import Callable
from typing import Any

#: Whether a value is allowed, and how that is said.
Range = tuple[Callable[[Any], bool], str]


def whole(least: int) -> Range:
    """An int, at least so much."""
    is_whole = lambda value: isinstance(value, numbers.Integral) and not isinstance(value, bool)  # noqa: E731
    return lambda value: is_whole(value) and value >= least, f"an int in the range [{least}, inf)"


def real(low: float, high: float, closed: str = "[]") -> Range:
    """A float in an interval, whose ends belong to it where `closed` has a square bracket."""

    def allowed(value: Any) -> bool:
        if not isinstance(value, numbers.Real) or isinstance(value, bool):
            return False
        return (low < value or (closed[0] == "[" and low == value)) and (value < high or (closed[1] == "]" and value == high))

    return allowed, f"a float in the range {closed[0]}{float(low)}, {float(high)}{closed[1]}"


def share(low: float, high: float, closed: str) -> Range:
    """A float that is no int, in an interval."""
    allowed, said = real(low, high, closed)
    return lambda value: allowed(value) and not isinstance(value, numbers.Integral), said


def one_of(*names: str) -> Range:
    """One of these words."""
    said = ", ".join(repr(name) for name in sorted(names))
    return lambda value: isinstance(value, str) and value in names, f"a str among {{{said}}}"


#: Nothing.
NOTHING: Range = (lambda value: value is None, "None")


def check(estimator: Any, **ranges: tuple[Range, ...]) -> None:
    """An error for the first of these parameters that is in none of its ranges.

    Raises
    ------
    ValueError
        As scikit-learn words it.
    """
    for name, allowed in ranges.items():
        value = getattr(estimator, name)
        if not any(accepts(value) for accepts, _ in allowed):
            *most, last = [said for _, said in allowed]
            said = f"{', '.join(most)} or {last}" if most else last
            raise ValueError(f"The {name!r} parameter of {type(estimator).__name__} must be {said}. Got {value!r} instead.")

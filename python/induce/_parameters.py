"""What constructors do with their parameters."""

from __future__ import annotations

from typing import Any


def keep(estimator: Any, given: dict[str, Any]) -> None:
    """Keep the parameters of a constructor, `locals()` there, as attributes."""
    for name, value in given.items():
        if name not in ("self", "__class__", "kwargs"):
            setattr(estimator, name, value)


def only(estimator: Any, hint: str = "", **defaults: Any) -> None:
    """An error if one of these parameters is anything but the value it may have."""
    for name, default in defaults.items():
        value = getattr(estimator, name)
        if value is not default and not (isinstance(value, type(default)) and value == default):
            text = f"{type(estimator).__name__} does not support {name}={value!r}, only {default!r}"
            raise ValueError(f"{text}; {hint}" if hint else text)

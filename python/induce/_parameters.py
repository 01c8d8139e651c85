"""What constructors do with their parameters."""

from __future__ import annotations

import functools
import json
import warnings
from typing import TYPE_CHECKING, Any

from . import _native

if TYPE_CHECKING:
    from ._typing import Self

#: What docstrings say of parameters that say how a fit goes, not what is learnt.
FITTING = """    n_jobs : int or None, default=None
        Threads; None is all. The result does not depend on it.
    random_state : int, RandomState or None, default=0
    verbose : int, default=0
        Show a progress bar.
    callbacks : callable or list of callables, default=None
        Called with (step, metrics); True stops the fit.
    max_time : float, default=None
        Seconds after which the fit ends with the model it has come to."""


def keep(estimator: Any, given: dict[str, Any]) -> None:
    """Keep the parameters of a constructor, `locals()` there, as attributes."""
    for name, value in given.items():
        if name not in ("self", "__class__", "kwargs"):
            setattr(estimator, name, value)


def take_settings(estimator: Any, settings: dict[str, Any]) -> None:
    """Set an estimator's parameters to the registry's settings of a model, where they say the same of both.

    A setting that is none of what the parameter may be stands for its default: 0 for None.
    """
    names = getattr(estimator, "_NAMES", {})
    known = estimator.get_params(deep=False)
    for setting, value in settings.items():
        name = names.get(setting, setting)
        ranges = [_range for _range in estimator._RANGES.get(name, []) if _range is not None]
        if name in known and value != [] and any(one.admits(value) for one in ranges):
            setattr(estimator, name, value)


def only(estimator: Any, hint: str = "", **defaults: Any) -> None:
    """An error if one of these parameters is anything but the value it may have."""
    for name, default in defaults.items():
        value = getattr(estimator, name)
        if value is not default and not (isinstance(value, type(default)) and value == default):
            text = f"{type(estimator).__name__} does not support {name}={value!r}, only {default!r}"
            raise ValueError(f"{text}; {hint}" if hint else text)


def documented(kind: str, **otherwise: tuple[str, str] | None) -> str:
    """The settings of the model `kind` as the parameters of a docstring: what the registry says of them.

    Parameters
    ----------
    kind : str
        Its name in the registry.
    **otherwise
        Settings that Python calls or reads otherwise: their name and type here; None leaves one out.
    """
    lines = []
    for name, default, values, sentence in _native.models()[kind]["settings"]:
        said = otherwise.get(name, (name, _values(json.loads(default), values)))
        if said is not None:
            lines.append(f"    {said[0]} : {said[1]}\n        {sentence}.")
    return "\n".join(lines)


def _values(default: Any, values: str) -> str:
    """What a setting may be, as docstrings say it."""
    if isinstance(default, str):
        words = ", ".join(f'"{word}"' for word in values.split(" "))
        return f'{{{words}}}, default="{default}"'
    kind = type(default).__name__
    return f"{kind if kind == 'bool' else f'{kind} {values}'}, default={default}"


@functools.cache
def aliases_of(kind: str) -> dict[str, str]:
    """Names of earlier versions for settings of the model `kind`, and what they are called today."""
    return dict(_native.models()[kind]["aliases"])


class Renamed:
    """Mixin: parameters of earlier names are taken too, by the constructor and by `set_params`, with a warning."""

    _kind: str

    def __init_subclass__(cls, **more: Any) -> None:
        super().__init_subclass__(**more)
        own = cls.__dict__.get("__init__")
        if own is not None:
            # The signature stays that of today's names.
            @functools.wraps(own)
            def init(self: Any, **params: Any) -> None:
                own(self, **self._renamed(params))

            cls.__init__ = init  # type: ignore[method-assign]

    def _renamed(self, params: dict[str, Any]) -> dict[str, Any]:
        today = aliases_of(self._kind)
        for old in params.keys() & today.keys():
            text = f"the parameter {old!r} of {type(self).__name__} is called {today[old]!r} now"
            if today[old] in params:
                raise TypeError(f"{text}, and both are given")
            warnings.warn(text, DeprecationWarning, stacklevel=4)
        return {today.get(name, name): value for name, value in params.items()}

    def set_params(self, **params: Any) -> Self:
        """Set parameters by name.

        Returns
        -------
        self
        """
        return super().set_params(**self._renamed(params))  # type: ignore[misc]

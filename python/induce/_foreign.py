"""Parameters of other packages: their names, their aliases, and a plain word for what is not supported."""

from __future__ import annotations

import os
import warnings
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from . import _native
from ._base import _Rows
from ._compat import check_sample_weight
from ._parameters import keep
from ._watched import Watched, means, objective_of

if TYPE_CHECKING:
    from ._typing import ArrayLike, MatrixLike, Self

#: A parameter of which any value is taken, since none can change a result here.
ANY = object()


class Foreign:
    """Mixin: an estimator whose parameters are named as another package's."""

    _PACKAGE: ClassVar[str] = ""
    #: Other names of parameters.
    _ALIASES: ClassVar[dict[str, str]] = {}
    #: Objectives by the package's name, as settings of ours.
    _OBJECTIVES: ClassVar[dict[str, dict[str, Any]]] = {}
    #: Parameters of the package that are no parameters of the constructor: the values under which results are what they are
    #: here anyway, or ANY.
    _KNOWN: ClassVar[dict[str, Any]] = {}
    #: Parameters that are taken, and warned of because they have no effect here: why.
    _WITHOUT_EFFECT: ClassVar[dict[str, str]] = {}

    def _keep(self, given: dict[str, Any]) -> None:
        """Keep the parameters, aliases under their main name; others are looked at in the fit."""
        keep(self, given)
        self._others: dict[str, Any] = {}
        for name, value in given.get("kwargs", {}).items():
            if name in self._ALIASES:
                setattr(self, self._ALIASES[name], value)
            else:
                self._others[name] = value

    def get_params(self, deep: bool = True) -> dict[str, Any]:
        """The parameters by name, those that the constructor does not name too.

        Parameters
        ----------
        deep : bool, default=True
            Without effect: there are no estimators inside.
        """
        return super().get_params(deep) | self._others  # type: ignore[misc]

    def set_params(self, **params: Any) -> Self:
        """Set parameters by name or alias.

        Parameters
        ----------
        **params : dict
        """
        named = type(self)._get_param_names()  # type: ignore[attr-defined]
        for name, value in params.items():
            name = self._ALIASES.get(name, name)
            if name in named:
                setattr(self, name, value)
            else:
                # Whether the package knows it is looked at in the fit.
                self._others[name] = value
        return self

    def _other(self, name: str, default: Any) -> Any:
        """A parameter that the constructor does not name."""
        return self._others.get(name, default)

    def _settings(self, rows: _Rows) -> dict[str, Any]:
        for name, value in self._others.items():
            if name in self._WITHOUT_EFFECT:
                warnings.warn(f"{name}={value!r} has no effect: {self._WITHOUT_EFFECT[name]}", UserWarning, stacklevel=6)
            elif name not in self._KNOWN:
                warnings.warn(
                    f"the parameter {name!r} has no effect: it is none of {self._PACKAGE}'s", UserWarning, stacklevel=6
                )
            elif self._KNOWN[name] is not ANY and not any(_same(value, own) for own in self._KNOWN[name]):
                like = ", ".join(map(repr, self._KNOWN[name]))
                self._refuse(name, value, f"only {like}" if like else "leave it out")
        return super()._settings(rows)  # type: ignore[misc]

    def _refuse(self, name: str, value: Any, hint: str = "") -> None:
        text = f"{type(self).__name__} does not support {name}={value!r}"
        raise ValueError(f"{text}; {hint}" if hint else text)

    def _only(self, *names_and_values: tuple[str, tuple[Any, ...]], hint: str = "") -> None:
        """An error for a parameter that is none of the values that are supported."""
        for name, values in names_and_values:
            value = getattr(self, name)
            if not any(_same(value, own) for own in values):
                self._refuse(name, value, hint)

    def _objective(self) -> dict[str, Any]:
        name = self.objective  # type: ignore[attr-defined]
        if name is None:
            return {"objective": "auto"}
        if not isinstance(name, str) or name not in self._OBJECTIVES:
            self._refuse("objective", name, f"known are {', '.join(self._OBJECTIVES)}")
        return {key: getattr(self, value[1:]) if isinstance(value, str) and value[0] == "@" else value
                for key, value in self._OBJECTIVES[name].items()}

    def _seed(self) -> int:
        # Both packages take a fixed seed where none is given.
        state = self.random_state  # type: ignore[attr-defined]
        if isinstance(state, np.random.Generator):
            return int(state.integers(np.iinfo(np.int32).max))
        return 0 if state is None else super()._seed()  # type: ignore[misc, no-any-return]

    # Rows beside those that learn.

    def _watched_set(self, name: str, X: MatrixLike, y: ArrayLike, weight: Any, groups: Any, offset: Any) -> Watched:
        """Rows to be judged, as the native half reads them."""
        table, _ = self._table(X, reset=False, threads=self._threads())  # type: ignore[attr-defined]
        target = self._target_of_valid(y)  # type: ignore[attr-defined]
        if len(table) != len(target):
            raise ValueError(f"eval_set: {name} has {len(table)} rows and {len(target)} targets")
        given = np.ones(len(target)) if weight is None else check_sample_weight(weight, target, dtype=np.float64)
        return Watched(name, table, target, given, groups, None if offset is None else scores_of(offset, len(target)))

    def _begun(self, offset: Any) -> Any:
        """How rows go into the native fit, beginning at these scores."""
        if offset is None:
            return self._as_fitted  # type: ignore[attr-defined]

        def as_fitted(rows: _Rows) -> _Rows:
            rows.offset = scores_of(offset, len(rows.target))
            return self._as_fitted(rows)  # type: ignore[attr-defined]

        return as_fitted

    # Predictions of some rounds, from some scores.

    def _between(self, start: int, end: int | None) -> _native.Model:
        """The model of the rounds from `start` to before `end`; `None` is all."""
        model: _native.Model = self.model_  # type: ignore[attr-defined]
        if start == 0 and (end is None or end >= model.rounds):
            return model
        return model.between(start, model.rounds if end is None else end)

    def _margins(self, model: _native.Model, X: MatrixLike, offset: ArrayLike | None = None) -> np.ndarray:
        """Scores before the link, (rows, outputs)."""
        margins = model.margins(self._checked(X), self._threads())  # type: ignore[attr-defined]
        return margins if offset is None else margins + scores_of(offset, len(margins))

    def _means(self, model: _native.Model, X: MatrixLike, offset: ArrayLike | None = None) -> np.ndarray:
        """Quantities, the probability of the second of two classes, or of every class."""
        return means(objective_of(model), self._margins(model, X, offset))


def _same(value: Any, own: Any) -> bool:
    return value is own or (type(value) is type(own) or _both_numbers(value, own)) and bool(value == own)


def _both_numbers(value: Any, own: Any) -> bool:
    kinds = (int, float, np.integer, np.floating)
    return isinstance(value, kinds) and isinstance(own, kinds) and not (isinstance(value, bool) or isinstance(own, bool))


def scores_of(given: Any, rows: int) -> np.ndarray:
    """Scores of rows as (rows, outputs)."""
    scores = np.asarray(given, dtype=np.float64)
    if scores.size % max(rows, 1) or scores.shape[:1] not in ((rows,), (scores.size,)):
        raise ValueError(f"scores to begin at have the shape {scores.shape}, there are {rows} rows")
    if scores.ndim == 1 and len(scores) != rows:
        # One output after the other, as LightGBM takes them.
        return np.ascontiguousarray(scores.reshape(-1, rows).T)
    return np.ascontiguousarray(scores.reshape(rows, -1))


def pairs_of(eval_set: Any) -> list[tuple[Any, Any]]:
    """The (X, y) of an `eval_set`, which may be one pair."""
    if eval_set is None:
        return []
    given = list(eval_set)
    if len(given) == 2 and not isinstance(given[0], tuple) and not _is_pair(given[0]):
        given = [tuple(given)]
    for pair in given:
        if not isinstance(pair, (tuple, list)) or len(pair) != 2:
            raise ValueError(f"eval_set must be pairs (X, y), not {type(pair).__name__}")
    return [(X, y) for X, y in given]


def _is_pair(one: Any) -> bool:
    return isinstance(one, list) and len(one) == 2 and any(hasattr(part, "shape") for part in one)


def each_of(given: Any, count: int, name: str) -> list[Any]:
    """What was given for each of so many pairs of an `eval_set`; None for all if nothing was."""
    if given is None:
        return [None] * count
    given = list(given)
    if len(given) != count:
        raise ValueError(f"Length of {name} ({len(given)}) not equal to length of eval_set ({count})")
    return given


def model_of(given: Any) -> _native.Model | None:
    """The native model of an estimator, a file, or a model of the package, to go on from."""
    if given is None:
        return None
    for name in ("model_", "_model"):
        own = getattr(given, name, None)
        if isinstance(own, _native.Model):
            return own
    given = given.get_booster() if hasattr(given, "get_booster") else getattr(given, "booster_", given)
    if hasattr(given, "save_raw"):
        return _native.from_bytes(bytes(given.save_raw(raw_format="ubj")))[0]
    if hasattr(given, "model_to_string"):
        return _native.from_bytes(given.model_to_string().encode())[0]
    if isinstance(given, (bytes, bytearray)):
        return _native.from_bytes(bytes(given))[0]
    return _native.open(os.fspath(given))[0]

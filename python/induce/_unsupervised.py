"""What models without a target share: rows, their weights, and the native fit."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from . import _native
from ._base import Estimator, FitReport, _Rows, as_json, threads_of
from ._ranges import check

if TYPE_CHECKING:
    from ._typing import ArrayLike, MatrixLike


class Unsupervised(Estimator):
    """A model of rows alone."""

    _task = "clustering"
    _takes_missing = True
    _sparse = "dense"

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        if tags.transformer_tags is not None:
            tags.transformer_tags.preserves_dtype = ["float64", "float32"]
        return tags

    def _read(self, X: MatrixLike, sample_weight: ArrayLike | None = None, *, reset: bool = True) -> _Rows:
        """Rows and their weights, checked, and the parameters."""
        check(self)
        if reset:
            for name in ("_column_names", "_card"):
                self.__dict__.pop(name, None)
        table, _ = self._table(X, reset=reset, threads=self._threads())
        weight = self._own_weight(sample_weight, np.empty(len(table)))
        rows = _Rows(table, None, weight)  # type: ignore[arg-type]
        rows.task = "clustering"
        return rows

    def _learn(self, settings: dict[str, Any], data: Any, init: Any = None, seed: int | None = None) -> None:
        """The native fit, and the attributes that follow from it."""
        found = _native.fit(
            self._kind,
            as_json(settings),
            data,
            init=init,
            seed=self._seed() if seed is None else seed,
            threads=self._threads(),
            listener=self._listener(),
        )
        self.model_, outcome, reason, steps, interrupted, traces = found
        self.fit_report_ = FitReport(outcome, reason, steps, self.model_.notes, traces)
        self._after(steps)
        if interrupted:
            raise KeyboardInterrupt(f"the fit was interrupted; what it had come to is kept: {reason}")

    def _of_type(self, values: np.ndarray) -> np.ndarray:
        """Values in the precision that the fit was given."""
        return values.astype(self.__dict__.get("_dtype", np.float64), copy=False)

    def _places(self, features: Any) -> list[int]:
        """Columns, by name or by place, as places."""
        names = self._names()
        places = []
        for feature in np.atleast_1d(np.asarray(features, dtype=object)).tolist():
            if isinstance(feature, str) and feature not in names:
                raise ValueError(f"there is no column {feature!r}: there are {', '.join(names)}")
            places.append(names.index(feature) if isinstance(feature, str) else int(feature))
        return places

    @property
    def permutation_importances(self) -> Any:  # type: ignore[override]
        """Not for models without a target."""
        raise AttributeError(f"{type(self).__name__} has no target whose loss a shuffled feature could raise")

    @property
    def report(self) -> Any:  # type: ignore[override]
        """Not for models without a target."""
        raise AttributeError(f"{type(self).__name__} has no report in Python: `save` it, and `induce report` draws one")


def threads() -> int:
    """Threads of functions, which have no `n_jobs`."""
    return threads_of(None)

"""What models without a target share: rows, their weights, and the native fit."""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from . import _coordinates, _native
from ._base import Estimator, FitReport, _Rows, as_json, threads_of
from ._compat import column_or_1d
from ._parameters import take_settings
from ._ranges import check
from ._words import spoken

if TYPE_CHECKING:
    from ._typing import ArrayLike, MatrixLike


class Unsupervised(Estimator):
    """A model of rows alone."""

    _task = "clustering"
    _takes_missing = True
    _takes_categories = True
    _sparse: ClassVar[str | None] = "dense"

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        # Frames say which columns are categories; the tag is of estimators to whom numbers of an array may be such.
        tags.input_tags.categorical = False
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

    def _take_settings(self, settings: dict[str, Any]) -> None:
        take_settings(self, settings)

    def _learn(self, settings: dict[str, Any], data: Any, init: Any = None, seed: int | None = None) -> None:
        """The native fit, and the attributes that follow from it."""
        if init is not None:
            self._check_same_columns(init)
        with spoken(self._NAMES):
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
        self.fit_report_ = FitReport(outcome, reason, steps, self._notes(), traces)
        self._after(steps)
        if interrupted:
            raise KeyboardInterrupt(f"the fit was interrupted; what it had come to is kept: {reason}")

    def _check_same_columns(self, model: _native.Model) -> None:
        """An error if a fit is to go on from one of other columns."""
        before, now = model.features, self._names()
        if len(before) != len(now):
            text = f"X has {len(now)} features, but {type(self).__name__} is expecting {len(before)} features as input"
            raise ValueError(f"{text}: it goes on from a fit of so many")
        if before != now:
            text = f"{type(self).__name__} goes on from a fit of the features {', '.join(before)}"
            raise ValueError(f"{text}, and the feature names of X should match these: they are {', '.join(now)}")

    def _coordinates_of(self, rows: _Rows) -> _coordinates.Coordinates:
        """The coordinates that a fit of these rows will have."""
        return _coordinates.of_rows(rows, self._names())

    def _set_coordinates(self) -> _coordinates.Coordinates:
        """What the entries of the model's arrays are of, with a warning of columns that have no value at all."""
        self._coordinates = _coordinates.of_model(self.model_, self._names())
        self.terms_ = np.asarray(self._coordinates.names, dtype=object)
        unknown = np.delete(self.terms_, self._coordinates.places)
        if len(unknown):
            text = f"{', '.join(unknown)} {'has' if len(unknown) == 1 else 'have'} no value in any row"
            warnings.warn(f"{type(self).__name__}: {text}, and no part in the model", UserWarning, stacklevel=5)
        return self._coordinates

    def _of_type(self, values: np.ndarray) -> np.ndarray:
        """Values in the precision that the fit was given."""
        return values.astype(self.__dict__.get("_dtype", np.float64), copy=False)

    @property
    def permutation_importances(self) -> Any:  # type: ignore[override]
        """Not for models without a target."""
        raise AttributeError(f"{type(self).__name__} has no target whose loss a shuffled feature could raise")

    def _judged_rows(self, X: MatrixLike, y: ArrayLike, sample_weight: ArrayLike | None = None) -> _Rows:
        """Rows and known classes that clusters are held against."""
        if self._task != "clustering":
            raise ValueError(f"{type(self).__name__} predicts nothing that a page could judge\nhint: `transform` says where it places rows")
        table = self._checked(X)
        classes, codes = np.unique(column_or_1d(np.asarray(y)), return_inverse=True)
        if len(codes) != len(table):
            raise ValueError(f"X has {len(table)} rows, y has {len(codes)}")
        rows = _Rows(table, codes.astype(np.float64), self._own_weight(sample_weight, codes))
        rows.task, rows.classes = "clustering", [str(name) for name in classes]
        name = getattr(y, "name", None)
        rows.name = name if isinstance(name, str) else "classes"
        return rows


def threads() -> int:
    """Threads of functions, which have no `n_jobs`."""
    return threads_of(None)

"""Coordinates of the points that rows are to a model: one of a column of numbers, one of every category of another.

A model's arrays have an entry for each. A column without any value has one too, of which nothing is known, so that tables of
numbers have as many coordinates as columns.
"""

from __future__ import annotations

import json
import struct
from typing import TYPE_CHECKING, Any

import numpy as np

from . import _native

if TYPE_CHECKING:
    from ._base import _Rows


class Coordinates:
    """What each coordinate is.

    Attributes
    ----------
    names : list of str
        `column`, or `column=category`.
    columns : ndarray of int of shape (n_coordinates,)
        The column that each is read from.
    levels : list of int or None
        The category that it is the indicator of.
    places : ndarray of int of shape (n_known,)
        Where the model's own are among all: a column without any value is none of the model's.
    scales : ndarray of shape (n_coordinates,)
        What each is divided by before distances are taken.
    """

    def __init__(self, columns: list[str], axes: list[dict[str, Any]], unit: float = 1.0) -> None:
        of_column: dict[int, list[dict[str, Any]]] = {}
        for axis in axes:
            of_column.setdefault(axis["feature"], []).append(axis)
        self.names: list[str] = []
        self.levels: list[int | None] = []
        own: list[int] = []
        places: list[int] = []
        scales: list[float] = []
        for column, name in enumerate(columns):
            known = of_column.get(column, [])
            places += range(len(own), len(own) + len(known))
            for axis in known or [{"name": name, "level": None, "scale": unit}]:
                self.names.append(axis["name"])
                self.levels.append(axis["level"])
                own.append(column)
                scales.append(axis["scale"] / unit)
        self.columns, self.places = np.asarray(own, dtype=np.intp), np.asarray(places, dtype=np.intp)
        self.scales = np.asarray(scales)

    def __len__(self) -> int:
        return len(self.names)

    @property
    def complete(self) -> bool:
        """Whether the model has all of them."""
        return len(self.places) == len(self)

    @property
    def plain(self) -> bool:
        """Whether each is a column of numbers."""
        return all(level is None for level in self.levels)

    def spread(self, values: Any, missing: float = np.nan) -> np.ndarray:
        """Values of the model's coordinates, along the last axis, as values of all."""
        values = np.asarray(values, dtype=np.float64)
        if self.complete:
            return values
        out = np.full((*values.shape[:-1], len(self)), missing)
        out[..., self.places] = values
        return out

    def spread_square(self, values: Any, missing: float = np.nan) -> np.ndarray:
        """Matrices over pairs of the model's coordinates as those of all."""
        by_column = self.spread(values, missing)
        return by_column if self.complete else np.swapaxes(self.spread(np.swapaxes(by_column, -1, -2), missing), -1, -2)

    def own(self, place: int) -> int:
        """Which of the model's coordinates one is."""
        found = np.flatnonzero(self.places == place)
        if not len(found):
            raise ValueError(f"{self.names[place]!r} has no value in any row of the fit: nothing is known of it")
        return int(found[0])

    def points(self, table: _native.Table) -> np.ndarray:
        """Rows of a table as points, (n_rows, n_coordinates)."""
        by_name = dict(zip(table.names, table.kinds))
        out = np.empty((len(table), len(self)))
        for column, name in enumerate(table.names):
            places = np.flatnonzero(self.columns == column)
            if by_name[name] == "number" or self.levels[places[0]] is None:
                out[:, places[0]] = table.numbers(name)
                continue
            words = table.text(name)
            for place in places:
                level = self.names[place].removeprefix(f"{name}=")
                out[:, place] = [np.nan if word is None else float(word == level) for word in words]
        return out


def of_model(model: _native.Model, columns: list[str]) -> Coordinates:
    """The coordinates of a fitted model."""
    frame = frame_of(model)
    return Coordinates(columns, frame["axes"], frame["unit"])


def of_numbers(columns: list[str]) -> Coordinates:
    """The coordinates of columns of numbers, none of them without any value."""
    return Coordinates(columns, [{"feature": j, "level": None, "name": name, "scale": 1.0} for j, name in enumerate(columns)])


def frame_of(model: _native.Model) -> dict[str, Any]:
    """What a model's file says of its coordinates."""
    content = model.to_bytes()
    (length,) = struct.unpack("<Q", content[:8])
    return json.loads(json.loads(content[8 : 8 + length])["__metadata__"]["frame"])  # type: ignore[no-any-return]


def of_rows(rows: _Rows, columns: list[str]) -> Coordinates:
    """The coordinates that a fit of these rows will have: those of a single cluster of them, unless the first row says it all."""
    first = rows.table.take(np.zeros(1, dtype=np.int64))
    counts = rows.weight is None or rows.weight[0] > 0
    if counts and all(kind == "number" and not np.isnan(first.numbers(name)[0]) for name, kind in zip(first.names, first.kinds)):
        return of_numbers(columns)
    model = _native.fit("kmeans", '{"n_clusters": 1, "max_iter": 1}', rows, threads=1)[0]
    return of_model(model, columns)

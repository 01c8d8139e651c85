"""Mixtures of Gaussians as distributions: marginals, conditionals, densities and draws."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from . import _native
from ._base import seed_of

if TYPE_CHECKING:
    from ._typing import ArrayLike

#: A marginal or conditional that was taken: its method, coordinates, and their values.
_Step = tuple[str, list[int], list[float]]


class Mixture:
    """A mixture of Gaussians, the marginal or the conditional of another.

    Attributes
    ----------
    names : list of str
        Of the coordinates.
    weights : ndarray of shape (n_components,)
    means : ndarray of shape (n_components, n_coordinates)
    covariances : ndarray of shape (n_components, n_coordinates, n_coordinates)
    """

    def __init__(self, model: _native.Model, steps: tuple[_Step, ...] = ()) -> None:
        # The model and the way here, since that is what a pickle can keep.
        self._model, self._steps = model, steps
        self._inside = _native.mixture(model)
        for name, places, values in steps:
            self._inside = self._inside.marginal(places) if name == "marginal" else self._inside.condition(places, values)

    def __reduce__(self) -> Any:
        return type(self), (self._model, self._steps)

    def __deepcopy__(self, memo: Any) -> Mixture:
        # Nothing in it ever changes.
        return type(self)(self._model, self._steps)

    def __repr__(self) -> str:
        return f"Mixture of {len(self.weights)} Gaussians in {', '.join(self.names)}"

    @property
    def names(self) -> list[str]:
        return self._inside.names

    @property
    def weights(self) -> np.ndarray:
        return self._inside.weights

    @property
    def means(self) -> np.ndarray:
        return self._inside.means

    @property
    def covariances(self) -> np.ndarray:
        return self._inside.covariances

    def marginal(self, features: Any) -> Mixture:
        """The mixture of some coordinates, by place or name."""
        return self._after("marginal", places_of(features, self.names), [])

    def condition(self, features: Any, values: Any) -> Mixture:
        """The mixture of the other coordinates, given the values of some."""
        places = places_of(features, self.names)
        return self._after("condition", places, given_values(values, len(places)))

    def _after(self, name: str, places: list[int], values: list[float]) -> Mixture:
        return type(self)(self._model, (*self._steps, (name, places, values)))

    def mean(self) -> np.ndarray:
        """The mean, of shape (n_coordinates,)."""
        return self._inside.mean()

    def variance(self) -> np.ndarray:
        """The variance of every coordinate, of shape (n_coordinates,)."""
        return self._inside.variance()

    def regress(self, features: Any, values: ArrayLike) -> tuple[np.ndarray, np.ndarray]:
        """What is expected of the other coordinates, and its variance, given the values of some in every row."""
        places = places_of(features, self.names)
        return self._inside.regress(places, given_rows(values, len(places)))

    def log_density(self, X: ArrayLike) -> np.ndarray:
        """The log density of every point, of shape (n_points,).

        Parameters
        ----------
        X : array-like of shape (n_points, n_coordinates)
        """
        points = np.asarray(X, dtype=np.float64)
        if points.ndim != 2:
            raise ValueError(f"Expected 2D array of points, (n_points, {len(self.names)}), got {points.ndim}D array instead")
        return self._inside.log_density(np.ascontiguousarray(points))

    def sample(self, n: int, random_state: Any = 0) -> tuple[np.ndarray, np.ndarray]:
        """Draws, of shape (n, n_coordinates), and the component of each."""
        return self._inside.sample(n, seed_of(random_state))


def places_of(features: Any, names: list[str]) -> list[int]:
    """Coordinates, by name or by place, as places.

    Raises
    ------
    ValueError
        If one is not there, or is there twice.
    """
    places = [_place_of(feature, names) for feature in np.atleast_1d(np.asarray(features, dtype=object)).tolist()]
    if len(set(places)) < len(places):
        raise ValueError(f"a feature is named twice in {features!r}")
    return places


def _place_of(feature: Any, names: list[str]) -> int:
    if isinstance(feature, str):
        if feature in names:
            return names.index(feature)
        raise ValueError(f"there is no column {feature!r}: there are {', '.join(names)}")
    try:
        place = int(feature)
    except (TypeError, ValueError):
        place = -1
    if place != feature or not 0 <= place < len(names):
        raise ValueError(f"there is no column {feature!r}: they are 0 to {len(names) - 1}, or by name {', '.join(names)}")
    return place


def given_values(values: Any, count: int) -> list[float]:
    """One value for each of `count` coordinates."""
    given = np.atleast_1d(np.asarray(values, dtype=np.float64))
    if given.shape != (count,):
        raise ValueError(f"values has the shape {given.shape}, not ({count},): one for each feature that is given")
    _check_known(given)
    return given.tolist()


def given_rows(values: Any, count: int) -> np.ndarray:
    """Rows of one value for each of `count` coordinates; where there is one coordinate, its values may come as a plain list."""
    given = np.asarray(values, dtype=np.float64)
    if given.ndim == 1 and count == 1:
        given = given[:, None]
    if given.ndim != 2 or given.shape[1] != count:
        raise ValueError(f"values has the shape {given.shape}, not (n_rows, {count}): one column for each feature that is given")
    _check_known(given)
    return np.ascontiguousarray(given)


def _check_known(given: np.ndarray) -> None:
    if not np.isfinite(given).all():
        what = "NaN" if np.isnan(given).any() else "infinity"
        raise ValueError(f"Input values contains {what}: give only the features that are known")

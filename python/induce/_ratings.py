"""Models of ratings: from users, items and ratings to the native fit, and what a model is asked then."""

from __future__ import annotations

import warnings
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from . import _data, _native
from ._base import _Rows, check_coverage, seed_of, threads_of
from ._compat import BaseEstimator, RegressorMixin
from ._fitted import Fitted
from ._graphs import array_of, words
from ._ranges import check
from ._words import in_python, spoken
from .metrics import Score

if TYPE_CHECKING:
    from ._typing import ArrayLike, Self


class Recommender(Fitted, RegressorMixin, BaseEstimator):
    """A model of the registry that learns from ratings of items by users."""

    #: Users and items as they were given, by their names in the model.
    _called: tuple[dict[str, Any], dict[str, Any]]

    def _learn(self, users: Any, items: Any, ratings: Any, sides: tuple[Any, Any] = (None, None)) -> Self:
        check(self)
        table, called = _pairs(users, items, ("user", "item"))
        target = _ratings_of(ratings, len(table))
        rows = _Rows(_beside(table, ("user", "item"), sides, stacklevel=4), target, None)
        rows.name = "rating"
        self._run(rows, seed_of(self.random_state), user="user", item="item")
        self._called = called
        self._stop_if_interrupted()
        return self

    # What a fitted model says.

    def _asked(self, users: Any, items: Any, sides: tuple[Any, Any] = (None, None)) -> _native.Table:
        """Pairs under the names of the model's columns, and what is known of their users and items."""
        first, second = self._fitted().features[:2]
        return _beside(_pairs(users, items, (first, second))[0], (first, second), sides, stacklevel=5)

    def predict(self, users: ArrayLike, items: ArrayLike) -> np.ndarray:
        """The rating that each user is expected to give each item, of shape (n,).

        Who or what the fit had not is rated by what is known of the other, or of all.

        Parameters
        ----------
        users, items : array-like of shape (n,)
            A pair each.
        """
        return self._predicted(self._asked(users, items))

    def _predicted(self, asked: _native.Table) -> np.ndarray:
        with spoken({}):
            return self._fitted().predict(asked, threads_of(self.n_jobs))

    def recommend(self, users: ArrayLike, top: int = 10) -> dict[Any, list[tuple[Any, float]]]:
        """The items that each user is expected to rate best, of those that the user did not rate in the fit.

        Parameters
        ----------
        users : array-like
            Users, each of whom is listed once. One that the fit had not gets what is rated best by all, with a warning.
        top : int, default=10
            Items of each.

        Returns
        -------
        dict
            By user, pairs of an item and its rating, the best first. Ratings are not clipped here, so that they keep their order.
        """
        return self._listed(users, top, None)

    def _listed(self, users: Any, top: int, known: Any) -> dict[Any, list[tuple[Any, float]]]:
        """Lists for users, of whom those that the fit had not are rated by what is `known` of them."""
        model = self._fitted()
        if not isinstance(top, (int, np.integer)) or top < 1:
            raise ValueError(f"top == {top!r} is no number of items; it is at least 1")
        one, asked = _column(model.features[0], users)
        called = {**self._called[0], **asked}
        table = _beside(_native.Table.from_columns([one]), model.features[:1], (known,), stacklevel=4)
        with spoken({}):
            names, items, values, notes = _native.ratings_lists(model, table, int(top), threads_of(self.n_jobs))
        for note in notes:
            warnings.warn(in_python(note), UserWarning, stacklevel=3)
        found: dict[Any, list[tuple[Any, float]]] = {called[name]: [] for name in asked}
        for name, item, value in zip(names, items, values.tolist()):
            found[called[name]].append((self._called[1].get(item, item), value))
        return found

    def evaluate(self, users: ArrayLike, items: ArrayLike, ratings: ArrayLike) -> dict[str, Score]:
        """Metrics on ratings that were not learnt from: errors of the ratings, recall and NDCG of the lists at rank `at`, with 95 % intervals.

        Parameters
        ----------
        users, items, ratings : array-like of shape (n,)

        Returns
        -------
        dict of str to Score
        """
        table = self._asked(users, items)
        rows = _Rows(table, _ratings_of(ratings, len(table)), None)
        rows.name = "rating"
        with spoken({}):
            found = _native.ratings_scores(self._fitted(), rows, seed_of(self.random_state), threads_of(self.n_jobs))
        return {name: Score(value, low, high) for name, value, low, high in found}

    def score(self, users: ArrayLike, items: ArrayLike, ratings: ArrayLike) -> float:  # type: ignore[override]
        """The share R² of the variance of ratings that is foretold.

        Parameters
        ----------
        users, items, ratings : array-like of shape (n,)
        """
        return self.evaluate(users, items, ratings)["r2"].value

    def _opened(self, model: _native.Model, card: str) -> Any:
        """Take a model that was opened: users and items are texts then."""
        self._called = ({}, {})
        return super()._opened(model, card)


class Certain:
    """What models add that say how sure they are of a rating."""

    def predict_interval(self, users: ArrayLike, items: ArrayLike, coverage: float = 0.95) -> tuple[np.ndarray, np.ndarray]:
        """Lower and upper ends of the interval of a rating, each of shape (n,).

        Parameters
        ----------
        users, items : array-like of shape (n,)
        coverage : float in (0, 1)
        """
        own: Any = self
        check_coverage(own, coverage)
        with spoken({}):
            _, new = own._fitted().intervals(own._asked(users, items), coverage, threads_of(own.n_jobs))
        return new[0].ravel(), new[1].ravel()


def _column(name: str, values: Any) -> tuple[_native.Column, dict[str, Any]]:
    """A column of users or of items, and how they were called."""
    given = array_of(values)
    if given.ndim != 1:
        raise ValueError(f"{name}s of shape {given.shape} are no column of {name}s")
    if given.dtype.kind == "f" and not np.isfinite(given).all():
        raise ValueError(f"{name}s contain NaN or infinity\nhint: every rating is that of a {name}")
    called = {}
    names: list[str | None] = []
    for own in given.tolist():
        if own is None:
            raise ValueError(f"{name}s contain None\nhint: every rating is that of a {name}")
        text = _data.name_of(own)
        called.setdefault(text, own)
        names.append(text)
    return words(name, names), called


def _pairs(users: Any, items: Any, names: tuple[str, str]) -> tuple[_native.Table, tuple[dict[str, Any], dict[str, Any]]]:
    """A table of users and items, and how these were called."""
    (user, of_users), (item, of_items) = _column(names[0], users), _column(names[1], items)
    lengths = (len(array_of(users)), len(array_of(items)))
    if lengths[0] != lengths[1]:
        raise ValueError(f"there are {lengths[0]} users and {lengths[1]} items\nhint: they are pairs, one of each for every rating")
    if not lengths[0]:
        raise ValueError("there are no pairs of users and items")
    return _native.Table.from_columns([user, item]), (of_users, of_items)


def _ratings_of(ratings: Any, n: int) -> np.ndarray:
    target = np.ascontiguousarray(array_of(ratings), dtype=np.float64)
    if target.shape != (n,):
        raise ValueError(f"ratings have the shape {target.shape}, and there are {n} pairs of users and items")
    if not np.isfinite(target).all():
        raise ValueError("ratings contain NaN or infinity\nhint: leave pairs out whose rating is not known")
    return target


def _beside(table: _native.Table, keys: Iterable[str], sides: Iterable[Any], stacklevel: int) -> _native.Table:
    """A table of pairs with what is known of users and items beside it."""
    for side, key, what in zip(sides, keys, ("users", "items")):
        if side is not None:
            table, notes = _native.ratings_join(table, _table_of(side, what), key, what)
            for note in notes:
                warnings.warn(in_python(note), UserWarning, stacklevel=stacklevel)
    return table


def _table_of(side: Any, what: str) -> _native.Table:
    """What is known of users or items: a table, a frame, or columns by name."""
    if isinstance(side, _native.Table):
        return side
    if isinstance(side, Mapping):
        columns = [(str(name), array_of(values)) for name, values in side.items()]
        own = [
            _native.Table.column(name, values.astype(np.float64))
            if values.dtype.kind in "fiub"
            else words(name, [None if value is None else _data.name_of(value) for value in values.tolist()])
            for name, values in columns
        ]
        return _native.Table.from_columns(own)
    names = _data.column_names(side) if _data.is_frame(side) else None
    if names is None:
        raise ValueError(
            f"what is known of {what} is of type {type(side).__name__}\n"
            "hint: give a frame, or a dict of columns, of which one, the first or that called so, names each of them"
        )
    return _data.table_of_frame(side, names)

"""Which columns hold categories, and their values as native categories."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from . import _data, _native

if TYPE_CHECKING:
    from ._typing import ArrayLike, MatrixLike


def categorical_mask(X: MatrixLike, given: Any) -> np.ndarray | None:
    """Which columns of X hold categories; `None` if none does.

    Parameters
    ----------
    X : array-like or frame of shape (n_samples, n_features)
    given : {"from_dtype"}, None or array-like
        From the columns of a frame that are no numbers; or a mask, or indices, or names of columns.

    Raises
    ------
    ValueError
        If these are no columns of X.
    """
    if given is None or (isinstance(given, str) and not _data.is_frame(X)):
        return None
    chosen = _data.columns_of_categories(X) if isinstance(given, str) else np.asarray(given)
    if chosen.size == 0:
        return None
    features = X.shape[1] if hasattr(X, "shape") else np.asarray(X).shape[1]
    mask = _mask(chosen, features, _data.column_names(X))
    return mask if mask.any() else None


def _mask(chosen: np.ndarray, features: int, names: list[str] | None) -> np.ndarray:
    """A mask from a mask, indices or names."""
    kinds = {type(one).__name__ for one in chosen} if chosen.dtype.kind == "O" else {chosen.dtype.name}
    if chosen.dtype.kind not in "ibUO" or (chosen.dtype.kind == "O" and kinds != {"str"}):
        said = ", ".join(sorted(kinds))
        raise ValueError(f"categorical_features must be an array-like of bool, int or str, got: {said}.")
    if chosen.dtype.kind == "b":
        if chosen.shape != (features,):
            raise ValueError(
                "categorical_features set as a boolean mask must have shape (n_features,), "
                f"got: {chosen.shape} for {features} features"
            )
        return chosen
    if chosen.dtype.kind == "i":
        if chosen.max() >= features or chosen.min() < 0:
            raise ValueError("categorical_features set as integer indices must be in [0, n_features - 1]")
        return np.isin(np.arange(features), chosen)
    if names is None:
        raise ValueError(
            "categorical_features should be passed as an array of integers or as a boolean mask when the model is "
            "fitted on data without feature names."
        )
    for name in chosen.tolist():
        if name not in names:
            raise ValueError(
                f"categorical_features has an item value '{name}' which is not a valid feature name of the training "
                f"data. Observed feature names: {names}"
            )
    return np.isin(names, chosen)


class Categories:
    """The categories that were seen in training, by column; any other value is a missing one.

    Attributes
    ----------
    mask : ndarray of bool of shape (n_features,)
    values : dict of int to ndarray
        The categories of a column, sorted.
    """

    def __init__(self, X: MatrixLike, mask: np.ndarray, most: int) -> None:
        self.mask = mask
        self.values: dict[int, np.ndarray] = {}
        names = _data.column_names(X)
        for j in np.flatnonzero(mask).tolist():
            values, codes = coded(column_of(X, j))
            seen = np.unique(codes[codes >= 0])
            if len(seen) > most:
                name = f"at index {j}" if names is None else repr(names[j])
                raise ValueError(
                    f"Categorical feature {name} is expected to have a cardinality <= {most} but actually has a "
                    f"cardinality of {len(seen)}."
                )
            self.values[j] = _sorted(values[seen])

    def table(self, X: MatrixLike, names: list[str]) -> _native.Table:
        """X as a table, categories by the values they had in training."""
        # What holds no categories is read as it is elsewhere: moments have a unit.
        whole = _data.table_of_frame(X, names) if _data.is_frame(X) and not hasattr(X, "iloc") else None
        columns = []
        for j, name in enumerate(names):
            column = column_of(X, j)
            if self.mask[j]:
                columns.append(self._category(name, column, self.values[j]))
            elif whole is not None:
                columns.append(whole.part(name))
            elif hasattr(X, "iloc"):
                columns.append(_data.pandas_column(name, column))
            else:
                columns.append(_native.Table.column(name, _numbers(column)))
        return _native.Table.from_columns(columns)

    def _category(self, name: str, column: Any, known: np.ndarray) -> _native.Column:
        values, codes = coded(column)
        place = {value: code for code, value in enumerate(known.tolist())}
        recoded = np.asarray([place.get(value, -1) for value in values.tolist()] + [-1], dtype=np.int32)
        return _native.Table.category(name, np.ascontiguousarray(recoded[codes]), [_data.name_of(value) for value in known.tolist()])


class ChosenCategories:
    """Mixin: columns that are said to be categories, of arrays too."""

    def _given_categories(self) -> Any:
        """Which columns are categories, as `categorical_mask` takes them."""
        raise NotImplementedError

    def _most_categories(self) -> int:
        """The most categories that a column may have."""
        return 65_000

    def _table(self, X: MatrixLike, y: ArrayLike | None = None, *, reset: bool, threads: int) -> tuple[_native.Table, Any]:
        if isinstance(X, _native.Table):
            if reset:
                self.is_categorical_, self._categories = None, None
            return super()._table(X, y, reset=reset, threads=threads)  # type: ignore[misc, no-any-return]
        if reset:
            given = self._given_categories()
            X = X if given is None or hasattr(X, "shape") else np.asarray(X)
            known = given is not None and len(X.shape) == 2
            self.is_categorical_ = categorical_mask(X, given) if known else None
            self._categories = None
        if self.__dict__.get("is_categorical_") is None:
            return super()._table(X, y, reset=reset, threads=threads)  # type: ignore[misc, no-any-return]
        return self._table_of_categories(X if hasattr(X, "shape") else np.asarray(X), reset=reset), y

    def _table_of_categories(self, X: MatrixLike, *, reset: bool) -> _native.Table:
        self._shape_checked(X, reset=reset)  # type: ignore[attr-defined]
        if reset:
            self._categories = Categories(X, self.is_categorical_, self._most_categories())
        return self._categories.table(X, self._names())  # type: ignore[attr-defined, no-any-return, union-attr]


def column_of(X: MatrixLike, j: int) -> Any:
    """Column j of an array or a frame."""
    if hasattr(X, "iloc"):
        return X.iloc[:, j]
    if hasattr(X, "get_columns"):
        return X.get_columns()[j]
    return X.column(j) if hasattr(X, "column") else X[:, j]


def coded(column: Any) -> tuple[np.ndarray, np.ndarray]:
    """Different values of a column, and the place of every row's among them; -1 where it is missing."""
    dtype = getattr(column, "dtype", None)
    if hasattr(dtype, "categories") and hasattr(column, "cat") and hasattr(column.cat, "codes"):
        return np.asarray(dtype.categories), column.cat.codes.to_numpy().astype(np.intp)
    if hasattr(column, "dictionary_decode") or hasattr(getattr(column, "type", None), "value_type"):
        column = column.cast(column.type.value_type)
    values = column if isinstance(column, np.ndarray) else np.asarray(column.to_numpy(zero_copy_only=False)
                                                                      if hasattr(column, "chunks") else column.to_numpy())
    if hasattr(column, "isna"):
        # Pandas has a value for a missing one that compares with nothing.
        values = column.to_numpy(dtype=object, na_value=None)
    missing = np.asarray([value is None or value != value for value in values]) if values.dtype.kind == "O" else (
        np.isnan(values) if values.dtype.kind == "f" else np.zeros(len(values), dtype=bool)
    )
    codes = np.full(len(values), -1, dtype=np.intp)
    known = values[~missing]
    try:
        different, codes[~missing] = np.unique(known, return_inverse=True)
    except TypeError:
        # Values of several types have no order; any fixed one will do.
        place = {value: code for code, value in enumerate(dict.fromkeys(known.tolist()))}
        codes[~missing] = [place[value] for value in known.tolist()]
        different = np.empty(len(place), dtype=object)
        different[:] = list(place)
    return different, codes


def _sorted(values: np.ndarray) -> np.ndarray:
    try:
        return np.sort(values)
    except TypeError:
        return np.asarray(sorted(values.tolist(), key=str), dtype=object)


def _numbers(column: Any) -> np.ndarray:
    """A column that holds no categories, as numbers."""
    if hasattr(column, "to_numpy") and not isinstance(column, np.ndarray):
        try:
            column = column.to_numpy(dtype=float, na_value=np.nan)
        except TypeError:
            column = column.to_numpy()
    values = np.asarray(column)
    return np.ascontiguousarray(values if values.dtype.kind in "fiub" and values.dtype != np.float16 else values.astype(float))

"""What arguments may be: for editors and type checkers, and never looked at when the program runs."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, Any, Protocol, TypeAlias, Union

import numpy as np
from numpy.typing import ArrayLike

from ._native import Table

if TYPE_CHECKING:
    from typing_extensions import Self

__all__ = ["ArrayLike", "Callbacks", "MatrixLike", "PathLike", "Self"]


class _Frame(Protocol):
    """A frame of pandas or polars."""

    @property
    def columns(self) -> Any: ...
    @property
    def shape(self) -> tuple[int, int]: ...


class _ArrowStream(Protocol):
    """Whatever hands over an Arrow stream: tables of pyarrow, relations of DuckDB."""

    def __arrow_c_stream__(self, requested_schema: Any = None) -> Any: ...


class _Sparse(Protocol):
    """A matrix or an array of scipy.sparse."""

    def tocsr(self) -> Any: ...


#: Samples: (n_samples, n_features).
MatrixLike: TypeAlias = Union[np.ndarray, Sequence[Sequence[float]], _Frame, _ArrowStream, _Sparse, Table, ArrayLike]
#: A file.
PathLike: TypeAlias = Union[str, "os.PathLike[str]"]
#: What is called with (step, metrics) after every step; True stops the fit.
Callbacks: TypeAlias = Union[Callable[[int, dict[str, float]], Any], Iterable[Callable[[int, dict[str, float]], Any]]]

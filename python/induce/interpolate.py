"""Interpolation under scipy's ideas: polynomials in barycentric form, Floater-Hormann blends, AAA."""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING, Any

import numpy as np

from . import _native
from ._ranges import Number, check_values
from ._words import spoken

if TYPE_CHECKING:
    from ._typing import ArrayLike

__all__ = ["AAA", "Barycentric", "FloaterHormann"]


def __dir__() -> list[str]:
    return sorted(__all__)


def _real(values: ArrayLike, name: str) -> np.ndarray:
    """Values as real numbers; NumPy would cut complex ones to their real part."""
    array = np.asarray(values)
    if array.dtype.kind == "c" or array.dtype.kind == "O" and any(isinstance(value, complex) for value in array.ravel().tolist()):
        raise ValueError(f"{name} is complex, and interpolation is of real numbers\nhint: interpolate `{name}.real` and `{name}.imag` apart")
    return array.astype(np.float64)


#: What parameters may be, and what the native half calls them.
_RANGES: dict[str, list[Any]] = {
    "d": [Number(int, 0, None)],
    "der": [Number(int, 0, None)],
    "rtol": [Number(float, 0, None), None],
    "max_terms": [Number(int, 1, None)],
}
_NAMES = {"order": "d", "tolerance": "rtol"}


class _Interpolant:
    _native: _native.Interpolant
    _shape: tuple[int, ...]

    def _make(self, name: str, x: ArrayLike, y: ArrayLike, order: int = 0, tolerance: float = 0.0, terms: int = 1) -> None:
        x, y = _real(x, "x").ravel(), _real(y, "y")
        if len(x) == 0 or y.ndim == 0 or len(y) != len(x):
            raise ValueError(f"{len(x)} nodes stand against {len(y) if y.ndim else 1} values\nhint: every node has a value")
        self._shape = y.shape[1:]
        rows = np.ascontiguousarray(y.reshape(len(x), -1))
        self._ends = float(x.min()), float(x.max())
        # What it was made of, since that is what a pickle can keep: the same comes of it again.
        self._made_of = name, np.ascontiguousarray(x), rows, order, tolerance, terms
        with spoken(_NAMES):
            self._native = _native.Interpolant(*self._made_of)

    def __getstate__(self) -> dict[str, Any]:
        return {name: value for name, value in self.__dict__.items() if name != "_native"}

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__dict__.update(state)
        self._native = _native.Interpolant(*self._made_of)

    def _asked(self, x: ArrayLike) -> np.ndarray:
        """Where values are asked for, with a warning if nothing vouches for some of them."""
        at = _real(x, "x").ravel()
        low, high = self._ends
        outside = int(((at < low) | (at > high)).sum())
        if outside:
            many = "1 value is" if outside == 1 else f"{outside} values are"
            text = f"{many} outside of the nodes, which reach from {low:g} to {high:g}: nothing vouches for extrapolation"
            warnings.warn(text, RuntimeWarning, stacklevel=3)
        return at

    def _at(self, x: ArrayLike, values: np.ndarray) -> np.ndarray:
        return values.reshape(np.shape(x) + self._shape)

    def __call__(self, x: ArrayLike) -> np.ndarray:
        """Values at x; at a node its value exactly. A `RuntimeWarning` says if some are outside of the nodes."""
        return self._at(x, self._native.evaluate(self._asked(x)))

    @property
    def nodes(self) -> np.ndarray:
        """Nodes, of AAA those it chose."""
        return self._native.nodes()

    @property
    def weights(self) -> np.ndarray:
        """Barycentric weights, up to a common factor."""
        return self._native.weights()


class Barycentric(_Interpolant):
    """The polynomial through points.

    Parameters
    ----------
    x : array-like of shape (n,)
        Nodes in any order, thousands if they crowd at the ends as Chebyshev's do. A `RuntimeWarning` says when the polynomial
        is worth nothing between them: Runge's phenomenon.
    y : array-like of shape (n, ...)

    Examples
    --------
    >>> import numpy as np
    >>> from induce.interpolate import Barycentric
    >>> x = np.cos(np.pi * np.arange(20) / 19)
    >>> p = Barycentric(x, np.exp(x))
    >>> bool(abs(p(0.3) - np.exp(0.3)) < 1e-14)
    True
    >>> bool(abs(p.integrate(-1, 1) - (np.e - 1 / np.e)) < 1e-13)
    True
    """

    def __init__(self, x: ArrayLike, y: ArrayLike) -> None:
        self._make("barycentric", x, y)
        warning = self._native.warning()
        if warning:
            warnings.warn(f"{warning}; FloaterHormann has no such trouble", RuntimeWarning, stacklevel=2)

    def derivative(self, x: ArrayLike, der: int = 1) -> np.ndarray:
        """The derivative of this order."""
        check_values("derivative", {"der": der}, _RANGES)
        return self._at(x, self._native.derivative(self._asked(x), der))

    def error(self, x: ArrayLike) -> np.ndarray:
        """What the values may be wrong by: rounding, and an estimate of the rest."""
        return self._at(x, self._native.error_at(self._asked(x)))

    def integrate(self, a: float, b: float) -> np.ndarray:
        """The integral from a to b."""
        return np.array(self._native.integral(a, b)).reshape(self._shape)

    def lebesgue_constant(self) -> float:
        """By how much errors of the values may grow between the nodes."""
        return self._native.lebesgue_constant()


class FloaterHormann(_Interpolant):
    """A blend of the polynomials of degree d through neighbouring points, without poles.

    Parameters
    ----------
    x : array-like of shape (n,)
    y : array-like of shape (n, ...)
    d : int, default=3
        Below the number of nodes.
    """

    def __init__(self, x: ArrayLike, y: ArrayLike, *, d: int = 3) -> None:
        check_values("FloaterHormann", {"d": d}, _RANGES)
        x, y = _real(x, "x").ravel(), _real(y, "y")
        order = np.argsort(x, kind="stable")
        self._make("floater-hormann", x[order], y[order] if len(y) == len(x) else y, order=d)

    def derivative(self, x: ArrayLike) -> np.ndarray:
        """The first derivative."""
        return self._at(x, self._native.derivative(self._asked(x), 1))


class AAA(_Interpolant):
    """A rational function fitted to samples, spurious poles taken out.

    Parameters
    ----------
    x : array-like of shape (n,)
    y : array-like of shape (n, ...)
    rtol : float, default=None
        Largest error at the samples, as a part of the largest value; None is eps^(3/4).
    max_terms : int, default=100

    Examples
    --------
    >>> import numpy as np
    >>> from induce.interpolate import AAA
    >>> x = np.linspace(-1, 1, 200)
    >>> r = AAA(x, np.tan(4 * x))
    >>> bool(np.min(abs(r.poles() - np.pi / 8)) < 1e-10)
    True
    """

    def __init__(self, x: ArrayLike, y: ArrayLike, *, rtol: float | None = None, max_terms: int = 100) -> None:
        check_values("AAA", {"rtol": rtol, "max_terms": max_terms}, _RANGES)
        tolerance = float(np.finfo(float).eps ** 0.75) if rtol is None else rtol
        self._make("aaa", x, y, tolerance=tolerance, terms=max_terms)
        self.error, self.converged, self.removed = self._native.outcome()
        if not self.converged:
            text = f"AAA: the largest error at the samples is {self.error:.1e}, above the tolerance"
            warnings.warn(text, RuntimeWarning, stacklevel=2)

    def derivative(self, x: ArrayLike) -> np.ndarray:
        """The first derivative."""
        return self._at(x, self._native.derivative(self._asked(x), 1))

    def poles(self) -> np.ndarray:
        """Poles, complex."""
        return np.array([complex(a, b) for a, b, _, _ in self._native.poles()], dtype=complex)

    def residues(self) -> np.ndarray:
        """Residues of the poles, of the first output."""
        return np.array([complex(a, b) for _, _, a, b in self._native.poles()], dtype=complex)

    def roots(self) -> np.ndarray:
        """Zeros of the first output, complex."""
        return np.array([complex(a, b) for a, b in self._native.zeros()], dtype=complex)

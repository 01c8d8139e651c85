"""Interpolation under scipy's ideas: polynomials in barycentric form, Floater-Hormann blends, AAA."""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING

import numpy as np

from . import _native

if TYPE_CHECKING:
    from ._typing import ArrayLike

__all__ = ["AAA", "Barycentric", "FloaterHormann"]


def __dir__() -> list[str]:
    return sorted(__all__)


class _Interpolant:
    _native: _native.Interpolant
    _shape: tuple[int, ...]

    def _make(self, name: str, x: ArrayLike, y: ArrayLike, order: int = 0, tolerance: float = 0.0, terms: int = 1) -> None:
        x = np.ascontiguousarray(x, dtype=np.float64).ravel()
        y = np.asarray(y, dtype=np.float64)
        if len(x) == 0 or y.ndim == 0 or len(y) != len(x):
            raise ValueError(f"{len(x)} nodes stand against {len(y) if y.ndim else 1} values\nhint: every node has a value")
        self._shape = y.shape[1:]
        rows = np.ascontiguousarray(y.reshape(len(x), -1))
        self._native = _native.Interpolant(name, x, rows, order, tolerance, terms)

    def _at(self, x: ArrayLike, values: np.ndarray) -> np.ndarray:
        return values.reshape(np.shape(x) + self._shape)

    def __call__(self, x: ArrayLike) -> np.ndarray:
        """Values at x; at a node its value exactly."""
        return self._at(x, self._native.evaluate(np.asarray(x, dtype=np.float64).ravel()))

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
        return self._at(x, self._native.derivative(np.asarray(x, dtype=np.float64).ravel(), der))

    def error(self, x: ArrayLike) -> np.ndarray:
        """What the values may be wrong by: rounding, and an estimate of the rest."""
        return self._at(x, self._native.error_at(np.asarray(x, dtype=np.float64).ravel()))

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
    """

    def __init__(self, x: ArrayLike, y: ArrayLike, *, d: int = 3) -> None:
        x, y = np.asarray(x, dtype=np.float64).ravel(), np.asarray(y)
        order = np.argsort(x, kind="stable")
        self._make("floater-hormann", x[order], y[order] if len(y) == len(x) else y, order=d)

    def derivative(self, x: ArrayLike) -> np.ndarray:
        """The first derivative."""
        return self._at(x, self._native.derivative(np.asarray(x, dtype=np.float64).ravel(), 1))


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
        tolerance = float(np.finfo(float).eps ** 0.75) if rtol is None else rtol
        self._make("aaa", x, y, tolerance=tolerance, terms=max_terms)
        self.error, self.converged, self.removed = self._native.outcome()
        if not self.converged:
            text = f"AAA: the largest error at the samples is {self.error:.1e}, above the tolerance"
            warnings.warn(text, RuntimeWarning, stacklevel=2)

    def derivative(self, x: ArrayLike) -> np.ndarray:
        """The first derivative."""
        return self._at(x, self._native.derivative(np.asarray(x, dtype=np.float64).ravel(), 1))

    def poles(self) -> np.ndarray:
        """Poles, complex."""
        return np.array([complex(a, b) for a, b, _, _ in self._native.poles()], dtype=complex)

    def residues(self) -> np.ndarray:
        """Residues of the poles, of the first output."""
        return np.array([complex(a, b) for _, _, a, b in self._native.poles()], dtype=complex)

    def roots(self) -> np.ndarray:
        """Zeros of the first output, complex."""
        return np.array([complex(a, b) for a, b in self._native.zeros()], dtype=complex)

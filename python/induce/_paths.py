"""Coefficients along falling strengths of the prior."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from . import _native
from ._base import _Rows, as_json, threads_of

if TYPE_CHECKING:
    from ._typing import ArrayLike, MatrixLike


def enet_path(
    X: MatrixLike,
    y: ArrayLike,
    *,
    l1_ratio: float = 0.5,
    eps: float = 1e-3,
    n_alphas: int = 100,
    alphas: Any = None,
    precompute: Any = "auto",
    Xy: Any = None,
    copy_X: bool = True,
    coef_init: Any = None,
    verbose: Any = False,
    return_n_iter: bool = False,
    positive: bool = False,
    check_input: bool = True,
    max_iter: int = 1000,
    tol: float = 1e-10,
) -> Any:
    """Coefficients of the elastic net without an intercept, along falling alphas.

    argmin_b sum_i (y_i - x_i' b)^2 / (2 n) + alpha (l1_ratio |b|_1 + (1 - l1_ratio) |b|^2 / 2)

    Parameters
    ----------
    X : array-like or sparse matrix of shape (n_samples, n_features)
    y : array-like of shape (n_samples,)
    l1_ratio : float in (0, 1], default=0.5
    eps : float, default=1e-3
        The least alpha over the largest, at which all coefficients are 0.
    n_alphas : int, default=100
    alphas : array-like, default=None
        In place of those that `eps` and `n_alphas` say.
    precompute, Xy, copy_X, coef_init, verbose, check_input
        Taken for compatibility.
    return_n_iter : False
        Not supported: steps are not counted by alpha.
    positive : bool, default=False
    max_iter : int, default=1000
    tol : float, default=1e-10

    Returns
    -------
    alphas : ndarray of shape (n_alphas,)
        Falling.
    coefs : ndarray of shape (n_features, n_alphas)
    dual_gaps : ndarray of shape (n_alphas,)
        How far every objective can be from its minimum, times n as in scikit-learn.
    """
    if return_n_iter:
        raise ValueError("return_n_iter=True is not supported: steps are not counted by alpha")
    X = np.asfortranarray(X.toarray() if hasattr(X, "toarray") else X, dtype=np.float64)
    y = np.ascontiguousarray(y, dtype=np.float64)
    if X.ndim != 2 or y.shape != (len(X),):
        raise ValueError(f"X of shape {X.shape} and y of shape {y.shape}: one target, and as many rows, are expected")
    n, features = X.shape
    gradient = X.T @ y / n
    if alphas is None:
        if l1_ratio <= 0:
            raise ValueError("without `alphas`, l1_ratio must be above 0")
        top = max(0.0, (gradient if positive else np.abs(gradient)).max()) / l1_ratio
        alphas = np.geomspace(max(top, np.finfo(float).resolution), max(top * eps, np.finfo(float).resolution), n_alphas)
    alphas = np.sort(np.asarray(alphas, dtype=np.float64))[::-1]
    kind = "lasso" if l1_ratio == 1.0 else "elastic-net"
    settings = {"fit_intercept": False, "standardize": False, "missing": "mean", "tolerance": min(tol, 1e-10),
                "max_iterations": max_iter, "positive": positive} | ({} if kind == "lasso" else {"l1_ratio": l1_ratio})
    names = [f"x{j}" for j in range(features)]
    rows = _Rows(_native.Table.from_matrix(X, names, threads_of(None)), y, None)
    terms, found, _ = _native.linear_path(kind, as_json(settings), rows, alphas.tolist(), threads_of(None))
    coefs = np.zeros((features, len(alphas)))
    coefs[np.asarray(terms, dtype=np.intp)] = found.T
    gaps = np.asarray([_gap(X, y, b, alpha * n, l1_ratio, positive) for b, alpha in zip(coefs.T, alphas)])
    return alphas, coefs, gaps


def lasso_path(X: MatrixLike, y: ArrayLike, **options: Any) -> Any:
    """Coefficients of the lasso without an intercept, along falling alphas.

    Parameters
    ----------
    X : array-like or sparse matrix of shape (n_samples, n_features)
    y : array-like of shape (n_samples,)
    **options
        As `enet_path`, without `l1_ratio`.

    Returns
    -------
    alphas, coefs, dual_gaps
        As `enet_path`.
    """
    return enet_path(X, y, l1_ratio=1.0, **options)


def _gap(X: np.ndarray, y: np.ndarray, b: np.ndarray, alpha: float, l1_ratio: float, positive: bool) -> float:
    """The duality gap of |y - X b|^2 / 2 + alpha (l1_ratio |b|_1 + (1 - l1_ratio) |b|^2 / 2) (Kim et al. 2007)."""
    l1, l2 = alpha * l1_ratio, alpha * (1 - l1_ratio)
    residual = y - X @ b
    correlation = X.T @ residual - l2 * b
    largest = correlation.max() if positive else np.abs(correlation).max()
    scale = l1 / largest if largest > l1 else 1.0
    square = residual @ residual
    gap = 0.5 * square * (1 + scale**2) if scale < 1 else square
    return float(gap + l1 * np.abs(b).sum() - scale * residual @ y + 0.5 * l2 * (1 + scale**2) * (b @ b))

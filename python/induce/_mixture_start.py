"""Parameters that a mixture is told to begin from, checked, as the registry's settings."""

from __future__ import annotations

from typing import Any

import numpy as np


def settings_of(estimator: Any, rows: Any) -> dict[str, Any]:
    """What `weights_init`, `means_init` and `precisions_init` say of the coordinates that the model of these rows has."""
    k, found = estimator.n_components, {}
    if estimator.means_init is not None or estimator.precisions_init is not None:
        coordinates = estimator._coordinates_of(rows)
        width, known = len(coordinates), coordinates.places
    if estimator.weights_init is not None:
        found["weights"] = _weights(estimator.weights_init, k).tolist()
    if estimator.means_init is not None:
        means = _shaped(estimator.means_init, "means", (k, width))
        found["means"] = finite(means[:, known], "means").tolist()
    if estimator.precisions_init is not None:
        found["covariances"] = _covariances(estimator.precisions_init, estimator.covariance_type, k, width, known)
    return found


def _shaped(values: Any, name: str, shape: tuple[int, ...]) -> np.ndarray:
    array = np.asarray(values, dtype=np.float64)
    if array.shape != shape:
        raise ValueError(f"The parameter '{name}' should have the shape of {shape}, but got {array.shape}")
    return array


def finite(array: np.ndarray, name: str) -> np.ndarray:
    """The array, if it holds only finite numbers."""
    if not np.isfinite(array).all():
        raise ValueError(f"The parameter '{name}' contains {'NaN' if np.isnan(array).any() else 'infinity'}")
    return array


def _weights(values: Any, k: int) -> np.ndarray:
    weights = finite(_shaped(values, "weights", (k,)), "weights")
    if (weights < 0).any() or (weights > 1).any():
        raise ValueError(
            "The parameter 'weights' should be in the range [0, 1], but got max value "
            f"{weights.max():.5f}, min value {weights.min():.5f}"
        )
    if not np.isclose(weights.sum(), 1.0, rtol=0, atol=1e-6):
        raise ValueError(f"The parameter 'weights' should be normalized, but got sum(weights) = {weights.sum():.5f}")
    return weights


def _covariances(values: Any, kind: str, k: int, width: int, known: np.ndarray) -> list[list[float]]:
    """Whole covariances of the coordinates of which something is known, row after row, from precisions of any kind."""
    shapes = {"full": (k, width, width), "tied": (width, width), "diag": (k, width), "spherical": (k,)}
    precisions = _shaped(values, f"{kind} precision", shapes[kind])
    if kind == "diag":
        precisions = precisions[:, known]
    elif kind != "spherical":
        precisions = precisions[..., known[:, None], known]
    finite(precisions, "precisions")
    width = len(known)
    if kind in ("diag", "spherical"):
        if not (precisions > 0).all():
            raise ValueError(f"'{kind} precision' should be positive")
        diagonals = 1.0 / (precisions if kind == "diag" else np.repeat(precisions[:, None], width, axis=1))
        return [np.diag(diagonal).ravel().tolist() for diagonal in diagonals]
    matrices = precisions if kind == "full" else precisions[None]
    for matrix in matrices:
        if not np.allclose(matrix, matrix.T) or not (np.linalg.eigvalsh(matrix) > 0).all():
            raise ValueError(f"'{kind} precision' should be symmetric, positive-definite")
    inverses = (np.linalg.inv(matrix) for matrix in matrices)
    return [(0.5 * (inverse + inverse.T)).ravel().tolist() for inverse in inverses]

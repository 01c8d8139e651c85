"""Rows as sums of a few parts."""

from __future__ import annotations

from ._pca import PCA

__all__ = ["PCA"]


def __dir__() -> list[str]:
    return sorted(__all__)

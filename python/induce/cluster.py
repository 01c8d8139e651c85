"""Clusters of rows and of graphs."""

from __future__ import annotations

from ._spectral import SpectralClustering

__all__ = ["SpectralClustering"]


def __dir__() -> list[str]:
    return sorted(__all__)

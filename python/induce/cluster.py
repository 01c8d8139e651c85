"""Clusters of rows and of graphs."""

from __future__ import annotations

from ._bisecting import BisectingKMeans
from ._dp_means import DPMeans, HardHDP
from ._kmeans import KMeans, k_means, kmeans_plusplus
from ._mini_batch import MiniBatchKMeans
from ._spectral import SpectralClustering

__all__ = [
    "BisectingKMeans",
    "DPMeans",
    "HardHDP",
    "KMeans",
    "MiniBatchKMeans",
    "SpectralClustering",
    "k_means",
    "kmeans_plusplus",
]


def __dir__() -> list[str]:
    return sorted(__all__)

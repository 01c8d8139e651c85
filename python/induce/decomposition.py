"""Rows as sums of a few parts."""

from __future__ import annotations

from ._lda import LatentDirichletAllocation
from ._pca import PCA

__all__ = ["PCA", "LatentDirichletAllocation"]


def __dir__() -> list[str]:
    return sorted(__all__)

"""Mixtures of Gaussians."""

from __future__ import annotations

from ._mixture import GaussianMixture

__all__ = ["GaussianMixture"]


def __dir__() -> list[str]:
    return sorted(__all__)

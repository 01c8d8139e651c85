"""Mixtures of Gaussians."""

from __future__ import annotations

from ._bayes_mixture import BayesianGaussianMixture
from ._mixture import GaussianMixture

__all__ = ["BayesianGaussianMixture", "GaussianMixture"]


def __dir__() -> list[str]:
    return sorted(__all__)

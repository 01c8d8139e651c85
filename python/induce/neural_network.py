"""Networks: layers of f(x W + b), learnt by stochastic gradients.

Inputs are centred and divided by their deviations inside, and so is the target of a regression: what scikit-learn leaves to a pipeline. The
fitted `coefs_` and `intercepts_` are in the units of the data.
"""

from __future__ import annotations

from ._image_networks import CNNClassifier, GraphCNNClassifier
from ._networks import BayesianMLPClassifier, BayesianMLPRegressor, MLPClassifier, MLPRegressor

__all__ = ["CNNClassifier", "GraphCNNClassifier", "MLPClassifier", "MLPRegressor", "BayesianMLPClassifier", "BayesianMLPRegressor"]


def __dir__() -> list[str]:
    return sorted(__all__)

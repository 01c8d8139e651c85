"""Machine learning that states its uncertainty: every model is likelihood x prior x inference.

Modules and classes are named as scikit-learn's, so that changing an import is enough::

    from induce.linear_model import LogisticRegression
    from induce.ensemble import RandomForestClassifier
    from induce.boost import BoostClassifier
    from induce.language import GPT

Results are the same bits at any number of threads, and a saved model opens at the command line (`induce show FILE`) and
the other way round (`induce.load(FILE)`).
"""

from __future__ import annotations

import importlib
import os
from typing import TYPE_CHECKING, Any

from . import _native
from ._native import __version__

if TYPE_CHECKING:
    from ._typing import PathLike

_MODULES = (
    "boost",
    "cluster",
    "data",
    "decomposition",
    "ensemble",
    "feature_selection",
    "graph",
    "info",
    "interpolate",
    "language",
    "latent",
    "linear_model",
    "metrics",
    "mixture",
    "neural_network",
    "recommend",
    "tree",
    "variational",
)

_VERBS = ("compare", "tune")

__all__ = ["__version__", "load", "models", *_VERBS, *_MODULES]


def __getattr__(name: str) -> Any:
    # Modules on demand: `import induce` costs a few milliseconds.
    if name in _MODULES:
        return importlib.import_module(f"{__name__}.{name}")
    if name in _VERBS:
        return getattr(importlib.import_module(f"{__name__}._verbs"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def load(path: PathLike) -> Any:
    """Open a model file as a fitted estimator.

    Parameters
    ----------
    path : str or path-like
        A file of this package or of the command line; XGBoost's JSON or UBJSON; LightGBM's text; or a language model of
        any format that `induce.language.load` opens.

    Returns
    -------
    estimator
        Of the class that fits such models; it can predict, or write, at once.

    Raises
    ------
    FileNotFoundError
        If there is no such file.
    ValueError
        If it is no sound model.
    """
    from ._registry import class_of

    if _native.is_language(os.fspath(path)):
        from ._language import opened

        return opened(path)
    model, card = _native.open(os.fspath(path))
    return class_of(model.kind, model.task)()._opened(model, card)


def models() -> dict[str, dict[str, Any]]:
    """Every model of the registry: its title, what it is for, the idea, its tasks and its settings."""
    return _native.models()

"""Gradient boosting of trees (Friedman 2001; Chen & Guestrin 2016; Ke et al. 2017).

`BoostRegressor`, `BoostClassifier` and `BoostRanker` have the settings of the engine; `XGBRegressor` and its kin and
`LGBMRegressor` and its kin take the parameters of XGBoost and LightGBM by name. `from_xgboost` and `from_lightgbm` open
models of those packages, `to_xgboost` and `to_lightgbm` write them.
"""

from __future__ import annotations

import os
from typing import Any

from . import _native
from ._base import Estimator, _Rows
from ._boosted import BoostedClassifier, BoostedRanker, BoostedRegressor
from ._compat import check_is_fitted
from ._lightgbm import LGBMClassifier, LGBMRanker, LGBMRegressor
from ._parameters import Renamed, documented, keep
from ._xgboost import XGBClassifier, XGBRanker, XGBRegressor

__all__ = [
    "BoostClassifier",
    "BoostRanker",
    "BoostRegressor",
    "LGBMClassifier",
    "LGBMRanker",
    "LGBMRegressor",
    "XGBClassifier",
    "XGBRanker",
    "XGBRegressor",
    "from_lightgbm",
    "from_xgboost",
    "to_lightgbm",
    "to_xgboost",
]


def __dir__() -> list[str]:
    return sorted(__all__)

#: Settings that are given otherwise in Python.
_OTHERWISE: dict[str, Any] = {
    "lambda": ("lam", "float >= 0, default=1.0"),
    "monotone": (
        "monotone",
        "dict of str or int to {-1, 0, 1}, or array-like of shape (n_features,), default=None",
    ),
    "interactions": ("interactions", "list of lists of features, default=None"),
    "class_weight": None,
}

_SETTINGS = documented("boost", **_OTHERWISE)

_DOC = """

    F(x) = F_0 + eta sum_m f_m(x), every tree f_m a Newton step of the loss; a leaf's value is -T(G) / (H + lambda),
    G and H the sums of the leaf's gradients and curvatures, T the soft threshold at alpha (Chen & Guestrin 2016).

    Parameters
    ----------
{settings}
    n_jobs : int or None, default=None
        Threads; None is all. The result does not depend on it.
    random_state : int, RandomState or None, default=None
    verbose : int, default=0
        Show a progress bar.
    callbacks : callable or list of callables, default=None
        Called with (step, metrics); True stops the fit.
    max_time : float, default=None
        Seconds after which the fit ends with the model it has come to.{more}

    Attributes
    ----------
    feature_importances_ : ndarray of shape (n_features,)
    best_iteration_ : int
        The round of the least loss on `eval_set`, from 1; only with an `eval_set`.
    evals_result_ : dict
        `evals_result_["train"][metric]` and `["valid"][metric]`: a value per round.
    n_rounds_ : int
        Rounds that the model keeps.
    fit_report_ : FitReport
"""


class _Boost(Renamed):
    """The registry's settings as parameters."""

    def __init__(
        self,
        *,
        objective="auto",
        rounds=0,
        learning_rate=0.05,
        step="newton",
        growth="auto",
        max_depth=0,
        max_leaves=31,
        bins=255,
        split="histogram",
        min_child_weight=1.0,
        min_samples_leaf=0,
        min_samples_split=0,
        lam=1.0,
        alpha=0.0,
        gamma=0.0,
        pruning=0.0,
        max_delta_step=0.0,
        subsample=0.0,
        colsample=0.0,
        colsample_level=1.0,
        colsample_node=1.0,
        goss_top=0.0,
        goss_other=0.1,
        dart_rate=0.0,
        dart_skip=0.5,
        dart_max=50,
        early_stopping=0,
        trace=0,
        out_of_bag=False,
        one_hot=4,
        max_categories=65_000,
        category_rows=0,
        category_smooth=10.0,
        category_lambda=10.0,
        category_set=32,
        category_group=5.0,
        monotone=None,
        interactions=None,
        softmax_curvature="shared",
        huber_delta=1.0,
        huber_quantile=0.0,
        quantile=0.5,
        tweedie_power=1.5,
        rank_depth=30,
        n_jobs=None,
        random_state=None,
        verbose=0,
        callbacks=None,
        max_time=None,
    ):
        keep(self, locals())

    #: Parameters that say how, not what.
    _ELSEWHERE = {"n_jobs", "random_state", "verbose", "callbacks", "max_time", "class_weight"}

    def _boost_settings(self, rows: _Rows) -> dict[str, Any]:
        settings = {name: value for name, value in self.get_params(deep=False).items() if name not in self._ELSEWHERE}
        settings["lambda"] = settings.pop("lam")
        settings["monotone"] = self._monotone(self.monotone)
        settings["interactions"] = self._sets(self.interactions)
        return settings


class BoostRegressor(_Boost, BoostedRegressor):
    __doc__ = "Gradient-boosted trees for quantities." + _DOC.format(settings=_SETTINGS, more="")


class BoostClassifier(_Boost, BoostedClassifier):
    __doc__ = "Gradient-boosted trees for classes." + _DOC.format(
        settings=_SETTINGS, more='\n    class_weight : dict, "balanced" or None, default=None'
    )

    def __init__(
        self,
        *,
        objective="auto",
        rounds=0,
        learning_rate=0.05,
        step="newton",
        growth="auto",
        max_depth=0,
        max_leaves=31,
        bins=255,
        split="histogram",
        min_child_weight=1.0,
        min_samples_leaf=0,
        min_samples_split=0,
        lam=1.0,
        alpha=0.0,
        gamma=0.0,
        pruning=0.0,
        max_delta_step=0.0,
        subsample=0.0,
        colsample=0.0,
        colsample_level=1.0,
        colsample_node=1.0,
        goss_top=0.0,
        goss_other=0.1,
        dart_rate=0.0,
        dart_skip=0.5,
        dart_max=50,
        early_stopping=0,
        trace=0,
        out_of_bag=False,
        one_hot=4,
        max_categories=65_000,
        category_rows=0,
        category_smooth=10.0,
        category_lambda=10.0,
        category_set=32,
        category_group=5.0,
        monotone=None,
        interactions=None,
        class_weight=None,
        softmax_curvature="shared",
        huber_delta=1.0,
        huber_quantile=0.0,
        quantile=0.5,
        tweedie_power=1.5,
        rank_depth=30,
        n_jobs=None,
        random_state=None,
        verbose=0,
        callbacks=None,
        max_time=None,
    ):
        keep(self, locals())


class BoostRanker(_Boost, BoostedRanker, Estimator):
    __doc__ = "Gradient-boosted trees for the order of rows within queries (LambdaMART, Burges 2010)." + _DOC.format(settings=_SETTINGS, more="")


def from_xgboost(model: Any) -> Any:
    """A model of XGBoost as a fitted estimator.

    Parameters
    ----------
    model : str, path-like, bytes, Booster or XGBModel
        A JSON or UBJSON file, its content, or the object itself.

    Returns
    -------
    BoostRegressor, BoostClassifier or BoostRanker

    Raises
    ------
    FileNotFoundError
        If there is no such file.
    ValueError
        If it is no sound model, or one that is not supported.
    """
    if hasattr(model, "get_booster"):
        model = model.get_booster()
    if hasattr(model, "save_raw"):
        model = bytes(model.save_raw(raw_format="ubj"))
    return _opened(model)


def from_lightgbm(model: Any) -> Any:
    """A model of LightGBM as a fitted estimator.

    Parameters
    ----------
    model : str, path-like, bytes, Booster or LGBMModel
        A text file, its content (a string of several lines, or bytes), or the object itself.

    Returns
    -------
    BoostRegressor, BoostClassifier or BoostRanker

    Raises
    ------
    FileNotFoundError
        If there is no such file.
    ValueError
        If it is no sound model, or one that is not supported.
    """
    if hasattr(model, "booster_"):
        model = model.booster_
    if hasattr(model, "model_to_string"):
        model = model.model_to_string()
    if isinstance(model, str) and "\n" in model:
        model = model.encode()
    return _opened(model)


def _opened(model: Any) -> Any:
    from ._registry import class_of

    if isinstance(model, (bytes, bytearray, memoryview)):
        opened, _ = _native.from_bytes(bytes(model))
    else:
        opened, _ = _native.open(os.fspath(model))
    return class_of(opened.kind, opened.task)()._adopt(opened)


def to_xgboost(estimator: Any, format: str = "json") -> bytes:
    """A boosted model as a file of XGBoost.

    Parameters
    ----------
    estimator : estimator
        Any fitted estimator of boosted trees.
    format : {"json", "ubj"}

    Returns
    -------
    bytes
        What `xgboost.Booster().load_model(bytearray(...))` takes.
    """
    check_is_fitted(estimator, "model_")
    if format not in ("json", "ubj"):
        raise ValueError(f"format == {format!r} is neither 'json' nor 'ubj'")
    return estimator.model_.convert(f"xgboost-{format}")


def to_lightgbm(estimator: Any) -> str:
    """A boosted model as a text file of LightGBM.

    Parameters
    ----------
    estimator : estimator
        Any fitted estimator of boosted trees.

    Returns
    -------
    str
        What `lightgbm.Booster(model_str=...)` takes.
    """
    check_is_fitted(estimator, "model_")
    return estimator.model_.convert("lightgbm").decode()

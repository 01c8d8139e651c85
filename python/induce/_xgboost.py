"""Boosted trees under XGBoost's names (Chen & Guestrin 2016)."""

from __future__ import annotations

import json
import math
from typing import Any

import numpy as np

from ._base import Estimator, _Rows
from ._boosted import BoostedClassifier, BoostedRanker, BoostedRegressor
from ._foreign import Foreign

_DOC = """{first}

    Gain and leaf values are XGBoost's: -T(G) / (H + lambda), gain T(G)^2 / (H + lambda) summed over the children less
    the parent's (Chen & Guestrin 2016, equations 5 to 7). None stands for the package's default, in parentheses. What is
    not supported is a ValueError when the model is fitted.

    Parameters
    ----------
    max_depth (6), max_leaves (0) : int
    max_bin : int (256, of which 255 hold quantities)
    grow_policy : {{"depthwise", "lossguide"}}
    learning_rate (0.3) : float
        Also as `eta`.
    n_estimators (100) : int
    verbosity : int
        Taken and not used.
    objective : str
        {objectives}.
    booster : {{"gbtree", "dart"}}
    tree_method : {{"auto", "hist", "approx", "exact"}}
    n_jobs : int
        Threads; the result does not depend on it. Also as `nthread`.
    gamma (0), min_child_weight (1), max_delta_step (0), reg_alpha (0), reg_lambda (1) : float
        Also as `min_split_loss`, `alpha` and, by `set_params` or a dict, `lambda`.
    subsample, colsample_bytree, colsample_bylevel, colsample_bynode (1) : float
    sampling_method : {{"uniform"}}
    scale_pos_weight : float
        Weight of the second of two classes.
    base_score, num_parallel_tree, multi_strategy, device, feature_types, feature_weights, validate_parameters
        Their defaults only.
    random_state (0) : int or RandomState
        Also as `seed`.
    missing : nan
    monotone_constraints, interaction_constraints
        By name or by number.
    importance_type : {{"gain", "weight", "total_gain"}}
    enable_categorical : bool
        Categories of frames are always taken as such.
    max_cat_to_onehot (4), max_cat_threshold (64) : int
    eval_metric : None
        The loss itself is watched.
    early_stopping_rounds : int
        Needs an `eval_set`.
    callbacks : callable or list of callables
        Called with (step, metrics); True stops the fit.
    rate_drop, skip_drop : float
        Of `dart`.
    quantile_alpha, tweedie_variance_power : float

    Attributes
    ----------
    feature_importances_ : ndarray of shape (n_features,)
    best_iteration : int
        The round of the least loss on `eval_set`, from 0.
    evals_result_ : dict
    fit_report_ : FitReport
    """


class _XGB(Foreign):
    _PACKAGE = "XGBoost"
    _ALIASES = {
        "eta": "learning_rate",
        "lambda": "reg_lambda",
        "alpha": "reg_alpha",
        "min_split_loss": "gamma",
        "seed": "random_state",
        "nthread": "n_jobs",
        "num_round": "n_estimators",
        "num_boost_round": "n_estimators",
    }

    def __init__(
        self,
        *,
        max_depth=None,
        max_leaves=None,
        max_bin=None,
        grow_policy=None,
        learning_rate=None,
        n_estimators=None,
        verbosity=None,
        objective=None,
        booster=None,
        tree_method=None,
        n_jobs=None,
        gamma=None,
        min_child_weight=None,
        max_delta_step=None,
        subsample=None,
        sampling_method=None,
        colsample_bytree=None,
        colsample_bylevel=None,
        colsample_bynode=None,
        reg_alpha=None,
        reg_lambda=None,
        scale_pos_weight=None,
        base_score=None,
        random_state=None,
        missing=math.nan,
        num_parallel_tree=None,
        monotone_constraints=None,
        interaction_constraints=None,
        importance_type=None,
        device=None,
        validate_parameters=None,
        enable_categorical=False,
        feature_types=None,
        feature_weights=None,
        max_cat_to_onehot=None,
        max_cat_threshold=None,
        multi_strategy=None,
        eval_metric=None,
        early_stopping_rounds=None,
        callbacks=None,
        rate_drop=None,
        skip_drop=None,
        quantile_alpha=0.5,
        tweedie_variance_power=1.5,
        **kwargs,
    ):
        self._keep(locals())

    def _boost_settings(self, rows: _Rows) -> dict[str, Any]:
        self._only(
            ("booster", (None, "gbtree", "dart")),
            ("tree_method", (None, "auto", "hist", "approx", "exact")),
            ("sampling_method", (None, "uniform")),
            ("grow_policy", (None, "depthwise", "lossguide")),
            ("base_score", (None,)),
            ("num_parallel_tree", (None, 1)),
            ("device", (None, "cpu")),
            ("feature_types", (None,)),
            ("feature_weights", (None,)),
            ("multi_strategy", (None, "one_output_per_tree")),
        )
        self._only(("eval_metric", (None,)), hint="the loss itself is watched")
        if self.missing is not None and not (isinstance(self.missing, float) and math.isnan(self.missing)):
            self._refuse("missing", self.missing, "missing values are NaN")

        def of(name: str, default: Any) -> Any:
            value = getattr(self, name)
            return default if value is None else value

        dart = self.booster == "dart"
        return self._objective() | {
            "rounds": _at_least(1, "n_estimators", of("n_estimators", 100)),
            "learning_rate": of("learning_rate", 0.3),
            "growth": "leafwise" if self.grow_policy == "lossguide" else "depthwise",
            "max_depth": of("max_depth", 6),
            "max_leaves": of("max_leaves", 0),
            "bins": min(of("max_bin", 256), 65_535) - (of("max_bin", 256) == 256),
            "split": "exact" if self.tree_method == "exact" else "histogram",
            "min_child_weight": of("min_child_weight", 1.0),
            "lambda": of("reg_lambda", 1.0),
            "alpha": of("reg_alpha", 0.0),
            "gamma": of("gamma", 0.0),
            "max_delta_step": of("max_delta_step", 0.0),
            "subsample": of("subsample", 1.0),
            "colsample": of("colsample_bytree", 1.0),
            "colsample_level": of("colsample_bylevel", 1.0),
            "colsample_node": of("colsample_bynode", 1.0),
            "dart_rate": of("rate_drop", 0.0) if dart else 0.0,
            "dart_skip": of("skip_drop", 0.0),
            "one_hot": of("max_cat_to_onehot", 4),
            "category_set": of("max_cat_threshold", 64),
            "early_stopping": self._early_stopping(rows, self.early_stopping_rounds),
            "monotone": self._monotone(self.monotone_constraints),
            "interactions": self._sets(_parsed(self.interaction_constraints)),
        }

    @property
    def best_iteration(self) -> int:
        """The round of the least loss on `eval_set`, from 0."""
        if not hasattr(self, "best_iteration_"):
            raise AttributeError("`best_iteration` is only defined when an `eval_set` was given")
        return self.best_iteration_ - 1

    @property
    def feature_importances_(self) -> np.ndarray:
        """Fractions of the features by `importance_type`, of shape (n_features,)."""
        return self._importances("gain" if self.importance_type is None else self.importance_type)


def _at_least(least: int, name: str, value: Any) -> Any:
    if not value >= least:
        raise ValueError(f"{name} == {value}, must be >= {least}")
    return value


def _parsed(sets: Any) -> Any:
    return json.loads(sets) if isinstance(sets, str) else sets


class XGBRegressor(_XGB, BoostedRegressor):
    __doc__ = _DOC.format(
        first="Gradient-boosted trees for quantities, with XGBoost's parameters and defaults.",
        objectives="reg:squarederror (default), reg:absoluteerror, reg:quantileerror, count:poisson, reg:gamma, reg:tweedie",
    )
    _OBJECTIVES = {
        "reg:squarederror": {"objective": "squared"},
        "reg:absoluteerror": {"objective": "absolute"},
        "reg:quantileerror": {"objective": "quantile", "quantile": "@quantile_alpha"},
        "count:poisson": {"objective": "poisson"},
        "reg:gamma": {"objective": "gamma"},
        "reg:tweedie": {"objective": "tweedie", "tweedie_power": "@tweedie_variance_power"},
    }


class XGBClassifier(_XGB, BoostedClassifier):
    __doc__ = _DOC.format(
        first="Gradient-boosted trees for classes, with XGBoost's parameters and defaults; any labels.",
        objectives="binary:logistic, multi:softprob or multi:softmax; by the number of classes if not given",
    )
    # As in XGBoost, the number of classes decides between the two.
    _OBJECTIVES = {
        "binary:logistic": {"objective": "auto"},
        "multi:softprob": {"objective": "auto"},
        "multi:softmax": {"objective": "auto"},
    }

    def _weight(self, sample_weight: Any, target: np.ndarray) -> np.ndarray | None:
        weight = super()._weight(sample_weight, target)
        if self.scale_pos_weight in (None, 1):
            return weight
        if len(self.classes_) != 2:
            self._refuse("scale_pos_weight", self.scale_pos_weight, "there are not two classes")
        scale = np.where(target == 1, float(self.scale_pos_weight), 1.0)
        return scale if weight is None else weight * scale


class XGBRanker(_XGB, BoostedRanker, Estimator):
    __doc__ = _DOC.format(
        first="Gradient-boosted trees for the order of rows within queries, with XGBoost's parameters and defaults.",
        objectives="rank:ndcg (default)",
    )
    _OBJECTIVES = {"rank:ndcg": {"objective": "lambdarank"}}

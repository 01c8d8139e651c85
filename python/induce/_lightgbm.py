"""Boosted trees under LightGBM's names (Ke et al. 2017)."""

from __future__ import annotations

from typing import Any

import numpy as np

from ._base import Estimator, _Rows
from ._boosted import BoostedClassifier, BoostedRanker, BoostedRegressor
from ._foreign import Foreign

_DOC = """{first}

    The leaf of largest gain is split first; a leaf's value is -T(G) / (H + lambda). What is not supported is a ValueError
    when the model is fitted.

    Parameters
    ----------
    boosting_type : {{"gbdt", "dart", "goss"}}
    num_leaves : int, default=31
    max_depth : int, default=-1
        0 and less are no limit.
    learning_rate : float, default=0.1
        Also as `eta`, `shrinkage_rate`.
    n_estimators : int, default=100
        Also as `num_iterations`, `num_trees`, `num_boost_round`.
    subsample_for_bin : int
        Taken and not used: bins are made of all rows.
    objective : str, default=None
        {objectives}.
    class_weight : dict, "balanced" or None, default=None
        Classifiers only.
    min_split_gain, min_child_weight, reg_alpha, reg_lambda : float
        Also as `min_gain_to_split`, `min_sum_hessian_in_leaf`, `lambda_l1`, `lambda_l2`.
    min_child_samples : int, default=20
        Rows of a leaf, estimated by its fraction of its parent's curvature, as LightGBM does. Also as `min_data_in_leaf`.
    subsample : float, default=1.0
        Rows per tree, if `subsample_freq` is above 0. Also as `bagging_fraction`.
    subsample_freq : {{0, 1}}
        Also as `bagging_freq`.
    colsample_bytree : float, default=1.0
        Also as `feature_fraction`.
    random_state : int, RandomState or None
        Also as `seed`.
    n_jobs : int or None
        Threads; the result does not depend on it. Also as `num_threads`.
    importance_type : {{"split", "gain"}}
        Numbers of splits, or sums of gains.
    max_bin : int, default=255
    monotone_constraints, interaction_constraints
        By name or by number.
    early_stopping_rounds : int, default=None
        Needs an `eval_set`. Also as `early_stopping_round`.
    top_rate, other_rate : float
        Of `goss`.
    drop_rate, skip_drop, max_drop
        Of `dart`.
    alpha, tweedie_variance_power : float
        Of the losses `huber` and `quantile`, and of `tweedie`.
    verbose : int
        Taken and not used.
    callbacks : callable or list of callables
        Called with (step, metrics); True stops the fit.

    Attributes
    ----------
    feature_importances_ : ndarray of shape (n_features,)
    best_iteration_ : int
        The round of the least loss on `eval_set`, from 1.
    evals_result_ : dict
    fit_report_ : FitReport
    """


class _LGBM(Foreign):
    _PACKAGE = "LightGBM"
    _ALIASES = {
        "eta": "learning_rate",
        "shrinkage_rate": "learning_rate",
        "num_iterations": "n_estimators",
        "num_trees": "n_estimators",
        "num_boost_round": "n_estimators",
        "num_leaf": "num_leaves",
        "max_leaves": "num_leaves",
        "min_gain_to_split": "min_split_gain",
        "min_sum_hessian_in_leaf": "min_child_weight",
        "min_data_in_leaf": "min_child_samples",
        "lambda_l1": "reg_alpha",
        "lambda_l2": "reg_lambda",
        "bagging_fraction": "subsample",
        "bagging_freq": "subsample_freq",
        "feature_fraction": "colsample_bytree",
        "seed": "random_state",
        "num_threads": "n_jobs",
        "early_stopping_round": "early_stopping_rounds",
        "boosting": "boosting_type",
    }

    def __init__(
        self,
        *,
        boosting_type="gbdt",
        num_leaves=31,
        max_depth=-1,
        learning_rate=0.1,
        n_estimators=100,
        subsample_for_bin=200000,
        objective=None,
        class_weight=None,
        min_split_gain=0.0,
        min_child_weight=1e-3,
        min_child_samples=20,
        subsample=1.0,
        subsample_freq=0,
        colsample_bytree=1.0,
        reg_alpha=0.0,
        reg_lambda=0.0,
        random_state=None,
        n_jobs=None,
        importance_type="split",
        max_bin=255,
        monotone_constraints=None,
        interaction_constraints=None,
        early_stopping_rounds=None,
        top_rate=0.2,
        other_rate=0.1,
        drop_rate=0.1,
        skip_drop=0.5,
        max_drop=50,
        alpha=0.9,
        tweedie_variance_power=1.5,
        verbose=0,
        callbacks=None,
        **kwargs,
    ):
        self._keep(locals())

    def _boost_settings(self, rows: _Rows) -> dict[str, Any]:
        self._only(
            ("boosting_type", ("gbdt", "dart", "goss", "gbrt")),
            ("importance_type", ("split", "gain")),
            ("subsample_freq", (0, 1)),
        )
        if self._task != "classification" and self.class_weight is not None:
            self._refuse("class_weight", self.class_weight, "there are no classes")
        goss, dart = self.boosting_type == "goss", self.boosting_type == "dart"
        if self.n_estimators < 1:
            raise ValueError(f"n_estimators == {self.n_estimators}, must be >= 1")
        return self._objective() | {
            "rounds": self.n_estimators,
            "learning_rate": self.learning_rate,
            "growth": "leafwise",
            "max_depth": max(0, self.max_depth),
            "max_leaves": self.num_leaves,
            "bins": self.max_bin,
            "min_child_weight": self.min_child_weight,
            "min_samples_leaf": self.min_child_samples,
            "lambda": self.reg_lambda,
            "alpha": self.reg_alpha,
            "gamma": self.min_split_gain,
            "subsample": self.subsample if self.subsample_freq > 0 else 1.0,
            "colsample": self.colsample_bytree,
            "goss_top": self.top_rate if goss else 0.0,
            "goss_other": self.other_rate,
            "dart_rate": self.drop_rate if dart else 0.0,
            "dart_skip": self.skip_drop,
            "dart_max": self.max_drop,
            "early_stopping": self._early_stopping(rows, self.early_stopping_rounds),
            "monotone": self._monotone(self.monotone_constraints),
            "interactions": self._sets(self.interaction_constraints),
        }

    @property
    def feature_importances_(self) -> np.ndarray:
        """Splits of every feature, or what they gained, of shape (n_features,)."""
        found = self.model_.importances() if hasattr(self, "model_") else []
        if not found:
            self._importances("weight")
        if self.importance_type == "split":
            return np.asarray([splits for _, _, splits in found]).astype(np.int64)
        return np.asarray([gain for _, gain, _ in found])


class LGBMRegressor(_LGBM, BoostedRegressor):
    __doc__ = _DOC.format(
        first="Gradient-boosted trees for quantities, with LightGBM's parameters and defaults.",
        objectives="regression (default), regression_l1, huber, quantile, poisson, gamma, tweedie",
    )
    _OBJECTIVES = {
        **dict.fromkeys(("regression", "regression_l2", "l2", "mse", "mean_squared_error"), {"objective": "squared"}),
        **dict.fromkeys(("regression_l1", "l1", "mae", "mean_absolute_error"), {"objective": "absolute"}),
        "huber": {"objective": "huber", "huber_delta": "@alpha"},
        "quantile": {"objective": "quantile", "quantile": "@alpha"},
        "poisson": {"objective": "poisson"},
        "gamma": {"objective": "gamma"},
        "tweedie": {"objective": "tweedie", "tweedie_power": "@tweedie_variance_power"},
    }


class LGBMClassifier(_LGBM, BoostedClassifier):
    __doc__ = _DOC.format(
        first="Gradient-boosted trees for classes, with LightGBM's parameters and defaults; any labels.",
        objectives="binary or multiclass; by the number of classes if not given",
    )
    # As in LightGBM, the number of classes decides between the two.
    _OBJECTIVES = dict.fromkeys(("binary", "multiclass", "softmax"), {"objective": "auto"})


class LGBMRanker(_LGBM, BoostedRanker, Estimator):
    __doc__ = _DOC.format(
        first="Gradient-boosted trees for the order of rows within queries, with LightGBM's parameters and defaults.",
        objectives="lambdarank (default)",
    )
    _OBJECTIVES = {"lambdarank": {"objective": "lambdarank"}}

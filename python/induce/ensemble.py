"""Many models as one: forests, extra trees, bagging and AdaBoost (Breiman 1996, 2001; Geurts et al. 2006; Zhu et al. 2009)."""

from __future__ import annotations

import json
import numbers
from typing import Any

from ._adaboost import AdaBoostClassifier, AdaBoostRegressor
from ._bagging import BaggingClassifier, BaggingRegressor
from ._base import Classifier, Regressor, _Rows
from ._parameters import keep
from ._gradient_boosting import GradientBoostingClassifier, GradientBoostingRegressor
from ._hist_gradient_boosting import HistGradientBoostingClassifier, HistGradientBoostingRegressor
from ._many import ManyTargets
from ._trees import TreeMixin

__all__ = [
    "RandomForestClassifier",
    "RandomForestRegressor",
    "ExtraTreesClassifier",
    "ExtraTreesRegressor",
    "GradientBoostingClassifier",
    "GradientBoostingRegressor",
    "HistGradientBoostingClassifier",
    "HistGradientBoostingRegressor",
    "BaggingClassifier",
    "BaggingRegressor",
    "AdaBoostClassifier",
    "AdaBoostRegressor",
]


class _Forest(TreeMixin):
    """Trees on samples of the rows, averaged."""

    def _settings(self, rows: _Rows) -> dict[str, Any]:
        if not isinstance(self.n_estimators, numbers.Integral) or self.n_estimators < 1:
            raise ValueError(f"n_estimators == {self.n_estimators}, must be an int >= 1")
        if self.warm_start:
            raise ValueError("warm_start is not supported: fit once with as many trees as you want")
        if self.oob_score and not self.bootstrap:
            raise ValueError("Out of bag estimation only available if bootstrap=True")
        if self.max_samples is not None and not self.bootstrap:
            raise ValueError("`max_samples` cannot be set if `bootstrap=False`. Either switch to `bootstrap=True` or set "
                             "`max_samples=None`.")
        settings = self._tree_settings(rows) | {"trees": self.n_estimators, "bootstrap": self.bootstrap}
        if self.max_samples is not None:
            share = self.max_samples / len(rows.target) if isinstance(self.max_samples, numbers.Integral) else self.max_samples
            settings["subsample"] = share
        if self._task == "regression":
            settings["quantiles"] = self.quantiles
        return settings


class _QuantileForest(ManyTargets, _Forest, Regressor):
    """A forest of a quantity."""

    _keeps_column = False

    def predict_quantiles(self, X, probabilities):
        """Quantiles of the target (Meinshausen 2006), of shape (n_samples, n_probabilities).

        Parameters
        ----------
        X : array-like or frame of shape (n_samples, n_features)
        probabilities : sequence of float in (0, 1)
        """
        return self.model_.quantiles(self._checked(X), [float(p) for p in probabilities], self._threads())


_PARAMETERS = """
    Parameters
    ----------
    n_estimators : int, default=100
        Trees.
    criterion : str
        What a split makes purer: {criteria}.
    max_depth, min_samples_split, min_samples_leaf, min_weight_fraction_leaf, max_features, min_impurity_decrease, ccp_alpha
        As in `induce.tree`.
    bootstrap : bool
        Draw every tree's rows with replacement.
    oob_score : bool, default=False
        Estimate the score on rows that trees have not seen.
    n_jobs : int or None, default=None
        Threads; None is all. The result does not depend on it.
    random_state : int, RandomState or None, default=None
    verbose : int, default=0
        Show a progress bar.
    max_samples : int, float or None, default=None
        Rows drawn per tree.
    max_bins : int, default=255
{more}    callbacks : callable or list of callables, default=None
        Called with (step, metrics); True stops the fit.

    Attributes
    ----------
    feature_importances_ : ndarray of shape (n_features,)
    fit_report_ : FitReport
"""

_QUANTILES = """    quantiles : bool, default=False
        Keep the training targets by leaf, so that `predict_interval` and `predict_quantiles` work.
"""


class RandomForestClassifier(_Forest, Classifier):
    __doc__ = "Trees on bootstrap samples that look at a few features per node, averaged.\n" + _PARAMETERS.format(
        criteria="`gini`, `entropy` or `log_loss`", more=""
    )

    _kind = "forest"

    def __init__(
        self,
        n_estimators=100,
        *,
        criterion="gini",
        max_depth=None,
        min_samples_split=2,
        min_samples_leaf=1,
        min_weight_fraction_leaf=0.0,
        max_features="sqrt",
        max_leaf_nodes=None,
        min_impurity_decrease=0.0,
        bootstrap=True,
        oob_score=False,
        n_jobs=None,
        random_state=None,
        verbose=0,
        warm_start=False,
        class_weight=None,
        ccp_alpha=0.0,
        max_samples=None,
        monotonic_cst=None,
        max_bins=255,
        callbacks=None,
    ):
        keep(self, locals())


class RandomForestRegressor(_QuantileForest):
    __doc__ = "Trees on bootstrap samples that look at a few features per node, averaged.\n" + _PARAMETERS.format(
        criteria="`squared_error` or `friedman_mse`", more=_QUANTILES
    )

    _kind = "forest"

    def __init__(
        self,
        n_estimators=100,
        *,
        criterion="squared_error",
        max_depth=None,
        min_samples_split=2,
        min_samples_leaf=1,
        min_weight_fraction_leaf=0.0,
        max_features=1.0,
        max_leaf_nodes=None,
        min_impurity_decrease=0.0,
        bootstrap=True,
        oob_score=False,
        n_jobs=None,
        random_state=None,
        verbose=0,
        warm_start=False,
        ccp_alpha=0.0,
        max_samples=None,
        monotonic_cst=None,
        max_bins=255,
        callbacks=None,
        quantiles=False,
    ):
        keep(self, locals())


class ExtraTreesClassifier(_Forest, Classifier):
    __doc__ = "Trees that draw one random threshold per feature, averaged.\n" + _PARAMETERS.format(
        criteria="`gini`, `entropy` or `log_loss`", more=""
    )

    _kind = "extra-trees"

    def __init__(
        self,
        n_estimators=100,
        *,
        criterion="gini",
        max_depth=None,
        min_samples_split=2,
        min_samples_leaf=1,
        min_weight_fraction_leaf=0.0,
        max_features="sqrt",
        max_leaf_nodes=None,
        min_impurity_decrease=0.0,
        bootstrap=False,
        oob_score=False,
        n_jobs=None,
        random_state=None,
        verbose=0,
        warm_start=False,
        class_weight=None,
        ccp_alpha=0.0,
        max_samples=None,
        monotonic_cst=None,
        max_bins=255,
        callbacks=None,
    ):
        keep(self, locals())


class ExtraTreesRegressor(_QuantileForest):
    __doc__ = "Trees that draw one random threshold per feature, averaged.\n" + _PARAMETERS.format(
        criteria="`squared_error` or `friedman_mse`", more=_QUANTILES
    )

    _kind = "extra-trees"

    def __init__(
        self,
        n_estimators=100,
        *,
        criterion="squared_error",
        max_depth=None,
        min_samples_split=2,
        min_samples_leaf=1,
        min_weight_fraction_leaf=0.0,
        max_features=1.0,
        max_leaf_nodes=None,
        min_impurity_decrease=0.0,
        bootstrap=False,
        oob_score=False,
        n_jobs=None,
        random_state=None,
        verbose=0,
        warm_start=False,
        ccp_alpha=0.0,
        max_samples=None,
        monotonic_cst=None,
        max_bins=255,
        callbacks=None,
        quantiles=False,
    ):
        keep(self, locals())

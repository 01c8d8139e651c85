"""Many models as one: forests, extra trees, bagging and AdaBoost (Breiman 1996, 2001; Geurts et al. 2006; Zhu et al. 2009)."""

from __future__ import annotations

from ._adaboost import AdaBoostClassifier, AdaBoostRegressor
from ._bagging import BaggingClassifier, BaggingRegressor
from ._base import Classifier
from ._compat import counts_as
from ._forest import ForestOfClasses, QuantileForest
from ._gradient_boosting import GradientBoostingClassifier, GradientBoostingRegressor
from ._hist_gradient_boosting import HistGradientBoostingClassifier, HistGradientBoostingRegressor
from ._parameters import keep
from ._trees import criterion_of_today

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


def __dir__() -> list[str]:
    return sorted(__all__)


_PARAMETERS = """
    Parameters
    ----------
    n_estimators : int, default=100
        Trees.
    criterion : str
        What a split makes purer: {criteria}.
    max_depth, min_samples_split, min_samples_leaf, min_weight_fraction_leaf, max_features, max_leaf_nodes, \
            min_impurity_decrease, ccp_alpha
        As in `induce.tree`.
    bootstrap : bool
        Draw every tree's rows with replacement.
    oob_score : bool or callable, default=False
        Judge every row by the trees that have not seen it: `oob_score_`, by accuracy or R squared, or by
        `callable(y_true, y_pred)`, to which classes are given as their numbers. It needs `bootstrap=True`.
    n_jobs : int or None, default=None
        Threads; None is all. The result does not depend on it.
    random_state : int, RandomState or None, default=None
    verbose : int, default=0
        Show a progress bar.
    warm_start : bool, default=False
        Keep the trees of the last fit and add to them, up to `n_estimators`. On the same rows and parameters that is the
        forest of one fit.
    max_samples : int, float or None, default=None
        Rows drawn per tree.
    monotonic_cst : array-like of shape (n_features,) or None, default=None
        1 if more of a feature may only raise the prediction (or the probability of the second class), -1 if it may only
        lower it, else 0. Of one target that is a quantity or has two classes.
    max_bins : int, default=255
{more}    callbacks : callable or list of callables, default=None
        Called with (step, metrics); True stops the fit.

    Attributes
    ----------
    estimators_ : list of trees
        Fitted estimators of `induce.tree`, also as `forest[i]`, made anew whenever they are asked for. They predict the
        numbers of classes, not their names.
    feature_importances_ : ndarray of shape (n_features,)
    n_outputs_ : int
        Targets; if there are several, the trees learn them together, as in `induce.tree`.
    oob_score_ : float
    oob_decision_function_ : ndarray of shape (n_samples, n_classes) or (n_samples, n_classes, n_outputs)
        Of classifiers with `oob_score`: probabilities by the trees that left the row out, 0 where there is none.
    oob_prediction_ : ndarray of shape (n_samples,) or (n_samples, n_outputs)
        Of regressors with `oob_score`.
    fit_report_ : FitReport
"""

_QUANTILES = """    quantiles : bool, default=False
        Keep the training targets by leaf, so that `predict_interval` and `predict_quantiles` work.
"""


class RandomForestClassifier(ForestOfClasses, Classifier):
    __doc__ = "Trees on bootstrap samples that consider a few features per node, averaged.\n" + _PARAMETERS.format(
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


class RandomForestRegressor(QuantileForest):
    __doc__ = "Trees on bootstrap samples that consider a few features per node, averaged.\n" + _PARAMETERS.format(
        criteria="`squared_error`, `absolute_error` (leaves are medians) or `poisson` (counts)", more=_QUANTILES
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
        criterion = criterion_of_today(criterion)
        keep(self, locals())


class ExtraTreesClassifier(ForestOfClasses, Classifier):
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


class ExtraTreesRegressor(QuantileForest):
    __doc__ = "Trees that draw one random threshold per feature, averaged.\n" + _PARAMETERS.format(
        criteria="`squared_error`, `absolute_error` (leaves are medians) or `poisson` (counts)", more=_QUANTILES
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
        criterion = criterion_of_today(criterion)
        keep(self, locals())


# Whose partial dependence is found by a walk down the trees.
counts_as(RandomForestRegressor, "ensemble", "RandomForestRegressor")
for _name in ("Classifier", "Regressor"):
    counts_as(globals()[f"GradientBoosting{_name}"], "ensemble._gb", "BaseGradientBoosting")
    counts_as(globals()[f"HistGradientBoosting{_name}"], "ensemble._hist_gradient_boosting.gradient_boosting",
              "BaseHistGradientBoosting")

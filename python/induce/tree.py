"""Decision trees (Breiman, Friedman, Olshen & Stone 1984)."""

from __future__ import annotations

from typing import Any

from ._base import Classifier, Regressor, _Rows
from ._compat import counts_as
from ._parameters import keep
from ._joint import JointClasses
from ._ranges import Word, check
from ._trees import TreeMixin, criterion_of_today
from ._views import OneTree

__all__ = ["DecisionTreeClassifier", "DecisionTreeRegressor", "ExtraTreeClassifier", "ExtraTreeRegressor"]


def __dir__() -> list[str]:
    return sorted(__all__)

_PARAMETERS = """
    Parameters
    ----------
    criterion : str
        What a split makes purer: {criteria}.
    splitter : {{"best", "random"}}
        The best threshold of a feature, or one drawn at random.
    max_depth : int or None, default=None
    min_samples_split : int or float, default=2
    min_samples_leaf : int or float, default=1
        Counted in weights: a weight of 2 is two rows. A float is a fraction of all. With 1 (and `min_samples_split=2`)
        weights below 1 limit nothing.
    min_weight_fraction_leaf : float, default=0.0
    max_features : int, float, "sqrt", "log2" or None
        Features a node considers.
    random_state : int, RandomState or None, default=None
    max_leaf_nodes : int or None, default=None
        Most leaves; the leaf whose split gains most is split next.
    min_impurity_decrease : float, default=0.0
        Least fall of the impurity by a split, in fractions of all rows.{weights}
    ccp_alpha : float, default=0.0
        Cost of a leaf in minimal cost-complexity pruning.
    monotonic_cst : array-like of shape (n_features,) or None, default=None
        1 if more of a feature may only raise the prediction (or the probability of the second class), -1 if it may only
        lower it, else 0. Of one target that is a quantity or has two classes.
    max_bins : int or None, default=None
        Quantities with more different values are divided between so many bins; up to 65534. None is a bin for every value
        while there are at most 10 000 rows, and 255 beyond.

    Attributes
    ----------
    feature_importances_ : ndarray of shape (n_features,)
    n_outputs_ : int
        Targets. If y is (n_samples, n_outputs), a leaf predicts all of them, and a split is chosen by the mean of their
        impurities; `classes_` and `n_classes_` then have an entry for each, and `predict_proba` returns a list.
    max_features_ : int
        Features a node considers.
    fit_report_ : FitReport

    Missing values go to the side where they gain most; categories of frames are divided as sets.
"""


class _Tree(OneTree, TreeMixin):
    _kind = "tree"

    def _settings(self, rows: _Rows) -> dict[str, Any]:
        check(self, splitter=[Word("best", "random")])
        return self._tree_settings(rows) | {"random_split": self.splitter == "random"}


class DecisionTreeClassifier(JointClasses, _Tree, Classifier):
    __doc__ = "A tree of questions whose leaves are probabilities of classes.\n" + _PARAMETERS.format(
        criteria="`gini`, `entropy` or `log_loss`", weights='\n    class_weight : dict, "balanced" or None, default=None'
    )

    def __init__(
        self,
        *,
        criterion="gini",
        splitter="best",
        max_depth=None,
        min_samples_split=2,
        min_samples_leaf=1,
        min_weight_fraction_leaf=0.0,
        max_features=None,
        random_state=None,
        max_leaf_nodes=None,
        min_impurity_decrease=0.0,
        class_weight=None,
        ccp_alpha=0.0,
        monotonic_cst=None,
        max_bins=None,
    ):
        keep(self, locals())


class DecisionTreeRegressor(_Tree, Regressor):
    __doc__ = "A tree of questions whose leaves are means, or medians.\n" + _PARAMETERS.format(
        criteria="`squared_error`, `absolute_error` (leaves are medians) or `poisson` (counts)", weights=""
    )

    def __init__(
        self,
        *,
        criterion="squared_error",
        splitter="best",
        max_depth=None,
        min_samples_split=2,
        min_samples_leaf=1,
        min_weight_fraction_leaf=0.0,
        max_features=None,
        random_state=None,
        max_leaf_nodes=None,
        min_impurity_decrease=0.0,
        ccp_alpha=0.0,
        monotonic_cst=None,
        max_bins=None,
    ):
        criterion = criterion_of_today(criterion)
        keep(self, locals())


class ExtraTreeClassifier(DecisionTreeClassifier):
    __doc__ = DecisionTreeClassifier.__doc__

    def __init__(
        self,
        *,
        criterion="gini",
        splitter="random",
        max_depth=None,
        min_samples_split=2,
        min_samples_leaf=1,
        min_weight_fraction_leaf=0.0,
        max_features="sqrt",
        random_state=None,
        max_leaf_nodes=None,
        min_impurity_decrease=0.0,
        class_weight=None,
        ccp_alpha=0.0,
        monotonic_cst=None,
        max_bins=None,
    ):
        keep(self, locals())


class ExtraTreeRegressor(DecisionTreeRegressor):
    __doc__ = DecisionTreeRegressor.__doc__

    def __init__(
        self,
        *,
        criterion="squared_error",
        splitter="random",
        max_depth=None,
        min_samples_split=2,
        min_samples_leaf=1,
        min_weight_fraction_leaf=0.0,
        max_features=1.0,
        random_state=None,
        max_leaf_nodes=None,
        min_impurity_decrease=0.0,
        ccp_alpha=0.0,
        monotonic_cst=None,
        max_bins=None,
    ):
        criterion = criterion_of_today(criterion)
        keep(self, locals())


counts_as(DecisionTreeClassifier, "tree", "DecisionTreeClassifier")
counts_as(DecisionTreeRegressor, "tree", "DecisionTreeRegressor")

"""Decision trees (Breiman, Friedman, Olshen & Stone 1984)."""

from __future__ import annotations

from typing import Any

from ._base import Classifier, Regressor, _Rows
from ._parameters import keep
from ._many import ManyTargets
from ._trees import TreeMixin

__all__ = ["DecisionTreeClassifier", "DecisionTreeRegressor", "ExtraTreeClassifier", "ExtraTreeRegressor"]

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
        Counted in weights: a weight of 2 is two rows. A float is a share of all.
    min_weight_fraction_leaf : float, default=0.0
    max_features : int, float, "sqrt", "log2" or None
        Features a node looks at.
    random_state : int, RandomState or None, default=None
    max_leaf_nodes : None
        Not supported; an error if it is set.
    min_impurity_decrease : float, default=0.0{weights}
    ccp_alpha : float, default=0.0
        Cost of a leaf in minimal cost-complexity pruning.
    monotonic_cst : None
        Not supported; an error if it is set.
    max_bins : int, default=255
        Quantities with more different values are divided between so many bins; up to 65534.

    Missing values go to the side where they gain most; categories of frames are divided as sets.
"""


class _Tree(TreeMixin):
    _kind = "tree"

    def _settings(self, rows: _Rows) -> dict[str, Any]:
        if self.splitter not in ("best", "random"):
            raise ValueError(f"splitter == {self.splitter!r} is neither 'best' nor 'random'")
        return self._tree_settings(rows) | {"random_split": self.splitter == "random"}


class DecisionTreeClassifier(_Tree, Classifier):
    __doc__ = "A tree of questions whose leaves are shares of classes.\n" + _PARAMETERS.format(
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
        max_bins=255,
    ):
        keep(self, locals())


class DecisionTreeRegressor(ManyTargets, _Tree, Regressor):
    __doc__ = "A tree of questions whose leaves are means.\n" + _PARAMETERS.format(
        criteria="`squared_error` or `friedman_mse`", weights=""
    )
    _keeps_column = False

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
        max_bins=255,
    ):
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
        max_bins=255,
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
        max_bins=255,
    ):
        keep(self, locals())

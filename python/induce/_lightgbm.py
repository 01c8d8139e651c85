"""Boosted trees under LightGBM's names (Ke et al. 2017)."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from ._base import Estimator, _Rows
from ._boosted import BoostedClassifier, BoostedRanker, BoostedRegressor, groups_of
from ._booster_views import LightBooster
from ._categories import ChosenCategories
from ._compat import check_is_fitted
from ._foreign import ANY, Foreign, each_of, model_of, pairs_of
from ._named_metrics import Metric, of_lightgbm
from ._parameters import keep
from ._watched import Judged, Patience, Watched, WatchedFit

if TYPE_CHECKING:
    from ._typing import ArrayLike, MatrixLike

_DOC = """{first}

    The leaf of largest gain is split first; a leaf's value is -T(G) / (H + lambda). What is not supported is a ValueError
    when the model is fitted; what cannot change a result here is taken, with a warning where that may surprise.

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
    subsample_freq : int >= 0
        0 draws no rows; otherwise they are drawn anew in every round. Also as `bagging_freq`.
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
        Stop when some metric of some `eval_set` but the training rows has not been better for so many rounds; the model is
        then of the rounds to the best one. Also as `early_stopping_round`.
    top_rate, other_rate : float
        Of `goss`.
    drop_rate, skip_drop, max_drop
        Of `dart`.
    alpha, tweedie_variance_power : float
        Of the losses `huber` and `quantile`, and of `tweedie`.
    verbose : int
        Above 0 is a progress bar.
    callbacks : callable or list of callables
        Called with (step, metrics); True stops the fit. LightGBM's own callbacks are an argument of `fit`.
    **kwargs
        `metric`, `scale_pos_weight`, `is_unbalance`, `max_delta_step`, `colsample_bynode`, `cat_smooth`, `cat_l2`,
        `max_cat_threshold`, `max_cat_to_onehot`, `lambdarank_truncation_level`, `first_metric_only`, `eval_at`, and their
        aliases.

    Attributes
    ----------
    feature_importances_ : ndarray of shape (n_features,)
    best_iteration_ : int
        The best round, from 1; 0 without early stopping.
    best_score_, evals_result_ : dict
        The values of every metric on every `eval_set` in the best round, or the last, and in all of them.
    booster_ : object
        The model with the methods of LightGBM's booster that need no matrix of its own.
    n_estimators_, n_iter_, n_features_, n_classes_ : int
    feature_name_ : list of str
    objective_ : str
    fit_report_ : FitReport
    """


class _LGBM(Foreign, ChosenCategories):
    _PACKAGE = "LightGBM"
    _KNOWN = {
        # How fast, how loud, where from.
        **dict.fromkeys(
            ("force_col_wise", "force_row_wise", "deterministic", "num_class", "num_classes", "is_enable_sparse", "is_sparse",
             "enable_sparse", "sparse", "histogram_pool_size", "hist_pool_size", "enable_bundle", "is_enable_bundle", "bundle",
             "feature_pre_filter", "pre_partition", "two_round", "is_training_metric", "train_metric", "metric_freq", "silent",
             "num_machines", "local_listen_port", "time_out", "gpu_platform_id", "gpu_device_id", "gpu_use_dp", "num_gpu",
             "saved_feature_importance_type", "precise_float_parser", "monotone_constraints_method", "verbose_eval"), ANY
        ),
        # Heard by name below.
        **dict.fromkeys(
            ("metric", "scale_pos_weight", "is_unbalance", "max_delta_step", "colsample_bynode", "cat_smooth", "cat_l2",
             "max_cat_threshold", "max_cat_to_onehot", "first_metric_only", "eval_at", "lambdarank_truncation_level",
             "early_stopping_min_delta", "data_sample_strategy"), ANY
        ),
        "device": ("cpu",), "device_type": ("cpu",), "tree_learner": ("serial",), "use_missing": (True,),
        "zero_as_missing": (False,), "boost_from_average": (True,), "extra_trees": (False,), "min_data_in_bin": (1, 3),
        "min_data_per_group": (100,), "path_smooth": (0.0,), "linear_tree": (False,), "linear_lambda": (0.0,),
        "bagging_by_query": (False,), "pos_bagging_fraction": (1.0,), "neg_bagging_fraction": (1.0,), "xgboost_dart_mode": (False,),
        "uniform_drop": (False,), "monotone_penalty": (0.0,), "use_quantized_grad": (False,), "reg_sqrt": (False,),
        "sigmoid": (1.0,), "lambdarank_norm": (True,), "label_gain": (), "forcedsplits_filename": ("",),
        "forcedbins_filename": ("",), "max_bin_by_feature": (), "feature_contri": (), "cegb_tradeoff": (1.0,),
        "cegb_penalty_split": (0.0,), "refit_decay_rate": ANY, "fair_c": ANY, "poisson_max_delta_step": (0.7,),
        "pred_early_stop": (False,), "pred_early_stop_freq": ANY, "pred_early_stop_margin": ANY, "max_position": (),
        "lambdarank_position_bias_regularization": (0.0,), "interaction_constraints_vector": (), "parser_config_file": ("",),
        "predict_disable_shape_check": (False,),
    }
    _WITHOUT_EFFECT = {
        **dict.fromkeys(
            ("feature_fraction_seed", "bagging_seed", "drop_seed", "data_random_seed", "objective_seed", "extra_seed",
             "bagging_fraction_seed"), "all draws follow `random_state`"
        ),
        **dict.fromkeys(("bin_construct_sample_cnt", "subsample_for_bin"), "bins are made of all rows"),
    }
    #: The metric of every loss, by LightGBM's name.
    _DEFAULT_METRICS = {
        "squared": "l2", "absolute": "l1", "huber": "huber", "quantile": "quantile", "poisson": "poisson", "gamma": "gamma",
        "tweedie": "tweedie", "logistic": "binary_logloss", "softmax": "multi_logloss", "lambdarank": "ndcg",
    }
    #: What LightGBM calls the losses.
    _NAMES = {
        "squared": "regression", "absolute": "regression_l1", "logistic": "binary", "softmax": "multiclass",
    }
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
        "boost": "boosting_type",
        "nthread": "n_jobs",
        "nthreads": "n_jobs",
        "num_thread": "n_jobs",
        "n_iter": "n_estimators",
        "num_iteration": "n_estimators",
        "num_tree": "n_estimators",
        "num_round": "n_estimators",
        "num_rounds": "n_estimators",
        "max_iter": "n_estimators",
        "max_leaf": "num_leaves",
        "max_leaf_nodes": "num_leaves",
        "min_data_per_leaf": "min_child_samples",
        "min_data": "min_child_samples",
        "min_samples_leaf": "min_child_samples",
        "min_sum_hessian_per_leaf": "min_child_weight",
        "min_sum_hessian": "min_child_weight",
        "min_hessian": "min_child_weight",
        "sub_row": "subsample",
        "bagging": "subsample",
        "sub_feature": "colsample_bytree",
        "l1_regularization": "reg_alpha",
        "lambda": "reg_lambda",
        "l2_regularization": "reg_lambda",
        "n_iter_no_change": "early_stopping_rounds",
        "rate_drop": "drop_rate",
        "monotone_constraint": "monotone_constraints",
        "mc": "monotone_constraints",
        "max_bins": "max_bin",
        "verbosity": "verbose",
        "random_seed": "random_state",
        "app": "objective",
        "application": "objective",
        "loss": "objective",
        # Of parameters that the constructor does not name.
        "metrics": "metric",
        "metric_types": "metric",
        "sub_feature_bynode": "colsample_bynode",
        "feature_fraction_bynode": "colsample_bynode",
        "unbalance": "is_unbalance",
        "unbalanced_sets": "is_unbalance",
        "max_tree_output": "max_delta_step",
        "max_leaf_output": "max_delta_step",
        "eval_at_positions": "eval_at",
        "ndcg_eval_at": "eval_at",
        "ndcg_at": "eval_at",
        "map_eval_at": "eval_at",
        "map_at": "eval_at",
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
        )
        if self.subsample_freq > 1 and self.subsample < 1.0:
            warnings.warn(
                f"subsample_freq={self.subsample_freq}: rows are drawn anew in every round, not in every "
                f"{self.subsample_freq}th", UserWarning, stacklevel=6
            )
        if self._task != "classification" and self.class_weight is not None:
            self._refuse("class_weight", self.class_weight, "there are no classes")
        strategy = self._other("data_sample_strategy", "bagging")
        if strategy not in ("bagging", "goss"):
            self._refuse("data_sample_strategy", strategy, "only 'bagging' and 'goss'")
        goss, dart = "goss" in (self.boosting_type, strategy), self.boosting_type == "dart"
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
            "max_delta_step": max(0.0, self._other("max_delta_step", 0.0)),
            "colsample_node": self._other("colsample_bynode", 1.0),
            "category_smooth": self._other("cat_smooth", 10.0),
            "category_lambda": self._other("cat_l2", 10.0),
            "category_set": self._other("max_cat_threshold", 32),
            "one_hot": self._other("max_cat_to_onehot", 4),
            **({"rank_depth": self._other("lambdarank_truncation_level", 30)} if self._task == "ranking" else {}),
            "monotone": self._monotone(self.monotone_constraints),
            "interactions": self._sets(self.interaction_constraints),
        }

    # Columns.

    def _given_categories(self) -> Any:
        given = self.__dict__.get("_categorical", "auto")
        return None if isinstance(given, str) else list(given)

    # The fit.

    def _fit_watched(self, X: MatrixLike, y: ArrayLike, sample_weight: Any, given: dict[str, Any], **more: Any) -> Any:
        """The fit, its rounds judged on the rows of `eval_set`."""
        eval_set = given["eval_set"]
        if given["eval_X"] is not None or given["eval_y"] is not None:
            if eval_set is not None:
                raise ValueError("Specify either 'eval_set' or 'eval_X' (but not both)")
            if given["eval_X"] is None or given["eval_y"] is None:
                raise ValueError("You must specify eval_X and eval_y, not just one of them.")
            own_X, own_y = given["eval_X"], given["eval_y"]
            if isinstance(own_X, tuple) != isinstance(own_y, tuple) or isinstance(own_X, tuple) and len(own_X) != len(own_y):
                raise ValueError("If eval_X is a tuple, y_val must be a tuple of same length, and vice versa.")
            eval_set = list(zip(own_X, own_y)) if isinstance(own_X, tuple) else [(own_X, own_y)]
        pairs = pairs_of(eval_set)
        count = len(pairs)
        weights = each_of(given["eval_sample_weight"], count, "eval_sample_weight")
        classes = each_of(given["eval_class_weight"], count, "eval_class_weight")
        scores = each_of(given["eval_init_score"], count, "eval_init_score")
        groups = each_of(given.get("eval_groups"), count, "eval_group")
        names = each_of(given["eval_names"], count, "eval_names")
        self._categorical = given["categorical_feature"]
        self._columns = None if isinstance(given["feature_name"], str) else [str(own) for own in given["feature_name"]]
        names = [
            ("training" if own_X is X and own_y is y else f"valid_{i}") if name is None else name
            for i, (name, (own_X, own_y)) in enumerate(zip(names, pairs))
        ]
        rounds = self.early_stopping_rounds
        if rounds and rounds > 0 and not pairs:
            raise ValueError(
                f"{type(self).__name__} needs an `eval_set` for early stopping: at least one dataset and eval metric is required"
            )
        wanted = _listed(given["eval_metric"])

        def sets() -> list[Watched]:
            every = []
            for name, (own_X, own_y), weight, by_class, group, score in zip(names, pairs, weights, classes, groups, scores):
                own = self._watched_set(name, own_X, own_y, weight, None if group is None else group(len(own_y)), score)
                if by_class is not None:
                    own = own._replace(weight=own.weight * self._class_weights_of(by_class, own.target))
                every.append(own)
            return every

        callbacks, ending = [], _Ending()
        for own in _listed(given["callbacks"]):
            if getattr(own, "before_iteration", False):
                raise ValueError("callbacks that change parameters from round to round are not supported: fit again, or go on "
                                 "from a model with `init_model`")
            callbacks.append(ending.heard(own, self))
        patience = None
        if rounds and rounds > 0:
            first = bool(self._other("first_metric_only", False))
            patience = Patience(int(rounds), _watched_by(first), float(self._other("early_stopping_min_delta", 0.0)))
        init = model_of(given["init_model"])
        course = WatchedFit(self, sets, lambda objective: self._metrics(objective, wanted), patience, callbacks, init)
        ending.course = course
        self._metrics("squared", wanted)
        self._fit(X, y, sample_weight, run=course.run, as_fitted=self._begun(given["init_score"]), **more)
        self.evals_result_ = {name: dict(own) for name, own in course.history.items()}
        self.best_iteration_ = course.best or 0
        at = (course.best or self.model_.rounds - (0 if init is None else init.rounds)) - 1
        self.best_score_ = {
            name: {metric: values[at] for metric, values in own.items() if at < len(values)}
            for name, own in self.evals_result_.items()
        }
        return self

    def _class_weights_of(self, by_class: Any, codes: np.ndarray) -> np.ndarray:
        from ._base import _class_weights

        return _class_weights(by_class, self.classes_, codes.astype(np.intp), np.ones(len(codes)))

    def _metrics(self, objective: str, wanted: list[Any]) -> list[Metric]:
        names = [own for own in wanted if not callable(own)]
        own = self._other("metric", None)
        own = [part.strip() for part in own.split(",")] if isinstance(own, str) else _listed(own)
        if not own:
            own = [self._DEFAULT_METRICS.get(objective, "l2")]
        found: list[Metric] = []
        for name in [*names, *own]:
            if name in ("None", "na", "null", "custom", ""):
                continue
            positions = self._other("eval_at", (1, 2, 3, 4, 5))
            positions = positions if isinstance(positions, (list, tuple)) else [positions]
            every = of_lightgbm(str(name), self.alpha, self.tweedie_variance_power, positions)
            found += [metric for metric in every if metric.name not in {known.name for known in found}]
        for metric in wanted:
            if callable(metric):
                found.append(Metric(getattr(metric, "__name__", "custom"), _of_callable(metric)))
        return found

    def _weight(self, sample_weight: Any, target: np.ndarray) -> np.ndarray | None:
        weight = super()._weight(sample_weight, target)
        scale, balanced = self._other("scale_pos_weight", 1.0), self._other("is_unbalance", False)
        if scale == 1.0 and not balanced:
            return weight
        if self._task != "classification" or len(self.classes_) != 2:
            self._refuse("is_unbalance" if balanced else "scale_pos_weight", balanced or scale, "there are not two classes")
        if balanced and scale != 1.0:
            self._refuse("scale_pos_weight", scale, "`is_unbalance` says the weights too: give one of them")
        second = float((target == 1).sum())
        first = len(target) - second
        # The rarer class is weighted up to the other.
        factors = (1.0, scale) if not balanced else (max(second / first, 1.0), max(first / second, 1.0))
        own = np.where(target == 1, float(factors[1]), float(factors[0]))
        return own if weight is None else weight * own

    def _names(self) -> list[str]:
        return self.__dict__.get("_columns") or super()._names()

    def _after(self, steps: int) -> None:
        super()._after(steps)
        self.__dict__.pop("best_iteration_", None)
        self.best_iteration_, self.best_score_, self.evals_result_ = 0, {}, {}
        if self._task == "classification":
            self.n_classes_ = len(self.classes_)

    # What LightGBM's estimators can say.

    @property
    def booster_(self) -> LightBooster:
        """The model with the methods of LightGBM's booster that need no matrix of its own."""
        check_is_fitted(self, "model_")
        return LightBooster(self)

    @property
    def n_estimators_(self) -> int:
        """Rounds that the model keeps."""
        check_is_fitted(self, "model_")
        return int(self.model_.rounds)

    @property
    def n_iter_(self) -> int:
        """Rounds that the model keeps."""
        return self.n_estimators_

    @property
    def n_features_(self) -> int:
        """Columns of the model."""
        check_is_fitted(self, "model_")
        return int(self.n_features_in_)

    @property
    def feature_name_(self) -> list[str]:
        """The names of the columns, `Column_0` and so on for those of an array."""
        return self.booster_.feature_name()

    @property
    def objective_(self) -> str:
        """The loss by LightGBM's name."""
        check_is_fitted(self, "model_")
        from ._watched import objective_of

        own = objective_of(self.model_)
        return self.objective if isinstance(self.objective, str) else self._NAMES.get(own, own)

    @property
    def feature_importances_(self) -> np.ndarray:
        """Splits of every feature, or what they gained, of shape (n_features,)."""
        return self.booster_.feature_importance(self.importance_type)

    def _asked_for(self, X: MatrixLike, options: dict[str, Any], chances: bool) -> np.ndarray:
        """What the options of `predict` ask for; means without any."""
        check_is_fitted(self, "model_")
        if options.pop("pred_early_stop", False):
            raise ValueError("pred_early_stop=True is not supported: all rounds are added up")
        for name in ("pred_early_stop_freq", "pred_early_stop_margin", "num_threads", "n_jobs", "predict_disable_shape_check"):
            options.pop(name, None)
        start, rounds = options.pop("start_iteration", 0), options.pop("num_iteration", None)
        raw, leaf, contributions = (options.pop(own, False) for own in ("raw_score", "pred_leaf", "pred_contrib"))
        options.pop("validate_features", None)
        if options:
            raise TypeError(f"predict() got unexpected options: {', '.join(sorted(options))}")
        start = max(0, int(start or 0))
        model = self._between(start, None if rounds is None or rounds <= 0 else start + int(rounds))
        if leaf:
            leaves = model.leaves(self._checked(X), self._threads())
            return leaves.reshape(len(leaves), -1).astype(np.int32)
        if contributions:
            # Of every output the columns, then the mean.
            values = model.shap(self._checked(X), self._threads())
            return values.reshape(len(values), -1)
        if raw:
            margins = self._margins(model, X)
            return margins[:, 0] if margins.shape[1] == 1 else margins
        found = self._means(model, X)
        return np.column_stack([1 - found, found]) if chances and found.ndim == 1 else found


def _listed(given: Any) -> list[Any]:
    return [] if given is None else list(given) if isinstance(given, (list, tuple, set)) else [given]


def _watched_by(first_only: bool) -> Callable[[list[Judged]], list[Judged]]:
    """Which values early stopping heeds."""

    def own(judged: list[Judged]) -> list[Judged]:
        held_out = [one for one in judged if one.dataset_name != "training"]
        return [one for one in held_out if one.metric_name == held_out[0].metric_name] if first_only else held_out

    return own


def _of_callable(metric: Callable[..., Any]) -> Callable[..., Any]:
    """A metric in LightGBM's manner: of (y, prediction[, weight[, group]]), it says its name and whether larger is better."""
    import inspect

    arguments = len([own for own in inspect.signature(metric).parameters.values() if own.default is own.empty
                     and own.kind in (own.POSITIONAL_ONLY, own.POSITIONAL_OR_KEYWORD)])

    def value(y: np.ndarray, f: np.ndarray, w: np.ndarray, queries: Any) -> Any:
        weight = None if (w == 1).all() else w
        group = None if queries is None else np.bincount(queries)
        return metric(*(y, f, weight, group)[: max(2, arguments)])

    return value


class _Round(NamedTuple):
    """A round as LightGBM shows it to its callbacks."""

    model: LightBooster
    params: dict[str, Any]
    iteration: int
    begin_iteration: int
    end_iteration: int
    evaluation_result_list: list[Judged]


class _Ending:
    """How LightGBM's callbacks end a fit: by an exception that says the best round."""

    course: WatchedFit

    def heard(self, callback: Callable[..., Any], owner: Any) -> Callable[..., Any]:
        view = LightBooster(owner)

        def hear(model: Any, step: int, judged: list[Judged], history: Any) -> bool:
            view.model = model
            try:
                callback(_Round(view, {"boosting": owner.boosting_type}, step, 0, owner.n_estimators, judged))
            except Exception as error:
                if type(error).__name__ != "EarlyStopException":
                    raise
                self.course.best = int(error.best_iteration) + 1  # type: ignore[attr-defined]
                self.course.reason = f"a callback ended the fit: the best round is {self.course.best}"
                return True
            return False

        return hear


_FIT = """Fit the model.

        Parameters
        ----------
        X : array-like, sparse matrix or frame of shape (n_samples, n_features)
        y : array-like of shape (n_samples,)
        sample_weight : array-like of shape (n_samples,), default=None
            A weight counts as so many repetitions of its row.
        init_score : array-like of shape (n_samples,) or (n_samples, n_outputs), default=None
            Scores before the link that the trees are added to; a prediction leaves them out.{more}
        eval_set : list of (X, y), default=None
            Rows that every round is judged on; the training rows themselves are called `training`.
        eval_names : list of str, default=None
        eval_sample_weight, eval_class_weight, eval_init_score : list, default=None
            Weights of the rows, of the classes, and scores of every pair of `eval_set`.
        eval_metric : str, callable or list of them, default=None
            LightGBM's names, or callables of (y, prediction[, weight[, group]]) that give a name, a value, and whether larger
            is better. The metric of the objective, or the parameter `metric`, is evaluated too.
        feature_name : "auto" or list of str
        categorical_feature : "auto" or list of str or int
            Columns that are categories; "auto" is those of a frame that are.
        callbacks : list of callables, default=None
            LightGBM's: they may judge and end the fit, but not change its parameters.
        init_model : estimator, Booster or file, default=None
            A model to go on from.
        eval_X, eval_y : array-like or tuple of them, default=None
            In place of `eval_set`.

        Returns
        -------
        self
        """


class _Fitting(_LGBM):
    """`fit` without queries."""

    def fit(
        self,
        X: MatrixLike,
        y: ArrayLike,
        sample_weight: ArrayLike | None = None,
        init_score: ArrayLike | None = None,
        eval_set: Any = None,
        eval_names: Any = None,
        eval_sample_weight: Any = None,
        eval_class_weight: Any = None,
        eval_init_score: Any = None,
        eval_metric: Any = None,
        feature_name: Any = "auto",
        categorical_feature: Any = "auto",
        callbacks: Any = None,
        init_model: Any = None,
        *,
        eval_X: Any = None,
        eval_y: Any = None,
    ) -> Any:
        return self._fit_watched(X, y, sample_weight, dict(locals()))

    fit.__doc__ = _FIT.format(more="")


_PREDICT = """

        Parameters
        ----------
        X : array-like, sparse matrix or frame of shape (n_samples, n_features)
        raw_score : bool, default=False
            Scores before the link instead.
        start_iteration : int, default=0
        num_iteration : int, default=None
            Only so many rounds from `start_iteration` on; None is all.
        pred_leaf : bool, default=False
            The leaf of every tree instead, counted from 0 within its tree.
        pred_contrib : bool, default=False
            Shapley values of every feature and the mean score instead, output after output.
        validate_features : bool, default=False
            Taken for compatibility; columns are always held against those of the fit.
        **kwargs
            Options of LightGBM's prediction that change no number.
        """


class LGBMRegressor(_Fitting, BoostedRegressor):
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
        **dict.fromkeys(("cross_entropy", "xentropy"), {"objective": "logistic"}),
    }

    def predict(
        self,
        X: MatrixLike,
        raw_score: bool = False,
        start_iteration: int = 0,
        num_iteration: int | None = None,
        pred_leaf: bool = False,
        pred_contrib: bool = False,
        validate_features: bool = False,
        **kwargs: Any,
    ) -> np.ndarray:
        options = {name: own for name, own in locals().items() if name not in ("self", "X", "kwargs", "__class__")}
        return self._asked_for(X, options | kwargs, chances=False)

    predict.__doc__ = "The predicted quantity, of shape (n_samples,)." + _PREDICT


class LGBMClassifier(_Fitting, BoostedClassifier):
    __doc__ = _DOC.format(
        first="Gradient-boosted trees for classes, with LightGBM's parameters and defaults; any labels.",
        objectives="binary or multiclass; by the number of classes if not given",
    )
    # As in LightGBM, the number of classes decides between the two.
    _OBJECTIVES = dict.fromkeys(("binary", "multiclass", "softmax"), {"objective": "auto"})

    def predict(
        self,
        X: MatrixLike,
        raw_score: bool = False,
        start_iteration: int = 0,
        num_iteration: int | None = None,
        pred_leaf: bool = False,
        pred_contrib: bool = False,
        validate_features: bool = False,
        **kwargs: Any,
    ) -> np.ndarray:
        if kwargs or raw_score or pred_leaf or pred_contrib or start_iteration or num_iteration is not None:
            options = {name: own for name, own in locals().items() if name not in ("self", "X", "kwargs", "__class__")}
            found = self._asked_for(X, options | kwargs, chances=not (raw_score or pred_leaf or pred_contrib))
            return found if raw_score or pred_leaf or pred_contrib else self.classes_[found.argmax(axis=1)]
        return super().predict(X)

    predict.__doc__ = "The likeliest class, of shape (n_samples,)." + _PREDICT

    def predict_proba(
        self,
        X: MatrixLike,
        raw_score: bool = False,
        start_iteration: int = 0,
        num_iteration: int | None = None,
        pred_leaf: bool = False,
        pred_contrib: bool = False,
        validate_features: bool = False,
        **kwargs: Any,
    ) -> np.ndarray:
        if kwargs or raw_score or pred_leaf or pred_contrib or start_iteration or num_iteration is not None:
            options = {name: own for name, own in locals().items() if name not in ("self", "X", "kwargs", "__class__")}
            return self._asked_for(X, options | kwargs, chances=True)
        return super().predict_proba(X)

    predict_proba.__doc__ = (
        "The probability of every class, of shape (n_samples, n_classes), in the order of `classes_`." + _PREDICT
    )


class LGBMRanker(_LGBM, BoostedRanker, Estimator):
    __doc__ = _DOC.format(
        first="Gradient-boosted trees for the order of rows within queries, with LightGBM's parameters and defaults.",
        objectives="lambdarank (default)",
    )
    _OBJECTIVES = {"lambdarank": {"objective": "lambdarank"}}

    def fit(
        self,
        X: MatrixLike,
        y: ArrayLike,
        sample_weight: ArrayLike | None = None,
        init_score: ArrayLike | None = None,
        group: ArrayLike | None = None,
        eval_set: Any = None,
        eval_names: Any = None,
        eval_sample_weight: Any = None,
        eval_init_score: Any = None,
        eval_group: Any = None,
        eval_metric: Any = None,
        eval_at: Any = (1, 2, 3, 4, 5),
        feature_name: Any = "auto",
        categorical_feature: Any = "auto",
        callbacks: Any = None,
        init_model: Any = None,
        *,
        qid: ArrayLike | None = None,
        eval_X: Any = None,
        eval_y: Any = None,
        eval_qid: Any = None,
    ) -> Any:
        given = dict(locals()) | {"eval_class_weight": None}
        sizes = [None] * len(eval_qid) if eval_group is None and eval_qid is not None else eval_group
        if sizes is not None:
            names = [None] * len(sizes) if eval_qid is None else eval_qid
            given["eval_groups"] = [_grouped(*own) for own in zip(sizes, names)]
        elif eval_set is not None or eval_X is not None or eval_y is not None:
            raise ValueError("eval_group cannot be None if any of eval_set, eval_X, or eval_y are provided")
        if "eval_at" not in self._others:
            self._others_of_fit = {"eval_at": eval_at}
        return self._fit_watched(X, y, sample_weight, given, groups=_grouped(group, qid))

    fit.__doc__ = _FIT.format(
        more="""
        group : array-like of shape (n_queries,), default=None
            Rows of every query, one query after the other.
        qid, eval_qid : array-like, or list of them, default=None
            The query of every row, in place of `group` and `eval_group`.
        eval_group : list of array-like, default=None
            Sizes of the queries of every pair of `eval_set`.
        eval_at : list of int
            Positions at which `ndcg` and `map` are evaluated."""
    )

    def _other(self, name: str, default: Any) -> Any:
        return super()._other(name, self.__dict__.get("_others_of_fit", {}).get(name, default))

    def predict(
        self,
        X: MatrixLike,
        raw_score: bool = False,
        start_iteration: int = 0,
        num_iteration: int | None = None,
        pred_leaf: bool = False,
        pred_contrib: bool = False,
        validate_features: bool = False,
        **kwargs: Any,
    ) -> np.ndarray:
        options = {name: own for name, own in locals().items() if name not in ("self", "X", "kwargs", "__class__")}
        return self._asked_for(X, options | kwargs, chances=False)

    predict.__doc__ = "A score per row, of shape (n_samples,): within a query, the larger the better." + _PREDICT


def _grouped(group: Any, qid: Any) -> Callable[[int], np.ndarray]:
    return lambda rows: groups_of(rows, group, qid)

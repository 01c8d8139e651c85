"""Boosted trees under XGBoost's names (Chen & Guestrin 2016)."""

from __future__ import annotations

import json
import math
import os
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np

from . import _native
from ._base import MADE_UP, Estimator, _Rows
from ._boosted import BoostedClassifier, BoostedRanker, BoostedRegressor, groups_of
from ._booster_views import Booster
from ._categories import ChosenCategories
from ._foreign import ANY, Foreign, each_of, model_of, pairs_of
from ._named_metrics import Metric, of_xgboost
from ._parameters import keep
from ._watched import Judged, Patience, Watched, WatchedFit

if TYPE_CHECKING:
    from ._typing import ArrayLike, MatrixLike, PathLike

_DOC = """{first}

    Gain and leaf values are XGBoost's: -T(G) / (H + lambda), gain T(G)^2 / (H + lambda) summed over the children less
    the parent's (Chen & Guestrin 2016, equations 5 to 7). None stands for the package's default, in parentheses. What is
    not supported is a ValueError when the model is fitted; what cannot change a result here is taken, with a warning where
    that may surprise.

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
    base_score : float or array-like of shape (n_classes,)
        The mean at which the trees begin: a quantity, or a probability; of several classes the scores. None is the best.
    num_parallel_tree, multi_strategy, device, feature_weights, validate_parameters
        Their defaults only.
    feature_types : list of {{"q", "c", "i", "float", "int"}}
        "c" are categories, of arrays too; the others are numbers.
    random_state (0) : int or RandomState
        Also as `seed`.
    missing : float (nan)
        The number that stands for a missing value.
    monotone_constraints, interaction_constraints
        By name or by number.
    importance_type : {{"gain", "weight", "total_gain"}}
    enable_categorical : bool
        Categories of frames are always taken as such.
    max_cat_to_onehot (4), max_cat_threshold (64) : int
    eval_metric : str, callable or list of them
        What an `eval_set` is judged by: XGBoost's names, or a callable of (y, prediction[, sample_weight]), of which less is
        better. None is the metric of the objective.
    early_stopping_rounds : int
        Stop when the last metric of the last `eval_set` has not been better for so many rounds. The model is then of the
        rounds to the best one.
    callbacks : callable or list of callables
        XGBoost's callbacks, which may judge but not change the rounds; or callables of (step, metrics). True stops the fit.
    rate_drop, skip_drop : float
        Of `dart`.
    quantile_alpha, tweedie_variance_power : float

    Attributes
    ----------
    feature_importances_ : ndarray of shape (n_features,)
    best_iteration : int
        The best round, from 0; with early stopping.
    best_score : float
        The value that was best then.
    n_classes_ : int
        Of classifiers.
    fit_report_ : FitReport
    """


class _XGB(Foreign, ChosenCategories):
    _PACKAGE = "XGBoost"
    _KNOWN = {
        **dict.fromkeys(
            ("use_label_encoder", "verbose", "silent", "num_class", "predictor", "max_cached_hist_node", "use_rmm", "gpu_id",
             "verbosity", "nthread", "debug_synchronize", "validate_features"), ANY
        ),
        "disable_default_eval_metric": ANY, "seed_per_iteration": (False,), "process_type": ("default",),
        "updater": (), "refresh_leaf": (True, 1), "one_drop": (0, False), "normalize_type": ("tree",),
        "sample_type": ("uniform",), "max_bin_by_feature": (), "huber_slope": (1.0,), "sketch_eps": ANY,
        "lambdarank_pair_method": ("topk",), "lambdarank_num_pair_per_sample": (), "lambdarank_normalization": (True,),
        "lambdarank_unbiased": (False,), "lambdarank_bias_norm": (), "ndcg_exp_gain": (True,), "aft_loss_distribution": (),
        "aft_loss_distribution_scale": (), "feature_selector": (), "top_k": (), "cv_type": (), "lambda_bias": (),
        "expectile_alpha": (), "lambdarank_score_normalization": (True,),
    }
    #: The metric of every loss.
    _DEFAULT_METRICS = {
        "squared": "rmse", "absolute": "mae", "quantile": "quantile", "poisson": "poisson-nloglik", "gamma": "gamma-nloglik",
        "tweedie": "tweedie-nloglik", "logistic": "logloss", "softmax": "mlogloss", "lambdarank": "ndcg@32",
    }
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
            ("num_parallel_tree", (None, 1)),
            ("feature_weights", (None,)),
            ("multi_strategy", (None, "one_output_per_tree")),
        )
        self._only(("device", (None, "cpu")), hint="the fit runs on the processor")
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
            # XGBoost's, of several classes: a bound of the full second derivative.
            "softmax_curvature": "bound",
            "monotone": self._monotone(self.monotone_constraints),
            "interactions": self._sets(_parsed(self.interaction_constraints)),
        }

    # Columns.

    def _table(self, X: MatrixLike, y: ArrayLike | None = None, *, reset: bool, threads: int) -> Any:
        marker = self.missing
        if marker is not None and not (isinstance(marker, float) and math.isnan(marker)):
            X = _without_marker(X, marker)
        return super()._table(X, y, reset=reset, threads=threads)

    def _given_categories(self) -> Any:
        kinds = self.feature_types
        return None if kinds is None or isinstance(kinds, str) else [j for j, kind in enumerate(kinds) if kind == "c"]

    # The fit.

    def _fit_watched(self, X: MatrixLike, y: ArrayLike, sample_weight: Any, given: dict[str, Any], **more: Any) -> Any:
        """The fit, its rounds judged on the rows of `eval_set`."""
        if given.get("feature_weights") is not None:
            self._refuse("feature_weights", "an array")
        base: Any = None
        pairs = pairs_of(given["eval_set"])
        weights = each_of(given["sample_weight_eval_set"], len(pairs), "sample_weight_eval_set")
        margins = each_of(given["base_margin_eval_set"], len(pairs), "base_margin_eval_set")
        groups = each_of(given.get("eval_groups"), len(pairs), "eval_group")
        rounds = self.early_stopping_rounds
        if rounds and not pairs:
            raise ValueError(f"{type(self).__name__} needs an `eval_set` for early stopping: Must have at least 1 validation dataset")
        # The metrics' names are looked at before any work is spent.
        self._metrics("squared")

        def sets() -> list[Watched]:
            each = zip(pairs, weights, groups, margins)
            return [
                self._watched_set(
                    f"validation_{i}", own_X, own_y, weight, None if group is None else group(len(own_y)),
                    self._base_of(own_y) if margin is None and base is not None else margin,
                )
                for i, ((own_X, own_y), weight, group, margin) in enumerate(each)
            ]

        theirs = [own for own in _listed(self.callbacks) if hasattr(own, "after_iteration")]
        view = Booster(self)
        callbacks: list[Callable[..., Any]] = [_heard(own, view) for own in theirs]
        verbose = given["verbose"]
        if pairs and verbose:
            callbacks.append(_printer(1 if verbose is True else int(verbose), self.n_estimators or 100))
        patience = Patience(int(rounds), lambda judged: judged[-1:]) if rounds else None
        init = model_of(given["xgb_model"])
        if init is not None:
            init = init.starting(None, self._named_as(X, init))
        course = WatchedFit(self, sets, self._metrics, patience, callbacks, init)
        for name in ("evals_result_", "best_iteration_", "_best_score"):
            self.__dict__.pop(name, None)
        for own in theirs:
            if hasattr(own, "before_training"):
                own.before_training(view)
        base = None if init is not None or given["base_margin"] is not None else self.base_score
        self._fit(X, y, sample_weight, run=course.run, as_fitted=self._begun(given["base_margin"], base), **more)
        if base is not None:
            self.model_ = self.model_.starting(self._base_scores(base), None)
        self._told(course, view, len(pairs))
        for own in theirs:
            if hasattr(own, "after_training"):
                own.after_training(view)
        return self

    def _base_scores(self, base: Any) -> list[float]:
        """`base_score` on the scale of the scores, for every output."""
        outputs = len(self.classes_) if self._task == "classification" and len(self.classes_) > 2 else 1
        means = np.broadcast_to(np.ravel(np.asarray(base, dtype=np.float64)), (outputs,))
        objective = str(self.objective)
        if outputs == 1 and (self._task == "classification" or "logistic" in objective):
            if not ((means > 0) & (means < 1)).all():
                raise ValueError(f"base_score == {base!r}, must be in (0, 1) for logistic loss")
            return np.log(means / (1 - means)).tolist()
        if objective in ("count:poisson", "reg:gamma", "reg:tweedie"):
            return np.log(means).tolist()
        return means.tolist()

    def _base_of(self, y: ArrayLike) -> np.ndarray:
        return np.tile(self._base_scores(self.base_score), (len(y), 1))

    def _begun(self, offset: Any, base: Any = None) -> Any:
        if base is None:
            return super()._begun(offset)

        def as_fitted(rows: _Rows) -> _Rows:
            rows.offset = np.tile(self._base_scores(base), (len(rows.target), 1))
            return self._as_fitted(rows)

        return as_fitted

    def _named_as(self, X: MatrixLike, model: _native.Model) -> list[str] | None:
        """The names of a matrix's columns, for a model that calls them otherwise."""
        from ._data import column_names

        made_up = all(MADE_UP.fullmatch(name) for name in model.features)
        return [f"x{j}" for j in range(len(model.features))] if made_up and column_names(X) is None else None

    def _told(self, course: WatchedFit, view: Booster, sets: int) -> None:
        """Set the attributes that tell the course of the fit."""
        self.evals_result_ = {name: dict(own) for name, own in course.history.items()} if sets else {}
        best = view.attributes.get("best_iteration")
        if course.best is not None:
            self.best_iteration_ = course.best
        elif best is not None:
            self.best_iteration_ = int(best) + 1
        if "best_iteration_" in self.__dict__ and course.history:
            last = list(list(course.history.values())[-1].values())[-1]
            self._best_score = last[self.best_iteration_ - 1]
        view.attributes.clear()

    def _metrics(self, objective: str) -> list[Metric]:
        given = _listed(self.eval_metric)
        if not given and not self._other("disable_default_eval_metric", False):
            given = [self._DEFAULT_METRICS.get(objective, "rmse")]
        return [
            Metric(getattr(own, "__name__", type(own).__name__), _of_callable(own)) if callable(own)
            else of_xgboost(own, _one(self.quantile_alpha), self.tweedie_variance_power)
            for own in given
        ]

    def _listener(self) -> Any:
        from ._progress import listener_of

        ours = [own for own in _listed(self.callbacks) if not hasattr(own, "after_iteration")]
        return listener_of(ours, 0, type(self).__name__)

    def _after(self, steps: int) -> None:
        found = {name: self.__dict__[name] for name in ("best_iteration_",) if name in self.__dict__}
        super()._after(steps)
        self.__dict__.update(found)
        self.evals_result_: dict[str, Any] = {}
        if self._task == "classification":
            self.n_classes_ = len(self.classes_)

    # What XGBoost's estimators can say.

    def evals_result(self) -> dict[str, dict[str, list[float]]]:
        """The values of every metric on every `eval_set`, round by round.

        Raises
        ------
        ValueError
            If there was no `eval_set`.
        """
        if not self.__dict__.get("evals_result_"):
            raise ValueError("No evaluation result, `eval_set` is not used during training.")
        return self.evals_result_

    @property
    def best_iteration(self) -> int:
        """The best round, from 0."""
        if not hasattr(self, "best_iteration_"):
            raise AttributeError("`best_iteration` is only defined when early stopping is used.")
        return self.best_iteration_ - 1

    @property
    def best_score(self) -> float:
        """The value of the metric that early stopping watched, at its best round."""
        if "_best_score" not in self.__dict__:
            raise AttributeError("`best_score` is only defined when early stopping is used.")
        return float(self._best_score)

    @property
    def feature_importances_(self) -> np.ndarray:
        """Fractions of the features by `importance_type`, of shape (n_features,)."""
        return self._importances("gain" if self.importance_type is None else self.importance_type).astype(np.float32)

    def get_booster(self) -> Booster:
        """The model with the methods of XGBoost's booster that need no matrix of its own.

        Raises
        ------
        NotFittedError
            If there is no model yet.
        """
        from ._compat import check_is_fitted

        check_is_fitted(self, "model_")
        return Booster(self)

    def get_num_boosting_rounds(self) -> int:
        """The number of rounds of a fit."""
        return 100 if self.n_estimators is None else int(self.n_estimators)

    def get_xgb_params(self) -> dict[str, Any]:
        """The parameters without those of the estimator alone."""
        elsewhere = {"importance_type", "missing", "n_estimators", "use_label_encoder", "enable_categorical",
                     "early_stopping_rounds", "callbacks", "feature_types", "rate_drop", "skip_drop", "quantile_alpha",
                     "tweedie_variance_power"}
        params = {name: value for name, value in self.get_params(deep=False).items()
                  if name not in elsewhere and not callable(value)}
        state = params.get("random_state")
        if state is not None and not isinstance(state, (int, np.integer)):
            draw = state.integers if hasattr(state, "integers") else state.randint
            params["random_state"] = int(draw(np.iinfo(np.int32).max))
        return params

    def save_model(self, path: PathLike) -> None:
        """Write the model in XGBoost's own format.

        Parameters
        ----------
        path : str or path-like
            `.ubj` is UBJSON; anything else is JSON.
        """
        self.get_booster().save_model(path)

    def load_model(self, path: PathLike) -> None:
        """Read a model of XGBoost, or one of this package.

        Parameters
        ----------
        path : str, path-like or bytes
        """
        model = _native.from_bytes(bytes(path))[0] if isinstance(path, (bytes, bytearray)) else _native.open(os.fspath(path))[0]
        self._adopt(model)

    def _rounds_of(self, iteration_range: Any) -> _native.Model:
        if iteration_range is None or tuple(iteration_range) == (0, 0):
            return self._between(0, None)
        start, end = (int(own) for own in iteration_range)
        return self._between(start, end or None)

    def _predicted(self, X: MatrixLike, margin: bool, base_margin: Any, iteration_range: Any) -> np.ndarray:
        """Scores before the link if they are asked for, else means: both (n_samples,) for one output."""
        self._checked_fit()
        model = self._rounds_of(iteration_range)
        if not margin:
            return self._means(model, X, base_margin)
        margins = self._margins(model, X, base_margin)
        return margins[:, 0] if margins.shape[1] == 1 else margins

    def _checked_fit(self) -> None:
        from ._compat import check_is_fitted

        check_is_fitted(self, "model_")

    def apply(self, X: MatrixLike, iteration_range: Any = None) -> np.ndarray:
        """The leaf of every row in every tree, of shape (n_samples, n_trees); the leaves of a tree are counted from 0.

        Parameters
        ----------
        X : array-like, sparse matrix or frame of shape (n_samples, n_features)
        iteration_range : (int, int), default=None
            Only the rounds from the first to before the second.
        """
        self._checked_fit()
        leaves = self._rounds_of(iteration_range).leaves(self._checked(X), self._threads())
        return leaves.reshape(len(leaves), -1)


def _without_marker(X: MatrixLike, marker: Any) -> Any:
    """X with NaN where the marker stands."""
    if hasattr(X, "mask") and hasattr(X, "iloc"):
        return X.mask(X == marker)
    if hasattr(X, "tocsr"):
        X = X.copy()
        X.data = np.where(X.data == marker, np.nan, X.data)
        return X
    if isinstance(X, np.ndarray) and X.dtype.kind in "fiu" or isinstance(X, list):
        array = np.asarray(X, dtype=np.float64)
        return np.where(array == marker, np.nan, array)
    raise ValueError(f"missing={marker!r} is supported for arrays, sparse matrices and frames of pandas, not for {type(X).__name__}")


def _listed(given: Any) -> list[Any]:
    return [] if given is None else list(given) if isinstance(given, (list, tuple)) else [given]


def _one(alpha: Any) -> float:
    return float(np.ravel(alpha)[0])


def _of_callable(metric: Callable[..., Any]) -> Callable[..., float]:
    """A metric in scikit-learn's manner, which hears of weights only if there are some."""

    def value(y: np.ndarray, f: np.ndarray, w: np.ndarray, queries: Any) -> float:
        if queries is not None:
            starts = np.flatnonzero(np.r_[True, queries[1:] != queries[:-1]])
            parts = zip(starts, [*starts[1:], len(y)])
            return float(np.mean([1.0 if b - a == 1 else metric(y[a:b], f[a:b]) for a, b in parts]))
        return float(metric(y, f) if (w == 1).all() else metric(y, f, sample_weight=w))

    return value


def _heard(callback: Any, view: Booster) -> Callable[..., Any]:
    """A callback of XGBoost, shown the rounds."""

    def hear(model: Any, step: int, judged: list[Judged], history: Any) -> bool:
        view.model = model
        if hasattr(callback, "before_iteration") and callback.before_iteration(view, step, history):
            return True
        return bool(callback.after_iteration(view, step, history))

    return hear


def _printer(period: int, rounds: int) -> Callable[..., Any]:
    """What prints the values of every so many rounds, as XGBoost does."""

    def say(model: Any, step: int, judged: list[Judged], history: Any) -> bool:
        if step % period == 0 or step == rounds - 1:
            values = "\t".join(f"{own.dataset_name}-{own.metric_name}:{own.metric_value:.5f}" for own in judged)
            print(f"[{step}]\t{values}")
        return False

    return say


_FIT = """Fit the model.

        Parameters
        ----------
        X : array-like, sparse matrix or frame of shape (n_samples, n_features)
        y : array-like of shape (n_samples,)
        sample_weight : array-like of shape (n_samples,), default=None
            A weight counts as so many repetitions of its row.{more}
        base_margin : array-like of shape (n_samples,) or (n_samples, n_outputs), default=None
            Scores before the link that the trees are added to.
        eval_set : list of (X, y), default=None
            Rows that every round is judged on by `eval_metric`.
        verbose : bool or int, default=True
            Whether the values are printed; a number is every so many rounds.
        xgb_model : estimator, Booster or file, default=None
            A model to go on from.
        sample_weight_eval_set, base_margin_eval_set : list of array-like, default=None
            Weights and scores of the rows of every pair of `eval_set`.
        feature_weights : None
            Not supported.

        Returns
        -------
        self
        """


class _Fitting(_XGB):
    """`fit` without queries."""

    def fit(
        self,
        X: MatrixLike,
        y: ArrayLike,
        sample_weight: ArrayLike | None = None,
        *,
        base_margin: ArrayLike | None = None,
        eval_set: Any = None,
        verbose: bool | int | None = True,
        xgb_model: Any = None,
        sample_weight_eval_set: Any = None,
        base_margin_eval_set: Any = None,
        feature_weights: Any = None,
    ) -> Any:
        return self._fit_watched(X, y, sample_weight, dict(locals()))

    fit.__doc__ = _FIT.format(more="")


def _at_least(least: int, name: str, value: Any) -> Any:
    if not value >= least:
        raise ValueError(f"{name} == {value}, must be >= {least}")
    return value


def _parsed(sets: Any) -> Any:
    return json.loads(sets) if isinstance(sets, str) else sets


class XGBRegressor(_Fitting, BoostedRegressor):
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
        # Fractions in [0, 1].
        "reg:logistic": {"objective": "logistic"},
        "binary:logistic": {"objective": "logistic"},
    }

    def __init__(self, *, objective="reg:squarederror", **kwargs):
        super().__init__(objective=objective, **kwargs)

    def predict(
        self, X: MatrixLike, *, output_margin: bool = False, validate_features: bool = True, base_margin: ArrayLike | None = None,
        iteration_range: Any = None,
    ) -> np.ndarray:
        """The predicted quantity, of shape (n_samples,).

        Parameters
        ----------
        X : array-like, sparse matrix or frame of shape (n_samples, n_features)
        output_margin : bool, default=False
            The score before the link instead.
        validate_features : bool, default=True
            Taken for compatibility; columns are always held against those of the fit.
        base_margin : array-like, default=None
            Scores that the trees are added to.
        iteration_range : (int, int), default=None
            Only the rounds from the first to before the second; 0 is to the end.
        """
        if not output_margin and base_margin is None and iteration_range is None:
            return super().predict(X)
        return self._predicted(X, output_margin, base_margin, iteration_range)


class XGBClassifier(_Fitting, BoostedClassifier):
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

    def __init__(self, *, objective="binary:logistic", **kwargs):
        super().__init__(objective=objective, **kwargs)

    def _weight(self, sample_weight: Any, target: np.ndarray) -> np.ndarray | None:
        weight = super()._weight(sample_weight, target)
        if self.scale_pos_weight in (None, 1):
            return weight
        if len(self.classes_) != 2:
            self._refuse("scale_pos_weight", self.scale_pos_weight, "there are not two classes")
        scale = np.where(target == 1, float(self.scale_pos_weight), 1.0)
        return scale if weight is None else weight * scale


    def predict(
        self, X: MatrixLike, *, output_margin: bool = False, validate_features: bool = True, base_margin: ArrayLike | None = None,
        iteration_range: Any = None,
    ) -> np.ndarray:
        """The likeliest class, of shape (n_samples,).

        Parameters
        ----------
        X : array-like, sparse matrix or frame of shape (n_samples, n_features)
        output_margin : bool, default=False
            The scores before the link instead.
        validate_features : bool, default=True
            Taken for compatibility; columns are always held against those of the fit.
        base_margin : array-like, default=None
            Scores that the trees are added to.
        iteration_range : (int, int), default=None
            Only the rounds from the first to before the second; 0 is to the end.
        """
        if not output_margin and base_margin is None and iteration_range is None:
            return super().predict(X)
        found = self._predicted(X, output_margin, base_margin, iteration_range)
        if output_margin:
            return found
        return self.classes_[found.argmax(axis=1) if found.ndim == 2 else (found > 0.5).astype(np.intp)]

    def predict_proba(
        self, X: MatrixLike, validate_features: bool = True, base_margin: ArrayLike | None = None, iteration_range: Any = None
    ) -> np.ndarray:
        """The probability of every class, of shape (n_samples, n_classes), in the order of `classes_`.

        Parameters
        ----------
        X : array-like, sparse matrix or frame of shape (n_samples, n_features)
        validate_features, base_margin, iteration_range
            As in `predict`.
        """
        if base_margin is None and iteration_range is None:
            return super().predict_proba(X)
        found = self._predicted(X, False, base_margin, iteration_range)
        return found if found.ndim == 2 else np.column_stack([1 - found, found])


class XGBRanker(_XGB, BoostedRanker, Estimator):
    __doc__ = _DOC.format(
        first="Gradient-boosted trees for the order of rows within queries, with XGBoost's parameters and defaults.",
        objectives="rank:ndcg (default)",
    )
    _OBJECTIVES = {"rank:ndcg": {"objective": "lambdarank"}}

    def __init__(self, *, objective="rank:ndcg", **kwargs):
        super().__init__(objective=objective, **kwargs)

    def fit(
        self,
        X: MatrixLike,
        y: ArrayLike,
        sample_weight: ArrayLike | None = None,
        *,
        group: ArrayLike | None = None,
        qid: ArrayLike | None = None,
        base_margin: ArrayLike | None = None,
        eval_set: Any = None,
        eval_group: Any = None,
        eval_qid: Any = None,
        verbose: bool | int | None = False,
        xgb_model: Any = None,
        sample_weight_eval_set: Any = None,
        base_margin_eval_set: Any = None,
        feature_weights: Any = None,
    ) -> Any:
        given = dict(locals())
        X, qid = _without_qid(X, qid)
        pairs = pairs_of(eval_set)
        eval_group, eval_qid = _each(eval_group, len(pairs), "eval_group"), _each(eval_qid, len(pairs), "eval_qid")
        given["eval_set"] = [(_without_qid(own_X, None)[0], own_y) for own_X, own_y in pairs] or None
        own = zip(pairs, eval_group, eval_qid)
        given["eval_groups"] = [
            _grouped(sizes, _without_qid(own_X, names)[1]) for (own_X, _), sizes, names in own
        ] or None
        if sample_weight is not None:
            # XGBoost's weights are of queries.
            queries, weights = _grouped(group, qid)(len(np.asarray(y))), np.ravel(np.asarray(sample_weight))
            if len(weights) == queries[-1] + 1 != len(queries):
                sample_weight = weights[queries]
        return self._fit_watched(X, y, sample_weight, given, groups=_grouped(group, qid))

    fit.__doc__ = _FIT.format(
        more="""
        group : array-like of shape (n_queries,), default=None
            Rows of every query, one query after the other.
        qid : array-like of shape (n_samples,), default=None
            The query of every row; rows of a query must be neighbours. A frame may have them as its column `qid`.
        eval_group, eval_qid : list of array-like, default=None
            The same of every pair of `eval_set`."""
    )

    def predict(
        self, X: MatrixLike, *, output_margin: bool = False, validate_features: bool = True, base_margin: ArrayLike | None = None,
        iteration_range: Any = None,
    ) -> np.ndarray:
        """A score per row, of shape (n_samples,): within a query, the larger the better.

        Parameters
        ----------
        X : array-like, sparse matrix or frame of shape (n_samples, n_features)
        output_margin : bool, default=False
            Without effect: scores have no link.
        validate_features : bool, default=True
            Taken for compatibility; columns are always held against those of the fit.
        base_margin : array-like, default=None
            Scores that the trees are added to.
        iteration_range : (int, int), default=None
            Only the rounds from the first to before the second; 0 is to the end.
        """
        return self._predicted(_without_qid(X, None)[0], True, base_margin, iteration_range)

    def score(self, X: MatrixLike, y: ArrayLike) -> float:
        """The mean of the normalised discounted cumulative gain over the queries, by the column `qid` of X if it has one.

        Parameters
        ----------
        X : array-like or frame of shape (n_samples, n_features)
        y : array-like of shape (n_samples,)
        """
        X, qid = _without_qid(X, None)
        y = np.asarray(y, dtype=np.float64)
        metric = self._metrics("lambdarank")[0]
        return float(metric.value(y, self.predict(X), np.ones(len(y)), _grouped(None, qid)(len(y))))


def _without_qid(X: MatrixLike, qid: Any) -> tuple[Any, Any]:
    """A frame without its column `qid`, and what is in it."""
    if qid is None and hasattr(X, "columns") and "qid" in list(X.columns):
        qid = np.asarray(X["qid"])
        X = X.drop("qid", axis=1) if hasattr(X, "iloc") else X.drop("qid")
    return X, qid


def _each(given: Any, count: int, name: str) -> list[Any]:
    # One array for one pair, or a list of them.
    if given is not None and count == 1 and np.ndim(given[0]) == 0:
        given = [given]
    return each_of(given, count, name)


def _grouped(group: Any, qid: Any) -> Callable[[int], np.ndarray]:
    return lambda rows: groups_of(rows, group, qid)

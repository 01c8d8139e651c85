"""Robust regression (Fischler & Bolles 1981)."""

from __future__ import annotations

import json
import math
import numbers
from typing import TYPE_CHECKING, Any

import numpy as np

from ._base import Estimator, FitReport, Regressor, _Rows
from ._compat import check_random_state, check_sample_weight, clone, validate_data
from ._consensus import SKIPS, search
from ._least_squares import LinearRegression
from ._members import is_ours, seeded, takes_weights
from ._parameters import keep
from ._rows import RowsByContent

if TYPE_CHECKING:
    from ._typing import ArrayLike, MatrixLike, Self


def base_of(owner: Any, estimator: Any, rows: _Rows) -> dict[str, Any]:
    """An unfitted estimator of this package as the settings `base` and `base_settings`.

    Raises
    ------
    TypeError
        If it is an estimator of another package: its fit cannot be run from here.
    ValueError
        If it does another task, or weighs classes.
    """
    if not isinstance(estimator, Estimator):
        name = f"{type(estimator).__module__.split('.')[0]}'s {type(estimator).__name__}"
        raise TypeError(
            f"{type(owner).__name__} needs an estimator of induce, not {name}; take the class of the same name from "
            "induce.tree, induce.linear_model or induce.ensemble"
        )
    if estimator._task != owner._task:
        raise ValueError(f"a base for {estimator._task} cannot do {owner._task}")
    if getattr(estimator, "class_weight", None) is not None:
        raise ValueError("class_weight of the base estimator is not supported: give the fit `sample_weight`")
    base = clone(estimator)
    base.n_features_in_ = owner.n_features_in_
    for known in ("feature_names_in_", "classes_"):
        if hasattr(owner, known):
            setattr(base, known, getattr(owner, known))
    return {"base": base._kind, "base_settings": base._settings(rows)}


class RANSACRegressor(RowsByContent, Regressor):
    """Regression through the rows that agree.

    The likelihood is a Gaussian beside a uniform: maximise

        sum_i w_i log(1 + exp((t^2 - (y_i - f(x_i))^2) / (2 sigma^2)))

    over random samples of the rows, the best improved by expectation-maximisation (Fischler & Bolles 1981; Chum, Matas &
    Kittler 2003).

    Parameters
    ----------
    estimator : estimator, default=None
        What is fitted to the rows that agree, of this package or any other; None, and a plain `LinearRegression`, are least
        squares.
    min_samples : int, float or None, default=None
        Rows per sample, or a fraction of all; None is as many as there are coefficients.
    residual_threshold : float or None, default=None
        How far an inlier may miss; None is the median absolute deviation of the target.
    is_data_valid : callable of (X, y), default=None
        Whether a sample is worth a fit.
    is_model_valid : callable of (estimator, X, y), default=None
        Whether the model of a sample is worth an evaluation on the other rows.
    max_trials : int, default=100
    max_skips : int or inf, default=inf
        Samples without inliers, or not valid, after which the search ends.
    stop_n_inliers : int or inf, default=inf
    stop_score : float or inf, default=inf
        So many inliers, or such a score on them, end the search.
    stop_probability : float in (0, 1), default=0.99
        Probability with which one sample without outliers must have been drawn.
    loss : {"absolute_error", "squared_error"} or callable of (y_true, y_pred), default="absolute_error"
        What `residual_threshold` is compared with.
    random_state : int, RandomState or None, default=None

    Attributes
    ----------
    estimator_ : estimator
        The model of the rows that agree.
    inlier_mask_ : ndarray of bool of shape (n_samples,)
    n_trials_ : int
    n_skips_no_inliers_, n_skips_invalid_data_, n_skips_invalid_model_ : int
    threshold_ : float
        How far an inlier may miss.
    fit_report_ : FitReport

    The native search, with the likelihood above, runs estimators of this package on one target. Other estimators, several
    targets, losses and tests of the user, and `stop_...` are run by the classical search, which counts inliers.

    Examples
    --------
    >>> import numpy as np
    >>> from induce.linear_model import RANSACRegressor
    >>> X = np.arange(30.0)[:, None]
    >>> y = 2 * X[:, 0] + 1
    >>> y[::5] = 500
    >>> model = RANSACRegressor(random_state=0).fit(X, y)
    >>> model.estimator_.coef_.round(6), int(model.inlier_mask_.sum())
    (array([2.]), 24)
    """

    _kind = "ransac"
    _merges_rows = True

    def __init__(
        self,
        estimator=None,
        *,
        min_samples=None,
        residual_threshold=None,
        is_data_valid=None,
        is_model_valid=None,
        max_trials=100,
        max_skips=math.inf,
        stop_n_inliers=math.inf,
        stop_score=math.inf,
        stop_probability=0.99,
        loss="absolute_error",
        random_state=None,
    ):
        keep(self, locals())

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.regressor_tags.poor_score = True
        return tags

    def fit(self, X: MatrixLike, y: ArrayLike, sample_weight: ArrayLike | None = None) -> Self:
        """Fit the model.

        Parameters
        ----------
        X : array-like, sparse matrix or frame of shape (n_samples, n_features)
        y : array-like of shape (n_samples,)
        sample_weight : array-like of shape (n_samples,), default=None
            A weight counts as so many repetitions of its row.

        Returns
        -------
        self
        """
        for name in SKIPS:
            setattr(self, name, 0)
        if self._is_classical(y):
            return self._fit_classical(X, y, sample_weight)
        self.__dict__.pop("_classical", None)
        self._fit(X, y, sample_weight)
        self.inlier_mask_ = np.abs(self._target(y) - self.predict(X)) <= self.threshold_
        return self

    def _is_classical(self, y: ArrayLike) -> bool:
        asked = any(test is not None for test in (self.is_data_valid, self.is_model_valid)) or callable(self.loss)
        ends = any(end != math.inf for end in (self.max_skips, self.stop_n_inliers, self.stop_score))
        shape = np.asarray(y).shape
        several = len(shape) == 2 and shape[1] > 1
        return asked or ends or several or not (self.estimator is None or self._is_native(self.estimator))

    @staticmethod
    def _is_native(estimator: Any) -> bool:
        return is_ours(estimator) and estimator._fits_natively()

    def _fit_classical(self, X: MatrixLike, y: ArrayLike, sample_weight: Any) -> Any:
        self._check_parameters()
        X, y = validate_data(self, X, y, multi_output=True, accept_sparse="csr", ensure_all_finite=False, y_numeric=True)
        base = LinearRegression() if self.estimator is None else self.estimator
        weight = None
        if sample_weight is not None:
            if not takes_weights(base):
                raise ValueError(f"{type(base).__name__} does not support sample_weight.")
            weight = check_sample_weight(sample_weight, X)
        if self.min_samples is None and not hasattr(base, "fit_intercept"):
            raise ValueError(f"`min_samples` needs to be explicitly set when estimator is a {type(base).__name__}.")
        sample = self._sample(len(y)) or min(X.shape[1] + 1, len(y))
        self.threshold_ = self.residual_threshold
        if self.threshold_ is None:
            self.threshold_ = float(np.median(np.abs(y - np.median(y, axis=0))))
        best = search(self, base, X, y, weight, sample, self.threshold_)
        self.inlier_mask_, self.estimator_ = best.inliers, seeded(base, check_random_state(self.random_state))
        own = {} if weight is None else {"sample_weight": weight[best.inliers]}
        self.estimator_.fit(X[best.inliers], y[best.inliers], **own)
        self._classical = True
        found = f"{int(best.inliers.sum())} of {len(y)} rows agree after {self.n_trials_} samples"
        self.fit_report_ = FitReport("converged", found, self.n_trials_, [])
        return self

    def predict(self, X: MatrixLike) -> np.ndarray:
        """The prediction of the model of the rows that agree, of shape (n_samples,) or (n_samples, n_targets).

        Parameters
        ----------
        X : array-like, sparse matrix or frame of shape (n_samples, n_features)
        """
        if "_classical" not in self.__dict__:
            return super().predict(X)
        return self.estimator_.predict(validate_data(self, X, reset=False, accept_sparse="csr", ensure_all_finite=False))

    @property
    def model_(self) -> Any:
        """The native model, which files hold.

        Raises
        ------
        ValueError
            If the classical search was run, whose model is `estimator_`.
        """
        if "_classical" in self.__dict__:
            raise ValueError("the classical search has no model file: save `estimator_`, or pickle")
        if "_model" not in self.__dict__:
            raise AttributeError("model_")
        return self._model

    @model_.setter
    def model_(self, model: Any) -> None:
        self._model = model

    def _check_parameters(self) -> None:
        if not callable(self.loss) and self.loss not in ("absolute_error", "squared_error"):
            raise ValueError(f"loss == {self.loss!r} is neither 'absolute_error' nor 'squared_error', nor callable")
        if not isinstance(self.max_trials, numbers.Integral) or self.max_trials < 1:
            raise ValueError(f"max_trials == {self.max_trials}, must be an int >= 1")
        if self.residual_threshold is not None and not self.residual_threshold > 0:
            raise ValueError(f"residual_threshold == {self.residual_threshold}, must be > 0")

    def _settings(self, rows: _Rows) -> dict[str, Any]:
        self._check_parameters()
        if len(rows.target) < 2:
            raise ValueError(f"n_samples = {len(rows.target)}: a line needs at least two rows")
        settings = self._base_settings(rows) | {
            "trials": self.max_trials,
            "confidence": self.stop_probability,
            "min_samples": self._sample(len(rows.target)),
        }
        limit = self.residual_threshold
        if limit is not None:
            settings["threshold"] = math.sqrt(limit) if self.loss == "squared_error" else limit
        return settings

    def _sample(self, rows: int) -> int:
        if self.min_samples is None:
            return 0
        if isinstance(self.min_samples, numbers.Integral):
            count = int(self.min_samples)
        elif 0.0 <= self.min_samples <= 1.0:
            count = math.ceil(self.min_samples * rows)
        else:
            raise ValueError(f"min_samples == {self.min_samples}, must be an int >= 1 or a float in [0, 1]")
        if not 1 <= count <= rows:
            raise ValueError(f"`min_samples` may not be larger than number of samples: n_samples = {rows}.")
        return count

    def _base_settings(self, rows: _Rows) -> dict[str, Any]:
        if not self._is_least_squares():
            return base_of(self, self.estimator, rows)
        if len(rows.target) > self.n_features_in_ + 1:
            return {"base": "least-squares"}
        # Rows that do not determine a plane: the least squares of the smallest coefficients.
        return base_of(self, LinearRegression(), rows)

    def _is_least_squares(self) -> bool:
        if self.estimator is None:
            return True
        plain = type(self.estimator) is LinearRegression
        return plain and self.estimator.fit_intercept and not self.estimator.positive

    def _after(self, steps: int) -> None:
        head = json.loads(self.model_.facts)
        self.threshold_, self.n_trials_ = float(head["threshold"]), int(steps)
        members = self.model_.members()
        if members:
            base = type(self.estimator)(**self.estimator.get_params(deep=False)) if self.estimator is not None else None
            if base is None:
                from ._registry import class_of

                base = class_of(members[0].kind, members[0].task)()
            self.estimator_ = base._adopt(members[0])
            return
        self.estimator_ = LinearRegression()
        self.estimator_.model_ = self.model_
        self.estimator_.n_features_in_ = self.n_features_in_
        if hasattr(self, "feature_names_in_"):
            self.estimator_.feature_names_in_ = self.feature_names_in_
        self.estimator_.coef_, self.estimator_.intercept_ = np.asarray(head["coefficients"]), float(head["intercept"])

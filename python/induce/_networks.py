"""What estimators of networks share."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from . import _native
from ._base import Classifier, Regressor, _Rows
from ._parameters import keep, only, take_settings
from ._ranges import FLAG, Kind, Number, Word, check
from ._rows import RowsByContent

if TYPE_CHECKING:
    from ._typing import ArrayLike, MatrixLike, Self


def _are_widths(value: Any) -> bool:
    values = value if isinstance(value, Iterable) and not isinstance(value, str) else [value]
    return all(Number(int, 1).admits(one) for one in values)


_WIDTHS = Kind("an int or an array-like of ints of at least 1", _are_widths)
_ACTIVATIONS = {"relu": "relu", "tanh": "tanh", "logistic": "logistic"}


class _Network(RowsByContent):
    """What all share."""

    _takes_missing = True
    _takes_categories = True
    _keeps_course = True
    _NAMES: ClassVar[dict[str, str | None]] = {
        "hidden": "hidden_layer_sizes",
        "batch": "batch_size",
        "learning_rate": "learning_rate_init",
        "epochs": "max_iter",
        "beta1": "beta_1",
        "beta2": "beta_2",
        "patience": "n_iter_no_change",
        "optimizer": "solver",
    }

    def fit(self, X: MatrixLike, y: ArrayLike, sample_weight: ArrayLike | None = None) -> Self:
        """Learn the weights.

        Parameters
        ----------
        X : array-like, sparse matrix or frame of shape (n_samples, n_features)
            Missing values are the mean of their column, and an input of its own says where; categories are inputs of 0 or 1.
        y : array-like of shape (n_samples,)
        sample_weight : array-like of shape (n_samples,), default=None

        Returns
        -------
        self
        """
        check(self)
        return super().fit(X, y, sample_weight)  # type: ignore[misc]

    def _take_settings(self, settings: dict[str, Any]) -> None:
        take_settings(self, settings)

    def _widths(self) -> list[int]:
        own = self.hidden_layer_sizes  # type: ignore[attr-defined]
        return [int(width) for width in (own if isinstance(own, Iterable) else [own])]

    def _batch(self, rows: _Rows) -> int:
        batch = self.batch_size  # type: ignore[attr-defined]
        return min(200, len(rows.target)) if batch == "auto" else int(batch)

    def _after(self, steps: int) -> None:
        layers, names = _native.layers(self.model_)  # type: ignore[attr-defined]
        self.coefs_ = [weight for weight, _ in layers]
        self.intercepts_ = [bias for _, bias in layers]
        self.n_layers_ = len(layers) + 1
        self.n_outputs_ = len(self.intercepts_[-1])
        self.terms_ = np.asarray(names, dtype=object)
        traces = self.fit_report_.traces  # type: ignore[attr-defined]
        self.loss_curve_ = [value for _, value in sorted(traces.get("train", {}).get("loss", {}).items())]
        self.loss_ = self.loss_curve_[-1] if self.loss_curve_ else np.nan
        held_out = [value for _, value in sorted(traces.get("holdout", {}).get("loss", {}).items())]
        self.best_loss_ = min(held_out or self.loss_curve_ or [np.nan])
        self.n_iter_ = len(self.loss_curve_)
        self.t_ = int(steps)
        if self._task == "regression":  # type: ignore[attr-defined]
            self.out_activation_ = "identity"
        else:
            self.out_activation_ = "logistic" if self.n_outputs_ == 1 else "softmax"


class _Perceptron(_Network):
    """What those with certain weights share: scikit-learn's parameters."""

    _kind = "mlp"
    _RANGES: ClassVar[dict[str, Any]] = {
        "hidden_layer_sizes": [_WIDTHS],
        "activation": [Word("identity", "logistic", "tanh", "relu")],
        "solver": [Word("lbfgs", "sgd", "adam")],
        "alpha": [Number(float, 0.0, None)],
        "batch_size": [Word("auto"), Number(int, 1)],
        "learning_rate": [Word("constant", "invscaling", "adaptive")],
        "learning_rate_init": [Number(float, 0.0, None, "neither")],
        "max_iter": [Number(int, 1)],
        "tol": [Number(float, 0.0, None)],
        "warm_start": [FLAG],
        "momentum": [Number(float, 0.0, 1.0)],
        "early_stopping": [FLAG],
        "validation_fraction": [Number(float, 0.0, 1.0)],
        "beta_1": [Number(float, 0.0, 1.0)],
        "beta_2": [Number(float, 0.0, 1.0)],
        "epsilon": [Number(float, 0.0, None, "neither")],
        "n_iter_no_change": [Number(int, 1)],
    }

    def __init__(
        self,
        hidden_layer_sizes: Any = (100,),
        activation: str = "relu",
        *,
        solver: str = "adam",
        alpha: float = 1e-4,
        batch_size: Any = "auto",
        learning_rate: str = "constant",
        learning_rate_init: float = 1e-3,
        power_t: float = 0.5,
        max_iter: int = 200,
        shuffle: bool = True,
        random_state: Any = None,
        tol: float = 1e-4,
        verbose: Any = False,
        warm_start: bool = False,
        momentum: float = 0.9,
        nesterovs_momentum: bool = True,
        early_stopping: bool = False,
        validation_fraction: float = 0.1,
        beta_1: float = 0.9,
        beta_2: float = 0.999,
        epsilon: float = 1e-8,
        n_iter_no_change: int = 10,
        max_fun: int = 15000,
        n_jobs: int | None = None,
    ) -> None:
        keep(self, locals())

    def _settings(self, rows: _Rows) -> dict[str, Any]:
        only(self, "it begins anew with every fit", warm_start=False)
        only(self, "rows are always shuffled", shuffle=True)
        only(self, "the learning rate is constant", learning_rate="constant")
        only(self, "it is that of Adam", epsilon=1e-8)
        if self.solver == "lbfgs":
            raise ValueError(f"{type(self).__name__} does not support solver='lbfgs'; 'adam' and 'sgd' are there")
        if self.solver == "sgd" and self.nesterovs_momentum and self.momentum > 0.0:
            raise ValueError(f"{type(self).__name__} has no Nesterov momentum; set nesterovs_momentum=False")
        if self.activation == "identity":
            raise ValueError(f"{type(self).__name__} does not support activation='identity'; it is a linear model")
        batch = self._batch(rows)
        return {
            "hidden": self._widths(),
            "activation": _ACTIVATIONS[self.activation],
            "optimizer": "sgd" if self.solver == "sgd" else "adamw",
            # A penalty of alpha |W|^2 / (2 s) of the mean loss, where a mini-batch has weights of the sum s.
            "weight_decay": self.alpha / (batch * rows.sum / max(len(rows.target), 1)),
            "batch": batch,
            "learning_rate": self.learning_rate_init,
            "schedule": "constant",
            "epochs": self.max_iter,
            "momentum": self.momentum if self.solver == "sgd" else 0.0,
            "beta1": self.beta_1,
            "beta2": self.beta_2,
            "validation_fraction": self.validation_fraction if self.early_stopping else 0.0,
            "patience": self.n_iter_no_change if self.early_stopping else 0,
        }


class MLPClassifier(_Perceptron, Classifier):
    """A multilayer perceptron that learns classes: P(y = k) = softmax_k f(x), f(x) = ... relu(x W_1 + b_1) ...

    Parameters
    ----------
    hidden_layer_sizes : array-like of int, default=(100,)
    activation : {"logistic", "tanh", "relu"}, default="relu"
    solver : {"adam", "sgd"}, default="adam"
    alpha : float, default=0.0001
        Strength of weight decay.
    batch_size : int or "auto", default="auto"
        `auto` is min(200, n_samples).
    learning_rate : {"constant"}, default="constant"
    learning_rate_init : float, default=0.001
    power_t : float, default=0.5
        Taken for compatibility.
    max_iter : int, default=200
        Passages through the rows. All of them are made, unless `early_stopping` ends them.
    shuffle : {True}, default=True
    random_state : int, RandomState or None, default=None
    tol : float, default=1e-4
        Taken for compatibility: only held-out rows end a fit.
    verbose : bool, default=False
    warm_start : {False}, default=False
    momentum : float, default=0.9
        Of `sgd`.
    nesterovs_momentum : bool, default=True
        Of `sgd`, which has none: it must be False there.
    early_stopping : bool, default=False
        Keep `validation_fraction` of the rows apart, stop when their loss has not improved in `n_iter_no_change` passages, and take the best weights.
    validation_fraction : float, default=0.1
    beta_1, beta_2 : float, default=0.9, 0.999
        Of `adam`.
    epsilon : {1e-8}, default=1e-8
    n_iter_no_change : int, default=10
    max_fun : int, default=15000
        Taken for compatibility.
    n_jobs : int or None, default=None
        Threads; None is all. The result does not depend on it.

    Attributes
    ----------
    classes_ : ndarray of shape (n_classes,)
    coefs_ : list of ndarray of shape (inputs, outputs)
        In the units of the data.
    intercepts_ : list of ndarray of shape (outputs,)
    terms_ : ndarray
        Names of the inputs: columns, `column=category`, and columns that had missing values.
    loss_ : float
    loss_curve_ : list of float
        The mean loss of every passage.
    best_loss_ : float
    n_iter_ : int
    t_ : int
        Steps taken.
    n_layers_, n_outputs_ : int
    out_activation_ : str
    n_features_in_ : int
    fit_report_ : FitReport

    Examples
    --------
    >>> import numpy as np
    >>> from induce.neural_network import MLPClassifier
    >>> X = np.random.default_rng(0).normal(size=(300, 2))
    >>> y = (X[:, 0] * X[:, 1] > 0).astype(int)
    >>> model = MLPClassifier((20,), learning_rate_init=0.01, random_state=0).fit(X, y)
    >>> bool(model.score(X, y) > 0.9)
    True
    """


class MLPRegressor(_Perceptron, Regressor):
    """A multilayer perceptron that learns a quantity: y ~ N(f(x), s^2), f(x) = ... relu(x W_1 + b_1) ...

    Parameters are those of `MLPClassifier`; `predict_interval` says where new observations lie, by the deviation of the residuals.

    Parameters
    ----------
    hidden_layer_sizes : array-like of int, default=(100,)
    activation : {"logistic", "tanh", "relu"}, default="relu"
    solver : {"adam", "sgd"}, default="adam"
    alpha : float, default=0.0001
    batch_size : int or "auto", default="auto"
    learning_rate : {"constant"}, default="constant"
    learning_rate_init : float, default=0.001
    power_t : float, default=0.5
    max_iter : int, default=200
    shuffle : {True}, default=True
    random_state : int, RandomState or None, default=None
    tol : float, default=1e-4
    verbose : bool, default=False
    warm_start : {False}, default=False
    momentum : float, default=0.9
    nesterovs_momentum : bool, default=True
    early_stopping : bool, default=False
    validation_fraction : float, default=0.1
    beta_1, beta_2 : float, default=0.9, 0.999
    epsilon : {1e-8}, default=1e-8
    n_iter_no_change : int, default=10
    max_fun : int, default=15000
    n_jobs : int or None, default=None

    Attributes
    ----------
    coefs_ : list of ndarray of shape (inputs, outputs)
    intercepts_ : list of ndarray of shape (outputs,)
    loss_ : float
    loss_curve_ : list of float
    n_iter_ : int
    n_layers_, n_outputs_ : int
    out_activation_ : str
    n_features_in_ : int
    fit_report_ : FitReport
    """


class _Bayesian(_Network):
    """What those with random weights share."""

    _kind = "bayes-mlp"
    _RANGES: ClassVar[dict[str, Any]] = {
        "hidden_layer_sizes": [_WIDTHS],
        "activation": [Word("logistic", "tanh", "relu")],
        "prior": [Word("fan-in", "gaussian", "mixture")],
        "prior_sigma": [Number(float, 0.0, None, "neither")],
        "samples": [Number(int, 1)],
        "draws": [Number(int, 1)],
        "local_reparameterization": [FLAG],
        "batch_size": [Number(int, 1)],
        "learning_rate_init": [Number(float, 0.0, None, "neither")],
        "max_iter": [Number(int, 1)],
    }

    def __init__(
        self,
        hidden_layer_sizes: Any = (100,),
        activation: str = "relu",
        *,
        prior: str = "fan-in",
        prior_sigma: float = 3.0,
        samples: int = 1,
        draws: int = 10,
        local_reparameterization: bool = False,
        batch_size: int = 64,
        learning_rate_init: float = 5e-3,
        max_iter: int = 200,
        random_state: Any = None,
        verbose: Any = False,
        n_jobs: int | None = None,
    ) -> None:
        keep(self, locals())

    def _settings(self, rows: _Rows) -> dict[str, Any]:
        names = ("activation", "prior", "prior_sigma", "samples", "draws", "local_reparameterization")
        return {name: getattr(self, name) for name in names} | {
            "hidden": self._widths(),
            "batch": self._batch(rows),
            "learning_rate": self.learning_rate_init,
            "epochs": self.max_iter,
        }


class BayesianMLPClassifier(_Bayesian, Classifier):
    """A multilayer perceptron of classes whose weights have a posterior: Bayes by Backprop (Blundell et al. 2015).

    Parameters
    ----------
    hidden_layer_sizes : array-like of int, default=(100,)
    activation : {"logistic", "tanh", "relu"}, default="relu"
    prior : {"fan-in", "gaussian", "mixture"}, default="fan-in"
        N(0, prior_sigma^2 / n) for the weights of a unit with n inputs, N(0, prior_sigma^2), or a narrow and a wide Gaussian.
    prior_sigma : float, default=3.0
        Not of the mixture, whose deviations are 1 and e^-6.
    samples : int, default=1
        Draws of the weights per step.
    draws : int, default=10
        Networks whose probabilities are averaged.
    local_reparameterization : bool, default=False
    batch_size : int, default=64
    learning_rate_init : float, default=0.005
    max_iter : int, default=200
    random_state : int, RandomState or None, default=None
    verbose : bool, default=False
    n_jobs : int or None, default=None

    Attributes
    ----------
    classes_ : ndarray of shape (n_classes,)
    coefs_, intercepts_ : list of ndarray
        Means of the weights.
    loss_curve_ : list of float
    n_iter_ : int
    """


class BayesianMLPRegressor(_Bayesian, Regressor):
    """A multilayer perceptron of a quantity whose weights have a posterior: Bayes by Backprop (Blundell et al. 2015).

    `predict_interval` has the noise and what is not known of the weights.

    Parameters
    ----------
    hidden_layer_sizes : array-like of int, default=(100,)
    activation : {"logistic", "tanh", "relu"}, default="relu"
    prior : {"fan-in", "gaussian", "mixture"}, default="fan-in"
        N(0, prior_sigma^2 / n) for the weights of a unit with n inputs, N(0, prior_sigma^2), or a narrow and a wide Gaussian.
    prior_sigma : float, default=3.0
        Not of the mixture, whose deviations are 1 and e^-6.
    samples : int, default=1
    draws : int, default=10
    local_reparameterization : bool, default=False
    batch_size : int, default=64
    learning_rate_init : float, default=0.005
    max_iter : int, default=200
    random_state : int, RandomState or None, default=None
    verbose : bool, default=False
    n_jobs : int or None, default=None

    Attributes
    ----------
    coefs_, intercepts_ : list of ndarray
        Means of the weights.
    loss_curve_ : list of float
    n_iter_ : int
    """

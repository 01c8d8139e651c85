"""Variational auto-encoders of the rows of tables."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from . import _data, _native
from ._base import seed_of
from ._compat import ClassNamePrefixFeaturesOutMixin, DensityMixin, TransformerMixin, check_is_fitted
from ._parameters import keep
from ._ranges import Number, Word, check_values
from ._unsupervised import Unsupervised
from .metrics import Score

if TYPE_CHECKING:
    from ._typing import MatrixLike, Self

#: Bounds that are maximized, and the models of the registry whose defaults they are.
_BOUNDS = ("elbo", "iwae", "jvi")


class TableVAE(ClassNamePrefixFeaturesOutMixin, TransformerMixin, DensityMixin, Unsupervised):
    """A variational auto-encoder of rows: p(x) = E_p(z) prod_j p(x_j | z) (Kingma & Welling 2014).

    Of z a decoder says a Gaussian of every number and the probabilities of every category. What is missing of a row is integrated out
    (Mattei & Frellsen 2019), so that rows with holes are learnt from as they are, and `impute` says what may stand there.

    Parameters
    ----------
    latent : int or list of int, default=20
        Widths of the latent variables, those next to the data first.
    hidden : int or list of int, default=(200, 200)
        Widths of the hidden layers of the encoder; the decoder has them in reverse.
    activation : {"tanh", "relu", "logistic"}, default="tanh"
    bound : {"elbo", "iwae", "jvi"}, default="elbo"
        What is maximized.
    samples : int, default=1
        Samples of z for each row of a step.
    beta : float, default=1.0
        Weight of the KL divergence of `elbo`.
    min_deviation : float, default=0.01
        Smallest deviation of a number, in deviations of its column: values that repeat would have a density without bound.
    validation_fraction : float, default=0.1
        Share of the rows that is kept apart to choose the best weights by; 0 takes the last.
    steps : int, default=10000
    batch : int, default=100
    learning_rate : float, default=0.001
    n_jobs : int or None, default=None
        Threads; None is all. The result does not depend on it.
    random_state : int, RandomState or None, default=0

    Attributes
    ----------
    n_parameters_ : int
        Numbers that were learnt.
    n_features_in_ : int
    feature_names_in_ : ndarray
    fit_report_ : FitReport

    Examples
    --------
    >>> import numpy as np
    >>> from induce.latent import TableVAE
    >>> rng = np.random.default_rng(0)
    >>> x = rng.normal(size=300)
    >>> X = np.column_stack([x, 2 * x + 0.1 * rng.normal(size=300)])
    >>> model = TableVAE(latent=2, hidden=32, steps=1500, learning_rate=0.01).fit(X)
    >>> bool(abs(model.impute([[1.0, np.nan]])[0, 1] - 2.0) < 0.3)
    True
    >>> bool(model.score_samples([[1.0, 2.0]]) > model.score_samples([[1.0, -2.0]]) + 5)
    True
    >>> model.sample(3).shape
    (3, 2)
    """

    _kind = "vae"
    _task = "transform"
    _RANGES: ClassVar[dict[str, Any]] = {
        "activation": [Word("tanh", "relu", "logistic")],
        "bound": [Word(*_BOUNDS)],
        "samples": [Number(int, 1)],
        "beta": [Number(float, 0.0)],
        "min_deviation": [Number(float, 0.0, 1.0, "neither")],
        "validation_fraction": [Number(float, 0.0, 1.0)],
        "steps": [Number(int, 1)],
        "batch": [Number(int, 1)],
        "learning_rate": [Number(float, 0.0)],
    }
    _SETTINGS = ("latent", "hidden", "activation", "bound", "samples", "beta", "min_deviation", "validation_fraction", "steps", "batch", "learning_rate")

    def __init__(
        self,
        latent: Any = 20,
        hidden: Any = (200, 200),
        *,
        activation: str = "tanh",
        bound: str = "elbo",
        samples: int = 1,
        beta: float = 1.0,
        min_deviation: float = 0.01,
        validation_fraction: float = 0.1,
        steps: int = 10_000,
        batch: int = 100,
        learning_rate: float = 1e-3,
        n_jobs: int | None = None,
        random_state: Any = 0,
    ) -> None:
        keep(self, locals())

    def fit(self, X: MatrixLike, y: Any = None) -> Self:
        """Learn what rows are like.

        Parameters
        ----------
        X : array-like or frame of shape (n_samples, n_features)
            NaN is missing; columns of categories are those of a frame.
        y : Ignored

        Returns
        -------
        self
        """
        rows = self._read(X)
        settings = {name: _listed(getattr(self, name)) for name in self._SETTINGS}
        if self.bound != "elbo":
            del settings["beta"]
        self._learn(settings, rows)
        return self

    @property
    def n_parameters_(self) -> int:
        """Numbers that were learnt."""
        check_is_fitted(self, "model_")
        return int(json.loads(self.model_.facts)["parameters"])

    @property
    def _n_features_out(self) -> int:
        return int(np.atleast_1d(self.latent)[0])

    def transform(self, X: MatrixLike) -> np.ndarray:
        """Means of q(z | x), of the latent variables next to the data, of shape (n_samples, width).

        Parameters
        ----------
        X : array-like or frame of shape (n_samples, n_features)
        """
        return self._of_type(_native.transform(self.model_, self._checked(X), self._threads()))

    def score_samples(self, X: MatrixLike) -> np.ndarray:
        """ln p(x) of every row in nats, by importance sampling with 50 samples: a bound that is nearly reached. Of shape (n_samples,).

        Parameters
        ----------
        X : array-like or frame of shape (n_samples, n_features)
        """
        return _native.log_density(self.model_, self._checked(X), self._threads())

    def score(self, X: MatrixLike, y: Any = None) -> float:
        """The mean of `score_samples`: nats per row, more is better.

        Parameters
        ----------
        X : array-like or frame of shape (n_samples, n_features)
        y : Ignored
        """
        return float(self.score_samples(X).mean())

    def evaluate(self, X: MatrixLike, *, samples: int | None = None) -> dict[str, Score]:
        """Bounds of ln p(x) by name, with 95 % intervals over rows.

        Parameters
        ----------
        X : array-like or frame of shape (n_samples, n_features)
        samples : int, default=None
            Samples of z for each row. None is 50.

        Returns
        -------
        dict of str to Score
        """
        check_values("evaluate", {"samples": samples}, {"samples": [Number(int, 1, 10_000_000), None]})
        found = _native.row_scores(self.model_, self._checked(X), samples, self._seed(), self._threads())
        return {name: Score(value, low, high) for name, value, low, high in found}

    def impute(self, X: MatrixLike, *, draw: bool = False, random_state: Any = None) -> Any:
        """Rows with something for what is missing, given what is there of each: X's kind of array or frame.

        Parameters
        ----------
        X : array-like or frame of shape (n_samples, n_features)
        draw : bool, default=False
            A draw in place of the expectation, or of the most probable category: for multiple imputation, once for each `random_state`.
        random_state : int, RandomState or None, default=None
            None is that of the estimator.
        """
        seed = self._seed() if random_state is None else seed_of(random_state)
        found = _native.impute(self.model_, self._checked(X), draw, seed, self._threads())
        if not _data.is_frame(X):
            return self._matrix(found)
        filled = X.copy()
        for name, own in zip(X.columns, found.names, strict=True):
            holes = filled[name].isna().to_numpy()
            if holes.any():
                values = np.asarray(found.text(own), dtype=object) if _is_text(found, own) else found.numbers(own)
                filled[name] = filled[name].where(~holes, values)
        return filled

    def sample(self, n_samples: int = 1, *, random_state: Any = None) -> Any:
        """Rows drawn from the model: an array, or a pandas frame where columns have names.

        Parameters
        ----------
        n_samples : int, default=1
        random_state : int, RandomState or None, default=None
            None is that of the estimator.
        """
        check_is_fitted(self, "model_")
        check_values("sample", {"n_samples": n_samples}, {"n_samples": [Number(int, 1, 10_000_000)]})
        seed = self._seed() if random_state is None else seed_of(random_state)
        found = _native.row_samples(self.model_, int(n_samples), seed, self._threads())
        named = getattr(self, "feature_names_in_", None) is not None
        return found.to_pandas() if named else self._matrix(found)

    def _matrix(self, table: _native.Table) -> np.ndarray:
        return self._of_type(np.column_stack([table.numbers(name) for name in table.names]))


def _listed(value: Any) -> Any:
    """A setting as JSON has it."""
    return [int(own) for own in value] if isinstance(value, (tuple, list, np.ndarray)) else value


def _is_text(table: _native.Table, name: str) -> bool:
    return dict(zip(table.names, table.kinds, strict=True))[name] == "category"

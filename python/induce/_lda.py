"""Topics under scikit-learn's names."""

from __future__ import annotations

import math
import sys
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from . import _native
from ._base import _Rows, seed_of
from ._compat import ClassNamePrefixFeaturesOutMixin, TransformerMixin, check_is_fitted
from ._parameters import keep
from ._progress import Listeners
from ._ranges import VERBOSE, Kind, Number, Word
from ._unsupervised import Unsupervised

if TYPE_CHECKING:
    from ._typing import ArrayLike, MatrixLike, Self

_COUNT = Kind("an int", lambda value: isinstance(value, (int, np.integer)) and not isinstance(value, bool))


class LatentDirichletAllocation(ClassNamePrefixFeaturesOutMixin, TransformerMixin, Unsupervised):
    """Topics of documents, which are counts of words, by mean field (Blei, Ng & Jordan 2003; Hoffman, Blei & Bach 2010).

    Parameters
    ----------
    n_components : int, default=10
        Number of topics.
    doc_topic_prior : float or None, default=None
        alpha, of the topics of a document; None is 1 / n_components.
    topic_word_prior : float or None, default=None
        eta, of the words of a topic; None is 1 / n_components.
    learning_method : {"batch", "online"}, default="batch"
        Every pass over all documents gives new topics, or every mini-batch of documents does.
    learning_decay : float in (0.5, 1], default=0.7
    learning_offset : float >= 1, default=10.0
    max_iter : int, default=10
        Passes over the documents.
    batch_size : int, default=128
    evaluate_every : int, default=-1
        Above 0, passes end when the perplexity, which is looked at after so many of them, changes by less than `perp_tol`.
    total_samples : int, default=1e6
        Documents that those of `partial_fit` stand for.
    perp_tol : float, default=1e-1
    mean_change_tol : float, default=1e-3
        The steps for a document end when its topics change by less on average.
    max_doc_update_iter : int, default=100
    n_jobs : int or None, default=None
        Threads; None is all. The result does not depend on it.
    verbose : int, default=0
    random_state : int, RandomState or None, default=None

    Attributes
    ----------
    components_ : ndarray of shape (n_components, n_features)
        lambda of q(beta_k) = Dirichlet(lambda_k); a row divided by its sum is the topic's distribution over words.
    exp_dirichlet_component_ : ndarray of shape (n_components, n_features)
        exp E ln beta.
    n_batch_iter_ : int
        1 and the mini-batches or passes so far.
    n_iter_ : int
    bound_ : float
        Perplexity of the documents of the fit.
    doc_topic_prior_, topic_word_prior_ : float
    n_features_in_ : int
    fit_report_ : FitReport
        Its traces have the ELBO per word, term by term.

    Notes
    -----
    A pass begins with the topics that documents had after the one before, so that the ELBO of "batch" never falls; in scikit-learn
    they are drawn anew.

    Examples
    --------
    >>> import numpy as np
    >>> from induce.decomposition import LatentDirichletAllocation
    >>> counts = np.kron(np.eye(2, dtype=int), np.full((3, 3), 4))
    >>> topics = LatentDirichletAllocation(2, random_state=0).fit_transform(counts)
    >>> len(set(topics.argmax(axis=1)[:3])), len(set(topics.argmax(axis=1)))
    (1, 2)
    """

    _kind = "lda"
    _task = "transform"
    _takes_missing = False
    _takes_categories = False
    _KEPT = ("bound_",)
    _sparse = "rows"
    _RANGES: ClassVar[dict[str, Any]] = {
        "n_components": [Number(int, 1, None)],
        "doc_topic_prior": [Number(float, 0.0, None, "neither"), None],
        "topic_word_prior": [Number(float, 0.0, None, "neither"), None],
        "learning_method": [Word("batch", "online")],
        "learning_decay": [Number(float, 0.5, 1.0, "right")],
        "learning_offset": [Number(float, 1.0, None)],
        "max_iter": [Number(int, 1, None)],
        "batch_size": [Number(int, 1, None)],
        "evaluate_every": [_COUNT],
        "total_samples": [Number(float, 0.0, None, "neither")],
        "perp_tol": [Number(float, 0.0, None)],
        "mean_change_tol": [Number(float, 0.0, None)],
        "max_doc_update_iter": [Number(int, 1, None)],
        "verbose": [VERBOSE],
    }

    def __init__(
        self,
        n_components: int = 10,
        *,
        doc_topic_prior: float | None = None,
        topic_word_prior: float | None = None,
        learning_method: str = "batch",
        learning_decay: float = 0.7,
        learning_offset: float = 10.0,
        max_iter: int = 10,
        batch_size: int = 128,
        evaluate_every: int = -1,
        total_samples: float = 1e6,
        perp_tol: float = 1e-1,
        mean_change_tol: float = 1e-3,
        max_doc_update_iter: int = 100,
        n_jobs: int | None = None,
        verbose: int = 0,
        random_state: Any = None,
    ) -> None:
        keep(self, locals())

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.input_tags.positive_only = True
        return tags

    def _settings_for(self, **more: Any) -> dict[str, Any]:
        names = ("n_components", "learning_method", "learning_decay", "learning_offset", "max_iter", "batch_size",
                 "mean_change_tol", "max_doc_update_iter")
        own = {name: getattr(self, name) for name in names}
        for name in ("doc_topic_prior", "topic_word_prior"):
            own[name] = getattr(self, name) or 0.0
        if own["learning_method"] == "batch":
            for name in ("learning_decay", "learning_offset", "batch_size"):
                del own[name]
        return {**own, "tol": 0.0, **more}

    def _counts(self, X: MatrixLike, sample_weight: ArrayLike | None, whom: str, *, reset: bool) -> _Rows:
        rows = self._read(X, sample_weight, reset=reset)
        _not_negative(X, f"{type(self).__name__}.{whom}")
        return rows

    def fit(self, X: MatrixLike, y: Any = None, sample_weight: ArrayLike | None = None) -> Self:
        """Find the topics.

        Parameters
        ----------
        X : array-like or sparse matrix of shape (n_samples, n_features)
            Counts of words.
        y : Ignored
        sample_weight : array-like of shape (n_samples,), default=None
            A weight counts as so many repetitions of its document.

        Returns
        -------
        self
        """
        rows = self._counts(X, sample_weight, "fit", reset=True)
        self._passes = _Passes(self)
        self._learn(self._settings_for(), rows)
        del self._passes
        self.bound_ = self._perplexity(rows.table)
        return self

    def partial_fit(self, X: MatrixLike, y: Any = None, sample_weight: ArrayLike | None = None) -> Self:
        """Learn from mini-batches of these documents, each once.

        Parameters
        ----------
        X : array-like or sparse matrix of shape (n_samples, n_features)
        y : Ignored
        sample_weight : array-like of shape (n_samples,), default=None

        Returns
        -------
        self
        """
        known = "model_" in self.__dict__
        rows = self._counts(X, sample_weight, "partial_fit", reset=not known)
        own = self._settings_for(
            learning_method="online", max_iter=1, total_samples=float(self.total_samples),
            learning_decay=self.learning_decay, learning_offset=self.learning_offset, batch_size=self.batch_size,
        )
        self._learn(own, rows, init=self.model_ if known else None)
        return self

    def _listener(self) -> Any:
        passes = self.__dict__.get("_passes")
        return None if passes is None or not passes.wanted else Listeners([passes])

    def _after(self, steps: int) -> None:
        found = _native.topics(self.model_, self._threads())
        self.components_ = self._of_type(found["components"])
        self.exp_dirichlet_component_ = self._of_type(found["exp_dirichlet"])
        self.doc_topic_prior_, self.topic_word_prior_ = found["alpha"], found["eta"]
        self.n_iter_ = int(steps)
        self.n_batch_iter_ = 1 + (int(found["steps"]) or int(steps))

    @property
    def _n_features_out(self) -> int:
        return int(self.components_.shape[0])

    def transform(self, X: MatrixLike, *, normalize: bool = True) -> np.ndarray:
        """The topics of documents, of shape (n_samples, n_components).

        Parameters
        ----------
        X : array-like or sparse matrix of shape (n_samples, n_features)
        normalize : bool, default=True
            Posterior means, which sum to 1; or the parameters gamma of their Dirichlet distributions.
        """
        rows = self._checked(X)
        _not_negative(X, f"{type(self).__name__}.transform")
        gamma = _native.topic_parameters(self.model_, rows, self._threads())
        return self._of_type(gamma / gamma.sum(axis=1, keepdims=True) if normalize else gamma)

    def fit_transform(self, X: MatrixLike, y: Any = None, *, normalize: bool = True, **fit_params: Any) -> np.ndarray:
        """`fit`, and `transform` of the same documents."""
        return self.fit(X, y, **fit_params).transform(X, normalize=normalize)

    def score(self, X: MatrixLike, y: Any = None) -> float:
        """The ELBO of documents: a bound of their log likelihood, less what the topics diverge from their prior.

        Parameters
        ----------
        X : array-like or sparse matrix of shape (n_samples, n_features)
        y : Ignored
        """
        rows = self._checked(X)
        _not_negative(X, f"{type(self).__name__}.score")
        likelihood, documents, topics, _ = _native.topic_bound(self.model_, rows, self._threads())
        return likelihood - documents - topics

    def perplexity(self, X: MatrixLike, sub_sampling: bool = False) -> float:
        """exp(-ELBO / words): the lower the better.

        Parameters
        ----------
        X : array-like or sparse matrix of shape (n_samples, n_features)
        sub_sampling : bool, default=False
            Whether the documents stand for `total_samples`.
        """
        rows = self._checked(X)
        _not_negative(X, f"{type(self).__name__}.perplexity")
        return self._perplexity(rows, float(self.total_samples) if sub_sampling else None)

    def _perplexity(self, rows: Any, total: float | None = None) -> float:
        likelihood, documents, topics, words = _native.topic_bound(self.model_, rows, self._threads())
        factor = 1.0 if total is None else total / len(rows)
        per_word = -(factor * (likelihood - documents) - topics) / (factor * words) if words > 0 else math.inf
        # Beyond this e to it is no number.
        return math.exp(per_word) if per_word < 709.0 else math.inf

    def _adopt(self, model: _native.Model) -> Any:
        self.n_components = _native.topics(model)["components"].shape[0]
        return super()._adopt(model)

    def _seed(self) -> int:
        return seed_of(self.random_state)


class _Passes:
    """What is printed after every pass, and whether it was the last."""

    def __init__(self, owner: LatentDirichletAllocation) -> None:
        self.every, self.most = owner.evaluate_every, owner.max_iter
        self.tol, self.verbose = owner.perp_tol, owner.verbose
        self.wanted = bool(self.verbose) or self.every > 0
        self.last: float | None = None

    def step(self, step: int, metrics: dict[str, float]) -> bool:
        text, ended = f"iteration: {step} of max_iter: {self.most}", False
        if self.every > 0 and step % self.every == 0:
            now = math.exp(min(-metrics["elbo"], 709.0))
            text += f", perplexity: {now:.4f}"
            ended = self.last is not None and abs(self.last - now) < self.tol
            self.last = now
        if self.verbose:
            sys.stdout.write(text + "\n")
        return ended


def _not_negative(X: Any, whom: str) -> None:
    values = X.tocsr().data if hasattr(X, "tocsr") else np.asarray(X)
    if values.size and values.dtype.kind in "fiu" and values.min() < 0:
        raise ValueError(f"Negative values in data passed to {whom}")

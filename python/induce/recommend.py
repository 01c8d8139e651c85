"""Recommendation: from ratings of items by users, what they would rate the others."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ._parameters import FITTING, documented, keep
from ._ratings import Certain, Recommender

if TYPE_CHECKING:
    import numpy as np

    from ._typing import ArrayLike, Self

__all__ = ["GCMC", "MatrixFactorization"]

_DOC = """{title}

    Parameters
    ----------
{settings}
{taken}

    Attributes
    ----------
    fit_report_ : FitReport

    Examples
    --------
    >>> from induce.recommend import {name}
    >>> users = ["ann", "ann", "bob", "bob", "cid", "cid"]
    >>> items = ["tea", "ham", "tea", "jam", "ham", "jam"]
    >>> model = {name}({small}).fit(users, items, [5, 1, 4, 4, 1, 5])
    >>> model.predict(["ann"], ["jam"]).shape
    (1,)
    >>> [item for item, _ in model.recommend(["cid"], top=3)["cid"]]
    ['tea']
    """


class MatrixFactorization(Certain, Recommender):
    _kind = "mf"
    __doc__ = _DOC.format(
        name="MatrixFactorization",
        title="Matrix factorization by variational Bayes: r_ui ~ N(mu + b_u + b_i + p_u' q_i, 1 / beta), a precision for each prior (Lim & Teh 2007).",
        small="factors=1",
        taken=FITTING,
        settings=documented("mf", user=None, item=None, relevant=("relevant", 'float or "auto", default="auto"')),
    )

    def __init__(
        self,
        *,
        factors=20,
        max_iterations=500,
        tolerance=0.00001,
        clip=True,
        relevant="auto",
        at=10,
        n_jobs=None,
        random_state=0,
        verbose=0,
        callbacks=None,
        max_time=None,
    ):
        keep(self, locals())

    def fit(self, users: ArrayLike, items: ArrayLike, ratings: ArrayLike) -> Self:
        """Learn from ratings.

        Ctrl-C raises KeyboardInterrupt after the iteration, and the model so far is kept.

        Parameters
        ----------
        users, items : array-like of shape (n,)
            Who rated what: numbers or texts.
        ratings : array-like of shape (n,)

        Returns
        -------
        self
        """
        return self._learn(users, items, ratings)


class GCMC(Recommender):
    _kind = "gcmc"
    __doc__ = _DOC.format(
        name="GCMC",
        title="Graph convolutional matrix completion: P(r_ui = k) = softmax_k z_u' Q_k z_i, embeddings z from a graph of ratings (van den Berg, Kipf &\n"
        "    Welling 2017).",
        small="hidden=10, embedding=5, epochs=20",
        taken=FITTING,
        settings=documented("gcmc", user=None, item=None, relevant=("relevant", 'float or "auto", default="auto"')),
    )

    def __init__(
        self,
        *,
        hidden=500,
        embedding=75,
        bases=2,
        accumulation="stack",
        normalization="left",
        dropout=0.7,
        features=True,
        feature_width=10,
        epochs=1000,
        validation_fraction=0.0,
        relevant="auto",
        at=10,
        steps=1000,
        batch=1000000,
        gradient_accumulation=1,
        optimizer="adamw",
        learning_rate=0.01,
        schedule="constant",
        warmup=0,
        min_learning_rate_fraction=0.1,
        decay_start=0,
        decay_period=1000,
        decay_gamma=0.5,
        beta1=0.9,
        beta2=0.999,
        momentum=0.0,
        weight_decay=0.0,
        clip_norm=0.0,
        ema_decay=0.995,
        evaluate_every=0,
        patience=0,
        weights="point",
        prior="fan-in",
        prior_sigma=3.0,
        mixture_share=0.5,
        minus_ln_sigma_1=0.0,
        minus_ln_sigma_2=6.0,
        initial_rho=-5.0,
        kl_weights="uniform",
        kl_factor=1.0,
        n_jobs=None,
        random_state=0,
        verbose=0,
        callbacks=None,
        max_time=None,
    ):
        keep(self, locals())

    def fit(
        self, users: ArrayLike, items: ArrayLike, ratings: ArrayLike, *, user_features: object = None, item_features: object = None
    ) -> Self:
        """Learn from ratings, and from what is known of users and items.

        Ctrl-C raises KeyboardInterrupt after the step, and the model so far is kept.

        Parameters
        ----------
        users, items : array-like of shape (n,)
            Who rated what: numbers or texts.
        ratings : array-like of shape (n,)
            At most a few different values, the levels.
        user_features, item_features : frame, Table or dict of columns, default=None
            A row for each user, or item: the column called `user`, or `item`, or else the first, says whose it is.

        Returns
        -------
        self
        """
        return self._learn(users, items, ratings, (user_features, item_features))

    def predict(  # type: ignore[override]
        self, users: ArrayLike, items: ArrayLike, *, user_features: object = None, item_features: object = None
    ) -> np.ndarray:
        """The rating that each user is expected to give each item, of shape (n,).

        Parameters
        ----------
        users, items : array-like of shape (n,)
            A pair each.
        user_features, item_features : frame, Table or dict of columns, default=None
            As in `fit`: who or what the fit had not is rated by these, and without them by what is known of the other, or of all.
        """
        return self._predicted(self._asked(users, items, (user_features, item_features)))

    def recommend(self, users: ArrayLike, top: int = 10, *, user_features: object = None) -> dict[Any, list[tuple[Any, float]]]:  # type: ignore[override]
        """The items that each user is expected to rate best, of those that the user did not rate in the fit.

        Parameters
        ----------
        users : array-like
            Users, each of whom is listed once.
        top : int, default=10
            Items of each.
        user_features : frame, Table or dict of columns, default=None
            As in `fit`: users that the fit had not are listed what these say, and without them what is rated best by all.

        Returns
        -------
        dict
            By user, pairs of an item and its rating, the best first.
        """
        return self._listed(users, top, user_features)


def __dir__() -> list[str]:
    return sorted(__all__)

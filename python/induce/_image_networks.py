"""Networks of the classes of images."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from . import _native
from ._base import threads_of
from ._compat import ClassifierMixin
from ._images import TAKEN, ImageModel
from ._parameters import documented, keep

if TYPE_CHECKING:
    from ._typing import ArrayLike, Self

_DOC = """{title}: P(y = k) = softmax_k f(x).

    f is {layers}, then linear layers; `weights="bayes"` gives every weight a
    posterior (Blundell et al. 2015).{more}

    Parameters
    ----------
{settings}
{taken}

    Attributes
    ----------
    classes_ : ndarray of shape (n_classes,)
    image_shape_ : tuple of int
        Height, width and channels.
    n_parameters_ : int
    n_features_in_ : int
        Values of an image.
    fit_report_ : FitReport

    Examples
    --------
    >>> import numpy as np
    >>> from induce.neural_network import {name}
    >>> halves = np.zeros((60, 6, 6), dtype=np.uint8)
    >>> halves[:30, :3], halves[30:, 3:] = 255, 255
    >>> y = np.repeat(["above", "below"], 30)
    >>> model = {name}(channels=4, hidden=8, epochs=20, batch=10, learning_rate=0.01{small}).fit(halves, y)
    >>> model.predict(halves[[0, 59]]).tolist()
    ['above', 'below']
    """


class _ImageNetwork(ClassifierMixin, ImageModel):
    """A network of the classes of images."""

    def fit(self, X: ArrayLike, y: ArrayLike) -> Self:
        """Learn the classes of images.

        Ctrl-C raises KeyboardInterrupt after the step, and the model so far is kept.

        Parameters
        ----------
        X : array-like of shape (n, height, width), (n, height, width, channels) or (n, height * width * channels)
            Bytes, booleans, or floats from 0 to 1, which become the nearest byte. Of rows of values `image_shape` says the rest. Channels are 1 or 3.
        y : array-like of shape (n,)
            The class of each, at least two of them.

        Returns
        -------
        self
        """
        labels = np.asarray(y)
        if labels.ndim != 1 or len(labels) != len(X):  # type: ignore[arg-type]
            raise ValueError(f"y of shape {labels.shape} is not one class for each image")
        classes, codes = np.unique(labels, return_inverse=True)
        self._learn(X, (codes.astype(np.uint32), [str(name) for name in classes]))
        self.classes_ = classes
        return self

    def _opened(self, model: _native.Model, card: Any) -> Any:
        super()._opened(model, card)
        self.classes_ = np.asarray(model.classes)
        return self

    def predict(self, X: ArrayLike) -> np.ndarray:
        """The most probable class of every image, of shape (n,).

        Parameters
        ----------
        X : array-like
            As in `fit`.
        """
        found, _ = _native.image_classes(self._fitted(), self._asked(X), threads_of(self.n_jobs))
        return self.classes_[found.astype(np.int64)]

    def predict_proba(self, X: ArrayLike) -> np.ndarray:
        """The probability of every class, of shape (n, n_classes).

        Parameters
        ----------
        X : array-like
            As in `fit`.
        """
        return _native.image_classes(self._fitted(), self._asked(X), threads_of(self.n_jobs))[1]


class CNNClassifier(_ImageNetwork):
    _kind = "cnn"
    __doc__ = _DOC.format(
        name="CNNClassifier",
        title="A convolutional network of the classes of images",
        layers="convolutions of 3 x 3, after each of which the largest of 2 x 2 is kept",
        more="",
        small="",
        taken=TAKEN,
        settings=documented(
            "cnn",
            channels=("channels", "int or list of int, default=(32, 64)"),
            hidden=("hidden", "int or list of int, default=(128,)"),
        ),
    )

    def __init__(
        self,
        *,
        channels=(32, 64),
        convolution="grid",
        order=24,
        hidden=(128,),
        activation="relu",
        dropout=0.25,
        standardize=True,
        samples=1,
        local_reparameterization=False,
        draws=10,
        epochs=5,
        validation_fraction=0.1,
        steps=10000,
        batch=64,
        gradient_accumulation=1,
        optimizer="adamw",
        learning_rate=0.001,
        schedule="cosine",
        warmup=0,
        min_learning_rate_fraction=0.1,
        decay_start=0,
        decay_period=1000,
        decay_gamma=0.5,
        beta1=0.9,
        beta2=0.999,
        momentum=0.0,
        weight_decay=0.01,
        clip_norm=0.0,
        ema_decay=0.0,
        evaluate_every=0,
        patience=20,
        weights="point",
        prior="fan-in",
        prior_sigma=3.0,
        mixture_share=0.5,
        minus_ln_sigma_1=0.0,
        minus_ln_sigma_2=6.0,
        initial_rho=-5.0,
        kl_weights="uniform",
        kl_factor=1.0,
        image_shape=None,
        n_jobs=None,
        random_state=0,
        verbose=0,
        callbacks=None,
        max_time=None,
    ):
        keep(self, locals())


class GraphCNNClassifier(_ImageNetwork):
    _kind = "graph-cnn"
    __doc__ = _DOC.format(
        name="GraphCNNClassifier",
        title="A convolutional network of the classes of images on the graph of their pixels",
        layers="filters of a graph in which each pixel is joined to its neighbours, and pooling by a hierarchy of coarser graphs",
        more="\n\n    It does not know that pixels lie in rows (Defferrard, Bresson & Vandergheynst 2016); where they do, `CNNClassifier` is faster and better.",
        small=", order=3",
        taken=TAKEN,
        settings=documented(
            "graph-cnn",
            channels=("channels", "int or list of int, default=(32, 64)"),
            hidden=("hidden", "int or list of int, default=(512,)"),
        ),
    )

    def __init__(
        self,
        *,
        channels=(32, 64),
        convolution="graph",
        order=24,
        hidden=(512,),
        activation="relu",
        dropout=0.5,
        standardize=True,
        samples=1,
        local_reparameterization=False,
        draws=10,
        epochs=5,
        validation_fraction=0.1,
        steps=10000,
        batch=64,
        gradient_accumulation=1,
        optimizer="adamw",
        learning_rate=0.001,
        schedule="cosine",
        warmup=0,
        min_learning_rate_fraction=0.1,
        decay_start=0,
        decay_period=1000,
        decay_gamma=0.5,
        beta1=0.9,
        beta2=0.999,
        momentum=0.0,
        weight_decay=0.01,
        clip_norm=0.0,
        ema_decay=0.0,
        evaluate_every=0,
        patience=20,
        weights="point",
        prior="fan-in",
        prior_sigma=3.0,
        mixture_share=0.5,
        minus_ln_sigma_1=0.0,
        minus_ln_sigma_2=6.0,
        initial_rho=-5.0,
        kl_weights="uniform",
        kl_factor=1.0,
        image_shape=None,
        n_jobs=None,
        random_state=0,
        verbose=0,
        callbacks=None,
        max_time=None,
    ):
        keep(self, locals())

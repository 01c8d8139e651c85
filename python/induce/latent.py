"""Auto-encoders of images, and of the rows of tables: ln p(x) = ln E_q(z|x) [p(x | z) p(z) / q(z | x)], bound from below and maximized.

`VAE`, `IWAE` and `JVI` explain images by latent variables, say how likely an image is, and draw new ones; `AutoEncoder` is their limit without
noise. `TableVAE` is of rows: how likely they are, what may stand where values are missing, and new ones. They learn what `induce train IMAGES -m vae` does, to the same bytes.
"""

from __future__ import annotations

from . import _native
from ._images import DensityOfImages, PointOfImages
from ._parameters import documented, keep
from ._table_vae import TableVAE

__all__ = ["IWAE", "JVI", "VAE", "AutoEncoder", "TableVAE"]

_DOC = """{title}.

    {formula}

    {about}

    Parameters
    ----------
{settings}
    image_shape : tuple of int, default=None
        (height, width) or (height, width, channels) of images that are given as rows of values; None takes it from arrays of images.
    n_jobs : int or None, default=None
        Threads; None is all. The result does not depend on it.
    random_state : int, RandomState or None, default=0
    verbose : int, default=0
        Show a progress bar.
    callbacks : callable or list of callables, default=None
        Called with (step, metrics); True stops the fit.
    max_time : float, default=None
        Seconds after which the fit ends with the model it has come to.

    Attributes
    ----------
    image_shape_ : tuple of int
        Height, width and channels.
    n_parameters_ : int
    n_features_in_ : int
        Values of an image.
    fit_report_ : FitReport

    Examples
    --------
    >>> import numpy as np
    >>> from induce.latent import {cls}
    >>> halves = np.zeros((40, 4, 4), dtype=np.uint8)
    >>> halves[:20, :2], halves[20:, 2:] = 255, 255
    >>> model = {cls}(latent=1, hidden=16, epochs=100, batch=20, {small}).fit(halves)
    >>> model.transform(halves).shape
    (40, 1)
{more}    """

_DRAWS = """    >>> model.sample(3).shape
    (3, 4, 4)
"""

_SAMPLES = f"""{_DRAWS}    >>> bool(abs(model.transform(halves[:1]) - model.transform(halves[-1:])) > 0.5)
    True
    >>> -4 < model.score(halves) < 0
    True
"""

_ERROR = """    >>> model.evaluate(halves)["mse"].value < 0.05
    True
"""

#: Settings that are widths, and their defaults.
_WIDTHS = (("latent", "(20,)"), ("hidden", "(200, 200)"), ("channels", "(32, 64)"))


def _doc(cls: str, formula: str, more: str, small: str = "learning_rate=0.01") -> str:
    """The documentation of a class: the formula is said here, the rest is the registry's."""
    row = _native.models()[cls.lower()]
    widths = {name: (name, f"int or list of int, default={default}") for name, default in _WIDTHS}
    settings = documented(cls.lower(), **widths)
    about = row["about"].replace("`induce evaluate --samples 5000` judges it.", "`evaluate(X, samples=5000)` judges it.")
    return _DOC.format(cls=cls, formula=formula, more=more, small=small, settings=settings, title=row["title"], about=about)


class VAE(DensityOfImages):
    __doc__ = _doc("VAE", "ELBO = E_q ln p(x | z) - KL(q(z | x) || p(z)) (Kingma & Welling 2014).", _SAMPLES)

    _kind = "vae"

    def __init__(
        self,
        *,
        latent=(20,),
        hidden=(200, 200),
        architecture="mlp",
        channels=(32, 64),
        blocks=2,
        activation="tanh",
        likelihood="bernoulli",
        levels=256,
        binarize="dynamic",
        dequantize=True,
        bound="elbo",
        samples=1,
        order=1,
        estimator="b",
        gradient="reparameterized",
        beta=1.0,
        beta_warmup=0,
        free_bits=0.0,
        corruption=0.0,
        min_deviation=0.01,
        validation_fraction=0.1,
        epochs=0,
        steps=10000,
        batch=100,
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
        weight_decay=0.0,
        clip_norm=0.0,
        ema_decay=0.0,
        evaluate_every=500,
        patience=20,
        image_shape=None,
        n_jobs=None,
        random_state=0,
        verbose=0,
        callbacks=None,
        max_time=None,
    ):
        keep(self, locals())


class IWAE(DensityOfImages):
    __doc__ = _doc("IWAE", "L_k = E ln mean_k w_k, w_k = p(x, z_k) / q(z_k | x), z_k ~ q(z | x) (Burda, Grosse & Salakhutdinov 2016).", _SAMPLES)

    _kind = "iwae"

    def __init__(
        self,
        *,
        latent=(20,),
        hidden=(200, 200),
        architecture="mlp",
        channels=(32, 64),
        blocks=2,
        activation="tanh",
        likelihood="bernoulli",
        levels=256,
        binarize="dynamic",
        dequantize=True,
        bound="iwae",
        samples=5,
        order=1,
        estimator="b",
        gradient="reparameterized",
        beta=1.0,
        beta_warmup=0,
        free_bits=0.0,
        corruption=0.0,
        min_deviation=0.01,
        validation_fraction=0.1,
        epochs=0,
        steps=10000,
        batch=100,
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
        weight_decay=0.0,
        clip_norm=0.0,
        ema_decay=0.0,
        evaluate_every=500,
        patience=20,
        image_shape=None,
        n_jobs=None,
        random_state=0,
        verbose=0,
        callbacks=None,
        max_time=None,
    ):
        keep(self, locals())


class JVI(DensityOfImages):
    __doc__ = _doc(
        "JVI",
        "JVI_m = sum_j c(k, m, j) L_(k-j), the importance-weighted bound less m terms of its bias (Nowozin 2018).\n"
        "    It is no bound of ln p(x): few samples and large steps can drive it above, and the model astray. More samples and `clip_norm` keep it.",
        _DRAWS,
        "learning_rate=0.001, samples=32, clip_norm=1.0",
    )

    _kind = "jvi"

    def __init__(
        self,
        *,
        latent=(20,),
        hidden=(200, 200),
        architecture="mlp",
        channels=(32, 64),
        blocks=2,
        activation="tanh",
        likelihood="bernoulli",
        levels=256,
        binarize="dynamic",
        dequantize=True,
        bound="jvi",
        samples=8,
        order=1,
        estimator="b",
        gradient="reparameterized",
        beta=1.0,
        beta_warmup=0,
        free_bits=0.0,
        corruption=0.0,
        min_deviation=0.01,
        validation_fraction=0.1,
        epochs=0,
        steps=10000,
        batch=100,
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
        weight_decay=0.0,
        clip_norm=0.0,
        ema_decay=0.0,
        evaluate_every=500,
        patience=20,
        image_shape=None,
        n_jobs=None,
        random_state=0,
        verbose=0,
        callbacks=None,
        max_time=None,
    ):
        keep(self, locals())


class AutoEncoder(PointOfImages):
    __doc__ = _doc("AutoEncoder", "max ln p(x | z) at the z that the encoder says.", _ERROR)

    _kind = "autoencoder"

    def __init__(
        self,
        *,
        latent=(20,),
        hidden=(200, 200),
        architecture="mlp",
        channels=(32, 64),
        blocks=2,
        activation="tanh",
        likelihood="bernoulli",
        levels=256,
        binarize="dynamic",
        dequantize=True,
        bound="none",
        samples=1,
        order=1,
        estimator="b",
        gradient="reparameterized",
        beta=1.0,
        beta_warmup=0,
        free_bits=0.0,
        corruption=0.0,
        min_deviation=0.01,
        validation_fraction=0.1,
        epochs=0,
        steps=10000,
        batch=100,
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
        weight_decay=0.0,
        clip_norm=0.0,
        ema_decay=0.0,
        evaluate_every=500,
        patience=20,
        image_shape=None,
        n_jobs=None,
        random_state=0,
        verbose=0,
        callbacks=None,
        max_time=None,
    ):
        keep(self, locals())

"""Auto-encoders of images, and of the rows of tables: ln p(x) = ln E_q(z|x) [p(x | z) p(z) / q(z | x)], bound from below and maximized.

`VAE`, `IWAE` and `JVI` explain images by latent variables, say how likely an image is, and draw new ones; `AutoEncoder` is their limit without
noise. `TableVAE` is of rows: how likely they are, what may stand where values are missing, and new ones. They learn what `induce train IMAGES -m vae` does, to the same bytes.
"""

from __future__ import annotations

from . import _native
from ._images import TAKEN, DensityOfImages, PointOfImages
from ._parameters import documented, keep
from ._table_vae import TableVAE

__all__ = ["DVAE", "IWAE", "JVI", "VAE", "VQVAE", "AutoEncoder", "TableVAE"]

_DOC = """{title}.

    {formula}

    {about}

    Parameters
    ----------
{settings}
{taken}

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
    >>> model = {cls}({small}).fit(halves)
    >>> model.transform(halves).shape
    {shape}
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


#: Of the examples: of latent variables, and of codes.
_FEW = "latent=1, hidden=16, epochs=100, batch=20, "
_CODES = "codebook=4, width=4, channels=8, blocks=1, epochs=100, batch=20, learning_rate=0.01"


def _doc(cls: str, formula: str, more: str, small: str = _FEW + "learning_rate=0.01", shape: str = "(40, 1)") -> str:
    """The documentation of a class: the formula is said here, the rest is the registry's."""
    row = _native.models()[cls.lower()]
    own = {name for name, *_ in row["settings"]}
    widths = {name: (name, f"int or list of int, default={default}") for name, default in _WIDTHS if name in own}
    settings = documented(cls.lower(), **widths)
    about = row["about"].replace("`induce evaluate --samples 5000` judges it.", "`evaluate(X, samples=5000)` judges it.")
    return _DOC.format(cls=cls, formula=formula, more=more, small=small, shape=shape, settings=settings, taken=TAKEN, title=row["title"], about=about)


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


class JVI(DensityOfImages):
    __doc__ = _doc(
        "JVI",
        "JVI_m = sum_j c(k, m, j) L_(k-j), the importance-weighted bound less m terms of its bias (Nowozin 2018).\n"
        "    It is no bound of ln p(x). Rows of which it says more than their largest weight, as no mean can, count by L_k.",
        _DRAWS,
        _FEW + "learning_rate=0.001, samples=32, clip_norm=1.0",
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


class VQVAE(DensityOfImages):
    __doc__ = _doc(
        "VQVAE",
        "z = the code nearest to what the encoder says of every place (van den Oord, Vinyals & Kavukcuoglu 2017). `transform` gives the numbers of codes.",
        _DRAWS,
        _CODES,
        "(40, 4)",
    )

    _kind = "vqvae"

    def __init__(
        self,
        *,
        codebook=128,
        width=32,
        channels=(32, 64),
        blocks=2,
        likelihood="logit-laplace",
        levels=256,
        binarize="dynamic",
        dequantize=True,
        quantization="nearest",
        commitment=0.25,
        update="average",
        codebook_decay=0.99,
        revive=0.1,
        temperature=1.0,
        final_temperature=0.0625,
        temperature_steps=0,
        straight_through=False,
        beta=1.0,
        beta_warmup=0,
        epochs=0,
        steps=10000,
        batch=64,
        gradient_accumulation=1,
        optimizer="adamw",
        learning_rate=0.001,
        schedule="cosine",
        warmup=100,
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
        image_shape=None,
        n_jobs=None,
        random_state=0,
        verbose=0,
        callbacks=None,
        max_time=None,
    ):
        keep(self, locals())


class DVAE(DensityOfImages):
    __doc__ = _doc(
        "DVAE",
        "ELBO of codes, z drawn by a relaxation that cools (Jang, Gu & Poole 2017; Ramesh et al. 2021). `transform` gives the numbers of codes.",
        _DRAWS,
        _CODES,
        "(40, 4)",
    )

    _kind = "dvae"

    def __init__(
        self,
        *,
        codebook=128,
        width=32,
        channels=(32, 64),
        blocks=2,
        likelihood="logit-laplace",
        levels=256,
        binarize="dynamic",
        dequantize=True,
        quantization="gumbel",
        commitment=0.25,
        update="average",
        codebook_decay=0.99,
        revive=0.1,
        temperature=1.0,
        final_temperature=0.0625,
        temperature_steps=0,
        straight_through=False,
        beta=1.0,
        beta_warmup=0,
        epochs=0,
        steps=10000,
        batch=64,
        gradient_accumulation=1,
        optimizer="adamw",
        learning_rate=0.001,
        schedule="cosine",
        warmup=100,
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
        image_shape=None,
        n_jobs=None,
        random_state=0,
        verbose=0,
        callbacks=None,
        max_time=None,
    ):
        keep(self, locals())

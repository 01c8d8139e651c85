"""Language models: p(text) = prod_i p(token_i | the tokens before it).

`GPT`, `Llama`, `LSTM`, `GRU` and `RNN` learn from a text, as `induce train TEXT -m gpt` does, to the same bytes. `load` opens
models of any program: files of our own, folders of Hugging Face, GGUF, llama2.c. Nothing else has to be installed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from . import _native
from ._generation import GenerationReport, Stream, Text
from ._language import LanguageModel, opened
from ._parameters import FITTING, documented, keep

if TYPE_CHECKING:
    from ._typing import PathLike

__all__ = ["GPT", "GRU", "LSTM", "RNN", "GenerationReport", "Llama", "Stream", "Text", "load"]

_DOC = """{title}.

    {formula}

    {about}

    Parameters
    ----------
{settings}
    holdout : float in [0, 1), default=0.1
        The fraction of the text, its tail, that is held out where `fit` gets no `valid` text.
{fitting}

    Attributes
    ----------
    metrics_ : dict of str to dict of str to Score
        The losses at the end, `metrics_["holdout"]["perplexity"]`.
    vocabulary_size_ : int
    context_ : int or None
        Most tokens that are seen together.
    about_ : dict
        What the model's file tells of it.
    fit_report_ : FitReport

    Examples
    --------
    >>> from induce.language import {cls}
    >>> small = {cls}({small}context=16, batch=4, steps=100, learning_rate=0.01, warmup=0)
    >>> small = small.fit("one two three four " * 50)
    >>> small.generate("one two ", tokens=10, temperature=0)
    'three four'
    >>> small.evaluate("three four one two ")["perplexity"].value < 1.5
    True
    """

_TRANSFORMER = "layers=1, heads=2, embedding_width=32, "
_RECURRENT = "layers=1, hidden_size=32, "


def _doc(cls: str, formula: str, small: str) -> str:
    """The documentation of a class: the formula is said here, the rest is the registry's."""
    row = _native.models()[cls.lower()]
    settings = documented(cls.lower())
    return _DOC.format(fitting=FITTING, cls=cls, formula=formula, small=small, settings=settings, title=row["title"], about=row["about"])


class GPT(LanguageModel):
    __doc__ = _doc(
        "GPT",
        "h <- h + attention(norm h), h <- h + W_2 gelu(W_1 norm h), layer by layer, from token and position embeddings;\n"
        "    p(next) = softmax(W norm h) (Radford et al. 2019; Vaswani et al. 2017).",
        _TRANSFORMER,
    )

    _kind = "gpt"

    def __init__(
        self,
        *,
        tokenizer="char",
        vocab_size=0,
        layers=4,
        heads=4,
        embedding_width=128,
        context=64,
        dropout=0.0,
        tie_embeddings=True,
        steps=2000,
        batch=12,
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
        beta2=0.99,
        momentum=0.0,
        weight_decay=0.1,
        clip_norm=1.0,
        ema_decay=0.0,
        evaluate_every=250,
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
        holdout=0.1,
        n_jobs=None,
        random_state=0,
        verbose=0,
        callbacks=None,
        max_time=None,
    ):
        keep(self, locals())


class Llama(LanguageModel):
    __doc__ = _doc(
        "Llama",
        "h <- h + attention(rotate(norm h)), h <- h + W_2 (silu(W_g norm h) * W_1 norm h), layer by layer, from token\n"
        "    embeddings; p(next) = softmax(W norm h) (Touvron et al. 2023; Su et al. 2021; Shazeer 2020).",
        _TRANSFORMER,
    )

    _kind = "llama"

    def __init__(
        self,
        *,
        tokenizer="char",
        vocab_size=0,
        layers=4,
        heads=4,
        kv_heads=0,
        embedding_width=128,
        feed_forward_width=0,
        context=64,
        dropout=0.0,
        tie_embeddings=True,
        steps=2000,
        batch=12,
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
        beta2=0.99,
        momentum=0.0,
        weight_decay=0.1,
        clip_norm=1.0,
        ema_decay=0.0,
        evaluate_every=250,
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
        holdout=0.1,
        n_jobs=None,
        random_state=0,
        verbose=0,
        callbacks=None,
        max_time=None,
    ):
        keep(self, locals())


class _Recurrent(LanguageModel):
    """A state that is carried along the text."""

    def __init__(
        self,
        *,
        tokenizer="char",
        vocab_size=0,
        layers=2,
        hidden_size=256,
        context=64,
        dropout=0.0,
        tie_embeddings=False,
        init=0.0,
        steps=2000,
        batch=32,
        gradient_accumulation=1,
        optimizer="adamw",
        learning_rate=0.003,
        schedule="cosine",
        warmup=100,
        min_learning_rate_fraction=0.1,
        decay_start=0,
        decay_period=1000,
        decay_gamma=0.5,
        beta1=0.9,
        beta2=0.99,
        momentum=0.0,
        weight_decay=0.0,
        clip_norm=1.0,
        ema_decay=0.0,
        evaluate_every=250,
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
        holdout=0.1,
        n_jobs=None,
        random_state=0,
        verbose=0,
        callbacks=None,
        max_time=None,
    ):
        keep(self, locals())


class LSTM(_Recurrent):
    __doc__ = _doc(
        "LSTM",
        "c <- f * c + i * g, h <- o * tanh c, with gates i, f, o = sigmoid and g = tanh of linear maps of (x, h);\n"
        "    p(next) = softmax(W h) (Hochreiter & Schmidhuber 1997; Gers et al. 2000).",
        _RECURRENT,
    )

    _kind = "lstm"


class GRU(_Recurrent):
    __doc__ = _doc(
        "GRU",
        "h <- (1 - z) * n + z * h, n = tanh(W x + r * U h), with gates r, z = sigmoid of linear maps of (x, h);\n"
        "    p(next) = softmax(W h) (Cho et al. 2014).",
        _RECURRENT,
    )

    _kind = "gru"


class RNN(_Recurrent):
    __doc__ = _doc(
        "RNN",
        "h <- tanh(W x + U h + b); p(next) = softmax(W h) (Elman 1990; Mikolov et al. 2010).",
        _RECURRENT,
    )

    _kind = "rnn"


def load(path: PathLike, *, tokenizer: Any = None, eight: bool = False) -> Any:
    """Open a language model, whoever wrote it.

    Parameters
    ----------
    path : str or path-like
        A file of our own, a folder of Hugging Face (GPT-2 and Llama), a `.gguf`, or a `.bin` of llama2.c.
    tokenizer : str or path-like, default=None
        `tokenizer.json`, or one of llama2.c, where the model has none.
    eight : bool, default=False
        Round the weights of a transformer to 8 bits: a quarter of the memory.

    Returns
    -------
    GPT, Llama, LSTM, GRU or RNN
        With the settings it was trained with, if it was trained here.

    Raises
    ------
    FileNotFoundError
        If there is no such file.
    ValueError
        If it is no sound model.
    """
    return opened(path, tokenizer, eight)

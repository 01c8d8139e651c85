"""What every language model shares: from texts to the native fit, and what a model is asked then."""

from __future__ import annotations

import json
import os
import pathlib
import warnings
from typing import TYPE_CHECKING, Any, ClassVar, Sequence

import numpy as np

from . import _native
from ._base import FitReport, as_json, seed_of, threads_of
from ._compat import BaseEstimator, check_is_fitted
from ._generation import Generation, Stream, Text, draft_of
from ._parameters import Renamed, aliases_of
from ._progress import listener_of
from ._ranges import InvalidParameterError, Number, check
from .metrics import Score

if TYPE_CHECKING:
    from ._typing import ArrayLike, PathLike, Self

#: Parameters that say how a fit goes, not what is learnt.
ELSEWHERE = frozenset({"holdout", "n_jobs", "random_state", "verbose", "callbacks", "max_time"})

FORMATS = ("induce", "hugging-face", "gguf", "llama2c")


class LanguageModel(Renamed, BaseEstimator):
    """A language model of the registry: p(text) = prod_i p(token_i | the tokens before it)."""

    _kind: ClassVar[str] = ""
    _RANGES: ClassVar[dict[str, Any]] = {
        "holdout": [Number(float, 0.0, 1.0, "left")],
        "max_time": [Number(float, 0.0), None],
    }

    model_: _native.Language

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.input_tags.two_d_array, tags.input_tags.string = False, True
        return tags

    # The fit.

    def fit(self, text: Any, valid: Any = None, *, tokenizer: Any = None, seed: Any = None, threads: Any = None) -> Self:
        """Learn from a text.

        Ctrl-C raises KeyboardInterrupt after the step, and the model so far is kept.

        Parameters
        ----------
        text : str, bytes, path-like or array-like of int
            A text, the content of a file, the file itself, or token ids. A `str` is the text: a file is named by a
            `pathlib.Path`.
        valid : as text, default=None
            Another text to be evaluated on; None holds out the tail of the text, the fraction `holdout` of it.
        tokenizer : path-like or fitted language model, default=None
            Whose tokens to take: those of a `tokenizer.json`, or of a model. None learns them from the text.
        seed : int, default=None
            Instead of `random_state`.
        threads : int, default=None
            Instead of `n_jobs`.

        Returns
        -------
        self
        """
        check(self)
        settings = {name: value for name, value in self.get_params(deep=False).items() if name not in ELSEWHERE}
        tokens = _tokenizer(tokenizer)
        found = _native.fit(
            self._kind,
            as_json(settings),
            _Given(source(text), tokens),
            valid=None if valid is None else _Given(source(valid), tokens),
            holdout=float(self.holdout),
            seed=seed_of(self.random_state if seed is None else seed),
            threads=threads_of(self.n_jobs if threads is None else threads),
            time=self.max_time,
            listener=listener_of(self.callbacks, self.verbose, type(self).__name__),
        )
        self.model_, outcome, reason, steps, interrupted, traces = found
        self.fit_report_ = FitReport(outcome, reason, steps, [], traces)
        if interrupted:
            raise KeyboardInterrupt(f"the fit was interrupted; what it had come to is kept: {reason}")
        return self

    def _adopt(self, model: _native.Language) -> Any:
        """Take a model that was opened, with the settings it was trained with."""
        self.model_ = model
        known = self.get_params(deep=False).keys() - ELSEWHERE
        settings, today = self.about_.get("settings") or {}, aliases_of(self._kind)
        # Files of earlier versions have earlier names.
        settings = {today.get(name, name): value for name, value in settings.items()}
        self.set_params(**{name: value for name, value in settings.items() if name in known})
        self.fit_report_ = FitReport("converged", "opened from a file", 0, [])
        return self

    # What a fitted model tells of itself.

    def _fitted(self) -> _native.Language:
        check_is_fitted(self, "model_")
        return self.model_

    def _threads(self) -> int:
        return threads_of(self.n_jobs)

    @property
    def about_(self) -> dict[str, Any]:
        """What there is to know of the model besides its weights: architecture, sizes, settings, training card."""
        return json.loads(self._fitted().about)

    @property
    def metrics_(self) -> dict[str, dict[str, Score]]:
        """The losses at the end of the training by split: "train", and "holdout" or "valid"."""
        splits = (self.about_.get("card") or {}).get("metrics", {})
        return {split: {name: Score(**score) for name, score in scores.items()} for split, scores in splits.items()}

    @property
    def vocabulary_size_(self) -> int:
        """Tokens that the model tells apart."""
        return self._fitted().vocabulary

    @property
    def context_(self) -> int | None:
        """Most tokens that are seen together; None where a state goes on for ever."""
        return self._fitted().context

    # Tokens.

    def encode(self, text: str) -> np.ndarray:
        """The token ids of a text, of shape (n_tokens,).

        Parameters
        ----------
        text : str

        Raises
        ------
        ValueError
            If the text has what no token stands for.
        """
        return self._fitted().encode(text)

    def decode(self, tokens: Any) -> str:
        """The text of token ids; bytes that are no character become U+FFFD.

        Parameters
        ----------
        tokens : array-like of int of shape (n_tokens,)
        """
        return self._fitted().decode(_numbers(tokens))

    # How well it predicts.

    def evaluate(self, text: Any) -> dict[str, Score]:
        """Loss, perplexity and bits per byte of a text, each with its 95 % interval.

        loss = - mean_i ln p(token_i | those before it in its window), in nats per token; perplexity = e^loss;
        bits_per_byte = sum of the losses / (bytes ln 2).

        Parameters
        ----------
        text : str, bytes, path-like or array-like of int
            As in `fit`.

        Returns
        -------
        dict of str to Score
        """
        found = self._fitted().evaluate(source(text), self._threads())
        return {name: Score(value, low, high) for name, value, low, high in found}

    def score(self, text: Any, y: ArrayLike | None = None) -> float:
        """The mean log-likelihood of a text's tokens, in nats: more is better.

        Parameters
        ----------
        text : str, bytes, path-like or array-like of int
        y : None
            Without effect.
        """
        return -self.evaluate(text)["loss"].value

    def log_probabilities(self, text: Any) -> np.ndarray:
        """ln p(token_i | those before it in its window), i = 1, 2, ...; of shape (n_tokens - 1,).

        Windows follow each other and are as long as the model's context; recurrent models read on and on.

        Parameters
        ----------
        text : str, bytes, path-like or array-like of int
        """
        return -self._fitted().negative_log_likelihoods(source(text), self._threads())

    def logits(self, tokens: Any) -> np.ndarray:
        """z, where p(next token | tokens up to i) = softmax z_i; of shape (n_tokens, vocabulary_size_), single precision.

        Parameters
        ----------
        tokens : str or array-like of int of shape (n_tokens,)
            Not more than the model's context.
        """
        numbers = self.encode(tokens) if isinstance(tokens, str) else _numbers(tokens)
        return self._fitted().logits(numbers, self._threads())

    # Writing.

    def generate(
        self,
        prompt: Any = "",
        *,
        tokens: int = 256,
        temperature: float = 0.8,
        top_k: int = 0,
        top_p: float = 0.95,
        min_p: float = 0.0,
        stop: str | Sequence[str] = (),
        seed: int = 0,
        draft: Any = None,
        guesses: int = 8,
        threads: int | None = None,
    ) -> Text:
        """Go on from a prompt: token_i ~ softmax(z_i / temperature), cut to the likeliest.

        The same seed gives the same text on any number of threads, and at the command line. A draft makes it faster and
        leaves the distribution as it is (Leviathan et al. 2023; Chen et al. 2023): at temperature 0 the text is the same.

        Parameters
        ----------
        prompt : str or array-like of int
        tokens : int, default=256
            Most tokens to write.
        temperature : float, default=0.8
            What logits are divided by; 0 always takes the likeliest token.
        top_k : int, default=0
            Choose from the so many likeliest tokens only; 0 is all.
        top_p : float in (0, 1], default=0.95
            Choose from the fewest tokens that have this much of the probability together (Holtzman et al. 2020).
        min_p : float in [0, 1], default=0.0
            Choose from tokens at least this times as likely as the likeliest (Nguyen et al. 2024).
        stop : str or sequence of str, default=()
            End before any of these.
        seed : int, default=0
        draft : fitted language model, path-like or "lookup", default=None
            Where guesses come from: a smaller model with the same tokens, or what stood after the last words before.
        guesses : int, default=8
            Most guesses at once.
        threads : int, default=None
            None is `n_jobs`.

        Returns
        -------
        Text
            A `str` without the prompt, with a `report`: why it ends, its speed, the fraction of guesses that were kept.
        """
        options = {name: value for name, value in locals().items() if name not in ("self", "prompt")}
        return self.stream(prompt, **options).all()

    def stream(
        self,
        prompt: Any = "",
        *,
        tokens: int = 256,
        temperature: float = 0.8,
        top_k: int = 0,
        top_p: float = 0.95,
        min_p: float = 0.0,
        stop: str | Sequence[str] = (),
        seed: int = 0,
        draft: Any = None,
        guesses: int = 8,
        threads: int | None = None,
    ) -> Stream:
        """As `generate`, part by part as the text grows.

        Parameters
        ----------
        prompt, tokens, temperature, top_k, top_p, min_p, stop, seed, draft, guesses, threads
            As in `generate`.

        Returns
        -------
        Stream
            An iterator over `str`; afterwards it has a `report`.
        """
        model = self._fitted()
        threads = self.n_jobs if threads is None else threads
        wish = Generation(tokens, temperature, top_k, top_p, min_p, stop, guesses, seed, threads)
        numbers = model.encode(prompt, opens=True) if isinstance(prompt, str) else _numbers(prompt)
        small, lookup = draft_of(draft, opened)
        return Stream(model.write(numbers, wish, small, lookup))

    # Files.

    def save(self, path: PathLike, format: str = "induce", *, precision: str = "f32") -> None:
        """Write the model: a file of our own, which the command line opens as well, or one for other programs.

        Parameters
        ----------
        path : str or path-like
            A file, or for "hugging-face" a folder.
        format : {"induce", "hugging-face", "gguf", "llama2c"}, default="induce"
            A file of our own is of models that were trained here. The others are of transformers: for transformers,
            llama.cpp and llama2.c.
        precision : {"f32", "f16", "bf16", "q8_0", "q4_0", "q4_1", "q4_k", "q6_k"}, default="f32"
            How weights are kept for other programs.

        Warns
        -----
        UserWarning
            Where llama2.c would cut texts otherwise than the model's tokenizer does, and so gets none.
        """
        model = self._fitted()
        if format not in FORMATS:
            raise InvalidParameterError(f"format == {format!r} is none of {', '.join(FORMATS)}")
        if format != "induce":
            reason = model.convert(os.fspath(path), format, precision)
            if reason is not None:
                warnings.warn(f"no `tokenizer.bin`: {reason}", UserWarning, stacklevel=2)
        elif precision != "f32":
            raise InvalidParameterError("precision is for other programs: a file of our own is in single precision")
        else:
            model.save(os.fspath(path))


class _Given:
    """A text as the native fit reads it."""

    def __init__(self, text: Any, tokenizer: Any) -> None:
        self.text, self.tokenizer = text, tokenizer


def opened(path: PathLike, tokenizer: Any = None, eight: bool = False) -> Any:
    """A language model in a file, as an estimator of its class."""
    from ._registry import class_of

    tokenizer = None if tokenizer is None else os.fspath(tokenizer)
    model = _native.open_language(os.fspath(path), tokenizer, bool(eight))
    return class_of(model.kind, model.task)()._adopt(model)


def source(text: Any) -> Any:
    """A text as the native half takes it: `str`, `bytes`, `pathlib.Path`, or an array of tokens."""
    if isinstance(text, str):
        # Halves of characters are no text; the error says where.
        text.encode()
        if "\n" not in text and len(text) < 4096 and os.path.isfile(text):
            raise ValueError(f"the text {text!r} is the name of a file\nhint: give pathlib.Path({text!r}) to read it")
        return text
    if isinstance(text, (bytes, bytearray, memoryview)):
        return bytes(text)
    if isinstance(text, os.PathLike):
        return pathlib.Path(os.fsdecode(text))
    return _numbers(text)


def _numbers(tokens: Any) -> np.ndarray:
    """Tokens as the native half takes them."""
    numbers = np.asarray(tokens)
    if numbers.ndim != 1 or numbers.size > 0 and numbers.dtype.kind not in "iu":
        raise ValueError(
            f"{type(tokens).__name__} of shape {numbers.shape} and type {numbers.dtype} is neither a text nor a row of "
            "tokens\nhint: give a str, bytes, a pathlib.Path, or whole numbers"
        )
    if numbers.size > 0 and not 0 <= int(numbers.min()) <= int(numbers.max()) < 2**32:
        raise ValueError(f"tokens are numbers from 0 on, not {numbers.min()} to {numbers.max()}")
    return np.ascontiguousarray(numbers, dtype=np.uint32)


def _tokenizer(tokenizer: Any) -> Any:
    """Whose tokens to take, as the native half has it."""
    if tokenizer is None:
        return None
    if isinstance(tokenizer, LanguageModel):
        return tokenizer._fitted()
    return os.fspath(tokenizer)

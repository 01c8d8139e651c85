"""Texts that a language model writes: what is asked for, the parts as they come, and what was done."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import Any, Iterator

import numpy as np

from . import _native
from ._base import threads_of
from ._ranges import Kind, Number, check

#: The draft that needs no model.
LOOKUP = "lookup"

_WHOLE = Number(int, 0, 2**64 - 1, "both")
_TEXTS = Kind(
    "a str or a sequence of str",
    lambda value: isinstance(value, (list, tuple)) and all(isinstance(one, str) for one in value),
)


class Generation:
    """How a text is to be written."""

    _RANGES = {
        "tokens": [_WHOLE],
        "temperature": [Number(float, 0.0)],
        "top_k": [_WHOLE],
        "top_p": [Number(float, 0.0, 1.0, "right")],
        "min_p": [Number(float, 0.0, 1.0, "both")],
        "stop": [_TEXTS],
        "guesses": [_WHOLE],
        "seed": [_WHOLE],
    }

    def __init__(
        self,
        tokens: int,
        temperature: float,
        top_k: int,
        top_p: float,
        min_p: float,
        stop: Any,
        guesses: int,
        seed: int,
        threads: int | None,
    ) -> None:
        self.tokens, self.temperature, self.seed = tokens, temperature, seed
        self.top_k, self.top_p, self.min_p, self.guesses = top_k, top_p, min_p, guesses
        self.stop = [stop] if isinstance(stop, str) else stop
        self.threads = threads_of(threads)
        check(self)
        self.stop = list(self.stop)


@dataclass(frozen=True, eq=False)
class GenerationReport:
    """What was done to write a text.

    Attributes
    ----------
    tokens : ndarray of shape (n_tokens,)
        The tokens of the text, without the prompt's.
    prompt_tokens : int
    reason : str
        Why the text ends.
    prompt_seconds, seconds : float
        For the prompt, and for the text.
    passes : int
        Passes of the model for the text.
    context_moves : int
        How often the context was full and its first half left behind.
    guesses_judged, guesses_kept : int
        Of the draft.
    speed_up : float or None
        How many times as fast as plain decoding it was, if there was a draft.
    """

    tokens: np.ndarray
    prompt_tokens: int
    reason: str
    prompt_seconds: float
    seconds: float
    passes: int
    context_moves: int
    guesses_judged: int
    guesses_kept: int
    speed_up: float | None

    @property
    def acceptance(self) -> float:
        """The fraction of the draft's guesses that were kept; NaN of none."""
        return self.guesses_kept / self.guesses_judged if self.guesses_judged else float("nan")

    @property
    def tokens_per_pass(self) -> float:
        """1 without a draft, more with a good one."""
        return len(self.tokens) / max(self.passes, 1)

    @property
    def tokens_per_second(self) -> float:
        """How fast it was."""
        return len(self.tokens) / self.seconds if self.seconds > 0.0 else float("nan")


class Text(str):
    """A text that was written; `report` tells how, a `GenerationReport`."""

    report: GenerationReport

    def __new__(cls, text: str, report: GenerationReport) -> Text:
        own = super().__new__(cls, text)
        own.report = report
        return own

    def __getnewargs__(self) -> Any:
        return str(self), self.report


class Stream:
    """A text that is being written: an iterator over its parts, of type `str`.

    The model writes in a thread of its own, a few parts ahead at most. `close()` ends it, as does leaving a `with` block or
    forgetting the stream.
    """

    def __init__(self, native: _native.Stream) -> None:
        self._native = native

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        return next(self._native)

    def __enter__(self) -> Stream:
        return self

    def __exit__(self, *_: Any) -> None:
        self.close()

    def close(self) -> None:
        """Write no more."""
        self._native.close()

    @property
    def report(self) -> GenerationReport | None:
        """What was done, once the text has come to its end."""
        told = self._native.report
        if told is None:
            return None
        return GenerationReport(**told)

    def all(self) -> Text:
        """The rest of the text as one.

        Raises
        ------
        ValueError
            If the stream was closed before.
        """
        with self:
            text = "".join(self)
        report = self.report
        if report is None:
            raise ValueError("the stream was closed before the text came to its end\nhint: ask for another one")
        return Text(text, report)


def draft_of(draft: Any, load: Any) -> tuple[_native.Language | None, bool]:
    """The native draft, and whether guesses are looked up in the text instead."""
    if draft is None:
        return None, False
    if isinstance(draft, str) and draft == LOOKUP:
        return None, True
    if isinstance(draft, os.PathLike):
        draft = load(draft)
    if not isinstance(getattr(draft, "model_", None), _native.Language):
        raise ValueError(
            f"draft == {draft!r} guesses nothing\nhint: give a fitted language model, the pathlib.Path of one, or {LOOKUP!r}"
        )
    return draft.model_, False

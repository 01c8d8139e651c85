"""What the native half says in the words of Python: parameters by their names here, and no flags of the command line."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

#: Hints that lead to lists that only the command line has.
_ELSEWHERE = re.compile(r"\nhint: (?:`induce models MODEL` lists|`--help` says)[^\n]*")

#: Flags of the command line, and what says the same here.
_FLAGS = [
    (re.compile(r" \(--directed [^)]*\)"), ""),
    (re.compile(r"`(?:--drop|drop=\[''\])` leaves out"), "leave out"),
    (re.compile(r"`(?:--drop|drop=\[''\])`"), "leave out"),
    (re.compile(r"`--drop ([^`]+)`"), r"`drop=['\1']`"),
    (re.compile(r"`--type ([^`=]+)=([^`]+)`"), r"`types={'\1': '\2'}`"),
    (re.compile(r"`--set ([^`]+)`"), r"`\1`"),
    (re.compile(r"`--interval`"), "`coverage`"),
    (re.compile(r"`interval` cannot be"), "`coverage` cannot be"),
]

_MODEL = re.compile(r"`-m ([a-z-]+)`")
_NAMED = re.compile(r"`([a-z_]+)(=[^`]*)?`")


def in_python(text: str, names: Mapping[str, str | None] = {}) -> str:
    """A text of the native half, settings by the `names` that parameters have."""
    text = _ELSEWHERE.sub("", text)
    for flag, word in _FLAGS:
        text = flag.sub(word, text)
    text = _MODEL.sub(lambda found: f"`{_class_name(found[1])}`", text)
    return _NAMED.sub(lambda found: f"`{names.get(found[1]) or found[1]}{_value(found[2])}`", text)


def _class_name(kind: str) -> str:
    from ._registry import CLASSES

    places = list(CLASSES.get(kind, {}).values())
    return places[0].split(".")[1] if places else kind


def _value(text: str | None) -> str:
    return {"=true": "=True", "=false": "=False"}.get(text or "", text or "")


@contextmanager
def spoken(names: Mapping[str, str | None] = {}) -> Iterator[None]:
    """Errors of what is done within, in the words of Python."""
    try:
        yield
    except ValueError as error:
        # Errors of other kinds, those of a parameter out of its range among them, are Python's own.
        if type(error) is not ValueError or (text := in_python(str(error), names)) == str(error):
            raise
        raise ValueError(text) from None

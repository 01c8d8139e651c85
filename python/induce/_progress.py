"""Progress of a fit: a bar in terminals and notebooks, and the callbacks of a user."""

from __future__ import annotations

import sys
import time
from typing import Any


class Bar:
    """A line that is written again: what, how far, the latest metrics, the time left."""

    def __init__(self, title: str) -> None:
        self.title, self.what, self.steps = title, "", 0
        self.start = self.last = time.monotonic()
        self.shown = False

    def begin(self, what: str, steps: int) -> None:
        self.what, self.steps, self.start = what, steps, time.monotonic()

    def step(self, step: int, metrics: dict[str, float]) -> bool:
        now = time.monotonic()
        if now - self.last < 0.1 and step != self.steps:
            return False
        self.last, self.shown = now, True
        numbers = "  ".join(f"{name} {value:.5g}" for name, value in metrics.items())
        if self.steps > 0:
            done = min(1.0, step / self.steps)
            left = (now - self.start) * (1 / max(done, 1e-9) - 1)
            line = f"{self.title} [{'#' * int(24 * done):<24}] {step}/{self.steps}  {left:.1f} s left  {numbers}"
        else:
            line = f"{self.title} {step}  {numbers}"
        # A carriage return redraws the line in terminals and in notebooks alike.
        sys.stderr.write(f"\r{line:<100}")
        sys.stderr.flush()
        return False

    def end(self) -> None:
        if self.shown:
            sys.stderr.write("\n")
            sys.stderr.flush()


class Listeners:
    """Several listeners as one. A callback is a callable of (step, metrics) or an object with begin, step and end."""

    def __init__(self, all_of_them: list[Any]) -> None:
        self.all = all_of_them

    def begin(self, what: str, steps: int) -> None:
        for one in self.all:
            if hasattr(one, "begin"):
                one.begin(what, steps)

    def step(self, step: int, metrics: dict[str, float]) -> bool:
        answers = [(one.step if hasattr(one, "step") else one)(step, metrics) for one in self.all]
        return any(answer is True for answer in answers)

    def end(self) -> None:
        for one in self.all:
            if hasattr(one, "end"):
                one.end()


def listener_of(callbacks: Any, verbose: Any, title: str) -> Listeners | None:
    """What listens to the fit."""
    if callbacks is None:
        callbacks = []
    elif callable(callbacks) or hasattr(callbacks, "step"):
        callbacks = [callbacks]
    # LightGBM's -1 is silence, and so is all below 1.
    shown = verbose is True or (not isinstance(verbose, bool) and verbose is not None and verbose > 0)
    every = list(callbacks) + ([Bar(title)] if shown else [])
    return Listeners(every) if every else None

"""What estimators share that are none of tables: the native fit, pickles and files."""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING, Any, ClassVar

from . import _card, _native
from ._base import FitReport, _Kept, as_json, threads_of
from ._compat import check_is_fitted
from ._parameters import Renamed, aliases_of
from ._progress import listener_of
from ._ranges import Number
from ._words import in_python, spoken

if TYPE_CHECKING:
    from ._typing import PathLike

#: Parameters that say how a fit goes, not what is learnt.
ELSEWHERE = frozenset({"n_jobs", "random_state", "verbose", "callbacks", "max_time"})


class Fitted(Renamed):
    """A model of the registry as an estimator."""

    _kind: ClassVar[str] = ""
    _RANGES: ClassVar[dict[str, Any]] = {"max_time": [Number(float, 0.0), None]}
    _KEPT: ClassVar[tuple[str, ...]] = ()
    _keeps_course: ClassVar[bool] = True

    model_: _native.Model

    def __getstate__(self) -> dict[str, Any]:
        state = super().__getstate__() if hasattr(super(), "__getstate__") else dict(self.__dict__)
        return {name: _Kept(own.to_bytes()) if isinstance(own, _native.Model) else own for name, own in state.items()}

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__dict__.update({name: own.model() if isinstance(own, _Kept) else own for name, own in state.items()})

    def _run(self, data: Any, seed: int, **more: Any) -> None:
        """The native fit of data, with further settings."""
        own: Any = self
        settings = {name: value for name, value in own.get_params(deep=False).items() if name not in ELSEWHERE}
        with spoken({}):
            found = _native.fit(
                self._kind,
                as_json({**settings, **more}),
                data,
                seed=seed,
                threads=threads_of(own.n_jobs),
                time=own.max_time,
                listener=listener_of(own.callbacks, own.verbose, type(self).__name__),
            )
        self.model_, outcome, reason, steps, self._interrupted, traces = found
        self.fit_report_ = FitReport(outcome, reason, steps, [in_python(note) for note in self.model_.notes], traces)

    def _stop_if_interrupted(self) -> None:
        if self._interrupted:
            raise KeyboardInterrupt(f"the fit was interrupted; what it had come to is kept: {self.fit_report_.reason}")

    def _fitted(self) -> _native.Model:
        check_is_fitted(self, "model_")
        return self.model_

    def save(self, path: PathLike) -> None:
        """Write the model: a file that `induce.load` and the command line open. What it was fitted on is not in it.

        Parameters
        ----------
        path : str or path-like
        """
        self._fitted().save(os.fspath(path), _card.written(self))

    def _opened(self, model: _native.Model, card: str) -> Any:
        """Take a model that was opened, with the settings it was trained with."""
        self.model_, self._card = model, card
        estimator: Any = self
        known = estimator.get_params(deep=False).keys() - ELSEWHERE
        today = aliases_of(self._kind)
        settings = {today.get(name, name): value for name, value in json.loads(model.settings).items()}
        estimator.set_params(**{name: value for name, value in settings.items() if name in known})
        estimator.set_params(**(_card.parameters_of(card, type(self).__name__, estimator.get_params(deep=False)) or {}))
        own = _card.told(card).get("fit", {})
        self.fit_report_ = FitReport(
            own.get("outcome", "converged"), own.get("reason", "opened from a file"), own.get("steps", 0), model.notes, own.get("traces", ())
        )
        return self

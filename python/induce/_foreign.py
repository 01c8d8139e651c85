"""Parameters of other packages: their names, their aliases, and a plain word for what is not supported."""

from __future__ import annotations

from typing import Any, ClassVar

from ._base import _Rows
from ._parameters import keep


class Foreign:
    """Mixin: an estimator whose parameters are named as another package's."""

    _PACKAGE: ClassVar[str] = ""
    #: Other names of parameters.
    _ALIASES: ClassVar[dict[str, str]] = {}
    #: Objectives by the package's name, as settings of ours.
    _OBJECTIVES: ClassVar[dict[str, dict[str, Any]]] = {}

    def _keep(self, given: dict[str, Any]) -> None:
        """Keep the parameters, aliases under their main name; unknown ones are an error of the fit, as all others."""
        keep(self, given)
        self._unknown: dict[str, Any] = {}
        for name, value in given.get("kwargs", {}).items():
            if name in self._ALIASES:
                setattr(self, self._ALIASES[name], value)
            else:
                self._unknown[name] = value

    def get_params(self, deep: bool = True) -> dict[str, Any]:
        """The parameters by name, unknown ones too.

        Parameters
        ----------
        deep : bool, default=True
            Without effect: there are no estimators inside.
        """
        return super().get_params(deep) | self._unknown

    def set_params(self, **params: Any) -> Any:
        """Set parameters by name or alias.

        Parameters
        ----------
        **params : dict
        """
        return super().set_params(**{self._ALIASES.get(name, name): value for name, value in params.items()})

    def _settings(self, rows: _Rows) -> dict[str, Any]:
        for name in self._unknown:
            raise ValueError(
                f"{type(self).__name__} does not know the parameter {name!r}: it is none of {self._PACKAGE}'s, or one "
                "that is not supported"
            )
        return super()._settings(rows)

    def _refuse(self, name: str, value: Any, hint: str = "") -> None:
        text = f"{type(self).__name__} does not support {name}={value!r}"
        raise ValueError(f"{text}; {hint}" if hint else text)

    def _only(self, *names_and_values: tuple[str, tuple[Any, ...]], hint: str = "") -> None:
        """An error for a parameter that is none of the values that are supported."""
        for name, values in names_and_values:
            value = getattr(self, name)
            if not any(value is v or (type(value) is type(v) and value == v) for v in values):
                self._refuse(name, value, hint)

    def _objective(self) -> dict[str, Any]:
        name = self.objective
        if name is None:
            return {"objective": "auto"}
        if not isinstance(name, str) or name not in self._OBJECTIVES:
            self._refuse("objective", name, f"known are {', '.join(self._OBJECTIVES)}")
        return {key: getattr(self, value[1:]) if isinstance(value, str) and value[0] == "@" else value
                for key, value in self._OBJECTIVES[name].items()}

    def _early_stopping(self, rows: _Rows, rounds: Any) -> int:
        if not rounds:
            return 0
        if rows.valid is None:
            raise ValueError(f"{type(self).__name__} needs an `eval_set` for early stopping")
        return int(rounds)

    def _seed(self) -> int:
        # Both packages take a fixed seed where none is given.
        return 0 if self.random_state is None else super()._seed()

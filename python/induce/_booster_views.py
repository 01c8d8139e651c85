"""A fitted model with the methods of the boosters of XGBoost and LightGBM."""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING, Any

import numpy as np

from . import _native
from ._base import MADE_UP

if TYPE_CHECKING:
    from ._typing import ArrayLike, PathLike


class _View:
    """A fitted estimator's model, or the model so far during a fit.

    Parameters
    ----------
    owner : estimator
    """

    def __init__(self, owner: Any) -> None:
        self.owner = owner
        self.model: _native.Model | None = owner.__dict__.get("model_")

    @property
    def _model(self) -> Any:
        return self.model if self.model is not None else self.owner.__dict__.get("model_")

    def _names(self) -> list[str] | None:
        names = getattr(self.owner, "feature_names_in_", None)
        return None if names is None else [str(name) for name in names]

    def _importances(self, made_up: str) -> list[tuple[str, float, float, float]]:
        """(name, gain, splits, cover) of every feature; columns without a name are numbered."""
        found = self._model.importances()
        if self._names() is None and all(MADE_UP.fullmatch(own[0]) for own in found):
            return [(f"{made_up}{j}", *own[1:]) for j, own in enumerate(found)]
        return list(found)

    def __getstate__(self) -> dict[str, Any]:
        return {"owner": self.owner}

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__init__(state["owner"])  # type: ignore[misc]


class Booster(_View):
    """What `get_booster` of XGBoost's estimators gives: importances, files, attributes."""

    def __init__(self, owner: Any) -> None:
        super().__init__(owner)
        #: What callbacks have set, as text.
        self.attributes: dict[str, str] = {}

    @property
    def feature_names(self) -> list[str] | None:
        """The names of the columns, None for those of an array."""
        return self._names()

    @property
    def best_iteration(self) -> int:
        """The best round, from 0."""
        own = self.attributes.get("best_iteration")
        return int(self.owner.best_iteration if own is None else own)

    @property
    def best_score(self) -> float:
        """The value at the best round."""
        own = self.attributes.get("best_score")
        return float(self.owner.best_score if own is None else own)

    def num_boosted_rounds(self) -> int:
        """Rounds of the model."""
        return 0 if self._model is None else int(self._model.rounds)

    def num_features(self) -> int:
        """Columns of the model."""
        return int(self.owner.n_features_in_)

    def set_attr(self, **attributes: Any) -> None:
        """Note something, as text; None takes it away."""
        for name, value in attributes.items():
            self.attributes.pop(name, None)
            if value is not None:
                self.attributes[name] = str(value)

    def attr(self, name: str) -> str | None:
        """What was noted under a name."""
        return self.attributes.get(name)

    def set_param(self, *_: Any, **__: Any) -> None:
        """Refused: the parameters of a fit hold for all of its rounds.

        Raises
        ------
        ValueError
            Always.
        """
        raise ValueError("parameters cannot change from round to round: fit again, or go on from a model with `xgb_model`")

    def get_score(self, fmap: str = "", importance_type: str = "weight") -> dict[str, float]:
        """The importance of every feature that has a split.

        Parameters
        ----------
        fmap : ""
            Taken for compatibility.
        importance_type : {"weight", "gain", "cover", "total_gain", "total_cover"}
        """
        own = {"weight": lambda g, n, c: n, "total_gain": lambda g, n, c: g, "total_cover": lambda g, n, c: c,
               "gain": lambda g, n, c: g / n, "cover": lambda g, n, c: c / n}
        if importance_type not in own:
            raise ValueError(f"importance_type == {importance_type!r} is none of {', '.join(own)}")
        found = self._importances("f")
        return {name: float(own[importance_type](gain, splits, cover)) for name, gain, splits, cover in found if splits > 0}

    def get_fscore(self, fmap: str = "") -> dict[str, float]:
        """Splits of every feature that has one."""
        return self.get_score(fmap)

    @property
    def feature_types(self) -> list[str]:
        """What the columns hold: "c" for categories, "float" for numbers."""
        mask = getattr(self.owner, "is_categorical_", None)
        return ["float"] * self.num_features() if mask is None else ["c" if own else "float" for own in mask]

    def inplace_predict(
        self, data: Any, iteration_range: Any = (0, 0), predict_type: str = "value", missing: Any = None,
        validate_features: bool = True, base_margin: ArrayLike | None = None, strict_shape: bool = False,
    ) -> np.ndarray:
        """Means of every row, or scores before the link for `predict_type="margin"`.

        Parameters
        ----------
        data : array-like, sparse matrix or frame of shape (n_samples, n_features)
        iteration_range : (int, int), default=(0, 0)
            Only the rounds from the first to before the second; 0 is to the end.
        predict_type : {"value", "margin"}
        missing, validate_features, strict_shape
            Taken for compatibility.
        base_margin : array-like, default=None
            Scores that the trees are added to.
        """
        return self.owner._predicted(data, predict_type == "margin", base_margin, iteration_range)

    def save_raw(self, raw_format: str = "ubj") -> bytearray:
        """The model in XGBoost's format: "ubj" or "json"."""
        return bytearray(self._model.convert(f"xgboost-{raw_format}"))

    def save_model(self, path: PathLike) -> None:
        """Write the model in XGBoost's format, UBJSON if the name ends in `.ubj`, else JSON."""
        path = os.fspath(path)
        content = self.save_raw("ubj" if str(path).endswith(".ubj") else "json")
        with open(path, "wb") as file:
            file.write(content)

    def save_config(self) -> str:
        """The settings of the model, as JSON; they are those of this package."""
        return json.dumps(json.loads(self._model.settings), sort_keys=True)


class LightBooster(_View):
    """What `booster_` of LightGBM's estimators is: importances, files, predictions."""

    @property
    def params(self) -> dict[str, Any]:
        """The parameters of the estimator."""
        return dict(self.owner.get_params(deep=False))

    @property
    def best_iteration(self) -> int:
        """The best round, from 1; 0 without early stopping."""
        return int(getattr(self.owner, "best_iteration_", 0))

    @property
    def best_score(self) -> dict[str, dict[str, float]]:
        """The values at the best round, or the last."""
        return dict(getattr(self.owner, "best_score_", {}))

    def num_trees(self) -> int:
        """Trees of the model."""
        return int(self._model.rounds * self._model.outputs)

    def current_iteration(self) -> int:
        """Rounds of the model."""
        return int(self._model.rounds)

    def num_model_per_iteration(self) -> int:
        """Trees per round."""
        return int(self._model.outputs)

    def num_feature(self) -> int:
        """Columns of the model."""
        return int(self.owner.n_features_in_)

    def feature_name(self) -> list[str]:
        """The names of the columns, `Column_0` and so on for those of an array."""
        return [name for name, *_ in self._importances("Column_")]

    def feature_importance(self, importance_type: str = "split", iteration: int | None = None) -> np.ndarray:
        """Splits of every feature, or what they gained.

        Parameters
        ----------
        importance_type : {"split", "gain"}
        iteration : int, default=None
            Only the rounds before this one.
        """
        model = self._model if iteration is None or iteration <= 0 else self._model.first(iteration)
        found = model.importances()
        if importance_type == "split":
            return np.asarray([splits for _, _, splits, _ in found]).astype(np.int32)
        return np.asarray([gain for _, gain, _, _ in found])

    def predict(self, data: Any, **options: Any) -> np.ndarray:
        """Means of every row, or what the options ask for; as the estimator, but with probabilities for classes."""
        if self.owner._task == "classification" and not any(options.get(own) for own in ("raw_score", "pred_leaf", "pred_contrib")):
            chances = self.owner.predict_proba(data, **options)
            return chances[:, 1] if chances.shape[1] == 2 else chances
        return self.owner.predict(data, **options)

    def model_to_string(self, num_iteration: int | None = None, **_: Any) -> str:
        """The model as LightGBM's text."""
        model = self._model if num_iteration is None or num_iteration <= 0 else self._model.first(num_iteration)
        return str(model.convert("lightgbm").decode())

    def save_model(self, filename: Any, num_iteration: int | None = None, **_: Any) -> LightBooster:
        """Write the model as LightGBM's text."""
        with open(os.fspath(filename), "w", encoding="utf-8") as file:
            file.write(self.model_to_string(num_iteration))
        return self

    def reset_parameter(self, params: dict[str, Any]) -> None:
        """Refused: the parameters of a fit hold for all of its rounds.

        Raises
        ------
        ValueError
            Always.
        """
        raise ValueError("parameters cannot change from round to round: fit again, or go on from a model with `init_model`")

"""What linear models have in common."""

from __future__ import annotations

import json
from typing import Any

import numpy as np

from ._base import _Rows

#: What counts as a slope of 0, relative to the mean residual: a larger `tol` is not used, since Newton steps end far below it.
_TOLERANCE = 1e-10


class Linear:
    """What linear models have in common."""

    _takes_categories = True
    _sparse = "rows"

    def _settings(self, rows: _Rows) -> dict[str, Any]:
        settings: dict[str, Any] = {"standardise": False, "missing": "mean"}
        for ours, theirs in (("fit_intercept", "fit_intercept"), ("positive", "positive"), ("max_iterations", "max_iter")):
            value = getattr(self, theirs, None)
            if value is not None:
                settings[ours] = value
        tol = getattr(self, "tol", None)
        settings["tolerance"] = _TOLERANCE if tol is None else min(float(tol), _TOLERANCE)
        return settings

    def _warns_of_limits(self) -> bool:
        return True

    def _after(self, steps: int) -> None:
        inside = self.model_.linear()
        self.terms_ = np.asarray(inside["terms"], dtype=object)
        coefficients = inside["coefficients"]
        features = np.asarray(inside["features"], dtype=np.intp)
        if len(set(features.tolist())) == len(features):
            by_feature = np.zeros((len(coefficients), self.n_features_in_))
            by_feature[:, features] = coefficients
            coefficients = by_feature
        dtype = self.__dict__.get("_dtype", np.dtype(np.float64))
        self._set_coefficients(coefficients.astype(dtype, copy=False), inside["intercepts"].astype(dtype, copy=False))
        self.n_iter_ = max(1, int(steps))
        self.statistics_ = json.loads(inside["statistics"])

    def _set_coefficients(self, coefficients: np.ndarray, intercepts: np.ndarray) -> None:
        self.coef_ = coefficients[0]
        self.intercept_ = float(intercepts[0])

    def summary(self) -> list[dict[str, Any]]:
        """The coefficient table: estimate, standard error, statistic, p and interval of every term.

        Errors are those of maximum likelihood; under a prior, deviations of the Laplace-approximate posterior. None where
        they are not known, as under a prior with kinks.
        """
        names = ("term", "class", "estimate", "error", "statistic", "p", "low", "high")
        return [dict(zip(names, row)) for row in self.model_.coefficient_table()]

"""What linear models have in common."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from ._base import _Rows
from ._compat import check_is_fitted, validate_data

if TYPE_CHECKING:
    from ._typing import MatrixLike

#: What counts as a gradient of 0, relative to the mean residual: a larger `tol` is not used, since Newton steps end far below it.
_TOLERANCE = 1e-10


class Linear:
    """What linear models have in common."""

    _takes_categories = True
    _sparse = "rows"
    _NAMES: ClassVar[dict[str, str | None]] = {"lambda": "alpha", "max_iterations": "max_iter", "tolerance": "tol", "missing": None}

    def _settings(self, rows: _Rows) -> dict[str, Any]:
        settings: dict[str, Any] = {"standardize": False, "missing": "mean"}
        for ours, theirs in (("fit_intercept", "fit_intercept"), ("positive", "positive"), ("max_iterations", "max_iter")):
            value = getattr(self, theirs, None)
            if value is not None:
                settings[ours] = value
        tol = getattr(self, "tol", None)
        settings["tolerance"] = _TOLERANCE if tol is None else min(float(tol), _TOLERANCE)
        return settings

    def _warns_of_limits(self) -> bool:
        # Gradients that are no larger than was asked for need no warning, though the solver was asked for less.
        tol = getattr(self, "tol", None)
        return tol is None or not self.statistics_["gradient"] <= tol

    def _start(self) -> Any:
        """The model of the fit before, to go on from."""
        if not getattr(self, "warm_start", False):
            return None
        self._heed_coefficients()
        return self.__dict__.get("model_")

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
        self._as_fitted_ = (np.array(self.coef_), np.array(self.intercept_))
        # A fit that starts at its solution takes none.
        self.n_iter_ = int(steps) if getattr(self, "warm_start", False) else max(1, int(steps))
        self.statistics_ = json.loads(inside["statistics"])

    def _set_coefficients(self, coefficients: np.ndarray, intercepts: np.ndarray) -> None:
        self.coef_ = coefficients[0]
        self.intercept_ = intercepts[0]

    def _heed_coefficients(self) -> None:
        """Predict with `coef_` and `intercept_` if they are not what the fit has set them to."""
        fitted = self.__dict__.get("_as_fitted_")
        if fitted is None or "model_" not in self.__dict__:
            return
        coef, intercept = self.coef_, self.intercept_
        coef = coef.toarray() if hasattr(coef, "toarray") else np.asarray(coef, dtype=float)
        if np.array_equal(coef, fitted[0]) and np.array_equal(intercept, fitted[1]):
            return
        features = np.asarray(self.model_.linear()["features"], dtype=np.intp)
        rows = coef.reshape(np.size(intercept), -1)
        own = rows[:, features] if len(set(features.tolist())) == len(features) else rows
        left_out = np.delete(rows, features, axis=1) if own is not rows else rows[:, :0]
        if left_out.any():
            raise ValueError("coef_ was set for columns that are constant in the rows of the fit, which the model has no term for")
        self.model_ = self.model_.with_coefficients(own.ravel().tolist(), np.ravel(intercept).astype(float).tolist())
        self._as_fitted_ = (np.array(coef), np.array(intercept))

    def _checked(self, X: MatrixLike) -> Any:
        self._heed_coefficients()
        return super()._checked(X)  # type: ignore[misc]

    # Coefficients that were set by hand, without a fit: averaged, loaded, sent by others.

    def _by_hand(self) -> bool:
        return "model_" not in self.__dict__ and "outputs_" not in self.__dict__ and "coef_" in self.__dict__

    def _scores_by_hand(self, X: MatrixLike) -> np.ndarray:
        """X coef' + intercept, of shape (n_samples,) or (n_samples, n_outputs)."""
        check_is_fitted(self, ["coef_", "intercept_"])
        coef = self.coef_.toarray() if hasattr(self.coef_, "toarray") else np.asarray(self.coef_, dtype=np.float64)
        if "n_features_in_" not in self.__dict__:
            self.n_features_in_ = coef.shape[-1]
        rows = validate_data(self, X, reset=False, accept_sparse=True, dtype=[np.float64, np.float32])
        return np.asarray(rows @ coef.T + np.asarray(self.intercept_, dtype=np.float64))

    def predict(self, X: MatrixLike) -> np.ndarray:
        """The prediction for every row, of shape (n_samples,): of float32 if X is, here and in the fit.

        Parameters
        ----------
        X : array-like, sparse matrix or frame of shape (n_samples, n_features)
        """
        if self._by_hand():
            return self._predict_by_hand(X)
        predicted = super().predict(X)  # type: ignore[misc]
        single = np.dtype(np.float32)
        both = self.__dict__.get("_dtype") == single and getattr(X, "dtype", None) == single
        return predicted.astype(single) if both and predicted.dtype == np.float64 else predicted

    def _predict_by_hand(self, X: MatrixLike) -> np.ndarray:
        return self._scores_by_hand(X)

    def summary(self) -> list[dict[str, Any]]:
        """The coefficient table: estimate, standard error, statistic, p and interval of every term.

        Errors are those of maximum likelihood; under a prior, deviations of the Laplace-approximate posterior. None where
        they are not known, as under a prior with kinks.
        """
        names = ("term", "class", "estimate", "error", "statistic", "p", "low", "high")
        return [dict(zip(names, row)) for row in self.model_.coefficient_table()]


class SparseCoefficients:
    """Coefficients that can be kept as a sparse matrix."""

    def sparsify(self) -> Any:
        """Make `coef_` a SciPy matrix of compressed rows, which is smaller if most coefficients are 0.

        Returns
        -------
        self
        """
        from scipy.sparse import csr_matrix

        check_is_fitted(self, "coef_")
        self.coef_ = csr_matrix(self.coef_)
        return self

    def densify(self) -> Any:
        """Make `coef_` an array again.

        Returns
        -------
        self
        """
        check_is_fitted(self, "coef_")
        if hasattr(self.coef_, "toarray"):
            self.coef_ = self.coef_.toarray()
        return self

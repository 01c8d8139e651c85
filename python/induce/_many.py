"""Several targets at once: a model of its own for each."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from ._compat import check_is_fitted

if TYPE_CHECKING:
    from ._typing import ArrayLike, MatrixLike, PathLike, Self


class ManyTargets:
    """Mixin of regressors: y may be (n_samples, n_targets), and `outputs_` then has a fitted model for each target.

    The models share nothing but their parameters and rows, so a target's model is what it would be alone.
    """

    #: Whether a y of one column stays a column in what is predicted.
    _keeps_column: ClassVar[bool] = True

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()  # type: ignore[misc]
        tags.target_tags.multi_output = True
        return tags

    def fit(self, X: MatrixLike, y: ArrayLike, sample_weight: ArrayLike | None = None) -> Self:
        """Fit the model.

        Parameters
        ----------
        X : array-like, sparse matrix or frame of shape (n_samples, n_features)
        y : array-like of shape (n_samples,) or (n_samples, n_targets)
        sample_weight : array-like of shape (n_samples,), default=None
            A weight counts as so many repetitions of its row.

        Returns
        -------
        self
        """
        targets = np.asarray(y) if hasattr(y, "__len__") and not hasattr(y, "tocsr") else None
        several = targets is not None and targets.ndim == 2 and targets.shape[1] > 0
        if several or "outputs_" in self.__dict__:
            # Of a fit of another number of targets nothing may stay behind: its coefficients were taken for new ones.
            for name in ("outputs_", "model_", "_as_fitted_", "coef_", "intercept_", "dual_gap_"):
                self.__dict__.pop(name, None)
        if not several:
            return super().fit(X, y, sample_weight)  # type: ignore[misc]
        if targets.shape[1] == 1 and not self._keeps_column:
            return super().fit(X, y, sample_weight)  # type: ignore[misc]
        if targets.dtype.kind not in "fiub":
            targets = targets.astype(np.float64)
        count = targets.shape[1]
        self.outputs_ = [
            type(self)(**self._parameters_of(j, count)).fit(X, targets[:, j], sample_weight) for j in range(count)
        ]
        self._take_over(self.outputs_)
        return self

    def _parameters_of(self, target: int, count: int) -> dict[str, Any]:
        """The parameters of one target's model."""
        return self.get_params(deep=False)  # type: ignore[attr-defined]

    def _take_over(self, outputs: list[Any]) -> None:
        shared = ("n_features_in_", "feature_names_in_", "_column_names", "model_", "fit_report_", "terms_", "statistics_")
        self.__dict__.pop("feature_names_in_", None)
        self.__dict__.update({name: outputs[0].__dict__[name] for name in shared if name in outputs[0].__dict__})
        if hasattr(outputs[0], "coef_"):
            self.coef_ = np.vstack([own.coef_ for own in outputs])
            self.intercept_ = np.asarray([own.intercept_ for own in outputs])
            self.n_iter_ = max(own.n_iter_ for own in outputs)
        if hasattr(outputs[0], "dual_gap_"):
            self.dual_gap_ = np.asarray([own.dual_gap_ for own in outputs])
        if hasattr(outputs[0], "solver_"):
            self.solver_ = outputs[0].solver_

    def predict(self, X: MatrixLike) -> np.ndarray:
        """The predicted quantities, of the shape of the y that was fitted.

        Parameters
        ----------
        X : array-like, sparse matrix or frame of shape (n_samples, n_features)
        """
        if "outputs_" not in self.__dict__:
            return super().predict(X)  # type: ignore[misc]
        # Names and widths are checked, and warned of, once.
        self._checked(X)  # type: ignore[attr-defined]
        return np.column_stack([own.predict(X) for own in self.outputs_])

    def save(self, path: PathLike) -> None:
        """Write the model file, which the command line opens as well.

        Raises
        ------
        ValueError
            If there are several targets: a file holds one model, so save each of `outputs_`.
        """
        check_is_fitted(self, "model_")
        if "outputs_" in self.__dict__:
            raise ValueError("a file holds one model: save each of `outputs_`")
        super().save(path)  # type: ignore[misc]

"""Bagging (Breiman 1996)."""

from __future__ import annotations

import numbers
import warnings
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from . import _native
from ._base import Classifier, Estimator, FitReport, Regressor
from ._compat import check_is_fitted, check_random_state, check_sample_weight
from ._data import rows_of
from ._draws import Distinct, Draws, by_content
from ._members import Ensemble, columns_of, each, is_ours, one_column, seeded, takes_weights
from ._parameters import keep
from ._progress import listener_of
from ._ranges import Having, Number, check
from ._routing import available, routed, router

if TYPE_CHECKING:
    from ._typing import ArrayLike, MatrixLike, Self

__all__ = ["BaggingClassifier", "BaggingRegressor"]

_SEEDS = np.iinfo(np.int32).max

_DOC = """

    f(x) = (1 / B) sum_b f_b(x), every f_b fitted to rows drawn with replacement (Breiman 1996).

    Parameters
    ----------
    estimator : estimator, default=None
        What is fitted again and again, of this package or any other; None is a decision tree.
    n_estimators : int, default=10
    max_samples : int, float or None, default=None
        Rows drawn per member, or a fraction of all (of the sum of the weights); None is as many as there are.
    max_features : int or float, default=1.0
        Features of a member, or a fraction of all.
    bootstrap : bool, default=True
        Draw rows with replacement.
    bootstrap_features : bool, default=False
        Draw features with replacement.
    oob_score : bool, default=False
        Judge every row by the members that were not fitted to it.
    warm_start : bool, default=False
        A further fit adds members until there are `n_estimators`: the same ones as one fit makes.
    n_jobs : int or None, default=None
        Members fitted at once. For members of this package None is all processors, for others 1. The result does not
        depend on it.
    random_state : int, RandomState or None, default=None
    verbose : int, default=0
        Show a progress bar.

    Attributes
    ----------
    estimator_ : estimator
        The unfitted base.
    estimators_ : list of estimators
    estimators_samples_, estimators_features_ : list of ndarray of int
        The rows, with repetitions, and the features of every member.
    oob_score_ : float{oob}
    fit_report_ : FitReport

    Members that take `sample_weight` are given all rows and how often each was drawn, others the rows. Rows are drawn in
    proportion to their weight, from an order of what they hold: neither the order of the rows nor a weight of 2 in place of
    a row given twice changes the members.
"""


class _Bagging(Ensemble, Estimator):
    _kind = "bagging"
    _RANGES: ClassVar[dict[str, list[Any]]] = {
        "estimator": [Having("fit", "predict"), None],
        "n_estimators": [Number(int, 1)],
        "max_samples": [None, Number(int, 1), Number(float, 0.0, 1.0, "right", whole=False)],
        "max_features": [Number(int, 1), Number(float, 0.0, 1.0, "right", whole=False)],
    }

    def __init__(
        self,
        estimator=None,
        n_estimators=10,
        *,
        max_samples=None,
        max_features=1.0,
        bootstrap=True,
        bootstrap_features=False,
        oob_score=False,
        warm_start=False,
        n_jobs=None,
        random_state=None,
        verbose=0,
    ):
        keep(self, locals())

    def _default_member(self) -> Any:
        from .tree import DecisionTreeClassifier, DecisionTreeRegressor

        return DecisionTreeClassifier() if self._task == "classification" else DecisionTreeRegressor()

    def get_metadata_routing(self) -> Any:
        """Which of the members' methods what is handed to a method goes to."""
        member = self._member()
        best = "predict_proba" if hasattr(member, "predict_proba") else "predict"
        logs = "predict_log_proba" if hasattr(member, "predict_log_proba") else best
        own = {"fit": "fit", "decision_function": "decision_function", "predict_log_proba": logs}
        return router(self, member, own | {"predict": best, "predict_proba": best})

    def fit(self, X: MatrixLike, y: ArrayLike, sample_weight: ArrayLike | None = None, **fit_params: Any) -> Self:
        """Fit the members.

        Parameters
        ----------
        X : array-like, sparse matrix or frame of shape (n_samples, n_features)
        y : array-like of shape (n_samples,), or (n_samples, n_outputs) if the members take that
        sample_weight : array-like of shape (n_samples,), default=None
            A row is drawn in proportion to its weight.
        **fit_params
            What members' fits are given, where metadata are routed.

        Returns
        -------
        self
        """
        self._check_parameters()
        if y is None:
            raise ValueError(f"{type(self).__name__} requires y to be passed, but the target y is None")
        X, y = self._given(X, y, reset=True, multi_output=True)
        y = one_column(y)
        weight = None
        if sample_weight is not None:
            weight = check_sample_weight(sample_weight, y, dtype=None, ensure_non_negative=True)
            if not weight.any():
                raise ValueError("Sample weights must contain at least one non-zero number.")
            if not self.bootstrap:
                name = type(self).__name__
                warnings.warn(
                    f"When fitting {name} with sample_weight it is recommended to use bootstrap=True, got "
                    f"{self.bootstrap}."
                )
        more = routed(self, "fit", fit_params)
        seeds = self._seeds_of_new_members()
        if seeds is None:
            return self
        codes = self._codes(y)
        order, same = by_content(X, codes)
        self._draws = self._draws_of(order, weight)
        self._fit_members(X, codes, Distinct(order, same, weight), seeds, more)
        if self.oob_score:
            self._set_oob(X, codes)
        return self

    def _check_parameters(self) -> None:
        check(self)
        if self.oob_score and not self.bootstrap:
            raise ValueError("Out of bag estimation only available if bootstrap=True")
        if self.oob_score and self.warm_start:
            raise ValueError("Out of bag estimate only available if warm_start=False")

    def _seeds_of_new_members(self) -> np.ndarray | None:
        """A seed for every member there is to be fitted; None if there is none."""
        for name in ("oob_score_", "oob_decision_function_", "oob_prediction_"):
            self.__dict__.pop(name, None)
        if not self.warm_start or "estimators_" not in self.__dict__:
            self.estimators_, self.estimators_features_, self._seeds = [], [], []
        there = len(self.estimators_)
        if self.n_estimators < there:
            raise ValueError(
                f"n_estimators={self.n_estimators} must be larger or equal to len(estimators_)={there} when warm_start==True"
            )
        if self.n_estimators == there:
            warnings.warn("Warm-start fitting without increasing n_estimators does not fit new trees.")
            return None
        # The seeds of those there are drawn again: one fit draws the same ones.
        return check_random_state(self.random_state).randint(_SEEDS, size=self.n_estimators)[there:]

    def _draws_of(self, order: np.ndarray, weight: np.ndarray | None) -> Draws:
        rows, features = len(order), self.n_features_in_
        number = self._rows_per_member(rows, weight)
        if not self.bootstrap and number > rows:
            raise ValueError(
                f"Effective max_samples={number} must be <= n_samples={rows} to be able to sample without replacement."
            )
        width = self.max_features
        width = int(width) if isinstance(width, numbers.Integral) else max(1, int(width * features))
        if not 1 <= width <= features:
            raise ValueError(f"max_features must be <= n_features: {width} of {features}")
        each_one, columns = (number, rows, bool(self.bootstrap)), (width, features, bool(self.bootstrap_features))
        return Draws(order, weight, each_one, columns)

    def _rows_per_member(self, rows: int, weight: np.ndarray | None) -> int:
        wanted, total = self.max_samples, rows if weight is None else float(weight.sum())
        if isinstance(wanted, numbers.Integral) and not isinstance(wanted, bool):
            return int(wanted)
        number = max(1, int((1.0 if wanted is None else wanted) * total))
        if wanted is not None and number < max(10, rows ** (1 / 3)):
            what = "total sum of sample weights" if weight is not None else "number of samples"
            warnings.warn(
                f"Using the fractional value max_samples={wanted} when the {what} is {total} results in a low number "
                f"({number}) of bootstrap samples. We recommend passing `max_samples` as an integer."
            )
        return number

    def _fit_members(
        self, X: MatrixLike, y: np.ndarray, distinct: Distinct, seeds: np.ndarray, more: dict[str, Any]
    ) -> None:
        base = self._member()
        ours, weighted = is_ours(base), takes_weights(base)
        if ours and weighted:
            # Once for all members; columns that are whole in memory are then read where they lie.
            X, y = rows_of(X, distinct.rows), y[distinct.rows]
            X = np.asfortranarray(X) if isinstance(X, np.ndarray) else X

        def fitted(seed: int) -> tuple[Any, np.ndarray]:
            features, rows = self._draws.of(seed)
            chosen = None if np.array_equal(features, np.arange(self.n_features_in_)) else features
            member = seeded(base, np.random.RandomState(seed))
            if weighted:
                counts = distinct.counts(rows) if ours else np.bincount(rows, minlength=len(y))
                return self._fit_member(member, X, y, chosen, sample_weight=counts, **more), features
            return self._fit_member(member, rows_of(X, rows), y[rows], chosen, **more), features

        listener = listener_of(None, self.verbose, type(self).__name__)
        if listener is not None:
            listener.begin("members", self.n_estimators)
        reason = f"all {self.n_estimators} members are fitted"
        try:
            for seed, (member, features) in zip(seeds, each(fitted, seeds, self.n_jobs, ours)):
                self.estimators_.append(member)
                self.estimators_features_.append(features)
                self._seeds.append(int(seed))
                if listener is not None:
                    listener.step(len(self.estimators_), {})
        except KeyboardInterrupt:
            # What there is can be used, if there is anything.
            reason = f"interrupted after {len(self.estimators_)} of {self.n_estimators} members"
            if not self.estimators_:
                del self.estimators_
            raise
        finally:
            if listener is not None:
                listener.end()
            outcome = "stopped" if reason.startswith("interrupted") else "exhausted"
            self.fit_report_ = FitReport(outcome, reason, len(self.__dict__.get("estimators_", [])), [])

    @property
    def estimators_samples_(self) -> list[np.ndarray]:
        """The rows of every member, drawn again from its seed."""
        check_is_fitted(self, "estimators_")
        return [self._draws.of(seed)[1] for seed in self._seeds]

    def _after_adoption(self, model: _native.Model) -> None:
        place = {name: j for j, name in enumerate(self._names())}
        self.estimators_features_ = [np.asarray([place[name] for name in m._part.names]) for m in self.estimators_]
        self.fit_report_ = FitReport("converged", "opened from a file", len(self.estimators_), model.notes)

    # What members say together.

    def _asked(self, X: MatrixLike) -> Any:
        check_is_fitted(self, "estimators_")
        return self._given(X, reset=False)

    def _views(self, X: MatrixLike) -> list[tuple[Any, Any]]:
        """Every member with its columns of X."""
        whole = np.arange(self.n_features_in_)
        return [
            (member, X if np.array_equal(own, whole) else columns_of(X, own))
            for member, own in zip(self.estimators_, self.estimators_features_)
        ]

    def _out_of_bag(self) -> list[np.ndarray]:
        out = []
        for rows in self.estimators_samples_:
            left = np.ones(self._draws.rows[1], dtype=bool)
            left[rows] = False
            out.append(left)
        return out

    def _set_oob(self, X: MatrixLike, y: np.ndarray) -> None:
        raise NotImplementedError


_TOO_FEW = (
    "Some inputs do not have OOB scores. This probably means too few estimators were used to compute any reliable oob "
    "estimates."
)


class BaggingRegressor(_Bagging, Regressor):
    __doc__ = "The mean of one regressor fitted to many samples of the rows." + _DOC.format(
        oob="\n        R squared.\n    oob_prediction_ : ndarray of shape (n_samples,)"
    )

    def predict(self, X: MatrixLike, **params: Any) -> np.ndarray:
        """The mean of the members' predictions, of shape (n_samples,) or (n_samples, n_outputs).

        Parameters
        ----------
        X : array-like, sparse matrix or frame of shape (n_samples, n_features)
        """
        more = routed(self, "predict", params)
        views = self._views(self._asked(X))
        return sum(member.predict(own, **more) for member, own in views) / len(views)

    def _set_oob(self, X: MatrixLike, y: np.ndarray) -> None:
        total, counts = np.zeros(y.shape), np.zeros(len(y))
        for (member, own), left in zip(self._views(X), self._out_of_bag()):
            total[left] += member.predict(rows_of(own, np.flatnonzero(left)))
            counts[left] += 1
        if (counts == 0).any():
            warnings.warn(_TOO_FEW)
            counts[counts == 0] = 1
        self.oob_prediction_ = total / (counts if y.ndim == 1 else counts[:, None])
        rest = ((y - self.oob_prediction_) ** 2).sum(axis=0)
        self.oob_score_ = float(np.mean(1 - rest / ((y - y.mean(axis=0)) ** 2).sum(axis=0)))


class BaggingClassifier(_Bagging, Classifier):
    __doc__ = "The mean probabilities of one classifier fitted to many samples of the rows." + _DOC.format(
        oob="\n        Fraction of right answers.\n    oob_decision_function_ : ndarray of shape (n_samples, n_classes)"
        "\n    classes_ : ndarray of shape (n_classes,)\n    n_classes_ : int"
    )

    @property
    def n_classes_(self) -> int:
        """The number of classes."""
        return len(self.classes_)

    def predict(self, X: MatrixLike, **params: Any) -> np.ndarray:
        """The class of the largest mean probability, or of the most votes, of shape (n_samples,).

        Parameters
        ----------
        X : array-like, sparse matrix or frame of shape (n_samples, n_features)
        """
        likeliest = self._shares(X, routed(self, "predict", params)).argmax(axis=1)
        return self.classes_[likeliest]

    def predict_proba(self, X: MatrixLike, **params: Any) -> np.ndarray:
        """Mean probabilities, of shape (n_samples, n_classes); fractions of votes if members have none.

        Parameters
        ----------
        X : array-like, sparse matrix or frame of shape (n_samples, n_features)
        """
        return self._shares(X, routed(self, "predict_proba", params))

    def predict_log_proba(self, X: MatrixLike, **params: Any) -> np.ndarray:
        """The logarithms of the mean probabilities, of shape (n_samples, n_classes)."""
        more = routed(self, "predict_log_proba", params)
        if not hasattr(self._member(), "predict_log_proba"):
            with np.errstate(divide="ignore"):
                return np.log(self._shares(X, more))
        X = self._asked(X)
        total = np.full((X.shape[0] if hasattr(X, "shape") else len(X), len(self.classes_)), -np.inf)
        for member, own in self._views(X):
            places = np.asarray(member.classes_, dtype=np.intp)
            total[:, places] = np.logaddexp(total[:, places], member.predict_log_proba(own, **more))
        return total - np.log(len(self.estimators_))

    @available(lambda self: hasattr(self._member(), "decision_function"))
    def decision_function(self, X: MatrixLike, **params: Any) -> np.ndarray:
        """The mean of the members' scores, of shape (n_samples,) for two classes, else (n_samples, n_classes).

        Parameters
        ----------
        X : array-like, sparse matrix or frame of shape (n_samples, n_features)
        """
        more = routed(self, "decision_function", params)
        views = self._views(self._asked(X))
        return sum(member.decision_function(own, **more) for member, own in views) / len(views)

    def _shares(self, X: MatrixLike, more: dict[str, Any]) -> np.ndarray:
        views = self._views(self._asked(X))
        return sum(self._share_of(member, own, more) for member, own in views) / len(views)

    def _share_of(self, member: Any, X: MatrixLike, more: dict[str, Any]) -> np.ndarray:
        classes = len(self.classes_)
        if not hasattr(member, "predict_proba"):
            return np.eye(classes)[np.asarray(member.predict(X, **more), dtype=np.intp)]
        own = member.predict_proba(X, **more)
        if own.shape[1] == classes:
            return own
        all_classes = np.zeros((len(own), classes))
        all_classes[:, np.asarray(member.classes_, dtype=np.intp)] = own
        return all_classes

    def _set_oob(self, X: MatrixLike, y: np.ndarray) -> None:
        total = np.zeros((len(y), len(self.classes_)))
        for (member, own), left in zip(self._views(X), self._out_of_bag()):
            total[left] += self._share_of(member, rows_of(own, np.flatnonzero(left)), {})
        sums = total.sum(axis=1, keepdims=True)
        if (sums == 0).any():
            warnings.warn(_TOO_FEW)
        with np.errstate(invalid="ignore"):
            self.oob_decision_function_ = total / sums
        self.oob_score_ = float(np.mean(total.argmax(axis=1) == y))

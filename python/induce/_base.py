"""What every estimator shares: from parameters and arrays to the native fit, and back.

An estimator is thin. It names its model of the registry, says what its parameters are there (`_settings`), and inherits
the rest. Adding a model to Python is such a class; `tests/test_registry.py` fails while a model has none.
"""

from __future__ import annotations

import html
import inspect
import json
import numbers
import os
import re
import warnings
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any, ClassVar, NamedTuple

import numpy as np

from . import _card, _data, _native
from ._compat import (
    HAS_SKLEARN,
    BaseEstimator,
    ClassifierMixin,
    ConvergenceWarning,
    RegressorMixin,
    check_classification_targets,
    check_is_fitted,
    check_random_state,
    check_sample_weight,
    column_or_1d,
    validate_data,
)
from ._progress import listener_of
from ._ranges import Number, check_values
from ._words import in_python, spoken

if TYPE_CHECKING:
    from ._typing import ArrayLike, MatrixLike, PathLike, Self


#: Names of columns that a matrix without names was given, here or by XGBoost or LightGBM.
MADE_UP = re.compile(r"(x|f|Column_)\d+")


class Part(NamedTuple):
    """What a member of an ensemble is told of the whole: what its columns are called, and the names of all classes, whose
    codes it is fitted to."""

    names: list[str] | None
    classes: list[str] | None


class Importance(NamedTuple):
    """The mean of an importance, and the ends of its 95 % interval."""

    value: float
    low: float
    high: float


class FitReport:
    """How a fit ended.

    Attributes
    ----------
    outcome : {"converged", "exhausted", "stopped"}
    reason : str
        Why, with its numbers.
    steps : int
        Iterations, rounds or trees.
    notes : list of str
        What the fit found out besides the model.
    traces : dict
        The history of every metric: `traces[split][metric][step]`, split "train" or "valid", steps from 1.
    """

    def __init__(self, outcome: str, reason: str, steps: int, notes: list[str], traces: Any = ()) -> None:
        self.outcome, self.reason, self.steps, self.notes = outcome, reason, steps, notes
        self.traces: dict[str, dict[str, dict[int, float]]] = {}
        for split, metric, points in traces:
            self.traces.setdefault(split, {})[metric] = dict(points)

    def __repr__(self) -> str:
        return f"FitReport({self.outcome}: {self.reason})"

    def _repr_html_(self) -> str:
        # Notes hold names of columns, which are text of a file: in a notebook they must not run.
        notes = "".join(f"<li>{html.escape(note)}</li>" for note in self.notes)
        return f"<b>{html.escape(self.outcome)}</b> after {self.steps} steps: {html.escape(self.reason)}<ul>{notes}</ul>"


#: Threads of a fit within another that has its own threads; 0 is no limit.
INNER_THREADS: ContextVar[int] = ContextVar("INNER_THREADS", default=0)


def threads_of(n_jobs: int | None) -> int:
    """Threads for `n_jobs`: all processors for None and -1, all but so many for less."""
    if INNER_THREADS.get() > 0:
        return INNER_THREADS.get()
    processors = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    # joblib's workers, and users, say with this variable how many threads a library may use.
    allowed = os.environ.get("OMP_NUM_THREADS", "")
    if allowed.isdigit() and int(allowed) > 0:
        processors = min(processors, int(allowed))
    if n_jobs is None:
        return processors
    if not isinstance(n_jobs, numbers.Integral) or n_jobs == 0:
        raise ValueError(f"n_jobs == {n_jobs!r} has no meaning; it must be None or an integer other than 0")
    return int(n_jobs) if n_jobs > 0 else max(1, processors + 1 + int(n_jobs))


def seed_of(state: Any) -> int:
    """The seed that a `random_state` says, or draws."""
    if isinstance(state, numbers.Integral):
        check_random_state(int(state))
        return int(state)
    return int(check_random_state(state).randint(np.iinfo(np.int32).max))


def as_json(settings: dict[str, Any]) -> str:
    """Settings as the native half reads them."""
    return json.dumps(_plain(settings))


def _plain(value: Any) -> Any:
    """A value without types that JSON does not know."""
    if isinstance(value, dict):
        return {str(name): _plain(own) for name, own in value.items()}
    if isinstance(value, (list, tuple, np.ndarray)):
        return [_plain(own) for own in value]
    if isinstance(value, (bool, np.bool_)):
        return bool(value)
    if isinstance(value, numbers.Integral):
        return int(value)
    if isinstance(value, numbers.Real):
        number = float(value)
        # JSON has no such numbers; as words they are refused with the name of the setting.
        return number if np.isfinite(number) else repr(number)
    return value


class _Kept:
    """A native model on its way into a pickle or another file."""

    def __init__(self, content: bytes) -> None:
        self.content = content

    def model(self) -> _native.Model:
        return _native.restore(self.content)


class Estimator(BaseEstimator):
    """A model of the registry as an estimator."""

    _kind: ClassVar[str] = ""
    _task: ClassVar[str] = "regression"
    #: Whether missing values are left to the model, and columns of names to its categories.
    _takes_missing: ClassVar[bool] = False
    _takes_categories: ClassVar[bool] = False
    _positive_target: ClassVar[bool] = False
    #: Whether y may have several columns.
    _many_outputs: ClassVar[bool] = False
    #: What the registry's settings are called here, where that is something else; None where there is no such parameter.
    _NAMES: ClassVar[dict[str, str | None]] = {}
    #: Attributes of a fit that only Python knows, which a file keeps too; and whether it keeps the course of the fit.
    _KEPT: ClassVar[tuple[str, ...]] = ()
    _keeps_course: ClassVar[bool] = False
    #: "rows" if the model is fitted on compressed rows, "dense" if they are written out first, None if they are refused.
    _sparse: ClassVar[str | None] = None

    @classmethod
    def _get_param_names(cls) -> list[str]:
        """The parameters of the constructor, and where it hands the rest on by `**kwargs`, those of the next one too.

        `clone` of a user's subclass lost all but the subclass's own.
        """
        names: set[str] = set()
        for one in cls.__mro__:
            init = one.__dict__.get("__init__")
            if init is None or one is object:
                continue
            parameters = [own for own in inspect.signature(init).parameters.values() if own.name != "self"]
            if any(own.kind is own.VAR_POSITIONAL for own in parameters):
                raise RuntimeError(f"parameters of an estimator have names: {one.__name__} must not take *args")
            names.update(own.name for own in parameters if own.kind is not own.VAR_KEYWORD)
            if not any(own.kind is own.VAR_KEYWORD for own in parameters):
                break
        return sorted(names)

    def __getstate__(self) -> dict[str, Any]:
        """Native models as their files: bytes, which anything that keeps estimators can keep."""
        state = super().__getstate__() if hasattr(super(), "__getstate__") else dict(self.__dict__)
        return {name: _Kept(own.to_bytes()) if isinstance(own, _native.Model) else own for name, own in state.items()}

    def __setstate__(self, state: dict[str, Any]) -> None:
        own = {name: value.model() if isinstance(value, _Kept) else value for name, value in state.items()}
        self.__dict__.update(own)

    def _settings(self, rows: _Rows) -> dict[str, Any]:
        """The registry's settings for the parameters; the rows are there for what depends on their number."""
        raise NotImplementedError

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.input_tags.allow_nan = self._takes_missing
        tags.input_tags.sparse = self._sparse is not None
        tags.input_tags.categorical = self._takes_categories
        tags.target_tags.positive_only = self._positive_target
        tags.non_deterministic = False
        return tags

    # From Python's arrays to native tables.

    def _finite(self) -> Any:
        return "allow-nan" if self._takes_missing else True

    def _table(self, X: MatrixLike, y: ArrayLike | None = None, *, reset: bool, threads: int) -> tuple[_native.Table, Any]:
        """A table of X, checked as scikit-learn checks it, and y."""
        if reset:
            # Of the fit before.
            self.__dict__.pop("_dtype", None)
        if isinstance(X, _native.Table):
            return self._native_table(X, reset=reset), y
        if self._takes_categories and _data.is_frame(X) and _data.has_categories(X):
            return self._frame(X, reset=reset), y
        if self._takes_categories and _data.is_moments(X):
            self._shape_checked(X, reset=reset)
            return _data.table_of_moments(X, self._names()), y
        checked = validate_data(
            self,
            X,
            *(() if y is None else (y,)),
            reset=reset,
            accept_sparse={"rows": "csr", "dense": ["csc", "csr"], None: False}[self._sparse],
            dtype=[np.float64, np.float32],
            ensure_all_finite=self._finite(),
            **({} if y is None else {"y_numeric": self._task != "classification", "multi_output": self._many_outputs}),
        )
        array, y = (checked, None) if y is None else checked
        if reset:
            # What users look at is of the type they gave; the fit itself is in double precision.
            self._dtype = array.dtype
        if hasattr(array, "tocsr"):
            if self._sparse == "rows":
                return _data.SparseRows(array), y
            array = array.toarray(order="F")
        return _data.table_of_matrix(array, self._names(), threads), y

    def _names(self) -> list[str]:
        part = self.__dict__.get("_part")
        if part is not None and part.names is not None:
            return part.names
        names = getattr(self, "feature_names_in_", None)
        if names is not None:
            return [str(name) for name in names]
        return self.__dict__.get("_column_names") or [f"x{j}" for j in range(self.n_features_in_)]

    def _native_table(self, X: _native.Table, *, reset: bool) -> _native.Table:
        if reset:
            # What no model reads, free text above all, is left out as the command line leaves it out.
            X, notes = X.features()
            for note in notes:
                warnings.warn(note, UserWarning, stacklevel=5)
            self.n_features_in_ = len(X.names)
            self.feature_names_in_ = np.asarray(X.names, dtype=object)
        elif X.names != self._names():
            X = X.select(self._names())
        return X

    def _frame(self, X: MatrixLike, *, reset: bool) -> _native.Table:
        self._shape_checked(X, reset=reset)
        return _data.table_of_frame(X, self._names())

    def _shape_checked(self, X: MatrixLike, *, reset: bool) -> None:
        """Keep the number and the names of the columns, or hold X against those that were kept."""
        if HAS_SKLEARN:
            from sklearn.utils.validation import _check_feature_names, _check_n_features

            _check_feature_names(self, X, reset=reset)
            _check_n_features(self, X, reset=reset)
        elif reset:
            self.n_features_in_ = X.shape[1]
            names = _data.column_names(X)
            if names is not None:
                self.feature_names_in_ = np.asarray(names, dtype=object)
        if X.shape[0] == 0:
            raise ValueError(f"Found array with 0 sample(s) (shape={X.shape}) while a minimum of 1 is required.")

    # The fit.

    def _fit(self, X: MatrixLike, y: ArrayLike, sample_weight: ArrayLike | None = None, **more: Any) -> Any:
        threads = threads_of(getattr(self, "n_jobs", None))
        for name in ("_column_names", "_card"):
            self.__dict__.pop(name, None)
        if y is None:
            raise ValueError(
                f"This {type(self).__name__} estimator requires y to be passed, but the target y is None."
            )
        table, y = self._table(X, y, reset=True, threads=threads)
        target = self._target(y)
        if len(target) != len(table):
            raise ValueError(
                f"Found input variables with inconsistent numbers of samples: [{len(table)}, {len(target)}]"
            )
        weight = self._weight(sample_weight, target)
        groups = more.get("groups")
        rows = _Rows(table, target, weight, None if groups is None else groups(len(target)))
        rows.task, rows.classes = self._task, self._class_names()
        if more.get("valid") is not None:
            rows.valid = more["valid"]()
            rows.valid.task, rows.valid.classes = rows.task, rows.classes
        rows = more.get("as_fitted", self._as_fitted)(rows)
        with spoken(self._NAMES):
            found = more.get("run", self._run)(self._settings(rows), rows, threads)
        self.model_, outcome, reason, steps, interrupted, traces = found
        self.fit_report_ = FitReport(outcome, reason, steps, self._notes(), traces)
        self._after(steps)
        if interrupted:
            raise KeyboardInterrupt(f"the fit was interrupted; what it had come to is kept: {reason}")
        if outcome == "exhausted" and self._warns_of_limits():
            warnings.warn(self._limit_text(reason, int(steps)), ConvergenceWarning, stacklevel=3)
        return self

    def _run(self, settings: dict[str, Any], rows: _Rows, threads: int) -> Any:
        """The native fit."""
        return _native.fit(
            self._kind,
            as_json(settings),
            rows,
            valid=rows.valid,
            init=self._start(),
            seed=self._seed(),
            threads=threads,
            time=getattr(self, "max_time", None),
            listener=self._listener(),
        )

    def _notes(self) -> list[str]:
        """What the fit found out besides the model."""
        return [in_python(note, self._NAMES) for note in self.model_.notes]

    def _listener(self) -> Any:
        """What hears of the fit's progress."""
        return listener_of(getattr(self, "callbacks", None), getattr(self, "verbose", 0), type(self).__name__)

    def _as_fitted(self, rows: _Rows) -> _Rows:
        """The rows as they go into the native fit; for models whose draws are to depend on what rows hold only."""
        return rows

    def _fits_natively(self) -> bool:
        """Whether the registry's settings say all that a fit does: models that are made of others know nothing else."""
        return True

    def _warns_of_limits(self) -> bool:
        return False

    def _limit_text(self, reason: str, steps: int) -> str:
        """What a fit that came to its limits is warned of."""
        return f"{type(self).__name__}: {reason}"

    def _start(self) -> Any:
        """A model to start from."""
        return None

    def _after(self, steps: int) -> None:
        """Set the attributes that users look for."""

    def _seed(self) -> int:
        return seed_of(getattr(self, "random_state", 0))

    def _target(self, y: ArrayLike) -> np.ndarray:
        y = column_or_1d(y, warn=True)
        if y.dtype.kind not in "fiub":
            y = y.astype(np.float64)
        y = np.ascontiguousarray(y, dtype=np.float64)
        if not np.isfinite(y).all():
            raise ValueError("Input y contains NaN or infinity.")
        return y

    def _weight(self, sample_weight: Any, target: np.ndarray) -> np.ndarray | None:
        return self._own_weight(sample_weight, target)

    def _own_weight(self, sample_weight: Any, target: np.ndarray) -> np.ndarray | None:
        """The weights as they were given, checked."""
        if sample_weight is None:
            return None
        weight = check_sample_weight(sample_weight, target, dtype=np.float64, ensure_non_negative=True)
        if not weight.any():
            raise ValueError("Sample weights must contain at least one non-zero number.")
        return np.ascontiguousarray(weight)

    def _class_names(self) -> list[str]:
        return []

    # What a fitted estimator can do.

    def _checked(self, X: MatrixLike) -> _native.Table:
        check_is_fitted(self, "model_")
        return self._table(X, reset=False, threads=self._threads())[0]

    def _threads(self) -> int:
        return threads_of(getattr(self, "n_jobs", None))

    def _ask(self, what: str, X: MatrixLike) -> np.ndarray:
        """The model's `predict`, `probabilities` or `margins` of X."""
        rows = self._checked(X)
        with spoken(self._NAMES):
            return getattr(self.model_, what)(rows, self._threads())

    def save(self, path: PathLike) -> None:
        """Write the model file, which the command line opens as well.

        Parameters
        ----------
        path : str or path-like
        """
        check_is_fitted(self, "model_")
        # The card of the training that a file came with goes along: its data, seed and metrics are still the model's.
        self.model_.save(os.fspath(path), _card.written(self))

    # What the command line says of a model, too.

    def _judged_rows(self, X: MatrixLike, y: ArrayLike, sample_weight: ArrayLike | None = None) -> _Rows:
        """Rows beside their truth, for a fitted model."""
        table = self._checked(X)
        if self._task == "classification":
            known = {label: code for code, label in enumerate(self.classes_.tolist())}
            labels = np.asarray(y).ravel().tolist()
            unknown = sorted({str(label) for label in labels if label not in known})
            if unknown:
                raise ValueError(f"y holds classes that the model does not know: {', '.join(unknown[:5])}")
            target = np.asarray([known[label] for label in labels], dtype=np.float64)
        else:
            target = np.ascontiguousarray(column_or_1d(y), dtype=np.float64)
        if len(target) != len(table):
            raise ValueError(f"X has {len(table)} rows, y has {len(target)}")
        rows = _Rows(table, target, self._own_weight(sample_weight, target))
        rows.task, rows.classes = self._task, list(self.model_.classes)
        name = getattr(y, "name", None)
        rows.name = name if isinstance(name, str) else "target"
        return rows

    def permutation_importances(
        self, X: MatrixLike, y: ArrayLike, sample_weight: ArrayLike | None = None, *, random_state: int = 0
    ) -> dict[str, Importance]:
        """How much worse the model judges when a feature is shuffled (Breiman 2001; Fisher, Rudin & Dominici 2019).

        Parameters
        ----------
        X : array-like or frame of shape (n_samples, n_features)
            Rows that the model has not seen.
        y : array-like of shape (n_samples,)
        sample_weight : array-like of shape (n_samples,), default=None
        random_state : int, default=0
            The same numbers as `induce explain --seed`.

        Returns
        -------
        dict of str to Importance
            By feature the mean rise of the RMSE or of the log loss over five shuffles, with the ends of its 95 % interval; above
            0 the feature helps.
        """
        check_is_fitted(self, "model_")
        rows = self._judged_rows(X, y, sample_weight)
        _, found = _native.permutation(self.model_, rows, seed_of(random_state), self._threads())
        return {name: Importance(value, low, high) for name, value, low, high in found}

    def report(
        self, path: PathLike, X: MatrixLike, y: ArrayLike, sample_weight: ArrayLike | None = None, *, source: str = "data", random_state: int = 0
    ) -> None:
        """Write a page that shows how good the model is on these rows and what moves it, or what clusters it has found: one HTML file,
        without a network.

        Parameters
        ----------
        path : str or path-like
        X : array-like or frame of shape (n_samples, n_features)
            Rows that the model has not seen.
        y : array-like of shape (n_samples,)
            The target, or known classes that clusters are held against.
        sample_weight : array-like of shape (n_samples,), default=None
        source : str, default="data"
            What the page calls the rows.
        random_state : int, default=0
        """
        check_is_fitted(self, "model_")
        rows = self._judged_rows(X, y, sample_weight)
        _native.report(self.model_, rows, os.fspath(path), source, "", seed_of(random_state), self._threads())

    def _opened(self, model: _native.Model, card: str) -> Any:
        """Take the model of a file, and of its card what the estimator was that it was saved from."""
        self._card = card
        parameters = _card.parameters_of(card, type(self).__name__, self.get_params(deep=False))
        self._adopt(model)
        if parameters is not None:
            self.set_params(**parameters)
        for name, value in _card.told(card).get("state", {}).items():
            if name in self._KEPT:
                setattr(self, name, value)
        return self

    def _report_of_file(self, model: _native.Model) -> FitReport:
        """How the fit of a model ended that was fitted elsewhere."""
        own = _card.told(self.__dict__.get("_card", "{}")).get("fit", {})
        if not {"outcome", "reason", "steps"} <= own.keys():
            return FitReport("converged", "opened from a file", 0, model.notes)
        return FitReport(own["outcome"], own["reason"], own["steps"], model.notes, own.get("traces", ()))

    def _take_settings(self, settings: dict[str, Any]) -> None:
        """Set the parameters to what a model was fitted with elsewhere."""

    def _adopt(self, model: _native.Model) -> Any:
        """Take a model that was fitted elsewhere."""
        if model.task != self._task:
            raise ValueError(f"{type(self).__name__} cannot take a model for {model.task}")
        self.model_ = model
        self._take_columns(model)
        self._take_settings(json.loads(model.settings))
        self.fit_report_ = self._report_of_file(model)
        self._after(self.fit_report_.steps)
        return self

    def _take_columns(self, model: _native.Model) -> None:
        self.n_features_in_ = len(model.features)
        if all(MADE_UP.fullmatch(name) for name in model.features):
            self._column_names = model.features
        else:
            self.feature_names_in_ = np.asarray(model.features, dtype=object)


class _Rows:
    """Rows as the native fit reads them."""

    def __init__(
        self, table: Any, target: np.ndarray, weight: np.ndarray | None, groups: np.ndarray | None = None
    ) -> None:
        #: A native table, or sparse rows.
        self.table = table
        self.target, self.weight, self.groups = target, weight, groups
        self.task: str = "regression"
        self.classes: list[str] = []
        self.name: str = "target"
        self.valid: _Rows | None = None
        #: Scores before the first step, (rows, outputs), where a fit begins from such.
        self.offset: np.ndarray | None = None
        #: Targets that are learnt together, (rows, targets), and the names of the classes of each.
        self.targets: np.ndarray | None = None
        self.outputs: list[list[str]] | None = None

    def like(self, other: _Rows) -> _Rows:
        """These rows, for the task of others."""
        self.task, self.classes, self.name = other.task, other.classes, other.name
        return self

    @property
    def sum(self) -> float:
        """The sum of the weights."""
        return float(len(self.target)) if self.weight is None else float(self.weight.sum())


class Regressor(RegressorMixin, Estimator):
    """A model of a quantity."""

    def fit(self, X: MatrixLike, y: ArrayLike, sample_weight: ArrayLike | None = None) -> Self:
        """Fit the model.

        Parameters
        ----------
        X : array-like, sparse matrix or frame of shape (n_samples, n_features)
        y : array-like of shape (n_samples,)
        sample_weight : array-like of shape (n_samples,), default=None
            A weight counts as so many repetitions of its row.

        Returns
        -------
        self
        """
        return self._fit(X, y, sample_weight)

    def predict(self, X: MatrixLike) -> np.ndarray:
        """The predicted quantity, of shape (n_samples,).

        Parameters
        ----------
        X : array-like, sparse matrix or frame of shape (n_samples, n_features)
            A model of several outputs, such as quantiles, gives (n_samples, n_outputs).
        """
        return self._by_output(self._ask("predict", X), self.model_)

    @staticmethod
    def _by_output(predicted: np.ndarray, model: _native.Model) -> np.ndarray:
        outputs = model.outputs
        return predicted.reshape(-1, outputs) if outputs > 1 else predicted

    def predict_interval(self, X: MatrixLike, coverage: float = 0.95) -> tuple[np.ndarray, np.ndarray]:
        """Lower and upper ends of the interval of a new observation, each of shape (n_samples,).

        Parameters
        ----------
        X : array-like, sparse matrix or frame of shape (n_samples, n_features)
        coverage : float in (0, 1)

        Raises
        ------
        ValueError
            If the model has no predictive distribution.
        """
        _, new = self._intervals(X, coverage)
        if new is None:
            raise ValueError(f"{type(self).__name__} has no interval of new observations")
        return new[0].ravel(), new[1].ravel()

    def _intervals(self, X: MatrixLike, coverage: float) -> Any:
        check_coverage(self, coverage)
        table = self._checked(X)
        with spoken(self._NAMES):
            return self.model_.intervals(table, coverage, self._threads())


class Classifier(ClassifierMixin, Estimator):
    """A model of classes."""

    _task = "classification"
    _multiclass: ClassVar[bool] = True

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.classifier_tags.multi_class = self._multiclass
        return tags

    def fit(self, X: MatrixLike, y: ArrayLike, sample_weight: ArrayLike | None = None) -> Self:
        """Fit the model.

        Parameters
        ----------
        X : array-like, sparse matrix or frame of shape (n_samples, n_features)
        y : array-like of shape (n_samples,)
            Classes: numbers or strings.
        sample_weight : array-like of shape (n_samples,), default=None
            A weight counts as so many repetitions of its row.

        Returns
        -------
        self
        """
        return self._fit(X, y, sample_weight)

    def _target(self, y: ArrayLike) -> np.ndarray:
        y = column_or_1d(np.asarray(y), warn=True)
        check_classification_targets(y)
        part = self.__dict__.get("_part")
        if part is not None and part.classes is not None:
            self.classes_, codes = np.arange(len(part.classes)), y
        else:
            self.classes_, codes = np.unique(y, return_inverse=True)
        return np.ascontiguousarray(codes, dtype=np.float64)

    def _weight(self, sample_weight: Any, target: np.ndarray) -> np.ndarray | None:
        weight = super()._weight(sample_weight, target)
        by_class = getattr(self, "class_weight", None)
        if by_class is None:
            return weight
        own = np.ones(len(target)) if weight is None else weight
        return own * _class_weights(by_class, self.classes_, target.astype(np.intp), own)

    def _class_names(self) -> list[str]:
        part = self.__dict__.get("_part")
        classes = self.classes_ if part is None or part.classes is None else part.classes
        return [str(name) for name in classes]

    def _adopt(self, model: _native.Model) -> Any:
        self._take_classes(model)
        return super()._adopt(model)

    def _take_classes(self, model: _native.Model) -> None:
        kind = _card.told(self.__dict__.get("_card", "{}")).get("classes")
        self.classes_ = _card.classes_of(model.classes, None if isinstance(kind, list) else kind)

    def predict(self, X: MatrixLike) -> np.ndarray:
        """The likeliest class, of shape (n_samples,).

        Parameters
        ----------
        X : array-like, sparse matrix or frame of shape (n_samples, n_features)
        """
        codes = self._ask("predict", X).astype(np.intp)
        return self.classes_[codes]

    def predict_proba(self, X: MatrixLike) -> np.ndarray:
        """The probability of every class, of shape (n_samples, n_classes), in the order of `classes_`.

        Parameters
        ----------
        X : array-like, sparse matrix or frame of shape (n_samples, n_features)
        """
        return self._ask("probabilities", X)

    def predict_log_proba(self, X: MatrixLike) -> np.ndarray:
        """The logarithms of `predict_proba`."""
        with np.errstate(divide="ignore"):
            return np.log(self.predict_proba(X))


def check_coverage(estimator: Any, coverage: Any) -> None:
    """An error if the coverage of an interval is none."""
    check_values(f"{type(estimator).__name__}.predict_interval", {"coverage": coverage}, {"coverage": [Number(float, 0, 1, "neither")]})


def _class_weights(by_class: Any, classes: np.ndarray, codes: np.ndarray, weight: np.ndarray) -> np.ndarray:
    """The weight of every row's class: given by name, or inversely proportional to the class's weight."""
    if isinstance(by_class, str):
        if by_class not in ("balanced", "balanced_subsample"):
            raise ValueError(f"class_weight == {by_class!r} is neither 'balanced' nor a dict")
        totals = np.bincount(codes, weights=weight, minlength=len(classes))
        return (totals.sum() / (np.count_nonzero(totals) * np.where(totals > 0, totals, 1.0)))[codes]
    return np.asarray([by_class.get(c, 1.0) for c in classes.tolist()])[codes]

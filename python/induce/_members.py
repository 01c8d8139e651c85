"""Members of an ensemble: any estimator, of this package or another, fitted to some rows and columns of a table."""

from __future__ import annotations

import inspect
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from typing import TYPE_CHECKING, Any, Callable, Iterable, Iterator

import numpy as np

from . import _data, _native
from ._base import INNER_THREADS, Estimator, Part, threads_of
from ._compat import HAS_SKLEARN, check_is_fitted, clone, column_or_1d, validate_data

if TYPE_CHECKING:
    from ._typing import ArrayLike, MatrixLike

_SEEDS = np.iinfo(np.int32).max


def is_ours(estimator: Any) -> bool:
    """Whether it is an estimator of this package; a user's subclass may do anything in its fit, and is not."""
    return isinstance(estimator, Estimator) and type(estimator).__module__.split(".")[0] == "induce"


def seeded(estimator: Any, random: np.random.RandomState) -> Any:
    """A clone whose parameters called `random_state`, and those of its parts, are set to drawn integers."""
    own = clone(estimator)
    names = sorted(name for name in own.get_params(deep=True) if name == "random_state" or name.endswith("__random_state"))
    if names:
        own.set_params(**{name: int(random.randint(_SEEDS)) for name in names})
    return own


def takes_weights(estimator: Any) -> bool:
    """Whether its fit is given `sample_weight`: it has such a parameter, or asks for it where metadata are routed."""
    if HAS_SKLEARN:
        from sklearn import get_config
        from sklearn.utils.metadata_routing import get_routing_for_object

        if get_config()["enable_metadata_routing"]:
            return bool(get_routing_for_object(estimator).consumes("fit", ("sample_weight",)))
    return "sample_weight" in inspect.signature(estimator.fit).parameters


def columns_of(X: MatrixLike, features: np.ndarray | None) -> Any:
    """The columns numbered `features`; None is all."""
    if features is None:
        return X
    if isinstance(X, _native.Table):
        if len(set(features.tolist())) < len(features):
            raise ValueError("features of a frame with categories cannot be drawn twice: set bootstrap_features=False")
        return X.select([X.names[j] for j in features])
    return X[:, features]


def each(work: Callable[[Any], Any], items: Iterable[Any], n_jobs: int | None, ours: bool) -> Iterator[Any]:
    """`work` of every item, in order, several at once.

    Members of this package are fitted in threads, `n_jobs` None being all processors; others, which may hold the
    interpreter, one after the other for None, else by joblib.
    """
    items = list(items)
    jobs = min(threads_of(n_jobs), len(items)) if ours or n_jobs is not None else 1
    if jobs <= 1:
        yield from map(work, items)
    elif ours or not HAS_SKLEARN:
        inner = max(1, threads_of(n_jobs) // jobs)
        with ThreadPoolExecutor(jobs) as pool:
            waiting = [pool.submit(copy_context().run, _within, inner, work, item) for item in items]
            try:
                for one in waiting:
                    yield one.result()
            finally:
                for one in waiting:
                    one.cancel()
    else:
        from sklearn.utils.parallel import Parallel, delayed

        yield from Parallel(n_jobs=jobs)(delayed(work)(item) for item in items)


def _within(threads: int, work: Callable[[Any], Any], item: Any) -> Any:
    INNER_THREADS.set(threads)
    return work(item)


class Ensemble:
    """Mixin of ensembles of any estimators: what their data may be, and the list of their members."""

    _task: str
    estimator: Any
    estimators_: list[Any]

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()  # type: ignore[misc]
        if HAS_SKLEARN:
            from sklearn.utils import get_tags

            own = get_tags(self._member()).input_tags
            tags.input_tags.sparse, tags.input_tags.allow_nan = own.sparse, own.allow_nan
        return tags

    def _member(self) -> Any:
        """What members are clones of."""
        return self._default_member() if self.estimator is None else self.estimator

    def _default_member(self) -> Any:
        raise NotImplementedError

    def _fits_natively(self) -> bool:
        return False

    def __len__(self) -> int:
        return len(self.estimators_)

    def __getitem__(self, index: int) -> Any:
        return self.estimators_[index]

    def __iter__(self) -> Iterator[Any]:
        return iter(self.estimators_)

    @property
    def estimator_(self) -> Any:
        """The unfitted base."""
        check_is_fitted(self, "estimators_")
        return clone(self._member())

    def _given(self, X: MatrixLike, y: ArrayLike | None = None, *, reset: bool, **more: Any) -> Any:
        """X as members are given it: an array, a sparse matrix, or a native table where a frame has categories."""
        if isinstance(X, _native.Table):
            X = self._native_table(X, reset=reset)  # type: ignore[attr-defined]
        elif _data.is_frame(X) and _data.has_categories(X):
            X = self._frame(X, reset=reset)  # type: ignore[attr-defined]
        else:
            kind = {"accept_sparse": ["csr", "csc"], "dtype": None, "ensure_all_finite": False} | more
            found = validate_data(self, X, *(() if y is None else (y,)), reset=reset, **kind)
            X, y = (found, None) if y is None else found
            if hasattr(X, "tocsr"):
                X = X if X.format in ("csr", "csc") else X.tocsr()
        return X if y is None else (X, np.asarray(y))

    def _codes(self, y: np.ndarray) -> np.ndarray:
        """What members are fitted to: numbers of classes, or quantities."""
        if self._task != "classification":
            return y
        return self._target(y).astype(np.intp)  # type: ignore[attr-defined]

    def _part_of(self, features: np.ndarray | None) -> Part:
        names = self._names()  # type: ignore[attr-defined]
        names = names if features is None else [names[j] for j in features]
        if len(set(names)) < len(names):
            # Drawn twice: columns of the same name cannot be told apart.
            names = None
        return Part(names, self._class_names() if self._task == "classification" else None)  # type: ignore[attr-defined]

    def _fit_member(self, member: Any, X: MatrixLike, y: ArrayLike, features: np.ndarray | None, **more: Any) -> Any:
        if not is_ours(member):
            return member.fit(columns_of(X, features), y, **more) or member
        member._part = self._part_of(features)
        member.fit(columns_of(X, features), y, **more)
        # A later fit by somebody else has classes of its own.
        member._part = member._part._replace(classes=None)
        return member

    # The file of an ensemble whose members are all of this package.

    def _spec(self) -> dict[str, Any]:
        first = self.estimators_[0]
        return {"base": first.model_.kind, "members": len(self.estimators_)}

    def _weights_of_members(self) -> list[float] | None:
        return None

    @property
    def model_(self) -> Any:
        """The native model, which files hold and the command line opens.

        Raises
        ------
        ValueError
            If a member is not an estimator of this package, was fitted to several targets, or has a feature twice.
        """
        check_is_fitted(self, "estimators_")
        import json

        foreign = next((m for m in self.estimators_ if not is_ours(m) or "outputs_" in m.__dict__), None)
        if foreign is not None:
            what = f"{type(foreign).__module__.split('.')[0]}'s {type(foreign).__name__}"
            raise ValueError(f"a model file holds models of induce with one target, not {what}: pickle the estimator")
        if any(member._part.names is None for member in self.estimators_):
            raise ValueError("a model file has every column once, and bootstrap_features=True has drawn some twice: pickle the estimator")
        models = [member.model_ for member in self.estimators_]
        return _native.of_members(self._kind, self._names(), json.dumps(self._spec()), models, self._weights_of_members())  # type: ignore[attr-defined]

    def _adopt(self, model: _native.Model) -> Any:
        from ._registry import class_of

        if model.task != self._task:
            raise ValueError(f"{type(self).__name__} cannot take a model for {model.task}")
        self._take_columns(model)  # type: ignore[attr-defined]
        if self._task == "classification":
            self._take_classes(model)  # type: ignore[attr-defined]
        self.estimators_ = []
        for own in model.members():
            member = class_of(own.kind, own.task)()._adopt(own)
            member._part = Part(own.features, None)
            if self._task == "classification":
                member.classes_ = np.arange(len(own.classes))
            self.estimators_.append(member)
        self._after_adoption(model)
        return self

    def _after_adoption(self, model: _native.Model) -> None:
        """Take what is beside the members."""


def one_column(y: np.ndarray) -> np.ndarray:
    """y without a needless second axis."""
    return column_or_1d(y, warn=True) if y.ndim == 1 or y.shape[1] == 1 else y

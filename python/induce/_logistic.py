"""What scikit-learn's names of solvers and penalties of logistic regression mean."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from typing import Any

import numpy as np

from ._base import _Rows

_SOLVERS = ("auto", "lbfgs", "liblinear", "newton-cg", "newton-cholesky", "sag", "saga")

#: How scikit-learn says that a solver came to its limit; filters of warnings look for it.
_LIMITS = {
    "liblinear": "Liblinear failed to converge, increase the number of iterations.",
    "sag": "The max_iter was reached which means the coef_ did not converge",
    "saga": "The max_iter was reached which means the coef_ did not converge",
    "newton-cholesky": "Newton solver did not converge after {steps} iterations.",
}
_LIMIT = "{solver} failed to converge after {steps} iteration(s). Increase the number of iterations."


def least(f: Callable[[float], float], low: float, high: float, tolerance: float = 1e-6) -> float:
    """Where f is least between two ends, if it falls and then rises: by golden sections (Kiefer 1953)."""
    ratio = (np.sqrt(5.0) - 1.0) / 2.0
    a, b = high - ratio * (high - low), low + ratio * (high - low)
    at_a, at_b = f(a), f(b)
    while high - low > tolerance:
        if at_a <= at_b:
            high, b, at_b = b, a, at_a
            a = high - ratio * (high - low)
            at_a = f(a)
        else:
            low, a, at_a = a, b, at_b
            b = low + ratio * (high - low)
            at_b = f(b)
    return 0.5 * (low + high)


def limit_text(solver: str, reason: str, steps: int) -> str:
    """The warning of a fit that took all its steps."""
    own = "the solver" if solver == "auto" else solver
    return _LIMITS.get(solver, _LIMIT).format(solver=own, steps=steps) + f" {reason}"


def share_of_laplace(model: Any) -> float | None:
    """The fraction of the Laplace part in the prior; None is no prior.

    Warns of parameters that are ignored or old. `auto` takes any prior; a solver by its name takes those that it has in
    scikit-learn.

    Raises
    ------
    ValueError
        If parameters contradict each other.
    """
    penalty, solver, ratio = model.penalty, model.solver, model.l1_ratio
    if solver not in _SOLVERS:
        raise ValueError(f"solver == {solver!r} is none of {_SOLVERS}")
    if penalty not in ("deprecated", "l1", "l2", "elasticnet", None):
        raise ValueError(f"penalty == {penalty!r} is none of 'l2', 'l1', 'elasticnet', None")
    if ratio is None:
        if penalty == "elasticnet":
            raise ValueError("l1_ratio must be given when penalty is 'elasticnet'")
        warnings.warn("'l1_ratio=None' was deprecated in scikit-learn 1.8: 0.0 says the same", FutureWarning, stacklevel=6)
        ratio = 0.0
    if not 0.0 <= ratio <= 1.0:
        raise ValueError(f"l1_ratio == {ratio!r}, must be in [0, 1]")
    if penalty != "deprecated":
        _warn_of_penalty(model, penalty, ratio)
        ratio = {"l2": 0.0, "l1": 1.0, None: None}.get(penalty, ratio)
    ratio = None if np.isinf(model.C) else ratio
    _check_solver(model, {None: None, 0.0: "l2", 1.0: "l1"}.get(ratio, "elasticnet"))
    return ratio


def _warn_of_penalty(model: Any, penalty: str | None, ratio: float) -> None:
    warnings.warn(
        "'penalty' was deprecated in scikit-learn 1.8: leave it alone and set `l1_ratio` to 0 for 'l2', to 1 for 'l1', between "
        "for 'elasticnet', or `C=np.inf` for None",
        FutureWarning,
        stacklevel=7,
    )
    if penalty is None and (model.C != 1.0 or ratio != 0.0):
        warnings.warn("Setting penalty=None will ignore the C and l1_ratio parameters", stacklevel=7)
    elif (penalty, ratio) in (("l1", 0.0), ("l2", 1.0)):
        warnings.warn(
            f"Inconsistent values: penalty={penalty} with l1_ratio={ratio}. penalty is deprecated. Please use l1_ratio only.",
            stacklevel=7,
        )
    elif penalty in ("l1", "l2") and 0.0 < ratio < 1.0:
        warnings.warn(
            f"l1_ratio parameter is only used when penalty is 'elasticnet'. Got (penalty={penalty})", stacklevel=7
        )


def _check_solver(model: Any, kind: str | None) -> None:
    solver = model.solver
    if solver == "auto":
        return
    if solver not in ("liblinear", "saga") and kind not in ("l2", None):
        raise ValueError(f"Solver {solver} supports only 'l2' or None penalties, got {kind} penalty. Set solver='auto'.")
    if solver != "liblinear" and model.dual:
        raise ValueError(f"Solver {solver} supports only dual=False, got dual={model.dual}")
    if kind == "elasticnet" and solver != "saga":
        raise ValueError(f"Only 'saga' solver supports elasticnet penalty, got solver={solver}. Set solver='auto'.")
    if solver == "liblinear" and kind is None:
        raise ValueError("penalty=None is not supported for the liblinear solver")
    if solver == "liblinear" and len(model.classes_) > 2:
        raise ValueError(
            "The 'liblinear' solver does not support multiclass classification (n_classes >= 3). Set solver='auto'."
        )


def with_negative_weights(owner: Any, found: Any, rows: _Rows, ratio: float | None) -> Any:
    """What a native fit has found for the rows of positive weight, led on to a minimum for all rows.

    C sum_i w_i loss_i(b) + |b|^2 / 2 is no longer convex where weights are below 0, as learning with noisy labels has them: the
    minimum is the one downhill from where the other rows are best fitted, by L-BFGS as in scikit-learn.

    Raises
    ------
    ValueError
        If the prior has kinks, or columns hold categories.
    """
    from scipy.optimize import minimize

    if ratio not in (0.0, None):
        raise ValueError(f"weights below 0 need a Gaussian prior or none, not l1_ratio={owner.l1_ratio!r}")
    model = found[0]
    inside = model.linear()
    features = np.asarray(inside["features"], dtype=np.intp)
    if len(set(features.tolist())) < len(features):
        raise ValueError("weights below 0 are not supported where columns hold categories")
    X = _matrix(rows.table)[:, features]
    weight, y = rows.weight, rows.target.astype(np.intp)
    outputs, terms = inside["coefficients"].shape
    classes = len(owner.classes_)
    hits = np.eye(classes)[y] if outputs > 1 else y[:, None].astype(float)
    # Of the mean, so that tolerances have a scale.
    total = np.abs(weight).sum()
    strength = 0.0 if ratio is None else 1.0 / (owner.C * total)

    def objective(flat: np.ndarray) -> tuple[float, np.ndarray]:
        b, b0 = flat[: outputs * terms].reshape(outputs, terms), flat[outputs * terms :]
        scores = np.asarray(X @ b.T) + (b0 if owner.fit_intercept else 0.0)
        if outputs > 1:
            most = scores.max(axis=1, keepdims=True)
            powers = np.exp(scores - most)
            chances = powers / powers.sum(axis=1, keepdims=True)
            losses = most[:, 0] + np.log(powers.sum(axis=1)) - scores[np.arange(len(y)), y]
        else:
            losses = np.logaddexp(0.0, scores[:, 0]) - y * scores[:, 0]
            chances = 1.0 / (1.0 + np.exp(-scores))
        slope = weight[:, None] * (chances - hits) / total
        gradient = np.asarray((X.T @ slope)).T + strength * b
        free = slope.sum(axis=0) if owner.fit_intercept else np.zeros(outputs)
        return float(weight @ losses / total + 0.5 * strength * (b * b).sum()), np.r_[gradient.ravel(), free]

    begin = np.r_[inside["coefficients"].ravel(), inside["intercepts"]]
    end = minimize(objective, begin, jac=True, method="L-BFGS-B",
                   options={"maxiter": max(1, owner.max_iter), "gtol": min(owner.tol, 1e-8), "ftol": 1e-15, "maxls": 50})
    own = model.with_coefficients(end.x[: outputs * terms].tolist(), end.x[outputs * terms :].tolist())
    outcome = "exhausted" if end.status == 1 else "converged"
    return own, outcome, f"{end.nit} steps for the weights below 0: {end.message}", max(found[3], int(end.nit)), *found[4:]


def _matrix(table: Any) -> Any:
    """Rows as a matrix: sparse if they are."""
    if hasattr(table, "starts"):
        from scipy.sparse import csr_matrix

        return csr_matrix((table.value, table.index.astype(np.int64), table.starts.astype(np.int64)),
                          shape=(len(table), table.columns))
    return np.column_stack([table.numbers(name) for name in table.names])

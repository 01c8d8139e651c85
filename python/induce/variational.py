"""Black-box variational inference: a Gaussian in place of a posterior of which only the log density is known.

`advi` is automatic differentiation variational inference (Kucukelbir et al. 2017) of a density that brings its gradient;
`check_gradient` holds that gradient against differences.
"""

from __future__ import annotations

import contextvars
import numbers
import warnings
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from . import _native
from ._base import seed_of
from ._compat import ConvergenceWarning
from ._progress import listener_of
from ._ranges import CALLABLE, FLAG, VERBOSE, Number, Word, check_values
from ._words import spoken

if TYPE_CHECKING:
    from ._typing import ArrayLike

__all__ = ["Posterior", "advi", "check_gradient"]


def __dir__() -> list[str]:
    return sorted(__all__)


_RANGES: dict[str, list[Any]] = {
    "log_density": [CALLABLE],
    "family": [Word("meanfield", "fullrank")],
    "gradient": [Word("entropy", "landing")],
    "draws": [Number(int, 1, 10_000_000)],
    "max_iter": [Number(int, 1, None)],
    "tol": [Number(float, 0, None, "neither")],
    "learning_rate": [Number(float, 0, 1, "right"), None],
    "n_samples": [Number(int, 50, 10_000_000)],
    "climb": [FLAG],
    "vectorized": [FLAG],
    "max_time": [Number(float, 0, None), None],
    "verbose": [VERBOSE],
}

#: What the native half calls them.
_NAMES = {"steps": "max_iter", "tolerance": "tol", "samples": "n_samples"}

#: Supports by name, and how many numbers stand after it.
_SUPPORTS = {"real": 0, "positive": 0, "unit": 0, "above": 1, "below": 1, "interval": 2, "simplex": 1, "ordered": 1}

_Named = tuple[str, float, float]


def _support(given: Any, name: str) -> _Named:
    """A support as the native half takes it: its name and two numbers."""
    word, *rest = (given,) if isinstance(given, str) else tuple(given) if isinstance(given, (tuple, list)) else (given,)
    if not isinstance(word, str) or word not in _SUPPORTS:
        known = ", ".join(f"'{own}'" if not count else f"('{own}', {', '.join('ab'[:count])})" for own, count in _SUPPORTS.items())
        raise ValueError(f"the support of {name} is {given!r}\nhint: the supports are {known}; `a` of a simplex and an order is how many values")
    if len(rest) != _SUPPORTS[word] or not all(isinstance(own, numbers.Real) for own in rest):
        raise ValueError(f"the support of {name} is {given!r}\nhint: {_SUPPORTS[word]} numbers stand after '{word}'")
    if word in ("simplex", "ordered"):
        if not isinstance(rest[0], numbers.Integral) or not 1 <= int(rest[0]) <= 10_000_000:
            raise ValueError(f"the support of {name} is {given!r}\nhint: a whole number of values stands after '{word}'")
    if word == "positive":
        return "above", 0.0, 0.0
    if word == "unit":
        return "interval", 0.0, 1.0
    low, high = [*(float(own) for own in rest), 0.0, 0.0][:2]
    return word, low, high


def _count(support: _Named) -> int:
    return int(support[1]) if support[0] in ("simplex", "ordered") else 1


def _parameters(parameters: Any, support: Any) -> tuple[list[str], list[_Named]]:
    """Names of all values, and supports, whose values are theta one after the other."""
    if isinstance(parameters, numbers.Integral) and not isinstance(parameters, (bool, np.bool_)):
        if not 1 <= int(parameters) <= 10_000_000:
            raise ValueError(f"{parameters} parameters cannot be\nhint: there is at least 1")
        blocks = None if _is_many(support) else [f"theta[{i}]" for i in range(int(parameters))]
        all_of_them = support if blocks is None else blocks
        if isinstance(all_of_them, Mapping):
            raise ValueError("supports by name need names\nhint: name the parameters: `parameters=['mu', 'sigma']`")
        supports = [_support("real" if support is None else own if blocks is None else support, f"theta[{i}]") for i, own in enumerate(all_of_them)]
        found = sum(map(_count, supports))
        if found != parameters:
            raise ValueError(f"supports of {found} values are of {int(parameters)} parameters\nhint: one support for each, or one for all")
        return [f"theta[{i}]" for i in range(found)], supports
    if isinstance(parameters, str) or not all(isinstance(own, str) for own in parameters):
        raise TypeError("`parameters` is how many there are, or a list of their names")
    blocks = list(parameters)
    if not blocks or len(set(blocks)) < len(blocks):
        raise ValueError("there are no parameters" if not blocks else "two parameters have one name")
    if isinstance(support, Mapping):
        strange = [name for name in support if name not in blocks]
        if strange:
            raise ValueError(f"there is no parameter `{strange[0]}` of which a support is given\nhint: the parameters are {blocks}")
        chosen = [support.get(name, "real") for name in blocks]
    elif _is_many(support):
        chosen = list(support)
    else:
        chosen = ["real" if support is None else support] * len(blocks)
    if len(chosen) != len(blocks):
        raise ValueError(f"{len(chosen)} supports are of {len(blocks)} parameters\nhint: one support for each, or one for all")
    supports = [_support(own, f"`{name}`") for name, own in zip(blocks, chosen)]
    names = [[name] if own[0] not in ("simplex", "ordered") else [f"{name}[{i}]" for i in range(_count(own))] for name, own in zip(blocks, supports)]
    return sum(names, []), supports


def _is_many(support: Any) -> bool:
    """Whether it is a list of supports, and not one of them, which begins with a word and goes on with numbers."""
    if isinstance(support, Mapping):
        return True
    if not isinstance(support, (list, tuple)) or not support:
        return isinstance(support, (list, tuple))
    one = isinstance(support[0], str) and len(support) > 1 and all(isinstance(own, numbers.Real) for own in support[1:])
    return not one


def _rows(log_density: Callable[..., Any], width: int, vectorized: bool) -> Callable[[np.ndarray], tuple[np.ndarray, np.ndarray]]:
    """The user's density as one of draws (draws, width), which gives values (draws,) and gradients (draws, width)."""

    def pair(found: Any) -> tuple[Any, Any]:
        if not isinstance(found, (tuple, list)) or len(found) != 2:
            raise TypeError(f"`log_density` gave {type(found).__name__}, and a pair is needed: the log density and its gradient\nhint: `return value, gradient`")
        return found[0], found[1]

    def array(found: Any, shape: tuple[int, ...], what: str) -> np.ndarray:
        try:
            values = np.asarray(found, dtype=np.float64)
        except (TypeError, ValueError) as error:
            raise TypeError(f"the {what} of `log_density` is no array of real numbers: {error}") from error
        if values.shape != shape and not (shape == () and values.shape == (1,)):
            raise ValueError(f"the {what} of `log_density` has the shape {values.shape}, and {shape} is needed for theta of shape {asked}")
        # `ascontiguousarray` would make an array of one number of a number.
        return np.ascontiguousarray(values).reshape(shape)

    # In the caller's context, though in another thread: what `numpy.errstate` says holds.
    context = contextvars.copy_context()
    asked: tuple[int, ...] = (width,)

    def one_by_one(theta: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        values, gradients = np.empty(len(theta)), np.empty_like(theta)
        for i, row in enumerate(theta):
            value, gradient = pair(context.run(log_density, row))
            values[i] = array(value, (), "value")
            gradients[i] = array(gradient, (width,), "gradient")
        return values, gradients

    def together(theta: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        nonlocal asked
        asked = theta.shape
        draws = len(theta)
        value, gradient = pair(context.run(log_density, theta))
        return array(value, (draws,), "value"), array(gradient, theta.shape, "gradient")

    return together if vectorized else one_by_one


def check_gradient(log_density: Callable[..., Any], theta: ArrayLike, *, vectorized: bool = False) -> float:
    """How far a gradient is from central differences of its values, relative to the largest entry of either.

    A right one is within 1e-6 or so; near 1 or above something is wrong.

    Parameters
    ----------
    log_density : callable
        As `advi` takes it.
    theta : array-like of shape (width,)
        A place where the density is smooth, inside of the supports.
    vectorized : bool, default=False
        As in `advi`.

    Returns
    -------
    error : float

    Examples
    --------
    >>> from induce.variational import check_gradient
    >>> check_gradient(lambda theta: (-0.5 * theta @ theta, -theta), [1.0, 2.0]) < 1e-6
    True
    >>> round(check_gradient(lambda theta: (-0.5 * theta @ theta, theta), [1.0, 2.0]), 3)
    2.0
    """
    check_values("check_gradient", {"log_density": log_density, "vectorized": vectorized}, _RANGES)
    at = np.array(theta, dtype=np.float64, ndmin=1)
    if at.ndim != 1 or not len(at) or not np.isfinite(at).all():
        raise ValueError(f"theta is one point of finite numbers, (width,), and not {at.shape}")
    return _native.advi_gradient_error(_rows(log_density, len(at), vectorized), at)


class Posterior:
    """An approximation q(theta) of a posterior, judged by draws of it.

    Attributes
    ----------
    names : list of str
    mean, sd : ndarray of shape (width,)
        Under q: exact where all parameters are real, else of `theta`.
    cov : ndarray of shape (width, width)
    elbo, elbo_error : float
        ln p(x) less KL(q || p), if the density has all of its constants, and its Monte-Carlo standard error.
    khat : float
        The shape of the tail of the weights p / q: below 0.5 q is near, above 0.7 weights are not to be trusted, and q lacks a part of the
        posterior: a large one where few draws are effective, tails where nearly all are.
    ess : float
        Draws that the weighted draws are worth.
    log_evidence : float
        ln p(x) by Pareto-smoothed importance sampling.
    psis_mean, psis_sd : ndarray of shape (width,)
        With smoothed weights.
    theta : ndarray of shape (n_samples, width)
        The draws that judged it.
    log_weights : ndarray of shape (n_samples,)
        Logarithms of their smoothed weights, which sum to 1.
    converged : bool
    reason : str
        How it ended, with numbers.
    n_iter : int
    trace : ndarray of shape (points, 2)
        Steps, and means of the ELBO's estimates since the point before.
    doubt : str or None
        What k-hat says against it, if it does.
    """

    names: list[str]
    mean: np.ndarray
    sd: np.ndarray
    cov: np.ndarray
    elbo: float
    elbo_error: float
    khat: float
    ess: float
    log_evidence: float
    psis_mean: np.ndarray
    psis_sd: np.ndarray
    theta: np.ndarray
    log_weights: np.ndarray
    converged: bool
    reason: str
    n_iter: int
    trace: np.ndarray
    doubt: str | None

    def __init__(self, names: list[str], supports: list[_Named], family: str, found: dict[str, Any]) -> None:
        self.names, self.family, self._supports = names, family, supports
        found = dict(found)
        self._numbers = found.pop("numbers")
        found["trace"] = np.array(found["trace"], dtype=np.float64).reshape(-1, 2)
        self.__dict__.update(found)

    def draws(self, n: int, *, psis: bool = False, random_state: Any = 0) -> np.ndarray:
        """Draws of theta, on its own scale.

        Parameters
        ----------
        n : int
        psis : bool, default=False
            Whether those that judged q are drawn again by their smoothed weights, which makes good what q lacks where `khat` is low;
            else new draws of q.
        random_state : int, RandomState instance or None, default=0

        Returns
        -------
        theta : ndarray of shape (n, width)
        """
        check_values("draws", {"n": n, "psis": psis}, {"n": [Number(int, 1, 10_000_000)], "psis": [FLAG]})
        seed = seed_of(random_state)
        if psis:
            return self.theta[_native.advi_places(self.log_weights, int(n), seed)]
        return _native.advi_draws(self._supports, self.family, self._numbers, int(n), seed)

    def __repr__(self) -> str:
        width = max(9, *map(len, self.names))
        lines = [f"{'':<{width}} {'mean':>11} {'sd':>11} {'psis mean':>11} {'psis sd':>11}"]
        shown = range(len(self.names)) if len(self.names) <= _SHOWN else range(_SHOWN)
        for i in shown:
            four = (self.mean[i], self.sd[i], self.psis_mean[i], self.psis_sd[i])
            lines.append(f"{self.names[i]:<{width}} " + " ".join(f"{own:>11.5g}" for own in four))
        if len(self.names) > _SHOWN:
            lines.append(f"and {len(self.names) - _SHOWN} more")
        lines.append(f"{self.family}, ELBO {self.elbo:.2f} +- {self.elbo_error:.2f}, k-hat {self.khat:.2f}, {self.ess:.0f} effective of {len(self.theta)} draws")
        lines.append(f"{'converged' if self.converged else 'not converged'} after {self.n_iter} steps: {self.reason}")
        if self.doubt:
            lines.append(f"caution: {self.doubt}")
        return "\n".join(lines)


#: Parameters that a summary lists.
_SHOWN = 40


def advi(
    log_density: Callable[..., Any],
    parameters: int | Sequence[str],
    *,
    support: Any = None,
    family: str = "meanfield",
    gradient: str = "landing",
    draws: int = 16,
    max_iter: int = 20_000,
    tol: float = 0.02,
    learning_rate: float | None = None,
    n_samples: int = 4_000,
    start: ArrayLike | None = None,
    climb: bool = True,
    vectorized: bool = False,
    random_state: Any = 0,
    max_time: float | None = None,
    callbacks: Any = None,
    verbose: int | bool = 0,
) -> Posterior:
    """Automatic differentiation variational inference: the Gaussian that maximizes E ln p(x, theta) + H(q).

    Parameters that are not real become real coordinates by transforms whose volume counts. The mean and the factor of q go along the gradient
    of the ELBO by Adam, in units of q; iterates of one length of the step are averaged when they have come to rest, then steps are
    shortened, until two such averages are within `tol`.

    Parameters
    ----------
    log_density : callable
        ln p(x, theta) up to a constant, and its gradient: `log_density(theta)` gets an array of doubles of shape (width,) and returns a pair,
        a number and an array of shape (width,). With `vectorized=True` it gets (draws, width) and returns (draws,) and (draws, width). Both are
        with respect to theta on its own scale, where it is inside of its support always. It is called from another thread, never twice at once.
        What it raises is raised.
    parameters : int or list of str
        How many there are, or their names.
    support : str, tuple, list or dict, default=None
        Where they live: None is 'real', one is for all, a list has one for each, a dict those of some names. Supports are 'real', 'positive', 'unit',
        ('above', a), ('below', b), ('interval', a, b), and of several values ('simplex', k) and ('ordered', k), which is named once in `parameters`
        and has k entries of theta.
    family : {'meanfield', 'fullrank'}, default='meanfield'
        Whether coordinates are independent under q.
    gradient : {'landing', 'entropy'}, default='landing'
        Whether ln q is taken along the draws (Roeder et al. 2017), which leaves no noise where q is the posterior, or the entropy's gradient is
        exact.
    draws : int, default=16
        For each step.
    max_iter : int, default=20000
        The most steps.
    tol : float, default=0.02
        In deviations of q.
    learning_rate : float, default=None
        The first length of a step, in deviations of q; None is 0.05, and less for a full factor of more than ten coordinates.
    n_samples : int, default=4000
        Draws by which the result is judged.
    start : array-like of shape (width,), default=None
        Where to begin; None is where all coordinates are 0: 1 for a positive number, the middle of an interval, equal shares.
    climb : bool, default=True
        Whether to climb towards a mode first, and to begin at the point of the climb with the best ELBO.
    vectorized : bool, default=False
    random_state : int, RandomState instance or None, default=0
    max_time : float, default=None
        Seconds after which to stop with what is there.
    callbacks : callable or list of callables, default=None
        Called with (step, metrics); True ends the ascent.
    verbose : int or bool, default=0

    Returns
    -------
    posterior : Posterior

    Warns
    -----
    ConvergenceWarning
        If `max_iter`, `max_time` or a callback ended it.
    RuntimeWarning
        If k-hat is above 0.7.

    Examples
    --------
    >>> import numpy as np
    >>> from induce.variational import advi
    >>> x = np.arange(20.0)
    >>> y = 3.0 - 0.5 * x + np.random.default_rng(0).normal(size=20)
    >>> def log_density(theta):
    ...     error = y - theta[0] - theta[1] * x
    ...     return -0.5 * error @ error, np.array([error.sum(), error @ x])
    >>> posterior = advi(log_density, ["intercept", "slope"], family="fullrank")
    >>> least_squares = np.polyfit(x, y, 1)[::-1]
    >>> bool((abs(posterior.mean - least_squares) < 0.05 * posterior.sd).all()), posterior.converged
    (True, True)
    >>> posterior.draws(1000).shape
    (1000, 2)
    """
    values = {name: own for name, own in locals().items() if name in _RANGES}
    check_values("advi", values, _RANGES)
    names, supports = _parameters(parameters, support)
    began = None if start is None else np.array(start, dtype=np.float64, ndmin=1)
    if began is not None and began.shape != (len(names),):
        raise ValueError(f"start has the shape {began.shape}, and there are {len(names)} parameters")
    with spoken(_NAMES):
        found = _native.advi(
            _rows(log_density, len(names), bool(vectorized)),
            supports,
            family,
            gradient == "landing",
            int(draws),
            int(max_iter),
            None if learning_rate is None else float(learning_rate),
            float(tol),
            int(n_samples),
            None if began is None else began.tolist(),
            bool(climb),
            seed_of(random_state),
            None if max_time is None else float(max_time),
            listener_of(callbacks, verbose, "advi"),
        )
    posterior = Posterior(names, supports, family, found)
    if not posterior.converged:
        warnings.warn(f"not converged: {posterior.reason}", ConvergenceWarning, stacklevel=2)
    if posterior.doubt:
        warnings.warn(posterior.doubt, RuntimeWarning, stacklevel=2)
    return posterior

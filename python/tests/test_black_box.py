"""Black-box variational inference: what it finds, and what it answers to densities that are wrong."""

import os
import pickle
import signal
import subprocess
import sys
import textwrap
import threading

import numpy as np
import pytest

from induce._compat import ConvergenceWarning
from induce.variational import Posterior, advi, check_gradient

PRECISION = np.array([[4.0, 0.8], [0.8, 1.0]])
MEAN = np.array([1.0, -20.0])


def gaussian(theta):
    pull = PRECISION @ (theta - MEAN)
    return -0.5 * (theta - MEAN) @ pull, -pull


def rows(theta):
    pull = (theta - MEAN) @ PRECISION
    return -0.5 * ((theta - MEAN) * pull).sum(1), -pull


def test_the_optimum_of_both_families():
    covariance = np.linalg.inv(PRECISION)
    whole = advi(gaussian, 2, family="fullrank")
    assert whole.converged and whole.khat < 0.5 and whole.doubt is None
    assert np.allclose(whole.cov, covariance, atol=0.04 * np.sqrt(np.outer(covariance.diagonal(), covariance.diagonal())))
    evidence = np.log(2 * np.pi) - 0.5 * np.log(np.linalg.det(PRECISION))
    assert abs(whole.elbo - evidence) < 4 * whole.elbo_error + 2e-3 and abs(whole.log_evidence - evidence) < 0.01
    apart = advi(gaussian, 2)
    assert np.allclose(apart.sd, PRECISION.diagonal() ** -0.5, rtol=0.03) and apart.elbo < whole.elbo
    for own in (whole, apart):
        assert np.all(np.abs(own.mean - MEAN) < 0.05 * own.sd)
        # Each estimate lies within the errors of the next.
        assert own.trace.shape[1] == 2 and abs(own.trace[-1, 1] - own.elbo) < 0.2


def test_rows_at_once_are_rows_one_by_one():
    one = advi(gaussian, 2, tol=0.05, random_state=3)
    other = advi(rows, 2, tol=0.05, random_state=3, vectorized=True)
    assert np.allclose(one.mean, other.mean) and np.allclose(one.log_weights, other.log_weights)
    again = advi(gaussian, 2, tol=0.05, random_state=3)
    assert (again.theta == one.theta).all() and again.elbo == one.elbo
    assert advi(gaussian, 2, tol=0.05, random_state=4).elbo != one.elbo


@pytest.mark.filterwarnings("ignore:k-hat")
def test_supports_and_names():
    def density(theta):
        g, (a, b, c), (low, high) = theta[0], theta[1:4], theta[4:6]
        assert g > 0 and abs(a + b + c - 1) < 1e-12 and low < high
        value = 9 * np.log(g) - 2 * g + 4 * np.log(a) + 9 * np.log(b) + 19 * np.log(c) - 0.5 * ((low - 1) ** 2 + (high - 5) ** 2)
        return value, np.array([9 / g - 2, 4 / a, 9 / b, 19 / c, 1 - low, 5 - high])

    start = [1.0, 0.2, 0.3, 0.5, 0.0, 3.0]
    posterior = advi(density, ["g", "share", "cut"], support={"g": "positive", "share": ("simplex", 3), "cut": ("ordered", 2)}, start=start)
    assert posterior.names == ["g", "share[0]", "share[1]", "share[2]", "cut[0]", "cut[1]"]
    assert abs(posterior.psis_mean[0] - 5) < 0.1 and np.allclose(posterior.psis_mean[1:4], np.array([5, 10, 20]) / 35, atol=0.01)
    assert abs(posterior.psis_mean[5] - 5) < 0.1
    for own in (posterior.draws(500), posterior.draws(500, psis=True, random_state=1)):
        assert own.shape == (500, 6) and (own[:, 0] > 0).all() and np.allclose(own[:, 1:4].sum(1), 1) and (own[:, 4] < own[:, 5]).all()
    assert (posterior.draws(10) == posterior.draws(20)[:10]).all()
    text = repr(posterior)
    assert "share[2]" in text and "k-hat" in text and "converged after" in text
    again = pickle.loads(pickle.dumps(posterior))
    assert isinstance(again, Posterior) and (again.draws(7) == posterior.draws(7)).all() and repr(again) == text


def test_what_is_far_from_a_gaussian_is_said():
    cauchy = lambda theta: (-np.log1p(theta**2).sum(), -2 * theta / (1 + theta**2))
    with pytest.warns(RuntimeWarning, match="k-hat is"):
        posterior = advi(cauchy, 1)
    assert posterior.khat > 0.7 and "not to be trusted" in repr(posterior)
    with pytest.warns(ConvergenceWarning, match="40 steps are done"):
        advi(gaussian, 2, max_iter=40)


@pytest.mark.parametrize(
    "density, error, words",
    [
        (lambda theta: 1.0, TypeError, "a pair is needed"),
        (lambda theta: (1.0, [1.0]), ValueError, r"gradient of `log_density` has the shape \(1,\), and \(2,\) is needed"),
        (lambda theta: ([1.0, 2.0], theta), ValueError, "value of `log_density` has the shape"),
        (lambda theta: ("x", theta), TypeError, "no array of real numbers"),
        (lambda theta: (np.nan, theta), ValueError, "the log density is NaN at the start"),
        (lambda theta: (0.0, np.full(2, np.inf)), ValueError, "gradient of the log density is not finite"),
        (lambda theta: 1 / 0, ZeroDivisionError, "division"),
        (None, ValueError, "callable"),
    ],
)
def test_densities_that_are_wrong(density, error, words):
    with pytest.raises(error, match=words):
        advi(density, 2)


@pytest.mark.filterwarnings("ignore:k-hat")
def test_a_draw_without_density_is_named():
    density = lambda theta: (float(4 * np.log(theta[0]) - theta[0]), 4 / theta - 1)
    # What the caller says of NaN holds in the thread that calls the density.
    with np.errstate(invalid="ignore"), pytest.raises(ValueError, match="the log density is NaN at draw [0-9]+ of step [0-9]+, theta = .*\n.*support"):
        advi(density, 1, start=[1.0], climb=False)
    assert abs(advi(density, 1, support="positive", family="fullrank").psis_mean[0] - 5) < 0.2


@pytest.mark.parametrize(
    "parameters, more, words",
    [
        (0, {}, "at least 1"),
        (2, {"support": ["real"]}, "supports of 1 values are of 2 parameters"),
        (2, {"support": "reel"}, "the supports are"),
        (2, {"support": ("interval", 1)}, "2 numbers stand after"),
        (2, {"support": ("interval", 2, 1)}, "no interval from 2 to 1"),
        (2, {"support": {"a": "real"}}, "need names"),
        (["a", "a"], {}, "one name"),
        (["a", "b"], {"support": {"c": "real"}}, "no parameter `c`"),
        (2, {"start": [1.0]}, "start has the shape"),
        (2, {"support": "positive", "start": [1.0, -1.0]}, "outside of the support"),
        (2, {"draws": 0}, "draws"),
        (2, {"tol": -1.0}, "tol"),
        (2, {"family": "lowrank"}, "family"),
    ],
)
def test_arguments_that_are_wrong(parameters, more, words):
    with pytest.raises(ValueError, match=words):
        advi(gaussian, parameters, **more)
    with pytest.raises(TypeError, match="names"):
        advi(gaussian, "ab")


def test_gradients_are_checked():
    assert check_gradient(gaussian, [0.3, 4.0]) < 1e-7 and check_gradient(rows, [0.3, 4.0], vectorized=True) < 1e-7
    assert check_gradient(lambda theta: (gaussian(theta)[0], 2 * gaussian(theta)[1]), [0.3, 4.0]) > 0.4
    with pytest.raises(ZeroDivisionError):
        check_gradient(lambda theta: 1 / 0, [1.0])
    with pytest.raises(ValueError, match="one point"):
        check_gradient(gaussian, [[1.0]])


@pytest.mark.filterwarnings("ignore:k-hat")
def test_callbacks_and_time_end_it():
    seen = []

    def callback(step, metrics):
        seen.append((step, metrics["elbo"]))
        return len(seen) == 3

    with pytest.warns(ConvergenceWarning):
        posterior = advi(gaussian, 2, callbacks=callback, tol=1e-9)
    assert len(seen) == 3 and posterior.n_iter == seen[-1][0]
    with pytest.warns(ConvergenceWarning, match="time budget"):
        assert advi(gaussian, 2, max_time=0.0).n_iter == 0

    def fails(step, metrics):
        raise LookupError("mine")

    with pytest.raises(LookupError, match="mine"):
        advi(gaussian, 2, callbacks=fails)


@pytest.mark.skipif(os.name != "posix", reason="signals")
def test_ctrl_c_ends_it():
    code = """
        import numpy as np
        from induce.variational import advi
        def density(theta):
            if not said:
                said.append(print("begun", flush=True))
            # Of no Gaussian, so that it does not end before.
            return -np.log(np.cosh(theta)).sum(), -np.tanh(theta)
        said = []
        try:
            advi(density, 3, tol=1e-12, max_iter=100_000_000)
        except KeyboardInterrupt:
            print("ended")
    """
    process = subprocess.Popen([sys.executable, "-c", textwrap.dedent(code)], stdout=subprocess.PIPE, text=True)
    assert process.stdout.readline() == "begun\n"
    threading.Timer(0.3, process.send_signal, [signal.SIGINT]).start()
    assert process.communicate(timeout=60)[0] == "ended\n"

"""Gaussian mixtures beside scikit-learn's."""

import pickle

import numpy as np
import pytest
from sklearn import mixture as theirs
from sklearn.datasets import make_blobs
from sklearn.metrics import adjusted_rand_score

import induce
from induce.mixture import GaussianMixture

KINDS = ["full", "tied", "diag", "spherical"]
X, Y = make_blobs(300, 3, centers=3, cluster_std=1.5, random_state=5)
X = X * [1.0, 30.0, 0.2]


def begun(kind, cls, **more):
    precisions = {
        "full": np.array([np.diag([0.1, 1e-4, 3.0])] * 3),
        "tied": np.diag([0.1, 1e-4, 3.0]),
        "diag": np.array([[0.1, 1e-4, 3.0]] * 3),
        "spherical": np.array([0.01, 0.02, 0.01]),
    }[kind]
    start = {"weights_init": [0.2, 0.3, 0.5], "means_init": X[[0, 1, 2]], "precisions_init": precisions}
    return cls(3, covariance_type=kind, reg_covar=0, tol=0, **start, **more)


@pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("max_iter", [1, 7, 60])
def test_from_the_same_start_it_is_scikit_learns(kind, max_iter):
    own, other = (begun(kind, cls, max_iter=max_iter).fit(X) for cls in (GaussianMixture, theirs.GaussianMixture))
    scale = X.std(axis=0)
    np.testing.assert_allclose(own.weights_, other.weights_, rtol=0, atol=1e-8)
    np.testing.assert_allclose(own.means_ / scale, other.means_ / scale, rtol=0, atol=1e-8)
    for name in ("covariances_", "precisions_", "precisions_cholesky_"):
        ours, wanted = getattr(own, name), getattr(other, name)
        assert ours.shape == wanted.shape
        np.testing.assert_allclose(ours, wanted, rtol=1e-7, atol=1e-8 * np.abs(wanted).max())
    np.testing.assert_allclose(own.score_samples(X), other.score_samples(X), rtol=1e-8, atol=1e-8)
    np.testing.assert_allclose(own.predict_proba(X), other.predict_proba(X), atol=1e-8)
    np.testing.assert_array_equal(own.predict(X), other.predict(X))
    assert own.bic(X) == pytest.approx(other.bic(X), rel=1e-10) and own.aic(X) == pytest.approx(other.aic(X), rel=1e-10)


@pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
@pytest.mark.parametrize("kind", KINDS)
def test_weights_are_repetitions(kind):
    counts = np.random.default_rng(0).integers(1, 4, len(X))
    own = begun(kind, GaussianMixture, max_iter=20).fit(X, sample_weight=counts)
    other = begun(kind, GaussianMixture, max_iter=20).fit(np.repeat(X, counts, axis=0))
    np.testing.assert_allclose(own.means_, other.means_, rtol=1e-9)
    np.testing.assert_allclose(own.covariances_, other.covariances_, rtol=1e-7, atol=1e-9)
    assert own.score(X, sample_weight=counts) == pytest.approx(other.score(np.repeat(X, counts, axis=0)))


@pytest.mark.parametrize("init", ["kmeans", "k-means++", "random", "random_from_data"])
def test_blobs_are_found(init):
    model = GaussianMixture(3, init_params=init, n_init=10, random_state=0, max_iter=500).fit(X)
    labels = model.fit_predict(X)
    # Random responsibilities begin near a single cluster, wherever they are from.
    assert adjusted_rand_score(Y, labels) > (0.3 if init == "random" else 0.9)
    assert model.converged_ and model.n_iter_ >= 1 and np.diff(model.lower_bounds_).min(initial=0) > -1e-9
    assert model.lower_bound_ == pytest.approx(model.score(X))
    p = model.predict_proba(X)
    entropy = -np.sum(p * np.log(p, where=p > 0, out=np.zeros_like(p)))
    assert model.icl(X) == pytest.approx(model.bic(X) + 2 * entropy)


def test_missing_values_are_expected():
    holes = np.where(np.random.default_rng(0).random(X.shape) < 0.15, np.nan, X)
    model = GaussianMixture(3, n_init=5, random_state=0).fit(holes)
    assert adjusted_rand_score(Y, model.predict(holes)) > 0.8
    # The density of a row is that of what it has.
    row = np.array([[X[0, 0], np.nan, X[0, 2]]])
    np.testing.assert_allclose(model.score_samples(row), model.marginal([0, 2]).log_density(row[:, [0, 2]]), rtol=1e-9)


def test_marginals_conditionals_and_regression():
    model = GaussianMixture(1, reg_covar=0).fit(X)
    mean, covariance = X.mean(axis=0), np.cov(X.T, bias=True)
    some = model.marginal([2, 0])
    np.testing.assert_allclose(some.covariances[0], covariance[np.ix_([2, 0], [2, 0])], rtol=1e-9)
    given = model.condition(1, 10.0)
    wanted = mean[[0, 2]] + covariance[[0, 2], 1] / covariance[1, 1] * (10.0 - mean[1])
    np.testing.assert_allclose(given.mean(), wanted, rtol=1e-9)
    means, variances = model.regress([1], [[10.0], [20.0]])
    np.testing.assert_allclose(means[0], wanted, rtol=1e-9)
    rest = covariance[0, 0] - covariance[0, 1] ** 2 / covariance[1, 1]
    np.testing.assert_allclose(variances[:, 0], [rest, rest], rtol=1e-8)
    with pytest.raises(ValueError, match="no column 'age'"):
        model.marginal("age")


def test_draws_have_the_moments_of_the_mixture():
    model = GaussianMixture(3, random_state=0, n_init=3).fit(X)
    rows, components = model.sample(20_000)
    np.testing.assert_allclose(rows.mean(axis=0), X.mean(axis=0), atol=4 * X.std(axis=0).max() / 100)
    np.testing.assert_allclose(np.bincount(components) / 20_000, model.weights_, atol=0.02)
    assert (np.diff(components) >= 0).all()


def test_a_fit_goes_on(tmp_path):
    model = GaussianMixture(3, warm_start=True, max_iter=2, tol=0, random_state=0)
    with pytest.warns(UserWarning, match="did not converge"):
        bounds = [model.fit(X).lower_bound_ for _ in range(5)]
    assert np.diff(bounds).min() >= 0
    model.save(tmp_path / "m.safetensors")
    for other in (induce.load(tmp_path / "m.safetensors"), pickle.loads(pickle.dumps(model))):
        np.testing.assert_array_equal(other.predict_proba(X), model.predict_proba(X))
        np.testing.assert_array_equal(other.means_, model.means_)


def test_what_cannot_be_is_refused():
    with pytest.raises(ValueError, match="should be normalized"):
        GaussianMixture(2, weights_init=[0.5, 0.6]).fit(X)
    with pytest.raises(ValueError, match="shape of"):
        GaussianMixture(2, means_init=[[0.0, 0.0]]).fit(X)
    with pytest.raises(ValueError, match="positive-definite"):
        GaussianMixture(1, precisions_init=-np.eye(3)[None]).fit(X)
    with pytest.raises(ValueError, match="n_samples >= n_components"):
        GaussianMixture(5).fit(X[:4])
    with pytest.raises(ValueError, match="ill-defined|singular"):
        GaussianMixture(1, reg_covar=0).fit(np.ones((10, 2)))

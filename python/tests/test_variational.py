"""Models with posteriors: Bayesian mixtures, topics, Bayesian regressions."""

import json
import os
import subprocess

import numpy as np
import pytest

import induce
from induce.decomposition import LatentDirichletAllocation
from induce.linear_model import BayesianLogisticRegression, BayesianLinearRegression
from induce.mixture import BayesianGaussianMixture

RNG = np.random.default_rng(0)
X = np.concatenate([RNG.normal(size=(60, 2)), RNG.normal(size=(40, 2)) * 0.5 + [6, 3], RNG.normal(size=(50, 2)) + [-5, 8]])
COUNTS = np.kron(np.eye(3, dtype=int), np.full((8, 4), 3)) + RNG.poisson(0.2, size=(24, 12))


@pytest.mark.parametrize("inference", ["cavi", "memoized", "svi"])
def test_components_that_nothing_speaks_for_are_empty(inference):
    model = BayesianGaussianMixture(8, random_state=0, max_iter=300, inference=inference, batch_size=50).fit(X)
    assert np.isclose(model.weights_.sum(), 1) and np.sort(model.weights_)[-3:].sum() > 0.95
    terms = model.elbo_terms_
    whole = terms["expected_log_likelihood"] + terms["entropy"] - terms["kl_weights"] - terms["kl_components"]
    assert np.isclose(whole, model.lower_bound_)
    if inference != "svi":
        assert model.n_components_used_ == 3
        assert (np.diff(model.lower_bounds_) > -1e-9 * abs(model.lower_bound_)).all()


def test_a_posterior_has_a_predictive_density_and_draws_of_it():
    model = BayesianGaussianMixture(4, random_state=0, max_iter=300).fit(X)
    # The density integrates to one.
    axis = np.linspace(-20, 25, 300)
    grid = np.stack(np.meshgrid(axis, axis), -1).reshape(-1, 2)
    assert np.isclose(np.exp(model.score_samples(grid)).sum() * (axis[1] - axis[0]) ** 2, 1, atol=1e-3)
    rows, components = model.sample(4000)
    assert np.allclose(rows.mean(0), model.weights_ @ model.means_, atol=0.3)
    assert (np.diff(components) >= 0).all()
    means, variances = model.regress([0], [[6.0]])
    assert abs(means[0, 0] - 3) < 0.5 and variances.shape == (1, 1)


def test_priors_are_what_was_said():
    model = BayesianGaussianMixture(3, random_state=0, mean_prior=[1.0, 2.0], covariance_prior=[[2.0, 0.1], [0.1, 3.0]]).fit(X)
    assert np.allclose(model.mean_prior_, [1.0, 2.0]) and np.allclose(model.covariance_prior_, [[2.0, 0.1], [0.1, 3.0]])
    with pytest.raises(ValueError, match="positive"):
        BayesianGaussianMixture(covariance_prior=[[1.0, 2.0], [2.0, 1.0]]).fit(X)
    with pytest.raises(ValueError, match="shape"):
        BayesianGaussianMixture(mean_prior=[1.0]).fit(X)


def test_missing_values_and_weights_of_mixtures():
    holes = X.copy()
    holes[::7, 1] = np.nan
    model = BayesianGaussianMixture(5, random_state=0, max_iter=300).fit(holes)
    assert model.n_components_used_ == 3
    weight = RNG.integers(1, 3, len(X))
    once = BayesianGaussianMixture(3, random_state=0, max_iter=300, tol=1e-9).fit(X, sample_weight=weight)
    twice = BayesianGaussianMixture(3, random_state=0, max_iter=300, tol=1e-9).fit(np.repeat(X, weight, axis=0))
    assert np.isclose(once.lower_bound_, twice.lower_bound_, rtol=1e-5)


@pytest.mark.parametrize("method", ["batch", "online"])
def test_topics_are_found_and_come_back_from_a_file(method, tmp_path):
    model = LatentDirichletAllocation(3, learning_method=method, batch_size=8, max_iter=30, random_state=0)
    topics = model.fit_transform(COUNTS)
    assert [len(set(topics[i * 8 : i * 8 + 8].argmax(1))) for i in range(3)] == [1, 1, 1]
    assert np.isclose(np.exp(-model.score(COUNTS) / COUNTS.sum()), model.perplexity(COUNTS))
    model.save(tmp_path / "topics.induce")
    again = induce.load(tmp_path / "topics.induce")
    assert isinstance(again, LatentDirichletAllocation)
    assert np.array_equal(again.transform(COUNTS), topics)


def test_the_elbo_of_topics_never_falls():
    model = LatentDirichletAllocation(4, max_iter=25, random_state=1).fit(COUNTS)
    elbo = [value for _, value in sorted(model.fit_report_.traces["train"]["elbo"].items())]
    assert len(elbo) > 8 and (np.diff(elbo) > -1e-11).all()


def test_topics_are_those_of_scikit_learn_from_the_same_start():
    theirs = pytest.importorskip("sklearn.decomposition").LatentDirichletAllocation
    ours = LatentDirichletAllocation(3, max_iter=40, random_state=0, mean_change_tol=1e-9, max_doc_update_iter=2000).fit(COUNTS)
    other = theirs(3, max_iter=1, mean_change_tol=1e-9, max_doc_update_iter=2000, random_state=0).fit(COUNTS)
    other.components_, other.exp_dirichlet_component_ = ours.components_, ours.exp_dirichlet_component_
    assert np.allclose(other.transform(COUNTS), ours.transform(COUNTS), atol=1e-6)
    assert np.isclose(other.score(COUNTS), ours.score(COUNTS), rtol=1e-8)


def test_partial_fits_count_their_mini_batches():
    model = LatentDirichletAllocation(3, total_samples=240, batch_size=8, random_state=0)
    for _ in range(30):
        model.partial_fit(COUNTS)
    assert model.n_batch_iter_ == 91
    assert len(set(model.transform(COUNTS).argmax(1))) == 3
    with pytest.raises(ValueError):
        model.partial_fit(COUNTS[:, :5])


def test_verbose_topics_tell_of_passes(capsys):
    LatentDirichletAllocation(2, max_iter=3, verbose=1, evaluate_every=2, random_state=0).fit(COUNTS)
    said = capsys.readouterr().out.splitlines()
    assert len(said) == 3 and "perplexity" in said[1] and "perplexity" not in said[0]


@pytest.mark.parametrize("bad", [-1.0, np.nan, np.inf])
def test_what_is_no_count_is_refused(bad):
    counts = COUNTS.astype(float)
    counts[2, 3] = bad
    with pytest.raises(ValueError):
        LatentDirichletAllocation(2).fit(counts)


def test_bands_of_linear_regression_hold_what_they_say():
    rng = np.random.default_rng(3)
    x = rng.normal(size=(300, 3)) * [1, 100, 0.01]
    y = x @ [1.0, 0.02, 50.0] + rng.normal(size=300)
    model = BayesianLinearRegression().fit(x[:200], y[:200])
    low, high = model.predict_interval(x[200:], 0.9)
    inside = ((low < y[200:]) & (y[200:] < high)).mean()
    assert 0.8 < inside < 0.98
    mean, deviation = model.predict(x[200:], return_std=True)
    centred = x[200:] - x[:200].mean(0)
    own = np.einsum("ij,jk,ik->i", centred, model.sigma_, centred)
    wanted = np.sqrt(1 / model.alpha_ + own + 1 / (model.alpha_ * 200))
    assert np.allclose(deviation, wanted, rtol=1e-9)


def test_the_fixed_point_is_that_of_scikit_learn():
    theirs = pytest.importorskip("sklearn.linear_model").BayesianRidge
    rng = np.random.default_rng(4)
    x = rng.normal(size=(60, 4))
    y = x @ [1.0, -2.0, 0.0, 0.5] + rng.normal(size=60)
    ours = BayesianLinearRegression(fit_intercept=False, standardize=False, max_iter=5000, tol=1e-12).fit(x, y)
    other = theirs(fit_intercept=False, max_iter=5000, tol=1e-10).fit(x, y)
    assert np.allclose(ours.coef_, other.coef_, rtol=1e-5)
    assert np.isclose(ours.alpha_, other.alpha_, rtol=1e-5) and np.isclose(ours.lambda_, other.lambda_, rtol=1e-4)
    assert np.allclose(ours.sigma_, other.sigma_, rtol=1e-4)


def test_probabilities_of_logistic_regression_have_bands():
    rng = np.random.default_rng(5)
    x = rng.normal(size=(80, 2))
    y = np.where(x[:, 0] + 0.5 * rng.normal(size=80) > 0, "yes", "no")
    model = BayesianLogisticRegression().fit(x, y)
    p = model.predict_proba(x)
    low, high = model.predict_interval(x)
    assert ((low <= p) & (p <= high)).all() and np.allclose(low[:, 0], 1 - high[:, 1])
    assert (np.diff(model.elbo_) > -1e-9).all()
    assert model.coef_[0, 0] > 2 * np.sqrt(model.sigma_[0, 0])


@pytest.mark.skipif("INDUCE_BINARY" not in os.environ, reason="the command line is not there")
def test_the_command_line_finds_the_same_topics(tmp_path):
    names = [f"w{j}" for j in range(COUNTS.shape[1])]
    path = tmp_path / "counts.csv"
    path.write_text("\n".join([",".join(names), *(",".join(map(str, row)) for row in COUNTS)]))
    words = ["--set", "n_components=3", "--set", "tol=0", "--set", "max_iter=10", "--seed", "7"]
    subprocess.run([os.environ["INDUCE_BINARY"], "train", path, "-m", "lda", *words, "-o", tmp_path / "t.induce"], check=True)
    said = subprocess.run([os.environ["INDUCE_BINARY"], "show", tmp_path / "t.induce", "--format", "json"], check=True, capture_output=True)
    facts = json.loads(said.stdout)
    facts = facts.get("facts", facts)
    model = LatentDirichletAllocation(3, random_state=7).fit(COUNTS)
    assert np.array_equal(model.components_, np.asarray(facts["components"]))

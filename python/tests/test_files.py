"""What an estimator is after its model was saved and opened again."""

import numpy as np
import pytest

import induce
from induce.cluster import KMeans, MiniBatchKMeans
from induce.decomposition import PCA, LatentDirichletAllocation
from induce.ensemble import BaggingClassifier, RandomForestClassifier
from induce.linear_model import BayesianLinearRegression, BayesianLogisticRegression, LogisticRegression, Ridge
from induce.mixture import BayesianGaussianMixture, GaussianMixture
from induce.tree import DecisionTreeClassifier

X = np.random.default_rng(0).normal(size=(90, 3))
HALF = X[:, 0] > 0


def opened(model, tmp_path):
    model.save(tmp_path / "model.induce")
    return induce.load(tmp_path / "model.induce")


CLASSES = [HALF, np.where(HALF, 1.0, -1.0), np.where(HALF, 3, 7), np.where(HALF, "1", "2"), np.where(HALF, "True", "False"),
           np.where(HALF, "a", "b").astype(object), np.where(HALF, 2.0, 5.0).astype(np.float32)]


@pytest.mark.parametrize("y", CLASSES, ids=lambda y: f"{y.dtype}-{y[0]}")
@pytest.mark.parametrize(
    "model", [BayesianLogisticRegression(), LogisticRegression(), DecisionTreeClassifier(), RandomForestClassifier(5), BaggingClassifier(n_estimators=2)],
    ids=lambda model: type(model).__name__,
)
def test_classes_keep_their_type(model, y, tmp_path):
    """Booleans and floats came back as texts: 'False' is true, and `score` could not hold them against y."""
    model.fit(X, y)
    again = opened(model, tmp_path)
    assert again.classes_.dtype == model.classes_.dtype
    np.testing.assert_array_equal(again.predict(X), model.predict(X))
    assert again.score(X, y) == model.score(X, y)


def test_classes_of_several_targets_keep_their_types(tmp_path):
    """Each target's classes came back as texts or whole numbers, whatever they had been."""
    y = np.column_stack([np.where(HALF, 1.0, -1.0), np.where(X[:, 1] > 0, 2.0, 3.0)])
    model = DecisionTreeClassifier().fit(X, y)
    again = opened(model, tmp_path)
    assert [own.dtype for own in again.classes_] == [own.dtype for own in model.classes_]
    np.testing.assert_array_equal(again.predict(X), model.predict(X))


@pytest.mark.parametrize(
    "model",
    [KMeans(3, standardize=True, random_state=4), MiniBatchKMeans(3, max_no_improvement=None), GaussianMixture(3, covariance_type="diag"),
     PCA(2, whiten=True), BayesianGaussianMixture(2, max_iter=500, tol=1e-2), BayesianLinearRegression(tol=1e-6), Ridge(alpha=3.0)],
    ids=lambda model: type(model).__name__,
)
def test_parameters_come_back(model, tmp_path):
    """An estimator that was opened had the defaults, and `clone` of it fitted another model without a word."""
    model.fit(X, X[:, 0])
    assert opened(model, tmp_path).get_params() == model.get_params()


def test_parameters_are_taken_from_settings_where_a_file_has_no_more(tmp_path):
    """A file of the command line says the settings; they were passed over."""
    KMeans(3, standardize=True).fit(X).model_.save(tmp_path / "kmeans.induce")
    own = induce.load(tmp_path / "kmeans.induce")
    assert own.n_clusters == 3 and own.standardize
    GaussianMixture(3, covariance_type="diag", init_params="random").fit(X).model_.save(tmp_path / "gmm.induce")
    own = induce.load(tmp_path / "gmm.induce")
    assert (own.n_components, own.covariance_type, own.init_params) == (3, "diag", "random")


def test_what_a_fit_has_come_to_is_kept(tmp_path):
    """`elbo_` was empty, `bound_` was gone, mini-batches were counted from the start."""
    bayes = BayesianLinearRegression().fit(X, X[:, 0])
    again = opened(bayes, tmp_path)
    np.testing.assert_array_equal(again.elbo_, bayes.elbo_)
    assert again.n_iter_ == bayes.n_iter_ and again.fit_report_.reason == bayes.fit_report_.reason
    topics = LatentDirichletAllocation(2, random_state=0).fit(np.abs(X).round())
    assert opened(topics, tmp_path).bound_ == topics.bound_
    batches = MiniBatchKMeans(2, random_state=0).partial_fit(X).partial_fit(X)
    assert opened(batches, tmp_path).partial_fit(X).n_steps_ == 3


def test_the_number_of_threads_is_not_in_the_file(tmp_path):
    """Equal models have equal files, however many threads have fitted them."""
    for jobs in (1, 2):
        BayesianLinearRegression(n_jobs=jobs).fit(X, X[:, 0]).save(tmp_path / f"{jobs}.induce")
    assert (tmp_path / "1.induce").read_bytes() == (tmp_path / "2.induce").read_bytes()

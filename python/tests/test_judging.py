"""What may be judged, compared and tuned, and in which words that is refused."""

import numpy as np
import pytest

import induce
from induce.cluster import DPMeans, KMeans, SpectralClustering
from induce.decomposition import LatentDirichletAllocation
from induce.linear_model import BayesianLinearRegression, BayesianLogisticRegression, Ridge
from induce.metrics import evaluate
from induce.mixture import GaussianMixture

RNG = np.random.default_rng(0)
CLASSES = np.arange(120) % 3
X = RNG.normal(size=(120, 4)) + 6 * np.eye(3, 4)[CLASSES]


@pytest.mark.parametrize("model", [KMeans(3, random_state=0), DPMeans(3), SpectralClustering(3, random_state=0), GaussianMixture(3)])
@pytest.mark.parametrize("y", [CLASSES, CLASSES.astype(str)], ids=["numbers", "texts"])
def test_numbers_of_clusters_are_no_quantities(model, y):
    """Differences of numbers of clusters and numbers of classes were an RMSE, with an interval; texts were made numbers for it."""
    with pytest.raises(ValueError, match="numbers of its clusters are neither classes nor quantities\nhint: .*adjusted_rand_score"):
        evaluate(model.fit(X), X, y)


def test_clusters_of_other_packages_are_no_quantities_either():
    """It is asked of the estimator what it is, not whose it is; pipelines say so too."""
    cluster, pipeline = pytest.importorskip("sklearn.cluster"), pytest.importorskip("sklearn.pipeline")
    svm, ensemble = pytest.importorskip("sklearn.svm"), pytest.importorskip("sklearn.ensemble")
    theirs = cluster.KMeans(3, n_init=1).fit(X)
    for model in (theirs, pipeline.make_pipeline(cluster.KMeans(3, n_init=1)).fit(X)):
        with pytest.raises(ValueError, match="neither classes nor quantities"):
            evaluate(model, X, CLASSES)
    with pytest.raises(ValueError, match="has no predict_proba"):
        evaluate(svm.LinearSVC().fit(X, CLASSES), X, CLASSES)
    with pytest.raises(ValueError, match="which rows are outliers"):
        evaluate(ensemble.IsolationForest(n_estimators=5).fit(X), X, CLASSES)


def test_texts_are_no_quantities():
    """A regressor was judged against texts that look like numbers."""
    model = Ridge().fit(X, X[:, 0])
    with pytest.raises(ValueError, match="y holds texts"):
        evaluate(model, X, CLASSES.astype(str).astype(object))
    assert evaluate(model, X, X[:, 0].astype(object))["r2"].value > 0.9


def test_the_coverage_of_an_interval_is_called_by_its_name():
    """Errors named `--interval`, and sent to `--help`."""
    for model, y in ((BayesianLinearRegression(), X[:, 0]), (BayesianLogisticRegression(), CLASSES > 0), (Ridge(), X[:, 0])):
        model.fit(X, y)
        for wrong in (0, 1.5, np.nan, "wide"):
            with pytest.raises(ValueError, match="The 'coverage' parameter of .*predict_interval must be a float"):
                model.predict_interval(X, coverage=wrong)


@pytest.mark.parametrize(
    ("model", "words"),
    [
        (SpectralClustering(500), "`n_clusters` cannot be 500"),
        (DPMeans(max_clusters=10**9), "`max_clusters` cannot be"),
        (LatentDirichletAllocation(10**9), "`n_components` cannot be"),
        (GaussianMixture(2, n_init=10**9), "`n_init` cannot be"),
    ],
    ids=lambda own: type(own).__name__,
)
def test_errors_of_a_fit_do_not_speak_the_command_line(model, words):
    """They sent to `induce models MODEL`, and said `--set`."""
    with pytest.raises(ValueError, match=words) as caught:
        model.fit(np.abs(X))
    assert "induce models" not in str(caught.value) and "--" not in str(caught.value)


def test_hints_of_columns_are_in_words(tmp_path):
    """LDA and spectral clustering said that "`drop=['']` leaves out columns"."""
    path = tmp_path / "rows.csv"
    path.write_text("a,b\n1,2\n-3,1\n4,\n2,2\n")
    table = induce.data.read(path)
    for model in (LatentDirichletAllocation(2), SpectralClustering(2)):
        with pytest.raises(ValueError, match="leave out (the )?column") as caught:
            model.fit(table)
        assert "drop=['']" not in str(caught.value) and "`-m" not in str(caught.value)


def test_notes_of_a_fit_do_not_speak_the_command_line(tmp_path):
    """The note of a column of categories recommended `--drop c`."""
    path = tmp_path / "rows.csv"
    path.write_text("c,x\n" + "".join(f"{'ab'[i % 2]},{i % 5}\n" for i in range(20)))
    notes = KMeans(2, random_state=0).fit(induce.data.read(path)).fit_report_.notes
    assert any("`drop=['c']`" in note for note in notes) and not any("--" in note for note in notes)


def test_models_of_clusters_are_compared_and_tuned_by_what_they_agree_with():
    """Classes were asked to have a log loss: "a fold has no log_loss", and "use fewer folds"."""
    ranked = induce.compare(["kmeans:n_clusters=2", "kmeans:n_clusters=3", KMeans(3, random_state=0)], X, CLASSES.astype(str))
    assert ranked.metric == "adjusted_rand" and ranked[0].mean > 0.95 and ranked[-1].name == "kmeans:n_clusters=2"
    assert ranked[-1].behind[0] == pytest.approx(ranked[0].mean - ranked[-1].mean)
    assert len(induce.compare(None, X, CLASSES, task="clustering", cv=3)) == 3
    with pytest.raises(ValueError, match="no metric in common"):
        induce.compare(["kmeans", "boost"], X, CLASSES)
    tuned = induce.tune("kmeans", X, CLASSES, trials=5)
    assert tuned.metric == "adjusted_rand" and tuned.best.value > tuned.default.value
    # The estimator has the settings that were found, so that a clone fits the same again.
    assert tuned.estimator_.n_clusters == tuned.settings["n_clusters"] == len(tuned.estimator_.cluster_centers_)


def test_models_without_a_target_say_what_they_lack():
    """`compare` without y ended in a missing argument of Python."""
    for call in (induce.compare, induce.tune):
        with pytest.raises(ValueError, match="y is None, and clusters are held against known classes"):
            call("kmeans", X)
    with pytest.raises(ValueError, match="y is None, and there is nothing to predict"):
        induce.compare(["tree"], X)


def test_clusters_have_a_report(tmp_path):
    """`report` was listed by `dir`, and said that there is none."""
    for model in (KMeans(3, random_state=0), GaussianMixture(3, random_state=0)):
        model.fit(X).report(tmp_path / "page.html", X, CLASSES.astype(str))
        assert "<html" in (tmp_path / "page.html").read_text().lower()

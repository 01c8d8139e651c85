"""k-means and its relatives beside scikit-learn's."""

import os
import pickle
import subprocess
import sys

import numpy as np
import pytest
from scipy import sparse
from sklearn import cluster as theirs
from sklearn.datasets import make_blobs
from sklearn.metrics import adjusted_rand_score

import induce
from induce.cluster import BisectingKMeans, DPMeans, HardHDP, KMeans, MiniBatchKMeans, k_means, kmeans_plusplus

X, Y = make_blobs(400, 5, centers=4, cluster_std=2.0, random_state=3)
START = X[[0, 1, 2, 3]]


@pytest.mark.parametrize("algorithm", ["lloyd", "elkan"])
@pytest.mark.parametrize("weight", [None, np.random.default_rng(0).uniform(0.1, 3.0, len(X))], ids=["plain", "weighted"])
def test_from_the_same_start_it_is_scikit_learns(algorithm, weight):
    own = KMeans(4, init=START, n_init=1, tol=0, algorithm=algorithm).fit(X, sample_weight=weight)
    other = theirs.KMeans(4, init=START, n_init=1, tol=0, algorithm=algorithm).fit(X, sample_weight=weight)
    np.testing.assert_allclose(own.cluster_centers_, other.cluster_centers_, rtol=0, atol=1e-8)
    np.testing.assert_array_equal(own.labels_, other.labels_)
    assert own.inertia_ == pytest.approx(other.inertia_, rel=1e-10) and own.n_iter_ == other.n_iter_
    np.testing.assert_allclose(own.transform(X), other.transform(X), atol=1e-8)
    assert own.score(X, sample_weight=weight) == pytest.approx(other.score(X, sample_weight=weight), rel=1e-10)
    assert own.labels_.dtype == own.predict(X).dtype == np.int32


def test_iterations_are_counted_as_scikit_learn_counts_them():
    for max_iter in (1, 2, 300):
        for tol in (0.0, 1e-2):
            own = KMeans(4, init=START, n_init=1, tol=tol, max_iter=max_iter).fit(X)
            other = theirs.KMeans(4, init=START, n_init=1, tol=tol, max_iter=max_iter).fit(X)
            assert own.n_iter_ == other.n_iter_, (max_iter, tol)
            np.testing.assert_allclose(own.cluster_centers_, other.cluster_centers_, atol=1e-8)


def test_weights_are_repetitions():
    counts = np.random.default_rng(1).integers(0, 4, len(X))
    for model in (KMeans(4, init=START, n_init=1), DPMeans(lam=80.0)):
        some = pickle.loads(pickle.dumps(model)).fit(X[counts > 0], sample_weight=counts[counts > 0])
        all_of_them = model.fit(np.repeat(X, counts, axis=0))
        np.testing.assert_allclose(some.cluster_centers_, all_of_them.cluster_centers_, atol=1e-8)
        assert some.inertia_ == pytest.approx(all_of_them.inertia_)


@pytest.mark.parametrize("cls", [KMeans, MiniBatchKMeans, BisectingKMeans])
def test_blobs_are_found_in_any_container(cls):
    model = cls(4, random_state=0, n_init=10).fit(X)
    assert adjusted_rand_score(Y, model.labels_) > 0.95
    again = cls(4, random_state=0, n_init=10).fit(sparse.csr_array(X))
    np.testing.assert_array_equal(model.labels_, again.labels_)
    single = cls(4, random_state=0, n_init=10).fit(X.astype(np.float32))
    assert single.cluster_centers_.dtype == single.transform(X.astype(np.float32)).dtype == np.float32
    np.testing.assert_array_equal(model.fit_predict(X), model.predict(X))


@pytest.mark.parametrize(
    "model",
    [KMeans(4, random_state=0), MiniBatchKMeans(4, random_state=0), BisectingKMeans(4, random_state=0), DPMeans(), HardHDP()],
    ids=lambda model: type(model).__name__,
)
def test_pickles_and_files_say_the_same(model, tmp_path):
    model.fit(X)
    model.save(tmp_path / "m.safetensors")
    for other in (pickle.loads(pickle.dumps(model)), induce.load(tmp_path / "m.safetensors")):
        assert type(other) is type(model)
        np.testing.assert_array_equal(other.predict(X), model.predict(X))
        np.testing.assert_array_equal(other.cluster_centers_, model.cluster_centers_)


def test_threads_leave_no_trace():
    code = (
        "import numpy as np; from induce.cluster import *; from induce.mixture import *; from induce.decomposition import *\n"
        "X = np.random.default_rng(0).normal(size=(5000, 6))\n"
        "print(KMeans(9, random_state=0).fit(X).cluster_centers_.tobytes().hex())\n"
        "print(MiniBatchKMeans(9, random_state=0).fit(X).cluster_centers_.tobytes().hex())\n"
        "print(GaussianMixture(3, random_state=0, max_iter=9, tol=0).fit(X).covariances_.tobytes().hex())\n"
        "print(PCA(3).fit(X).components_.tobytes().hex())\n"
    )
    said = {
        subprocess.run(
            [sys.executable, "-W", "ignore", "-c", code],
            env={**os.environ, "OMP_NUM_THREADS": threads},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for threads in ("1", "2", "4")
    }
    assert len(said) == 1 and len(next(iter(said)).splitlines()) == 4


def test_missing_values_count_for_nothing():
    rng = np.random.default_rng(2)
    holes = np.where(rng.random(X.shape) < 0.1, np.nan, X)
    model = KMeans(4, random_state=0, n_init=5).fit(holes)
    assert adjusted_rand_score(Y, model.labels_) > 0.9
    # The squared distances of what is there.
    squares = np.nansum((holes[:, None] - model.cluster_centers_) ** 2, axis=2)
    np.testing.assert_allclose(model.transform(holes), np.sqrt(squares), atol=1e-8)
    np.testing.assert_array_equal(model.predict(holes), squares.argmin(axis=1))
    with pytest.raises(ValueError, match="direction"):
        KMeans(4, metric="cosine").fit(holes)
    with pytest.raises(ValueError, match="infinity"):
        KMeans(4).fit(np.where(np.isnan(holes), np.inf, holes))


def test_the_number_of_clusters_is_chosen():
    model = KMeans("auto", random_state=0).fit(make_blobs(150, 2, centers=3, cluster_std=0.6, random_state=1)[0])
    assert len(model.cluster_centers_) == 3
    with pytest.raises(ValueError, match="auto"):
        KMeans("auto", init=START).fit(X)


def test_directions_are_clustered_by_angle():
    angles = np.repeat([0.1, 1.4], 30) + 0.05 * np.random.default_rng(0).normal(size=60)
    rows = np.c_[np.cos(angles), np.sin(angles)] * np.random.default_rng(1).uniform(0.1, 50, 60)[:, None]
    model = KMeans(2, metric="cosine", random_state=0, n_init=5).fit(rows)
    assert adjusted_rand_score(np.repeat([0, 1], 30), model.labels_) == 1
    np.testing.assert_allclose(np.linalg.norm(model.cluster_centers_, axis=1), 1.0)


def test_mini_batches_go_on_from_the_model():
    start = X[[0, 100, 200, 300]]
    own, other = MiniBatchKMeans(4, init=start, n_init=1), theirs.MiniBatchKMeans(4, init=start, n_init=1)
    for part in np.split(X, 8):
        own.partial_fit(part)
        other.partial_fit(part)
    np.testing.assert_allclose(own.cluster_centers_, other.cluster_centers_, atol=1e-8)
    assert own.n_steps_ == 8


def test_functions():
    centres, labels, inertia = k_means(X, 4, init=START, n_init=1, tol=0)
    other = theirs.k_means(X, 4, init=START, n_init=1, tol=0)
    np.testing.assert_allclose(centres, other[0], atol=1e-8)
    np.testing.assert_array_equal(labels, other[1])
    assert inertia == pytest.approx(other[2]) and len(k_means(X, 2, return_n_iter=True)) == 4
    seeds, places = kmeans_plusplus(X, 7, random_state=0)
    np.testing.assert_array_equal(seeds, X[places])
    assert len(set(places.tolist())) == 7
    with pytest.raises(ValueError, match="n_local_trials"):
        kmeans_plusplus(X, 2, n_local_trials=3)


def test_distances_decide_the_number_of_clusters():
    rows = np.array([[1.0], [2.0], [10.0], [12.0], [30.0]])
    model = DPMeans(lam=16.0).fit(rows)
    assert model.lambda_ == 16.0 and len(model.cluster_centers_) == 3
    # The farthest begins: 300 is cluster 3, and the two near 99 share the next.
    assert model.predict([[11.0], [99.0], [300.0], [99.5]], new=True).tolist()[1:] == [4, 3, 4]
    assert len(DPMeans(4).fit(X).cluster_centers_) == 4
    with pytest.raises(ValueError, match="makes no new"):
        induce._native.with_new_clusters(KMeans(2).fit(rows).model_, KMeans(2)._read(rows).table)


def test_data_sets_share_clusters():
    rng = np.random.default_rng(0)
    centres = np.array([[0.0, 0.0], [20.0, 0.0], [0.0, 20.0]])
    rows = np.concatenate([rng.normal(centres[[0, 1][i % 2]] if i < 60 else centres[[1, 2][i % 2]], 1.0) for i in range(120)])
    rows = rows.reshape(-1, 2)
    groups = np.repeat(["a", "b"], 60)
    model = HardHDP(3).fit(rows, groups=groups)
    assert len(model.cluster_centers_) == 3
    truth = ((rows[:, None] - centres) ** 2).sum(axis=2).argmin(axis=1)
    assert adjusted_rand_score(truth, model.labels_) == 1
    with pytest.raises(ValueError, match="groups"):
        HardHDP(3).fit(rows, groups=groups[:-1])


def test_what_cannot_be_is_refused():
    with pytest.raises(ValueError, match="n_samples=3 should be >= n_clusters=4"):
        KMeans(4).fit(X[:3])
    with pytest.raises(ValueError, match="number of clusters 4"):
        KMeans(4, init=X[:3], n_init=1).fit(X)
    with pytest.raises(ValueError, match="number of features"):
        KMeans(4, init=START[:, :2], n_init=1).fit(X)
    with pytest.raises(ValueError, match="'metric' parameter"):
        KMeans(metric="manhattan").fit(X)
    with pytest.warns(RuntimeWarning, match="only one init"):
        KMeans(4, init=START, n_init=3).fit(X)
    with pytest.warns(UserWarning, match=r"distinct clusters \(2\)"):
        KMeans(3).fit([[0.0], [0.0], [1.0], [1.0]])

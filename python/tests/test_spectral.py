"""Spectral clustering beside scikit-learn's."""

import pickle

import numpy as np
import pytest
from scipy import sparse
from sklearn.cluster import SpectralClustering as Theirs
from sklearn.datasets import make_blobs, make_moons
from sklearn.metrics import adjusted_rand_score
from sklearn.metrics.pairwise import rbf_kernel

from induce.cluster import SpectralClustering

X, Y = make_blobs(150, 2, centers=3, cluster_std=0.6, random_state=1)


@pytest.mark.parametrize("affinity", ["rbf", "self_tuning", "nearest_neighbors", "laplacian", lambda a, b: np.exp(-np.sum((a - b) ** 2))])
@pytest.mark.parametrize("assign_labels", ["kmeans", "discretize", "cluster_qr"])
def test_blobs_are_found(affinity, assign_labels):
    model = SpectralClustering(3, affinity=affinity, assign_labels=assign_labels, random_state=0).fit(X)
    assert adjusted_rand_score(Y, model.labels_) == 1
    assert model.residuals_.max() < 1e-6
    assert model.labels_.dtype == np.int32


def test_given_similarities_are_divided_as_scikit_learn_divides_them():
    rng = np.random.default_rng(0)
    w = rng.random((60, 60)) * (rng.random((60, 60)) < 0.1)
    w[:30, :30] += 0.3 * rng.random((30, 30))
    w[30:, 30:] += 0.3 * rng.random((30, 30))
    w = w + w.T
    own = SpectralClustering(2, affinity="precomputed", random_state=0).fit(w)
    other = Theirs(2, affinity="precomputed", random_state=0).fit(w)
    assert adjusted_rand_score(own.labels_, other.labels_) == 1
    again = SpectralClustering(2, affinity="precomputed", random_state=0).fit(sparse.csr_array(w))
    assert (again.labels_ == own.labels_).all() and again.affinity_matrix_.nnz > 0


def test_moons_new_rows_and_files(tmp_path):
    x, y = make_moons(300, noise=0.05, random_state=0)
    model = SpectralClustering(2, affinity="self_tuning", random_state=0).fit(x)
    assert adjusted_rand_score(y, model.labels_) == 1
    assert (model.predict(x) == model.labels_).all()
    more, kind = make_moons(200, noise=0.05, random_state=1)
    assert adjusted_rand_score(kind, model.predict(more)) > 0.98
    for other in (pickle.loads(pickle.dumps(model)),):
        assert (other.predict(more) == model.predict(more)).all()


def test_the_number_of_clusters_is_chosen():
    assert SpectralClustering("auto", affinity="self_tuning").fit(X).labels_.max() == 2


def test_threads_leave_no_trace():
    fits = [SpectralClustering(3, random_state=0, n_jobs=jobs).fit(X) for jobs in (1, 2, 4)]
    assert all((fit.eigenvalues_ == fits[0].eigenvalues_).all() for fit in fits)


def test_what_cannot_be_is_refused():
    with pytest.raises(ValueError, match="affinity"):
        SpectralClustering(2, affinity="unknown").fit(X)
    with pytest.raises(ValueError, match="NaN"):
        SpectralClustering(2).fit(np.where(X > 5, np.nan, X))
    with pytest.raises(ValueError, match="different row"):
        SpectralClustering(2).fit(np.ones((10, 2)))
    with pytest.raises(ValueError, match="square"):
        SpectralClustering(2, affinity="precomputed").fit(X)
    with pytest.raises(ValueError, match="at least 0"):
        SpectralClustering(2, affinity="precomputed").fit(-np.ones((5, 5)))
    with pytest.raises(ValueError, match="predict needs"):
        SpectralClustering(2, affinity="precomputed").fit(rbf_kernel(X)).predict(X)


def test_kernels_that_are_negative_are_refused_in_words():
    """"cosine", "polynomial" and "sigmoid" were offered, and refused as "the weight -0.91 between nodes 0 and 5"."""
    rows = np.random.default_rng(0).normal(size=(30, 2))
    for affinity in ("cosine", "polynomial", "sigmoid"):
        with pytest.raises(ValueError, match=f"affinity='{affinity}' has similarities below 0"):
            SpectralClustering(2, affinity=affinity).fit(rows)
    assert len(SpectralClustering(2, affinity="cosine", random_state=0).fit(np.abs(rows)).labels_) == 30
    assert len(SpectralClustering(2, affinity="laplacian", random_state=0).fit(rows).labels_) == 30

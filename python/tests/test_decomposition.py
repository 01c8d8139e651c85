"""Principal components beside scikit-learn's."""

import pickle

import numpy as np
import pytest
from sklearn import decomposition as theirs

import induce
from induce.decomposition import PCA

RNG = np.random.default_rng(0)
X = RNG.normal(size=(120, 4)) @ RNG.normal(size=(4, 8)) + 0.3 * RNG.normal(size=(120, 8)) + 5.0
ATTRIBUTES = ("components_", "explained_variance_", "explained_variance_ratio_", "singular_values_", "mean_", "noise_variance_")


@pytest.mark.parametrize("n_components", [None, 1, 3, 8, 0.9, "mle"])
@pytest.mark.parametrize("whiten", [False, True])
def test_it_is_scikit_learns(n_components, whiten):
    own, other = (cls(n_components, whiten=whiten, svd_solver="full").fit(X) for cls in (PCA, theirs.PCA))
    assert own.n_components_ == other.n_components_
    for name in ATTRIBUTES:
        np.testing.assert_allclose(getattr(own, name), getattr(other, name), rtol=1e-8, atol=1e-8, err_msg=name)
    np.testing.assert_allclose(own.transform(X), other.transform(X), atol=1e-8)
    np.testing.assert_allclose(own.inverse_transform(own.transform(X)), other.inverse_transform(other.transform(X)), atol=1e-8)
    if not whiten:
        np.testing.assert_allclose(own.get_covariance(), other.get_covariance(), atol=1e-8)
        np.testing.assert_allclose(own.get_precision(), other.get_precision(), rtol=1e-6, atol=1e-8)
        np.testing.assert_allclose(own.score_samples(X), other.score_samples(X), rtol=1e-8)
        assert own.score(X) == pytest.approx(other.score(X), rel=1e-9)


@pytest.mark.parametrize("solver", ["auto", "covariance_eigh", "arpack", "randomized"])
def test_every_solver_finds_the_same(solver):
    own, other = PCA(3, svd_solver=solver, random_state=0).fit(X), theirs.PCA(3, svd_solver="full").fit(X)
    np.testing.assert_allclose(own.components_, other.components_, atol=1e-7)
    np.testing.assert_allclose(own.explained_variance_, other.explained_variance_, rtol=1e-8)


def test_missing_values_are_expected():
    holes = np.where(RNG.random(X.shape) < 0.1, np.nan, X)
    own, whole = PCA(4).fit(holes), PCA(4).fit(X)
    cosines = np.linalg.svd(own.components_ @ whole.components_.T, compute_uv=False)
    assert cosines.min() > 0.95
    assert np.isfinite(own.transform(holes)).all() and np.isfinite(own.score(holes))
    filled = own.inverse_transform(own.transform(holes))
    assert np.sqrt(np.mean((filled - X)[np.isnan(holes)] ** 2)) < 0.6 * X.std()


def test_columns_of_any_unit_count_alike():
    scaled = X * 10.0 ** np.arange(8)
    own, other = PCA(3, standardize=True).fit(scaled), theirs.PCA(3).fit(X / X.std(axis=0))
    np.testing.assert_allclose(own.components_, other.components_, atol=1e-8)
    back = own.inverse_transform(own.transform(scaled)) / scaled.std(axis=0)
    np.testing.assert_allclose(back, other.inverse_transform(other.transform(X / X.std(axis=0))), atol=1e-8)


def test_pickles_files_and_precisions(tmp_path):
    model = PCA(3, whiten=True).fit(X)
    model.save(tmp_path / "m.safetensors")
    for other in (induce.load(tmp_path / "m.safetensors"), pickle.loads(pickle.dumps(model))):
        assert type(other) is PCA
        np.testing.assert_array_equal(other.transform(X), model.transform(X))
        np.testing.assert_array_equal(other.inverse_transform(other.transform(X)), model.inverse_transform(model.transform(X)))
    single = PCA(3).fit(X.astype(np.float32))
    assert single.transform(X.astype(np.float32)).dtype == single.components_.dtype == np.float32
    assert single.get_feature_names_out().tolist() == ["pca0", "pca1", "pca2"]


def test_what_cannot_be_is_refused():
    with pytest.raises(ValueError, match="n_components=9 must be between"):
        PCA(9).fit(X)
    with pytest.raises(ValueError, match="n_samples >= n_features"):
        PCA("mle").fit(X[:5])
    with pytest.raises(ValueError, match="cannot be a string"):
        PCA("mle", svd_solver="randomized").fit(X)
    with pytest.raises(ValueError, match="no density"):
        PCA(8).fit(np.c_[X[:, :4], X[:, :4]]).score(np.c_[X[:, :4], X[:, :4]])

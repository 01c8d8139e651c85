"""Coordinates of categories and of empty columns in the arrays of fitted models, and what stays consistent with them."""

import copy
import pickle

import numpy as np
import pytest

import induce
from induce.cluster import BisectingKMeans, DPMeans, HardHDP, KMeans, MiniBatchKMeans, kmeans_plusplus
from induce.decomposition import PCA
from induce.linear_model import BayesianLinearRegression, BayesianLogisticRegression
from induce.mixture import BayesianGaussianMixture, GaussianMixture

NAMES = ["c=a", "c=b", "c=c", "x"]


@pytest.fixture
def table(tmp_path):
    """Rows of a column of three categories, whose values differ by category."""
    path = tmp_path / "categories.csv"
    lines = [f"{'abc'[i % 3]},{i % 7},{[0, 10, -50][i % 3] + i % 7}" for i in range(60)]
    path.write_text("\n".join(["c,x,y", *lines]))
    return induce.data.read(path, target="y")


@pytest.fixture
def points(table):
    """The same rows with an indicator of every category."""
    X, _ = table
    return np.column_stack([np.asarray(X["c"]) == name for name in "abc"] + [X["x"]]).astype(float)


def covered(model, X):
    return [np.asarray(X[model.labels_ == k].mean(axis=0)) for k in range(len(model.cluster_centers_))]


@pytest.mark.parametrize("model", [KMeans(3, random_state=0), DPMeans(4), HardHDP(4)])
def test_centres_have_an_entry_for_every_category(table, points, model):
    """A column of three categories had one slot, which its last category had written to."""
    model.fit(table[0])
    assert model.terms_.tolist() == NAMES
    assert model.n_features_in_ == 2
    np.testing.assert_allclose(model.cluster_centers_, covered(model, points), atol=1e-12)


@pytest.mark.parametrize("model", [MiniBatchKMeans(3, random_state=0), BisectingKMeans(3, random_state=0)])
def test_distances_are_those_to_the_centres_of_all_coordinates(table, points, model):
    """Centres of two entries could not explain the distances that `transform` gave."""
    model.fit(table[0])
    distances = np.linalg.norm(points[:, None] - model.cluster_centers_, axis=2)
    np.testing.assert_allclose(model.transform(table[0]), distances, atol=1e-9)


def test_centres_to_begin_from_have_an_entry_for_every_category(table, points):
    """`init` was refused in the shape that `cluster_centers_` has."""
    begun = KMeans(2, init=points[:2], random_state=0).fit(table[0])
    np.testing.assert_allclose(begun.cluster_centers_, KMeans(2, init=points[:2]).fit(points).cluster_centers_)
    again = KMeans(2, init=lambda X, k, random_state: X[:k], random_state=0).fit(table[0])
    np.testing.assert_array_equal(again.cluster_centers_, begun.cluster_centers_)
    with pytest.raises(ValueError, match="number of features of the data 4, with one for each category: c=a, c=b, c=c, x"):
        KMeans(2, init=[[0.0, 1.0], [1.0, 2.0]]).fit(table[0])
    centres, places = kmeans_plusplus(table[0], 3, random_state=0)
    np.testing.assert_array_equal(centres, points[places])


@pytest.mark.parametrize("standardize", [False, True])
def test_components_of_categories_are_unit_vectors_and_scores_come_back(table, points, standardize):
    """Lengths were 0.99999 and 0.408, and `inverse_transform` of scores was nonsense."""
    X, _ = table
    model = PCA(3, standardize=standardize).fit(X)
    plain = PCA(3, standardize=standardize).fit(points)
    np.testing.assert_allclose(np.linalg.norm(model.components_, axis=1), 1.0)
    np.testing.assert_allclose(model.inverse_transform(model.transform(X)), points, atol=1e-9)
    np.testing.assert_allclose(model.mean_, points.mean(axis=0))
    np.testing.assert_allclose(model.get_covariance(), plain.get_covariance(), atol=1e-9)
    assert model.get_covariance().shape == (4, 4)


@pytest.mark.parametrize("mixture", [GaussianMixture, BayesianGaussianMixture])
@pytest.mark.parametrize("kind", ["full", "tied", "diag", "spherical"])
def test_mixtures_name_the_coordinates_of_their_means(table, mixture, kind):
    """`means_` had four entries beside `n_features_in_` of 2, and nothing said which."""
    model = mixture(2, covariance_type=kind, random_state=0, max_iter=500, n_init=2).fit(table[0])
    assert model.terms_.tolist() == NAMES
    shapes = {"full": (2, 4, 4), "tied": (4, 4), "diag": (2, 4), "spherical": (2,)}
    assert model.means_.shape == (2, 4) and model.covariances_.shape == shapes[kind]
    assert model.sample(3)[0].shape == (3, 4)
    assert model.marginal(["c=b", "x"]).names == ["c=b", "x"]
    assert model.condition("x", 3.0).names == NAMES[:3]
    assert model.regress("x", [[3.0], [4.0]])[0].shape == (2, 3)


def test_means_to_begin_from_have_an_entry_for_every_category(table, points):
    """`means_init` in the shape of `means_` was refused."""
    own = {"means_init": points[:2], "precisions_init": np.ones((2, 4)), "covariance_type": "diag", "tol": 1e-9, "max_iter": 500}
    given, plain = GaussianMixture(2, **own).fit(table[0]), GaussianMixture(2, **own).fit(points)
    np.testing.assert_allclose(given.means_, plain.means_)
    prior = {"mean_prior": points.mean(axis=0), "covariance_prior": np.eye(4), "max_iter": 500}
    bayes = BayesianGaussianMixture(1, **prior).fit(table[0])
    np.testing.assert_allclose(bayes.mean_prior_, points.mean(axis=0))
    np.testing.assert_allclose(bayes.means_, BayesianGaussianMixture(1, **prior).fit(points).means_)


def test_coefficients_of_a_bayesian_regression_have_one_for_every_category(table, points):
    """`coef_` held two numbers for four coefficients: that of `c` was of its last category."""
    X, y = table
    model = BayesianLinearRegression().fit(X, y)
    assert model.terms_.tolist() == NAMES
    assert model.sigma_.shape == (4, 4)
    np.testing.assert_allclose(points @ model.coef_ + model.intercept_, model.predict(X))
    classes = BayesianLogisticRegression().fit(X, y > 0)
    assert classes.coef_.shape == (1, 4) and classes.terms_.tolist() == NAMES


def test_coordinates_outlive_a_file_and_a_pickle(table, tmp_path):
    """A model that is opened has the arrays of the one that was saved."""
    X, y = table
    for model in (KMeans(3, random_state=0).fit(X), PCA(2).fit(X), BayesianLinearRegression().fit(X, y)):
        model.save(tmp_path / "model.induce")
        for again in (induce.load(tmp_path / "model.induce"), pickle.loads(pickle.dumps(model))):
            assert again.terms_.tolist() == NAMES
            for name in ("cluster_centers_", "components_", "coef_"):
                if hasattr(model, name):
                    np.testing.assert_array_equal(getattr(again, name), getattr(model, name))


EMPTY = np.c_[np.full(90, np.nan), np.random.default_rng(0).normal(size=(90, 3)) + 4 * (np.arange(90) % 2)[:, None]]


@pytest.mark.parametrize("mixture", [GaussianMixture, BayesianGaussianMixture])
def test_mixtures_keep_the_place_of_a_column_without_values(mixture):
    """`means_` lost such a column, and `marginal([1])` was of the third one; nothing warned."""
    with pytest.warns(UserWarning, match="x0 has no value in any row, and no part in the model"):
        model = mixture(2, random_state=0, max_iter=500).fit(EMPTY)
    whole = mixture(2, random_state=0, max_iter=500).fit(EMPTY[:, 1:])
    assert np.isnan(model.means_[:, 0]).all()
    np.testing.assert_array_equal(model.means_[:, 1:], whole.means_)
    np.testing.assert_array_equal(model.covariances_[:, 1:, 1:], whole.covariances_)
    drawn = model.sample(5)[0]
    assert drawn.shape == (5, 4) and np.isfinite(model.score(drawn))
    assert model.marginal([1]).names == ["x1"]
    mean, variance = model.regress([1], [[2.0]])
    assert np.isnan(mean[0, 0]) and np.isfinite(mean[0, 1:]).all() and mean.shape == variance.shape == (1, 3)
    with pytest.raises(ValueError, match="'x0' has no value in any row"):
        model.marginal([0])


@pytest.mark.filterwarnings("ignore:.*no value in any row")
def test_what_is_begun_from_counts_a_column_without_values():
    """Means, priors and centres of as many entries as columns were refused: "4 coordinates"."""
    begin = np.nan_to_num(EMPTY[:2])
    GaussianMixture(2, means_init=begin).fit(EMPTY)
    BayesianGaussianMixture(2, mean_prior=begin[0], max_iter=500).fit(EMPTY)
    assert KMeans(2, init=begin).fit(EMPTY).cluster_centers_.shape == (2, 4)
    with pytest.raises(ValueError, match="Input init contains NaN"):
        KMeans(2, init=[[0.0, np.nan, 1.0, 1.0], begin[1]]).fit(EMPTY)
    with pytest.raises(ValueError, match="'means' contains NaN"):
        GaussianMixture(2, means_init=[[0.0, np.nan, 1.0, 1.0], begin[1]]).fit(EMPTY)


def test_frames_of_pandas_and_polars_go_in_with_their_categories(table):
    """A pandas category of numbers was taken for a quantity, and one of texts was refused."""
    pandas, polars = pytest.importorskip("pandas"), pytest.importorskip("polars")
    frame = pandas.DataFrame({"a": np.arange(6.0) % 4, "b": pandas.Categorical([10, 20, 30, 10, 20, 30])})
    y = [1.0, 7.0, 2.0, 1.0, 7.0, 2.0]
    model = BayesianLinearRegression().fit(frame, y)
    assert model.terms_.tolist() == ["a", "b=10", "b=20", "b=30"]
    np.testing.assert_allclose(model.predict(frame), y, atol=1e-2)
    X, y = table
    whole = {"c": list(X["c"]), "x": X["x"]}
    frames = [pandas.DataFrame(whole), pandas.DataFrame(whole).astype({"c": "category"}), polars.DataFrame(whole)]
    for frame in frames:
        assert BayesianLogisticRegression().fit(frame, y > 0).terms_.tolist() == NAMES
        for model in (KMeans(2, random_state=0), PCA(2), GaussianMixture(1), MiniBatchKMeans(2, random_state=0)):
            model.fit(frame)
            assert model.terms_.tolist() == NAMES
        assert KMeans(2, random_state=0).fit(frame).inertia_ == KMeans(2, random_state=0).fit(X).inertia_


def test_values_to_regress_from_are_not_cut_into_other_rows():
    """Four values of one row for two columns became two rows, and NaN went through to the answer."""
    X = np.random.default_rng(0).normal(size=(50, 4))
    model = GaussianMixture(2, random_state=0).fit(X)
    for features, values in (([0], [[5.0, 3.0]]), ([0, 1], [[5.0, 3.0, 6.0, 3.5]])):
        with pytest.raises(ValueError, match="one column for each feature that is given"):
            model.regress(features, values)
    with pytest.raises(ValueError, match="Input values contains NaN"):
        model.regress([0], [[np.nan]])
    with pytest.raises(ValueError, match="there is no column -1"):
        model.regress([-1], [[1.0]])
    with pytest.raises(ValueError, match="there is no column 'y'"):
        model.marginal("y")
    assert model.regress(0, [1.0, 2.0])[0].shape == (2, 3)


def test_a_marginal_takes_any_array_and_can_be_kept():
    """Lists, integers and float32 were refused as no `ndarray`, and no pickle could hold one."""
    X = np.random.default_rng(0).normal(size=(50, 3))
    own = GaussianMixture(2, random_state=0).fit(X).condition(2, 0.5).marginal([1])
    expected = own.log_density(np.array([[1.0]]))
    for points in ([[1]], np.array([[1]]), np.array([[1.0]], dtype=np.float32)):
        np.testing.assert_array_equal(own.log_density(points), expected)
    for again in (pickle.loads(pickle.dumps(own)), copy.deepcopy(own)):
        np.testing.assert_array_equal(again.log_density([[1.0]]), expected)
        assert again.names == ["x1"]


def test_a_fit_that_goes_on_says_which_features_it_expects():
    """A warm start on fewer columns ended in a KeyError of a column; sparse rows in a TypeError of their length."""
    X = np.random.default_rng(0).normal(size=(50, 3))
    for model in (GaussianMixture(warm_start=True), BayesianGaussianMixture(warm_start=True, max_iter=500)):
        model.fit(X)
        with pytest.raises(ValueError, match="X has 2 features, but .* is expecting 3 features"):
            model.fit(X[:, :2])
    sparse = pytest.importorskip("scipy.sparse")
    with pytest.raises(TypeError, match="Sparse data was passed"):
        BayesianGaussianMixture().fit(sparse.csr_matrix(X))


def test_what_scikit_learn_has_and_we_do_not_is_refused_by_name():
    """Changing the import was said to be enough, where a parameter is not taken at all."""
    X = np.random.default_rng(0).normal(size=(20, 2))
    with pytest.raises(ValueError, match="n_local_trials=3 is not supported"):
        kmeans_plusplus(X, 2, n_local_trials=3)
    with pytest.raises(ValueError, match="The 'init' parameter of BisectingKMeans"):
        BisectingKMeans(2, init=lambda X, k, random_state: X[:k]).fit(X)

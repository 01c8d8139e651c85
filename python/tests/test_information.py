"""Information and interpolation beside scikit-learn and scipy."""

import copy
import pickle
import warnings

import numpy as np
import pytest

import induce
from induce import feature_selection, info, interpolate

sklearn = pytest.importorskip("sklearn.feature_selection")


def data(n=400):
    rng = np.random.default_rng(3)
    X = rng.normal(size=(n, 4))
    y = X[:, 0] + 0.5 * X[:, 1] ** 2 + 0.3 * rng.normal(size=n)
    return X, y, np.digitize(y, [-1, 0, 1])


def test_values_are_scikit_learns():
    X, y, c = data()
    for k in (1, 3, 7):
        ours = feature_selection.mutual_info_regression(X, y, n_neighbors=k)
        assert np.allclose(ours, sklearn.mutual_info_regression(X, y, n_neighbors=k, random_state=0), atol=1e-8)
        ours = feature_selection.mutual_info_classif(X, c, n_neighbors=k)
        assert np.allclose(ours, sklearn.mutual_info_classif(X, c, n_neighbors=k, random_state=0), atol=1e-8)
    Z = np.c_[X[:, 0], np.digitize(X[:, 1], [-1, 1])]
    theirs = sklearn.mutual_info_classif(Z, c, discrete_features=[1], random_state=0)
    assert np.allclose(feature_selection.mutual_info_classif(Z, c, discrete_features=[1]), theirs, atol=1e-8)
    theirs = sklearn.mutual_info_regression(Z, y, discrete_features=[False, True], random_state=0)
    assert np.allclose(feature_selection.mutual_info_regression(Z, y, discrete_features=[False, True]), theirs, atol=1e-8)
    from sklearn.metrics import mutual_info_score

    assert abs(feature_selection.mutual_info_score(c, Z[:, 1]) - mutual_info_score(c, Z[:, 1])) < 1e-13


def test_a_constant_is_worth_nothing():
    _, y, c = data()
    same = np.full((400, 1), 0.1)
    assert feature_selection.mutual_info_classif(same, c)[0] == 0
    assert feature_selection.mutual_info_regression(same, y)[0] == 0


def test_estimates_say_how_sure_they_are():
    X, y, c = data()
    own = info.mutual_information(X[:, 0], y)
    assert own.interval[0] < own.value < own.interval[1] and own.p_value == 0.005 and own.bounds == (0.0, np.inf)
    assert own == info.mutual_information(X[:, 0], y, n_jobs=4)
    assert info.mutual_information(X[:, 3], y).p_value > 0.01
    words = np.array(["a", "b", "c", "d"])[c]
    own = info.mutual_information(words, words)
    shares = np.bincount(c) / len(c)
    assert abs(own.value + (shares * np.log(shares)).sum()) < 0.01 and own.bounds[1] == np.log(4)
    given = info.conditional_mutual_information(X[:, 0], y, X[:, 1])
    assert given.value > info.mutual_information(X[:, 0], y).value - 0.1
    assert info.total_correlation(np.c_[X[:, :2], y]).value > 0.5
    assert abs(info.differential_entropy(X[:, 0]).value - 0.5 * np.log(2 * np.pi * np.e)) < 0.2


def test_probabilities():
    p, q = [0.2, 0.3, 0.5], [0.4, 0.4, 0.2]
    kl = sum(a * np.log(a / b) for a, b in zip(p, q))
    assert abs(info.kl_divergence(p, q) - kl) < 1e-15
    assert abs(info.cross_entropy(p, q) - info.entropy(p) - kl) < 1e-15
    assert abs(info.f_divergence(p, q, "total-variation") - 0.3) < 1e-15
    assert abs(info.renyi_divergence(p, q, 1) - kl) < 1e-15
    with pytest.raises(ValueError, match="the sum 1.1"):
        info.entropy([0.5, 0.6])
    with pytest.raises(ValueError, match="jensen-shannon"):
        info.f_divergence(p, q, "jensen")
    with pytest.raises(ValueError, match="whole numbers"):
        info.entropy_of_counts([0.5])
    assert info.entropy_of_counts([5, 5]).p_value == 1.0


def test_interpolants_are_scipys():
    scipy = pytest.importorskip("scipy.interpolate")
    x = np.cos(np.pi * (np.arange(30) + 0.5) / 30)
    at = np.linspace(-0.99, 0.99, 57)
    y = np.c_[np.exp(x), 1 / (1 + x**2)]
    p = interpolate.Barycentric(x, y)
    assert np.allclose(p(at), scipy.BarycentricInterpolator(x, y)(at), atol=1e-13, rtol=0)
    assert np.allclose(p.derivative(at, 2)[:, 0], np.exp(at), atol=1e-8)
    assert np.all(p(x[3]) == y[3]) and np.shape(p(0.5)) == (2,)
    assert np.all(abs(p(at)[:, 1] - 1 / (1 + at**2)) < 10 * p.error(at)[:, 1] + 1e-14)
    x = np.linspace(-1, 1, 41)
    runge = 1 / (1 + 25 * x**2)
    with pytest.warns(RuntimeWarning, match="Runge"):
        interpolate.Barycentric(x, runge)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        r = interpolate.FloaterHormann(x[::-1], runge[::-1])
        aaa = interpolate.AAA(x, runge)
    if hasattr(scipy, "FloaterHormannInterpolator"):
        assert np.allclose(r(at), scipy.FloaterHormannInterpolator(x, runge)(at), atol=1e-13, rtol=0)
        assert np.allclose(aaa(at), scipy.AAA(x, runge)(at), atol=1e-11, rtol=0)
    assert np.allclose(np.sort(aaa.poles().imag), [-0.2, 0.2]) and np.allclose(abs(aaa.residues()), 0.1)
    with pytest.raises(ValueError, match="twice"):
        interpolate.FloaterHormann([0, 1, 1], [1, 2, 3])
    assert {"info", "interpolate", "feature_selection"} <= set(induce.__all__)


def test_numbers_that_are_kept_as_objects_are_numbers():
    """A column of floats of the type object was "constant", and shared nothing with itself and noise."""
    z = np.random.default_rng(0).normal(size=300)
    y = z + 0.1 * np.random.default_rng(1).normal(size=300)
    assert info.mutual_information(z.astype(object), y) == info.mutual_information(z, y)
    with pytest.raises(ValueError, match="x lacks values"):
        info.mutual_information(np.array(["a", None] * 150, dtype=object), y)


def test_categories_of_frames_are_categories():
    """A pandas category of numbers was taken for a quantity, whose neighbours were counted."""
    pandas = pytest.importorskip("pandas")
    z = np.random.default_rng(0).normal(size=300)
    codes = np.where(z > 0, 10, 20)
    own = info.mutual_information(codes.astype(str), z)
    column = pandas.Series(pandas.Categorical(codes))
    assert info.mutual_information(column, z) == info.mutual_information(column.to_frame(), z) == own
    assert info.mutual_information(pandas.Series(z), z).estimator == "ksg1"
    both = pandas.DataFrame({"a": column, "b": z})
    with pytest.raises(ValueError, match="columns of numbers and columns of categories"):
        info.mutual_information(both, z)
    shared = feature_selection.mutual_info_classif(both, z > 0)
    assert shared[0] == pytest.approx(info.mutual_information(codes.astype(str), z > 0, estimator="plug-in").value)


def test_classes_that_are_quantities_are_refused():
    """A continuous target of `mutual_info_classif` gave zeros, every row a class of its own."""
    z = np.random.default_rng(0).normal(size=100)
    with pytest.raises(ValueError, match="Unknown label type: continuous"):
        feature_selection.mutual_info_classif(z[:, None], z)


def test_sparse_features_are_categories_as_in_scikit_learn():
    """Under "auto" they were quantities, with other values than scikit-learn's."""
    sparse = pytest.importorskip("scipy.sparse")
    rng = np.random.default_rng(0)
    X, y = sparse.csr_matrix(np.round(rng.normal(size=(500, 3)).clip(-2, 2))), rng.normal(size=500)
    for ours, theirs, target in (
        (feature_selection.mutual_info_classif, sklearn.mutual_info_classif, y > 0),
        (feature_selection.mutual_info_regression, sklearn.mutual_info_regression, y),
    ):
        assert np.allclose(ours(X, target), theirs(X, target, random_state=0), atol=1e-8)
    with pytest.raises(ValueError, match="discrete_features='every'"):
        feature_selection.mutual_info_classif(X, y > 0, discrete_features="every")
    with pytest.raises(TypeError, match="x is sparse"):
        info.mutual_information(X, y)


WRONG = {"n_neighbors": 0, "permutations": -1, "confidence": 1.5, "method": "ksg3", "estimator": "plugin"}


@pytest.mark.parametrize("name", WRONG)
def test_errors_name_the_parameter_that_was_given(name):
    """They named `neighbours`, which no function has, sent to `induce models`, or were an OverflowError."""
    z = np.arange(20.0)
    with pytest.raises(ValueError, match=f"The '{name}' parameter of mutual_information must be") as caught:
        info.mutual_information(z, z, **{name: WRONG[name]})
    assert "induce models" not in str(caught.value)


def test_errors_of_divergences_name_what_to_ask_instead():
    """`alpha` and `order` led to `induce models`, which has neither."""
    for call in (lambda: info.renyi_entropy([0.5, 0.5], -1), lambda: info.renyi_divergence([0.5, 0.5], [0.5, 0.5], -1)):
        with pytest.raises(ValueError, match="The 'order' parameter"):
            call()
    with pytest.raises(ValueError, match=r"f_divergence\(p, q, 'kl'\)"):
        info.alpha_divergence([0.5, 0.5], [0.5, 0.5], 1)


def test_a_random_state_may_be_a_generator():
    """Only integers were taken, where `mutual_info_classif` takes a RandomState."""
    z = np.random.default_rng(0).normal(size=50)
    twice = [info.mutual_information(z, z**2, random_state=np.random.RandomState(3)) for _ in range(2)]
    assert twice[0] == twice[1]


def interpolants():
    """One of each kind."""
    x = np.linspace(-1, 1, 30)
    yield interpolate.Barycentric(np.cos(np.pi * np.arange(20) / 19), np.exp(np.cos(np.pi * np.arange(20) / 19)))
    yield interpolate.FloaterHormann(x, np.c_[np.exp(x), x**2])
    yield interpolate.AAA(x, np.tan(x))


@pytest.mark.parametrize("own", list(interpolants()), ids=lambda own: type(own).__name__)
def test_interpolants_can_be_kept(own):
    """Neither a pickle nor a deep copy could hold one; those of scipy go into both."""
    at = np.linspace(-0.9, 0.9, 7)
    for again in (pickle.loads(pickle.dumps(own)), copy.deepcopy(own)):
        assert np.array_equal(again(at), own(at)) and np.array_equal(again.nodes, own.nodes)
    if isinstance(own, interpolate.AAA):
        assert again.error == own.error and np.array_equal(again.poles(), own.poles())


@pytest.mark.parametrize("kind", [interpolate.Barycentric, interpolate.FloaterHormann, interpolate.AAA])
def test_complex_values_are_not_cut_to_their_real_part(kind):
    """An interpolant of imaginary values was 0, with NumPy's warning alone."""
    x = np.linspace(-1, 1, 9)
    with pytest.raises(ValueError, match="y is complex.*\nhint: interpolate `y.real` and `y.imag` apart"):
        kind(x, 1j * x)
    with pytest.raises(ValueError, match="x is complex"):
        kind(x, x**2 + 1)(0.5j)


@pytest.mark.parametrize("own", list(interpolants()), ids=lambda own: type(own).__name__)
def test_values_outside_of_the_nodes_are_warned_of(own):
    """The value at 5 of a polynomial through 30 nodes on [-1, 1] was wrong by the factor 170, without a word."""
    for ask in (own, own.derivative):
        with pytest.warns(RuntimeWarning, match="1 value is outside of the nodes, which reach from -1 to 1: nothing vouches"):
            ask([0.5, 5.0])
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            ask([-1.0, 1.0])


def test_errors_of_interpolants_name_their_parameters():
    """They named `order` and `tolerance`, or were an OverflowError."""
    x = np.linspace(-1, 1, 5)
    with pytest.raises(ValueError, match="`d` cannot be 5: it must be below 5") as caught:
        interpolate.FloaterHormann(x, x, d=5)
    assert "induce models" not in str(caught.value)
    with pytest.raises(ValueError, match="The 'd' parameter of FloaterHormann"):
        interpolate.FloaterHormann(x, x, d=-1)
    with pytest.raises(ValueError, match="The 'rtol' parameter of AAA"):
        interpolate.AAA(x, x, rtol=-1.0)
    with pytest.raises(ValueError, match="The 'max_terms' parameter of AAA"):
        interpolate.AAA(x, x, max_terms=0)
    with pytest.raises(ValueError, match="The 'der' parameter of derivative"):
        interpolate.Barycentric(x, x).derivative(0.0, -1)

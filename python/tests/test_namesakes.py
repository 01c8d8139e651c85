"""What clients of scikit-learn do with its models, done with those of the same name here."""

import warnings

import numpy as np
import pytest
from sklearn.datasets import make_classification, make_regression

from induce.ensemble import (
    GradientBoostingClassifier,
    GradientBoostingRegressor,
    HistGradientBoostingRegressor,
    RandomForestRegressor,
)
from induce.linear_model import (
    ElasticNet,
    GeneralizedLinearRegressor,
    Lasso,
    LassoCV,
    LinearRegression,
    LogisticRegression,
    PoissonRegressor,
    Ridge,
    lasso_path,
)
from induce.tree import DecisionTreeClassifier, DecisionTreeRegressor

X, Y = make_classification(400, 8, n_informative=5, random_state=0)
XR, YR = make_regression(400, 8, noise=10, random_state=0)


def wide(classes):
    """More columns than Newton's method factors, of scales from 1 to 1e-4."""
    rng = np.random.default_rng(0)
    rows = rng.normal(size=(400, 2300)) * 10 ** (-4 * rng.random(2300))
    y = (rows[:, :50].sum(axis=1) > 0).astype(int)
    return rows, y if classes == 2 else y + (rows[:, 50:100].sum(axis=1) > 0)


@pytest.mark.parametrize("classes", [2, 3])
def test_scales_of_many_columns_decide_nothing(classes):
    """L-BFGS stood still: the objective was 284.7 where scikit-learn comes to 47.4."""
    from sklearn.linear_model import LogisticRegression as Theirs

    rows, y = wide(classes)

    def objective(model):
        scores = model.decision_function(rows)
        scores = np.column_stack([np.zeros(len(y)), scores]) if scores.ndim == 1 else scores
        chances = np.log(np.exp(scores - scores.max(axis=1, keepdims=True)).sum(axis=1)) + scores.max(axis=1)
        return (chances - scores[np.arange(len(y)), y]).sum() + 0.5 * (model.coef_**2).sum()

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        assert objective(LogisticRegression().fit(rows, y)) < 1.0005 * objective(Theirs(max_iter=2000).fit(rows, y))


def test_sparse_columns_that_are_rarely_not_zero():
    import scipy.sparse

    rng = np.random.default_rng(0)
    n, p, k = 3000, 8000, 10
    places = np.repeat(np.arange(n), k), rng.integers(0, p, n * k)
    rows = scipy.sparse.csr_matrix((rng.random(n * k), places), shape=(n, p))
    y = (np.asarray(rows[:, :400].sum(axis=1)).ravel() > 0.2).astype(int)
    assert LogisticRegression(max_iter=200).fit(rows, y).score(rows, y) > 0.97
    assert PoissonRegressor(alpha=1e-4).fit(rows, y + 0.0).n_iter_ < 100


@pytest.mark.parametrize("cls", [LinearRegression, Ridge, Lasso, ElasticNet])
def test_a_refit_may_have_another_number_of_targets(cls):
    """Coefficients of the fit before were taken for new ones, and predictions ended in an error."""
    two = np.c_[YR, -YR]
    expected = cls().fit(XR, two).predict(XR)
    model = cls().fit(XR, YR)
    one = model.predict(XR)
    np.testing.assert_array_equal(model.fit(XR, two).predict(XR), expected)
    np.testing.assert_array_equal(model.fit(XR, YR).predict(XR), one)


def test_coefficients_set_by_hand_predict():
    model = LinearRegression()
    model.coef_, model.intercept_ = np.array([1.0, 2.0]), 0.5
    assert model.predict(np.ones((1, 2))) == [3.5]
    fitted = LogisticRegression().fit(X, Y)
    model = LogisticRegression()
    model.coef_, model.intercept_, model.classes_ = fitted.coef_, fitted.intercept_, fitted.classes_
    np.testing.assert_allclose(model.predict_proba(X), fitted.predict_proba(X), atol=1e-12)
    np.testing.assert_array_equal(model.predict(X), fitted.predict(X))
    with pytest.raises(ValueError, match="2 features"):
        model = LinearRegression()
        model.coef_, model.intercept_ = np.ones(2), 0.0
        model.predict(np.ones((1, 3)))


@pytest.mark.parametrize("classes", [2, 3])
def test_weights_below_zero(classes):
    from sklearn.linear_model import LogisticRegression as Theirs

    rows, y = make_classification(400, 8, n_informative=5, n_classes=classes, random_state=0)
    weight = np.linspace(-0.1, 1, 400)
    ours, theirs = (cls(max_iter=2000, tol=1e-8).fit(rows, y, sample_weight=weight) for cls in (LogisticRegression, Theirs))
    np.testing.assert_allclose(ours.coef_, theirs.coef_, atol=1e-3)
    np.testing.assert_allclose(ours.predict_proba(rows), theirs.predict_proba(rows), atol=1e-3)
    with pytest.raises(ValueError, match="below 0"):
        LogisticRegression(l1_ratio=1.0).fit(rows, y, sample_weight=weight)


def test_the_dispersion_of_a_negative_binomial_is_found():
    rng = np.random.default_rng(0)
    rows = rng.normal(size=(3000, 2))
    mean = np.exp(0.5 + rows @ [0.3, -0.2])
    y = rng.negative_binomial(1 / 0.7, 1 / (1 + 0.7 * mean))
    found = GeneralizedLinearRegressor(family="negative-binomial", dispersion="ml").fit(rows, y)
    assert abs(found.dispersion_ - 0.7) < 0.1
    given = GeneralizedLinearRegressor(family="negative-binomial", dispersion=found.dispersion_ * 1.3).fit(rows, y)
    assert found.statistics_["log_likelihood"] > given.statistics_["log_likelihood"]
    with pytest.raises(ValueError, match="negative-binomial"):
        GeneralizedLinearRegressor(family="poisson", dispersion=2.0).fit(rows, y)


def test_attributes_and_paths_are_scikit_learns():
    from sklearn import linear_model as theirs

    ours, reference = LinearRegression().fit(XR, YR), theirs.LinearRegression().fit(XR, YR)
    assert ours.rank_ == reference.rank_
    np.testing.assert_allclose(ours.singular_, reference.singular_)
    assert Lasso().fit(XR, YR).sparse_coef_.nnz == (Lasso().fit(XR, YR).coef_ != 0).sum()
    assert LassoCV().fit(XR, YR).dual_gap_ < 1e-6
    (alphas, coefs, gaps), (alphas2, coefs2, gaps2) = (f(XR, YR, n_alphas=10) for f in (lasso_path, theirs.lasso_path))
    np.testing.assert_allclose(alphas, alphas2)
    np.testing.assert_allclose(coefs, coefs2, atol=0.05)
    assert gaps.shape == gaps2.shape and (gaps <= gaps2 + 1e-6 * (YR @ YR)).all()


def test_robust_regression_of_theirs_over_our_base():
    from sklearn.linear_model import RANSACRegressor

    assert RANSACRegressor(LinearRegression(), random_state=0).fit(XR, YR).score(XR, YR) > 0.9


@pytest.mark.parametrize("cls, y", [(DecisionTreeClassifier, Y), (DecisionTreeRegressor, YR)])
def test_a_tree_is_drawn_by_their_functions(cls, y):
    from sklearn.tree import export_graphviz, export_text

    model = cls(max_depth=2).fit(XR, y)
    tree = model.tree_
    assert tree.node_count == 7 == len(tree.value) and tree.n_leaves == 4 and tree.max_depth == 2
    assert export_text(model).count("\n") == 10 and "digraph" in export_graphviz(model)
    leaves = model.apply(XR)
    expected = model.predict_proba(XR) if cls is DecisionTreeClassifier else model.predict(XR)[:, None]
    np.testing.assert_allclose(tree.value[leaves, 0], expected)
    np.testing.assert_allclose(tree.value[0, 0], expected.mean(axis=0))


@pytest.mark.parametrize("model", [
    DecisionTreeRegressor(max_depth=4), RandomForestRegressor(10, max_depth=4, bootstrap=False, random_state=0),
    GradientBoostingRegressor(n_estimators=10), HistGradientBoostingRegressor(max_iter=10, random_state=0),
], ids=lambda model: type(model).__name__)
def test_partial_dependence_by_recursion(model):
    from sklearn.inspection import partial_dependence

    model.fit(XR, YR)
    walked, tried = (partial_dependence(model, XR, [3], method=method, kind="average", grid_resolution=12)["average"][0]
                     for method in ("recursion", "brute"))
    # The walk answers other questions by the rows of a node, so the two agree roughly, up to a constant.
    walked, tried = walked - walked.mean(), tried - tried.mean()
    assert np.corrcoef(walked, tried)[0, 1] > 0.95


def test_gradient_boosting_is_a_sequence_of_rounds():
    model = GradientBoostingClassifier(n_estimators=4).fit(X, Y)
    assert len(model) == 4 and model[0].shape == (1,) and len(list(model)) == 4
    np.testing.assert_allclose(model.init_.predict_proba(X)[:, 1], Y.mean())


def test_skops_keeps_every_kind_of_model():
    sio = pytest.importorskip("skops.io")
    for model in (Ridge(), RandomForestRegressor(3), GradientBoostingRegressor(n_estimators=3)):
        kept = sio.dumps(model.fit(XR, YR))
        again = sio.loads(kept, trusted=sio.get_untrusted_types(data=kept))
        np.testing.assert_array_equal(again.predict(XR), model.predict(XR))

"""Trees and forests beside scikit-learn's: several targets, criteria, scores of rows left out, trees that are added."""

import pickle

import numpy as np
import pytest
from sklearn import ensemble as their_ensemble
from sklearn import tree as theirs

import induce
from induce.ensemble import ExtraTreesRegressor, RandomForestClassifier, RandomForestRegressor
from induce.tree import DecisionTreeClassifier, DecisionTreeRegressor

RNG = np.random.default_rng(3)
X = RNG.normal(size=(400, 5))
Y = np.column_stack([X[:, 0] * X[:, 1] + np.sin(2 * X[:, 2]), np.exp(X[:, 3])]) + 0.1 * RNG.normal(size=(400, 2))
NAMES = np.array(["low", "middle", "high"])
CLASSES = np.column_stack([NAMES[np.digitize(Y[:, 0], [-0.5, 0.5])], NAMES[np.digitize(Y[:, 1], [1.0])]])


@pytest.mark.parametrize("criterion", ["squared_error", "absolute_error", "poisson"])
@pytest.mark.parametrize("outputs", [1, 2])
@pytest.mark.parametrize("limits", [{"max_depth": 4}, {"max_leaf_nodes": 9}, {"min_impurity_decrease": 0.01}])
def test_trees_are_scikit_learns(criterion, outputs, limits):
    y = np.abs(Y) if outputs == 2 else np.abs(Y[:, 0])
    # Nodes of few rows tie, and ties go to chance.
    limits = limits | {"min_samples_leaf": 25, "random_state": 0}
    own = DecisionTreeRegressor(criterion=criterion, **limits).fit(X, y)
    other = theirs.DecisionTreeRegressor(criterion=criterion, **limits).fit(X, y)
    np.testing.assert_allclose(own.predict(X), other.predict(X))
    np.testing.assert_allclose(own.feature_importances_, other.feature_importances_)
    assert (own.get_depth(), own.get_n_leaves()) == (other.get_depth(), other.get_n_leaves())
    if "max_leaf_nodes" not in limits:
        np.testing.assert_array_equal(own.apply(X), other.apply(X))
        assert (own.decision_path(X) != other.decision_path(X)).nnz == 0


@pytest.mark.parametrize("criterion", ["gini", "entropy"])
@pytest.mark.parametrize("limits", [{"max_depth": 4}, {"ccp_alpha": 0.01}, {"max_leaf_nodes": 7}])
def test_trees_of_several_classes_are_scikit_learns(criterion, limits):
    limits = limits | {"min_samples_leaf": 25, "random_state": 0}
    own = DecisionTreeClassifier(criterion=criterion, **limits).fit(X, CLASSES)
    other = theirs.DecisionTreeClassifier(criterion=criterion, **limits).fit(X, CLASSES)
    np.testing.assert_array_equal(own.predict(X), other.predict(X))
    for ours, shares in zip(own.predict_proba(X), other.predict_proba(X), strict=True):
        np.testing.assert_allclose(ours, shares)
    assert [list(names) for names in own.classes_] == [list(names) for names in other.classes_]


def test_files_and_pickles_keep_several_targets(tmp_path):
    model = RandomForestClassifier(10, random_state=0).fit(X, CLASSES)
    model.save(tmp_path / "both")
    for again in (induce.load(tmp_path / "both"), pickle.loads(pickle.dumps(model))):
        np.testing.assert_array_equal(again.predict(X), model.predict(X))
        assert again.n_outputs_ == 2


@pytest.mark.parametrize("cls", [RandomForestRegressor, ExtraTreesRegressor])
def test_rows_that_were_left_out_judge_as_scikit_learns_do(cls):
    own = cls(100, oob_score=True, bootstrap=True, random_state=0).fit(X, Y)
    other = getattr(their_ensemble, cls.__name__)(100, oob_score=True, bootstrap=True, random_state=0).fit(X, Y)
    assert own.oob_prediction_.shape == other.oob_prediction_.shape
    assert abs(own.oob_score_ - other.oob_score_) < 0.05


def test_rows_without_weight_are_judged_by_all_trees():
    weight = (np.arange(400) % 4 > 0).astype(float)
    model = RandomForestRegressor(60, oob_score=True, random_state=0).fit(X, Y[:, 0], sample_weight=weight)
    none = weight == 0
    np.testing.assert_array_equal(model.oob_prediction_[none], model.predict(X)[none])
    assert (model.oob_prediction_[~none] != model.predict(X)[~none]).mean() > 0.9


def test_trees_that_are_added_make_the_forest_of_one_fit():
    settings = {"oob_score": True, "quantiles": True, "random_state": 3}
    grown = RandomForestRegressor(20, warm_start=True, **settings).fit(X, Y[:, 0])
    grown.set_params(n_estimators=50, random_state=4).fit(X, Y[:, 0])
    whole = RandomForestRegressor(50, **settings).fit(X, Y[:, 0])
    np.testing.assert_array_equal(grown.predict(X), whole.predict(X))
    np.testing.assert_array_equal(grown.oob_prediction_, whole.oob_prediction_)
    np.testing.assert_array_equal(grown.predict_quantiles(X, [0.1]), whole.predict_quantiles(X, [0.1]))
    with pytest.raises(ValueError, match="other columns"):
        grown.set_params(n_estimators=60).fit(X[:, :3], Y[:, 0])


def test_a_forest_is_the_mean_of_its_trees():
    model = RandomForestClassifier(15, random_state=0).fit(X, CLASSES[:, 0])
    mean = np.mean([tree.predict_proba(X) for tree in model], axis=0)
    np.testing.assert_allclose(mean, model.predict_proba(X))
    assert len(model) == 15 and isinstance(model[3], DecisionTreeClassifier)
    np.testing.assert_array_equal(model.apply(X)[:, 3], model[3].apply(X))


@pytest.mark.parametrize(
    "parameters, said",
    [
        ({"max_depth": 0}, r"The 'max_depth' parameter of RandomForestRegressor must be an int in the range \[1, inf\) or None"),
        ({"n_estimators": 0}, r"The 'n_estimators' parameter"),
        ({"min_samples_leaf": 1.0}, r"or a float in the range \(0.0, 1.0\). Got 1.0 instead"),
        ({"max_features": "most"}, r"a str among \{'log2', 'sqrt'\} or None"),
        ({"criterion": "gini"}, r"must be a str among \{'absolute_error', 'poisson', 'squared_error'\}"),
        ({"monotonic_cst": [1, 0]}, "monotonic_cst has shape 2 but the input data X has 5 features"),
    ],
)
def test_parameters_out_of_range_are_refused_in_scikit_learns_words(parameters, said):
    with pytest.raises(ValueError, match=said):
        RandomForestRegressor(**parameters).fit(X, Y[:, 0])


@pytest.mark.parametrize(
    "own, y",
    [(DecisionTreeRegressor(criterion=c), np.abs(Y[:, 0])) for c in ("squared_error", "absolute_error", "poisson")]
    + [(DecisionTreeClassifier(criterion=c), y) for c in ("gini", "entropy") for y in (CLASSES, CLASSES[:, 0])],
)
def test_pruning_paths_are_scikit_learns(own, y):
    own.set_params(min_samples_leaf=25, random_state=0)
    other = getattr(theirs, type(own).__name__)(criterion=own.criterion, min_samples_leaf=25, random_state=0)
    a, b = own.cost_complexity_pruning_path(X, y), other.cost_complexity_pruning_path(X, y)
    np.testing.assert_allclose(a.ccp_alphas, b.ccp_alphas, atol=1e-12)
    np.testing.assert_allclose(a["impurities"], b.impurities, atol=1e-12)

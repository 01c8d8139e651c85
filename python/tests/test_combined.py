"""Models of scikit-learn's names that are made of other models: parameters, members, what is refused."""

import numpy as np
import pytest
from sklearn import ensemble as theirs
from sklearn.model_selection import cross_val_score
from sklearn.tree import DecisionTreeClassifier as ForeignTree

import induce
from induce.boost import BoostRegressor
from induce.ensemble import (
    AdaBoostClassifier,
    AdaBoostRegressor,
    BaggingClassifier,
    BaggingRegressor,
    GradientBoostingClassifier,
    GradientBoostingRegressor,
    HistGradientBoostingClassifier,
    HistGradientBoostingRegressor,
    RandomForestRegressor,
)
from induce.linear_model import LinearRegression, LogisticRegression, RANSACRegressor, Ridge
from induce.tree import DecisionTreeClassifier, DecisionTreeRegressor

RNG = np.random.default_rng(0)
X = RNG.normal(size=(300, 4))
SCORE = X[:, 0] * X[:, 1] + np.sin(2 * X[:, 2]) + 0.1 * RNG.normal(size=300)
LABELS = np.where(SCORE > 0.3, "high", np.where(SCORE < -0.3, "low", "middle"))
CLASSIFIERS = [GradientBoostingClassifier, HistGradientBoostingClassifier, BaggingClassifier, AdaBoostClassifier]
REGRESSORS = [GradientBoostingRegressor, HistGradientBoostingRegressor, BaggingRegressor, AdaBoostRegressor]


@pytest.mark.parametrize("cls", CLASSIFIERS + REGRESSORS)
def test_as_good_as_scikit_learn(cls):
    y = LABELS if cls in CLASSIFIERS else SCORE
    own = cross_val_score(cls(random_state=0), X, y).mean()
    other = cross_val_score(getattr(theirs, cls.__name__)(random_state=0), X, y).mean()
    assert own > other - 0.06, (own, other)


@pytest.mark.parametrize("cls", [GradientBoostingClassifier, HistGradientBoostingClassifier])
def test_stages_end_with_the_model(cls):
    model = cls().fit(X, LABELS)
    last = None
    for last in model.staged_predict_proba(X):
        pass
    np.testing.assert_array_equal(last, model.predict_proba(X))


@pytest.mark.parametrize(
    "model",
    [GradientBoostingRegressor(n_iter_no_change=5, n_estimators=1000), HistGradientBoostingRegressor(early_stopping=True, max_iter=1000)],
)
def test_held_out_rows_stop_the_fit(model):
    model.fit(X, SCORE)
    assert model.n_rounds_ < 1000 and "valid" in model.evals_result_


@pytest.mark.parametrize(
    "model, name",
    [
        (GradientBoostingRegressor(init=np.mean), "init"),
        (GradientBoostingRegressor(loss="poisson"), "loss"),
        (GradientBoostingRegressor(ccp_alpha=-0.1), "ccp_alpha"),
        (HistGradientBoostingRegressor(categorical_features=[9]), "categorical_features"),
        (HistGradientBoostingRegressor(early_stopping="never"), "early_stopping"),
        (BaggingRegressor(oob_score=True, bootstrap=False), "bootstrap"),
        (BaggingRegressor(max_features=9), "max_features"),
        (AdaBoostRegressor(loss="cubic"), "loss"),
        (RANSACRegressor(is_data_valid=lambda *_: False), "100 were invalid data"),
        (RANSACRegressor(loss="cubic"), "loss"),
    ],
)
def test_what_is_not_supported_is_said(model, name):
    with pytest.raises(ValueError, match=name):
        model.fit(X, SCORE)


@pytest.mark.parametrize("cls", [BaggingRegressor, AdaBoostRegressor])
@pytest.mark.parametrize("base", [Ridge(alpha=0.1), DecisionTreeRegressor(max_depth=2), BoostRegressor(rounds=5), RandomForestRegressor(3)])
def test_any_estimator_of_ours_is_a_base(cls, base):
    model = cls(base, n_estimators=4, random_state=0).fit(X, SCORE)
    assert type(model.estimators_[0]) is type(base) and 1 <= len(model.estimators_) <= 4
    members = np.array([member.predict(X) for member in model.estimators_])
    if cls is BaggingRegressor:
        np.testing.assert_allclose(members.mean(axis=0), model.predict(X))
    else:
        assert len(model.estimator_weights_) == len(members) and (model.estimator_errors_ < 0.5).all()


@pytest.mark.parametrize("cls", [BaggingClassifier, AdaBoostClassifier])
def test_a_foreign_base_is_fitted_but_not_saved(cls, tmp_path):
    model = cls(ForeignTree(max_depth=2), n_estimators=5, random_state=0).fit(X, LABELS)
    assert model.score(X, LABELS) > 0.7 and type(model[0]) is ForeignTree
    with pytest.raises(ValueError, match="sklearn's DecisionTreeClassifier"):
        model.save(tmp_path / "m")


@pytest.mark.parametrize("cls", [BaggingClassifier, AdaBoostClassifier, BaggingRegressor, AdaBoostRegressor])
def test_a_file_predicts_as_the_command_line_reads_it(cls, tmp_path):
    """The file's native model, which the command line runs, says what the members say together in Python."""
    model = cls(n_estimators=5, random_state=0).fit(X, LABELS if cls in CLASSIFIERS else SCORE)
    own = model.predict_proba(X) if cls in CLASSIFIERS else model.predict(X)
    native = model.model_
    table = induce._native.Table.from_matrix(X, model._names())
    other = native.probabilities(table) if cls in CLASSIFIERS else native.predict(table)
    np.testing.assert_allclose(other, own, rtol=1e-12)
    if cls in CLASSIFIERS:
        assert native.classes == list(model.classes_)


def test_members_see_their_features():
    model = BaggingClassifier(DecisionTreeClassifier(max_depth=2), 8, max_features=2, random_state=1).fit(X, LABELS)
    assert {len(own) for own in model.estimators_features_} == {2}
    shares = [member.predict_proba(X[:, own]) for member, own in zip(model.estimators_, model.estimators_features_)]
    np.testing.assert_allclose(np.mean(shares, axis=0), model.predict_proba(X))


def test_scores_of_adaboost_say_what_it_predicts():
    for y in (LABELS, SCORE > 0):
        model = AdaBoostClassifier(n_estimators=20).fit(X, y)
        scores = model.decision_function(X)
        best = scores.argmax(axis=1) if scores.ndim == 2 else (scores > 0).astype(int)
        np.testing.assert_array_equal(model.classes_[best], model.predict(X))
        np.testing.assert_allclose(model.feature_importances_.sum(), 1)


@pytest.mark.parametrize("base", [None, LinearRegression(), Ridge(alpha=1e-6), DecisionTreeRegressor(max_depth=3)])
def test_ransac_finds_the_rows_that_agree(base, tmp_path):
    x = np.linspace(0, 10, 200)[:, None]
    y = 2 * x[:, 0] + 1 + 0.01 * RNG.normal(size=200)
    wrong = RNG.permutation(200)[:60]
    y[wrong] += RNG.uniform(30, 60, size=60)
    linear = not isinstance(base, DecisionTreeRegressor)
    model = RANSACRegressor(base, residual_threshold=0.1 if linear else 4.0, random_state=0).fit(x, y)
    if linear:
        assert not model.inlier_mask_[wrong].any() and model.inlier_mask_.sum() == 140
    assert model.n_trials_ >= 1
    np.testing.assert_allclose(model.estimator_.predict(x), model.predict(x))
    if linear:
        np.testing.assert_allclose([*model.estimator_.coef_, model.estimator_.intercept_], [2, 1], atol=0.02)
    model.save(tmp_path / "m")
    np.testing.assert_array_equal(induce.load(tmp_path / "m").predict(x), model.predict(x))


@pytest.mark.parametrize("cls", CLASSIFIERS + REGRESSORS + [RANSACRegressor])
def test_shuffled_rows_and_weights_for_repetitions_change_nothing(cls):
    times = RNG.integers(0, 4, size=300)
    y = LABELS if cls in CLASSIFIERS else SCORE
    shuffled = RNG.permutation(300)
    weighted = cls(random_state=0).fit(X[shuffled], y[shuffled], sample_weight=times[shuffled])
    repeated = cls(random_state=0).fit(np.repeat(X, times, axis=0), np.repeat(y, times))
    np.testing.assert_array_equal(weighted.predict(X), repeated.predict(X))


def test_bases_of_logistic_regression_and_strings():
    model = BaggingClassifier(LogisticRegression(), 5).fit(X, LABELS)
    assert set(model.predict(X)) <= set(LABELS)


def test_ransac_of_any_estimator():
    from sklearn.linear_model import LinearRegression as Foreign

    x = np.linspace(0, 10, 200)[:, None]
    Y = np.column_stack([2 * x[:, 0] + 1, -x[:, 0]])
    wrong = RNG.permutation(200)[:60]
    Y[wrong] += RNG.uniform(30, 60, size=(60, 2))
    for base, y in ((Foreign(), Y[:, 0]), (Foreign(), Y), (LinearRegression(), Y)):
        model = RANSACRegressor(base, residual_threshold=0.1, random_state=0).fit(x, y)
        assert not model.inlier_mask_[wrong].any() and model.inlier_mask_.sum() == 140
        np.testing.assert_allclose(model.predict(x)[model.inlier_mask_], y[model.inlier_mask_], atol=1e-8)
        with pytest.raises(ValueError, match="estimator_"):
            model.model_


@pytest.mark.parametrize("cls", [BaggingRegressor, AdaBoostRegressor, RANSACRegressor])
@pytest.mark.parametrize("base", [LinearRegression(), Ridge()])
def test_settings_of_a_base_may_be_without_effect(cls, base):
    """Estimators hand over all that they have; `standardize` of a model without a prior once ended the fit."""
    x = np.arange(40.0)[:, None]
    assert np.isfinite(cls(base, random_state=0).fit(x, 2 * x[:, 0]).predict(x)).all()
